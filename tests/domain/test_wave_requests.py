"""What a manager may write after /wave."""

from datetime import date

import pytest

from bot.domain.audiences import Segment
from bot.domain.touchpoints import Kind
from bot.domain.wave_requests import WaveRequest, WaveRequestError, parse_wave_request

TODAY = date(2026, 11, 20)


def read(text: str) -> WaveRequest:
    return parse_wave_request(text, today=TODAY)


def test_a_kind_alone_is_everybody_twenty_a_day_from_today_not_on_monday_or_friday() -> None:
    assert read("NPS") == WaveRequest(kind=Kind.NPS, starts_on=TODAY)
    assert (read("nps").per_day, read("nps").share, read("nps").weekdays) == (20, 100, frozenset({1, 2, 3}))


def test_all_of_it_in_either_language_and_any_order() -> None:
    english = read("nps plan=Gold location=Da Nang 20% 50/day from 01/12 tue,sat -KH12 -#7")
    assert english == WaveRequest(
        kind=Kind.NPS,
        segments=(Segment(field="plan", value="Gold"), Segment(field="location", value="Da Nang")),
        share=20,
        per_day=50,
        starts_on=date(2026, 12, 1),
        weekdays=frozenset({1, 5}),
        excluded=("KH12", "#7"),
    )
    vietnamese = read("nps -KH12 T3,T7 từ 2026-12-01 50/ngày 20% gói=Gold nơi=Da Nang -#7")
    assert vietnamese == english


def test_a_value_may_hold_the_words_that_come_before_a_day() -> None:
    assert read("nps nơi=Từ Sơn 50/ngày").segments == (Segment(field="location", value="Từ Sơn"),)
    assert read("nps csm=Lan Anh từ 02/12").segments == (Segment(field="csm", value="Lan Anh"),)


@pytest.mark.parametrize(
    ("text", "day"), [("19/11", date(2027, 11, 19)), ("20/11", TODAY), ("2026-01-02", TODAY), ("1/1", date(2027, 1, 1))]
)
def test_a_day_without_a_year_is_the_next_and_none_lies_in_the_past(text: str, day: date) -> None:
    assert read(f"nps {text}").starts_on == day


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", ""),
        ("ces", "ces"),
        ("nps soon", "soon"),
        ("nps size=big", "size=big"),
        ("nps 0%", "0%"),
        ("nps 101%", "101%"),
        ("nps 0/day", "0/day"),
        ("nps 31/02", "31/02"),
        ("nps mon,funday", "mon,funday"),
    ],
)
def test_the_first_word_that_fits_nowhere_is_named(text: str, word: str) -> None:
    with pytest.raises(WaveRequestError) as refused:
        read(text)
    assert refused.value.word == word
