"""Erasing what people wrote when it is old; the figures stay."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, or_, select, update

from bot.domain.plans import PlanStatus
from bot.domain.touchpoints import POLICIES, Group, Kind
from storage import themes
from storage.database import Tx
from storage.tables import answer, interaction, loss, outbox, success_plan, support_case

OVER = ("sent", "failed", "unknown", "expired", "cancelled")
NO_FACTS = "{}"
QUOTING = (
    Kind.REPLY,
    Kind.DIGEST,
    Kind.REVIEW,
    *(kind for kind in Kind if POLICIES[kind].group is Group.PLAN),
    Kind.CONFIRMATION,
)
"""What may hold the words of customers, such as the goal of their plan, or those of staff."""


def erase_texts(tx: Tx, *, before: datetime, limit: int) -> int:
    """Erase at most `limit` texts of each sort that are older than an instant; returns how many there were.

    Reasons, messages, feedback, notes, goals of plans that are over, and the copies of them in messages and in notices
    to staff. An erased text is an empty one.
    """
    told_to = or_(outbox.c.about_id.is_not(None), outbox.c.kind.in_(QUOTING))
    said_goal = (success_plan.c.goal_said_at < before, success_plan.c.status != PlanStatus.ACTIVE)
    told = (told_to, outbox.c.status.in_(OVER), cast(outbox.c.facts, String) != NO_FACTS)
    return sum(
        (
            _erase_reasons(tx, limit, answer.c.answered_at < before, answer.c.reason != ""),
            _erase(
                tx, interaction.c.id, {"body": ""}, limit, interaction.c.happened_at < before, interaction.c.body != ""
            ),
            _erase(tx, success_plan.c.id, {"goal": ""}, limit, *said_goal, success_plan.c.goal != ""),
            _erase(tx, loss.c.id, {"reason": ""}, limit, loss.c.lost_at < before, loss.c.reason != ""),
            _erase(
                tx,
                support_case.c.id,
                {"words": ""},
                limit,
                support_case.c.resolved_at < before,
                support_case.c.words != "",
            ),
            _erase(tx, outbox.c.id, {"facts": {}}, limit, outbox.c.planned_at < before, *told),
        )
    )


def _erase_reasons(tx: Tx, limit: int, *where: ColumnElement[bool]) -> int:
    """Erase reasons with what is known of them."""
    runs = tx.execute(select(answer.c.run_id).where(*where).limit(limit)).scalars().all()
    themes.forget(tx, runs)
    return _erase(tx, answer.c.run_id, {"reason": ""}, limit, answer.c.run_id.in_(runs))


def _erase(tx: Tx, key: Any, values: dict[str, Any], limit: int, *where: ColumnElement[bool]) -> int:  # noqa: ANN401  a column, whose table is typed as any selectable
    table: Table = key.table
    found = select(key).where(*where).limit(limit)
    return len(tx.execute(update(table).where(key.in_(found)).values(values).returning(key)).all())
