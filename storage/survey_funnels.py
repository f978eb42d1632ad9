"""What became of the surveys that were planned in a period, from their runs, invitations, answers and reminders."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from bot.domain.periods import Period
from bot.domain.survey_funnels import SENT, Tally
from bot.domain.touchpoints import INVITATIONS, Kind
from storage.database import Tx
from storage.imports import IMPORTED
from storage.tables import answer, outbox, survey_run


def list_tallies(tx: Tx, period: Period, kinds: Collection[Kind], *, now: datetime) -> list[Tally]:
    """The surveys planned in a period by what became of them; what another tool collected was never planned."""
    fates = _fates(period, kinds, now).subquery()
    statement = select(*fates.c, func.count().label("n")).group_by(*fates.c)
    return [
        Tally(
            kind=Kind(row.kind),
            sent=bool(row.sent),
            closed=bool(row.closed),
            outbox=row.status,
            error=row.error,
            hold_rule=row.hold_rule if row.status in ("pending", "expired") else None,
            answered=bool(row.answered),
            commented=bool(row.commented),
            reminded=bool(row.reminded),
            answered_after=bool(row.answered_after),
            count=row.n,
        )
        for row in tx.execute(statement)
    ]


def _fates(period: Period, kinds: Collection[Kind], now: datetime) -> Select[Any]:
    """A row a survey."""
    planned = (survey_run.c.planned_at >= period.start, survey_run.c.planned_at < period.end)
    asked = (*planned, survey_run.c.kind.in_(kinds), survey_run.c.trigger != IMPORTED)
    reminder = outbox.alias("reminder")
    reminded = and_(reminder.c.run_id == survey_run.c.id, reminder.c.kind == Kind.REMINDER, reminder.c.status.in_(SENT))
    # Only of what was not sent is the invitation looked for: what was sent needs no reason, and is by far the most.
    unsent = (outbox.c.run_id == survey_run.c.id, outbox.c.kind.in_(INVITATIONS), survey_run.c.sent_at.is_(None))
    last = select(func.max(outbox.c.id)).where(*unsent)
    return (
        select(
            survey_run.c.kind,
            survey_run.c.sent_at.is_not(None).label("sent"),
            func.coalesce(or_(survey_run.c.closed_at.is_not(None), survey_run.c.closes_at <= now), False).label(
                "closed"
            ),
            outbox.c.status,
            outbox.c.error,
            outbox.c.hold_rule,
            answer.c.run_id.is_not(None).label("answered"),
            answer.c.reason.is_not(None).label("commented"),
            reminder.c.id.is_not(None).label("reminded"),
            func.coalesce(answer.c.answered_at >= reminder.c.sent_at, False).label("answered_after"),
        )
        .outerjoin(outbox, outbox.c.id == last.correlate(survey_run).scalar_subquery())
        .outerjoin(answer, answer.c.run_id == survey_run.c.id)
        .outerjoin(reminder, reminded)
        .where(*asked)
    )
