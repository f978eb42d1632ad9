"""Cases as use cases, on both databases."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

import storage.health_facts
import storage.planning
from bot.domain.contact import Rule
from bot.domain.delivery import Act, Delivery, Outcome, Proof
from bot.domain.messages import Language
from bot.domain.roles import Role, Staff
from bot.domain.rules import DeliveryRules, Rules
from bot.domain.taps import ResolveCase, Score, SnoozeCase
from bot.domain.touchpoints import Kind
from bot.services import case_talk, cases, conversations, delivery, health, planning, survey_planning, surveys
from storage.database import Database, Tx
from tests.conftest import HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_score, add_staff, queue, queue_survey, row, rows
from tests.stories import change

RULES = Rules(staff_chat_id=STAFF_CHAT, delivery=DeliveryRules(per_second=1000))
HOA = Staff(user_id=CHAT + 100, name="Hoa", role=Role.CSM, language=Language.EN)
LAN = Staff(user_id=CHAT + 101, name="Lan", role=Role.MANAGER, language=Language.EN)
DAY = timedelta(days=1)


@pytest.fixture
def case_id(database: Database) -> int:
    """An open case of a customer whose last NPS was a 3."""
    for one in (HOA, LAN):
        add_staff(database, one.user_id, name=one.name, role=one.role)
    add_score(database, add_customer(database), Kind.NPS, 3)
    feedback(database, "Broken")
    return int(row(database, "support_case")["id"])


def feedback(database: Database, text: str, message_id: int = 1) -> None:
    facts = {"chat_id": CHAT, "message_id": message_id, "language": Language.EN, "text": text}
    database.write_now(conversations.give_feedback, rules=RULES, **facts)


def answer(database: Database, text: str, message_id: int = 500, **where: Any) -> Any:
    place = {"chat_id": STAFF_CHAT, "thread_id": None, "reply_to": 77, "media": False, "language": Language.EN}
    return database.write_now(
        case_talk.answer_in_chat,
        **{"rules": RULES, "by": HOA, "message_id": message_id, "text": text, **place, **where},
    )


def send(database: Database, outcome: Outcome | None = None, *, most: int = 1) -> list[Delivery]:
    """Send what may go, one claim after the other; each message gets the id 77. Returned is what cases say."""
    gone = []
    for _ in range(most):
        claimed = database.write_now(delivery.claim, rules=RULES, owner="test", limit=9)
        for one in claimed.deliveries:
            came = outcome or Outcome(proof=Proof.SENT, message_id=77)
            database.write_now(delivery.record, rules=RULES, delivery=one, outcome=came)
            gone += [one] if one.case_id and one.kind is not Kind.CARD_EDIT else []
    return gone


def resolve(database: Database, case_id: int) -> None:
    tap = ResolveCase(case_id, "product", "solved")
    database.write_now(cases.resolve_case, rules=RULES, by=HOA, tap=tap)


def test_a_case_knows_the_nps_before_it(database: Database, case_id: int) -> None:
    assert row(database, "support_case")["nps_before"] == 3


def test_one_customer_has_one_open_case(database: Database, case_id: int) -> None:
    feedback(database, "And late", message_id=2)
    assert len(rows(database, "support_case")) == 1
    assert [told["facts"]["text"] for told in rows(database, "outbox", kind=Kind.CASE)] == ["And late"]
    resolve(database, case_id)
    feedback(database, "Broken again", message_id=3)
    assert len(rows(database, "support_case")) == 2


def test_a_topic_comes_before_the_card_and_the_card_goes_into_it(database: Database, case_id: int) -> None:
    [topic] = send(database)
    assert (topic.act, topic.chat_id) == (Act.CREATE_TOPIC, STAFF_CHAT)
    assert row(database, "support_case")["thread_id"] == 77
    [card] = send(database)
    assert (card.kind, card.thread_id, card.reply_to) == (Kind.CARD, 77, None)
    assert row(database, "support_case")["card_message_id"] == 77


def test_a_group_without_topics_gets_the_card_and_answers_to_it(database: Database, case_id: int) -> None:
    send(database, Outcome(proof=Proof.REFUSED, error="the chat is not a forum"))
    feedback(database, "And late", message_id=2)
    card, told = send(database, most=2)
    assert (card.thread_id, card.reply_to) == (None, None)
    assert (told.thread_id, told.reply_to) == (None, 77)


def test_a_topic_of_which_nobody_knows_is_made_once_more_with_a_flag(
    database: Database, case_id: int, clock: HandClock
) -> None:
    send(database, Outcome(proof=Proof.UNKNOWN))
    clock.advance(timedelta(minutes=1))
    [topic] = send(database)
    assert (topic.act, topic.possible_duplicate) == (Act.CREATE_TOPIC, True)


def test_what_waits_in_a_lane_waits_for_the_one_before_it(database: Database, case_id: int, clock: HandClock) -> None:
    send(database, most=2)
    for number, words in enumerate(("first", "second")):
        answer(database, words, message_id=500 + number)
    [first] = send(database, Outcome(proof=Proof.NOT_SENT, error="no connection"))
    assert first.message.facts["text"] == "first"
    assert send(database) == []
    clock.advance(timedelta(minutes=1))
    assert [one.message.facts["text"] for one in send(database, most=2)] == ["first", "second"]


def test_the_same_answer_delivered_twice_goes_out_once(database: Database, case_id: int) -> None:
    send(database, most=2)
    for _ in range(2):
        answer(database, "Hello")
    assert len(rows(database, "outbox", kind=Kind.REPLY)) == 1
    assert len(rows(database, "interaction", kind="reply")) == 1


def test_an_answer_whose_sender_died_goes_out_again_flagged(database: Database, case_id: int, clock: HandClock) -> None:
    send(database, most=2)
    answer(database, "Hello")
    database.write_now(delivery.claim, rules=RULES, owner="dead", limit=9)
    clock.advance(timedelta(minutes=2))
    gone = send(database, most=1)
    clock.advance(timedelta(minutes=2))
    [again] = [one for one in gone + send(database) if one.kind is Kind.REPLY]
    assert again.possible_duplicate


def test_an_answer_waits_for_no_floor_no_quiet_hours_and_goes_to_who_stopped(
    database: Database, case_id: int, clock: HandClock
) -> None:
    send(database, most=2)
    database.write_now(change_customer, stopped_at=clock.now())
    clock.advance(timedelta(hours=13))  # 23:00 in Vietnam
    answer(database, "Hello")
    assert [one.kind for one in send(database)] == [Kind.REPLY]


def change_customer(tx: Any, *, now: Any, **values: Any) -> None:
    import storage.customers  # noqa: PLC0415  a test changes what no use case here does

    storage.customers.change(tx, 1, **values)


def test_an_answer_that_is_refused_is_told_to_its_writer(database: Database, case_id: int) -> None:
    send(database, most=2)
    answer(database, "Hello")
    send(database, Outcome(proof=Proof.UNREACHABLE, error="blocked"))
    assert [told["template"] for told in rows(database, "outbox", kind=Kind.CASE)] == ["cases/not_delivered"]
    assert answer(database, "Hello again", message_id=501).send[0].template == "cases/not_delivered"


def test_what_belongs_to_no_case_is_not_sent(database: Database, case_id: int) -> None:
    send(database, most=2)
    assert answer(database, "Lunch?", reply_to=None) is None
    assert answer(database, "Lunch?", reply_to=78) is None
    assert rows(database, "outbox", kind=Kind.REPLY) == []


def test_a_resolved_case_takes_no_answer(database: Database, case_id: int) -> None:
    send(database, most=2)
    resolve(database, case_id)
    assert answer(database, "Hello").send[0].template == "cases/not_open"
    assert rows(database, "outbox", kind=Kind.REPLY) == []


def test_the_first_to_resolve_is_the_one_who_did(database: Database, case_id: int) -> None:
    resolve(database, case_id)
    tap = ResolveCase(case_id, "price", "unsolved")
    reply = database.write_now(cases.resolve_case, rules=RULES, by=LAN, tap=tap)
    ended = row(database, "support_case")
    assert (ended["reason"], ended["resolved_by"]) == ("product", HOA.user_id)
    assert reply.edit is not None
    assert reply.edit.facts["resolved_by"] == "Hoa"


def test_a_missed_deadline_is_told_in_the_thread_and_to_managers_once(
    database: Database, case_id: int, clock: HandClock
) -> None:
    clock.advance(row(database, "support_case")["answer_due_at"] - clock.now())
    for _ in range(2):
        database.write_now(cases.plan_alarms, rules=RULES)
    told = rows(database, "outbox", template="cases/alarm")
    assert [(one["chat_id"], one["facts"]["alarm"]) for one in told] == [
        (STAFF_CHAT, "answer_late"),
        (LAN.user_id, "answer_late"),
    ]
    clock.advance(row(database, "support_case")["solve_due_at"] - clock.now())
    database.write_now(cases.plan_alarms, rules=RULES)
    assert len(rows(database, "outbox", template="cases/alarm")) == 4
    assert row(database, "support_case")["looks_at"] is None


def test_a_case_that_rests_is_not_late_and_wakes(database: Database, case_id: int, clock: HandClock) -> None:
    database.write_now(cases.snooze_case, rules=RULES, by=HOA, tap=SnoozeCase(case_id, "week"))
    clock.advance(6 * DAY)
    assert database.write_now(cases.plan_alarms, rules=RULES) == 0
    clock.advance(DAY)
    database.write_now(cases.plan_alarms, rules=RULES)
    assert [one["facts"]["alarm"] for one in rows(database, "outbox", template="cases/alarm")] == ["wake"]


def test_what_was_said_in_a_case_is_closed_with_it_and_asked_about_once(
    database: Database, case_id: int, clock: HandClock
) -> None:
    resolve(database, case_id)
    assert row(database, "interaction")["closed_at"] == clock.now()
    clock.advance(timedelta(hours=1))
    planners = (survey_planning.plan_ces, survey_planning.plan_case_ces)
    assert [database.write_now(planner, rules=RULES) for planner in planners] == [0, 1]
    assert database.write_now(survey_planning.plan_case_ces, rules=RULES) == 0
    assert row(database, "outbox", kind=Kind.CASE_CES)["facts"]["subject"] == "2026-11-20"


def test_the_customer_is_asked_for_nps_again_after_a_case(database: Database, case_id: int, clock: HandClock) -> None:
    resolve(database, case_id)
    clock.advance(90 * DAY)
    assert [database.write_now(survey_planning.plan_follow_ups, rules=RULES) for _ in range(2)] == [1, 0]
    asked = row(database, "outbox", kind=Kind.FOLLOW_UP)
    assert asked["run_id"] == row(database, "support_case")["nps_run_id"]
    assert row(database, "survey_run", id=asked["run_id"])["kind"] == Kind.NPS
    assert row(database, "customer")["next_nps_at"] == clock.now() + RULES.surveys.nps_every


async def test_of_many_who_claim_at_the_same_moment_one_wins_and_the_others_are_told(
    database: Database, case_id: int
) -> None:
    claims = [database.write(cases.claim_case, rules=RULES, by=by, case_id=case_id) for by in (HOA, LAN) * 10]
    replies = await asyncio.gather(*claims)
    winner = row(database, "support_case")["claimed_by"]
    assert winner in (HOA.user_id, LAN.user_id)
    assert sum(bool(reply.send) for reply in replies) == 10
    assert all(reply.edit is not None and reply.edit.facts["claimed_by"] for reply in replies)


async def test_a_customer_with_forty_open_tabs_has_every_tap_settled_and_one_case(database: Database) -> None:
    customer_id = add_customer(database)
    kinds = [(Kind.NPS, 3), (Kind.CES, 1), (Kind.CSAT, 2), (Kind.NPS, 9)]
    runs = [(queue_survey(database, customer_id, kind), score) for kind, score in kinds * 10]
    taps = [
        database.write(
            surveys.record_score,
            rules=RULES,
            chat_id=CHAT,
            message_id=1000 + run_id,
            language=Language.VI,
            tap=Score(run_id, score, outbox_id),
        )
        for (run_id, outbox_id), score in runs
        for _ in range(2)
    ]
    replies = await asyncio.gather(*taps)
    assert all(reply.edit is not None and not reply.send for reply in replies)
    given = {one["run_id"]: one["score"] for one in rows(database, "answer")}
    assert given == {run_id: score for (run_id, _), score in runs}
    opened = row(database, "support_case")
    told = {one["dedupe_key"] for one in rows(database, "outbox", template="staff/detractor")}
    assert len(told) == 30 - 1
    assert opened["resolved_at"] is None


def test_a_reopened_case_is_not_asked_about_until_it_is_over_again(
    database: Database, case_id: int, clock: HandClock
) -> None:
    resolve(database, case_id)
    clock.advance(timedelta(hours=1))
    database.write_now(survey_planning.plan_case_ces, rules=RULES)
    facts = {"chat_id": CHAT, "message_id": 9, "language": Language.EN}
    database.write_now(conversations.receive_text, rules=RULES, text="Still broken", **facts)
    assert row(database, "outbox", kind=Kind.CASE_CES)["status"] == "cancelled"
    resolve(database, case_id)
    clock.advance(timedelta(hours=1))
    database.write_now(survey_planning.plan_case_ces, rules=RULES)
    assert [one["status"] for one in rows(database, "outbox", kind=Kind.CASE_CES)] == ["cancelled", "pending"]


def test_an_answer_that_still_waits_is_taken_back_without_leaving(database: Database, case_id: int) -> None:
    send(database, most=2)
    answer(database, "Hello")
    unsend = {"rules": RULES, "by": HOA, "chat_id": STAFF_CHAT, "reply_to": 500}
    reply = database.write_now(case_talk.unsend_answer, **unsend)
    assert [said.facts for said in reply.send] == [{"gone": True}]
    assert send(database) == []


def test_an_answer_that_cannot_be_deleted_is_told_to_be_there_still(database: Database, case_id: int) -> None:
    send(database, most=2)
    answer(database, "Hello")
    send(database)
    database.write_now(case_talk.unsend_answer, rules=RULES, by=HOA, chat_id=STAFF_CHAT, reply_to=500)
    [deletion] = send(database, Outcome(proof=Proof.REFUSED, error="message can't be deleted"))
    assert (deletion.act, deletion.edit_message_id, deletion.chat_id) == (Act.DELETE, 77, CHAT)
    assert row(database, "outbox", template="cases/unsent")["facts"]["gone"] is False


def test_a_thank_you_after_a_case_was_resolved_is_told_and_opens_nothing_again(
    database: Database, case_id: int, clock: HandClock
) -> None:
    resolve(database, case_id)
    clock.advance(timedelta(hours=1))
    facts = {"chat_id": CHAT, "language": Language.EN, "rules": RULES}
    reply = database.write_now(conversations.receive_text, text="Cảm ơn em nhiều!", message_id=9, **facts)
    assert reply.send == ()
    assert row(database, "support_case")["resolved_at"] is not None
    told = row(database, "outbox", template="cases/said")["facts"]
    assert (told["text"], told["thanks"]) == ("Cảm ơn em nhiều!", True)
    assert [one["closed_at"] for one in rows(database, "interaction", kind="message")] == [clock.now()]
    database.write_now(conversations.receive_text, text="Cảm ơn, mà vẫn lỗi", message_id=10, **facts)
    assert row(database, "support_case")["resolved_at"] is None


def test_greetings_and_surveys_wait_until_a_severe_case_is_settled_and_answers_about_it_do_not(
    database: Database, clock: HandClock
) -> None:
    customer_id = add_customer(database)
    run_id, outbox_id = queue_survey(database, customer_id)
    facts = {"chat_id": CHAT, "message_id": 1, "language": Language.EN, "tap": Score(run_id, 2, outbox_id)}
    database.write_now(surveys.record_score, rules=RULES, **facts)
    clock.advance(200 * DAY)
    for kind in (Kind.CSAT, Kind.HOLIDAY_GREETING, Kind.REPLY):
        queue(database, kind, customer_id, facts=reply_facts(), expires_at=clock.now() + 0.5 * DAY)
    gone = database.write_now(delivery.claim, rules=RULES, owner="test", limit=99).deliveries
    assert Kind.REPLY in [one.kind for one in gone]
    for kind in (Kind.CSAT, Kind.HOLIDAY_GREETING):
        assert row(database, "outbox", kind=kind)["status"] == "expired"
        assert row(database, "hold", outbox_id=row(database, "outbox", kind=kind)["id"])["rule"] == Rule.OPEN_CASE


def test_nps_by_calendar_is_put_off_from_day_to_day_while_a_severe_case_is_open(
    database: Database, clock: HandClock
) -> None:
    customer_id = add_customer(database, next_nps_at=clock.now())
    run_id, outbox_id = queue_survey(database, customer_id, Kind.CSAT)
    facts = {"chat_id": CHAT, "message_id": 1, "language": Language.EN, "tap": Score(run_id, 1, outbox_id)}
    database.write_now(surveys.record_score, rules=RULES, **facts)
    clock.advance(100 * DAY)
    database.write_now(survey_planning.plan_nps, rules=RULES)
    assert rows(database, "outbox", kind=Kind.NPS) == []
    assert row(database, "customer")["next_nps_at"] == clock.now() + DAY
    clock.advance(DAY / 24)
    coming = database.read_now(planning.upcoming, rules=RULES, days=2)
    assert {one.rule for one in coming if one.kind is Kind.NPS} == {Rule.OPEN_CASE}
    resolve(database, int(row(database, "support_case")["id"]))
    clock.advance(2 * DAY)
    database.write_now(survey_planning.plan_nps, rules=RULES)
    assert len(rows(database, "outbox", kind=Kind.NPS)) == 1


@pytest.mark.parametrize("late", [False, True])
def test_the_score_given_last_says_whether_an_open_case_is_severe(
    database: Database, clock: HandClock, late: bool
) -> None:
    customer_id = add_customer(database)
    add_score(database, customer_id, Kind.NPS, 9)
    clock.advance(DAY)
    run_id, outbox_id = queue_survey(database, customer_id)
    facts = {"chat_id": CHAT, "message_id": 1, "language": Language.EN}
    for score, severe in ((3, True), (2, True), (5, late), (9, False)):
        clock.advance(DAY)
        database.write_now(surveys.record_score, rules=RULES, tap=Score(run_id, score, outbox_id), **facts)
        case_id = int(row(database, "support_case", resolved_at=None)["id"])
        database.write_now(
            change, table="support_case", row_id=case_id, solve_escalated_at=clock.now() if late else None
        )
        assert database.read_now(is_held_and_red, customer_id=customer_id) == (severe, severe)
    on_the_first_day = clock.now() - 2.5 * DAY  # of that day only the score is known that opened the case
    assert database.read_now(is_red_at, customer_id=customer_id, at=on_the_first_day)


def is_held_and_red(tx: Tx, *, now: datetime, customer_id: int) -> tuple[bool, bool]:
    contact = storage.planning.load_contacts(tx, [customer_id], rules=RULES, now=now)[customer_id]
    return contact.unsettled_until is not None, is_red_at(tx, now=now, customer_id=customer_id, at=now)


def is_red_at(tx: Tx, *, now: datetime, customer_id: int, at: datetime) -> bool:
    asked = storage.health_facts.Asked(ids=[customer_id], at=at, window=90 * DAY, silent_after=None)
    return storage.health_facts.load(tx, asked)[0].severe_case


def test_the_card_of_a_closed_case_no_longer_says_that_it_is_open(database: Database, case_id: int) -> None:
    database.write_now(change, table="support_case", row_id=case_id, survey_kind=Kind.NPS, score=2)
    database.write_now(health.plan_health, rules=RULES)
    assert row(database, "health")["override"] == "severe_complaint"
    tap = ResolveCase(case_id, "product", "solved")
    reply = database.write_now(cases.resolve_case, rules=RULES, by=HOA, tap=tap)
    assert reply.edit is not None
    assert reply.edit.facts["health"]["override"] is None  # type: ignore[index]


def reply_facts() -> dict[str, object]:
    return {"by": "Hoa", "text": "Sorry", "canned": "", "words": ""}
