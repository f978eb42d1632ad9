"""What those who were asked in a period have done since, who answered and who did not."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Subquery, case, cast, exists, func, or_, select

from bot.domain.periods import Period
from bot.domain.response_outcomes import Followed
from bot.domain.touchpoints import Kind
from storage.database import Tx
from storage.tables import answer, loss, purchase, survey_run

INSTANT = timedelta.resolution
MOST_FOLLOWED = 600
"""So many surveys, the last ones sent, make the intervals narrow enough, and keep a report quick at any size."""


def follow(tx: Tx, kinds: Collection[Kind], period: Period, *, now: datetime) -> tuple[Followed, Followed]:
    """Customers asked in the period whose surveys are over: who answered none of them, and who answered one."""
    asked = _asked(kinds, period.start, min(period.end, _last_over(tx, kinds, now)), now)
    since = asked.c.over_at
    lost = exists().where(loss.c.customer_id == asked.c.customer_id, loss.c.lost_at >= since, loss.c.lost_at < now)
    bought = exists().where(
        purchase.c.customer_id == asked.c.customer_id,
        purchase.c.purchased_at >= since,
        purchase.c.purchased_at < now,
        purchase.c.amount_minor > 0,
    )
    gone = exists().where(
        loss.c.customer_id == asked.c.customer_id,
        loss.c.lost_at < since,
        or_(loss.c.recovered_at.is_(None), loss.c.recovered_at >= since),
    )
    counts = (func.count().label("n"), _times(lost).label("lost"), _times(bought).label("bought"))
    statement = select(asked.c.answered, *counts).where(~gone).group_by(asked.c.answered)
    found = {bool(row.answered): Followed(row.n, row.lost, row.bought) for row in tx.execute(statement)}
    return found.get(False, Followed()), found.get(True, Followed())


def _last_over(tx: Tx, kinds: Collection[Kind], now: datetime) -> datetime:
    """Just after the survey was sent that was over last: those sent since are nearly all open, and are left alone."""
    over = select(survey_run.c.sent_at).where(survey_run.c.closes_at <= now, survey_run.c.sent_at.is_not(None))
    last = over.where(survey_run.c.kind.in_(kinds)).order_by(survey_run.c.closes_at.desc()).limit(1)
    found: datetime | None = tx.execute(last).scalar()
    return now if found is None else found + INSTANT


def _asked(kinds: Collection[Kind], since: datetime, until: datetime, now: datetime) -> Subquery:
    """A row a customer: when the last of their surveys was over, and whether they answered any."""
    over_at = func.coalesce(survey_run.c.closed_at, survey_run.c.closes_at)
    recent = (
        select(survey_run.c.id, survey_run.c.customer_id, over_at.label("over_at"))
        .where(survey_run.c.sent_at >= since, survey_run.c.sent_at < until)
        .where(survey_run.c.kind.in_(kinds), over_at <= now)
        .order_by(survey_run.c.sent_at.desc())
        .limit(MOST_FOLLOWED)
        .subquery()
    )
    given = func.max(case((answer.c.run_id.is_not(None), 1), else_=0))
    return (
        select(recent.c.customer_id, func.max(recent.c.over_at).label("over_at"), given.label("answered"))
        .outerjoin(answer, answer.c.run_id == recent.c.id)
        .group_by(recent.c.customer_id)
        .subquery()
    )


def _times(happened: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(cast(happened, Integer)), 0)
