"""The picture of a customer's score: its line, its bands, and nothing where nothing is known."""

import struct
from datetime import date, timedelta

import pytest
from matplotlib.figure import Figure

from bot.charts import HealthPicture, PictureWords, health_picture
from bot.domain.health import Colour
from bot.domain.health_trend import HealthPoint

DAY = date(2026, 5, 20)
WORDS = PictureWords(title="Điểm sức khỏe: $An$", subtitle="20/05", no_answers="Chưa đủ dữ liệu", too_few="")
NAMES = {Colour.RED: "đỏ", Colour.YELLOW: "vàng", Colour.GREEN: "xanh"}


def picture(*scores: int | None, apart: int = 30) -> HealthPicture:
    points = [HealthPoint(DAY + timedelta(days=apart * place), score) for place, score in enumerate(scores)]
    labels = [f"{point.day:%d/%m}" for point in points]
    return HealthPicture(words=WORDS, points=points, labels=labels, borders=(50, 75), names=NAMES)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Every figure that was drawn."""
    drawn: list[Figure] = []
    save = Figure.savefig

    def keep(self: Figure, *args: object, **options: object) -> None:
        drawn.append(self)
        save(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Figure, "savefig", keep)
    return drawn


def texts(figure: Figure) -> list[str]:
    return [each.get_text() for axes in figure.axes for each in axes.texts]


def test_the_first_and_the_last_score_are_written_and_each_band_is_named(figures: list[Figure]) -> None:
    content = health_picture(picture(80, 62, 47))
    assert struct.unpack(">II", content[16:24]) == (1200, 675)
    assert texts(figures[0]) == ["đỏ", "vàng", "xanh", "80", "47"]
    assert [tick.get_text() for tick in figures[0].axes[0].get_xticklabels()] == ["20/05", "19/06", "19/07"]


def test_a_time_without_a_score_is_a_gap_and_has_no_number(figures: list[Figure]) -> None:
    health_picture(picture(80, None))
    assert texts(figures[0]) == ["đỏ", "vàng", "xanh", "80"]


def test_where_nothing_is_known_a_sentence_says_so(figures: list[Figure]) -> None:
    health_picture(picture(None, None))
    assert texts(figures[0]) == ["Chưa đủ dữ liệu"]


def test_of_many_days_only_those_are_named_that_can_be_read(figures: list[Figure]) -> None:
    health_picture(picture(*range(40, 90), apart=1))
    named = [tick.get_text() for tick in figures[0].axes[0].get_xticklabels()]
    assert len(named) <= 7
    assert (named[0], named[-1]) == ("20/05", "08/07")
