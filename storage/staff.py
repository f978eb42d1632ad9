"""Members of staff."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.domain.messages import Language, Message
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from storage.database import Tx, insert_for
from storage.tables import staff as staff_table

COLUMNS = (staff_table.c.user_id, staff_table.c.name, staff_table.c.role, staff_table.c.language)


def save(tx: Tx, staff: Staff, *, now: datetime) -> None:
    """Add a member of staff, or change the one with this id."""
    changed = {"name": staff.name, "role": staff.role.value, "language": staff.language.value}
    statement = insert_for(tx)(staff_table).values(user_id=staff.user_id, added_at=now, **changed)
    tx.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=changed))


def remove(tx: Tx, user_id: int) -> bool:
    """Whether there was such a member of staff."""
    statement = delete(staff_table).where(staff_table.c.user_id == user_id).returning(staff_table.c.user_id)
    return tx.execute(statement).scalar_one_or_none() is not None


def load(tx: Tx, user_id: int) -> Staff | None:
    row = tx.execute(select(*COLUMNS).where(staff_table.c.user_id == user_id)).one_or_none()
    return None if row is None else _staff(row)


def list_all(tx: Tx) -> list[Staff]:
    """Everybody, by name."""
    rows = tx.execute(select(*COLUMNS).order_by(staff_table.c.name, staff_table.c.user_id))
    return [_staff(row) for row in rows]


def list_names(tx: Tx) -> dict[str, str]:
    """Everybody's name by their id, as segments write it."""
    rows = tx.execute(select(staff_table.c.user_id, staff_table.c.name))
    return {str(row.user_id): row.name for row in rows}


def identify(tx: Tx, user_id: int, rules: Rules) -> Staff | None:
    """Who works here under this id, as the table knows them; an owner is an admin whatever it says."""
    known = load(tx, user_id)
    if user_id not in rules.admin_ids:
        return known
    unnamed = Staff(user_id=user_id, name="", role=Role.ADMIN, language=rules.language)
    return replace(known or unnamed, role=Role.ADMIN)


def answer_to_unknown(tx: Tx, chat_id: int, language: Language, rules: Rules) -> Message:
    """What to say in a chat that is no customer's: to a colleague what can be typed, to a stranger how to begin."""
    colleague = identify(tx, chat_id, rules)
    if colleague is None:
        return Message("customers/stranger", language)
    return Message("staff/unasked", colleague.language)


def choose_language(tx: Tx, user_id: int, language: Language) -> bool:
    """Speak this language to a member of staff; False when nobody with this id is known."""
    chosen = update(staff_table).where(staff_table.c.user_id == user_id).values(language=language)
    return tx.execute(chosen.returning(staff_table.c.user_id)).first() is not None


def _staff(row: Any) -> Staff:  # noqa: ANN401  a database row
    return Staff(user_id=row.user_id, name=row.name, role=Role(row.role), language=Language(row.language))
