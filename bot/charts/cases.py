"""The picture of cases: how many were opened and resolved, and how soon they were answered and resolved."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    AXIS,
    BLUE,
    BODY,
    FAINT_INK,
    GREEN,
    MARGIN,
    RULE,
    SMALL,
    SMALLEST,
    VERMILLION,
    Box,
    name_steps,
    new_figure,
    new_panel,
    say,
    text_width,
)
from bot.charts.pictures import CasesPicture, Numbers, TimeCurve
from bot.charts.trend import thin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure

LEFT = Box(MARGIN + AXIS, 150, 470, 450)
RIGHT = Box(660, 150, 480, 450)
BAR = 0.4
BEYOND_THE_DEADLINE = 2.0
STYLES = ((BLUE, (0, ())), (GREEN, (0, (5, 1.5))))
"""The colour and the dashes of each curve: where both run together, both are seen."""
HEADROOM = 1.15
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)


def cases_picture(picture: CasesPicture) -> "Figure":
    """Draws the report of cases. A panel without anything to show says why."""
    figure, numbers = new_figure(picture.words), Numbers(picture.locale, points=False)
    bars = new_panel(figure, LEFT, picture.words.trend)
    if any(picture.opened) or any(picture.resolved):
        _draw_bars(bars, picture, numbers)
    else:
        say(bars, picture.words.no_answers)
    times = new_panel(figure, RIGHT, picture.words.distribution)
    if any(curve.steps for curve in picture.curves):
        _draw_curves(times, picture, numbers)
    else:
        say(times, picture.words.too_few if any(picture.opened) else picture.words.no_answers)
    return figure


def _draw_bars(axes: "Axes", picture: CasesPicture, numbers: Numbers) -> None:
    places = range(len(picture.labels))
    pairs = ((picture.opened, picture.opened_label, VERMILLION), (picture.resolved, picture.resolved_label, GREEN))
    for side, (counts, label, colour) in enumerate(pairs):
        bars = axes.bar([place + (side - 0.5) * BAR for place in places], counts, BAR, color=colour, label=label)
        if len(places) <= LEFT.width // 30:
            _write_counts(axes, bars, [numbers.count(n) if n else "" for n in counts])
    name_steps(axes, dict(enumerate(thin(picture.labels, LEFT.width / (len(picture.labels) + 1)))))
    axes.set_yticks([])
    axes.set_ylim(0, 1.25 * max(*picture.opened, *picture.resolved))
    axes.legend(frameon=False, fontsize=BODY, loc="upper left", ncols=2)


def _write_counts(axes: "Axes", bars: "BarContainer", counts: Sequence[str]) -> None:
    """The counts above their bars, upright where they are wider than those."""
    widest = max(text_width(count, SMALLEST) for count in counts)
    turn = 90 if widest > BAR * LEFT.width / len(counts) else 0
    axes.bar_label(bars, counts, padding=2, fontsize=SMALLEST, rotation=turn)


def _draw_curves(axes: "Axes", picture: CasesPicture, numbers: Numbers) -> None:
    """The share that was over after so many business hours, each with its band and its deadline."""
    latest = max(curve.deadline for curve in picture.curves) * BEYOND_THE_DEADLINE
    for curve, (colour, dashes) in zip(picture.curves, STYLES, strict=True):
        _draw_curve(axes, curve, colour, dashes, latest)
    axes.set_xlim(0, latest)
    axes.set_ylim(0, HEADROOM)
    axes.set_yticks(SHARES)
    axes.xaxis.set_major_formatter(lambda hours, _: numbers.count(hours))
    axes.yaxis.set_major_formatter(lambda share, _: numbers.tick(share))
    axes.set_xlabel(picture.hours_label, fontsize=SMALL, color=FAINT_INK)
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.legend(frameon=False, fontsize=BODY, loc="upper left", ncols=2)


def _draw_curve(
    axes: "Axes", curve: TimeCurve, colour: str, dashes: tuple[int, tuple[float, ...]], latest: float
) -> None:
    if not curve.steps:
        return
    hours = [0.0, *(step.length for step in curve.steps), max(latest, curve.steps[-1].length)]
    lines = [[0.0, *(getattr(step, name) for step in curve.steps)] for name in ("done", "low", "high")]
    done, low, high = ([*line, line[-1]] for line in lines)
    axes.step(hours, done, where="post", color=colour, linewidth=2.5, linestyle=dashes, label=curve.label)
    axes.fill_between(hours, low, high, step="post", color=colour, alpha=0.12, linewidth=0)
    axes.axvline(curve.deadline, 0, 1 / HEADROOM, color=colour, linewidth=1.2, linestyle=(0, (1, 2)))
