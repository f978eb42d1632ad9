import pytest

from bot.domain.messages import Language
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.services.audit import list_entries
from bot.services.staff import add_staff, identify, list_staff, remove_staff, role_of
from storage.database import Database
from tests import factories

LAN = Staff(user_id=5_000_000_000_001, name="Lan", role=Role.CSM, language=Language.VI)
BINH = Staff(user_id=5_000_000_000_002, name="Bình", role=Role.MANAGER, language=Language.EN)


def add(database: Database, staff: Staff) -> None:
    database.write_now(add_staff, user_id=staff.user_id, name=staff.name, role=staff.role, language=staff.language)


def test_staff_are_listed_by_name(database: Database) -> None:
    add(database, LAN)
    add(database, BINH)

    assert database.read_now(list_staff) == [BINH, LAN]


def test_adding_somebody_again_changes_their_name_role_and_language(database: Database) -> None:
    add(database, LAN)
    promoted = Staff(user_id=LAN.user_id, name="Lan Anh", role=Role.ADMIN, language=Language.EN)

    add(database, promoted)

    assert database.read_now(list_staff) == [promoted]


def test_who_is_removed_has_no_role_and_the_others_keep_theirs(database: Database) -> None:
    add(database, LAN)
    add(database, BINH)

    assert database.write_now(remove_staff, rules=Rules(), user_id=LAN.user_id) is True
    assert database.write_now(remove_staff, rules=Rules(), user_id=LAN.user_id) is False
    assert database.read_now(identify, user_id=LAN.user_id, rules=Rules()) is None
    assert database.read_now(identify, user_id=BINH.user_id, rules=Rules()) == BINH


@pytest.mark.parametrize(("admin", "status"), [(BINH.user_id, "cancelled"), (LAN.user_id, "pending")])
def test_who_is_removed_is_told_nothing_more_unless_the_settings_keep_them(
    database: Database, admin: int, status: str
) -> None:
    add(database, LAN)
    waiting = factories.queue(database, Kind.NOTICE, chat_id=LAN.user_id, template="staff/reason")
    others = factories.queue(database, Kind.NOTICE, chat_id=BINH.user_id, dedupe_key="other")

    database.write_now(remove_staff, rules=Rules(admin_ids=frozenset({admin})), user_id=LAN.user_id)

    assert factories.row(database, "outbox", id=waiting)["status"] == status
    assert factories.row(database, "outbox", id=others)["status"] == "pending"


@pytest.mark.parametrize(
    ("user_id", "role"), [(LAN.user_id, Role.CSM), (BINH.user_id, Role.ADMIN), (3, Role.ADMIN), (4, None)]
)
def test_the_ids_of_the_settings_are_admins_whatever_the_table_says(
    database: Database, user_id: int, role: Role | None
) -> None:
    add(database, LAN)
    add(database, BINH)

    assert database.read_now(role_of, user_id=user_id, admin_ids={BINH.user_id, 3}) is role


def test_who_comes_and_who_goes_is_logged_as_done_by_the_command_line(database: Database) -> None:
    add(database, LAN)
    add(database, BINH)
    for _ in range(2):
        database.write_now(remove_staff, rules=Rules(), user_id=BINH.user_id)

    about_binh = database.read_now(list_entries, query=str(BINH.user_id))
    assert [(one.staff_id, one.command, one.colleague_id) for one in about_binh] == [
        (0, "remove_staff", BINH.user_id),
        (0, "add_staff", BINH.user_id),
    ]
    (lan,) = database.read_now(list_entries, query="lan")
    assert (lan.command, lan.colleague_name) == ("add_staff", "Lan")
