"""Seeing and erasing what is kept, and what must never come back, on both databases."""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

import storage.cases
from bot.domain.imports import ImportResult, Reason, RowError
from bot.domain.messages import Language, Reply
from bot.domain.periods import Label, Period, Unit
from bot.domain.privacy import TEXT_VERSION, Document
from bot.domain.records import CustomerRecord, PurchaseRecord, ScoreRecord
from bot.domain.rules import Rules
from bot.domain.taps import AnswerForget
from bot.domain.touchpoints import Kind
from bot.services import (
    conversations,
    customers,
    health,
    imports,
    links,
    portfolio,
    privacy,
    profiles,
    survey_planning,
    updates,
)
from storage import reports
from storage.database import Database, Tx
from storage.tables import metadata
from tests.conftest import START, HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_score, add_staff, put, queue, queue_survey, row, rows
from tests.stories import change

RULES = Rules(staff_chat_id=STAFF_CHAT, pepper="pepper")
PHONE = "+84912345678"
SECRETS = ("Kiều", "kieu", PHONE, "K-77", "HD-1", "SK-1", "YC-1", "HĐ-1", "TL-1", "Huế-9", "bí mật", str(CHAT))
CODE = "abcdefghijklmnop"
EVERYTHING = {name: select(table).order_by(next(iter(table.c))) for name, table in metadata.tables.items()}


def add_person(database: Database, clock: HandClock) -> int:
    """Somebody of whom everything is kept that can be, each part with words of its own."""
    customer_id = add_customer(
        database, name="Kiều Oanh", external_id="K-77", phone=PHONE, location="Huế-9", birth_day=3, birth_month=5
    )
    told = {"title": "bí mật: thợ bánh", "channel": "bí mật: chị Mai", "tags": ["bí mật"]}
    database.write_now(change, table="customer", row_id=customer_id, **told)
    worth = {"last_on": START.date(), "sales": 1, "value_minor": 5, "currency": "VND", "rfm": "loyal"}
    put(database, "standing", customer_id=customer_id, day=START.date(), **worth)
    add_score(database, customer_id, Kind.NPS, 3, reason="bí mật: quá đắt")
    queue_survey(database, customer_id, Kind.CSAT, subject="bí mật: buổi học")
    say(database, text="bí mật: gọi tôi")
    put(database, "interaction", customer_id=customer_id, kind="note", body="bí mật: khó tính", happened_at=START)
    bought = {"customer_id": customer_id, "purchased_at": START, "amount_minor": 5, "currency": "VND"}
    put(database, "purchase", external_id="HD-1", **bought)
    put(
        database,
        "usage_event",
        external_id="SK-1",
        customer_id=customer_id,
        name="login",
        happened_at=START,
        quantity=2,
    )
    put(database, "ticket", external_id="YC-1", customer_id=customer_id, opened_at=START, category="giao hàng")
    term = {"starts_on": START.date(), "price_minor": 5, "currency": "VND", "renewals": 0}
    put(database, "contract", external_id="HĐ-1", customer_id=customer_id, **term)
    started = {"customer_id": customer_id, "template": "t", "name": "Năm đầu", "goal": "bí mật: mở quán"}
    rounds = {"check_in_months": 1, "progress_months": 3, "check_ins": 0, "progress_messages": 0}
    put(database, "success_plan", id=1, status="active", started_at=START, next_check_in_at=START, **started, **rounds)
    put(database, "milestone", plan_id=1, position=1, title="Mốc", due_at=START, done_at=START)
    said = {"chat_id": CHAT, "message_id": 51, "language": Language.VI, "text": "bí mật: hỏng rồi"}
    database.write_now(conversations.give_feedback, rules=RULES, **said)
    database.write_now(links.create_link, external_id="K-77", rules=RULES, code=CODE)
    put(database, "cancellation", customer_id=customer_id, asked_at=START, noted_by=1)
    database.write_now(health.plan_health, rules=RULES)
    update = {"update_id": 9, "message": {"text": "bí mật", "from": {"id": CHAT}}}
    database.write_now(updates.keep, payloads=[update])
    database.write_now(customers.stop, chat_id=CHAT, language=Language.VI)
    database.write_now(customers.resume, rules=RULES, chat_id=CHAT, language=Language.VI)
    return customer_id


def add_past_answer(database: Database) -> None:
    """What the same person answered in another tool."""
    score = ScoreRecord(
        row=2, external_id="TL-1", customer_external_id="K-77", answered_at=START, score=9, reason="bí mật: dễ thương"
    )
    database.write_now(imports.import_scores, records=[score], rules=RULES)


def say(database: Database, *, text: str, message_id: int = 50) -> None:
    facts = {"chat_id": CHAT, "message_id": message_id, "language": Language.VI, "text": text}
    database.write_now(conversations.receive_text, rules=RULES, **facts)


def forget(database: Database, customer_id: int, choice: str = "yes", chat_id: int = CHAT) -> Reply:
    tap = AnswerForget(customer_id, choice)
    return database.write_now(
        privacy.answer_forget, rules=RULES, message_id=1, chat_id=chat_id, language=Language.EN, tap=tap
    )


def everything(database: Database) -> str:
    def read(tx: Tx, *, now: datetime) -> str:
        return repr({name: tx.execute(every).all() for name, every in EVERYTHING.items()})

    return database.read_now(read)


def document(database: Database, chat_id: int = CHAT) -> Document:
    _, found = database.read_now(privacy.show_my_data, rules=RULES, chat_id=chat_id, language=Language.EN)
    assert found is not None
    return found


def test_after_forgetting_no_table_holds_anything_to_know_the_person_by(database: Database, clock: HandClock) -> None:
    customer_id = add_person(database, clock)
    add_past_answer(database)
    before = everything(database)
    assert [secret for secret in SECRETS if secret not in before] == []
    assert forget(database, customer_id).edit is not None
    after = everything(database)
    assert [secret for secret in SECRETS if secret in after] == []
    emptied = ("link", "inbox", "health", "health_snapshot", "cancellation")
    assert [rows(database, table) for table in emptied] == [[]] * len(emptied)


def test_reports_of_scores_and_reasons_are_the_same_before_and_after(database: Database, clock: HandClock) -> None:
    customer_id = add_person(database, clock)
    put_sent(database)
    before = figures(database, clock)
    assert before[0] == Counter({3: 1})
    forget(database, customer_id)
    assert figures(database, clock) == before
    assert row(database, "answer")["reason"] == ""


def put_sent(database: Database) -> None:
    def mark(tx: Any, *, now: Any) -> None:
        runs = metadata.tables["survey_run"]
        tx.execute(runs.update().values(sent_at=now, closes_at=now))

    database.write_now(mark)


def figures(database: Database, clock: HandClock) -> tuple[Counter[int], Any]:
    today = clock.now().date()
    period = Period(today, today + timedelta(days=1), "Asia/Ho_Chi_Minh", Label.ROLLING, Unit.DAY)

    def count(tx: Any, *, now: Any) -> tuple[Counter[int], Any]:
        scores = reports.count_scores(tx, Kind.NPS, [period])
        return next(iter(scores.values())), reports.count_funnels(tx, [Kind.NPS, Kind.CSAT], [period], now=now)

    return database.read_now(count)


def test_what_waits_to_be_sent_is_cancelled_and_staff_are_told_without_a_name(
    database: Database, clock: HandClock
) -> None:
    customer_id = add_person(database, clock)
    queue(database, Kind.BIRTHDAY, customer_id)
    forget(database, customer_id)
    assert {one["status"] for one in rows(database, "outbox", customer_id=customer_id)} == {"cancelled"}
    waiting = rows(database, "outbox", status="pending")
    assert [(one["template"], one["facts"], one["chat_id"]) for one in waiting] == [("staff/forgotten", {}, STAFF_CHAT)]
    plan = row(database, "success_plan")
    assert (plan["status"], plan["next_check_in_at"]) == ("cancelled", None)
    assert all(run["closed_at"] == clock.now() for run in rows(database, "survey_run"))


def test_an_open_case_ends_and_nobody_is_asked_about_it(database: Database, clock: HandClock) -> None:
    forget(database, add_person(database, clock))
    found = row(database, "support_case")
    assert (found["words"], found["resolved_at"], found["outcome"]) == ("", clock.now(), "forgotten")
    assert (found["looks_at"], found["ces_planned_at"], found["nps_planned_at"]) == (None, clock.now(), clock.now())


def test_the_topics_of_a_forgotten_person_are_deleted_with_what_was_said_in_them(
    database: Database, clock: HandClock
) -> None:
    customer_id = add_person(database, clock)
    case_id = row(database, "support_case")["id"]
    database.write_now(lambda tx, *, now: storage.cases.change(tx, case_id, thread_id=12))
    forget(database, customer_id)
    (deletes,) = rows(database, "outbox", kind="topic_state")
    assert (deletes["facts"]["act"], deletes["status"], deletes["chat_id"]) == ("delete", "pending", STAFF_CHAT)


def test_a_case_that_was_resolved_before_keeps_how_it_ended(database: Database, clock: HandClock) -> None:
    customer_id = add_person(database, clock)
    case_id = row(database, "support_case")["id"]
    ended = {"resolved_at": START, "reason": "price", "outcome": "solved", "ces_planned_at": START}
    database.write_now(lambda tx, *, now: storage.cases.change(tx, case_id, **ended))
    clock.advance(timedelta(days=1))
    forget(database, customer_id)
    found = row(database, "support_case")
    assert {key: found[key] for key in ended} == ended


def test_staff_find_a_forgotten_person_no_more(database: Database, clock: HandClock) -> None:
    customer_id = add_person(database, clock)
    forget(database, customer_id)
    assert database.read_now(portfolio.find_customers, query=f"#{customer_id}") == []
    page = database.read_now(portfolio.list_customers, message_id=1, staff_id=1, language=Language.EN, search="")
    assert page.template == "portfolio/nobody" or page.facts["total"] == 0
    facts = {"customer_id": customer_id, "language": Language.EN}
    shown = database.read_now(profiles.show_profile, rules=RULES, role="csm", **facts)
    assert shown.template == "portfolio/nobody"
    noted = database.write_now(profiles.take_note, staff_id=1, chat_id=2, message_id=3, body="bí mật", **facts)
    assert noted.template == "portfolio/nobody"


def test_who_does_not_mean_it_keeps_everything(database: Database, clock: HandClock) -> None:
    customer_id = add_person(database, clock)
    before = everything(database)
    reply = forget(database, customer_id, "no")
    assert reply.edit is not None
    assert reply.edit.template == "privacy/kept"
    assert everything(database) == before


def test_a_button_of_somebody_else_forgets_nobody(database: Database, clock: HandClock) -> None:
    customer_id = add_person(database, clock)
    add_customer(database, name="Bình", chat_id=CHAT + 1)
    before = everything(database)
    assert forget(database, customer_id, chat_id=CHAT + 1).send[0].template == "customers/stale_button"
    assert everything(database) == before


def test_a_second_tap_changes_nothing(database: Database, clock: HandClock) -> None:
    customer_id = add_person(database, clock)
    forget(database, customer_id)
    before = everything(database)
    reply = forget(database, customer_id)
    assert reply.edit is not None
    assert reply.edit.template == "privacy/forgotten"
    assert everything(database) == before


def test_who_comes_again_is_new_and_an_old_button_does_not_forget_the_new_person(
    database: Database, clock: HandClock
) -> None:
    customer_id = add_person(database, clock)
    forget(database, customer_id)
    database.write_now(customers.greet, rules=RULES, chat_id=CHAT, name="Oanh", language=Language.VI)
    assert forget(database, customer_id).send[0].template == "customers/stale_button"
    mine = document(database)
    assert (mine.profile["name"], mine.surveys, mine.interactions) == ("Oanh", [], [])


def test_who_comes_again_is_no_customer_until_the_business_knows_them_as_one(
    database: Database, clock: HandClock
) -> None:
    forget(database, add_person(database, clock))
    add_customer(database, external_id="K-8", chat_id=None)
    database.write_now(customers.greet, rules=RULES, chat_id=CHAT, name="Oanh", language=Language.VI)
    again = row(database, "customer", chat_id=CHAT)["id"]
    put(database, "cancellation", customer_id=again, asked_at=START, noted_by=1)
    clock.advance(timedelta(days=60))
    assert ask_and_score(database, again) == (0, "grey")
    database.write_now(change, table="customer", row_id=again, external_id="K-9")
    assert ask_and_score(database, again) == (1, "red")


def ask_and_score(database: Database, customer_id: int) -> tuple[int, str]:
    """How many are asked for NPS, and the customer's colour on the next day."""
    asked = database.write_now(survey_planning.plan_nps, rules=RULES)
    database.write_now(change, table="customer", row_id=customer_id, health_on=None)
    database.write_now(health.plan_health, rules=RULES)
    return asked, row(database, "health", customer_id=customer_id)["colour"]


CUSTOMER = CustomerRecord(row=2, external_id="K-77", name="Kiều Oanh", phone=PHONE)
PURCHASE = PurchaseRecord(
    row=2, external_id="HD-2", customer_external_id="K-77", purchased_at=START, amount_minor=1, currency="VND"
)


def test_no_import_brings_a_forgotten_person_back(database: Database, clock: HandClock) -> None:
    forget(database, add_person(database, clock))
    before = everything(database)
    others = [
        replace(CUSTOMER, row=3, phone=None),
        replace(CUSTOMER, row=4, external_id="K-78"),
        CustomerRecord(row=5, external_id="K-9", name="Bình"),
    ]
    result = database.write_now(imports.import_customers, records=[CUSTOMER, *others], rules=RULES, dry_run=True)
    assert result.created == 1
    assert {error.row: error.reason for error in result.errors} == dict.fromkeys((2, 3, 4), Reason.FORGOTTEN)
    bought = [PURCHASE, replace(PURCHASE, row=3, external_id="HD-3")]
    errors = tuple(RowError(one.row, "customer_external_id", Reason.FORGOTTEN, "K-77") for one in bought)
    assert database.write_now(imports.import_purchases, records=bought, rules=RULES) == ImportResult(errors=errors)
    assert everything(database) == before


def test_another_pepper_does_not_know_who_was_forgotten(database: Database, clock: HandClock) -> None:
    forget(database, add_person(database, clock))
    other = replace(RULES, pepper="salt")
    assert database.write_now(imports.import_customers, records=[CUSTOMER], rules=other).created == 1


def test_people_who_were_not_forgotten_are_imported_as_ever(database: Database, clock: HandClock) -> None:
    forget(database, add_customer(database))
    assert database.write_now(imports.import_customers, records=[CUSTOMER], rules=RULES).created == 1


def test_a_document_holds_everything_of_its_own_person_and_nothing_of_others(
    database: Database, clock: HandClock
) -> None:
    add_person(database, clock)
    add_past_answer(database)
    other = add_customer(database, name="Bình", chat_id=CHAT + 1)
    add_score(database, other, Kind.NPS, 9, reason="của Bình")
    add_staff(database, 77, name="Hoa")
    written = document(database).to_json().decode()
    read = json.loads(written)
    assert "Bình" not in written
    assert [secret for secret in SECRETS if secret not in written] == ["kieu"]  # a key to search by
    assert "khó tính" not in written
    assert [one["act"] for one in read["consent"]] == ["resume", "stop"]
    assert [(one["kind"], one["score"]) for one in read["surveys"]] == [("nps", 9), ("csat", None), ("nps", 3)]
    assert read["plans"][0]["milestones"][0]["title"] == "Mốc"
    assert [(one["source"], one["words"]) for one in read["cases"]] == [("feedback", "bí mật: hỏng rồi")]
    assert read["purchases"][0]["amount_minor"] == 5
    assert [(one["day"], one["colour"]) for one in read["health"]] == [("2026-11-20", "red")]
    assert [one["withdrawn_at"] for one in read["cancellations"]] == [None]
    assert len(read["messages"]) == 2


def test_of_somebody_unknown_nothing_is_kept_and_nothing_can_be_erased(database: Database) -> None:
    page, found = database.read_now(privacy.show_my_data, rules=RULES, chat_id=CHAT, language=Language.EN)
    assert (page.template, found) == ("privacy/nothing", None)
    asked = database.read_now(privacy.ask_to_forget, rules=RULES, chat_id=CHAT, language=Language.EN)
    assert asked.send[0].template == "privacy/nothing"


def test_each_agreement_is_kept_with_the_version_of_its_words(database: Database, clock: HandClock) -> None:
    database.write_now(customers.greet, rules=RULES, chat_id=CHAT, name="Oanh", language=Language.VI)
    number = {"chat_id": CHAT, "user_id": CHAT, "contact_user_id": CHAT, "phone": PHONE, "language": Language.VI}
    database.write_now(customers.share_contact, rules=RULES, **number)
    database.write_now(customers.greet, rules=RULES, chat_id=CHAT, name="Oanh", language=Language.VI)
    forget(database, row(database, "customer")["id"])
    kept = rows(database, "consent")
    assert [one["act"] for one in kept] == ["sign_up", "number", "forget"]
    assert {(one["text_version"], one["happened_at"]) for one in kept} == {(TEXT_VERSION, clock.now())}


def test_a_link_and_a_shared_number_are_agreements_too(database: Database, clock: HandClock) -> None:
    add_customer(database, external_id="K-77", chat_id=None)
    add_customer(database, external_id="K-78", phone=PHONE, chat_id=None)
    database.write_now(links.create_link, external_id="K-77", rules=RULES, code=CODE)
    for _ in range(2):
        database.write_now(links.start, code=CODE, chat_id=CHAT, language=Language.VI, rules=RULES)
    other = CHAT + 1
    number = {"chat_id": other, "user_id": other, "contact_user_id": other, "phone": PHONE, "language": Language.VI}
    database.write_now(customers.share_contact, rules=RULES, **number)
    assert [one["act"] for one in rows(database, "consent")] == ["link", "link"]


def test_notices_about_a_person_who_was_joined_to_a_record_are_erased_with_it(
    database: Database, clock: HandClock
) -> None:
    add_customer(database, external_id="K-77", chat_id=None, linked_at=None)
    database.write_now(customers.greet, rules=RULES, chat_id=CHAT, name="Kiều", language=Language.VI)
    say(database, text="bí mật")
    database.write_now(links.create_link, external_id="K-77", rules=RULES, code=CODE)
    database.write_now(links.start, code=CODE, chat_id=CHAT, language=Language.VI, rules=RULES)
    assert "bí mật" in everything(database)
    forget(database, row(database, "customer")["id"])
    assert "bí mật" not in everything(database)


def test_every_table_about_customers_has_been_thought_of() -> None:
    """A table that is new here needs an answer: what of it is shown to its customer, and what is erased with them."""
    thought_of = {
        "answer",
        "audit",
        "cancellation",
        "consent",
        "contract",
        "health",
        "health_snapshot",
        "interaction",
        "link",
        "loss",
        "outbox",
        "ownership",
        "purchase",
        "standing",
        "success_plan",
        "support_case",
        "survey_run",
        "ticket",
        "usage_event",
        "wave_member",
        "win_back",
    }
    assert {name for name, table in metadata.tables.items() if "customer_id" in table.c} == thought_of
