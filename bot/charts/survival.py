"""The picture of who left by when: a curve for each group, and beside its end the interval; bands cover each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    BLUE,
    BODY,
    FAINT_INK,
    GREEN,
    GREY,
    RULE,
    SMALL,
    VERMILLION,
    WHOLE,
    new_figure,
    new_panel,
    say,
)
from bot.charts.pictures import Numbers, PictureWords
from bot.domain.metrics.estimates import Estimate
from bot.domain.metrics.survival import Step, done_by

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLES = ((GREEN, (0, ())), (GREY, (0, (6, 2))), (VERMILLION, (0, ())), (BLUE, (0, (2, 1.5))))
"""The colour and the dashes of each curve, so that nobody needs to tell the colours."""
ROOM = 1.1
MONTH, LONG = 30, 180  # days
APART = 0.012
"""How far the intervals stand from the end of the curves and from each other, as a share of the days."""
LEAST_SHARE = 0.1


@dataclass(frozen=True)
class SurvivalCurve:
    """The share of a group that left by so many days, and how the curve is called."""

    label: str
    n: int
    steps: Sequence[Step]


@dataclass(frozen=True)
class CurvesPicture:
    """Up to four curves over so many days, in the order of their styles; None for a group that is hidden or empty."""

    words: PictureWords
    locale: str
    days: float
    days_label: str
    curves: Sequence[SurvivalCurve | None]


def survival_picture(picture: CurvesPicture) -> "Figure":
    """Draws the curves, or says why there is none."""
    figure, numbers = new_figure(picture.words), Numbers(picture.locale, points=False)
    axes = new_panel(figure, WHOLE, picture.words.trend)
    curves = [(curve, style) for curve, style in zip(picture.curves, STYLES, strict=True) if curve is not None]
    if not curves:
        say(axes, picture.words.no_answers)
        return figure
    ends = [done_by(curve.steps, picture.days, n=curve.n) for curve, _ in curves]
    for place, ((curve, (colour, dashes)), end) in enumerate(zip(curves, ends, strict=True), start=1):
        _draw_curve(axes, curve, colour, dashes, picture.days)
        if end is not None:
            _draw_interval(axes, end, colour, picture.days * (1 + place * APART))
    highs = [*(step.high for curve, _ in curves for step in curve.steps), *(end.high for end in ends if end)]
    highest = max(LEAST_SHARE, *highs)
    axes.set_xlim(0, picture.days * (1 + (len(STYLES) + 1) * APART))
    axes.set_ylim(0, min(1.0, highest * ROOM))
    axes.set_xticks(range(0, int(picture.days) + 1, MONTH if picture.days <= LONG else 2 * MONTH))
    axes.xaxis.set_major_formatter(lambda days, _: numbers.count(days))
    axes.yaxis.set_major_formatter(lambda share, _: numbers.tick(share))
    axes.set_xlabel(picture.days_label, fontsize=SMALL, color=FAINT_INK)
    axes.grid(axis="y", color=RULE, linewidth=0.8)
    axes.legend(frameon=False, fontsize=BODY, loc="upper left")
    return figure


def _draw_curve(
    axes: "Axes", curve: SurvivalCurve, colour: str, dashes: tuple[int, tuple[float, ...]], days: float
) -> None:
    lengths = [0.0, *(step.length for step in curve.steps), days]
    done = [0.0, *(step.done for step in curve.steps)]
    axes.step(
        lengths, [*done, done[-1]], where="post", color=colour, linewidth=2.5, linestyle=dashes, label=curve.label
    )


def _draw_interval(axes: "Axes", end: Estimate, colour: str, place: float) -> None:
    axes.vlines(place, end.low, end.high, color=colour, linewidth=3, alpha=0.6)
    axes.plot(place, end.value, color=colour, marker="o", markersize=6, clip_on=False)
