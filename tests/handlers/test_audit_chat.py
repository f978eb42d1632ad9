"""The audit log, over every staff command and button of the routing table."""

from dataclasses import replace

import pytest

from bot.domain import taps
from bot.playground.persons import Person
from bot.services import staff
from handlers.routes import COMMANDS, TAPS
from storage.database import Database
from tests.conftest import START
from tests.factories import CHAT, add_customer, add_staff, put, row, rows
from tests.stage import Stage, last, text
from tests.stories import ONBOARDING

HOA = CHAT + 7
WORDS = {
    "note": "An: thích trà",
    "survey": "nps An",
    "report": "nps",
    "customers": "",
    "wave": "nps",
    "who": "nps",
    "case": "An: hỏng hàng",
    "log": "An: gọi hỏi thăm",
}
ABOUT_NOBODY = {"unsend", "customers", "report", "audit", "wave", "who", "cases"}
MANY = {taps.ShowReport, taps.ListPage, taps.SwitchWave, taps.ListWave, taps.UnansweredPage}
BUTTONS = {
    taps.StartPlan: taps.StartPlan(1, "onboarding"),
    taps.CompleteMilestone: taps.CompleteMilestone(1),
    taps.PickCustomer: taps.PickCustomer("customer", 1, ""),
    taps.ShowCustomer: taps.ShowCustomer(1),
    taps.ListPage: taps.ListPage(0, 0),
    taps.CloseInteraction: taps.CloseInteraction(1),
    taps.ShowReport: taps.ShowReport("nps 90d"),
    taps.ShowCase: taps.ShowCase(1),
    taps.ClaimCase: taps.ClaimCase(1),
    taps.OfferReplies: taps.OfferReplies(1),
    taps.CannedReply: taps.CannedReply(1, "sorry", "yes"),
    taps.SnoozeCase: taps.SnoozeCase(1, "week"),
    taps.ResolveCase: taps.ResolveCase(1, "price", "solved"),
    taps.SwitchWave: taps.SwitchWave(1, "start"),
    taps.ListWave: taps.ListWave(1),
    taps.UnansweredPage: taps.UnansweredPage("nps", 0),
}


@pytest.fixture
def hoa(stage: Stage, database: Database) -> Person:
    """An administrator, with one customer who has a plan and has written."""
    rules = stage.app.bot_data.rules
    stage.app.bot_data.rules = replace(rules, plans=(ONBOARDING,))
    add_staff(database, HOA, role="admin", name="Hoa")
    add_customer(database, id=1)
    due = {"answer_due_at": START, "solve_due_at": START}
    put(database, "support_case", id=1, customer_id=1, source="feedback", opened_at=START, **due)
    put(database, "interaction", id=1, customer_id=1, kind="message", body="x", happened_at=START)
    rounds = {"check_in_months": 1, "progress_months": 3, "check_ins": 0, "progress_messages": 0}
    words = {"template": "t", "name": "n", "goal": "g"}
    put(database, "success_plan", id=1, customer_id=1, status="active", started_at=START, **words, **rounds)
    put(database, "milestone", id=1, plan_id=1, position=1, title="m", due_at=START)
    return stage.person(7, name="Hoa")


async def tap(stage: Stage, person: Person, payload: taps.Tap) -> None:
    """Tap a button of the kind on a message that the bot sent, whatever buttons it has: clients choose the payload."""
    person.send_text("/help")
    await stage.settle()
    message = last(person.chat)
    message.reply_markup = {"inline_keyboard": [[{"text": "x", "callback_data": payload.pack()}]]}
    person.tap(message.message_id, "x")
    await stage.settle()


def remove(stage: Stage, database: Database) -> None:
    database.write_now(staff.remove_staff, rules=stage.app.bot_data.rules, user_id=HOA)


@pytest.mark.parametrize("command", [command.name for command in COMMANDS if command.role is not None])
async def test_a_command_of_somebody_who_works_here_no_more_does_nothing_at_once(
    stage: Stage, database: Database, hoa: Person, command: str
) -> None:
    hoa.send_text("/customers")
    await stage.settle()
    assert "Nguyễn Thị An" in text(last(hoa.chat))
    remove(stage, database)
    kept = {table: rows(database, table) for table in ("audit", "interaction", "support_case", "success_plan", "loss")}

    hoa.send_text(f"/{command} {WORDS.get(command, 'An')}")
    await stage.settle()

    assert "chỉ dành cho nhân viên" in text(last(hoa.chat))
    assert {table: rows(database, table) for table in kept} == kept
    assert rows(database, "survey_run") == rows(database, "wave") == []


@pytest.mark.parametrize("command", [command.name for command in COMMANDS if command.role is not None])
async def test_every_staff_command_is_logged_with_its_customer(
    stage: Stage, database: Database, hoa: Person, command: str
) -> None:
    hoa.send_text(f"/{command} {WORDS.get(command, 'An')}")
    await stage.settle()
    logged = row(database, "audit")
    assert (logged["staff_id"], logged["command"]) == (HOA, command)
    assert logged["customer_id"] == (None if command in ABOUT_NOBODY else 1)


@pytest.mark.parametrize("kind", [route.tap for route in TAPS if route.role is not None])
async def test_every_staff_button_is_logged_with_its_customer(
    stage: Stage, database: Database, hoa: Person, kind: type[taps.Tap]
) -> None:
    await tap(stage, hoa, BUTTONS[kind])
    logged = row(database, "audit")
    assert (logged["staff_id"], logged["customer_id"]) == (HOA, None if kind in MANY else 1)


@pytest.mark.parametrize("kind", [route.tap for route in TAPS if route.role is not None])
async def test_an_old_button_of_somebody_who_works_here_no_more_does_nothing(
    stage: Stage, database: Database, hoa: Person, kind: type[taps.Tap]
) -> None:
    remove(stage, database)
    await tap(stage, hoa, BUTTONS[kind])
    assert "chỉ dành cho nhân viên" in text(last(hoa.chat))
    assert rows(database, "audit") == []
    assert row(database, "milestone")["done_at"] is None
    assert row(database, "interaction")["closed_at"] is None
    found = row(database, "support_case")
    assert (found["claimed_by"], found["snoozed_until"], found["resolved_at"]) == (None, None, None)
    assert len(rows(database, "success_plan")) == 1


async def test_only_administrators_read_the_log(stage: Stage, database: Database, hoa: Person) -> None:
    add_staff(database, CHAT + 8, role="manager")
    lan = stage.person(8, name="Lan")
    lan.send_text("/audit")
    await stage.settle()
    assert "chỉ dành cho nhân viên" in text(last(lan.chat))
    assert rows(database, "audit") == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", ("xem hồ sơ", "Chưa có gì được ghi lại.")), ("en", ("opened the profile", "Nothing is on record."))],
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
    assert text(last(lan.chat)).splitlines()[-1] == f"• 10:00 20/11/2026, Hoa: {words[0]} – Nguyễn Thị An"
    lan.send_text("/audit zzz")
    await stage.settle()
    assert text(last(lan.chat)).splitlines()[-1] == words[1]
