"""The picture of one metric by segment: a dot with its interval and n each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    BLUE,
    BODY,
    FAINT_INK,
    INK,
    RULE,
    WHOLE,
    Box,
    new_figure,
    new_panel,
    say,
    write_above,
    write_beside,
)
from bot.charts.pictures import BreakdownPicture, Numbers, PicturePoint, PictureWords
from bot.domain.metrics.estimates import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SEGMENTS = 12
LONGEST_NAME = 28
ROWS = Box(360, 130, 800, 490)
BESIDE = 10  # points between a name and the axis, on which a dot may lie


def breakdown_picture(picture: BreakdownPicture) -> "Figure":
    """Draws a metric by segment: a dot with its interval and n each."""
    figure = new_figure(picture.words)
    segments = picture.segments[:MOST_SEGMENTS]
    if any(segment.n for segment in segments):
        _draw_segments(new_panel(figure, ROWS, ""), segments, picture)
    else:
        say(new_panel(figure, WHOLE, ""), picture.words.no_answers)
    return figure


def _draw_segments(axes: "Axes", segments: Sequence[PicturePoint], picture: BreakdownPicture) -> None:
    words, numbers = picture.words, picture.numbers or Numbers(picture.locale, picture.points)
    names = [f"{_short(segment.label)}  (n = {numbers.count(segment.n)})" for segment in segments]
    axes.set_yticks(range(len(segments)), names, fontsize=BODY, color=INK, parse_math=False)
    axes.tick_params(axis="y", pad=BESIDE)
    axes.set_ylim(len(segments) - 0.4, -0.6)
    axes.set_xlim(*numbers.scale)
    axes.locator_params(axis="x", nbins=8)
    axes.xaxis.set_major_formatter(lambda value, _: numbers.tick(value))
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    for place, segment in enumerate(segments):
        if segment.estimate is not None:
            _draw_segment(axes, place, segment.estimate, numbers)
        else:
            write_beside(axes, place, words.too_few if segment.n else words.no_answers)
    if picture.overall is not None:
        _draw_overall(axes, picture.overall, words, numbers)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _draw_overall(axes: "Axes", overall: Estimate, words: PictureWords, numbers: Numbers) -> None:
    axes.axvline(overall.value, color=FAINT_INK, linewidth=1.5, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        f"{words.overall} {numbers.value(overall.value)}",
        (overall.value, 1),
        (0, 8),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        fontsize=BODY,
        color=FAINT_INK,
        parse_math=False,
    )


def _draw_segment(axes: "Axes", place: int, estimate: Estimate, numbers: Numbers) -> None:
    axes.hlines(place, estimate.low, estimate.high, color=BLUE, alpha=0.3, linewidth=9)
    axes.plot(estimate.value, place, color=BLUE, marker="o", markersize=9, clip_on=False)
    write_above(axes, estimate.value, place, numbers.value(estimate.value))
