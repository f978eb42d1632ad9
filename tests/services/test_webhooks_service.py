"""What other systems are told of, and how long it is tried, on both databases."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain import taps
from bot.domain.delivery import Outcome, Proof
from bot.domain.messages import Language
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from bot.domain.taps import AnswerForget, ResolveCase
from bot.domain.touchpoints import POLICIES, Kind
from bot.domain.webhooks import Call
from bot.services import cases, conversations, delivery, privacy, surveys, webhooks
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_staff, queue_survey, row, rows

RULES = Rules(staff_chat_id=STAFF_CHAT, webhook_url="https://crm.example.com")
HOA = Staff(user_id=CHAT + 100, name="Hoa", role=Role.CSM, language=Language.EN)
UNKNOWN = Outcome(proof=Proof.UNKNOWN, error="TimeoutError")


def answer_survey(database: Database, *scores: int, rules: Rules = RULES) -> int:
    run_id, outbox_id = queue_survey(database, add_customer(database, external_id="K1"))
    for score in scores:
        facts: dict[str, Any] = {"chat_id": CHAT, "message_id": 5, "language": Language.EN}
        database.write_now(surveys.record_score, rules=rules, tap=taps.Score(run_id, score, outbox_id), **facts)
    return run_id


def say(database: Database, text: str, message_id: int) -> None:
    facts = {"chat_id": CHAT, "message_id": message_id, "language": Language.EN, "text": text}
    database.write_now(conversations.receive_text, rules=RULES, **facts)


def claim(database: Database, owner: str = "one") -> list[Call]:
    return database.write_now(webhooks.claim, rules=RULES, owner=owner, limit=9)


def told(database: Database) -> list[tuple[str, dict[str, Any]]]:
    bodies = [json.loads(call.body) for call in claim(database)]
    return [(body["type"], body["data"]) for body in bodies]


def record(database: Database, call: Call, outcome: Outcome) -> None:
    database.write_now(webhooks.record, rules=RULES, call=call, outcome=outcome)


def test_an_answer_a_change_of_mind_and_the_reason_are_told(database: Database, clock: HandClock) -> None:
    run_id = answer_survey(database, 8)
    customer = {"id": row(database, "customer")["id"], "external_id": "K1"}
    ((event, data),) = told(database)
    assert (event, data["customer"]) == ("answer.given", customer)
    assert (data["survey_id"], data["kind"], data["score"], data["band"]) == (run_id, "nps", 8, "passive")

    clock.advance(timedelta(seconds=1))
    facts: dict[str, Any] = {"chat_id": CHAT, "message_id": 5, "language": Language.EN}
    database.write_now(surveys.record_score, rules=RULES, tap=taps.Score(run_id, 9, 0), **facts)
    say(database, "dễ dùng", 6)
    (changed, explained) = told(database)
    assert (changed[0], changed[1]["score"]) == ("answer.changed", 9)
    assert (explained[0], explained[1]["reason"]) == ("answer.explained", "dễ dùng")


def test_a_case_is_told_when_it_opens_when_it_is_resolved_and_when_it_opens_again(
    database: Database, clock: HandClock
) -> None:
    add_staff(database, HOA.user_id, name=HOA.name, role=HOA.role)
    answer_survey(database, 2)
    case_id = row(database, "support_case")["id"]
    database.write_now(cases.resolve_case, rules=RULES, by=HOA, tap=ResolveCase(case_id, "product", "solved"))
    clock.advance(timedelta(days=2))
    say(database, "still broken", 7)

    events = dict(told(database))
    assert list(events) == ["answer.given", "case.opened", "case.resolved", "case.reopened"]
    assert (events["case.opened"]["case_id"], events["case.opened"]["score"]) == (case_id, 2)
    assert (events["case.resolved"]["reason"], events["case.resolved"]["outcome"]) == ("product", "solved")
    assert events["case.reopened"]["resolved_at"] is None


def test_without_an_address_nothing_is_kept_to_be_told(database: Database) -> None:
    answer_survey(database, 2, rules=replace(RULES, webhook_url=""))
    assert rows(database, "outbox", kind="webhook") == []


def test_no_message_to_a_chat_is_taken_for_a_call_and_no_call_for_a_message(database: Database) -> None:
    answer_survey(database, 9)
    claimed = database.write_now(delivery.claim, rules=RULES, owner="sender", limit=9)
    assert {one.kind for one in claimed.deliveries} == {Kind.NPS}
    assert {call.kind for call in claim(database)} == {Kind.WEBHOOK}
    assert not database.read_now(webhooks.anything_due)
    assert not database.read_now(delivery.anything_due)


@pytest.mark.parametrize("proof", [Proof.UNKNOWN, Proof.NOT_SENT])
def test_a_call_that_was_not_heard_is_made_again_with_the_same_id_and_more_patience(
    database: Database, clock: HandClock, proof: Proof
) -> None:
    answer_survey(database, 9)
    waits = []
    ids = set()
    for _ in range(12):
        (call,) = claim(database)
        ids.add((call.message_id, call.body))
        record(database, call, Outcome(proof=proof, error="HTTP 503"))
        waits.append(row(database, "outbox", kind="webhook")["due_at"] - clock.now())
        clock.advance(waits[-1])
    assert [wait.total_seconds() for wait in waits] == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]
    assert len(ids) == 1


def test_after_its_days_a_call_is_given_up(database: Database, clock: HandClock) -> None:
    answer_survey(database, 9)
    clock.advance(POLICIES[Kind.WEBHOOK].lifetime)
    assert claim(database) == []
    assert row(database, "outbox", kind="webhook")["status"] == "expired"


@pytest.mark.parametrize(("proof", "status"), [(Proof.SENT, "sent"), (Proof.REFUSED, "failed")])
def test_what_was_heard_or_is_not_wanted_is_over(
    database: Database, clock: HandClock, proof: Proof, status: str
) -> None:
    answer_survey(database, 9)
    (call,) = claim(database)
    record(database, call, Outcome(proof=proof))
    clock.advance(timedelta(days=1))
    assert (claim(database), row(database, "outbox", kind="webhook")["status"]) == ([], status)


def test_a_call_whose_caller_died_is_made_again_and_the_dead_ones_word_counts_no_more(
    database: Database, clock: HandClock
) -> None:
    answer_survey(database, 9)
    (lost,) = claim(database)
    clock.advance(RULES.delivery.lease + timedelta(seconds=1))
    database.write_now(delivery.claim, rules=RULES, owner="sender", limit=9)
    clock.advance(timedelta(seconds=2))
    (again,) = claim(database, "two")
    record(database, lost, UNKNOWN)
    assert (again.message_id, again.attempt) == (lost.message_id, 2)
    assert row(database, "outbox", kind="webhook")["status"] == "sending"
    record(database, again, Outcome(proof=Proof.SENT))
    assert row(database, "outbox", kind="webhook")["status"] == "sent"


def test_nothing_is_told_of_somebody_who_was_forgotten_not_even_what_was_on_its_way(
    database: Database, clock: HandClock
) -> None:
    answer_survey(database, 9)
    (call,) = claim(database)
    tap = AnswerForget(row(database, "customer")["id"], "yes")
    facts: dict[str, Any] = {"chat_id": CHAT, "message_id": 1, "language": Language.EN}
    database.write_now(privacy.answer_forget, rules=RULES, tap=tap, **facts)
    record(database, call, UNKNOWN)
    clock.advance(timedelta(minutes=1))
    assert claim(database) == []
    kept = row(database, "outbox", kind="webhook")
    assert (kept["status"], kept["facts"]) == ("failed", {})
