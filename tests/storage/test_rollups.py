"""What is counted ahead says at every moment what counting every row says, on both databases."""

import json
from collections.abc import Callable, Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Table, delete, insert, select, update

from bot.domain.periods import Period, parse_period, previous, trends
from bot.domain.rollups import TAKINGS, UNSENT, sent
from bot.domain.rules import Rules
from bot.domain.segments import Dimension
from bot.domain.touchpoints import Kind
from bot.services import rollups
from storage import raw_reports, reason_counts, reports, survey_funnels, themes
from storage.database import Database, Tx
from storage.tables import answer, customer, loss, metadata, outbox, survey_run
from tests.conftest import START
from tests.factories import add_customer, put, rows
from tests.history import Asked, remember
from tests.reason_stage import count_reasons

ZONES = ("Asia/Ho_Chi_Minh", "Asia/Kolkata")
SURVEYS = (Kind.NPS, Kind.CES)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LATER = timedelta(minutes=11)
CUSTOMERS = 3
SHOWN = ("price", "staff")

hours = st.one_of(st.integers(-24 * 20, 0), st.integers(-24, 0), st.integers(1, 24 * 45)).map(
    lambda off: START + timedelta(hours=off)
)
asked = st.builds(
    lambda sent_at, wait, rest: Asked(sent_at=sent_at, answered_at=min(START, sent_at + wait), **rest),
    hours,
    st.sampled_from([timedelta(), DAY, 3 * DAY]),
    st.fixed_dictionaries(
        {
            "customer_id": st.integers(1, CUSTOMERS),
            "kind": st.sampled_from([Kind.NPS, Kind.NPS, Kind.CES]),
            "score": st.sampled_from([None, 1, 5, 5]),
            "segment": st.sampled_from(["", "gold"]),
            "reason": st.sampled_from([None, "vì"]),
            "open_for": st.sampled_from([2 * DAY, 14 * DAY]),
        }
    ),
)
Change = Callable[[Tx, list[int]], object]

Changes = Sequence[tuple[Change, list[int]]]


def _answers(**values: Any) -> Change:
    return lambda tx, ids: tx.execute(update(answer).where(answer.c.run_id.in_(ids)).values(**values))


def _runs(**values: Any) -> Change:
    return lambda tx, ids: tx.execute(update(survey_run).where(survey_run.c.id.in_(ids)).values(**values))


def _remove(tx: Tx, ids: list[int]) -> None:
    themes.forget(tx, ids)
    tx.execute(delete(answer).where(answer.c.run_id.in_(ids)))


def _find(keys: tuple[str, ...], tx: Tx, ids: list[int]) -> None:
    """The dictionary finds these themes in the reasons."""
    answered = tx.execute(select(answer.c.run_id).where(answer.c.run_id.in_(ids))).scalars().all()
    themes.assign(tx, dict.fromkeys(answered, keys), version=1)


def _correct(key: str, about: bool, tx: Tx, ids: list[int]) -> None:
    for run_id in tx.execute(select(answer.c.run_id).where(answer.c.run_id.in_(ids))).scalars().all():
        themes.correct(tx, run_id, key, about=about, staff_id=1, now=START)


def _answer_late(at: datetime, tx: Tx, ids: list[int]) -> None:
    """Whoever has not answered one of these surveys does so."""
    columns = ("customer_id", "kind", "segmentation_id")
    unanswered = select(survey_run).where(survey_run.c.id.in_(ids), survey_run.c.id.not_in(select(answer.c.run_id)))
    for run in tx.execute(unanswered).mappings().all():
        row = {name: run[name] for name in columns}
        tx.execute(insert(answer).values(run_id=run["id"], **row, score=3, scale="x", answered_at=at, reason=None))


def _message(kind: str, values: dict[str, Any], tx: Tx, ids: list[int]) -> None:
    """These surveys have an invitation, or a reminder, that is so; with no values, none any more."""
    for run in tx.execute(select(survey_run).where(survey_run.c.id.in_(ids))).mappings().all():
        theirs = outbox.c.dedupe_key == f"{kind}:{run['id']}"
        if not values:
            tx.execute(delete(outbox).where(theirs))
        elif not tx.execute(update(outbox).where(theirs).values(values)).rowcount:
            at = dict.fromkeys(("planned_at", "due_at", "expires_at"), START)
            facts = {"run_id": run["id"], "customer_id": run["customer_id"], "priority": 1, "facts": {}}
            what = {"kind": run["kind"] if kind == "invitation" else kind, "dedupe_key": f"{kind}:{run['id']}"}
            tx.execute(insert(outbox).values(**what, **facts, **at, **values))


messages: st.SearchStrategy[Change] = st.builds(
    lambda kind, values: partial(_message, kind, values),
    st.sampled_from(["invitation", "reminder"]),
    st.one_of(
        st.just({}),
        st.builds(
            lambda status, at, rule: {"status": status, "sent_at": at, "hold_rule": rule},
            st.sampled_from(["pending", "sending", "sent", "expired"]),
            st.none() | hours,
            st.sampled_from([None, "floor"]),
        ),
    ),
)
changes: st.SearchStrategy[Change] = st.one_of(
    messages,
    messages,
    st.just(_runs(sent_at=None)),
    hours.map(lambda at: _runs(planned_at=at)),
    st.sampled_from([2, 4]).map(lambda score: _answers(score=score)),
    hours.map(lambda at: _answers(answered_at=at)),
    st.integers(1, CUSTOMERS).map(lambda number: _answers(customer_id=number)),
    st.sampled_from([None, "", "khác"]).map(lambda reason: _answers(reason=reason)),
    hours.map(lambda at: _runs(sent_at=at)),
    st.sampled_from([START, None]).map(lambda at: _runs(closed_at=at)),
    st.just(_remove),
    hours.map(lambda at: partial(_answer_late, at)),
    st.just(partial(_answer_late, START)),
)


def _lose(at: datetime, back: timedelta | None, tx: Tx, ids: list[int]) -> None:
    """A customer who is not lost for good is lost."""
    number = 1 + ids[0] % CUSTOMERS
    gone = select(loss.c.id).where(loss.c.customer_id == number, loss.c.recovered_at.is_(None))
    if tx.execute(gone).first() is None:
        values = {"lost_at": at, "recovered_at": None if back is None else at + back, "source": "x", "reason": ""}
        tx.execute(insert(loss).values(customer_id=number, **values))


def _of_customer(table: Table, key: str, **values: Any) -> Change:
    """Change what a customer's rows say; with no values, take them away."""

    def change(tx: Tx, ids: list[int]) -> None:
        theirs = table.c[key] == 1 + ids[0] % CUSTOMERS
        tx.execute(update(table).where(theirs).values(**values) if values else delete(table).where(theirs))

    return change


memberships: st.SearchStrategy[Change] = st.one_of(
    st.builds(lambda at, back: partial(_lose, at, back), hours, st.sampled_from([None, timedelta(), DAY, 5 * DAY])),
    st.builds(lambda at, back: partial(_lose, at, back), hours, st.sampled_from([None, timedelta(), DAY, 5 * DAY])),
    hours.map(lambda at: _of_customer(customer, "id", joined_at=at)),
    st.sampled_from([None, START]).map(lambda at: _of_customer(customer, "id", last_purchase_at=at)),
    st.just(_of_customer(loss, "customer_id", recovered_at=START)),
    hours.map(lambda at: _of_customer(loss, "customer_id", lost_at=at)),
    st.just(_of_customer(loss, "customer_id")),
)
named: st.SearchStrategy[Change] = st.one_of(
    st.sampled_from([(), ("price",), ("price", "staff"), ("gone",)]).map(lambda keys: partial(_find, keys)),
    st.booleans().map(lambda about: partial(_correct, "staff", about)),
    st.just(themes.forget),
    st.just(lambda tx, _: themes.merge(tx, "price", "staff")),
)
places = st.lists(st.integers(1, 8), min_size=1, max_size=3)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(asked, min_size=4, max_size=8),
    changed=st.lists(st.tuples(changes | memberships | named, places), max_size=8),
    since=st.lists(st.tuples(changes | memberships | named, places), max_size=3),
    then=st.tuples(st.sampled_from([timedelta(), LATER, 3 * HOUR, 3 * DAY]), st.permutations(ZONES), st.booleans()),
)
def test_a_report_says_what_counting_every_row_says(
    database: Database,
    history: list[Asked],
    changed: Changes,
    since: Changes,
    then: tuple[timedelta, Sequence[str], bool],
) -> None:
    """Whatever happens between two counts, whether they are done or not, and in whichever time zone they were."""
    wait, (zone, other), knows_purchases = then
    now = START
    database.write_now(_clear)
    for number in range(1, CUSTOMERS + 1):
        add_customer(database, id=number, chat_id=None, last_purchase_at=START if number == 1 else None)
    if knows_purchases:
        facts = {"external_id": "H", "customer_id": 1, "purchased_at": START, "amount_minor": 1, "currency": "VND"}
        put(database, "purchase", **facts)
    remember(database, history)
    now = _count(database, now, zone)
    _change(database, changed)
    now += wait
    _check(database, now)
    now = _count(database, now, zone)
    _change(database, since)
    _check(database, now)
    now = _count(database, now, other)
    _check(database, now)


def _clear(tx: Tx, *, now: datetime) -> None:
    for table in reversed(metadata.sorted_tables):
        tx.execute(delete(table))


def _change(database: Database, changed: Changes) -> None:
    def apply(tx: Tx, *, now: datetime) -> None:
        ids = list(tx.execute(select(survey_run.c.id).order_by(survey_run.c.id)).scalars())
        for change, numbers in changed:
            change(tx, [ids[number % len(ids)] for number in numbers])

    database.write_now(apply)


def _count(database: Database, now: datetime, timezone: str) -> datetime:
    """Plan until there is no more to do, and once more when marks have settled; what time it is then."""

    def plan(tx: Tx, *, now: datetime, at: datetime) -> int:
        return rollups.plan_rollups(tx, now=at, rules=Rules(timezone=timezone))

    for at in (now, now + LATER):
        while database.write_now(plan, at=at):
            pass
    return now + LATER


def _check(database: Database, now: datetime) -> None:
    for timezone in ZONES:
        database.read_now(
            lambda tx, now, at, timezone: _compare(tx, now=at, timezone=timezone), at=now, timezone=timezone
        )


def _compare(tx: Tx, *, now: datetime, timezone: str) -> None:
    period = parse_period("30d", now=now, timezone=timezone)
    periods: Sequence[Period] = (period, previous(period), *trends(period, now=now)[0])
    year = parse_period("year", now=now, timezone=timezone)
    assert reports.count_scores(tx, Kind.NPS, [year]) == raw_reports.count_scores(tx, Kind.NPS, [year])
    said_of_year = reports.count_funnels(tx, SURVEYS, [year], now=now)
    assert said_of_year == raw_reports.count_funnels(tx, SURVEYS, [year], now=now)
    assert reports.count_lost(tx, [year]) == raw_reports.count_lost(tx, [year])
    for by in (None, Dimension.PLAN):
        for kind in SURVEYS:
            said = reports.count_scores(tx, kind, periods, by=by)
            assert said == raw_reports.count_scores(tx, kind, periods, by=by)
        said_of_sent = reports.count_funnels(tx, SURVEYS, periods, by=by, now=now)
        assert said_of_sent == raw_reports.count_funnels(tx, SURVEYS, periods, by=by, now=now)
    for kind in SURVEYS:
        assert reason_counts.count(tx, kind, period, SHOWN) == count_reasons(tx, kind, period, SHOWN)
    for each in periods:
        true = {(*json.loads(fate), slots[0]) for fate, slots in survey_funnels.count_fates(tx, each).items()}
        assert {astuple(one) for one in survey_funnels.list_unsent(tx, each, SURVEYS)} == true
    instants = {each: each.end for each in periods}
    assert reports.count_members(tx, instants) == raw_reports.count_members(tx, instants)
    assert reports.count_lost(tx, periods) == raw_reports.count_lost(tx, periods)
    assert reports.count_present(tx, periods) == raw_reports.count_present(tx, periods)


def test_of_a_span_that_is_past_the_last_answer_counts_in_the_plan_that_it_was_given_in(database: Database) -> None:
    """Superseded are the one before the first whole month, and those of silver in it; the last is after the span."""
    add_customer(database, id=1)
    days = [(20, 1, "gold"), (36, 2, "silver"), (40, 3, "silver"), (44, 4, "gold"), (49, 5, "gold")]
    first = START - 50 * DAY
    given = [
        Asked(customer_id=1, sent_at=first + n * DAY, score=score, segment=plan, kind=Kind.NPS)
        for n, score, plan in days
    ]
    remember(database, given)
    _count(database, START, "Asia/Ho_Chi_Minh")

    def count(tx: Tx, *, now: datetime) -> dict[str, dict[int, int]]:
        period = parse_period("15/10 - 17/11", now=now, timezone="Asia/Ho_Chi_Minh")
        found = reports.count_scores(tx, Kind.NPS, [period], by=Dimension.PLAN)
        assert found == raw_reports.count_scores(tx, Kind.NPS, [period], by=Dimension.PLAN)
        return {segment: dict(scores) for (_, segment), scores in found.items()}

    assert database.read_now(count) == {"gold": {4: 1}}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_today_is_counted_every_quarter_of_an_hour_and_what_closed_in_it_every_hour(database: Database) -> None:
    add_customer(database, id=1)
    _count(database, START, "UTC")
    closed = {"series": sent(Kind.NPS), "at": START - HOUR, "until": START, "since": START + timedelta(minutes=5)}
    put(database, "rollup_mark", **closed)
    for minutes, before, closings in ((25, 15, 1), (47, 45, 1), (65, 60, 0)):
        _count(database, START + timedelta(minutes=minutes), "UTC")
        counted = {one["series"]: one["counted_before"] for one in rows(database, "rollup_state")}
        assert counted.pop(TAKINGS) == counted.pop(UNSENT) == START.replace(hour=0)
        assert set(counted.values()) == {START + timedelta(minutes=before)}
        assert len(rows(database, "rollup_mark")) == closings
