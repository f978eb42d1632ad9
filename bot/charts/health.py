"""The picture of one customer's health score: a step line through the colours' bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.charts.canvas import (
    BLUE,
    BODY,
    FAINT_INK,
    GREEN,
    HALO,
    INK,
    SMALL,
    VERMILLION,
    WHOLE,
    new_figure,
    new_panel,
    say,
    to_png,
)
from bot.charts.pictures import PictureWords
from bot.domain.health import Colour
from bot.domain.health_trend import HealthPoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

YELLOW = "#F0E442"  # Okabe and Ito's
BANDS: Mapping[Colour, str] = {Colour.RED: VERMILLION, Colour.YELLOW: YELLOW, Colour.GREEN: GREEN}
FAINT = 0.16
MOST_LABELS = 6


@dataclass(frozen=True)
class HealthPicture:
    """Scores, each until the next, with a label each; `borders` are the highest red and the highest yellow score."""

    words: PictureWords
    points: Sequence[HealthPoint]
    labels: Sequence[str]
    borders: tuple[int, int]
    names: Mapping[Colour, str]


def health_picture(picture: HealthPicture) -> bytes:
    """Draws the score over time as PNG; a time without a score is a gap."""
    figure = new_figure(picture.words)
    axes = new_panel(figure, WHOLE, "")
    if all(point.score is None for point in picture.points):
        say(axes, picture.words.no_answers)
        return to_png(figure)
    days = [(point.day - picture.points[0].day).days for point in picture.points]
    _draw_bands(axes, picture)
    _draw_scores(axes, days, picture.points)
    _name_days(axes, days, picture.labels)
    return to_png(figure)


def _draw_bands(axes: "Axes", picture: HealthPicture) -> None:
    """Each band is named in words too, so that nobody needs to tell its colour."""
    red, yellow = picture.borders
    for colour, low, high in ((Colour.RED, 0, red), (Colour.YELLOW, red, yellow), (Colour.GREEN, yellow, 100)):
        axes.axhspan(low, high, color=BANDS[colour], alpha=FAINT, linewidth=0)
        axes.text(
            0.006,
            low + 2,
            picture.names[colour],
            transform=axes.get_yaxis_transform(),
            va="bottom",
            fontsize=BODY,
            color=FAINT_INK,
            parse_math=False,
        )
    axes.set_ylim(0, 100)
    axes.set_yticks([0, red, yellow, 100])


def _draw_scores(axes: "Axes", days: Sequence[int], points: Sequence[HealthPoint]) -> None:
    scores = [float("nan") if point.score is None else point.score for point in points]
    axes.step(days, scores, where="post", color=BLUE, linewidth=2.5)
    axes.plot(days[-1], scores[-1], color=BLUE, marker="o", markersize=9, clip_on=False)
    axes.set_xlim(0, max(days[-1], 1) * 1.02)
    for place in (0, len(points) - 1):
        if points[place].score is not None:
            axes.annotate(
                str(points[place].score),
                (days[place], scores[place]),
                (6 if place == 0 else -6, 12),
                textcoords="offset points",
                ha="left" if place == 0 else "right",
                fontsize=BODY,
                fontweight="bold",
                color=INK,
                bbox=HALO,
            )


def _name_days(axes: "Axes", days: Sequence[int], labels: Sequence[str]) -> None:
    """The first day, the last, and between them those that are far enough apart to be read."""
    room = max(1, days[-1]) / MOST_LABELS
    shown = [0]
    for place in range(1, len(days) - 1):
        if days[place] - days[shown[-1]] >= room and days[-1] - days[place] >= room:
            shown.append(place)
    shown.append(len(days) - 1)
    axes.set_xticks([days[place] for place in shown], [labels[place] for place in shown], fontsize=SMALL)
    axes.tick_params(axis="x", pad=10)
