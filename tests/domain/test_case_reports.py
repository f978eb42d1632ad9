"""The figures of cases, from when things happened in them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.business_hours import instants_of
from bot.domain.case_pages import cases_by_csm
from bot.domain.case_reports import (
    CaseCounts,
    CaseFigures,
    CaseTotals,
    by_csm,
    figures,
    figures_of,
    printed,
    printed_by_csm,
)
from bot.domain.cases import Source, hours_of
from bot.domain.figures import FigureUnit
from bot.domain.messages import Language
from bot.domain.metrics.proportions import Share
from bot.domain.money_reports import RowsPicture
from bot.domain.periods import parse_period
from bot.domain.rules import Rules
from tests.case_times import OneCase, counts, times

RULES = Rules()
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)  # a Friday, ten in the morning in Vietnam
MONDAY = datetime(2026, 11, 9, 1, tzinfo=UTC)  # eight in the morning, when business opens
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PERIOD = parse_period("30d", now=NOW, timezone=RULES.timezone)
OPEN = OneCase(opened_at=MONDAY, solve_due_at=MONDAY + 7 * DAY)
SOLVED = replace(OPEN, answered_at=MONDAY + HOUR, first_resolved_at=MONDAY + 2 * HOUR, resolved_at=MONDAY + 2 * HOUR)


def found(*opened: OneCase, scores: Sequence[tuple[int, int]] = (), excluded: int = 0) -> CaseFigures:
    return figures(counts(opened, scores=scores, excluded=excluded), PERIOD, RULES, now=NOW)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (MONDAY, MONDAY + 2 * HOUR, 2),
        (MONDAY, MONDAY + DAY, 9.5),
        (MONDAY - DAY, MONDAY, 0),
        (MONDAY - DAY, MONDAY - 3 * HOUR, 0),
        (MONDAY + 4 * DAY, MONDAY + 7 * DAY + HOUR, 10.5),  # over a weekend
        (MONDAY + HOUR, MONDAY, 0),
    ],
)
def test_only_business_time_counts(start: datetime, end: datetime, hours: float) -> None:
    assert hours_of(RULES).between(start, end) == hours * HOUR


def test_without_cases_nothing_is_claimed() -> None:
    nothing = found()
    assert (nothing.opened, nothing.complaints, nothing.open, nothing.oldest_at) == (0, 0, 0, None)
    assert nothing.a_day is not None
    assert nothing.a_day.value == 0
    assert nothing.a_day.high == pytest.approx(0.1, rel=0.01)
    assert (nothing.answer.median, nothing.resolution.mean, nothing.closed.estimate) == (None, None, None)
    assert (nothing.before, nothing.after) == (None, None)


@pytest.mark.parametrize("n", [1, 4])
def test_under_five_no_time_and_no_share_is_shown(n: int) -> None:
    few = found(*[SOLVED] * n, scores=[(2, 9)] * n)
    assert (few.answer.n, few.answer.median, few.answer.mean, few.answer.curve) == (n, None, None, ())
    assert (few.closed.counts, few.closed.estimate) == (Share(n, n), None)
    assert (few.helped.estimate, few.after) == (None, None)


def test_the_times_of_the_open_ones_count_too() -> None:
    five = found(*[SOLVED] * 4, OPEN)
    assert (five.answer.waiting, five.resolution.waiting, five.open, five.oldest_at) == (1, 1, 1, MONDAY)
    assert five.resolution.median is not None
    assert (five.resolution.median.value, five.resolution.median.n) == (2, 5)
    assert five.resolution.p90 is None
    assert five.resolution.mean is None  # of four, which is hidden


def test_a_mean_is_of_those_that_are_over() -> None:
    slower = replace(SOLVED, resolved_at=MONDAY + 7 * HOUR)
    six = found(*[SOLVED] * 4, slower, OPEN)
    assert six.resolution.mean is not None
    assert (six.resolution.mean.value, six.resolution.mean.n) == (3, 5)


def test_a_case_resolved_without_an_answer_was_watched_until_then() -> None:
    silent = replace(SOLVED, answered_at=None)
    six = found(*[silent] * 5, replace(OPEN, answered_at=MONDAY + 3 * HOUR))
    assert six.answer.median is not None
    assert six.answer.median.value == 3
    assert six.answer.waiting == 5


def test_complaints_are_what_customers_complained_of() -> None:
    asked, opened_by_staff = replace(OPEN, source=Source.REQUEST), replace(OPEN, source=Source.STAFF)
    some = found(OPEN, replace(OPEN, source=Source.SURVEY), asked, opened_by_staff)
    assert (some.opened, some.complaints, some.days) == (4, 2, 30)
    assert some.a_day is not None
    assert some.a_day.value == pytest.approx(2 / 30)


def test_days_to_come_make_no_rate_smaller() -> None:
    month = parse_period("this month", now=NOW, timezone=RULES.timezone)
    assert figures(CaseCounts(), month, RULES, now=NOW).days == 20


def test_a_loop_is_closed_by_an_answer_and_a_resolution_and_judged_when_it_is_due() -> None:
    silent = replace(SOLVED, answered_at=None)
    unsolved = replace(SOLVED, resolved_at=None)
    not_due = replace(SOLVED, solve_due_at=NOW + HOUR)
    some = found(*[SOLVED] * 3, silent, unsolved, not_due)
    assert (some.closed.counts, some.closed.left_out) == (Share(3, 5), 1)
    assert some.closed.estimate is not None


def test_who_may_still_reopen_is_not_counted_as_content() -> None:
    again = replace(SOLVED, resolved_at=None, reopened=2)
    lately = replace(SOLVED, first_resolved_at=NOW - DAY, resolved_at=NOW - DAY)
    some = found(*[SOLVED] * 4, again, lately, OPEN)
    assert (some.reopened.counts, some.reopened.left_out) == (Share(1, 5), 1)


def test_whether_it_helped_is_the_share_of_higher_scores() -> None:
    some = found(scores=[(2, 9), (3, 8), (4, 4), (5, 3), (1, 6)], excluded=3)
    assert some.helped.counts == Share(3, 5)
    assert (some.before, some.after, some.excluded) == (3.0, 6.0, 3)


def test_many_pairs_of_instants_have_the_business_time_that_each_has_alone() -> None:
    instants = [MONDAY + offset * HOUR for offset in (-60, -14, 0, 3, 9.5, 11, 24, 100, 130, 200)]
    pairs = [(start, end) for start in instants for end in instants]
    hours = hours_of(RULES)
    starts, ends = (instants_of(column) for column in zip(*pairs, strict=True))
    assert hours.elapsed(starts, ends).tolist() == [hours.between(*pair) for pair in pairs]


def test_where_not_all_cases_are_here_the_totals_are_of_all() -> None:
    totals = CaseTotals(opened=9, complaints=4, open=2, oldest_at=MONDAY)
    few = figures(counts([SOLVED] * 3, every=3, totals=totals), PERIOD, RULES, now=NOW)
    assert (few.every, few.opened, few.complaints, few.open, few.oldest_at) == (3, 9, 4, 2, MONDAY)
    assert few.resolution.n == 3


def test_every_figure_is_there_for_files_and_one_that_is_not_known_has_no_value() -> None:
    told = {one.key: one for one in printed(found(*[SOLVED] * 5, OPEN, scores=[(2, 9)] * 6))}
    assert list(told) == [
        "cases_complaints",
        "cases_answer_median",
        "cases_answer_p90",
        "cases_solve_median",
        "cases_solve_p90",
        "cases_closed",
        "cases_reopened",
        "cases_helped",
    ]
    assert (told["cases_solve_median"].n, told["cases_solve_p90"].estimate) == (6, None)
    assert told["cases_solve_median"].visible is not None
    assert (told["cases_helped"].n, told["cases_complaints"].unit) == (6, FigureUnit.RATE)


def test_what_cases_were_about_is_counted_of_those_of_which_it_is_known() -> None:
    late, dear = (replace(SOLVED, reason=reason) for reason in ("delivery", "price"))
    some = found(late, late, late, late, dear, SOLVED, OPEN)
    assert [(one.reason, one.share.counts) for one in some.reasons] == [
        ("delivery", Share(4, 5)),
        ("price", Share(1, 5)),
    ]
    assert [one.key for one in printed(some)][-2:] == ["cases_because_delivery", "cases_because_price"]
    assert found(late, dear).reasons[0].share.estimate is None


def test_cases_by_csm_are_told_as_all_are_the_most_first() -> None:
    theirs = [replace(SOLVED, csm_id=7)] * 5 + [replace(SOLVED, csm_id=8)] * 2 + [OPEN]
    hoa, gone, nobody = by_csm(times(theirs), {"7": "Hoa"}, RULES, now=NOW)
    assert [(one.name, one.opened) for one in (hoa, gone, nobody)] == [("Hoa", 5), ("#8", 2), ("", 1)]
    alone = found(*[SOLVED] * 5)
    assert (hoa.answer, hoa.resolution, hoa.closed) == (alone.answer, alone.resolution, alone.closed)
    told = [(one.key, one.segment, one.n) for one in printed_by_csm([hoa, gone])]
    assert told == [
        (key, name, n)
        for name, n in (("Hoa", 5), ("#8", 2))
        for key in ("cases_answer_median", "cases_solve_median", "cases_closed")
    ]
    assert printed_by_csm([gone])[0].estimate is None


def test_the_cases_of_some_customers_are_told_as_all_are() -> None:
    slow = replace(SOLVED, first_resolved_at=MONDAY + 3 * HOUR, resolved_at=MONDAY + 3 * HOUR, customer_id=2)
    say = figures_of(times([*[replace(SOLVED, customer_id=1)] * 5, *[slow] * 5]), RULES, now=NOW)
    resolution, answer, closed = say({2, 3})
    assert [one.key for one in (resolution, answer, closed)] == [
        "cases_solve_median",
        "cases_answer_median",
        "cases_closed",
    ]
    assert (resolution.n, resolution.estimate and resolution.estimate.value) == (5, 3)
    assert (answer.estimate and answer.estimate.value, closed.n) == (1, 5)
    assert say({3})[0].estimate is None


def test_the_page_by_csm_lists_three_and_has_every_figure_of_all() -> None:
    waiting = replace(SOLVED, answered_at=None, first_resolved_at=None, resolved_at=None)
    theirs = [replace(one, csm_id=csm) for csm in range(5) for one in [SOLVED] * 4 + [waiting] * 3]
    page = cases_by_csm(
        by_csm(times(theirs), {}, RULES, now=NOW), every=2, period=PERIOD, now=NOW, language=Language.EN
    )
    facts: dict[str, Any] = dict(page.message.facts)
    assert [one["name"] for one in facts["team"]] == ["#0", "#1", "#2"]
    assert (facts["total"], facts["opened"], facts["every"]) == (5, 35, 2)
    assert facts["team"][0]["resolution"]["median"]["high"] is None
    assert len(page.figures) == 15
    assert isinstance(page.picture, RowsPicture)
    assert {figure.key for figure in page.picture.rows} == {"cases_closed"}
