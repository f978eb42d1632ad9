"""Pictures of much: counts, steps and cells that must not lie over each other."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from bot.charts import CasesPicture, PictureWords, TimeCurve, cases_picture, to_png
from bot.charts.canvas import BLUE, RULE, WHOLE, Box, name_steps, new_figure, new_panel
from bot.charts.colour_course import ColourCourse, ColourLine, draw_course
from bot.charts.money import CohortsChart, cohorts_chart
from bot.charts.pictures import Numbers, PicturePoint
from bot.charts.trend import draw_trend
from bot.domain.metrics.cohorts import cohorts
from bot.domain.metrics.proportions import Share, proportion

WORDS = PictureWords(title="Touchpoint", subtitle="2026", no_answers="Chưa có", too_few="Dưới 5", trend="theo tháng")
MONTHS = [f"{month:02}/26" for month in range(1, 13)]


def _cases(counts: list[int]) -> Axes:
    none = TimeCurve("", [], 24.0)
    figure = cases_picture(
        CasesPicture(WORDS, "vi", MONTHS[: len(counts)], counts, counts, "mới mở", "xử lý xong", "giờ", (none, none))
    )
    to_png(figure)
    return figure.axes[0]


@pytest.mark.parametrize(("counts", "turned"), [([2_849] * 12, 90), ([2_849] * 3, 0), ([9, 0, 9], 0)])
def test_counts_of_cases_are_turned_where_their_bars_are_too_narrow(counts: list[int], turned: int) -> None:
    written = [text for text in _cases(counts).texts if text.get_text()]
    assert {text.get_rotation() for text in written} == {turned}
    boxes = [text.get_window_extent() for text in written]
    assert not any(one.padded(-1).overlaps(other.padded(-1)) for one, other in combinations(boxes, 2))


def test_a_step_without_a_label_has_no_tick() -> None:
    axes = new_panel(new_figure(WORDS), WHOLE, "")
    name_steps(axes, {0: "a", 1: "\n", 2: "\n5"})
    assert axes.get_xticks().tolist() == [0, 2]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "\n5"]


def test_a_long_trend_names_every_second_month_and_the_last() -> None:
    figure = new_figure(WORDS)
    points = [PicturePoint(month, 60, proportion(Share(30, 60))) for month in MONTHS]
    draw_trend(figure, Box(87, 150, 590, 450), points, WORDS, Numbers("vi", points=False))
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == [
        "\nn =",
        *(f"{month}\n60" if place % 2 else "\n60" for place, month in enumerate(MONTHS)),
    ]


def test_a_course_names_its_steps_under_their_places() -> None:
    figure = new_figure(WORDS)
    points = [PicturePoint(day, 60, proportion(Share(30, 60))) for day in ("29/10", "27/11")]
    lines = [ColourLine(name, BLUE, points) for name in ("đỏ", "vàng", "xanh")]
    draw_course(figure, WHOLE, ColourCourse("Màu", "Dưới 5", lines), Numbers("vi", points=False))
    ticks = zip(figure.axes[0].get_xticks().tolist(), figure.axes[0].get_xticklabels(), strict=True)
    assert [(place, label.get_text()) for place, label in ticks][1:] == [(0, "29/10\n60"), (1, "27/11\n60")]


def test_a_cohort_is_as_dark_as_its_share_and_grey_where_it_is_hidden() -> None:
    rows = cohorts([100, 100, 4, 9], {(0, 1): 50, (0, 2): 25, (1, 1): 10}, last_is_over=True)
    figure = cohorts_chart(CohortsChart(WORDS, "vi", MONTHS[:4], rows, "tháng sau", "* chưa hết"))
    to_png(figure)
    (axes,) = figure.axes
    first, second, few, none = (np.asarray(row.get_facecolor()) for row in axes.collections)
    assert first[0].tolist() == pytest.approx(to_rgba(BLUE, 0.9))
    assert second[0].tolist() == pytest.approx(to_rgba(BLUE, 0.08 + 0.82 * 0.2))
    assert few.tolist() == pytest.approx(np.asarray([to_rgba(RULE, 0.4)]))
    assert len(none) == 0
    colours = {text.get_text(): text.get_color() for text in axes.texts}
    assert (colours["50\N{NO-BREAK SPACE}%"], colours["25\N{NO-BREAK SPACE}%"], colours["–"]) == (
        "white",
        "#222222",
        "#222222",
    )
