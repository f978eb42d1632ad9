"""The picture of differences or ratios: a row with its interval each, around the line where there is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from bot.charts.canvas import (
    BLUE,
    BODY,
    FAINT_INK,
    GREEN,
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
from bot.domain.metrics.estimates import Estimate
from bot.domain.names import cut
from bot.domain.rounding import rounded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS, MOST_TALL = 12, 8
LONGEST_NAME = 22
ROWS = Box(360, 130, 800, 470)
LEAST_RATIO, MOST_RATIO = 0.1, 10.0
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)
LEAST_REACH = 0.05
ROOM = 1.15
BESIDE = 10  # points between a name and the axis, on which a dot may lie


@dataclass(frozen=True)
class ForestRow:
    """A name and its n, and what is said beside it: an estimate, or the sentence why there is none.

    `of` is written below the name: of which part it is.
    """

    label: str
    n: int
    estimate: Estimate | None
    sentence: str = ""
    of: str = ""


@dataclass(frozen=True)
class ForestPicture:
    """Rows in the order given, the first twelve of them: ratios around 1, or differences of shares around 0.

    Where they take two lines each, the first eight. `more_is_worse` says which side is drawn as bad.
    """

    words: PictureWords
    locale: str
    rows: Sequence[ForestRow]
    ratios: bool
    more_is_worse: bool


def forest_picture(picture: ForestPicture) -> "Figure":
    """Draws the rows, or says why there is none."""
    figure = new_figure(picture.words)
    rows = picture.rows[: MOST_TALL if any(row.of for row in picture.rows) else MOST_ROWS]
    if not rows:
        say(new_panel(figure, WHOLE, ""), picture.words.no_answers)
        return figure
    axes, write = new_panel(figure, ROWS, ""), _writer(picture)
    counts = Numbers(picture.locale, points=False)
    names = [_name(row, counts) for row in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=BODY, color=INK, parse_math=False)
    axes.tick_params(axis="y", pad=BESIDE)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    _scale(axes, [row.estimate for row in rows if row.estimate is not None], picture)
    for place, row in enumerate(rows):
        if row.estimate is not None:
            _draw_row(axes, place, row.estimate, picture, write)
        else:
            write_beside(axes, place, row.sentence)
    return figure


def _name(row: ForestRow, counts: Numbers) -> str:
    name = f"{cut(row.label, LONGEST_NAME)}  (n = {counts.count(row.n)})"
    return f"{name}\n{cut(row.of, LONGEST_NAME)}" if row.of else name


def _writer(picture: ForestPicture, decimals: str = "00") -> Callable[[float], str]:
    """How a value is written: a ratio with two decimals, a difference in signed percentage points."""
    if picture.ratios:
        return lambda value: str(format_decimal(rounded(value, 2), f"#,##0.{decimals}", locale=picture.locale))
    points = Numbers(picture.locale, points=True)
    return lambda value: points.tick(value * 100)


def _scale(axes: "Axes", shown: Sequence[Estimate], picture: ForestPicture) -> None:
    """An axis on which twice as many lies as far from the middle as half as many, or one point up as one down."""
    if picture.ratios:
        reach = max([2.0, *(one.high for one in shown), *(1 / max(one.low, LEAST_RATIO) for one in shown)])
        axes.set_xscale("log")
        axes.set_xlim(1 / min(reach * ROOM, MOST_RATIO), min(reach * ROOM, MOST_RATIO))
        low, high = axes.get_xlim()
        axes.set_xticks([tick for tick in TICKS if low <= tick <= high], minor=False)
        axes.set_xticks([], minor=True)
    else:
        reach = ROOM * max([LEAST_REACH, *(abs(end) for one in shown for end in (one.low, one.high))])
        axes.set_xlim(-reach, reach)
        axes.locator_params(axis="x", nbins=8)
    write = _writer(picture, "##")
    axes.xaxis.set_major_formatter(lambda value, _: write(value))
    axes.grid(axis="x", color=RULE, linewidth=0.8)
    axes.axvline(_middle(picture), color=FAINT_INK, linewidth=1.5, linestyle=(0, (4, 3)), zorder=1)
    axes.set_xlabel(picture.words.overall, fontsize=SMALL, color=FAINT_INK, parse_math=False)


def _middle(picture: ForestPicture) -> float:
    return 1.0 if picture.ratios else 0.0


def _draw_row(
    axes: "Axes", place: int, estimate: Estimate, picture: ForestPicture, write: Callable[[float], str]
) -> None:
    """A bar and a dot, which is filled where the interval leaves the middle out."""
    colour = _colour(estimate, picture)
    left, right = axes.get_xlim()
    value = min(max(estimate.value, left), right)
    axes.hlines(place, max(estimate.low, left), min(estimate.high, right), color=colour, alpha=0.3, linewidth=9)
    face = "white" if colour == BLUE else colour
    (dot,) = axes.plot(value, place, color=colour, marker="o", markersize=9, markerfacecolor=face, markeredgewidth=2)
    dot.set_clip_on(False)
    write_above(axes, value, place, write(estimate.value), clipped=False)


def _colour(estimate: Estimate, picture: ForestPicture) -> str:
    bad, good = (VERMILLION, GREEN) if picture.more_is_worse else (GREEN, VERMILLION)
    if estimate.low > _middle(picture):
        return bad
    return good if estimate.high < _middle(picture) else BLUE
