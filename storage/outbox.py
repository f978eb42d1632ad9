"""The outbox: what is due to be sent, who has claimed it, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, bindparam, case, func, insert, or_, select, union_all, update

from bot.domain.delivery import Attempt, Outgoing
from bot.domain.messages import Language
from bot.domain.preferences import Preferences
from bot.domain.touchpoints import POLICIES, Kind
from storage import preferences
from storage.columns import Id, UtcDateTime
from storage.database import Tx, for_each_dialect
from storage.keyring import TamperedError
from storage.secrets import find_row
from storage.severity import is_unsettled
from storage.tables import customer, hold as holds, outbox, support_case

WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """What the contact policy and the wording need to know of a customer."""

    customer_id: int
    name: str
    salutation: str
    language: Language
    timezone: str
    chat_id: int | None
    stopped: bool
    unreachable: bool
    lost: bool
    birthday: tuple[int, int] | None
    preferences: Preferences
    unsettled: bool


@dataclass(frozen=True, kw_only=True)
class DueMessage:
    """A pending row whose time has come; `recipient` is None for messages to staff."""

    outbox_id: int
    kind: Kind
    attempt: int
    chat_id: int | None
    language: Language | None
    template: str
    facts: Mapping[str, object]
    run_id: int | None
    edit_message_id: int | None
    expires_at: datetime
    possible_duplicate: bool
    recipient: Recipient | None
    case_id: int | None = None
    thread: "Thread | None" = None


@dataclass(frozen=True)
class Thread:
    """Where in its chat a case is talked about: in a forum topic, or in replies to its card."""

    chat_id: int | None
    thread_id: int | None
    card_message_id: int | None


def add(tx: Tx, outgoing: Outgoing, *, now: datetime) -> int | None:
    """Queue a message; None when its dedupe key was queued before."""
    return tx.execute(_ADD[tx.dialect.name], _values(outgoing, now)).scalar_one_or_none()


_ADD = for_each_dialect(
    lambda insert: insert(outbox).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(outbox.c.id)
)


def is_queued(tx: Tx, dedupe_key: str) -> bool:
    """Whether this was ever queued."""
    return tx.execute(select(outbox.c.id).where(outbox.c.dedupe_key == dedupe_key)).first() is not None


def _values(outgoing: Outgoing, now: datetime) -> dict[str, Any]:
    return {
        "dedupe_key": outgoing.dedupe_key,
        "kind": outgoing.kind,
        "priority": POLICIES[outgoing.kind].priority,
        "customer_id": outgoing.customer_id,
        "chat_id": outgoing.chat_id,
        "language": outgoing.language,
        "template": outgoing.template,
        "facts": dict(outgoing.facts),
        "run_id": outgoing.run_id,
        "edit_message_id": outgoing.edit_message_id,
        "lane": outgoing.lane,
        "case_id": outgoing.case_id,
        "about_id": outgoing.about_id,
        "status": "pending",
        "planned_at": max(now, outgoing.due_at),
        "due_at": outgoing.due_at,
        "expires_at": outgoing.expires_at,
        "attempt": 0,
        "possible_duplicate": False,
    }


_earlier = outbox.alias("earlier")
_is_next_of_its_lane = or_(
    outbox.c.lane.is_(None),
    ~select(_earlier.c.id)
    .where(_earlier.c.lane == outbox.c.lane, _earlier.c.id < outbox.c.id, _earlier.c.status.in_(("pending", "sending")))
    .exists(),
)


# Calls to other systems come last of all priorities, so that the index on it keeps them and messages apart.
_goes_to_a_chat = outbox.c.priority < POLICIES[Kind.WEBHOOK].priority


def any_due(tx: Tx, *, now: datetime) -> bool:
    """Whether a claim or a recovery would find something."""
    return any(tx.execute(statement, {"at": now}).first() is not None for statement in (_ANY_DUE, _ANY_DEAD))


_IS_DUE = (
    outbox.c.status == "pending",
    outbox.c.due_at <= bindparam("at"),
    _is_next_of_its_lane,
    _goes_to_a_chat,
)
_ANY_DUE = select(outbox.c.id).where(*_IS_DUE).limit(1)
_ANY_DEAD = select(outbox.c.id).where(outbox.c.status == "sending", outbox.c.lease_until < bindparam("at")).limit(1)


def next_due_at(tx: Tx) -> datetime | None:
    """When the first pending row is due."""
    first: datetime | None = tx.execute(select(func.min(outbox.c.due_at)).where(outbox.c.status == "pending")).scalar()
    return first


def list_due(tx: Tx, *, now: datetime, limit: int) -> list[DueMessage]:
    """Pending rows that are due, the most urgent first. On PostgreSQL another replica's candidates are skipped.

    A row whose facts somebody changed fails alone, or it would hold up all that come after it.
    """
    while True:
        try:
            return [_due(row) for row in tx.execute(_DUE, {"at": now, "most": limit})]
        except TamperedError as error:
            (outbox_id,) = find_row(tx, error)
            fail(tx, outbox_id, error=str(error))


_DUE = (
    select(
        outbox.c.id,
        outbox.c.kind,
        outbox.c.attempt,
        outbox.c.chat_id,
        outbox.c.language,
        outbox.c.template,
        outbox.c.facts,
        outbox.c.run_id,
        outbox.c.edit_message_id,
        outbox.c.expires_at,
        outbox.c.possible_duplicate,
        customer.c.id.label("customer_id"),
        customer.c.name,
        customer.c.salutation,
        customer.c.language.label("customer_language"),
        customer.c.timezone,
        customer.c.chat_id.label("customer_chat_id"),
        customer.c.stopped_at,
        customer.c.unreachable_at,
        customer.c.lost_at,
        customer.c.birth_month,
        customer.c.birth_day,
        is_unsettled(customer.c.id).label("unsettled"),
        outbox.c.case_id,
        support_case.c.chat_id.label("case_chat_id"),
        support_case.c.thread_id,
        support_case.c.card_message_id,
        *preferences.COLUMNS,
    )
    .outerjoin(customer, outbox.c.customer_id == customer.c.id)
    .outerjoin(support_case, outbox.c.case_id == support_case.c.id)
    .where(*_IS_DUE)
    .order_by(outbox.c.priority, outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=outbox)
)


def _due(row: Any) -> DueMessage:  # noqa: ANN401  a database row
    return DueMessage(
        outbox_id=row.id,
        kind=Kind(row.kind),
        attempt=row.attempt,
        chat_id=row.chat_id,
        language=Language(row.language) if row.language else None,
        template=row.template,
        facts=row.facts,
        run_id=row.run_id,
        edit_message_id=row.edit_message_id,
        expires_at=row.expires_at,
        possible_duplicate=row.possible_duplicate,
        recipient=_recipient(row) if row.customer_id else None,
        case_id=row.case_id,
        thread=Thread(row.case_chat_id, row.thread_id, row.card_message_id) if row.case_id else None,
    )


def _recipient(row: Any) -> Recipient:  # noqa: ANN401  a database row
    return Recipient(
        customer_id=row.customer_id,
        name=row.name,
        salutation=row.salutation,
        language=Language(row.customer_language),
        timezone=row.timezone,
        chat_id=row.customer_chat_id,
        stopped=row.stopped_at is not None,
        unreachable=row.unreachable_at is not None,
        lost=row.lost_at is not None,
        birthday=(row.birth_month, row.birth_day) if row.birth_month else None,
        preferences=preferences.read(row),
        unsettled=row.unsettled,
    )


def load_sent(tx: Tx, customer_ids: Sequence[int], *, now: datetime) -> dict[int, tuple[tuple[Kind, datetime], ...]]:
    """What each customer was sent: everything of the last seven days, and the last of each kind before."""
    found: dict[int, list[tuple[Kind, datetime]]] = {}
    for customer_id, kind, sent_at in tx.execute(_SENT, {"customers": list(customer_ids), "week_ago": now - WEEK}):
        found.setdefault(customer_id, []).append((Kind(kind), sent_at))
    return {customer_id: tuple(pairs) for customer_id, pairs in found.items()}


def _sent() -> Any:  # noqa: ANN401  SQLAlchemy's compound select is typed by its rows
    week_ago = bindparam("week_ago", type_=UtcDateTime())
    by_anybody = outbox.c.customer_id.in_(bindparam("customers", expanding=True))
    sent = (by_anybody, outbox.c.sent_at.is_not(None), outbox.c.edit_message_id.is_(None))
    recent = select(outbox.c.customer_id, outbox.c.kind, outbox.c.sent_at).where(*sent, outbox.c.sent_at > week_ago)
    last = (
        select(outbox.c.customer_id, outbox.c.kind, func.max(outbox.c.sent_at))
        .where(*sent, outbox.c.sent_at <= week_ago)
        .group_by(outbox.c.customer_id, outbox.c.kind)
    )
    return union_all(recent, last)


_SENT = _sent()


def mark_sending(tx: Tx, outbox_ids: Sequence[int], *, owner: str, lease_until: datetime, now: datetime) -> None:
    """Claim rows: from here until the result, `sent_at` is when the attempt began, so that the policy counts it."""
    tx.execute(
        update(outbox)
        .where(outbox.c.id.in_(outbox_ids), outbox.c.status == "pending")
        .values(status="sending", owner=owner, lease_until=lease_until, attempt=outbox.c.attempt + 1, sent_at=now)
    )


def hold(tx: Tx, outbox_id: int, *, rule: str, until: datetime, now: datetime) -> None:
    """Hold a pending row until an instant, and keep that it was held, and why."""
    tx.execute(
        update(outbox)
        .where(outbox.c.id == outbox_id, outbox.c.status == "pending")
        .values(due_at=until, hold_rule=rule)
    )
    tx.execute(insert(holds).values(outbox_id=outbox_id, rule=rule, held_at=now, held_until=until))


def postpone(tx: Tx, outbox_id: int, *, until: datetime) -> None:
    """Move a pending row for reasons of speed, which no policy made."""
    tx.execute(update(outbox).where(outbox.c.id == outbox_id, outbox.c.status == "pending").values(due_at=until))


def drop(tx: Tx, outbox_id: int, *, rule: str, held_by: str | None, now: datetime) -> None:
    """Give a pending row up, and keep which rule did it; what expired also keeps what had held it."""
    values = {"status": "expired" if rule == "expired" else "cancelled", "error": rule}
    if held_by is not None:
        values["hold_rule"] = held_by
    tx.execute(update(outbox).where(outbox.c.id == outbox_id, outbox.c.status == "pending").values(values))
    tx.execute(insert(holds).values(outbox_id=outbox_id, rule=held_by or rule, held_at=now))


def fail(tx: Tx, outbox_id: int, *, error: str) -> None:
    """Give a pending row up that cannot be made into a message."""
    tx.execute(
        update(outbox)
        .where(outbox.c.id == outbox_id, outbox.c.status == "pending")
        .values(status="failed", error=error)
    )


def finish(  # what is not given stays as it is
    tx: Tx,
    attempt: Attempt,
    status: str,
    *,
    message_id: int | None = None,
    error: str | None = None,
    due_at: datetime | None = None,
    possible_duplicate: bool = False,
) -> bool:
    """Write the result of an attempt; False when the row is no longer this owner's attempt.

    A row that goes back to pending, or failed, was not sent: the contact policy does not count it.
    """
    result = {
        "row": attempt.outbox_id,
        "by": attempt.owner,
        "number": attempt.attempt,
        "new_status": status,
        "message": message_id,
        "said": error,
        "next_at": due_at,
        "doubtful": possible_duplicate,
    }
    return tx.execute(_FINISH, result).first() is not None


_FINISH = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.status == "sending",
        outbox.c.owner == bindparam("by"),
        outbox.c.attempt == bindparam("number"),
    )
    .values(
        status=bindparam("new_status"),
        message_id=func.coalesce(bindparam("message", type_=Id), outbox.c.message_id),
        error=bindparam("said"),
        lease_until=None,
        due_at=func.coalesce(bindparam("next_at", type_=UtcDateTime()), outbox.c.due_at),
        possible_duplicate=or_(outbox.c.possible_duplicate, bindparam("doubtful", type_=Boolean())),
        sent_at=case((bindparam("new_status").in_(("sent", "unknown")), outbox.c.sent_at)),
    )
    .returning(outbox.c.id)
)


def list_dead(tx: Tx, *, now: datetime, limit: int) -> list[Attempt]:
    """Attempts whose lease has run out: their sender died or lost the database."""
    return [
        Attempt(
            outbox_id=row.id,
            owner=row.owner,
            attempt=row.attempt,
            kind=Kind(row.kind),
            chat_id=row.chat_id,
            customer_id=row.customer_id,
            run_id=row.run_id,
            possible_duplicate=row.possible_duplicate,
            case_id=row.case_id,
        )
        for row in tx.execute(_DEAD, {"at": now, "most": limit})
    ]


_DEAD = (
    select(
        outbox.c.id,
        outbox.c.owner,
        outbox.c.attempt,
        outbox.c.kind,
        outbox.c.chat_id,
        outbox.c.customer_id,
        outbox.c.run_id,
        outbox.c.possible_duplicate,
        outbox.c.case_id,
    )
    .where(outbox.c.status == "sending", outbox.c.lease_until < bindparam("at"))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def confirm(tx: Tx, outbox_id: int, message_id: int, *, customer_id: int, now: datetime) -> None:
    """A customer's tap on a message proves that it arrived, whatever its sender heard."""
    facts = {"confirmed": outbox_id, "by": customer_id, "message": message_id, "confirmed_at": now}
    tx.execute(_CONFIRM, facts)


_CONFIRM = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("confirmed"),
        outbox.c.customer_id == bindparam("by"),
        outbox.c.status.in_(("unknown", "sending")),
    )
    .values(
        status="sent",
        message_id=bindparam("message"),
        lease_until=None,
        sent_at=func.coalesce(outbox.c.sent_at, bindparam("confirmed_at", type_=UtcDateTime())),
    )
)


def cancel_pending(tx: Tx, customer_id: int, *, reason: str, kinds: Iterable[Kind] | None = None) -> int:
    """Cancel what a customer is still due; returns how many rows."""
    where = [outbox.c.customer_id == customer_id, outbox.c.status == "pending"]
    if kinds is not None:
        where.append(outbox.c.kind.in_(list(kinds)))
    result = tx.execute(update(outbox).where(*where).values(status="cancelled", error=reason).returning(outbox.c.id))
    return len(result.all())


def cancel_to_chat(tx: Tx, chat_id: int, *, reason: str) -> None:
    """Cancel what staff are still to be told in a chat."""
    waiting = update(outbox).where(outbox.c.chat_id == chat_id, outbox.c.status == "pending")
    tx.execute(waiting.values(status="cancelled", error=reason))


def cancel(tx: Tx, outbox_id: int, *, reason: str) -> bool:
    """Cancel one row that still waits; False when it is on its way or gone."""
    waits = (outbox.c.id == outbox_id, outbox.c.status == "pending")
    statement = update(outbox).where(*waits).values(status="cancelled", error=reason)
    return tx.execute(statement.returning(outbox.c.id)).first() is not None


def cancel_reminder(tx: Tx, run_id: int) -> None:
    """Who has answered is not reminded, although the reminder may be waiting for the morning."""
    tx.execute(_CANCEL_REMINDER, {"of_run": run_id})


_CANCEL_REMINDER = (
    update(outbox)
    .where(outbox.c.run_id == bindparam("of_run"), outbox.c.kind == Kind.REMINDER, outbox.c.status == "pending")
    .values(status="cancelled", error="answered")
)


def load_message_id(tx: Tx, outbox_id: int) -> int | None:
    """The message that a row became, if it is known."""
    return tx.execute(select(outbox.c.message_id).where(outbox.c.id == outbox_id)).scalar_one_or_none()


def list_messages_of_run(tx: Tx, run_id: int) -> list[int]:
    """The message ids that a survey run has in the customer's chat."""
    statement = select(outbox.c.message_id).where(
        outbox.c.run_id == run_id, outbox.c.message_id.is_not(None), outbox.c.edit_message_id.is_(None)
    )
    return [message_id for message_id in tx.execute(statement).scalars() if message_id is not None]


def move_chat(tx: Tx, *, old: int, new: int) -> None:
    """A group became a supergroup: what is queued for the old id goes to the new one."""
    tx.execute(update(outbox).where(outbox.c.chat_id == old, outbox.c.status == "pending").values(chat_id=new))
