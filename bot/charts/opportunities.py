"""The map of opportunities: segments by how many of them leave and what they are worth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    BODY,
    FAINT_INK,
    GREY,
    HALO,
    INK,
    RULE,
    SMALL,
    VERMILLION,
    WHOLE,
    Box,
    new_figure,
    new_panel,
    say,
    text_width,
)
from bot.charts.pictures import Numbers, PictureWords
from bot.domain.amounts import brief_amount
from bot.domain.metrics.opportunities import Opportunity
from bot.domain.names import cut

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_NAMED = 10
LONGEST_NAME = 24
MAP = Box(150, 125, 1000, 455)
ROOM = 1.12
SKEWED = 50
LINE_HEIGHT, OFFSET, DOT = 20, 19, 8  # pixels
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class MapPicture:
    """Segments, the surest opportunity first, around the churn of all; amounts are in minor units of the currency."""

    words: PictureWords
    locale: str
    found: Sequence[Opportunity]
    names: Sequence[str]
    reference: float
    currency: str
    share_label: str
    value_label: str


def opportunity_picture(picture: MapPicture) -> "Figure":
    """Draws the map, or says why there is none."""
    figure, numbers = new_figure(picture.words), Numbers(picture.locale, points=False)
    if not picture.found:
        say(new_panel(figure, WHOLE, ""), picture.words.no_answers)
        return figure
    axes = new_panel(figure, MAP, "")
    highest = max(one.churn.high for one in picture.found)
    axes.set_xlim(0, min(1.0, highest * ROOM))
    _scale_values(axes, [one.segment.value_minor for one in picture.found])
    axes.xaxis.set_major_formatter(lambda share, _: numbers.tick(share))
    axes.yaxis.set_major_formatter(lambda minor, _: _money(minor, picture))
    axes.locator_params(axis="x", nbins=7)
    axes.tick_params(axis="x", pad=8)
    axes.set_xlabel(picture.share_label, fontsize=SMALL, color=FAINT_INK)
    axes.set_ylabel(picture.value_label, fontsize=SMALL, color=FAINT_INK)
    axes.grid(color=RULE, linewidth=0.8)
    _draw_reference(axes, picture, numbers)
    for one in picture.found:
        _draw_segment(axes, one)
    _name_segments(axes, picture)
    return figure


def _scale_values(axes: "Axes", values: Sequence[int]) -> None:
    """From nothing up, or by powers of ten where one segment would press all others to the ground."""
    most, least = max(1, *values), min((value for value in values if value > 0), default=1)
    if most > SKEWED * least:
        axes.set_yscale("log")
        axes.set_ylim(least / ROOM**2, most * ROOM**4)
        axes.set_yticks([], minor=True)
    else:
        axes.set_ylim(0, most * ROOM)
        axes.locator_params(axis="y", nbins=7)


def _money(minor: float, picture: MapPicture) -> str:
    return brief_amount(minor, picture.currency, picture.locale, digits=1)


def _draw_reference(axes: "Axes", picture: MapPicture, numbers: Numbers) -> None:
    axes.axvline(picture.reference, color=FAINT_INK, linewidth=1.5, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        f"{picture.words.overall} {numbers.value(picture.reference)}",
        (picture.reference, 1),
        (0, 6),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        fontsize=BODY,
        color=FAINT_INK,
        parse_math=False,
    )


def _draw_segment(axes: "Axes", one: Opportunity) -> None:
    """A dot with its interval, filled where more is at stake for certain."""
    colour = VERMILLION if one.is_sure else GREY
    share, value = _place(axes, one)
    axes.hlines(value, one.churn.low, one.churn.high, color=colour, alpha=0.35, linewidth=5)
    face = colour if one.is_sure else "white"
    (dot,) = axes.plot(share, value, color=colour, marker="o", markersize=10, clip_on=False)
    dot.set_markerfacecolor(face)
    dot.set_markeredgewidth(2)


def _place(axes: "Axes", one: Opportunity) -> tuple[float, float]:
    """Where a segment's dot lies; one that is worth nothing lies on the ground, also where that is no 0."""
    return one.churn.value, max(one.segment.value_minor, axes.get_ylim()[0])


def _name_segments(axes: "Axes", picture: MapPicture) -> None:
    """The first few by name, above or below their dots, as long as a name covers no other name and no dot."""
    dots = [axes.transData.transform(_place(axes, one)) for one in picture.found]
    taken = [(float(x) - DOT, float(y) - DOT, float(x) + DOT, float(y) + DOT) for x, y in dots]
    named = list(zip(picture.found, picture.names, strict=True))[:MOST_NAMED]
    for one, full_name in named:
        name = cut(full_name, LONGEST_NAME)
        x, y = axes.transData.transform(_place(axes, one))
        for side, box in _places(axes, float(x), float(y), text_width(name, BODY)):
            if not any(_overlap(box, other) for other in taken):
                taken.append(box)
                _write_name(axes, one, name, side)
                break


def _places(axes: "Axes", x: float, y: float, width: float) -> Iterator[tuple[int, Rectangle]]:
    """Above the dot and below it, where that lies on the sheet; with the side, 1 or -1."""
    frame = axes.get_window_extent()
    left = min(max(x - width / 2, frame.x0), frame.x1 - width)
    for side in (1, -1):
        bottom = y + side * OFFSET - LINE_HEIGHT / 2
        if frame.y0 <= bottom and bottom + LINE_HEIGHT <= frame.y1:
            yield side, (left, bottom, left + width, bottom + LINE_HEIGHT)


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _write_name(axes: "Axes", one: Opportunity, name: str, side: int) -> None:
    place = _place(axes, one)
    at = axes.transAxes.inverted().transform(axes.transData.transform(place))
    align = "left" if at[0] < 0.12 else "right" if at[0] > 0.88 else "center"
    axes.annotate(
        name,
        place,
        (0, side * OFFSET * 72 / 100),
        textcoords="offset points",
        ha=align,
        va="center",
        fontsize=BODY,
        color=INK,
        bbox=HALO,
        parse_math=False,
    )
