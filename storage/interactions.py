"""What was said by and noted about customers."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from storage.database import Tx, insert_for
from storage.tables import customer, interaction, staff


def add(
    tx: Tx,
    *,
    customer_id: int,
    kind: str,
    body: str,
    now: datetime,
    staff_id: int | None = None,
    chat_id: int | None = None,
    message_id: int | None = None,
    case_id: int | None = None,
    is_settled: bool = False,
) -> int | None:
    """Keep an interaction; None when this very chat message is kept already.

    One that is settled waits for nobody's answer, and the customer is not asked about it.
    """
    statement = insert_for(tx)(interaction).values(
        customer_id=customer_id,
        kind=kind,
        body=body,
        happened_at=now,
        staff_id=staff_id,
        chat_id=chat_id,
        message_id=message_id,
        case_id=case_id,
        closed_at=now if is_settled else None,
        ces_planned_at=now if is_settled else None,
    )
    statement = statement.on_conflict_do_nothing(index_elements=["chat_id", "message_id"]).returning(interaction.c.id)
    return tx.execute(statement).scalar_one_or_none()


def any_waiting(tx: Tx, customer_id: int, *, since: datetime, but: int) -> bool:
    """Whether a message that this customer wrote after an instant, other than that one, waits to be dealt with."""
    written = (interaction.c.customer_id == customer_id, interaction.c.kind == "message")
    waits = (interaction.c.closed_at.is_(None), interaction.c.happened_at > since, interaction.c.message_id != but)
    return tx.execute(select(interaction.c.id).where(*written, *waits).limit(1)).first() is not None


def load_said(tx: Tx, *, chat_id: int, message_id: int) -> tuple[int, str] | None:
    """Which customer said what with a message, as it is kept; None when it is not kept here."""
    where = (interaction.c.chat_id == chat_id, interaction.c.message_id == message_id, interaction.c.staff_id.is_(None))
    row = tx.execute(select(interaction.c.customer_id, interaction.c.body).where(*where)).first()
    return (row.customer_id, row.body) if row is not None else None


def edit(tx: Tx, *, chat_id: int, message_id: int, body: str) -> int | None:
    """A customer edited a message of theirs; None when it is not kept here. A note is not its command's words."""
    statement = (
        update(interaction)
        .where(
            interaction.c.chat_id == chat_id, interaction.c.message_id == message_id, interaction.c.staff_id.is_(None)
        )
        .values(body=body)
        .returning(interaction.c.id)
    )
    return tx.execute(statement).scalar_one_or_none()


def edit_reply(tx: Tx, *, chat_id: int, message_id: int, body: str) -> int | None:
    """A member of staff edited what they wrote to a customer; None when it is no such message."""
    statement = update(interaction).where(*_reply_at(chat_id, message_id)).values(body=body)
    return tx.execute(statement.returning(interaction.c.id)).scalar_one_or_none()


def find_reply(tx: Tx, *, chat_id: int, message_id: int, staff_id: int) -> int | None:
    """What this member of staff wrote to a customer with this message, or None."""
    statement = select(interaction.c.id).where(*_reply_at(chat_id, message_id), interaction.c.staff_id == staff_id)
    return tx.execute(statement).scalar_one_or_none()


def load_reply_chat(tx: Tx, case_id: int) -> int | None:
    """The chat from which the customer of a case was answered last, or None."""
    replies = select(interaction.c.chat_id).where(interaction.c.case_id == case_id, interaction.c.kind == "reply")
    return tx.execute(replies.order_by(interaction.c.id.desc()).limit(1)).scalar_one_or_none()


def mark_unsent(tx: Tx, *, chat_id: int, message_id: int) -> None:
    """What was written to a customer is taken back; staff still see that it was written."""
    tx.execute(update(interaction).where(*_reply_at(chat_id, message_id)).values(kind="unsent"))


def _reply_at(chat_id: int, message_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        interaction.c.chat_id == chat_id,
        interaction.c.message_id == message_id,
        interaction.c.kind == "reply",
    )


def join_case(tx: Tx, interaction_id: int, case_id: int | None) -> None:
    """An interaction belongs to a case."""
    tx.execute(update(interaction).where(interaction.c.id == interaction_id).values(case_id=case_id))


def close_case(tx: Tx, case_id: int, *, staff_id: int | None, now: datetime) -> None:
    """What was said in a case is dealt with when the case is; the customer is asked about the case instead (CES)."""
    tx.execute(
        update(interaction)
        .where(interaction.c.case_id == case_id, interaction.c.closed_at.is_(None))
        .values(closed_at=now, closed_by=staff_id, ces_planned_at=now)
    )


def close(tx: Tx, interaction_id: int, *, staff_id: int, now: datetime) -> int | None:
    """Mark an interaction as dealt with; the customer's id, or None when somebody was first."""
    statement = (
        update(interaction)
        .where(interaction.c.id == interaction_id, interaction.c.closed_at.is_(None))
        .values(closed_at=now, closed_by=staff_id)
        .returning(interaction.c.customer_id)
    )
    return tx.execute(statement).scalar_one_or_none()


def load(tx: Tx, interaction_id: int) -> dict[str, object] | None:
    """What staff see of an interaction: customer, kind, text, and who closed it."""
    statement = (
        select(
            customer.c.name, interaction.c.kind, interaction.c.body, interaction.c.closed_at, staff.c.name.label("by")
        )
        .join(customer, customer.c.id == interaction.c.customer_id)
        .outerjoin(staff, staff.c.user_id == interaction.c.closed_by)
        .where(interaction.c.id == interaction_id, customer.c.forgotten_at.is_(None))
    )
    row = tx.execute(statement).first()
    if row is None:
        return None
    return {"customer": row.name, "kind": row.kind, "text": row.body, "closed_at": row.closed_at, "closed_by": row.by}
