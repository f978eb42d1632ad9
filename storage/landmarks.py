"""Who was a customer at a date, what was known of them then, and whether they left afterwards.

One query for each source, whose answers are put together here: a join of them all would repeat every customer for each
of their purchases.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select

from bot.domain.landmarks import Present
from bot.domain.metrics.landmark import ANSWERED_WITHIN
from bot.domain.periods import ONE_DAY
from bot.domain.touchpoints import Kind
from storage import ownership
from storage.database import Tx
from storage.tables import answer, cancellation, customer, loss, purchase, survey_run

YEAR = 365 * ONE_DAY


def load(tx: Tx, *, at: datetime, until: datetime, currency: str) -> list[Present]:
    """The customers at an instant, as reports count them, without those who asked to be forgotten since.

    A loss in the half-open time from the instant to `until` counts also where the customer has come back since. What
    was bought in other currencies is no part of the value.
    """
    values, lost, scores = (dict(_pairs(tx, each)) for each in (_values(at, currency), _lost(at, until), _scores(at)))
    asked, notice = (set(tx.execute(each).scalars()) for each in (_asked(at), _noticed(at)))
    owned: Mapping[int, int] = ownership.owners(tx, at=at)
    return [
        Present(
            customer_id=row.id,
            plan=row.plan,
            location=row.location,
            joined_at=row.joined_at,
            value_minor=int(values.get(row.id, 0)),
            lost_at=lost.get(row.id),
            score=scores.get(row.id),
            was_asked=row.id in asked,
            gave_notice=row.id in notice,
            owner_id=owned.get(row.id),
        )
        for row in tx.execute(_customers(at))
    ]


def _pairs(tx: Tx, statement: Select[Any]) -> list[tuple[int, Any]]:
    return [(row[0], row[1]) for row in tx.execute(statement)]


def _customers(at: datetime) -> Select[Any]:
    """Where purchases are known, who never bought is no customer: silence could not make them one who is lost."""
    back = or_(loss.c.recovered_at.is_(None), loss.c.recovered_at >= at)
    gone = select(loss.c.customer_id).where(loss.c.lost_at < at, back)
    never_bought = and_(customer.c.last_purchase_at.is_(None), exists().where(purchase.c.amount_minor > 0))
    return select(customer.c.id, customer.c.plan, customer.c.location, customer.c.joined_at).where(
        customer.c.joined_at < at, customer.c.forgotten_at.is_(None), customer.c.id.not_in(gone), ~never_bought
    )


def _values(at: datetime, currency: str) -> Select[Any]:
    bought = purchase.c.purchased_at
    return (
        select(purchase.c.customer_id, func.sum(purchase.c.amount_minor))
        .where(bought >= at - YEAR, bought < at, purchase.c.currency == currency)
        .group_by(purchase.c.customer_id)
    )


def _lost(at: datetime, until: datetime) -> Select[Any]:
    return (
        select(loss.c.customer_id, func.min(loss.c.lost_at))
        .where(loss.c.lost_at >= at, loss.c.lost_at < until)
        .group_by(loss.c.customer_id)
    )


def _scores(at: datetime) -> Select[Any]:
    """Of each the latest answer, without those given after notice of leaving."""
    given = answer.c.answered_at
    noticed = exists().where(
        cancellation.c.customer_id == answer.c.customer_id,
        cancellation.c.asked_at <= given,
        or_(cancellation.c.withdrawn_at.is_(None), cancellation.c.withdrawn_at > given),
    )
    order = func.row_number().over(partition_by=answer.c.customer_id, order_by=(given.desc(), answer.c.run_id.desc()))
    ranked = (
        select(answer.c.customer_id, answer.c.score, order.label("place"))
        .where(answer.c.kind == Kind.NPS, given >= at - ANSWERED_WITHIN, given < at, ~noticed)
        .subquery()
    )
    return select(ranked.c.customer_id, ranked.c.score).where(ranked.c.place == 1)


def _asked(at: datetime) -> Select[Any]:
    """Who was sent an NPS survey that was over by then without an answer; one still open may yet be answered."""
    sent, over = survey_run.c.sent_at, or_(survey_run.c.closed_at < at, survey_run.c.closes_at < at)
    return select(survey_run.c.customer_id).where(
        survey_run.c.kind == Kind.NPS,
        sent >= at - ANSWERED_WITHIN,
        sent < at,
        over,
        ~exists().where(answer.c.run_id == survey_run.c.id),
    )


def _noticed(at: datetime) -> Select[Any]:
    still = or_(cancellation.c.withdrawn_at.is_(None), cancellation.c.withdrawn_at >= at)
    return select(cancellation.c.customer_id).where(cancellation.c.asked_at < at, still)
