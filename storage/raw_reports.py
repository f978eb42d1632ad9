"""Counting for reports row by row: answers, surveys, customers and losses, for many periods and by segment.

This is what is true; `storage.reports` says the same sooner. Periods may overlap: the index on the instant is used once
for each. What comes back are counts, never people.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from bot.domain.periods import Period
from bot.domain.reports import EVERYBODY, Funnel, Present, Slice
from bot.domain.segments import Bands, Dimension
from bot.domain.survey_funnels import SENT
from bot.domain.touchpoints import Kind
from storage import dimensions
from storage.columns import UtcDateTime, unindexed
from storage.database import Tx
from storage.tables import answer, customer, loss, outbox, purchase, segmentation, standing, survey_run

_reminder, _later = outbox.alias("reminder"), answer.alias("later")


def count_scores(
    tx: Tx, kind: Kind, periods: Sequence[Period], *, by: Dimension | None = None
) -> dict[Slice, Counter[int]]:
    """Answers by score: of NPS the latest of each customer in each period, of other kinds all.

    The segment is the one in which the answer was given.
    """
    return _count(tx, _latest(by) if kind is Kind.NPS else _given(by), kind, periods, by)


def count_given(
    tx: Tx, kind: Kind, periods: Sequence[Period], *, by: Dimension | None = None
) -> dict[Slice, Counter[int]]:
    """Answers by score, of NPS too all of them."""
    return _count(tx, _given(by), kind, periods, by)


def count_standing(tx: Tx, periods: Sequence[Period], *, by: Dimension | None = None) -> dict[Slice, Counter[int]]:
    """NPS answers by score that no later one of the same customer has superseded."""
    return _count(tx, _standing(by), Kind.NPS, periods, by)


def count_superseded(
    tx: Tx, period: Period, *, before: datetime, by: Dimension | None = None
) -> dict[Slice, Counter[int]]:
    """NPS answers of a period by score that a later one of the same customer superseded before an instant."""
    return _count(tx, _superseded(by), Kind.NPS, (period,), by, before=before)


def superseded(before: ColumnElement[datetime] | None = None) -> ColumnElement[bool]:
    """Whether the customer has answered the same kind of survey since; of two at one instant, the later one."""
    later = tuple_(_later.c.answered_at, _later.c.run_id) > tuple_(answer.c.answered_at, answer.c.run_id)
    theirs = (_later.c.customer_id == answer.c.customer_id, unindexed(_later.c.kind) == answer.c.kind)
    return exists().where(*theirs, later, *(() if before is None else (_later.c.answered_at < before,)))


@cache
def _given(by: Dimension | None) -> Select[Any]:
    return _by_score(_answers(by).subquery())


@cache
def _standing(by: Dimension | None) -> Select[Any]:
    return _by_score(_answers(by).where(~superseded()).subquery())


@cache
def _superseded(by: Dimension | None) -> Select[Any]:
    before = superseded(bindparam("before", type_=UtcDateTime()))
    return _by_score(_answers(by).where(before).subquery())


@cache
def _latest(by: Dimension | None) -> Select[Any]:
    """Of each customer the latest answer; of two at one instant, the one to the later survey."""
    order = (answer.c.answered_at.desc(), answer.c.run_id.desc())
    age = func.row_number().over(partition_by=answer.c.customer_id, order_by=order)
    ranked = _answers(by).add_columns(age.label("age")).subquery()
    return _by_score(select(ranked).where(ranked.c.age == 1).subquery())


def _answers(by: Dimension | None) -> Select[Any]:
    """The answers of one kind and period."""
    answered_at, instant = answer.c.answered_at, UtcDateTime()
    within = (answered_at >= bindparam("start", type_=instant), answered_at < bindparam("end", type_=instant))
    given = select(dimensions.then(by), answer.c.score).select_from(answer)
    given = given.where(answer.c.kind == bindparam("kind"), *within)
    return given if by is None else given.outerjoin(segmentation, segmentation.c.id == answer.c.segmentation_id)


def _by_score(relevant: Subquery) -> Select[Any]:
    grouped = (relevant.c.segment, relevant.c.score)
    return select(*grouped, func.count().label("n")).group_by(*grouped)


def _count(
    tx: Tx, statement: Select[Any], kind: Kind, periods: Sequence[Period], by: Dimension | None, **facts: datetime
) -> dict[Slice, Counter[int]]:
    """A query for each period: of a join with the periods, PostgreSQL thinks that it finds a tenth of all answers."""
    found: dict[Slice, Counter[int]] = {}
    for period in periods:
        for row in tx.execute(statement, facts | {"kind": kind, "start": period.start, "end": period.end}):
            for segment in dimensions.read(by, row.segment):
                found.setdefault((period, segment), Counter())[row.score] += row.n
    return found


def count_funnels(
    tx: Tx, kinds: Sequence[Kind], periods: Sequence[Period], *, by: Dimension | None = None, now: datetime
) -> dict[Slice, dict[Kind, Funnel]]:
    """How far the surveys came that were sent in each period, by kind.

    The segment is the one that the customer was in when the survey was planned.
    """
    found: dict[Slice, dict[Kind, Funnel]] = {}
    for period in periods:
        facts = {"kinds": list(kinds), "start": period.start, "end": period.end, "now": now}
        for kind, segment, *steps in tx.execute(_funnels(by), facts):
            for name in dimensions.read(by, segment):
                funnels = found.setdefault((period, name), {})
                funnels[kind] = funnels.get(kind, Funnel()) + Funnel(*steps)
    return found


@cache
def _funnels(by: Dimension | None) -> Select[Any]:
    """The steps of the surveys of some kinds and a period."""
    now = bindparam("now", type_=UtcDateTime())
    closed = case((and_(survey_run.c.closed_at.is_(None), survey_run.c.closes_at > now), None), else_=1)
    is_answered = answer.c.run_id.is_not(None)
    counted = (
        func.count().label("sent"),
        func.count(answer.c.run_id).label("answered"),
        func.count(answer.c.reason).label("commented"),
        func.count(closed).label("closed"),
        func.count(case((is_answered, closed))).label("closed_answered"),
        func.count(case((was_reminded(), 1))).label("reminded"),
        func.count(case((and_(is_answered, was_reminded(answer.c.answered_at)), 1))).label("answered_after"),
    )
    sent_at, instant = survey_run.c.sent_at, UtcDateTime()
    within = (sent_at >= bindparam("start", type_=instant), sent_at < bindparam("end", type_=instant))
    grouped = (survey_run.c.kind, dimensions.then(by))
    sent = select(*grouped, *counted).select_from(survey_run).outerjoin(answer, answer.c.run_id == survey_run.c.id)
    sent = sent.where(survey_run.c.kind.in_(bindparam("kinds", expanding=True)), *within).group_by(*grouped)
    return sent if by is None else sent.outerjoin(segmentation, segmentation.c.id == survey_run.c.segmentation_id)


def was_reminded(before: ColumnElement[datetime] | None = None) -> ColumnElement[bool]:
    """Whether a reminder of the survey was sent, or may have been; with `before`, not later than then."""
    theirs = (_reminder.c.run_id == survey_run.c.id, _reminder.c.kind == Kind.REMINDER, _reminder.c.status.in_(SENT))
    return exists().where(*theirs, *(() if before is None else (_reminder.c.sent_at <= before,)))


def count_members(
    tx: Tx, instants: Mapping[Period, datetime], *, by: Dimension | None = None, bands: Bands | None = None
) -> dict[Slice, int]:
    """Customers at an instant of each period: who had joined before it and was not lost then, whatever happened since.

    Where purchases are known, who never bought is no customer: silence could not make them one who is lost. The segment
    is the customer's present one; of customers no earlier one is kept.
    """
    at = bindparam("at", type_=UtcDateTime())
    there = (unindexed(customer.c.joined_at) < at, ~_never_bought(), ~_lost_before(at))
    statement = select(dimensions.now(by, bands), func.count().label("n")).select_from(customer).where(*there)
    return _count_customers(tx, statement, {each: {"at": instant} for each, instant in instants.items()}, by)


def count_never_bought(tx: Tx, instant: datetime) -> int:
    """Who had joined before the instant and was not lost then, and is left out of the customers at it."""
    statement = select(func.count()).select_from(customer)
    at = literal(instant, UtcDateTime())
    left_out = (customer.c.joined_at < at, ~_lost_before(at), _never_bought())
    return int(tx.execute(statement.where(*left_out)).scalar_one())


def count_present(tx: Tx, periods: Sequence[Period]) -> dict[datetime, Present]:
    """Customers at the start and at the end of each period, and who is left out of them."""
    found: dict[datetime, Present] = {}
    for instants in ({each: each.start for each in periods}, {each: each.end for each in periods}):
        members = count_members(tx, instants)
        for each, at in instants.items():
            found[at] = Present(members.get((each, EVERYBODY), 0), count_never_bought(tx, at))
    return found


def count_lost(
    tx: Tx, periods: Sequence[Period], *, by: Dimension | None = None, bands: Bands | None = None
) -> dict[Slice, int]:
    """Of the customers at each period's start, those who were lost in it, also if they have come back since."""
    instant = UtcDateTime()
    start, end = bindparam("start", type_=instant), bindparam("end", type_=instant)
    theirs = and_(customer.c.id == loss.c.customer_id, unindexed(customer.c.joined_at) < start)
    statement = (
        select(dimensions.now(by, bands), func.count(loss.c.customer_id.distinct()).label("n"))
        .select_from(loss)
        .join(customer, theirs)
        .where(loss.c.lost_at >= start, loss.c.lost_at < end, ~_never_bought(), ~_lost_before(start))
    )
    return _count_customers(tx, statement, {each: {"start": each.start, "end": each.end} for each in periods}, by)


def _count_customers(
    tx: Tx, statement: Select[Any], asked: Mapping[Period, Mapping[str, datetime]], by: Dimension | None
) -> dict[Slice, int]:
    """A query for each period: of a join with the periods, SQLite takes twice as long."""
    if by in dimensions.OF_STANDING:
        statement = statement.outerjoin(standing, standing.c.customer_id == customer.c.id)
    statement = statement.group_by("segment")
    found = Counter[Slice]()
    for each, facts in asked.items():
        for segment, n in tx.execute(statement, facts):
            for name in dimensions.read(by, segment):
                found[each, name] += n
    return dict(found)


def _lost_before(instant: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the customer was lost at an instant, from the history of losses; a loss at it is one of what follows."""
    earlier = loss.alias("earlier")
    back = or_(earlier.c.recovered_at.is_(None), earlier.c.recovered_at >= instant)
    return exists().where(earlier.c.customer_id == customer.c.id, earlier.c.lost_at < instant, back)


def _never_bought() -> ColumnElement[bool]:
    """Whether the books have no purchase of this customer, though they have some."""
    return and_(customer.c.last_purchase_at.is_(None), exists().where(purchase.c.amount_minor > 0))
