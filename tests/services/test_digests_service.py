"""What waits for each CSM in the morning, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import storage.outbox
from bot.domain.delivery import at_once
from bot.domain.health_messages import FALLS
from bot.domain.messages import Language
from bot.domain.rules import DeliveryRules, HealthRules, Rules, WinBackRules
from bot.domain.taps import AnswerForget
from bot.domain.touchpoints import Kind
from bot.services import digests
from bot.services.privacy import answer_forget
from storage.database import Database
from storage.tables import outbox
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, add_staff, put, row, rows

HOA, LAN = CHAT + 1, CHAT + 2
RULES = Rules(win_back=WinBackRules(silent_after=timedelta(days=100)), delivery=DeliveryRules(per_second=1000))
DAY = timedelta(days=1)
EIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 08:00 in Vietnam


@pytest.fixture
def morning(database: Database, clock: HandClock) -> datetime:
    """Monday, eight o'clock; Hoa and Lan work here."""
    clock.advance(EIGHT - clock.now())
    for user_id, name in ((HOA, "Hoa"), (LAN, "Lan")):
        add_staff(database, user_id, name=name)
    return clock.now()


def told(database: Database, user_id: int = HOA) -> dict[str, Any]:
    """Each section of a digest: how many, and the names that it lists."""
    found = row(database, "outbox", kind="digest", chat_id=user_id)["facts"]["sections"]
    return {each["kind"]: (each["total"], [item["name"] for item in each["items"]]) for each in found}


def plan(database: Database, rules: Rules = RULES) -> int:
    return database.write_now(digests.plan_digests, rules=rules)


def add_case(database: Database, customer_id: int, at: datetime, **facts: Any) -> None:
    due = {"answer_due_at": at, "solve_due_at": at}
    put(database, "support_case", customer_id=customer_id, source="feedback", opened_at=at, **due, **facts)


def test_every_section_names_ones_own_customers_the_most_urgent_first(database: Database, morning: datetime) -> None:
    late, due, wrote, planned, silent, born = (
        add_customer(database, name=name, csm_id=HOA, chat_id=None, **facts)
        for name, facts in (
            ("Muộn", {}),
            ("Đến hạn", {}),
            ("Nhắn", {}),
            ("Mốc", {}),
            ("Im", {"last_purchase_at": morning - 76 * DAY}),
            ("Sinh", {"birth_day": 23, "birth_month": 11, "last_purchase_at": morning - 74 * DAY}),
        )
    )
    add_case(database, due, morning + DAY)
    add_case(database, late, morning - DAY)
    put(database, "interaction", customer_id=wrote, kind="message", body="Alo", happened_at=morning)
    words = {"template": "t", "name": "n", "goal": "g", "status": "active", "started_at": morning}
    rounds = {"check_in_months": 0, "progress_months": 0, "check_ins": 0, "progress_messages": 0}
    put(database, "success_plan", id=1, customer_id=planned, **words, **rounds)
    for position, days in enumerate((-1, 0, 1)):
        put(database, "milestone", plan_id=1, position=position, title=f"m{days}", due_at=morning + days * DAY)
    assert plan(database) == 1
    assert told(database) == {
        "cases": (2, ["Muộn", "Đến hạn"]),
        "messages": (1, ["Nhắn"]),
        "milestones": (2, ["Mốc", "Mốc"]),
        "birthdays": (1, ["Sinh"]),
        "silent": (1, ["Im"]),
    }
    sections = row(database, "outbox")["facts"]["sections"]
    assert {one["kind"]: one["late"] for one in sections if one["late"]} == {"cases": 1, "milestones": 1}
    assert (silent, born) != (0, 0)


def test_a_case_that_one_has_claimed_counts_and_those_of_others_resting_or_over_do_not(
    database: Database, morning: datetime
) -> None:
    for name, facts in (
        ("Hoa nhận", {"claimed_by": HOA}),
        ("Lan nhận", {"claimed_by": LAN}),
        ("Hoãn", {"snoozed_until": morning + DAY}),
        ("Xong", {"resolved_at": morning}),
    ):
        add_case(database, add_customer(database, name=name, csm_id=HOA, chat_id=None), morning, **facts)
    plan(database)
    assert told(database) == {"cases": (1, ["Hoa nhận"])}
    assert told(database, LAN) == {"cases": (1, ["Lan nhận"])}


def test_a_message_of_a_case_or_dealt_with_or_of_staff_waits_for_nobody(database: Database, morning: datetime) -> None:
    customer_id = add_customer(database, csm_id=HOA)
    add_case(database, customer_id, morning, resolved_at=morning)
    case_id = row(database, "support_case")["id"]
    for kind, facts in (("note", {}), ("message", {"closed_at": morning}), ("feedback", {"case_id": case_id})):
        put(database, "interaction", customer_id=customer_id, kind=kind, body="x", happened_at=morning, **facts)
    assert plan(database) == 0
    assert rows(database, "outbox") == []


def test_only_the_first_five_are_listed_and_all_are_counted(database: Database, morning: datetime) -> None:
    for _ in range(7):
        add_case(database, add_customer(database, csm_id=HOA, chat_id=None), morning)
    plan(database)
    total, names = told(database)["cases"]
    assert (total, len(names)) == (7, 5)


def test_what_is_new_or_due_today_comes_before_what_was_named_every_morning(
    database: Database, morning: datetime
) -> None:
    friday = morning - 3 * DAY
    people = {name: add_customer(database, name=name, csm_id=HOA, chat_id=None) for name in ("Mới", "Nay", "Viết")}
    for number in range(5):
        old = add_customer(database, name=f"Cũ {number}", csm_id=HOA, chat_id=None)
        add_case(database, old, friday - DAY)
        put(database, "interaction", customer_id=old, kind="message", body="Alo", happened_at=friday - DAY)
    dues = {"opened_at": friday, "answer_due_at": morning + 2 * DAY, "solve_due_at": morning + 3 * DAY}
    put(database, "support_case", customer_id=people["Mới"], source="feedback", **dues)
    dues = {"opened_at": friday - DAY, "answer_due_at": morning + DAY / 4, "solve_due_at": morning + DAY}
    put(database, "support_case", customer_id=people["Nay"], source="feedback", **dues)
    put(database, "interaction", customer_id=people["Viết"], kind="message", body="Alo", happened_at=friday)
    plan(database)
    cases, messages = row(database, "outbox", kind="digest", chat_id=HOA)["facts"]["sections"]
    listed = [(one["name"], one["new"], one["today"], one["answers"]) for one in cases["items"][:3]]
    assert listed == [("Nay", False, True, True), ("Mới", True, False, True), ("Cũ 0", False, False, True)]
    assert cases["items"][0]["at"] == (morning + DAY / 4).isoformat()
    assert (cases["new"], cases["late"], messages["new"], messages["late"]) == (1, 5, 1, 0)
    assert messages["items"][0]["name"] == "Viết"


def test_an_answered_case_is_due_when_it_must_be_solved(database: Database, morning: datetime) -> None:
    dues = {"opened_at": morning - DAY, "answer_due_at": morning - DAY, "solve_due_at": morning + DAY}
    customer_id = add_customer(database, csm_id=HOA, chat_id=None)
    put(database, "support_case", customer_id=customer_id, source="feedback", first_answer_at=morning - DAY, **dues)
    plan(database)
    (section,) = row(database, "outbox", kind="digest")["facts"]["sections"]
    (item,) = section["items"]
    assert (item["at"], item["answers"], item["late"]) == ((morning + DAY).isoformat(), False, False)


def test_a_digest_is_planned_once_a_morning_in_the_language_of_its_reader(
    database: Database, clock: HandClock, morning: datetime
) -> None:
    add_staff(database, LAN + 1, name="Kate", language="en")
    add_case(database, add_customer(database, csm_id=LAN + 1), morning)
    assert [plan(database), plan(database)] == [1, 0]
    assert row(database, "outbox")["language"] == "en"
    clock.advance(DAY)
    assert plan(database) == 1


def test_the_lost_are_not_silent_and_nobody_is_where_staff_alone_say_who_is_lost(
    database: Database, morning: datetime
) -> None:
    add_customer(database, csm_id=HOA, last_purchase_at=morning - 80 * DAY, lost_at=morning)
    assert plan(database) == 0
    add_customer(database, csm_id=HOA, chat_id=None, last_purchase_at=morning - 80 * DAY)
    assert plan(database, Rules(win_back=WinBackRules(silent_after=None))) == 0
    assert plan(database) == 1


def test_who_is_forgotten_is_named_in_no_digest_that_was_sent(database: Database, morning: datetime) -> None:
    customer_id = add_customer(database, name="Kiều Oanh", csm_id=HOA)
    add_case(database, customer_id, morning)
    plan(database)
    database.write_now(lambda tx, *, now: tx.execute(outbox.update().values(status="sent")))
    tap = AnswerForget(customer_id, "yes")
    database.write_now(answer_forget, rules=RULES, message_id=1, chat_id=CHAT, language=Language.VI, tap=tap)
    assert row(database, "outbox", kind="digest")["facts"] == {}


def test_who_is_forgotten_is_named_in_no_list_of_falls(database: Database, clock: HandClock) -> None:
    gone, stays = add_customer(database), add_customer(database, chat_id=None)
    falls = [{"health_of": one, "name": str(one)} for one in (gone, stays)]
    now = clock.now()
    waiting = at_once(
        Kind.NOTICE, "falls", now=now, chat_id=HOA, language=Language.VI, template=FALLS, facts={"falls": falls}
    )
    database.write_now(lambda tx, *, now: storage.outbox.add(tx, waiting, now=now))
    tap = AnswerForget(gone, "yes")
    database.write_now(answer_forget, rules=RULES, message_id=1, chat_id=CHAT, language=Language.VI, tap=tap)
    assert row(database, "outbox", template=FALLS)["facts"]["falls"] == falls[1:]


def test_who_is_at_risk_is_named_who_became_so_last_first_with_what_moved_it(
    database: Database, morning: datetime
) -> None:
    today = morning.date()
    for name, since, csm_id, colour in (
        ("Lâu đỏ", today - 40 * DAY, HOA, "red"),
        ("Mới đỏ", today, HOA, "red"),
        ("Vàng", today, HOA, "yellow"),
        ("Của Lan", today, LAN, "red"),
    ):
        scored = {"customer_id": add_customer(database, name=name, csm_id=csm_id, chat_id=None), "scorecard": "general"}
        now = {"day": today, "score": 40, "colour": colour, "version": "1", "parts": [["trend", 0, 30, 10]]}
        put(database, "health", **scored, **now, since=since)
        before = {"day": today - 30 * DAY, "score": 60, "colour": "yellow", "parts": [["trend", 1, 60, 10]]}
        put(database, "health_snapshot", **scored, **now | before)
    assert plan(database, replace(RULES, health=HealthRules(enabled=False))) == 0
    plan(database)
    assert told(database) == {"at_risk": (2, ["Mới đỏ", "Lâu đỏ"])}
    (section,) = row(database, "outbox", kind="digest", chat_id=HOA)["facts"]["sections"]
    assert section["items"][0]["risk"]["moves"] == [{"part": "usage", "points": -30}]
