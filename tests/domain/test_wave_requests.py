"""What a manager may write after /wave."""

from datetime import date

import pytest

from bot.domain.audiences import Segment
from bot.domain.touchpoints import Kind
from bot.domain.wave_requests import Fault, WaveRequest, WaveRequestError, parse_wave_request
from bot.domain.wordings import BOTH, Variant

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
    assert read("nps thẻ=vip kênh=facebook nghề=kế toán").segments == (
        Segment(field="tag", value="vip"),
        Segment(field="channel", value="facebook"),
        Segment(field="title", value="kế toán"),
    )
    assert read("nps csm=Lan Anh từ 02/12").segments == (Segment(field="csm", value="Lan Anh"),)


@pytest.mark.parametrize(
    ("text", "day"), [("19/11", date(2027, 11, 19)), ("20/11", TODAY), ("2026-01-02", TODAY), ("1/1", date(2027, 1, 1))]
)
def test_a_day_without_a_year_is_the_next_and_none_lies_in_the_past(text: str, day: date) -> None:
    assert read(f"nps {text}").starts_on == day


@pytest.mark.parametrize(
    "words",
    [
        "từ 01/12 đến 18/12",
        "đến 18/12 từ 01/12",
        "from 01/12 to 18/12",
        "until 18/12 01/12",
        "từ ngày 1/12 tới ngày 18/12",
    ],
)
def test_a_wave_may_have_a_last_day(words: str) -> None:
    request = read(f"nps {words}")
    assert (request.starts_on, request.ends_on) == (date(2026, 12, 1), date(2026, 12, 18))


def test_without_a_last_day_it_goes_on_until_all_are_asked() -> None:
    assert read("nps từ 01/12").ends_on is None


def test_the_last_day_of_february_of_a_leap_year_is_no_day_of_the_next_year() -> None:
    with pytest.raises(WaveRequestError) as refused:
        parse_wave_request("nps 29/02", today=date(2028, 3, 1))
    assert (refused.value.word, refused.value.fault) == ("29/02", Fault.DAY)


@pytest.mark.parametrize(
    "words",
    [
        'csat "giao hàng ở Đà Nẵng" 50/ngày',
        "csat 50/ngày “giao hàng ở Đà Nẵng”",
        "csat «giao  hàng ở Đà Nẵng» 50/ngày",
        "csat về giao hàng ở Đà Nẵng 50/ngày",
        "csat about giao hàng ở Đà Nẵng 50/day",
    ],
)
def test_a_wave_may_be_about_something_named_in_quotation_marks_or_after_about(words: str) -> None:
    request = read(words)
    assert (request.subject, request.per_day) == ("giao hàng ở Đà Nẵng", 50)


def test_what_stands_in_quotation_marks_is_not_read_as_anything_else() -> None:
    request = read('ces "hỗ trợ 24/7, gói=vàng" gói=gold')
    assert request.subject == "hỗ trợ 24/7, gói=vàng"
    assert request.segments == (Segment(field="plan", value="gold"),)


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("csat về việc trả hàng về kho", "việc trả hàng về kho"),
        ("csat about what people say about us", "what people say about us"),
        ("csat về hàng mẫu mới từ tháng này đến nay", "hàng mẫu mới từ tháng này đến nay"),
    ],
)
def test_a_subject_may_hold_the_words_by_which_other_things_begin(words: str, subject: str) -> None:
    assert read(words).subject == subject


def test_quotation_marks_behind_an_equals_sign_hold_the_value_of_a_segment() -> None:
    request = read('nps nơi="Đà Nẵng" gói=“gold”')
    assert request.segments == (Segment(field="location", value="Đà Nẵng"), Segment(field="plan", value="gold"))


def test_a_subject_ends_where_something_else_begins() -> None:
    request = read("ces về đổi trả hàng nơi=Huế từ 01/12 mẫu b")
    assert (request.subject, request.variants) == ("đổi trả hàng", (Variant.B,))
    assert request.segments == (Segment(field="location", value="Huế"),)


@pytest.mark.parametrize(
    ("words", "variants"),
    [
        ("", (Variant.A,)),
        ("variant a", (Variant.A,)),
        ("mẫu B", (Variant.B,)),
        ("variant=b", (Variant.B,)),
        ("mẫu a/b", BOTH),
        ("variant ab", BOTH),
        ("A/B", BOTH),
    ],
)
def test_a_wave_asks_in_one_of_two_wordings_or_half_in_each(words: str, variants: tuple[Variant, ...]) -> None:
    assert read(f"nps {words}").variants == variants


def test_weekdays_may_have_spaces_between_them_as_people_write() -> None:
    assert read("nps t3, t4,  t5 50/ngày").weekdays == frozenset({1, 2, 3})


@pytest.mark.parametrize(
    ("text", "word", "fault"),
    [
        ("", "", Fault.KIND),
        ("cés", "cés", Fault.KIND),
        ("nps soon", "soon", Fault.UNKNOWN),
        ("nps size=big", "size=big", Fault.SEGMENT),
        ("nps plan=", "plan=", Fault.SEGMENT),
        ("nps 0%", "0%", Fault.SHARE),
        ("nps 101%", "101%", Fault.SHARE),
        ("nps 12,5%", "12,5%", Fault.SHARE),
        ("nps 0/day", "0/day", Fault.PER_DAY),
        ("nps 10001/day", "10001/day", Fault.PER_DAY),
        ("nps 50", "50", Fault.PER_DAY),
        ("nps 50/tuần", "50/tuần", Fault.PER_DAY),
        ("nps 31/02", "31/02", Fault.DAY),
        ("nps 1-12", "1-12", Fault.DAY),
        ("nps từ=mai", "mai", Fault.DAY),
        ("nps đến 19/11/2026", "19/11/2026", Fault.PAST_END),
        ("nps từ 10/12 đến 01/12", "2026-12-01", Fault.END_BEFORE_START),
        ("nps mon,funday", "mon,funday", Fault.WEEKDAYS),
        ("nps tuesday", "tuesday", Fault.WEEKDAYS),
        ("nps variant c", "c", Fault.VARIANT),
        ('nps "giao hàng"', "giao hàng", Fault.SUBJECT_OF_NPS),
        ('ces "giao hàng" "đổi hàng"', '"đổi', Fault.UNKNOWN),
        (f"ces về {'x' * 121}", "x" * 121, Fault.SUBJECT_TOO_LONG),
    ],
)
def test_the_first_word_that_fits_nowhere_is_named_with_what_is_wrong(text: str, word: str, fault: Fault) -> None:
    with pytest.raises(WaveRequestError) as refused:
        read(text)
    assert (refused.value.word, refused.value.fault, refused.value.known) == (word, fault, ())
