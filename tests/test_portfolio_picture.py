"""The picture of a portfolio's health: a bar for each colour now and before, and a pair of dots for each mover."""

import pytest
from matplotlib.figure import Figure

from bot.charts import ColourBar, PictureWords, PortfolioPicture, portfolio_picture
from bot.domain.health import Colour
from bot.domain.health_reports import Mover

WORDS = PictureWords(title="Sức khỏe: $An$", subtitle="hôm nay", no_answers="Chưa khách nào", too_few="")


def draw(now: tuple[int, ...], before: tuple[int, ...], *movers: Mover) -> Figure:
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
            movers=movers,
            nobody_moved="Không ai",
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
