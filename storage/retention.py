"""Erasing what people wrote when it is old; the figures stay."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, or_, select, update

from bot.domain.touchpoints import Kind
from storage.database import Tx
from storage.tables import answer, interaction, loss, outbox, support_case

OVER = ("sent", "failed", "unknown", "expired", "cancelled")
NO_FACTS = "{}"


def erase_texts(tx: Tx, *, before: datetime, limit: int) -> int:
    """Erase at most `limit` texts of each sort that are older than an instant; returns how many there were.

    Reasons, messages, feedback, notes, and the copies of them in notices to staff. An erased text is an empty one.
    """
    told_to = or_(outbox.c.about_id.is_not(None), outbox.c.kind.in_((Kind.REPLY, Kind.DIGEST)))
    told = (told_to, outbox.c.status.in_(OVER), cast(outbox.c.facts, String) != NO_FACTS)
    return sum(
        (
            _erase(tx, answer.c.run_id, {"reason": ""}, limit, answer.c.answered_at < before, answer.c.reason != ""),
            _erase(
                tx, interaction.c.id, {"body": ""}, limit, interaction.c.happened_at < before, interaction.c.body != ""
            ),
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


def _erase(tx: Tx, key: Any, values: dict[str, Any], limit: int, *where: ColumnElement[bool]) -> int:  # noqa: ANN401  a column, whose table is typed as any selectable
    table: Table = key.table
    found = select(key).where(*where).limit(limit)
    return len(tx.execute(update(table).where(key.in_(found)).values(values).returning(key)).all())
