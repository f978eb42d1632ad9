"""Periods as people write them: what the small grammar reads, and that it reads its own short form again."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, strategies as st

from bot.domain.period_words import Span, Stretch, read_stretch, written
from bot.domain.periods import PeriodError, canonical_period, parse_period

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("tháng 5", "2026-05-01", "2026-05-31"),
        ("thang 5/2025", "2025-05-01", "2025-05-31"),
        ("T5", "2026-05-01", "2026-05-31"),
        ("tháng năm năm ngoái", "2025-05-01", "2025-05-31"),
        ("tháng tư", "2026-04-01", "2026-04-30"),
        ("tháng mười hai", "2025-12-01", "2025-12-31"),
        ("May 2025", "2025-05-01", "2025-05-31"),
        ("sept", "2026-09-01", "2026-09-30"),
        ("2026-05", "2026-05-01", "2026-05-31"),
        ("5/2026", "2026-05-01", "2026-05-31"),
        ("tháng 5/26", "2026-05-01", "2026-05-31"),
        ("tháng 12", "2025-12-01", "2025-12-31"),
        ("quý 3 năm ngoái", "2025-07-01", "2025-09-30"),
        ("quý III/2024", "2024-07-01", "2024-09-30"),
        ("quý tư", "2026-10-01", "2026-12-31"),
        ("Q3 2025", "2025-07-01", "2025-09-30"),
        ("2025 q3", "2025-07-01", "2025-09-30"),
        ("first quarter of 2026", "2026-01-01", "2026-03-31"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("năm 2025", "2025-01-01", "2025-12-31"),
        ("năm kia", "2024-01-01", "2024-12-31"),
        ("6 tháng đầu năm", "2026-01-01", "2026-06-30"),
        ("9 tháng đầu năm 2025", "2025-01-01", "2025-09-30"),
        ("6 tháng cuối năm ngoái", "2025-07-01", "2025-12-31"),
        ("3 tháng cuối năm 2025", "2025-10-01", "2025-12-31"),
        ("nửa đầu năm nay", "2026-01-01", "2026-06-30"),
        ("H1 2026", "2026-01-01", "2026-06-30"),
        ("second half of 2025", "2025-07-01", "2025-12-31"),
        ("first 9 months of 2026", "2026-01-01", "2026-09-30"),
        ("last 2 months of 2025", "2025-11-01", "2025-12-31"),
        ("from 1/5 to 30/6", "2026-05-01", "2026-06-30"),
        ("từ 1/5 đến 30/6/2025", "2025-05-01", "2025-06-30"),
        ("từ 1/11/2025 đến 31/1", "2025-11-01", "2026-01-31"),
        ("từ 1/11 đến 31/1/2026", "2025-11-01", "2026-01-31"),
        ("từ ngày 1 tháng 5 năm 2025 đến ngày 30 tháng 6 năm 2025", "2025-05-01", "2025-06-30"),
        ("1/5-30/6", "2026-05-01", "2026-06-30"),
        ("1/5/25 - 30/6/25", "2025-05-01", "2025-06-30"),
        ("2026-05-01..2026-06-30", "2026-05-01", "2026-06-30"),
        ("1.5.2026 – 30.6.2026", "2026-05-01", "2026-06-30"),
        ("between March and May", "2026-03-01", "2026-05-31"),
        ("giữa tháng 3 và tháng 5", "2026-03-01", "2026-05-31"),
        ("tháng 1 đến 6/2026", "2026-01-01", "2026-06-30"),
        ("from q1 to q2 last year", "2025-01-01", "2025-06-30"),
        ("từ tháng 12 đến tháng 2", "2025-12-01", "2026-02-28"),
        ("từ 1/12 đến 22/11", "2025-12-01", "2026-11-22"),
        ("since March", "2026-03-01", "2026-11-22"),
        ("từ tháng 3 đến nay", "2026-03-01", "2026-11-22"),
        ("kể từ 1/9/2025", "2025-09-01", "2026-11-22"),
        ("5 May 2026", "2026-05-05", "2026-05-05"),
        ("May 5th, 2026", "2026-05-05", "2026-05-05"),
        ("ngày 5/11", "2026-11-05", "2026-11-05"),
        ("23/11", "2025-11-23", "2025-11-23"),
    ],
)
def test_a_period_covers_the_days_that_people_mean(text: str, first: str, last: str) -> None:
    period = parse_period(text, now=NOW, timezone="Asia/Ho_Chi_Minh")
    assert (period.first_day.isoformat(), period.last_day.isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["from 1/5 to 1/2", "từ tháng 5 đến tháng 2", "1/11 - 31/10"])
def test_ends_without_a_year_run_over_the_end_of_one_but_not_into_days_to_come(text: str) -> None:
    with pytest.raises(PeriodError) as caught:
        parse_period(text, now=NOW, timezone="Asia/Ho_Chi_Minh")
    assert caught.value.code == "backwards"
    turned = parse_period(caught.value.turned, now=NOW, timezone="Asia/Ho_Chi_Minh")
    assert turned.first_day.year == turned.last_day.year == 2026
    assert Span(Stretch(5), None).turned is None


def test_a_year_that_was_not_said_is_the_latest_in_which_it_has_begun() -> None:
    december = Stretch(12)
    assert december.latest(date(2026, 12, 1)) == (date(2026, 12, 1), date(2027, 1, 1))
    assert december.latest(date(2026, 11, 30)) == (date(2025, 12, 1), date(2026, 1, 1))


years = st.one_of(st.none(), st.integers(-2, 0), st.integers(2000, 2099))
stretches = st.one_of(
    st.builds(Stretch, st.integers(1, 12), year=years),
    st.builds(Stretch, st.integers(1, 12), day=st.integers(1, 31), year=years),
    st.builds(Stretch, st.sampled_from([1, 4, 7, 10]), st.just(3), year=years),
    st.builds(Stretch, st.just(1), st.integers(2, 11), year=years),
    st.integers(2, 11).flatmap(lambda months: st.builds(Stretch, st.just(13 - months), st.just(months), year=years)),
    st.builds(Stretch, st.just(1), st.just(12), year=st.integers(-2, 2099).filter(lambda year: not 0 < year < 2000)),
)


@given(st.one_of(stretches, st.builds(Span, stretches, st.one_of(st.none(), stretches))))
def test_the_short_form_reads_as_what_it_was_written_from(found: Stretch | Span) -> None:
    short = written(found)
    assert read_stretch(short) == found
    assert len(short) <= 23


@given(st.text(max_size=30))
def test_any_text_is_a_period_or_none(text: str) -> None:
    canonical = canonical_period(text)
    assert canonical is None or canonical_period(canonical) == canonical
