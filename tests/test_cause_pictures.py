"""The pictures of the pages of causes: what can be read in them, in both languages, of nobody, few and many."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from bot.charts.canvas import HEIGHT, WIDTH
from bot.charts.forest import ForestPicture, ForestRow, forest_picture
from bot.charts.pictures import PictureWords
from bot.charts.survival import CurvesPicture, SurvivalCurve, survival_picture
from bot.domain.messages import Language
from bot.domain.metrics.estimates import Estimate
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.metrics.survival import Step
from bot.domain.report_messages import Report
from bot.domain.rules import Rules
from bot.domain.segments import Dimension
from bot.render import Renderer
from handlers.report_pictures import picture_of
from tests.cause_facts import crowd, loyalty_page, opportunities_page, pages, someone, team_page

RENDERER = Renderer(Rules(business="Hoa Mai"))
WORDS = PictureWords(title="t", subtitle="s", no_answers="nothing", too_few="few", overall="axis")


def drawn(report: Report) -> Figure:
    figure = picture_of(report, RENDERER)
    figure.draw_without_rendering()
    return figure


def said(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def forest(*rows: ForestRow, **facts: Any) -> Axes:
    picture = ForestPicture(words=WORDS, locale="en_GB", rows=rows, ratios=True, more_is_worse=True)
    figure = forest_picture(replace(picture, **facts))
    figure.draw_without_rendering()
    return figure.axes[0]


@pytest.mark.parametrize(
    ("n", "language"), [(0, Language.VI), (3, Language.EN), (300, Language.VI), (300, Language.EN)]
)
def test_every_word_lies_on_the_sheet(n: int, language: Language) -> None:
    for report in pages(n, language):
        figure = drawn(report)
        for text in [*figure.texts, *(one for axes in figure.axes for one in axes.texts), *_labels(figure)]:
            box = text.get_window_extent()
            assert text.get_text() == "" or (box.x0 >= 0 and box.x1 <= WIDTH and box.y0 >= 0 and box.y1 <= HEIGHT)


def _labels(figure: Figure) -> list[Any]:
    return [label for axes in figure.axes for label in axes.get_yticklabels() if axes.get_yaxis().get_visible()]


def test_each_category_of_five_or_more_has_a_curve_and_its_n_and_a_smaller_one_has_none() -> None:
    few = [someone(number, score=9) for number in range(4)]
    legend = drawn(
        loyalty_page([*few, *(one for one in crowd(300) if one.score is None or one.score < 9)], Language.EN)
    )
    box = legend.axes[0].get_legend()
    assert box is not None
    names = [text.get_text().partition(" (n = ")[0] for text in box.get_texts()]
    assert names == ["Passives", "Detractors", "No answer"]
    assert len(legend.axes[0].collections) == 3


def test_a_category_that_nobody_left_is_a_line_along_the_bottom() -> None:
    axes = drawn(loyalty_page([someone(number, score=9) for number in range(60)], Language.VI)).axes[0]
    assert {y for line in axes.lines for y in line.get_ydata()} == {0.0}  # type: ignore[union-attr]
    assert axes.get_ylim()[1] == pytest.approx(0.11)


def test_only_a_segment_that_loses_more_for_certain_has_a_filled_dot() -> None:
    page = opportunities_page(crowd(3000), Language.EN)
    axes = drawn(page).axes[0]
    filled = [line for line in axes.lines if line.get_marker() == "o" and line.get_markerfacecolor() != "white"]
    certain = [one for one in page.picture.found if one.is_sure]  # type: ignore[attr-defined]
    assert len(filled) == len(certain) == 1
    assert certain[0].segment.name in said(axes)


def test_no_name_on_the_map_covers_another_one() -> None:
    axes = drawn(opportunities_page(crowd(3000), Language.VI)).axes[0]
    boxes = [text.get_window_extent() for text in axes.texts if "·" in text.get_text()]
    assert len(boxes) >= 5
    assert not any(one.overlaps(other) for one in boxes for other in boxes if one is not other)


def test_one_large_segment_does_not_press_the_others_to_the_ground() -> None:
    people = crowd(3000)
    assert drawn(opportunities_page(people, Language.EN)).axes[0].get_yscale() == "linear"
    rich = [replace(one, value_minor=one.value_minor * (1000 if one.location == "Huế" else 1)) for one in people]
    worthless = [replace(one, location="x", value_minor=0) for one in people[:40]]
    axes = drawn(opportunities_page([*rich, *worthless], Language.EN)).axes[0]
    low, high = axes.get_ylim()
    dots = [float(line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "o"]  # type: ignore[index,arg-type]
    assert (axes.get_yscale(), min(dots)) == ("log", low)
    assert max(dots) < high


def test_who_has_too_few_customers_is_named_with_the_reason() -> None:
    axes = drawn(team_page([someone(number, owner_id=2) for number in range(19)], Language.EN)).axes[0]
    assert said(axes) == ["Compared from 20 customers on"]
    assert axes.get_yticklabels()[0].get_text() == "Lê Mai  (n = 19)"


def test_by_segment_its_name_stands_below_that_of_the_colleague_and_eight_have_room() -> None:
    page = team_page(crowd(300), Language.EN, by=Dimension.PLAN)
    labels = [label.get_text() for label in drawn(page).axes[0].get_yticklabels()]
    first = page.picture.rows[0]  # type: ignore[attr-defined]
    assert (len(labels), labels[0].splitlines()[1]) == (8, first.segment.text)


def test_twice_as_many_lies_as_far_from_the_middle_as_half_as_many() -> None:
    axes = forest(ForestRow("a", 30, Estimate(2.0, 1.2, 4.0, 30)), ForestRow("b", 30, Estimate(0.5, 0.3, 0.9, 30)))
    low, high = axes.get_xlim()
    assert low * high == pytest.approx(1)
    assert said(axes) == ["2.00", "0.50"]


def test_a_ratio_of_none_is_drawn_at_the_edge() -> None:
    axes = forest(ForestRow("a", 30, Estimate(0.0, 0.0, 0.8, 30)))
    assert axes.get_xlim() == pytest.approx((0.1, 10))
    (dot,) = (line for line in axes.lines if line.get_marker() == "o")
    assert dot.get_xdata()[0] == pytest.approx(0.1)  # type: ignore[index]
    assert said(axes) == ["0.00"]


@pytest.mark.parametrize(
    ("estimate", "more_is_worse", "colour"),
    [
        (Estimate(0.1, 0.05, 0.2, 9), True, "#D55E00"),
        (Estimate(0.1, 0.05, 0.2, 9), False, "#009E73"),
        (Estimate(-0.1, -0.2, -0.05, 9), True, "#009E73"),
        (Estimate(0.1, -0.05, 0.2, 9), True, "#0072B2"),
    ],
)
def test_the_colour_says_which_side_is_bad_where_that_is_certain(
    estimate: Estimate, more_is_worse: bool, colour: str
) -> None:
    axes = forest(ForestRow("a", 9, estimate), ratios=False, more_is_worse=more_is_worse)
    (dot,) = (line for line in axes.lines if line.get_marker() == "o")
    assert dot.get_color() == colour
    assert (dot.get_markerfacecolor() == "white") is (colour == "#0072B2")


def test_at_most_twelve_rows_are_drawn() -> None:
    assert len(forest(*(ForestRow(f"{n}", n, None, "why") for n in range(20))).get_yticks()) == 12


def test_beside_the_end_of_each_curve_stands_its_interval() -> None:
    steps = {"left": [Step(10, 0.2, 0.1, 0.3), Step(20, 0.4, 0.25, 0.6)], "stayed": []}
    curves = [SurvivalCurve(label, 40, steps[label]) for label in steps]
    picture = CurvesPicture(words=WORDS, locale="vi", days=90, days_label="", curves=(*curves, None, None))
    axes = survival_picture(picture).axes[0]
    nobody_left = proportion(Share(0, 40))
    assert nobody_left is not None
    bars = [bar.get_segments()[0] for bar in axes.collections if isinstance(bar, LineCollection)]
    assert np.allclose([bar[:, 1] for bar in bars], [[0.25, 0.6], [0, nobody_left.high]])
    assert 90 < min(bars[0][:, 0]) < min(bars[1][:, 0])
    assert list(axes.get_xticks()) == [0, 30, 60, 90]
    assert [float(np.asarray(line.get_ydata())[-1]) for line in axes.lines] == [0.4, 0.4, 0, 0]
    assert not axes.lines[-1].get_clip_on()
