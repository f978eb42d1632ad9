"""The picture of what goes with a low score: each theme's difference with its interval, from the worst to the best."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    BLUE,
    BODY,
    FAINT_INK,
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
    write_above,
    write_beside,
)
from bot.charts.pictures import Numbers, PictureWords
from bot.domain.metrics.estimates import Difference, Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_DRIVERS = 12
ROWS = Box(400, 160, 760, 430)
COLOURS = {Verdict.UP: VERMILLION, Verdict.DOWN: BLUE}
REACH = 5.0


@dataclass(frozen=True)
class DriverRow:
    """A theme: how many name it, and the difference in points (-100 to 100); none when it rests on too few."""

    label: str
    n: int
    difference: Difference | None
    verdict: Verdict


@dataclass(frozen=True)
class DriversChart:
    """Themes in the order given, the first twelve; `words.trend` stands above them, `unhappy` and `happy` at the ends.

    A hollow dot is of too few to be compared, a grey one may be chance.
    """

    words: PictureWords
    locale: str
    rows: Sequence[DriverRow]
    unhappy: str
    happy: str


def drivers_picture(chart: DriversChart) -> "Figure":
    """Draws each theme's difference from the others as a dot with its interval."""
    figure = new_figure(chart.words)
    rows = chart.rows[:MOST_DRIVERS]
    if not rows:
        say(new_panel(figure, WHOLE, ""), chart.words.no_answers)
    elif all(row.difference is None for row in rows):
        say(new_panel(figure, WHOLE, ""), chart.words.too_few)
    else:
        _draw_rows(new_panel(figure, ROWS, chart.words.trend), rows, chart)
    return figure


def _draw_rows(axes: "Axes", rows: Sequence[DriverRow], chart: DriversChart) -> None:
    numbers = Numbers(chart.locale, points=True)
    names = [f"{row.label}  (n = {numbers.count(row.n)})" for row in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=BODY, color=INK, parse_math=False)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    reach = max(max(abs(row.difference.low), abs(row.difference.high)) for row in rows if row.difference) + REACH
    axes.set_xlim(-reach, reach)
    axes.locator_params(axis="x", nbins=8)
    axes.xaxis.set_major_formatter(lambda value, _: numbers.tick(value))
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    axes.axvline(0, color=FAINT_INK, linewidth=1.5, zorder=1)
    for side, text, place in (("left", chart.happy, 0.0), ("right", chart.unhappy, 1.0)):
        axes.text(place, -0.1, text, transform=axes.transAxes, ha=side, va="top", fontsize=SMALL, color=FAINT_INK)
    for place, row in enumerate(rows):
        if row.difference is not None:
            _draw_row(axes, place, row.difference, row.verdict, numbers)
        else:
            write_beside(axes, place, chart.words.too_few)


def _draw_row(axes: "Axes", place: int, difference: Difference, verdict: Verdict, numbers: Numbers) -> None:
    colour, compared = COLOURS.get(verdict, GREY), verdict is not Verdict.NOT_COMPARABLE
    axes.hlines(place, difference.low, difference.high, color=colour, alpha=0.3, linewidth=9)
    face = colour if compared else "white"
    axes.plot(difference.value, place, color=colour, marker="o", markersize=9, markerfacecolor=face)
    write_above(axes, difference.value, place, numbers.value(difference.value))
