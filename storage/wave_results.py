"""What came of survey waves: the funnel, everybody's fate, and who has not answered yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from bot.domain.touchpoints import Kind
from bot.domain.wave_funnels import SENT, Tally
from bot.domain.waves import State
from bot.domain.wordings import Variant
from storage.database import Tx
from storage.tables import answer, customer, outbox, survey_run, wave, wave_member


def list_tallies(tx: Tx, wave_id: int) -> list[Tally]:
    """A wave's members by what became of them."""
    fate = (
        wave_member.c.state,
        wave_member.c.variant,
        wave_member.c.rule,
        outbox.c.status,
        outbox.c.hold_rule,
        outbox.c.error,
        answer.c.score,
        answer.c.reason.is_not(None).label("commented"),
        survey_run.c.closed_at.is_(None).label("open"),
    )
    statement = (
        select(*fate, func.count().label("count"))
        .join(wave, wave.c.id == wave_member.c.wave_id)
        .outerjoin(outbox, (outbox.c.run_id == wave_member.c.run_id) & (outbox.c.kind == wave.c.kind))
        .outerjoin(survey_run, survey_run.c.id == wave_member.c.run_id)
        .outerjoin(answer, answer.c.run_id == wave_member.c.run_id)
        .where(wave_member.c.wave_id == wave_id)
        .group_by(*fate)
    )
    return [
        Tally(
            state=State(row.state),
            variant=Variant(row.variant),
            rule=row.rule,
            outbox=row.status,
            hold_rule=row.hold_rule if row.status in ("pending", "expired") else None,
            error=row.error,
            score=row.score,
            commented=bool(row.commented),
            open=bool(row.open),
            count=row[-1],
        )
        for row in tx.execute(statement)
    ]


@dataclass(frozen=True)
class Asked:
    """Somebody whom a wave asked, in which wording, and whether they answered."""

    customer_id: int
    variant: Variant
    answered: bool


def list_asked(tx: Tx, wave_id: int, *, limit: int) -> list[Asked]:
    """So many of those whom a wave asked, in the stable order of its customers: the first of it are a sample of all."""
    columns = (wave_member.c.customer_id, wave_member.c.variant, answer.c.score.is_not(None))
    mine = (wave_member.c.wave_id == wave_id, wave_member.c.state == State.QUEUED, outbox.c.status.in_(SENT))
    statement = (
        select(*columns)
        .join(wave, wave.c.id == wave_member.c.wave_id)
        .join(outbox, (outbox.c.run_id == wave_member.c.run_id) & (outbox.c.kind == wave.c.kind))
        .outerjoin(answer, answer.c.run_id == wave_member.c.run_id)
        .where(*mine)
        .order_by(wave_member.c.position)
        .limit(limit)
    )
    return [Asked(whom, Variant(variant), bool(answered)) for whom, variant, answered in tx.execute(statement)]


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """Somebody who was asked and has not answered yet; with the wording, where a wave tries two of them."""

    customer_id: int
    name: str
    plan: str
    sent_at: datetime
    variant: Variant | None


# Grouped by under a name that no column has: PostgreSQL would take the column.
_TRIED = case((func.length(wave.c.variants) > 1, wave_member.c.variant)).label("tried")
"""The wording of a run whose wave tries two."""


def _unanswered(kind: Kind, *columns: ColumnElement[Any]) -> Select[Any]:
    """Open surveys of a kind without an answer, and what of each of them."""
    return (
        select(*columns)
        .select_from(survey_run)
        .join(customer, customer.c.id == survey_run.c.customer_id)
        .outerjoin(answer, answer.c.run_id == survey_run.c.id)
        .outerjoin(
            wave_member,
            (wave_member.c.customer_id == survey_run.c.customer_id) & (wave_member.c.run_id == survey_run.c.id),
        )
        .outerjoin(wave, wave.c.id == wave_member.c.wave_id)
        .where(
            survey_run.c.kind == kind,
            survey_run.c.sent_at.is_not(None),
            survey_run.c.closed_at.is_(None),
            answer.c.run_id.is_(None),
        )
    )


def count_unanswered(tx: Tx, kind: Kind) -> dict[Variant | None, int]:
    """How many have an open survey of a kind in their chat, by wording where a wave tries two of them."""
    statement = _unanswered(kind, _TRIED, func.count().label("n")).group_by("tried")
    return {_variant(row.tried): row.n for row in tx.execute(statement)}


def list_unanswered(tx: Tx, kind: Kind, *, offset: int, limit: int) -> list[Unanswered]:
    """Those who have not answered an open survey of a kind, who was asked first before."""
    columns = (customer.c.id, customer.c.name, customer.c.plan, survey_run.c.sent_at, _TRIED)
    statement = _unanswered(kind, *columns).order_by(survey_run.c.sent_at, survey_run.c.id).offset(offset).limit(limit)
    return [
        Unanswered(
            customer_id=row.id,
            name=row.name,
            plan=row.plan,
            sent_at=row.sent_at,
            variant=_variant(row.tried),
        )
        for row in tx.execute(statement)
    ]


def _variant(letter: str | None) -> Variant | None:
    return None if letter is None else Variant(letter)


def list_fates(tx: Tx, wave_id: int) -> list[dict[str, object]]:
    """Every customer of a begun wave, in their order, with what became of the invitation."""
    statement = (
        select(
            wave_member.c.customer_id,
            customer.c.name,
            _TRIED,
            wave_member.c.state,
            func.coalesce(wave_member.c.rule, outbox.c.hold_rule).label("rule"),
            wave_member.c.queued_on,
            outbox.c.status,
            outbox.c.sent_at,
            answer.c.score,
        )
        .join(wave, wave.c.id == wave_member.c.wave_id)
        .join(customer, customer.c.id == wave_member.c.customer_id)
        .outerjoin(outbox, (outbox.c.run_id == wave_member.c.run_id) & (outbox.c.kind == wave.c.kind))
        .outerjoin(answer, answer.c.run_id == wave_member.c.run_id)
        .where(wave_member.c.wave_id == wave_id)
        .order_by(wave_member.c.position)
    )
    return [
        {
            "id": row.customer_id,
            "name": row.name,
            "variant": row.tried,
            "sent_at": row.sent_at if row.status in SENT and row.state == State.QUEUED else None,
            "score": row.score,
            "rule": None if row.status in SENT else row.rule,
            "recalled": row.state == State.RECALLED,
        }
        for row in tx.execute(statement)
    ]
