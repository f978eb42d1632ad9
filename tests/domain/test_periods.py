"""What people write for a period, the days it covers, the period before it, and its parts."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.periods import (
    Label,
    Period,
    PeriodError,
    Unit,
    canonical_period,
    is_whole,
    late_start,
    parse_period,
    previous,
    split,
    trends,
)

HANOI = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # a Sunday, 16:30 in Hanoi


def _parse(text: str, *, now: datetime = NOW, timezone: str = HANOI) -> Period:
    return parse_period(text, now=now, timezone=timezone)


def _days(period: Period) -> tuple[str, str]:
    return period.first_day.isoformat(), period.last_day.isoformat()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1d", "2026-11-22", "2026-11-22"),
        ("90d", "2026-08-25", "2026-11-22"),
        ("30d", "2026-10-24", "2026-11-22"),
        ("4w", "2026-10-26", "2026-11-22"),
        ("6m", "2026-05-23", "2026-11-22"),
        ("2q", "2026-05-23", "2026-11-22"),
        ("1y", "2025-11-23", "2026-11-22"),
        ("today", "2026-11-22", "2026-11-22"),
        ("yesterday", "2026-11-21", "2026-11-21"),
        ("this week", "2026-11-16", "2026-11-22"),
        ("last week", "2026-11-09", "2026-11-15"),
        ("this month", "2026-11-01", "2026-11-30"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("this quarter", "2026-10-01", "2026-12-31"),
        ("last quarter", "2026-07-01", "2026-09-30"),
        ("this year", "2026-01-01", "2026-12-31"),
        ("last year", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_period_covers_the_days_that_its_words_mean(text: str, first: str, last: str) -> None:
    assert _days(_parse(text)) == (first, last)


@pytest.mark.parametrize(
    ("vietnamese", "english"),
    [
        ("tháng này", "this month"),
        ("tháng trước", "last month"),
        ("quý này", "this quarter"),
        ("quý trước", "last quarter"),
        ("năm nay", "this year"),
        ("tuần", "week"),
        ("tháng", "month"),
        ("Quý", "quarter"),
        ("năm", "year"),
        ("năm ngoái", "last year"),
        ("tuần trước", "last week"),
        ("hôm nay", "today"),
        ("hôm qua", "yesterday"),
        ("90 ngày qua", "90d"),
        ("4 tuần", "last 4 weeks"),
        ("6 tháng", "6 months"),
        ("1 năm", "1 year"),
    ],
)
def test_vietnamese_words_mean_what_the_english_ones_do(vietnamese: str, english: str) -> None:
    assert _parse(vietnamese) == _parse(english)


@pytest.mark.parametrize(
    "text", ["quý trước", "quy truoc", "QUÝ  TRƯỚC", " Quy Trước ", "quy\u0301 tru\u031bo\u031b\u0301c"]
)
def test_accents_case_and_spaces_do_not_matter(text: str) -> None:
    assert _parse(text) == _parse("last quarter")


@pytest.mark.parametrize(
    ("text", "label", "unit", "count"),
    [
        ("90d", Label.ROLLING, Unit.DAY, 90),
        ("6 tháng", Label.ROLLING, Unit.MONTH, 6),
        ("quý này", Label.CURRENT, Unit.QUARTER, 1),
        ("last year", Label.PAST, Unit.YEAR, 1),
    ],
)
def test_a_period_remembers_how_to_name_it(text: str, label: Label, unit: Unit, count: int) -> None:
    period = _parse(text)
    assert (period.label, period.unit, period.count) == (label, unit, count)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "unknown"),
        ("soon", "unknown"),
        ("90x", "unknown"),
        ("d90", "unknown"),
        ("-5d", "unknown"),
        ("9999999d", "unknown"),
        ("٩٠d", "unknown"),
        ("0d", "empty"),
        ("11y", "too_long"),
        ("999999y", "too_long"),
        ("3661d", "too_long"),
        ("1/1/2010..1/1/2026", "too_long"),
        ("tháng 12/2026", "future"),
        ("from 23/11/2026 to 30/11/2026", "future"),
        ("từ 30/6/2026 đến 1/5/2026", "backwards"),
        ("31/2", "no_day"),
        ("từ 29/2/2025", "no_day"),
        ("từ 1/1/2020 đến 31/12/9999", "too_long"),
        ("1/1/0001", "too_long"),
        ("32/1", "unknown"),
        ("1/13", "unknown"),
        ("tháng 13", "unknown"),
        ("q5", "unknown"),
        ("13 tháng đầu năm", "unknown"),
        ("from q3 to soon", "unknown"),
        ("since soon", "unknown"),
        ("next month", "unknown"),
    ],
)
def test_what_is_no_period_is_refused_with_a_code_and_its_words(text: str, code: str) -> None:
    with pytest.raises(PeriodError) as caught:
        _parse(text)
    assert (caught.value.code, caught.value.text, caught.value.today) == (code, text, date(2026, 11, 22))
    assert str(caught.value) == f"{code}: {text}"


def test_a_period_that_has_not_begun_or_runs_backwards_says_its_days() -> None:
    with pytest.raises(PeriodError) as ahead:
        _parse("m12 2026")
    assert (ahead.value.first_day, ahead.value.last_day) == (date(2026, 12, 1), None)
    with pytest.raises(PeriodError) as backwards:
        _parse("from 1/2/2027 to 30/6/2026")
    assert (backwards.value.first_day, backwards.value.last_day) == (date(2027, 2, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("90 ngày qua", "90d"),
        ("last 6 months", "6m"),
        ("0d", "0d"),
        ("năm nay", "this year"),
        ("năm", "this year"),
        ("Week", "this week"),
        ("ngày", None),
        ("hôm qua", "last day"),
        ("từ đầu năm đến nay", "this year"),
        ("since the beginning of the month", "this month"),
        ("ytd", "this year"),
        ("tuần qua", "1w"),
        ("past month", "1m"),
        ("30 ngày gần đây", "30d"),
        ("tháng rồi", "last month"),
        ("soon", None),
    ],
)
def test_words_for_the_same_period_have_one_form_without_a_clock(text: str, canonical: str | None) -> None:
    assert canonical_period(text) == canonical
    assert canonical is None or canonical_period(canonical) == canonical


def test_days_begin_at_midnight_in_the_business_time_zone() -> None:
    period = _parse("today")
    assert period.start == datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert period.end == datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert period.start.tzinfo is UTC


def test_today_is_the_business_day_and_not_that_of_utc() -> None:
    late_evening_utc = datetime(2026, 11, 22, 18, tzinfo=UTC)
    assert _days(_parse("today", now=late_evening_utc)) == ("2026-11-23", "2026-11-23")


def test_a_period_holds_its_first_instant_and_not_its_end() -> None:
    period = _parse("last month")
    assert period.start in period
    assert period.end not in period
    assert period.end - timedelta(microseconds=1) in period
    assert period.start - timedelta(microseconds=1) not in period


def test_a_day_whose_midnight_does_not_exist_begins_at_the_jump() -> None:
    beirut = "Asia/Beirut"  # on 29 March 2026 the clocks jump from 00:00 to 01:00
    period = _parse("today", now=datetime(2026, 3, 29, 12, tzinfo=UTC), timezone=beirut)
    assert period.start == datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert period.end - period.start == timedelta(hours=23)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90d", False), ("today", False), ("last month", False), ("this month", True), ("năm nay", True), ("h2", True)],
)
def test_a_period_is_so_far_while_whole_days_are_to_come(text: str, expected: bool) -> None:
    assert _parse(text).so_far(NOW) is expected


def test_the_last_day_of_a_month_completes_it() -> None:
    november = _parse("this month")
    assert november.so_far(datetime(2026, 11, 29, 16, 59, tzinfo=UTC))
    assert not november.so_far(datetime(2026, 11, 29, 17, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("90d", "2026-05-27", "2026-08-24"),
        ("6m", "2025-11-23", "2026-05-22"),
        ("this month", "2026-10-01", "2026-10-31"),
        ("last month", "2026-09-01", "2026-09-30"),
        ("this quarter", "2026-07-01", "2026-09-30"),
        ("this year", "2025-01-01", "2025-12-31"),
        ("today", "2026-11-21", "2026-11-21"),
    ],
)
def test_the_period_before_has_the_same_length_by_the_calendar(text: str, first: str, last: str) -> None:
    before = previous(_parse(text))
    assert _days(before) == (first, last)
    assert before.label is Label.BEFORE
    assert before.end == _parse(text).start


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("tháng 5/2026", "2026-04-01", "2026-04-30"),
        ("Q3 2025", "2025-04-01", "2025-06-30"),
        ("h1 2026", "2025-07-01", "2025-12-31"),
        ("2025", "2024-01-01", "2024-12-31"),
        ("từ tháng 3 đến tháng 5", "2025-12-01", "2026-02-28"),
        ("from 10/5 to 20/5", "2026-04-29", "2026-05-09"),
    ],
)
def test_before_a_named_period_lies_that_of_the_calendar_and_before_chosen_days_as_many(
    text: str, first: str, last: str
) -> None:
    assert _days(previous(_parse(text))) == (first, last)


@pytest.mark.parametrize(
    ("text", "label", "unit", "count"),
    [
        ("tháng 5", Label.NAMED, Unit.MONTH, 1),
        ("từ 1/5 đến 31/5", Label.NAMED, Unit.MONTH, 1),
        ("q3", Label.NAMED, Unit.QUARTER, 1),
        ("tháng 7 - 9", Label.NAMED, Unit.QUARTER, 1),
        ("2025", Label.NAMED, Unit.YEAR, 1),
        ("6 tháng đầu năm", Label.NAMED, Unit.MONTH, 6),
        ("4 tháng cuối năm ngoái", Label.NAMED, Unit.MONTH, 4),
        ("từ tháng 3 đến tháng 5", Label.CHOSEN, Unit.MONTH, 3),
        ("m1..m12 2025", Label.NAMED, Unit.YEAR, 1),
        ("2024..2025", Label.CHOSEN, Unit.MONTH, 24),
        ("từ 10/5 đến 20/5", Label.CHOSEN, Unit.DAY, 11),
        ("27/10", Label.CHOSEN, Unit.DAY, 1),
    ],
)
def test_days_that_people_have_a_name_for_are_called_by_it(text: str, label: Label, unit: Unit, count: int) -> None:
    period = _parse(text)
    assert (period.label, period.unit, period.count) == (label, unit, count)


def test_only_a_month_is_a_month() -> None:
    assert [_parse(text).is_month for text in ("m5", "last month", "1m", "30d", "q3", "h1")] == [True] * 3 + [False] * 3


def test_a_quarter_is_split_into_its_months() -> None:
    parts = list(split(_parse("last quarter"), Unit.MONTH))
    assert [_days(part) for part in parts] == [
        ("2026-07-01", "2026-07-31"),
        ("2026-08-01", "2026-08-31"),
        ("2026-09-01", "2026-09-30"),
    ]
    assert {part.label for part in parts} == {Label.PART}
    assert {part.unit for part in parts} == {Unit.MONTH}


def test_weeks_begin_on_monday_and_the_ends_are_cut_short() -> None:
    parts = [_days(part) for part in split(_parse("last month"), Unit.WEEK)]
    assert parts[0] == ("2026-10-01", "2026-10-04")
    assert parts[1] == ("2026-10-05", "2026-10-11")
    assert parts[-1] == ("2026-10-26", "2026-10-31")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("14d", Unit.DAY),
        ("15d", Unit.WEEK),
        ("100d", Unit.WEEK),
        ("101d", Unit.MONTH),
        ("750d", Unit.MONTH),
        ("751d", Unit.QUARTER),
    ],
)
def test_a_trend_takes_coarser_steps_over_a_longer_period(text: str, unit: Unit) -> None:
    assert {part.unit for part in trends(_parse(text), now=NOW)[0]} == {unit}


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("7d", [Unit.DAY]),
        ("10d", [Unit.DAY, Unit.WEEK]),
        ("20d", [Unit.WEEK]),
        ("90d", [Unit.WEEK, Unit.MONTH]),
        ("this month", [Unit.WEEK]),
        ("1y", [Unit.MONTH, Unit.QUARTER]),
        ("3y", [Unit.QUARTER]),
        ("today", [Unit.DAY]),
    ],
)
def test_a_trend_may_be_drawn_in_coarser_steps_as_long_as_there_are_two(text: str, units: list[Unit]) -> None:
    assert [parts[0].unit for parts in trends(_parse(text), now=NOW)] == units


def test_a_trend_stops_at_today() -> None:
    parts = trends(_parse("this year"), now=NOW)[0]
    assert len(parts) == 11
    assert parts[-1].first_day == date(2026, 11, 1)


@given(
    now=st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis wants naive bounds
    text=st.sampled_from(["90d", "5w", "6m", "1y", "this month", "last quarter", "this year", "10y"]),
    unit=st.sampled_from(Unit),
    timezone=st.sampled_from([HANOI, "America/New_York", "Asia/Beirut", "UTC"]),
)
def test_the_parts_join_without_gap_or_overlap(now: datetime, text: str, unit: Unit, timezone: str) -> None:
    period = parse_period(text, now=now, timezone=timezone)
    parts = list(split(period, unit))
    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    assert all(left.end == right.start for left, right in itertools.pairwise(parts))
    assert all(len(each) <= 41 for each in trends(period, now=now))


def test_a_part_of_a_trend_is_whole_when_it_is_as_long_as_its_unit() -> None:
    period = parse_period("90d", now=datetime(2026, 11, 20, 3, 0, tzinfo=UTC), timezone="UTC")
    first, *middle, last = split(period, Unit.MONTH)
    assert [is_whole(part) for part in (first, *middle, last)] == [False, True, True, False]


def test_data_that_begin_on_the_first_day_of_a_period_hold_it_wholly() -> None:
    october = _parse("tháng 10/2026")
    assert late_start(october, october.start + timedelta(hours=10)) is None
    next_day = october.start + timedelta(days=1)
    assert late_start(october, next_day) == next_day
    assert late_start(october, None) is None
