"""Claiming, holding and settling what is due, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.delivery import Delivery, Outcome, Proof
from bot.domain.messages import Language
from bot.domain.rules import DeliveryRules, Rules
from bot.domain.touchpoints import Kind
from bot.services import delivery
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, queue, queue_survey, row, rows

RULES = Rules(staff_chat_id=STAFF_CHAT)
FAST = replace(RULES, delivery=DeliveryRules(per_second=1000))
SENT = Outcome(proof=Proof.SENT, message_id=77)
UNKNOWN = Outcome(proof=Proof.UNKNOWN, error="no answer in time")


def claim(database: Database, *, rules: Rules = RULES, owner: str = "a", limit: int = 100) -> list[Delivery]:
    return list(database.write_now(delivery.claim, rules=rules, owner=owner, limit=limit).deliveries)


def record(database: Database, one: Delivery, outcome: Outcome) -> None:
    database.write_now(delivery.record, rules=RULES, delivery=one, outcome=outcome)


def status(database: Database, outbox_id: int) -> str:
    return str(row(database, "outbox", id=outbox_id)["status"])


def notice(database: Database, key: str, chat_id: int = STAFF_CHAT, **changes: Any) -> int:
    facts: dict[str, Any] = {"customer": "An", "kind": "nps", "score": 1, "highest": 10, "reason": None, "subject": ""}
    about: dict[str, Any] = {"chat_id": chat_id, "language": Language.VI, "template": "staff/detractor", "facts": facts}
    return queue(database, Kind.NOTICE, dedupe_key=key, **about | changes)


def test_what_is_due_is_claimed_composed_and_leased(database: Database, clock: HandClock) -> None:
    run_id, outbox_id = queue_survey(database, add_customer(database))
    (one,) = claim(database)
    assert (one.chat_id, one.attempt, one.message.template) == (CHAT, 1, "surveys/question")
    assert one.message.facts["name"] == "Nguyễn Thị An"
    assert one.message.keyboard[0][0].tap.pack() == f"s:{run_id}:0:{outbox_id}"
    claimed = row(database, "outbox", id=outbox_id)
    assert (claimed["status"], claimed["lease_until"]) == ("sending", clock.now() + RULES.delivery.lease)


def test_what_is_claimed_is_not_claimed_again(database: Database) -> None:
    queue_survey(database, add_customer(database))
    assert len(claim(database)) == 1
    assert claim(database, owner="b") == []


def test_nothing_is_claimed_before_it_is_due(database: Database, clock: HandClock) -> None:
    later = clock.now() + timedelta(hours=1)
    queue(database, Kind.BIRTHDAY, add_customer(database), due_at=later)
    assert not database.read_now(delivery.anything_due)
    assert claim(database) == []


def test_a_dedupe_key_is_queued_once_for_ever(database: Database) -> None:
    customer_id = add_customer(database)
    first = queue(database, Kind.BIRTHDAY, customer_id, dedupe_key="birthday:1:2026-11-20")
    with pytest.raises(AssertionError):
        queue(database, Kind.BIRTHDAY, customer_id, dedupe_key="birthday:1:2026-11-20")
    assert [found["id"] for found in rows(database, "outbox")] == [first]


def test_a_hold_is_stored_with_its_rule_and_its_end(database: Database, clock: HandClock) -> None:
    night = clock.advance(timedelta(hours=12))  # 22:00 in Vietnam
    outbox_id = queue(database, Kind.MILESTONE, add_customer(database))
    assert claim(database) == []
    morning = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    held = row(database, "outbox", id=outbox_id)
    assert (held["status"], held["hold_rule"], held["due_at"], held["planned_at"]) == (
        "pending",
        "quiet_hours",
        morning,
        night,
    )
    kept = row(database, "hold")
    assert (kept["rule"], kept["held_at"], kept["held_until"]) == ("quiet_hours", night, morning)


def test_two_messages_for_one_person_count_each_other_in_one_claim(database: Database) -> None:
    customer_id = add_customer(database)
    first = queue(database, Kind.CHECK_IN, customer_id, facts={"plan_id": 1, "plan": "p", "goal": "g"})
    queue(database, Kind.MILESTONE, customer_id)
    assert [one.kind for one in claim(database)] == [Kind.MILESTONE]
    assert row(database, "outbox", id=first)["hold_rule"] == "between_plan_messages"


@pytest.mark.parametrize("stage", ["sending", "sent", "unknown"])
def test_what_may_have_been_sent_counts_for_the_policy(database: Database, clock: HandClock, stage: str) -> None:
    customer_id = add_customer(database)
    queue(database, Kind.BIRTHDAY, customer_id)
    (one,) = claim(database)
    if stage != "sending":
        record(database, one, SENT if stage == "sent" else UNKNOWN)
    clock.advance(timedelta(hours=1))
    outbox_id = queue(database, Kind.MILESTONE, customer_id)
    assert claim(database) == []
    assert row(database, "outbox", id=outbox_id)["hold_rule"] == "floor"


def test_what_was_not_sent_does_not_count(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    queue(database, Kind.BIRTHDAY, customer_id)
    record(database, claim(database)[0], Outcome(proof=Proof.REFUSED, error="bad"))
    milestone = queue(database, Kind.MILESTONE, customer_id)
    assert [one.outbox_id for one in claim(database)] == [milestone]


@pytest.mark.parametrize(
    ("column", "rule"),
    [("stopped_at", "stopped"), ("unreachable_at", "unreachable"), ("lost_at", "lost")],
)
def test_a_person_who_said_stop_between_planning_and_sending_gets_nothing(
    database: Database, clock: HandClock, column: str, rule: str
) -> None:
    run_id, outbox_id = queue_survey(database, add_customer(database, **{column: clock.now()}))
    assert claim(database) == []
    dropped = row(database, "outbox", id=outbox_id)
    assert (dropped["status"], dropped["error"]) == ("cancelled", rule)
    assert row(database, "survey_run", id=run_id)["closed_at"] == clock.now()


def test_what_is_too_late_expires(database: Database, clock: HandClock) -> None:
    outbox_id = queue(database, Kind.BIRTHDAY, add_customer(database))
    clock.advance(timedelta(days=1))
    assert claim(database) == []
    assert status(database, outbox_id) == "expired"


def test_what_a_rule_would_hold_until_it_is_too_late_says_by_which(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    _, first = queue_survey(database, customer_id, Kind.CSAT)
    assert [one.outbox_id for one in claim(database)] == [first]
    clock.advance(timedelta(days=2))
    _, second = queue_survey(database, customer_id, Kind.CES)
    assert claim(database) == []
    dropped = row(database, "outbox", id=second)
    assert (dropped["status"], dropped["error"], dropped["hold_rule"]) == ("expired", "expired", "between_surveys")


def test_the_bulk_rate_is_shared_and_kept(database: Database, clock: HandClock) -> None:
    rules = replace(RULES, delivery=DeliveryRules(per_second=50))
    for number in range(12):
        queue(database, Kind.BIRTHDAY, add_customer(database, chat_id=CHAT + number))
    assert len(claim(database, rules=rules)) == 5
    assert claim(database, rules=rules, owner="b") == []
    clock.advance(timedelta(seconds=0.04))
    assert len(claim(database, rules=rules, owner="b")) == 2


def test_no_second_of_a_campaign_is_over_what_telegram_bears(database: Database, clock: HandClock) -> None:
    for number in range(60):
        queue(database, Kind.BIRTHDAY, add_customer(database, chat_id=CHAT + number))
    left: list[float] = []
    for step in range(100):
        left += [step / 50] * len(claim(database))
        clock.advance(timedelta(seconds=0.02))
    assert max(sum(start <= at <= start + 1 for at in left) for start in left) <= 28
    assert 48 <= len(left) <= 56


def test_a_claim_takes_no_more_than_asked(database: Database) -> None:
    for number in range(3):
        queue(database, Kind.BIRTHDAY, add_customer(database, chat_id=CHAT + number))
    assert len(claim(database, limit=2)) == 2


def test_notices_to_a_group_keep_to_its_own_pace(database: Database, clock: HandClock) -> None:
    for number in range(6):
        notice(database, f"n{number}")
    assert len(claim(database, rules=FAST)) == 3
    clock.advance(timedelta(seconds=3))
    assert claim(database, rules=FAST) == []
    clock.advance(timedelta(seconds=12))
    assert len(claim(database, rules=FAST)) == 3


def test_no_minute_holds_more_notices_than_a_group_bears(database: Database, clock: HandClock) -> None:
    for number in range(40):
        notice(database, f"n{number}")
    sent = 0
    for _ in range(60):
        sent += len(claim(database, rules=FAST))
        clock.advance(timedelta(seconds=1))
    assert 17 <= sent <= 20


def test_a_429_in_the_staff_group_pauses_that_group_alone(database: Database, clock: HandClock) -> None:
    notice(database, "a")
    (one,) = claim(database)
    record(database, one, Outcome(proof=Proof.NOT_SENT, retry_after=timedelta(seconds=30)))
    birthday = queue(database, Kind.BIRTHDAY, add_customer(database))
    notice(database, "b")
    clock.advance(timedelta(seconds=5))
    assert [other.outbox_id for other in claim(database, rules=FAST)] == [birthday]
    clock.advance(timedelta(seconds=30))
    assert len(claim(database, rules=FAST)) == 2


def test_a_result_is_kept_with_the_message_and_starts_the_surveys_clock(database: Database, clock: HandClock) -> None:
    run_id, outbox_id = queue_survey(database, add_customer(database))
    record(database, claim(database)[0], SENT)
    sent = row(database, "outbox", id=outbox_id)
    assert (sent["status"], sent["message_id"], sent["lease_until"]) == ("sent", 77, None)
    run = row(database, "survey_run", id=run_id)
    assert (run["sent_at"], run["remind_at"], run["closes_at"]) == (
        clock.now(),
        clock.now() + RULES.surveys.reminder_after,
        clock.now() + RULES.surveys.closes_after,
    )


def test_a_result_of_somebody_elses_attempt_is_ignored(database: Database) -> None:
    _, outbox_id = queue_survey(database, add_customer(database))
    (one,) = claim(database)
    record(database, replace(one, owner="b"), SENT)
    record(database, replace(one, attempt=2), SENT)
    assert status(database, outbox_id) == "sending"


def test_an_unknown_survey_waits_for_its_reminder_and_is_not_sent_again(database: Database, clock: HandClock) -> None:
    run_id, outbox_id = queue_survey(database, add_customer(database))
    record(database, claim(database)[0], UNKNOWN)
    assert status(database, outbox_id) == "unknown"
    assert row(database, "survey_run", id=run_id)["remind_at"] is not None
    clock.advance(timedelta(days=2))
    assert claim(database) == []


def test_an_unknown_notice_is_sent_once_more_with_a_flag(database: Database, clock: HandClock) -> None:
    outbox_id = notice(database, "n")
    record(database, claim(database)[0], UNKNOWN)
    clock.advance(timedelta(minutes=1))
    (again,) = claim(database)
    assert (again.outbox_id, again.possible_duplicate, again.attempt) == (outbox_id, True, 2)
    record(database, again, UNKNOWN)
    assert status(database, outbox_id) == "unknown"


def test_a_dead_senders_row_is_recovered_when_its_lease_runs_out(database: Database, clock: HandClock) -> None:
    survey = queue_survey(database, add_customer(database))[1]
    told = notice(database, "n")
    assert len(claim(database)) == 2
    assert claim(database, owner="b") == []
    assert status(database, survey) == "sending"
    clock.advance(RULES.delivery.lease + timedelta(seconds=1))
    assert database.read_now(delivery.anything_due)
    assert claim(database, owner="b") == []
    assert (status(database, survey), status(database, told)) == ("unknown", "pending")
    assert row(database, "outbox", id=told)["possible_duplicate"]


def test_what_was_not_sent_is_tried_again_after_a_wait(database: Database, clock: HandClock) -> None:
    outbox_id = queue(database, Kind.BIRTHDAY, add_customer(database))
    record(database, claim(database)[0], Outcome(proof=Proof.NOT_SENT, error="no connection"))
    waiting = row(database, "outbox", id=outbox_id)
    assert (waiting["status"], waiting["sent_at"]) == ("pending", None)
    assert claim(database) == []
    clock.advance(timedelta(seconds=2))
    assert [one.attempt for one in claim(database)] == [2]


def test_a_429_pauses_everybody(database: Database, clock: HandClock) -> None:
    for number in range(2):
        queue(database, Kind.BIRTHDAY, add_customer(database, chat_id=CHAT + number))
    (first,) = claim(database, limit=1)
    record(database, first, Outcome(proof=Proof.NOT_SENT, retry_after=timedelta(seconds=30)))
    clock.advance(timedelta(seconds=29))
    assert claim(database, owner="b") == []
    clock.advance(timedelta(seconds=1))
    assert len(claim(database, owner="b")) == 2


def test_a_shorter_pause_does_not_shorten_a_longer_one(database: Database, clock: HandClock) -> None:
    queue(database, Kind.BIRTHDAY, add_customer(database))
    database.write_now(delivery.pause, retry_after=timedelta(minutes=5))
    database.write_now(delivery.pause, retry_after=timedelta(seconds=1))
    clock.advance(timedelta(minutes=4))
    assert claim(database) == []


def test_a_person_who_blocked_the_bot_is_unreachable_and_due_nothing(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    run_id, outbox_id = queue_survey(database, customer_id)
    waiting = queue(database, Kind.MILESTONE, customer_id, due_at=clock.now() + timedelta(days=2))
    record(
        database, claim(database)[0], Outcome(proof=Proof.UNREACHABLE, error="Forbidden: bot was blocked by the user")
    )
    assert row(database, "customer", id=customer_id)["unreachable_at"] == clock.now()
    assert (status(database, outbox_id), status(database, waiting)) == ("failed", "cancelled")
    assert row(database, "survey_run", id=run_id)["closed_at"] == clock.now()


def test_a_group_that_moved_takes_its_queue_along(database: Database, clock: HandClock) -> None:
    moved, waiting = notice(database, "a"), notice(database, "b")
    one = next(one for one in claim(database, limit=1))
    record(database, one, Outcome(proof=Proof.NOT_SENT, new_chat_id=-100_999))
    assert {found["chat_id"] for found in rows(database, "outbox")} == {-100_999}
    clock.advance(timedelta(minutes=1))
    assert {again.outbox_id for again in claim(database)} == {moved, waiting}


def test_the_most_urgent_goes_first(database: Database) -> None:
    queue(database, Kind.BIRTHDAY, add_customer(database))
    urgent = notice(database, "n")
    assert claim(database, limit=1)[0].outbox_id == urgent


def test_a_row_that_cannot_become_a_message_fails_alone(database: Database) -> None:
    customer_id = add_customer(database)
    bad = queue(database, Kind.NPS, customer_id, facts={"kind": "nps"})
    good = queue(database, Kind.BIRTHDAY, add_customer(database, chat_id=CHAT + 1))
    assert [one.outbox_id for one in claim(database)] == [good]
    failed = row(database, "outbox", id=bad)
    assert (failed["status"], failed["error"]) == ("failed", "KeyError: 'run_id'")
    fine = queue(database, Kind.MILESTONE, customer_id)
    assert [one.outbox_id for one in claim(database)] == [fine]
