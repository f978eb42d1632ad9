"""What is kept of one customer, for staff to look at."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from bot.domain.profiles import GivenAnswer, Record, Remark, Touchpoint, Value
from bot.domain.touchpoints import Kind
from storage.database import Tx
from storage.tables import answer, customer, hold as holds, interaction, loss, outbox, purchase, staff

HOLDS_SHOWN = 3


def load_record(tx: Tx, customer_id: int) -> Record | None:
    """Who a customer is, and what stands between them and a message."""
    row = tx.execute(_RECORD, {"of_customer": customer_id}).first()
    return _record(row) if row else None


_IS_OPEN = (loss.c.customer_id == customer.c.id) & loss.c.recovered_at.is_(None)
_RECORD = (
    select(
        customer.c.id,
        customer.c.name,
        customer.c.external_id,
        customer.c.plan,
        customer.c.location,
        customer.c.title,
        customer.c.channel,
        customer.c.tags,
        customer.c.birth_day,
        customer.c.birth_month,
        customer.c.birth_year,
        customer.c.phone,
        customer.c.joined_at,
        customer.c.language,
        customer.c.chat_id,
        customer.c.linked_at,
        customer.c.stopped_at,
        customer.c.unreachable_at,
        customer.c.lost_at,
        staff.c.name.label("csm"),
        loss.c.reason,
        loss.c.source,
    )
    .outerjoin(staff, staff.c.user_id == customer.c.csm_id)
    .outerjoin(loss, _IS_OPEN)
    .where(customer.c.id == bindparam("of_customer"), customer.c.forgotten_at.is_(None))
)


def _record(row: Any) -> Record:  # noqa: ANN401  a database row
    return Record(
        customer_id=row.id,
        name=row.name,
        external_id=row.external_id,
        plan=row.plan,
        location=row.location,
        title=row.title,
        channel=row.channel,
        tags=row.tags or (),
        birth_day=row.birth_day,
        birth_month=row.birth_month,
        birth_year=row.birth_year,
        phone=row.phone,
        joined_at=row.joined_at,
        language=row.language,
        csm=row.csm,
        linked_at=row.linked_at if row.chat_id is not None else None,
        stopped_at=row.stopped_at,
        unreachable_at=row.unreachable_at,
        lost_at=row.lost_at,
        lost_reason=row.reason or "",
        lost_source=row.source or "",
    )


def load_value(tx: Tx, customer_id: int) -> Value:
    """What a customer bought, the currency with the most invoices first."""
    rows = tx.execute(_VALUE, {"of_customer": customer_id}).all()
    return Value(
        purchases=sum(row.invoices for row in rows),
        totals=tuple((row.currency, int(row.total)) for row in rows),
        last_at=max((row.last_at for row in rows if row.last_at is not None), default=None),
    )


_INVOICES = func.count(purchase.c.id).filter(purchase.c.amount_minor > 0)
_VALUE = (
    select(
        purchase.c.currency,
        _INVOICES.label("invoices"),
        func.sum(purchase.c.amount_minor).label("total"),
        func.max(purchase.c.purchased_at).filter(purchase.c.amount_minor > 0).label("last_at"),
    )
    .where(purchase.c.customer_id == bindparam("of_customer"))
    .group_by(purchase.c.currency)
    .order_by(_INVOICES.desc(), purchase.c.currency)
)


def list_answers(tx: Tx, customer_id: int, *, limit: int) -> list[GivenAnswer]:
    """A customer's last answers."""
    return [
        GivenAnswer(kind=Kind(row.kind), score=row.score, reason=row.reason or "", answered_at=row.answered_at)
        for row in tx.execute(_ANSWERS, {"of_customer": customer_id, "most": limit})
    ]


_ANSWERS = (
    select(answer.c.kind, answer.c.score, answer.c.reason, answer.c.answered_at)
    .where(answer.c.customer_id == bindparam("of_customer"))
    .order_by(answer.c.answered_at.desc(), answer.c.run_id.desc())
    .limit(bindparam("most"))
)


def list_waiting(tx: Tx, customer_id: int, *, limit: int) -> list[Touchpoint]:
    """Messages that wait to go out, with the rule that holds each, the next first."""
    statement = _touchpoints(customer_id).where(outbox.c.status == "pending").order_by(outbox.c.due_at, outbox.c.id)
    return [
        Touchpoint(kind=Kind(row.kind), status=row.status, at=row.due_at, rule=row.hold_rule or "")
        for row in tx.execute(statement.limit(limit))
    ]


def list_past(tx: Tx, customer_id: int, *, limit: int) -> list[Touchpoint]:
    """Messages that went out or never will, with what held each and what ended it, the latest first."""
    at = func.coalesce(outbox.c.sent_at, outbox.c.due_at)
    statement = _touchpoints(customer_id).where(outbox.c.status != "pending").order_by(at.desc(), outbox.c.id.desc())
    rows = tx.execute(statement.limit(limit)).all()
    held = _holds(tx, [row.id for row in rows])
    return [
        Touchpoint(
            kind=Kind(row.kind),
            status=row.status,
            at=row.sent_at or row.due_at,
            rule=row.error or "",
            held=tuple(one for one in held.get(row.id, ()) if one[0] != row.error)[-HOLDS_SHOWN:],
        )
        for row in rows
    ]


def count_past(tx: Tx, customer_id: int) -> int:
    """How many messages went out or never will."""
    past = _touchpoints(customer_id).where(outbox.c.status != "pending").subquery()
    return int(tx.execute(select(func.count()).select_from(past)).scalar_one())


def _touchpoints(customer_id: int) -> Select[Any]:
    """What is queued for a customer, without changes to messages that went out before."""
    columns = (
        outbox.c.id,
        outbox.c.kind,
        outbox.c.status,
        outbox.c.due_at,
        outbox.c.sent_at,
        outbox.c.hold_rule,
        outbox.c.error,
    )
    return select(*columns).where(outbox.c.customer_id == customer_id, outbox.c.edit_message_id.is_(None))


def _holds(tx: Tx, outbox_ids: Sequence[int]) -> dict[int, list[tuple[str, Any]]]:
    found: dict[int, list[tuple[str, Any]]] = {}
    statement = select(holds.c.outbox_id, holds.c.rule, holds.c.held_until).where(holds.c.outbox_id.in_(outbox_ids))
    for row in tx.execute(statement.order_by(holds.c.id)):
        found.setdefault(row.outbox_id, []).append((row.rule, row.held_until))
    return found


def list_said(tx: Tx, customer_id: int, *, limit: int) -> list[Remark]:
    """What a customer said last, in messages, feedback and requests."""
    return _remarks(
        tx,
        interaction.c.customer_id == customer_id,
        interaction.c.kind.in_(("message", "feedback", "request")),
        limit=limit,
    )


def list_notes(tx: Tx, customer_id: int, *, limit: int) -> list[Remark]:
    """What staff noted last about a customer, and when they wrote, called or met."""
    return _remarks(
        tx,
        interaction.c.customer_id == customer_id,
        interaction.c.kind.in_(("note", "call", "meeting", "reply", "unsent")),
        limit=limit,
    )


def _remarks(tx: Tx, *where: ColumnElement[bool], limit: int) -> list[Remark]:
    statement = (
        select(
            interaction.c.kind,
            interaction.c.body,
            interaction.c.happened_at,
            interaction.c.closed_at,
            staff.c.name.label("by"),
        )
        .outerjoin(staff, staff.c.user_id == interaction.c.staff_id)
        .where(*where)
        .order_by(interaction.c.happened_at.desc(), interaction.c.id.desc())
        .limit(limit)
    )
    return [
        Remark(
            kind=row.kind,
            body=row.body,
            happened_at=row.happened_at,
            by=row.by or "",
            closed=row.closed_at is not None,
        )
        for row in tx.execute(statement)
    ]


def load_noted_customer(tx: Tx, *, chat_id: int, message_id: int) -> str:
    """The name of the customer whom the note that came in this message is about."""
    statement = select(customer.c.name).join(interaction, interaction.c.customer_id == customer.c.id)
    found = tx.execute(statement.where(interaction.c.chat_id == chat_id, interaction.c.message_id == message_id))
    return str(found.scalar_one())
