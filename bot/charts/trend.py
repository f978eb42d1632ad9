"""A metric over time: its line, its interval as a band, and n under each step."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    BLUE,
    BODY,
    FAINT_INK,
    HALO,
    INK,
    RULE,
    SMALLEST,
    Box,
    name_steps,
    new_panel,
    say,
    text_width,
)
from bot.charts.pictures import Numbers, PicturePoint, PictureWords
from bot.domain.metrics.estimates import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_VALUES = 7


def draw_trend(
    figure: "Figure", box: Box, points: Sequence[PicturePoint], words: PictureWords, numbers: Numbers
) -> None:
    """Draws the panel; under five answers a step has no dot, and where no step has one a sentence says why."""
    axes = new_panel(figure, box, words.trend)
    shown = {place: point.estimate for place, point in enumerate(points) if point.estimate is not None}
    answered = any(point.n for point in points)
    if shown:
        _scale_values(axes, shown.values(), numbers)
        _draw_band(axes, shown)
        _write_values(axes, shown, numbers)
    else:
        say(axes, words.too_few if answered else words.no_answers)
    if answered:
        _write_steps(axes, points, box.width, numbers)


def _write_steps(axes: "Axes", points: Sequence[PicturePoint], width: int, numbers: Numbers) -> None:
    """The name of each step and its n below; where they would touch, every second or third only, the last always."""
    slot = width / (len(points) + 1.2)
    names = thin([point.label for point in points], slot)
    sizes = thin([numbers.count(point.n) for point in points], slot)
    labels = [f"{name}\n{size}" for name, size in zip(names, sizes, strict=True)]
    name_steps(axes, {-1: "\nn =", **dict(enumerate(labels))})
    axes.set_xlim(-1, len(points) + 0.2)


def thin(texts: Sequence[str], slot: float) -> list[str]:
    """The texts under an axis with `slot` pixels each; where they would touch, only some, the last always."""
    widest = max(text_width(text, SMALLEST) for text in texts) + 6
    step = ceil(widest / slot)
    return [text if (len(texts) - 1 - place) % step == 0 else "" for place, text in enumerate(texts)]


def _write_values(axes: "Axes", shown: Mapping[int, Estimate], numbers: Numbers) -> None:
    """The values of a short trend, and of a long one the last: beside its dot, where no line runs."""
    last = max(shown)
    for place, estimate in shown.items():
        if place != last and len(shown) > MOST_VALUES:
            continue
        axes.annotate(
            numbers.value(estimate.value),
            (place, estimate.value),
            (9, 0) if place == last else (0, 12),
            textcoords="offset points",
            ha="left" if place == last else "center",
            va="center",
            fontsize=BODY,
            fontweight="bold",
            color=INK,
            bbox=HALO,
        )


def _draw_band(axes: "Axes", shown: Mapping[int, Estimate]) -> None:
    """The line and its interval, broken where a value is hidden; a value with no neighbour gets a whisker instead."""
    for run in _runs(shown):
        values = [shown[place].value for place in run]
        lows, highs = [shown[place].low for place in run], [shown[place].high for place in run]
        axes.plot(run, values, color=BLUE, linewidth=2.5, marker="o", markersize=7, clip_on=False)
        if len(run) > 1:
            axes.fill_between(run, lows, highs, color=BLUE, alpha=0.18, linewidth=0)
        else:
            axes.vlines(run, lows, highs, color=BLUE, alpha=0.35, linewidth=6)


def _runs(places: Iterable[int]) -> list[list[int]]:
    """Ascending places in runs without a gap."""
    numbered = groupby(enumerate(places), key=lambda pair: pair[1] - pair[0])
    return [[place for _, place in run] for _, run in numbered]


def _scale_values(axes: "Axes", shown: Iterable[Estimate], numbers: Numbers) -> None:
    """A value axis that holds every interval with air above for the labels, and never leaves the metric's scale."""
    lowest, highest = numbers.scale
    ends = [end for estimate in shown for end in (estimate.low, estimate.high)]
    air = max(0.12 * (max(ends) - min(ends)), 0.02 * (highest - lowest))
    axes.set_ylim(max(min(ends) - air, lowest), min(max(ends) + air, highest))
    axes.locator_params(axis="y", nbins=6)
    axes.yaxis.set_major_formatter(lambda value, _: numbers.tick(value))
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    if axes.get_ylim()[0] < 0 < axes.get_ylim()[1]:
        axes.axhline(0, color=FAINT_INK, linewidth=1)
