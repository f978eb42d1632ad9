"""Who was a customer at a date, what was known of them then, and whether they left afterwards.

Everything is looked up customer by customer: of those who are not looked at no row is read.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, exists, func, literal, or_, select

from bot.domain.landmarks import Present
from bot.domain.metrics.landmark import ANSWERED_WITHIN
from bot.domain.periods import ONE_DAY
from bot.domain.touchpoints import Kind
from storage import ownership
from storage.database import Tx
from storage.draws import EVERYBODY, CustomerDraw
from storage.tables import answer, cancellation, customer, loss, purchase, survey_run

YEAR = 365 * ONE_DAY


def load(tx: Tx, *, at: datetime, until: datetime, currency: str, drawn: CustomerDraw = EVERYBODY) -> list[Present]:
    """The customers at an instant, as reports count them, without those who asked to be forgotten since.

    A loss in the half-open time from the instant to `until` counts also where the customer has come back since. What
    was bought in other currencies is no part of the value. Who answers what, and whose anybody was, is not told.
    """
    return _present(tx, _customers(at, until, currency, drawn))


def load_owned(
    tx: Tx, *, at: datetime, until: datetime, currency: str, drawn: CustomerDraw = EVERYBODY
) -> list[Present]:
    """The same, and whose each of them was then."""
    return _present(tx, _customers(at, until, currency, drawn).add_columns(ownership.owner(at).label("owner_id")))


def load_heard(
    tx: Tx, *, at: datetime, until: datetime, currency: str, drawn: CustomerDraw = EVERYBODY
) -> list[Present]:
    """The same, and what each of them had answered by then, or that they had not."""
    score, notice = _score(at).label("score"), _gave_notice(at).label("gave_notice")
    # Materialized, since SQLite would look up the score a second time for whoever has one.
    found = _customers(at, until, currency, drawn).add_columns(score, notice).cte("found").prefix_with("MATERIALIZED")
    silent = case((found.c.score.is_(None), _was_asked(found.c.customer_id, at)), else_=False).label("was_asked")
    return _present(tx, select(found, silent).order_by(found.c.customer_id))


def _present(tx: Tx, statement: Select[Any]) -> list[Present]:
    found = tx.execute(statement)
    names = tuple(found.keys())
    return [Present(**dict(zip(names, row, strict=True))) for row in found]


def _customers(at: datetime, until: datetime, currency: str, drawn: CustomerDraw) -> Select[Any]:
    """Where purchases are known, who never bought is no customer: silence could not make them one who is lost."""
    back = or_(loss.c.recovered_at.is_(None), loss.c.recovered_at >= at)
    gone = exists().where(
        loss.c.customer_id == customer.c.id, *drawn.apart(loss.c.customer_id), loss.c.lost_at < at, back
    )
    never_bought = and_(customer.c.last_purchase_at.is_(None), exists().where(purchase.c.amount_minor > 0))
    columns = (customer.c.plan, customer.c.location, customer.c.joined_at)
    return (
        select(customer.c.id.label("customer_id"), *columns, _value(at, currency, drawn), _lost_at(at, until))
        .where(customer.c.joined_at < at, customer.c.forgotten_at.is_(None), ~gone, ~never_bought)
        .where(*drawn.whom(customer.c.id))
        .order_by(customer.c.id)
    )


def _value(at: datetime, currency: str, drawn: CustomerDraw) -> ColumnElement[Any]:
    bought = purchase.c.purchased_at
    here = (*drawn.apart(purchase.c.customer_id), purchase.c.currency == currency)
    own = (purchase.c.customer_id == customer.c.id, *here)
    total = func.coalesce(func.sum(purchase.c.amount_minor), 0)
    found = select(cast(total, BigInteger)).where(*own, bought >= at - YEAR, bought < at)
    return found.scalar_subquery().label("value_minor")


def _lost_at(at: datetime, until: datetime) -> ColumnElement[Any]:
    left = (loss.c.customer_id == customer.c.id, loss.c.lost_at >= at, loss.c.lost_at < until)
    return select(func.min(loss.c.lost_at)).where(*left).scalar_subquery().label("lost_at")


def _score(at: datetime) -> ColumnElement[Any]:
    """The latest answer, without those given after notice of leaving."""
    given = answer.c.answered_at
    noticed = exists().where(
        cancellation.c.customer_id == answer.c.customer_id,
        cancellation.c.asked_at <= given,
        or_(cancellation.c.withdrawn_at.is_(None), cancellation.c.withdrawn_at > given),
    )
    own = (answer.c.customer_id == customer.c.id, answer.c.kind == Kind.NPS)
    latest = (
        select(answer.c.score)
        .where(*own, given >= at - ANSWERED_WITHIN, given < at, ~noticed)
        .order_by(given.desc(), answer.c.run_id.desc())
        .limit(1)
    )
    return latest.scalar_subquery()


def _was_asked(whom: ColumnElement[Any], at: datetime) -> ColumnElement[bool]:
    """Whether an NPS survey was sent that was over by then without an answer; one still open may yet be answered."""
    sent, over = survey_run.c.sent_at, or_(survey_run.c.closed_at < at, survey_run.c.closes_at < at)
    return (
        select(literal(1))
        .where(
            survey_run.c.customer_id == whom,
            survey_run.c.kind == Kind.NPS,
            sent >= at - ANSWERED_WITHIN,
            sent < at,
            over,
            ~exists().where(answer.c.run_id == survey_run.c.id),
        )
        .exists()
    )


def _gave_notice(at: datetime) -> ColumnElement[bool]:
    still = or_(cancellation.c.withdrawn_at.is_(None), cancellation.c.withdrawn_at >= at)
    return exists().where(cancellation.c.customer_id == customer.c.id, cancellation.c.asked_at < at, still)
