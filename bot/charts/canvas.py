"""The sheet that pictures are drawn on: its size, colours and letters, and its panels in pixels."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from textwrap import fill
from typing import TYPE_CHECKING

from bot.charts.pictures import PictureWords

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito, "Color universal design" (2008), with a grey for what is neither good nor bad.
BLUE, GREEN, VERMILLION, GREY = "#0072B2", "#009E73", "#D55E00", "#777777"
INK, FAINT_INK, RULE, PAPER = "#222222", "#5A5A5A", "#D9D9D9", "#F6F6F6"
HALO = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1}

WIDTH, HEIGHT, DPI, MARGIN, AXIS = 1200, 675, 100, 32, 55  # pixels
TITLE, HEADING, BODY, SMALL, SMALLEST = 20, 14, 12, 11, 10  # points
LETTER = 0.62  # the mean width of a letter of DejaVu Sans, in its size
LINE = 48  # letters in a line of a sentence that stands in for a panel
QUICKLY = 1
"""How hard PNG is compressed: as far as 6, the default, takes a tenth of all the time, for a third fewer bytes."""


@dataclass(frozen=True)
class Box:
    """Where a panel lies, in pixels from the top left corner, its heading not included."""

    left: int
    top: int
    width: int
    height: int


WHOLE = Box(MARGIN + AXIS, 150, WIDTH - 2 * MARGIN - AXIS, 450)


def text_width(text: str, size: float) -> float:
    """About how many pixels a text takes."""
    return len(text) * LETTER * size * DPI / 72


def new_figure(words: PictureWords) -> "Figure":
    """A sheet with its title and subtitle."""
    from matplotlib.figure import Figure  # noqa: PLC0415  0.5 s and 100 MB that a bot at rest does not need

    from bot.charts.letters import Sheet  # noqa: PLC0415  with matplotlib

    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")
    Sheet(figure)
    room = WIDTH - 2 * MARGIN
    write(figure, MARGIN, 34, words.title, size=_fit(TITLE, words.title, room), weight="bold")
    write(figure, MARGIN, 72, words.subtitle, size=_fit(HEADING, words.subtitle, room), colour=FAINT_INK)
    return figure


def to_png(figure: "Figure") -> bytes:
    """As PNG in three colours: there is nothing that shines through, and to compress a fourth takes its time."""
    from PIL import Image  # noqa: PLC0415  with matplotlib

    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) if not axis.get_label_text()):
        axis.set_label_coords(0, 0)  # else the place of no label is found from those of all ticks
    pixels = BytesIO()
    figure.savefig(pixels, format="raw")
    picture = BytesIO()
    drawn = Image.frombytes("RGBA", (WIDTH, HEIGHT), pixels.getvalue())
    drawn.convert("RGB").save(picture, "png", compress_level=QUICKLY)
    return picture.getvalue()


def write(
    figure: "Figure", left: float, top: float, text: str, *, size: float, weight: str = "normal", colour: str = INK
) -> None:
    figure.text(
        left / WIDTH,
        1 - top / HEIGHT,
        text,
        fontsize=size,
        fontweight=weight,
        color=colour,
        va="center",
        parse_math=False,
    )


def _fit(size: float, text: str, room: float) -> float:
    """The font size, made smaller where the text would not fit into `room` pixels, but never below 10 points."""
    return max(SMALLEST, min(size, size * room / max(text_width(text, size), 1)))


def new_panel(figure: "Figure", box: Box, heading: str) -> "Axes":
    """An empty panel under its heading; on the left half there is room for the labels of an axis."""
    left = box.left - (AXIS if box.left < WIDTH / 2 else 0)
    write(figure, left, box.top - 28, heading, size=_fit(HEADING, heading, box.width))
    bottom = HEIGHT - box.top - box.height
    axes = figure.add_axes((box.left / WIDTH, bottom / HEIGHT, box.width / WIDTH, box.height / HEIGHT))
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, bottom=False, left=False, labelsize=SMALL, labelcolor=FAINT_INK)
    axes.set_axisbelow(True)
    return axes


def name_steps(axes: "Axes", labels: Mapping[float, str]) -> None:
    """The labels under an axis at their places; an empty one has no tick, since each takes its time to make."""
    shown = {place: label for place, label in labels.items() if label.strip()}
    axes.set_xticks(list(shown), list(shown.values()), fontsize=SMALLEST, color=FAINT_INK, parse_math=False)


def say(axes: "Axes", sentence: str, *, line: int = LINE) -> None:
    """A sentence in place of a panel that has nothing to show, in lines of so many letters."""
    axes.set_facecolor(PAPER)
    axes.set_xticks([])
    axes.set_yticks([])
    lines = fill(sentence, line)
    axes.text(
        0.5,
        0.5,
        lines,
        transform=axes.transAxes,
        ha="center",
        va="center",
        fontsize=HEADING,
        color=FAINT_INK,
        parse_math=False,
    )


def write_beside(axes: "Axes", place: int, sentence: str) -> None:
    """A sentence in a row that has no value, at the left end of it."""
    axes.text(
        0.01,
        place,
        sentence,
        transform=axes.get_yaxis_transform(),
        va="center",
        fontsize=SMALL,
        color=FAINT_INK,
        parse_math=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
    )


def write_above(axes: "Axes", value: float, place: int, text: str, *, clipped: bool | None = None) -> None:
    """A value in bold above its dot; with `clipped` False also where the dot lies on the edge of the panel."""
    axes.annotate(
        text,
        (value, place),
        (0, 10),
        textcoords="offset points",
        ha="center",
        fontsize=BODY,
        fontweight="bold",
        color=INK,
        bbox=HALO,
        annotation_clip=clipped,
    )
