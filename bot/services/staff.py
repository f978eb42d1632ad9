"""Who works here. The ids in ADMIN_IDS are admins whatever the table says, so that nobody can lock the owner out."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import storage.staff
from bot.domain.messages import Language
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from storage.database import Tx


def add_staff(tx: Tx, *, now: datetime, user_id: int, name: str, role: Role, language: Language) -> None:
    """Add a member of staff, or change their name, role and language."""
    storage.staff.save(tx, Staff(user_id=user_id, name=name, role=role, language=language), now=now)


def remove_staff(tx: Tx, *, now: datetime, user_id: int) -> bool:
    """Take a person's role away; False when there was none to take."""
    return storage.staff.remove(tx, user_id)


def list_staff(tx: Tx, *, now: datetime) -> list[Staff]:
    return storage.staff.list_all(tx)


def load_staff(tx: Tx, *, now: datetime, user_id: int) -> Staff | None:
    """The member of staff with this id, as the table knows them."""
    return storage.staff.load(tx, user_id)


def identify(tx: Tx, *, now: datetime, user_id: int, rules: Rules) -> Staff | None:
    """The member of staff with this id and what they may do; an owner need not be in the table."""
    known = storage.staff.load(tx, user_id)
    if user_id not in rules.admin_ids:
        return known
    unnamed = Staff(user_id=user_id, name="", role=Role.ADMIN, language=rules.language)
    return replace(known or unnamed, role=Role.ADMIN)


def role_of(tx: Tx, *, now: datetime, user_id: int, admin_ids: Collection[int]) -> Role | None:
    """What a person may do; None for somebody who does not work here."""
    if user_id in admin_ids:
        return Role.ADMIN
    staff = storage.staff.load(tx, user_id)
    return None if staff is None else staff.role
