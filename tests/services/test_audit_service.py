"""The audit log, on both databases."""

from datetime import timedelta

import pytest

from bot.domain.audit import Deed
from bot.domain.messages import Language, Message
from bot.domain.rules import Rules
from bot.domain.taps import AnswerForget
from bot.services import audit, privacy, profiles
from storage.database import Database, Tx
from tests.conftest import START, HandClock
from tests.factories import CHAT, add_customer, add_staff, put, row, rows

HOA, LAN = 9_000_000_001, 9_000_000_002


def fail(tx: Tx, *, now: object) -> None:
    raise ValueError("no")


def commands(database: Database, query: str = "") -> list[str]:
    return [one.command for one in database.read_now(audit.list_entries, query=query)]


def note(database: Database, command: str, staff_id: int = HOA, **about: int) -> None:
    database.write_now(audit.note, deed=Deed(staff_id=staff_id, command=command, **about))


def test_an_action_and_its_entry_are_kept_together(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    deed = Deed(staff_id=HOA, command="note", customer_id=customer_id)
    facts = {"customer_id": customer_id, "staff_id": HOA, "chat_id": 1, "message_id": 2}
    said: Message = database.write_now(
        audit.perform, deed=deed, use_case=profiles.take_note, body="x", language=Language.EN, **facts
    )
    assert said.template == "portfolio/note_kept"
    kept = row(database, "audit")
    assert (kept["staff_id"], kept["customer_id"], kept["command"]) == (HOA, customer_id, "note")
    assert kept["happened_at"] == clock.now()


def test_an_action_that_fails_leaves_no_entry(database: Database) -> None:
    with pytest.raises(ValueError, match="no"):
        database.write_now(audit.perform, deed=Deed(staff_id=HOA, command="note"), use_case=fail)
    assert rows(database, "audit") == []


def test_a_button_that_knows_a_part_of_the_record_is_logged_with_its_customer(database: Database) -> None:
    an, binh = add_customer(database), add_customer(database, chat_id=CHAT + 1)
    put(database, "interaction", id=5, customer_id=binh, kind="message", body="x", happened_at=START)
    rounds = {"check_in_months": 1, "progress_months": 3, "check_ins": 0, "progress_messages": 0}
    words = {"template": "t", "name": "n", "goal": "g"}
    put(database, "success_plan", id=6, customer_id=an, status="active", started_at=START, **words, **rounds)
    put(database, "milestone", id=7, plan_id=6, position=1, title="m", due_at=START)
    note(database, "complete_milestone", milestone_id=7)
    note(database, "close_interaction", interaction_id=5)
    note(database, "customer", customer_id=999)
    assert [one["customer_id"] for one in rows(database, "audit")] == [an, binh, None]


def test_the_log_is_read_by_staff_and_by_customer_newest_first(database: Database, clock: HandClock) -> None:
    add_staff(database, HOA, name="Hòa")
    add_staff(database, LAN, name="Lan")
    an = add_customer(database, name="Nguyễn Thị An", external_id="C1")
    note(database, "customer", customer_id=an)
    clock.advance(timedelta(minutes=1))
    note(database, "report", LAN)
    assert commands(database) == ["report", "customer"]
    assert commands(database, "hoa") == commands(database, str(HOA)) == ["customer"]
    assert commands(database, "lan") == ["report"]
    assert commands(database, "thi an") == commands(database, "C1") == commands(database, f"#{an}") == ["customer"]
    assert commands(database, "nobody") == commands(database, "?") == []


def test_a_long_log_shows_the_latest(database: Database) -> None:
    for number in range(30):
        note(database, f"c{number}")
    assert commands(database) == [f"c{number}" for number in reversed(range(10, 30))]


def test_what_was_done_to_a_forgotten_customer_stays_without_the_name(database: Database) -> None:
    an = add_customer(database, name="Kiều")
    note(database, "customer", customer_id=an)
    tap = AnswerForget(an, "yes")
    database.write_now(privacy.answer_forget, rules=Rules(), message_id=1, chat_id=CHAT, language=Language.VI, tap=tap)
    [entry] = database.read_now(audit.list_entries, query="")
    assert (entry.customer_id, entry.customer_name, entry.staff_name) == (an, "", "")


def test_customers_see_that_they_were_looked_at_and_not_by_whom(database: Database) -> None:
    an = add_customer(database)
    note(database, "customer", customer_id=an)
    note(database, "report")
    _, document = database.read_now(privacy.show_my_data, rules=Rules(), chat_id=CHAT, language=Language.VI)
    assert document is not None
    assert [one["command"] for one in document.looks] == ["customer"]
    assert str(HOA) not in document.to_json().decode()
