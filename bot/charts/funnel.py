"""The picture of the funnel of surveys: how far they came, what came off on the way, and who answers which kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    AXIS,
    BLUE,
    BODY,
    FAINT_INK,
    GREY,
    INK,
    MARGIN,
    RULE,
    SMALL,
    WHOLE,
    Box,
    new_figure,
    new_panel,
    say,
)
from bot.charts.pictures import Numbers, PicturePoint, PictureWords
from bot.domain.metrics.estimates import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEFT = Box(MARGIN + AXIS, 150, 640, 490)
RIGHT = Box(850, 150, 310, 450)
ROOM_FOR_TEXT = 1.75


@dataclass(frozen=True)
class FunnelBar:
    """One step: its count, and the share of the step before unless that is too small; `aside` comes off the way."""

    label: str
    count: int
    share: Estimate | None
    aside: bool


@dataclass(frozen=True, kw_only=True)
class FunnelPicture:
    """The steps of all surveys in the order given, and the share answered of each kind."""

    words: PictureWords
    locale: str
    steps: Sequence[FunnelBar]
    kinds: Sequence[PicturePoint] = ()


def funnel_picture(picture: FunnelPicture) -> "Figure":
    """Draws a funnel; without surveys the sentence that says so."""
    figure, words, numbers = new_figure(picture.words), picture.words, Numbers(picture.locale, points=False)
    if not picture.steps[0].count:
        say(new_panel(figure, WHOLE, ""), words.no_answers)
        return figure
    _draw_steps(new_panel(figure, LEFT if picture.kinds else WHOLE, words.funnel), picture.steps, numbers)
    if picture.kinds:
        _draw_kinds(new_panel(figure, RIGHT, words.trend), picture.kinds, words, numbers)
    return figure


def _draw_steps(axes: "Axes", steps: Sequence[FunnelBar], numbers: Numbers) -> None:
    """A bar a step under its name, with its count, its share of the step before, and the interval of that."""
    colours = [GREY if step.aside else BLUE for step in steps]
    bars = axes.barh(range(len(steps)), [step.count for step in steps], color=colours, height=0.42)
    axes.bar_label(bars, [_text(step, numbers) for step in steps], padding=6, fontsize=SMALL, color=INK)
    for place, step in enumerate(steps):
        axes.text(0, place - 0.27, step.label, fontsize=SMALL, color=FAINT_INK, va="bottom", parse_math=False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlim(0, max(step.count for step in steps) * ROOM_FOR_TEXT)
    axes.set_ylim(len(steps) - 0.7, -0.75)


def _text(step: FunnelBar, numbers: Numbers) -> str:
    if step.share is None:
        return numbers.count(step.count)
    value, low, high = (numbers.share(end) for end in (step.share.value, step.share.low, step.share.high))
    return f"{numbers.count(step.count)}  {value} ({low} – {high})"


def _draw_kinds(axes: "Axes", kinds: Sequence[PicturePoint], words: PictureWords, numbers: Numbers) -> None:
    """A dot with its interval a kind."""
    names = [f"{kind.label}\nn = {numbers.count(kind.n)}" for kind in kinds]
    axes.set_yticks(range(len(kinds)), names, fontsize=BODY, color=INK, parse_math=False)
    axes.set_ylim(len(kinds) - 0.5, -0.5)
    axes.set_xlim(0, 1.04)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.xaxis.set_major_formatter(lambda value, _: numbers.tick(value))
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    for place, kind in enumerate(kinds):
        if kind.estimate is None:
            axes.text(0.02, place, words.too_few, fontsize=SMALL, color=FAINT_INK, va="center", parse_math=False)
            continue
        axes.plot([kind.estimate.low, kind.estimate.high], [place, place], color=BLUE, linewidth=3)
        axes.plot([kind.estimate.value], [place], "o", color=BLUE, markersize=9)
        label = numbers.share(kind.estimate.value)
        axes.annotate(
            label, (kind.estimate.value, place), (0, 12), textcoords="offset points", ha="center", fontsize=BODY
        )
