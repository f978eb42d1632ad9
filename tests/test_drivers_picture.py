"""The picture of what goes with a low score, looked at by what it draws."""

import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from bot.charts import DriverRow, DriversChart, PictureWords, drivers_picture
from bot.charts.canvas import BLUE, GREY, VERMILLION
from bot.domain.metrics.estimates import Difference, Verdict

WORDS = PictureWords(title="t", subtitle="s", no_answers="chưa có", too_few="dưới 5", trend="so với")
ROWS = [
    DriverRow("Giao hàng", 40, Difference(20, 8, 33), Verdict.UP),
    DriverRow("Chất lượng", 35, Difference(1, -9, 12), Verdict.NO_CHANGE),
    DriverRow("Nhân viên", 60, Difference(-31, -40, -20), Verdict.DOWN),
    DriverRow("Giá cả", 12, Difference(9, -20, 40), Verdict.NOT_COMPARABLE),
    DriverRow("Mẫu mã", 3, None, Verdict.NOT_COMPARABLE),
]


def drawn(rows: list[DriverRow]) -> tuple[list[str], list[tuple[str, str]]]:
    """The texts, and the dots by edge and face."""
    figure = drivers_picture(DriversChart(words=WORDS, locale="vi", rows=rows, unhappy="nhiều", happy="ít"))
    texts = [text.get_text() for text in figure.findobj(Text) if text.get_text()]
    lines = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    return texts, [(to_hex(str(line.get_color())), to_hex(str(line.get_markerfacecolor()))) for line in lines]


def test_each_theme_has_its_n_its_difference_and_the_colour_of_what_may_be_said() -> None:
    texts, dots = drawn(ROWS)
    assert {
        "Giao hàng  (n = 40)",
        "Mẫu mã  (n = 3)",
        "+20",
        "+1",
        "−31",
        "+9",
        "dưới 5",
        "so với",
        "nhiều",
        "ít",
    } <= set(texts)
    assert dots == [
        (VERMILLION.lower(), VERMILLION.lower()),
        (GREY, GREY),
        (BLUE.lower(), BLUE.lower()),
        (GREY, "#ffffff"),  # hollow: too few to be compared
    ]


@pytest.mark.parametrize(("rows", "sentence"), [([], "chưa có"), (ROWS[-1:], "dưới 5")])
def test_where_there_is_nothing_to_draw_a_sentence_says_why(rows: list[DriverRow], sentence: str) -> None:
    texts, dots = drawn(rows)
    assert sentence in texts
    assert dots == []


def test_no_more_rows_are_drawn_than_can_be_read() -> None:
    _, dots = drawn(ROWS[:1] * 30)
    assert len(dots) == 12
