"""How a week and a month went, told to managers by the clock, once and as it was then."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot import scheduler
from bot.domain.messages import Language
from bot.domain.rules import DeliveryRules, ReviewRules, Rules
from bot.domain.taps import AnswerForget
from bot.services.privacy import answer_forget
from storage.database import Database
from storage.tables import outbox
from tests.conftest import HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_staff, put, row, rows
from tests.history import Asked, remember

RULES = Rules(staff_chat_id=STAFF_CHAT, delivery=DeliveryRules(per_second=1000))
DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 08:30 in Vietnam
FIRST = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)  # a Tuesday
HOA, LAN = CHAT + 1, CHAT + 2


one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is decided before anything is asked of a database."""


@pytest.fixture
def until(clock: HandClock) -> Callable[[datetime], datetime]:
    """Moves the clock to an instant."""
    return lambda instant: clock.advance(instant - clock.now())


def plan(database: Database, rules: Rules = RULES) -> int:
    return database.write_now(scheduler.plan_reviews, rules=rules)


def answers(database: Database, scores: list[int], at: datetime) -> None:
    people = [add_customer(database, chat_id=None) for _ in scores]
    remember(
        database, [Asked(customer_id=one, sent_at=at, score=score) for one, score in zip(people, scores, strict=True)]
    )


def facts(database: Database, **where: Any) -> dict[str, Any]:
    found: dict[str, Any] = row(database, "outbox", kind="review", **where)["facts"]
    return found


def add_case(database: Database, opened_at: datetime, **columns: Any) -> None:
    customer_id = add_customer(database, chat_id=None)
    due = {"answer_due_at": opened_at + DAY, "solve_due_at": opened_at + 2 * DAY}
    put(database, "support_case", customer_id=customer_id, source="feedback", opened_at=opened_at, **due, **columns)


def test_a_week_is_held_against_the_four_before_it(database: Database, until: Callable[[datetime], datetime]) -> None:
    until(MONDAY)
    answers(database, [10] * 24 + [3] * 6, MONDAY - 3 * DAY)
    answers(database, [10] * 10 + [3] * 20, MONDAY - 20 * DAY)
    answers(database, [0] * 9, MONDAY - 36 * DAY)  # before the four weeks
    answers(database, [0] * 9, MONDAY - timedelta(hours=8))  # this Monday
    assert (plan(database), plan(database)) == (1, 0)
    told = facts(database)
    nps = told["lines"][0]
    assert (nps["line"]["n"], nps["line"]["estimate"]["value"]) == (30, 60)
    assert (nps["usual"]["n"], nps["line"]["change"]["verdict"]) == (30, "up")
    assert told["period"]["first_day"] == "2026-11-16"
    assert (told["before"]["first_day"], told["before"]["last_day"]) == ("2026-10-19", "2026-11-15")
    assert [one["n"] for one in told["trend"]][-5:] == [0, 0, 30, 0, 30]
    assert told["scores"] == {"10": 24, "3": 6}


@one_database
def test_a_week_with_few_answers_is_not_compared(database: Database, until: Callable[[datetime], datetime]) -> None:
    until(MONDAY)
    answers(database, [10] * 6, MONDAY - 3 * DAY)
    answers(database, [3] * 40, MONDAY - 20 * DAY)
    plan(database)
    nps = facts(database)["lines"][0]
    assert (nps["line"]["change"]["verdict"], nps["usual"]["estimate"]["value"]) == ("not_comparable", -100)


@one_database
def test_a_week_is_not_held_against_four_in_which_answers_began_late(
    database: Database, until: Callable[[datetime], datetime]
) -> None:
    until(MONDAY)
    answers(database, [10] * 40, MONDAY - 3 * DAY)
    answers(database, [3] * 40, began_at := MONDAY - 20 * DAY)
    plan(database)
    nps = facts(database)["lines"][0]
    assert nps["line"]["change"]["verdict"] == "not_comparable"
    assert datetime.fromisoformat(nps["line"]["began_at"]) >= began_at


def test_a_week_tells_of_cases_of_who_became_red_of_churn_and_of_what_is_ahead(
    database: Database, until: Callable[[datetime], datetime]
) -> None:
    now = until(MONDAY)
    add_case(database, now - 4 * DAY, resolved_at=now - DAY, resolved_by=HOA)
    add_case(database, now - 3 * DAY)
    add_case(database, now - 30 * DAY, resolved_at=now - 20 * DAY, resolved_by=HOA)
    add_case(database, now - 3 * DAY, resolved_at=now)  # joined with another
    for name, since, colour in (("Mới", 2, "red"), ("Cũ", 40, "red"), ("Vàng", 2, "yellow")):
        customer_id = add_customer(database, name=name, chat_id=None)
        common = {"customer_id": customer_id, "day": now.date(), "score": 40, "scorecard": "general", "version": "1"}
        put(database, "health", **common, colour=colour, since=now.date() - since * DAY, parts=[])
    lost = add_customer(database, chat_id=None)
    put(database, "loss", customer_id=lost, lost_at=now - 9 * DAY, source="staff")
    ends = {"currency": "VND", "price_minor": 1, "starts_on": date(2026, 1, 1)}
    for number, day in enumerate((22, 23, 29, 30)):
        key = {"external_id": f"C{number}", "customer_id": lost, "ends_on": date(2026, 11, day)}
        put(database, "contract", **key, **ends)
    plan(database)
    told = facts(database)
    assert told["cases"] == {"opened": 2, "resolved": 1, "open": 1, "late": 1}
    assert (told["reds"]["total"], told["reds"]["new"]) == (2, 1)
    assert [one["name"] for one in told["reds"]["named"]] == ["Mới"]
    assert (told["churn"]["counts"]["part"], told["churn"]["so_far"], told["month"]) == (1, True, 11)
    assert told["ahead"] == {"milestones": 0, "contracts": 2}


@one_database
def test_a_review_tells_what_was_so_when_it_was_planned(
    database: Database, until: Callable[[datetime], datetime]
) -> None:
    until(MONDAY)
    answers(database, [10] * 6, MONDAY - 3 * DAY)
    plan(database)
    answers(database, [0] * 6, MONDAY - 3 * DAY)
    assert plan(database) == 0
    assert facts(database)["lines"][0]["line"]["n"] == 6


@one_database
def test_it_is_told_after_a_night_without_a_bot_and_not_after_three(
    database: Database, until: Callable[[datetime], datetime]
) -> None:
    add_customer(database)
    until(MONDAY - timedelta(seconds=1))
    assert plan(database) == 0
    until(MONDAY + 2 * DAY)
    assert plan(database) == 0
    until(MONDAY + 9 * DAY - timedelta(seconds=1))
    assert plan(database) > 0


def test_without_a_staff_chat_each_manager_and_admin_is_told_in_their_language(
    database: Database, until: Callable[[datetime], datetime]
) -> None:
    until(MONDAY)
    add_customer(database)
    add_staff(database, HOA, role="manager", language="en")
    add_staff(database, LAN, role="csm")
    rules = Rules(admin_ids=frozenset({CHAT + 9}))
    assert plan(database, rules) == 2
    assert {one["chat_id"]: one["language"] for one in rows(database, "outbox")} == {HOA: "en", CHAT + 9: "vi"}


def test_a_month_is_told_on_its_first_business_day_with_a_picture_and_part_by_part(
    database: Database, until: Callable[[datetime], datetime]
) -> None:
    now = until(FIRST)
    answers(database, [10] * 24 + [3] * 6, now - 10 * DAY)
    answers(database, [10] * 29, now - 40 * DAY)
    answers(database, [10], now - 61 * DAY)  # the first of October: since then there are answers
    add_case(database, now - 9 * DAY)
    common = {"customer_id": 1, "day": now.date(), "score": 40, "scorecard": "general", "version": "1", "parts": []}
    put(database, "health", **common, colour="red", since=now.date(), score_before=80, colour_before="green")
    rules = Rules(staff_chat_id=STAFF_CHAT, reviews=ReviewRules(weekly_at=None))
    assert (plan(database, rules), plan(database, rules)) == (3, 0)
    told = [one["facts"] for one in rows(database, "outbox", kind="review")]
    assert [one["template"] for one in told] == ["reviews/month", "reports/health", "reviews/figures"]
    assert [one.get("picture") for one in told] == ["nps", "health", None]
    lines = {one["line"]["metric"]: one["line"] for one in told[0]["lines"]}
    assert list(lines) == ["nps", "ces", "csat", "response_rate", "churn"]
    assert (lines["nps"]["n"], lines["nps"]["change"]["verdict"]) == (30, "down")
    assert told[0]["period"]["first_day"] == "2026-11-01"
    assert len({one["lane"] for one in rows(database, "outbox")}) == 1
    assert told[1]["picture_of"]["movers"] == [{"name": "Nguyễn Thị An", "before": 80, "after": 40}]


@one_database
def test_each_review_can_be_turned_off_and_an_empty_business_has_none(
    database: Database, until: Callable[[datetime], datetime]
) -> None:
    until(MONDAY)
    assert plan(database) == 0
    add_customer(database)
    assert plan(database, Rules(staff_chat_id=STAFF_CHAT, reviews=ReviewRules(weekly_at=None))) == 0
    assert plan(database, Rules(staff_chat_id=STAFF_CHAT, reviews=ReviewRules(weekly_at=time(9)))) == 0
    until(FIRST)
    assert plan(database, Rules(staff_chat_id=STAFF_CHAT, reviews=ReviewRules(monthly_at=None))) == 1  # Monday's


def test_who_is_forgotten_is_named_in_no_review_that_was_sent(
    database: Database, until: Callable[[datetime], datetime]
) -> None:
    now = until(MONDAY)
    customer_id = add_customer(database, name="Kiều Oanh")
    common = {"customer_id": customer_id, "day": now.date(), "score": 40, "scorecard": "general", "version": "1"}
    put(database, "health", **common, colour="red", since=now.date(), parts=[])
    plan(database)
    assert "Kiều Oanh" in str(facts(database))
    database.write_now(lambda tx, *, now: tx.execute(outbox.update().values(status="sent")))
    tap = AnswerForget(customer_id, "yes")
    database.write_now(answer_forget, rules=RULES, message_id=1, chat_id=CHAT, language=Language.VI, tap=tap)
    assert facts(database) == {}


def test_who_is_forgotten_is_taken_out_of_a_review_that_waits(
    database: Database, until: Callable[[datetime], datetime]
) -> None:
    now = until(MONDAY)
    goes, stays = (add_customer(database, chat_id=CHAT + place, name=f"Kiều {place}") for place in (0, 1))
    common = {"day": now.date(), "score": 40, "scorecard": "general", "version": "1", "colour": "red", "parts": []}
    for customer_id in (goes, stays):
        put(database, "health", customer_id=customer_id, **common, since=now.date())
    plan(database)
    tap = AnswerForget(goes, "yes")
    database.write_now(answer_forget, rules=RULES, message_id=1, chat_id=CHAT, language=Language.VI, tap=tap)
    waiting = row(database, "outbox", kind="review")
    assert waiting["status"] == "pending"
    assert "Kiều 0" not in str(waiting["facts"])
    assert [one["health_of"] for one in waiting["facts"]["reds"]["named"]] == [stays]
    assert waiting["facts"]["reds"]["total"] == 2
