"""The picture of a success plan: its milestones from the top down, how far each has come, and the plan as a whole."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    BLUE,
    BODY,
    FAINT_INK,
    GREEN,
    GREY,
    HEADING,
    HEIGHT,
    INK,
    MARGIN,
    RULE,
    SMALL,
    VERMILLION,
    WIDTH,
    Box,
    new_figure,
    text_width,
    to_png,
)
from bot.charts.pictures import PlanPicture, PlanRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_ROWS = 7
COLOURS = {"done": GREEN, "waiting": BLUE, "late": VERMILLION, "open": GREY}
TOP, BOTTOM = 115, 555
DOT, TEXT = MARGIN + 18, MARGIN + 56
BAR_LEFT, BAR_WIDTH, BAR_HEIGHT = 700, 468, 16
WHOLE_LEFT, WHOLE_TOP, WHOLE_HEIGHT = MARGIN, 608, 18


def plan_picture(picture: PlanPicture) -> bytes:
    """Draws a plan as PNG: a row a milestone, the first seven; below them the whole way with today's place on it."""
    figure = new_figure(picture.words)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(HEIGHT, 0)
    rows = picture.rows[:MOST_ROWS]
    step = min(90.0, (BOTTOM - TOP) / max(len(rows), 1))
    _draw_line(axes, rows, step)
    for place, row in enumerate(rows):
        _draw_row(axes, row, TOP + step * (place + 0.5))
    _draw_whole(axes, picture)
    return to_png(figure)


def _draw_line(axes: "Axes", rows: Sequence[PlanRow], step: float) -> None:
    """The way that connects the milestones."""
    axes.plot((DOT, DOT), (TOP + step / 2, TOP + step * (len(rows) - 0.5)), color=RULE, linewidth=3, zorder=1)


def _draw_row(axes: "Axes", row: PlanRow, top: float) -> None:
    filled = COLOURS[row.state] if row.state != "open" else "white"
    axes.plot(
        DOT, top, marker="o", markersize=15, color=filled, markeredgecolor=COLOURS[row.state], markeredgewidth=2.5
    )
    room = (BAR_LEFT if row.share is not None else WIDTH) - TEXT - MARGIN
    _write(axes, TEXT, top - 12, _fit(row.title, room, BODY * 1.08), size=BODY, weight="bold")
    _write(
        axes, TEXT, top + 13, row.detail, size=SMALL, colour=FAINT_INK if row.state == "open" else COLOURS[row.state]
    )
    if row.share is not None:
        _draw_bar(axes, Box(BAR_LEFT, int(top) + 4, BAR_WIDTH, BAR_HEIGHT), row.share, BLUE)
        _write(axes, BAR_LEFT, top - 18, _fit(row.measure, BAR_WIDTH, SMALL), size=SMALL, colour=FAINT_INK)


def _draw_whole(axes: "Axes", picture: PlanPicture) -> None:
    width = WIDTH - 2 * MARGIN
    _write(axes, WHOLE_LEFT, WHOLE_TOP - 24, picture.progress, size=HEADING, weight="bold")
    _draw_bar(axes, Box(WHOLE_LEFT, WHOLE_TOP, width, WHOLE_HEIGHT), picture.done, GREEN)
    today = WHOLE_LEFT + width * picture.elapsed
    axes.plot((today, today), (WHOLE_TOP - 6, WHOLE_TOP + WHOLE_HEIGHT + 6), color=INK, linewidth=2)
    half = text_width(picture.today, SMALL) / 2
    place = min(max(today, WHOLE_LEFT + half), WHOLE_LEFT + width - half)
    _write(axes, place, WHOLE_TOP + WHOLE_HEIGHT + 20, picture.today, size=SMALL, colour=FAINT_INK, side="center")


def _draw_bar(axes: "Axes", box: Box, share: float, colour: str) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415  with the rest of matplotlib, when a picture is drawn

    for width, fill in ((box.width, RULE), (box.width * share, colour)):
        axes.add_patch(Rectangle((box.left, box.top), width, box.height, facecolor=fill, linewidth=0))


def _fit(text: str, room: float, size: float) -> str:
    """The text, cut where it would not fit into `room` pixels."""
    most = int(room / (text_width("x", size)))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _write(
    axes: "Axes",
    left: float,
    top: float,
    text: str,
    *,
    size: float,
    weight: str = "normal",
    colour: str = INK,
    side: str = "left",
) -> None:
    axes.text(left, top, text, fontsize=size, fontweight=weight, color=colour, ha=side, va="center", parse_math=False)
