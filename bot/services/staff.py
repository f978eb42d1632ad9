"""Who works here. The ids in ADMIN_IDS are admins whatever the table says, so that nobody can lock the owner out."""

from collections.abc import Collection
from datetime import datetime

import storage.audit
import storage.case_threads
import storage.outbox
import storage.staff
from bot.domain.audit import COMMAND_LINE, Deed
from bot.domain.messages import Language
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from storage.database import Tx


def add_staff(tx: Tx, *, now: datetime, user_id: int, name: str, role: Role, language: Language) -> None:
    """Add a member of staff, or change their name, role and language: only the command line does."""
    storage.audit.add(tx, Deed(staff_id=COMMAND_LINE, command="add_staff", colleague_id=user_id), now=now)
    storage.staff.save(tx, Staff(user_id=user_id, name=name, role=role, language=language), now=now)


def remove_staff(tx: Tx, *, now: datetime, rules: Rules, user_id: int) -> bool:
    """Take a person's role away; False when there was none to take. Only the command line does.

    What waits to be told to them is told no more, and cases that were talked about with them alone go to a colleague.
    """
    removed = storage.staff.remove(tx, user_id)
    if removed:
        storage.audit.add(tx, Deed(staff_id=COMMAND_LINE, command="remove_staff", colleague_id=user_id), now=now)
    if removed and user_id not in rules.admin_ids:
        storage.outbox.cancel_to_chat(tx, user_id, reason="removed")
        storage.case_threads.move_out(tx, user_id, rules=rules, now=now)
    return removed


def list_staff(tx: Tx, *, now: datetime) -> list[Staff]:
    return storage.staff.list_all(tx)


def identify(tx: Tx, *, now: datetime, user_id: int, rules: Rules) -> Staff | None:
    """The member of staff with this id and what they may do; an owner need not be in the table."""
    return storage.staff.identify(tx, user_id, rules)


def role_of(tx: Tx, *, now: datetime, user_id: int, admin_ids: Collection[int]) -> Role | None:
    """What a person may do; None for somebody who does not work here."""
    if user_id in admin_ids:
        return Role.ADMIN
    staff = storage.staff.load(tx, user_id)
    return None if staff is None else staff.role
