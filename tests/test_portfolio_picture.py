"""The picture of a portfolio's health: a bar for each colour now and before, and a pair of dots for each mover."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from bot.charts import (
    ColourBar,
    ColourCourse,
    ColourLine,
    PicturePoint,
    PictureWords,
    PortfolioPicture,
    portfolio_picture,
)
from bot.domain.health import Colour
from bot.domain.health_reports import Mover
from bot.domain.metrics.proportions import Share, proportion

WORDS = PictureWords(title="Sức khỏe: $An$", subtitle="hôm nay", no_answers="Chưa khách nào", too_few="")


def draw(
    now: tuple[int, ...],
    before: tuple[int, ...],
    *movers: Mover,
    course: ColourCourse | None = None,
    past: bool = False,
) -> Figure:
    bars = [
        ColourBar(one, one.value, *counts) for one, counts in zip(Colour, zip(now, before, strict=True), strict=True)
    ]
    return portfolio_picture(
        PortfolioPicture(
            words=WORDS,
            locale="vi_VN",
            heading="Theo màu",
            colours=bars,
            legend=("hôm nay", "trước"),
            movers_heading="Ai",
            movers=None if past else movers,
            nobody_moved="Không ai",
            course=course,
        )
    )


def texts(figure: Figure) -> list[str]:
    return [each.get_text().strip() for axes in figure.axes for each in axes.texts]


def test_each_colour_has_its_count_and_share_now_and_before_grey_of_everybody() -> None:
    found = texts(draw((35, 110, 121, 34), (20, 113, 133, 14)))
    assert found[:2] == ["35 (13\N{NO-BREAK SPACE}%)", "20 (7,5\N{NO-BREAK SPACE}%)"]
    assert found[6:8] == ["34 (11\N{NO-BREAK SPACE}%)", "14 (5\N{NO-BREAK SPACE}%)"]
    assert found[8:] == ["hôm nay\ntrước", "Không ai"]


def test_under_five_customers_no_share_is_written_and_nothing_of_a_day_without_scores() -> None:
    assert texts(draw((1, 1, 0, 1), (0, 0, 0, 0)))[:5] == ["1", "1", "0", "1", "hôm nay"]


def test_a_mover_has_two_dots_with_the_scores_at_their_outer_sides() -> None:
    figure = draw(
        (9, 0, 0, 0), (0, 0, 9, 0), Mover(name="$An$", before=80, after=42), Mover(name="Bình", before=20, after=66)
    )
    axes = figure.axes[1]
    assert [(each.get_text(), each.get_horizontalalignment()) for each in axes.texts] == [
        ("80", "left"),
        ("42", "right"),
        ("20", "right"),
        ("66", "left"),
    ]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["$An$", "Bình"]


@pytest.mark.parametrize("before", [(0, 0, 0, 0), (5, 0, 0, 0)])
def test_a_sentence_stands_where_nobody_has_a_score(before: tuple[int, ...]) -> None:
    assert texts(draw((0, 0, 0, 0), before)) == ["Chưa khách nào"]


def course(*steps: tuple[int, int, int]) -> ColourCourse:
    """Red, yellow and green step by step."""
    lines = [
        ColourLine(
            name,
            "#123456",
            [
                PicturePoint(
                    f"{place}/11", sum(step), proportion(Share(step[which], sum(step))) if sum(step) > 4 else None
                )
                for place, step in enumerate(steps, start=1)
            ],
        )
        for which, name in enumerate(("đỏ", "vàng", "xanh"))
    ]
    return ColourCourse(heading="Trong kỳ", too_few="Dưới 5", lines=lines)


def test_the_course_has_a_line_a_colour_with_its_last_share_and_n_under_each_step() -> None:
    figure = draw((9, 0, 0, 0), (0, 0, 9, 0), course=course((1, 1, 0), (10, 20, 70), (20, 20, 60)))
    axes = figure.axes[1]
    assert [each.get_text() for each in axes.texts] == [
        f"{name} {n}\N{NO-BREAK SPACE}%" for name, n in (("đỏ", 20), ("vàng", 20), ("xanh", 60))
    ]
    ends = [each.get_position()[1] for each in axes.texts]
    assert ends[1] - ends[0] > 0.08  # of two that are equal neither covers the other
    assert [np.size(line.get_xdata()) for line in axes.lines] == [2, 2, 2]  # the step of two customers has no dot
    assert [label.get_text() for label in axes.get_xticklabels()] == ["\nn =", "1/11\n2", "2/11\n100", "3/11\n100"]
    assert len(figure.axes) == 3


def test_of_a_past_day_the_course_takes_the_place_of_those_who_moved() -> None:
    assert len(draw((9, 0, 0, 0), (0, 0, 9, 0), course=course((5, 5, 5), (5, 5, 5)), past=True).axes) == 2
    assert texts(draw((9, 0, 0, 0), (0, 0, 9, 0), past=True))[-1] == "Không ai"


def test_a_course_of_too_few_says_so() -> None:
    assert "Dưới 5" in texts(draw((1, 0, 0, 0), (0, 0, 0, 0), course=course((1, 0, 0), (1, 0, 0))))
