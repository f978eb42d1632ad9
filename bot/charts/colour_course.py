"""The shares of the colours over a period: a line for each with its interval, and n under each step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.charts.canvas import RULE, SMALL, SMALLEST, Box, name_steps, new_panel, say, text_width
from bot.charts.pictures import Numbers, PicturePoint
from bot.charts.trend import thin
from bot.domain.metrics.estimates import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = (("v", -0.12), ("s", 0.0), ("o", 0.12))
"""A line is known by more than its colour, and stands beside the others, so that no interval covers another."""
NARROW = 26  # letters in a line of a sentence that stands in for the panel
BEFORE = 22  # pixels between the n of the first step and the words before it
APART = 0.09  # of the height of the panel, between the names at the ends of the lines


@dataclass(frozen=True)
class ColourLine:
    """The share of one colour step by step, hidden where it rests on too few."""

    name: str
    ink: str
    points: Sequence[PicturePoint]

    @property
    def shown(self) -> list[tuple[int, Estimate]]:
        return [(place, one.estimate) for place, one in enumerate(self.points) if one.estimate is not None]


@dataclass(frozen=True)
class ColourCourse:
    """The course under its heading; of every line the steps are the same."""

    heading: str
    too_few: str
    lines: Sequence[ColourLine]


def draw_course(figure: "Figure", box: Box, course: ColourCourse, numbers: Numbers) -> None:
    """Draws the panel; where every step rests on too few a sentence says so."""
    axes = new_panel(figure, box, course.heading)
    if not any(line.shown for line in course.lines):
        say(axes, course.too_few, line=NARROW)
        return
    for line, (marker, beside) in zip(course.lines, MARKERS, strict=True):
        _draw_line(axes, line, marker, beside)
    _scale(axes, [one for line in course.lines for _, one in line.shown], numbers)
    _name_lines(axes, course.lines, numbers)
    _name_steps(axes, course.lines[0].points, box.width, numbers)


def _draw_line(axes: "Axes", line: ColourLine, marker: str, beside: float) -> None:
    """A bar at each step is its interval: bands of three lines would cover each other."""
    places = [place + beside for place, _ in line.shown]
    values = [one.value for _, one in line.shown]
    axes.plot(places, values, color=line.ink, linewidth=2, marker=marker, markersize=6, clip_on=False)
    axes.vlines(
        places,
        [one.low for _, one in line.shown],
        [one.high for _, one in line.shown],
        color=line.ink,
        alpha=0.35,
        linewidth=5,
    )


def _scale(axes: "Axes", shown: Sequence[Estimate], numbers: Numbers) -> None:
    top = max(one.high for one in shown)
    axes.set_ylim(0, min(1.0, top * 1.1))
    axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(lambda value, _: numbers.tick(value))
    axes.grid(axis="y", color=RULE, linewidth=0.8)


def _name_lines(axes: "Axes", lines: Sequence[ColourLine], numbers: Numbers) -> None:
    """The name and the last share of each line beside its end, pushed apart where two ends lie close."""
    height, lowest = axes.get_ylim()[1], 0.0
    for line in sorted(lines, key=lambda one: one.shown[-1][1].value):
        last = line.shown[-1][1].value
        lowest = max(last / height, lowest + APART if lowest else 0.0)
        axes.text(
            1.01,
            lowest,
            f"{line.name} {numbers.share(last)}",
            transform=axes.transAxes,
            va="center",
            fontsize=SMALL,
            fontweight="bold",
            color=line.ink,
            parse_math=False,
        )


def _name_steps(axes: "Axes", points: Sequence[PicturePoint], width: int, numbers: Numbers) -> None:
    sizes = [numbers.count(point.n) for point in points]
    before = max(text_width(size, SMALLEST) for size in sizes) / 2 + BEFORE
    slot = (width - before) / len(points)
    names = thin([point.label for point in points], slot)
    labels = [f"{name}\n{size}" for name, size in zip(names, thin(sizes, slot), strict=True)]
    start = -before / slot
    name_steps(axes, {start: "\nn =", **dict(enumerate(labels))})
    axes.set_xlim(start, len(points) - 0.7)
