"""Counting cases for their report, on both databases."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import storage.case_reports
from bot.domain.case_reports import CaseCounts, CaseTimes, CaseTotals
from bot.domain.periods import Period, parse_period, trends
from bot.domain.touchpoints import Kind
from storage.database import Database, Tx
from tests.case_times import OneCase, listed, times
from tests.conftest import START, HandClock
from tests.factories import CHAT, add_customer, add_score, put

DAY = timedelta(days=1)
WEEK = parse_period("7d", now=START, timezone="Asia/Ho_Chi_Minh")
RESOLVED = {"resolved_at": START - DAY, "resolved_by": 5, "first_resolved_at": START - 2 * DAY}


def add_case(database: Database, number: int, **columns: Any) -> None:
    customer_id = add_customer(database, chat_id=CHAT + number)
    due = {"answer_due_at": START, "solve_due_at": START}
    usual = {"customer_id": customer_id, "source": "feedback", "opened_at": START - 5 * DAY}
    put(database, "support_case", id=number, **{**usual, **due, **columns})


def by_day(database: Database) -> tuple[Mapping[Period, int], Mapping[Period, int]]:
    parts = trends(WEEK, now=START)[0]
    return database.read_now(lambda tx, now: storage.case_reports.count_parts(tx, parts))


def counted(database: Database) -> CaseCounts:
    def count(tx: Tx, *, now: datetime) -> CaseCounts:
        return storage.case_reports.count(tx, parse_period("7d", now=now, timezone="Asia/Ho_Chi_Minh"))

    return database.read_now(count)


def test_cases_opened_in_the_period_are_listed_with_their_times(database: Database, clock: HandClock) -> None:
    add_case(database, 1, answered_at=START - 4 * DAY, reopened=1, source="survey", **RESOLVED)
    add_case(database, 2, solve_due_at=START + timedelta(microseconds=7), reason="price", csm_id=7, customer_id=2)
    add_case(database, 3, opened_at=START - 9 * DAY)
    opened_at = START - 5 * DAY
    first = OneCase(
        opened_at=opened_at,
        answered_at=START - 4 * DAY,
        first_resolved_at=START - 2 * DAY,
        resolved_at=START - DAY,
        solve_due_at=START,
        reopened=1,
    )
    second = OneCase(
        opened_at=opened_at, solve_due_at=START + timedelta(microseconds=7), reason="price", csm_id=7, customer_id=2
    )
    found = counted(database)
    assert listed(found.opened) == listed(times([first, second]))
    assert found.totals == CaseTotals(opened=2, complaints=2, open=1, oldest_at=opened_at)


def test_what_was_resolved_in_the_period_counts_also_when_it_was_opened_before(database: Database) -> None:
    add_case(database, 1, opened_at=START - 9 * DAY, **RESOLVED)
    assert listed(counted(database).opened) == listed(CaseTimes())
    opened, resolved = by_day(database)
    assert not any(opened.values())
    assert [(part.first_day, n) for part, n in resolved.items() if n] == [((START - DAY).date(), 1)]


def test_what_nobody_resolved_is_left_out_and_counted(database: Database) -> None:
    add_case(database, 1, resolved_at=START - DAY, outcome="joined")
    add_case(database, 2, resolved_at=START - DAY, outcome="forgotten")
    add_case(database, 3, **RESOLVED)
    found = counted(database)
    assert (found.totals.opened, found.excluded) == (1, 2)
    assert [sum(each.values()) for each in by_day(database)] == [1, 1]


def test_of_many_cases_each_so_manieth_is_listed_and_all_are_counted(database: Database) -> None:
    for number in range(1, 6):
        add_case(database, number, source="survey" if number < 3 else "staff")
    add_case(database, 6, **RESOLVED)
    few = database.read_now(lambda tx, now: storage.case_reports.count(tx, WEEK, most=2))
    assert (few.every, len(few.opened.reason)) == (3, 2)
    assert few.totals == CaseTotals(opened=6, complaints=3, open=5, oldest_at=START - 5 * DAY)


def test_scores_before_and_after_are_those_of_answers_given_in_the_period(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    run_id = add_score(database, customer_id, Kind.NPS, 9)
    add_case(database, 1, nps_before=2, nps_run_id=run_id, opened_at=START - 100 * DAY, **RESOLVED)
    add_case(database, 2, nps_before=None, nps_run_id=run_id, opened_at=START - 100 * DAY, **RESOLVED)
    assert counted(database).scores == ((2, 9),)
    clock.advance(8 * DAY)
    assert counted(database).scores == ()
