"""The audit log, over every staff command and button of the routing table."""

import pytest

from bot.domain import taps
from bot.domain.messages import Language
from bot.domain.roles import Role
from bot.playground.persons import Person
from bot.services import staff
from handlers.routes import COMMANDS, TAPS
from storage.database import Database
from tests.doors import STAFF_TAPS, WORDS, furnish, tap, with_plans
from tests.factories import CHAT, STAFF_CHAT, add_staff, row, rows
from tests.stage import Stage, last, text

HOA = CHAT + 7
ABOUT_NOBODY = {"unsend", "customers", "report", "audit", "wave", "who", "cases", "plans", "risks", "reasons", "themes"}
MANY = {
    taps.ShowReport,
    taps.ListPage,
    taps.SwitchWave,
    taps.ListWave,
    taps.UnansweredPage,
    taps.RisksPage,
    taps.ShowSegment,
    taps.SegmentPage,
    taps.ShowPhrases,
    taps.ShowTheme,
    taps.EditTheme,
    taps.HideTheme,
    taps.DropSeed,
    taps.MergeTheme,
}
UNNAMED = {taps.OpenReason, taps.SetTheme}
"""A quote is shown without whose it is, so nobody has looked at anybody."""


@pytest.fixture
def hoa(stage: Stage, database: Database) -> Person:
    """An administrator, with one customer who has a plan and has written."""
    stage.app.bot_data.rules = with_plans(stage.app.bot_data.rules)
    add_staff(database, HOA, role="admin", name="Hoa")
    furnish(database)
    return stage.person(7, name="Hoa")


@pytest.mark.parametrize("command", [command.name for command in COMMANDS if command.role is not None])
async def test_every_staff_command_is_logged_with_its_customer(
    stage: Stage, database: Database, hoa: Person, command: str
) -> None:
    hoa.send_text(f"/{command} {WORDS[command]}")
    await stage.settle()
    logged = row(database, "audit")
    assert (logged["staff_id"], logged["command"]) == (HOA, command)
    assert logged["customer_id"] == (None if command in ABOUT_NOBODY else 1)


@pytest.mark.parametrize("kind", [route.tap for route in TAPS if route.role is not None])
async def test_every_staff_button_is_logged_with_its_customer(
    stage: Stage, database: Database, hoa: Person, kind: type[taps.Tap]
) -> None:
    await tap(stage, hoa, STAFF_TAPS[kind])
    logged = row(database, "audit")
    assert (logged["staff_id"], logged["customer_id"]) == (HOA, None if kind in MANY | UNNAMED else 1)


async def test_only_administrators_read_the_log(stage: Stage, database: Database, hoa: Person) -> None:
    add_staff(database, CHAT + 8, role="manager")
    lan = stage.person(8, name="Lan")
    lan.send_text("/audit")
    await stage.settle()
    assert "for admins only" in text(last(lan.chat))
    assert rows(database, "audit") == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ("10:00 20/11/2026, Hoa: xem hồ sơ", "Chưa có gì được ghi lại.")),
        ("en", ("20 Nov 2026, 10:00, Hoa: opened the profile", "Nothing is on record.")),
    ],
)
async def test_the_log_says_in_words_who_did_what_and_when(
    stage: Stage, database: Database, hoa: Person, language: str, words: tuple[str, str]
) -> None:
    add_staff(database, CHAT + 8, role="admin", name="Lan", language=language)
    lan = stage.person(8, name="Lan")
    hoa.send_text("/customer An")
    await stage.settle()
    lan.send_text("/audit An")
    await stage.settle()
    assert text(last(lan.chat)).splitlines()[-1] == f"• {words[0]} – Nguyễn Thị An"
    lan.send_text("/audit zzz")
    await stage.settle()
    assert text(last(lan.chat)).splitlines()[-1] == words[1]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("vi", "10:00 20/11/2026, dòng lệnh: thêm hoặc sửa nhân viên – Lan"),
        ("en", "20 Nov 2026, 10:00, command line: added or changed a member of staff – Lan"),
    ],
)
async def test_the_log_says_in_words_whom_the_command_line_made_staff(
    stage: Stage, database: Database, hoa: Person, language: str, line: str
) -> None:
    chosen = {"name": "Lan", "role": Role.ADMIN, "language": Language(language)}
    database.write_now(staff.add_staff, user_id=CHAT + 8, **chosen)
    lan = stage.person(8, name="Lan")
    lan.send_text("/audit Lan")
    await stage.settle()
    assert text(last(lan.chat)).splitlines()[-1] == f"• {line}"


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Việc này chỉ dành cho quản trị viên"), ("en", "This is for admins only")]
)
async def test_a_colleague_is_told_whom_a_command_is_for_where_and_in_the_language_in_which_they_work(
    stage: Stage, database: Database, language: str, words: str
) -> None:
    add_staff(database, CHAT + 8, name="Lan", language=language)
    lan = stage.person(8, name="Lan", language="vi" if language == "en" else "en")
    stage.staff.people.append(lan.user)
    lan.send_text("/audit")
    lan.send_text("/audit", chat_id=STAFF_CHAT)
    await stage.settle()
    for chat in (lan.chat, stage.staff):
        assert text(last(chat)).startswith(words)
