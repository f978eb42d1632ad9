"""The picture of a report: the trend, and beside it who gave which score and how far the surveys came."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from bot.charts.canvas import (
    AXIS,
    BLUE,
    BODY,
    FAINT_INK,
    GREEN,
    GREY,
    INK,
    MARGIN,
    SMALL,
    SMALLEST,
    VERMILLION,
    WHOLE,
    Box,
    new_figure,
    new_panel,
)
from bot.charts.pictures import FunnelStep, Numbers, ReportPicture, ScoreDistribution
from bot.charts.trend import draw_trend
from bot.domain.metrics.estimates import HIDDEN_UNDER
from bot.domain.surveys import SCALES, Band, band

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDEST_COUNTS = 1_000
BAND_COLOURS: Mapping[Band, str] = {Band.DETRACTOR: VERMILLION, Band.PASSIVE: GREY, Band.PROMOTER: GREEN}
BAND_PLACES: Mapping[Band, tuple[float, Literal["left", "center", "right"]]] = {
    Band.DETRACTOR: (0.0, "left"),
    Band.PASSIVE: (0.5, "center"),
    Band.PROMOTER: (1.0, "right"),
}
LEFT = Box(MARGIN + AXIS, 150, 590, 450)
UPPER = Box(725, 150, 443, 195)
LOWER = Box(725, 420, 443, 225)
RIGHT = Box(725, 150, 443, 300)


def report_picture(picture: ReportPicture) -> "Figure":
    """Draws a report. A panel without anything to show is left out, and the trend says why."""
    words, numbers = picture.words, Numbers(picture.locale, picture.points)
    figure = new_figure(words)
    funnel = picture.funnel if any(step.count for step in picture.funnel) else ()
    scores = picture.distribution
    if scores is not None and sum(scores.scores.values()) < HIDDEN_UNDER:
        scores = None
    draw_trend(figure, LEFT if scores or funnel else WHOLE, picture.trend, words, numbers)
    if scores is not None:
        _draw_distribution(new_panel(figure, UPPER if funnel else RIGHT, words.distribution), scores, numbers)
    if funnel:
        _draw_funnel(new_panel(figure, LOWER if scores else RIGHT, words.funnel), funnel, numbers)
    return figure


def _draw_distribution(axes: "Axes", distribution: ScoreDistribution, numbers: Numbers) -> None:
    """A bar a score in the colour of its band, and above them each band's name and share."""
    bands = {score: band(distribution.kind, score) for score in SCALES[distribution.kind]}
    counts = [distribution.scores.get(score, 0) for score in bands]
    total, most = sum(counts), max(counts)
    bars = axes.bar(list(bands), counts, color=[BAND_COLOURS[each] for each in bands.values()], width=0.8)
    write_n = numbers.count if most < WIDEST_COUNTS else lambda n: numbers.share(n / total)
    axes.bar_label(bars, [write_n(n) if n else "" for n in counts], padding=2, fontsize=SMALLEST, color=INK)
    axes.set_xticks(list(bands))
    axes.set_yticks([])
    axes.set_ylim(0, most * 1.5)
    for each in Band:
        part = sum(n for n, its_band in zip(counts, bands.values(), strict=True) if its_band is each)
        _write_band(axes, each, f"{distribution.names[each]}\n{numbers.share(part / total)}")


def _write_band(axes: "Axes", its_band: Band, text: str) -> None:
    place, side = BAND_PLACES[its_band]
    axes.text(
        place,
        1,
        text,
        transform=axes.transAxes,
        ha=side,
        multialignment=side,
        va="top",
        fontsize=BODY,
        fontweight="bold",
        color=BAND_COLOURS[its_band],
        parse_math=False,
    )


def _draw_funnel(axes: "Axes", steps: Sequence[FunnelStep], numbers: Numbers) -> None:
    """Counts, and from the second step on the share of the step before; each step's name stands over its bar."""
    counts = [step.count for step in steps]
    bars = axes.barh(range(len(steps)), counts, color=BLUE, height=0.4)
    shares = ["", *(f"  ({numbers.share(n / before)})" if before else "" for before, n in pairwise(counts))]
    texts = [numbers.count(n) + share for n, share in zip(counts, shares, strict=True)]
    axes.bar_label(bars, texts, padding=6, fontsize=BODY, color=INK)
    for place, step in enumerate(steps):
        axes.text(0, place - 0.27, step.label, fontsize=SMALL, color=FAINT_INK, va="bottom", parse_math=False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlim(0, max(counts) * 1.35)
    axes.set_ylim(len(steps) - 0.7, -0.75)
