"""The picture of a portfolio's health: customers by colour, now and before, and those whose score moved most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    BLUE,
    BODY,
    FAINT_INK,
    GREEN,
    GREY,
    INK,
    RULE,
    SMALL,
    VERMILLION,
    WHOLE,
    Box,
    new_figure,
    new_panel,
    say,
)
from bot.charts.colour_course import ColourCourse, draw_course
from bot.charts.pictures import Numbers, PictureWords
from bot.domain.health import Colour
from bot.domain.health_reports import Mover
from bot.domain.metrics.estimates import HIDDEN_UNDER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEFT = Box(170, 165, 400, 440)
RIGHT = Box(840, 165, 310, 440)
COURSE = Box(725, 150, 330, 190)
MOVERS = Box(840, 440, 310, 190)
COURSE_ALONE = Box(725, 150, 330, 440)
NARROW = 24  # letters in a line of the right half
THICK, THIN, APART = 0.36, 0.2, 0.32
ROOM = 1.45  # beside the longest bar, for its number
COLOURS = {Colour.RED: VERMILLION, Colour.YELLOW: "#B8A000", Colour.GREEN: GREEN, Colour.GREY: GREY}
"""Okabe and Ito's, with a darker yellow, which on white would hardly be seen."""


@dataclass(frozen=True)
class ColourBar:
    """How many customers have a colour, now and before."""

    colour: Colour
    name: str
    now: int
    before: int


@dataclass(frozen=True)
class PortfolioPicture:
    """Customers by colour, under `legend` for now and before, their course, and those who moved most with their scores.

    Of a day that is long past `movers` is None, and `nobody_moved` says that they are not known.
    """

    words: PictureWords
    locale: str
    heading: str
    colours: Sequence[ColourBar]
    legend: tuple[str, str]
    movers_heading: str
    movers: Sequence[Mover] | None
    nobody_moved: str
    course: ColourCourse | None = None


@dataclass(frozen=True)
class Bar:
    """`n` of `total` customers, drawn about `middle`."""

    middle: float
    n: int
    total: int
    colour: str
    is_now: bool

    @property
    def share(self) -> float:
        return self.n / self.total if self.total else 0.0


def portfolio_picture(picture: PortfolioPicture) -> "Figure":
    """Draws the portfolio; where nobody has a score yet, a sentence says so."""
    figure = new_figure(picture.words)
    if not any(bar.now for bar in picture.colours):
        say(new_panel(figure, WHOLE, ""), picture.words.no_answers)
        return figure
    _draw_colours(new_panel(figure, LEFT, picture.heading), picture)
    if picture.course is not None:
        box = COURSE_ALONE if picture.movers is None else COURSE
        draw_course(figure, box, picture.course, Numbers(picture.locale, points=False))
    if picture.course is None or picture.movers is not None:
        _draw_moved(figure, picture)
    return figure


def _draw_moved(figure: "Figure", picture: PortfolioPicture) -> None:
    movers = new_panel(figure, MOVERS if picture.course else RIGHT, picture.movers_heading)
    if picture.movers:
        _draw_movers(movers, picture.movers)
    else:
        say(movers, picture.nobody_moved, line=NARROW)


def _draw_colours(axes: "Axes", picture: PortfolioPicture) -> None:
    """A thick bar for now and a thin one below it for before."""
    numbers, bars = Numbers(picture.locale, points=False), picture.colours
    compared = any(bar.before for bar in bars)
    drawn = [one for place, bar in enumerate(bars) for one in _bars(place, bar, bars) if one.is_now or compared]
    for one in drawn:
        _draw_bar(axes, one, numbers)
    axes.set_yticks(range(len(bars)), [bar.name for bar in bars], fontsize=BODY, color=INK, parse_math=False)
    axes.set_xticks([])
    axes.set_xlim(0, max(one.share for one in drawn) * ROOM)
    axes.set_ylim(len(bars) - 0.3, -0.5)
    now, before = picture.legend
    axes.text(
        0,
        -0.03,
        f"{now}\n{before}" if compared else now,
        transform=axes.transAxes,
        va="top",
        fontsize=SMALL,
        color=FAINT_INK,
        parse_math=False,
    )


def _bars(place: int, bar: ColourBar, bars: Sequence[ColourBar]) -> tuple[Bar, Bar]:
    """Now and before, each as a share of those with a colour at its time; grey, which is none, of everybody."""
    known = [one for one in bars if one.colour is not Colour.GREY or bar.colour is Colour.GREY]
    colour = COLOURS[bar.colour]
    return (
        Bar(place, bar.now, sum(one.now for one in known), colour, is_now=True),
        Bar(place + APART, bar.before, sum(one.before for one in known), f"{colour}66", is_now=False),
    )


def _draw_bar(axes: "Axes", bar: Bar, numbers: Numbers) -> None:
    """The count stands beside its bar, with its share where there are enough for one."""
    axes.barh(bar.middle, bar.share, color=bar.colour, height=THICK if bar.is_now else THIN)
    axes.text(
        bar.share,
        bar.middle,
        f"  {numbers.count(bar.n)} ({numbers.share(bar.share)})"
        if bar.total >= HIDDEN_UNDER
        else f"  {numbers.count(bar.n)}",
        va="center",
        fontsize=BODY if bar.is_now else SMALL,
        fontweight="bold" if bar.is_now else "normal",
        color=INK if bar.is_now else FAINT_INK,
    )


def _draw_movers(axes: "Axes", movers: Sequence[Mover]) -> None:
    """A hollow dot for before, a full one for now, and an arrow's line between them."""
    for place, mover in enumerate(movers):
        colour = BLUE if mover.after > mover.before else VERMILLION
        axes.hlines(place, mover.before, mover.after, color=colour, alpha=0.4, linewidth=4)
        axes.plot(mover.before, place, marker="o", markersize=9, color="white", markeredgecolor=colour, zorder=3)
        axes.plot(mover.after, place, marker="o", markersize=10, color=colour, zorder=3)
        _write_score(axes, place, mover.before, left=mover.before < mover.after, bold=False)
        _write_score(axes, place, mover.after, left=mover.after < mover.before, bold=True)
    names = [mover.name for mover in movers]
    axes.set_yticks(range(len(movers)), names, fontsize=SMALL, color=INK, parse_math=False)
    axes.set_ylim(max(len(movers), 4) - 0.4, -0.6)
    axes.set_xlim(-12, 112)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.grid(axis="x", color=RULE, linewidth=0.8)


def _write_score(axes: "Axes", place: int, score: int, *, left: bool, bold: bool) -> None:
    axes.annotate(
        str(score),
        (score, place),
        (-9 if left else 9, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        fontsize=BODY if bold else SMALL,
        fontweight="bold" if bold else "normal",
        color=INK if bold else FAINT_INK,
    )
