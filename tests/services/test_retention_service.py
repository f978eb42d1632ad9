"""What people wrote is erased when it is too old, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.rules import RetentionRules, Rules
from bot.domain.touchpoints import Kind
from bot.services.retention import erase_old_texts
from storage.database import Database, Tx
from storage.tables import outbox, success_plan
from tests.conftest import HandClock
from tests.factories import STAFF_CHAT, add_customer, add_score, put, queue, row, rows

KEPT_FOR = timedelta(days=365)
RULES = Rules(retention=RetentionRules(texts=KEPT_FOR))
NEVER = replace(RULES, retention=RetentionRules())


def write(database: Database, clock: HandClock, word: str) -> None:
    customer_id = add_customer(database, chat_id=None)
    add_score(database, customer_id, Kind.NPS, 4, reason=word)
    put(database, "interaction", customer_id=customer_id, kind="note", body=word, happened_at=clock.now())
    put(database, "loss", customer_id=customer_id, lost_at=clock.now(), source="staff", reason=word)
    due = {"answer_due_at": clock.now(), "solve_due_at": clock.now(), "resolved_at": clock.now()}
    opened = {"customer_id": customer_id, "source": "feedback", "opened_at": clock.now()}
    put(database, "support_case", words=word, **opened, **due)
    plan = {"template": "t", "name": "n", "check_in_months": 1, "progress_months": 3}
    rounds = {"check_ins": 0, "progress_messages": 0, "started_at": clock.now(), "goal_said_at": clock.now()}
    put(database, "success_plan", customer_id=customer_id, status="completed", goal=word, **plan, **rounds)
    about: dict[str, Any] = {"about_id": customer_id, "chat_id": STAFF_CHAT, "language": "vi"}
    queue(database, Kind.NOTICE, dedupe_key=word, facts={"text": word}, **about)


def words(database: Database) -> list[str]:
    kept = [one["reason"] for one in rows(database, "answer")] + [one["body"] for one in rows(database, "interaction")]
    kept += [one["words"] for one in rows(database, "support_case")]
    kept += [one["goal"] for one in rows(database, "success_plan")]
    return kept + [one["reason"] for one in rows(database, "loss")]


def test_old_words_go_and_scores_and_new_words_stay(database: Database, clock: HandClock) -> None:
    write(database, clock, "old")
    clock.advance(timedelta(seconds=1))
    write(database, clock, "new")
    clock.advance(KEPT_FOR)
    assert database.write_now(erase_old_texts, rules=RULES) == 5
    assert words(database) == ["", "new"] * 5
    assert [one["score"] for one in rows(database, "answer")] == [4, 4]
    assert database.write_now(erase_old_texts, rules=RULES) == 0


def test_a_notice_keeps_its_words_until_it_is_over(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    queue(database, Kind.NOTICE, about_id=customer_id, chat_id=1, language="vi", facts={"text": "x"})
    queue(database, Kind.NPS, customer_id, facts={"run_id": 1}, dedupe_key="nps")
    clock.advance(2 * KEPT_FOR)
    assert database.write_now(erase_old_texts, rules=RULES) == 0

    def send(tx: Tx, *, now: object) -> None:
        tx.execute(outbox.update().values(status="sent"))

    database.write_now(send)
    assert database.write_now(erase_old_texts, rules=RULES) == 1
    assert row(database, "outbox", kind="notice")["facts"] == {}
    assert row(database, "outbox", kind="nps")["facts"] == {"run_id": 1}


def test_an_old_case_keeps_its_words_while_it_is_open_and_a_reply_goes_with_them(
    database: Database, clock: HandClock
) -> None:
    customer_id = add_customer(database)
    due = {"answer_due_at": clock.now(), "solve_due_at": clock.now()}
    opened = {"customer_id": customer_id, "source": "feedback", "opened_at": clock.now()}
    put(database, "support_case", words="open", **opened, **due)
    queue(database, Kind.REPLY, customer_id, facts={"text": "x"})
    database.write_now(lambda tx, *, now: tx.execute(outbox.update().values(status="sent")))
    clock.advance(2 * KEPT_FOR)
    assert database.write_now(erase_old_texts, rules=RULES) == 1
    assert row(database, "support_case")["words"] == "open"
    assert row(database, "outbox")["facts"] == {}


def test_without_a_rule_everything_stays(database: Database, clock: HandClock) -> None:
    write(database, clock, "old")
    clock.advance(10 * KEPT_FOR)
    assert database.write_now(erase_old_texts, rules=NEVER) == 0
    assert words(database) == ["old"] * 5


def test_a_first_reason_that_nobody_gave_stays_none(database: Database, clock: HandClock) -> None:
    add_score(database, add_customer(database), Kind.NPS, 4)
    clock.advance(2 * KEPT_FOR)
    database.write_now(erase_old_texts, rules=RULES)
    assert row(database, "answer")["reason"] is None


def test_the_goal_of_a_plan_that_goes_on_and_of_a_template_stay(database: Database, clock: HandClock) -> None:
    write(database, clock, "old")

    def go_on(tx: Tx, *, now: object) -> None:
        tx.execute(success_plan.update().values(status="active"))

    database.write_now(go_on)
    clock.advance(2 * KEPT_FOR)
    database.write_now(erase_old_texts, rules=RULES)
    assert row(database, "success_plan")["goal"] == "old"


def test_a_message_that_quoted_the_goal_keeps_it_no_longer_than_other_words(
    database: Database, clock: HandClock
) -> None:
    queue(database, Kind.CHECK_IN, add_customer(database), facts={"goal": "x"})
    clock.advance(2 * KEPT_FOR)

    def send(tx: Tx, *, now: object) -> None:
        tx.execute(outbox.update().values(status="sent"))

    database.write_now(send)
    database.write_now(erase_old_texts, rules=RULES)
    assert row(database, "outbox")["facts"] == {}
