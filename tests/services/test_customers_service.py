"""Arriving, leaving, languages and numbers, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.messages import Language, Reply
from bot.domain.rules import Rules, SignUpRules
from bot.domain.taps import ChooseLanguage
from bot.domain.touchpoints import Kind
from bot.render import Renderer
from bot.services import customers, privacy
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, add_staff, queue, queue_survey, row, rows

RULES = Rules()
CLOSED = replace(RULES, sign_up=SignUpRules(open=False))


def greet(database: Database, *, rules: Rules = RULES) -> Reply:
    facts = {"chat_id": CHAT, "name": "Lê Văn Ân", "language": Language.EN}
    return database.write_now(customers.greet, rules=rules, **facts)


def share(database: Database, phone: str = "0912 345 678", *, contact_user_id: int | None = CHAT) -> Reply:
    facts = {"chat_id": CHAT, "user_id": CHAT, "contact_user_id": contact_user_id, "phone": phone}
    return database.write_now(customers.share_contact, rules=RULES, language=Language.EN, **facts)


def said(reply: Reply) -> str:
    return reply.send[0].template


def test_a_new_person_is_signed_up_and_asked_for_the_number(database: Database, clock: HandClock) -> None:
    reply = greet(database)
    assert (said(reply), reply.send[0].ask_contact) == ("customers/welcome", True)
    added = row(database, "customer")
    assert (added["name"], added["search_name"], added["chat_id"]) == ("Lê Văn Ân", "le van an", CHAT)
    assert (added["language"], added["next_nps_at"]) == ("en", clock.now() + RULES.surveys.nps_first_after)


def test_where_sign_up_is_closed_a_new_person_is_only_asked(database: Database) -> None:
    assert said(greet(database, rules=CLOSED)) == "customers/welcome"
    assert rows(database, "customer") == []


def test_who_comes_again_is_greeted_and_reachable_but_still_stopped(database: Database, clock: HandClock) -> None:
    add_customer(database, unreachable_at=clock.now(), stopped_at=clock.now())
    reply = greet(database)
    assert (said(reply), reply.send[0].facts["stopped"]) == ("customers/welcome_back", True)
    known = row(database, "customer")
    assert (known["unreachable_at"], known["stopped_at"]) == (None, clock.now())


@pytest.mark.parametrize("phone", ["0912345678", "+84912345678", "84912345678"])
def test_ones_own_number_ties_the_chat_to_the_companys_record(database: Database, clock: HandClock, phone: str) -> None:
    owner = add_customer(database, phone="+84912345678", external_id="C1", chat_id=None, linked_at=None)
    greet(database)
    assert said(share(database, phone)) == "customers/linked"
    known = row(database, "customer")
    assert (known["id"], known["chat_id"], known["linked_at"]) == (owner, CHAT, clock.now())


@pytest.mark.parametrize("contact_user_id", [CHAT + 1, None])
def test_somebody_elses_number_ties_nothing(database: Database, contact_user_id: int | None) -> None:
    add_customer(database, phone="+84912345678", external_id="C1", chat_id=None)
    assert said(share(database, contact_user_id=contact_user_id)) == "customers/contact_refused"
    assert row(database, "customer")["chat_id"] is None


def test_what_is_no_number_is_refused(database: Database) -> None:
    assert said(share(database, "hotline")) == "customers/contact_refused"


def test_a_number_that_nobody_has_is_kept_on_ones_own_record(database: Database) -> None:
    greet(database)
    assert said(share(database)) == "customers/number_kept"
    assert row(database, "customer")["phone"] == "+84912345678"


def test_a_number_that_nobody_has_helps_no_stranger(database: Database) -> None:
    assert said(share(database)) == "customers/number_unknown"


def test_a_record_that_has_another_chat_is_not_taken_over(database: Database) -> None:
    add_customer(database, phone="+84912345678", external_id="C1", chat_id=CHAT + 9)
    reply = share(database)
    assert (said(reply), reply.send[0].facts["outcome"]) == ("customers/link_refused", "customer_taken")
    assert row(database, "customer")["chat_id"] == CHAT + 9


def test_sharing_ones_number_again_changes_nothing(database: Database) -> None:
    add_customer(database, phone="+84912345678", external_id="C1")
    reply = share(database)
    assert (said(reply), reply.send[0].facts["again"]) == ("customers/linked", True)


def test_what_was_said_before_the_number_stays_with_the_person(database: Database) -> None:
    owner = add_customer(database, phone="+84912345678", external_id="C1", chat_id=None)
    greet(database)
    alone = row(database, "customer", chat_id=CHAT)["id"]
    run_id, _ = queue_survey(database, alone)
    share(database)
    assert row(database, "survey_run", id=run_id)["customer_id"] == owner


def test_stop_ends_everything_that_is_due_and_resume_begins_again(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    outbox_id = queue(database, Kind.BIRTHDAY, customer_id, due_at=clock.now() + timedelta(days=1))
    talk = {"chat_id": CHAT, "language": Language.EN}
    assert said(database.write_now(customers.stop, **talk)) == "customers/stopped"
    assert row(database, "outbox", id=outbox_id)["status"] == "cancelled"
    assert row(database, "customer")["stopped_at"] == clock.now()
    assert said(database.write_now(customers.resume, rules=RULES, **talk)) == "customers/resumed"
    assert row(database, "customer")["stopped_at"] is None


def test_a_stranger_may_say_stop_too(database: Database) -> None:
    talk = {"chat_id": CHAT, "language": Language.EN}
    assert said(database.write_now(customers.stop, **talk)) == "customers/stopped"
    assert said(database.write_now(customers.resume, rules=RULES, **talk)) == "customers/stranger"


def test_a_language_is_spoken_from_then_on(database: Database) -> None:
    add_customer(database)
    reply = choose(database, "en")
    assert reply.edit is not None
    assert reply.edit.language is Language.EN
    shown = database.write_now(customers.show_help, rules=RULES, chat_id=CHAT, language=Language.VI)
    assert shown.send[0].language is Language.EN
    asked = database.write_now(customers.ask_language, chat_id=CHAT, language=Language.VI)
    assert [button.tap.pack() for button in asked.send[0].keyboard[0]] == ["l:vi", "l:en"]


def test_staff_are_asked_in_their_own_language_and_not_as_customers(database: Database) -> None:
    add_staff(database, CHAT, language="en")
    (asked,) = database.write_now(customers.ask_language, chat_id=CHAT, language=Language.VI).send
    assert (asked.language, asked.facts["staff"]) == (Language.EN, True)
    reply = choose(database, "vi")
    assert reply.edit is not None
    assert Renderer(RULES).render(reply.edit).text == "Đã chuyển sang tiếng Việt."


def choose(database: Database, language: str) -> Reply:
    facts = {"chat_id": CHAT, "message_id": 1, "language": Language.VI, "tap": ChooseLanguage(language)}
    return database.write_now(customers.choose_language, rules=RULES, **facts)


def test_a_language_that_nobody_speaks_is_not_chosen(database: Database) -> None:
    add_customer(database)
    reply = choose(database, "xx")
    assert reply.edit is not None
    assert reply.edit.language is Language.VI
    assert row(database, "customer")["language"] == "vi"


def test_a_stranger_is_answered_in_the_language_of_their_telegram(database: Database) -> None:
    shown = database.read_now(privacy.show_notice, rules=Rules(), chat_id=CHAT, language=Language.EN)
    assert (shown.send[0].template, shown.send[0].language) == ("customers/privacy", Language.EN)


def test_privacy_speaks_to_a_customer_as_everything_else_does(database: Database) -> None:
    add_customer(database)
    for chat_id, heading in ((CHAT, "lưu gì về chị</b>"), (CHAT + 1, "lưu gì về anh/chị</b>")):
        shown = database.read_now(privacy.show_notice, rules=RULES, chat_id=chat_id, language=Language.VI)
        assert heading in Renderer(RULES).render(shown.send[0]).text


def test_a_block_stops_everything_and_an_unblock_begins_again(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    outbox_id = queue(database, Kind.BIRTHDAY, customer_id)
    database.write_now(customers.note_blocked, rules=RULES, chat_id=CHAT, blocked=True)
    assert row(database, "customer")["unreachable_at"] == clock.now()
    assert row(database, "outbox", id=outbox_id)["status"] == "cancelled"
    database.write_now(customers.note_blocked, rules=RULES, chat_id=CHAT, blocked=False)
    assert row(database, "customer")["unreachable_at"] is None


def test_staff_are_told_of_a_block_once_and_again_of_the_next(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database, csm_id=10)
    add_staff(database, 10)
    for blocked in (True, True, False, True):
        database.write_now(customers.note_blocked, rules=RULES, chat_id=CHAT, blocked=blocked)
        clock.advance(timedelta(hours=1))
    told = rows(database, "outbox", template="staff/unreachable")
    assert [(one["chat_id"], one["about_id"], one["facts"]) for one in told] == [
        (10, customer_id, {"customer": "Nguyễn Thị An"}),
        (10, customer_id, {"customer": "Nguyễn Thị An"}),
    ]


def test_a_block_by_nobody_we_know_is_nothing(database: Database) -> None:
    database.write_now(customers.note_blocked, rules=RULES, chat_id=CHAT, blocked=True)
    assert rows(database, "customer") == []


def test_help_shows_each_the_commands_that_are_theirs(database: Database) -> None:
    add_staff(database, 10)
    owners = replace(RULES, admin_ids=frozenset({11}))
    shown = [
        database.write_now(customers.show_help, rules=owners, chat_id=chat_id, language=Language.EN).send[0]
        for chat_id in (10, 11, 12)
    ]
    assert [page.template for page in shown] == ["staff/help", "staff/help", "customers/help"]
    assert [page.language for page in shown] == [Language.EN, RULES.language, Language.EN]


def test_who_works_here_is_not_signed_up_as_a_customer(database: Database) -> None:
    add_staff(database, CHAT)
    assert said(greet(database)) == "staff/help"
    assert rows(database, "customer") == []


def test_staff_are_spoken_to_in_the_language_that_they_choose(database: Database) -> None:
    add_staff(database, CHAT, language="en")
    reply = choose(database, "vi")
    assert reply.edit is not None
    assert reply.edit.facts["kept"] is True
    assert row(database, "staff")["language"] == "vi"


def test_a_strangers_choice_of_language_is_not_kept_and_they_are_told(database: Database) -> None:
    reply = choose(database, "en")
    assert reply.edit is not None
    assert reply.edit.facts["kept"] is False
