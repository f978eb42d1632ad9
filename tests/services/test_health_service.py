"""Scoring everybody once a day, telling staff, and what staff say themselves, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import storage.health_lists
import storage.losses
from bot.domain.audiences import HASH_RANGE
from bot.domain.health_reports import HealthReportPicture
from bot.domain.health_trend import HealthTrend
from bot.domain.messages import Language, Message
from bot.domain.periods import parse_period
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.roles import Role, Staff
from bot.domain.rules import BirthdayRules, CaseRules, HealthRules, Rules
from bot.domain.taps import ShowHealth, SwitchCancellation
from bot.domain.touchpoints import Kind
from bot.services import health, health_pages, health_reports, planning
from storage import tables
from storage.database import Database, Tx
from tests import stories
from tests.conftest import START, HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, put, row, rows
from tests.history import Asked, remember

RULES = Rules(staff_chat_id=STAFF_CHAT, cases=CaseRules(weekdays=frozenset(range(1, 8))))
TODAY = date(2026, 11, 20)
NO_BIRTHDAYS = BirthdayRules(enabled=False)
DAY = timedelta(days=1)
LAN = Staff(user_id=HASH_RANGE + 7, name="Lan", role=Role.CSM, language=Language.VI)
BUTTON = {"rules": RULES, "staff_id": LAN.user_id, "language": Language.VI}


def customer(database: Database, number: int = 1, **columns: Any) -> int:
    """Somebody of long standing who is in chat with us."""
    joined = START - 400 * DAY
    usual = {"name": f"Khách {number}", "external_id": f"K{number}", "chat_id": CHAT + number, "plan": ""}
    return add_customer(database, **{**usual, "joined_at": joined, "linked_at": joined, **columns})


def buy(database: Database, customer_id: int, *days_ago: float, amount: int = 100_000) -> None:
    for days in days_ago:
        at = START - days * DAY
        put(
            database,
            "purchase",
            external_id=f"{customer_id}:{days}",
            customer_id=customer_id,
            purchased_at=at,
            amount_minor=amount,
            currency="VND",
        )


def answer(database: Database, customer_id: int, score: int, *, days_ago: float) -> None:
    remember(database, [Asked(customer_id=customer_id, sent_at=START - days_ago * DAY, score=score)])


def happy(database: Database, number: int = 1, **columns: Any) -> int:
    """Somebody whose score is green."""
    customer_id = customer(database, number, **columns)
    buy(database, customer_id, 1, 20, 40, 60, 100, 120, 140)
    answer(database, customer_id, 10, days_ago=50)
    return customer_id


def score(database: Database, rules: Rules = RULES) -> int:
    total = 0
    while done := database.write_now(health.plan_health, rules=rules):
        total += done
    return total


def tell(database: Database) -> list[dict[str, Any]]:
    """The notices that are waiting, after whoever is to be told was told."""
    while database.write_now(health.plan_health_alerts, rules=RULES):
        pass
    return [one for one in rows(database, "outbox") if one["template"].startswith("health/")]


def cancel(database: Database, customer_id: int, *, on: int = 1) -> Message:
    return database.write_now(health_pages.switch_cancellation, **BUTTON, tap=SwitchCancellation(customer_id, on))


def test_everybody_is_scored_once_a_business_day(database: Database, clock: HandClock) -> None:
    for number in range(3):
        happy(database, number)
    assert (score(database), score(database)) == (3, 0)
    clock.advance(13 * timedelta(hours=1))
    assert score(database) == 0
    clock.advance(timedelta(hours=1))  # midnight in Vietnam
    assert score(database) == 3
    assert {one["day"] for one in rows(database, "health")} == {TODAY + DAY}


def test_more_customers_than_a_chunk_are_all_scored(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHUNK", 2)
    for number in range(5):
        customer(database, number)
    assert score(database) == 5
    assert len(rows(database, "health")) == 5


def test_a_score_is_kept_with_its_parts_and_the_version_of_its_weights(database: Database) -> None:
    customer_id = happy(database)
    score(database)
    kept = row(database, "health", customer_id=customer_id)
    assert (kept["score"], kept["colour"], kept["since"], kept["nps"]) == (95, "green", TODAY, 10)
    assert (kept["value_minor"], kept["currency"], kept["scorecard"]) == (700_000, "VND", "general")
    assert [(name, weight) for name, _, _, weight in kept["parts"]] == [
        ("trend", 10),
        ("frequency", 10),
        ("breadth", 10),
        ("survey", 20),
        ("engagement", 15),
    ]
    assert row(database, "health_snapshot", customer_id=customer_id)["version"] == kept["version"]
    assert len(kept["version"]) == 8


def test_a_day_that_changes_nothing_adds_nothing_to_the_history(database: Database, clock: HandClock) -> None:
    customer(database)
    for _ in range(3):
        score(database)
        clock.advance(DAY)
    assert [one["day"] for one in rows(database, "health_snapshot")] == [TODAY]
    assert row(database, "health")["colour"] == "grey"


def test_other_weights_are_a_new_version_of_every_score(database: Database, clock: HandClock) -> None:
    happy(database)
    score(database)
    clock.advance(DAY)
    score(database, Rules(health=HealthRules(drop=20)))
    first, second = rows(database, "health_snapshot")
    assert first["version"] != second["version"]


def test_who_is_lost_or_forgotten_or_of_a_business_without_scores_is_not_scored(database: Database) -> None:
    customer(database, 1, lost_at=START)
    customer(database, 2, forgotten_at=START)
    assert score(database) == 0
    customer(database, 3)
    assert score(database, Rules(health=HealthRules(enabled=False))) == 0


def test_who_comes_back_is_scored_again(database: Database, clock: HandClock) -> None:
    customer_id = customer(database, lost_at=START)
    put(
        database,
        "loss",
        customer_id=customer_id,
        lost_at=START - 50 * DAY,
        source="staff",
        reason="",
        recovered_at=START,
    )
    assert score(database) == 0
    database.write_now(stories.change, table="customer", row_id=customer_id, lost_at=None)
    assert score(database) == 1


def test_staff_are_told_once_of_who_became_red_and_what_moved_them(database: Database, clock: HandClock) -> None:
    customer_id = happy(database)
    database.write_now(health.score_past, rules=RULES, after=0, weeks=6)
    assert tell(database) == []
    clock.advance(85 * DAY)
    remember(database, [Asked(customer_id=customer_id, sent_at=clock.now() - DAY, score=0)])
    score(database)
    (told,) = tell(database)
    assert (told["template"], told["chat_id"], told["about_id"]) == ("health/alert", STAFF_CHAT, customer_id)
    assert told["facts"]["alert"] == "red"
    assert {one["part"] for one in told["facts"]["moves"]} == {"usage", "survey"}
    assert (told["facts"]["nps_before"], told["facts"]["nps_after"]) == (10, 0)
    clock.advance(DAY)
    score(database)
    assert len(tell(database)) == 1


def test_staff_are_told_in_the_morning_of_a_business_day_and_not_of_who_is_red_no_more(
    database: Database, clock: HandClock
) -> None:
    monday_to_friday = Rules(staff_chat_id=STAFF_CHAT)
    people = [happy(database, number) for number in (1, 2)]
    score(database)
    clock.advance(DAY - timedelta(hours=10))  # Saturday, at midnight in Hồ Chí Minh City
    for one in people:
        put(database, "cancellation", customer_id=one, asked_at=clock.now(), noted_by=1)
    score(database)
    assert database.write_now(health.plan_health_alerts, rules=monday_to_friday) == 0
    monday = datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert database.read_now(planning.next_due, rules=replace(monday_to_friday, birthday=NO_BIRTHDAYS)) == monday
    cancel(database, people[1], on=0)
    for at, told in ((monday - timedelta(seconds=1), 0), (monday, 1)):
        clock.advance(at - clock.now())
        score(database)
        assert database.write_now(health.plan_health_alerts, rules=monday_to_friday) == told
    assert [one["about_id"] for one in rows(database, "outbox", template="health/alert")] == people[:1]


def test_a_deep_fall_within_a_colour_is_told(database: Database, clock: HandClock) -> None:
    customer_id = happy(database)
    score(database)
    clock.advance(13 * DAY)
    remember(database, [Asked(customer_id=customer_id, sent_at=clock.now() - DAY, score=3)])
    score(database)
    (told,) = tell(database)
    assert told["facts"]["alert"] == "drop"
    assert told["facts"]["fell_from"] - told["facts"]["score"] == -sum(one["points"] for one in told["facts"]["moves"])
    assert row(database, "health")["colour"] == "green"


def test_several_falls_of_a_day_are_one_post_without_those_who_are_back(database: Database, clock: HandClock) -> None:
    people = [happy(database, number) for number in (1, 2, 3)]
    score(database)
    clock.advance(13 * DAY)
    remember(database, [Asked(customer_id=one, sent_at=clock.now() - DAY, score=3) for one in people])
    score(database)
    recovered = tables.health.update().where(tables.health.c.customer_id == people[2]).values(score=100)
    database.write_now(lambda tx, *, now: tx.execute(recovered))
    (told,) = tell(database)
    assert told["template"] == "health/falls"
    assert [one["health_of"] for one in told["facts"]["falls"]] == people[:2]
    assert all(one["fell_from"] > one["score"] and one["moves"] for one in told["facts"]["falls"])
    assert rows(database, "health", alert="drop") == []


def test_nobody_is_told_before_everybody_is_scored_and_then_the_most_valuable_first(
    database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [happy(database, number) for number in range(7)]
    buy(database, people[3], 2, amount=9_000_000)
    score(database)
    clock.advance(DAY)
    for one in people:
        put(database, "cancellation", customer_id=one, asked_at=clock.now() - DAY, noted_by=1)
    monkeypatch.setattr(health, "CHUNK", 6)
    database.write_now(health.plan_health, rules=RULES)
    assert tell(database) == []
    score(database)
    told = tell(database)
    assert [one["template"] for one in told] == ["health/alert"] * 5 + ["health/more"]
    assert told[0]["about_id"] == people[3]
    assert told[-1]["facts"]["more"] == 2
    assert rows(database, "health", alert="red") == []


def test_the_past_is_scored_week_by_week_without_what_came_later(database: Database, clock: HandClock) -> None:
    customer_id = happy(database)
    remember(database, [Asked(customer_id=customer_id, sent_at=START - 3 * DAY, score=0)])
    assert database.write_now(health.score_past, rules=RULES, after=0, weeks=3) == customer_id
    history = {one["day"]: one for one in rows(database, "health_snapshot")}
    assert (min(history), max(history)) == (TODAY - 15 * DAY, TODAY - DAY)
    assert [history[day]["nps"] for day in (min(history), max(history))] == [10, 0]
    assert tell(database) == []
    assert database.write_now(health.score_past, rules=RULES, after=0, weeks=3) is None
    assert score(database) == 1


def test_who_was_not_there_yet_or_was_lost_then_has_no_score_of_then(database: Database) -> None:
    new = customer(database, 1, joined_at=START - 10 * DAY)
    away = customer(database, 2)
    put(
        database,
        "loss",
        customer_id=away,
        lost_at=START - 30 * DAY,
        source="staff",
        reason="",
        recovered_at=START - 9 * DAY,
    )
    database.write_now(health.score_past, rules=RULES, after=0, weeks=3)
    days = {one: {each["day"] for each in rows(database, "health_snapshot", customer_id=one)} for one in (new, away)}
    assert TODAY - 15 * DAY not in days[new] | days[away]
    assert TODAY - 8 * DAY in days[new] & days[away]


def test_who_asks_to_cancel_is_red_at_once_and_not_when_they_stay(database: Database, clock: HandClock) -> None:
    customer_id = happy(database)
    score(database)
    page = cancel(database, customer_id)
    cancel(database, customer_id)
    assert (page.facts["override"], page.facts["colour"]) == ("cancellation", "red")
    assert len(rows(database, "cancellation")) == 1
    assert tell(database) == []
    page = cancel(database, customer_id, on=0)
    assert (page.facts["override"], page.facts["colour"]) == (None, "green")
    assert row(database, "cancellation")["withdrawn_at"] == clock.now()


def test_a_button_about_nobody_changes_nothing(database: Database) -> None:
    assert cancel(database, 12345).template == "portfolio/nobody"
    assert rows(database, "cancellation") == []


def test_the_portfolio_counts_own_customers_and_all_and_names_those_who_moved(
    database: Database, clock: HandClock
) -> None:
    mine = happy(database, 1, csm_id=LAN.user_id)
    happy(database, 2)
    database.write_now(health.score_past, rules=RULES, after=0, weeks=6)
    clock.advance(20 * DAY)
    remember(database, [Asked(customer_id=mine, sent_at=clock.now() - DAY, score=2)])
    score(database)
    page = database.read_now(health_pages.show_portfolio, by=LAN)
    assert (page.facts["own"]["total"], page.facts["everybody"]["total"]) == (1, 2)  # type: ignore[index]
    assert [one["name"] for one in page.facts["falls"]] == ["Khách 1"]  # type: ignore[attr-defined]
    assert page.keyboard[0][0].tap == ShowHealth(mine)
    stranger = database.read_now(health_pages.show_portfolio, by=Staff(**{**vars(LAN), "user_id": 5}))
    assert stranger.facts["own"] is None


def test_risks_are_own_customers_first_and_then_by_value_in_our_currency(database: Database) -> None:
    people = {name: happy(database, number) for number, name in enumerate(("rich", "poor", "foreign"))}
    mine = happy(database, 9, csm_id=LAN.user_id)
    buy(database, people["rich"], 3, amount=5_000_000)
    for days in range(8):
        put(
            database,
            "purchase",
            external_id=f"f{days}",
            customer_id=people["foreign"],
            purchased_at=START - DAY,
            amount_minor=900_000_000,
            currency="EUR",
        )
    for one in (*people.values(), mine):
        cancel(database, one)
    page = database.read_now(health_pages.show_risks, rules=RULES, by=LAN, page=0)
    shown = [button.tap for line in page.keyboard for button in line]
    assert shown == [ShowHealth(one) for one in (mine, people["rich"], people["poor"], people["foreign"])]


def test_the_trend_begins_half_a_year_back_and_one_day_makes_no_picture(database: Database, clock: HandClock) -> None:
    customer_id = happy(database)
    facts = {"rules": RULES, "customer_id": customer_id, "language": Language.VI}
    score(database)
    assert database.read_now(health_pages.load_trend, **facts) is None
    clock.advance(200 * DAY)
    found = database.read_now(health_pages.load_trend, **facts)
    assert isinstance(found, HealthTrend)
    assert [(point.day, point.score) for point in found.points] == [(TODAY + 20 * DAY, 95), (TODAY + 200 * DAY, 95)]
    assert database.read_now(health_pages.load_trend, **facts | {"customer_id": 999}) is None


def test_of_somebody_unknown_there_is_no_page(database: Database) -> None:
    page = database.read_now(health_pages.show_customer, rules=RULES, customer_id=999, language=Language.VI)
    assert page.template == "portfolio/nobody"


def test_silence_is_engagement_lost_and_words_are_won(database: Database) -> None:
    customer_id = happy(database)
    remember(database, [Asked(customer_id=customer_id, sent_at=START - 30 * DAY, kind=Kind.CSAT)])
    score(database)
    engagement = {name: value for name, value, _, _ in row(database, "health")["parts"]}["engagement"]
    assert 0.65 < engagement < 0.7  # one of two answered, and last heard fifty days ago


def test_another_system_is_told_of_a_colour_that_changed_and_not_of_a_first_one(
    database: Database, clock: HandClock
) -> None:
    rules = replace(RULES, webhook_url="https://crm.example.com")
    customer_id = happy(database)
    score(database, rules)
    assert rows(database, "outbox", kind="webhook") == []
    clock.advance(DAY)
    put(database, "cancellation", customer_id=customer_id, asked_at=clock.now(), noted_by=1)
    score(database, rules)
    told = row(database, "outbox", kind="webhook")
    assert told["about_id"] == customer_id
    assert told["facts"]["type"] == "health.changed"
    assert told["facts"]["data"] == {
        "customer": {"id": customer_id, "external_id": "K1"},
        "day": "2026-11-21",
        "colour": "red",
        "colour_before": "green",
        "score": 95,
        "score_before": 95,
        "override": "cancellation",
        "scorecard": "general",
        "version": row(database, "health")["version"],
    }
    clock.advance(DAY)
    score(database, rules)
    assert len(rows(database, "outbox", kind="webhook")) == 1


def test_of_a_past_that_is_scored_afterwards_no_other_system_is_told(database: Database) -> None:
    rules = replace(RULES, webhook_url="https://crm.example.com")
    customer_id = customer(database)
    buy(database, customer_id, 170, 150, 130, 110, 100)
    answer(database, customer_id, 0, days_ago=20)
    database.write_now(health.score_past, rules=rules, after=0, weeks=26)
    assert len({one["colour"] for one in rows(database, "health_snapshot")}) > 1
    assert rows(database, "outbox", kind="webhook") == []


def use(database: Database, customer_id: int, name: str, *days_ago: float, quantity: int = 1) -> None:
    for days in days_ago:
        at = START - days * DAY
        key = f"{customer_id}:{name}:{days}"
        facts = {"external_id": key, "customer_id": customer_id, "name": name, "happened_at": at}
        put(database, "usage_event", quantity=quantity, **facts)


def parts_of(database: Database, customer_id: int) -> dict[str, float]:
    return {name: value for name, value, *_ in row(database, "health", customer_id=customer_id)["parts"]}


def test_events_of_the_product_are_the_usage_of_who_has_any_and_purchases_that_of_the_others(
    database: Database,
) -> None:
    user, buyer = happy(database, 1), happy(database, 2)
    use(database, user, "login", 3, 10, 80, quantity=2)
    use(database, user, "report", 100, 300)
    use(database, user, "ticket_solved", 1, 2, 4)
    score(database)
    found = parts_of(database, user)
    assert {name: found[name] for name in found if name.startswith("use")} == {
        "use_trend": 6.0,
        "use_frequency": round(3 / 13, 3),
        "use_breadth": 1.0,
    }
    assert not found.keys() & {"trend", "frequency", "breadth"}
    assert parts_of(database, buyer).keys() >= {"trend", "frequency", "breadth"}
    assert row(database, "health", customer_id=buyer)["score"] == 95


@pytest.mark.parametrize(("events", "counted"), [(("report",), {"use_breadth": 1.0}), (None, {}), (("other",), {})])
def test_a_business_says_which_events_are_use(
    database: Database, events: tuple[str, ...] | None, counted: dict[str, float]
) -> None:
    user = happy(database)
    use(database, user, "login", 3, 300)
    use(database, user, "report", 5, 300)
    score(database, replace(RULES, health=HealthRules(events=events)))
    found = parts_of(database, user)
    assert {name: found[name] for name in found if name == "use_breadth"} == counted


def test_events_that_have_been_kept_for_less_than_a_month_do_not_count_yet(database: Database) -> None:
    user = happy(database)
    use(database, user, "login", 3, 29)
    score(database)
    assert row(database, "health", customer_id=user)["score"] == 95


def test_the_page_is_of_the_last_day_on_which_everybody_was_scored_with_those_who_moved_most(
    database: Database, clock: HandClock
) -> None:
    for number in range(3):
        happy(database, number)
    score(database)
    clock.advance(30 * DAY)
    answer(database, 1, 0, days_ago=-29)
    answer(database, 3, 0, days_ago=-29)
    score(database)
    database.write_now(lambda tx, *, now: storage.losses.mark_lost(tx, 3, lost_at=now, source="staff", now=now))
    page = report(database, clock, "90d")
    assert isinstance(page.picture, HealthReportPicture)
    assert (page.message.facts["total"], page.message.facts["day"]) == (3, "2026-12-20")
    movers = [(one.name, one.before > one.after) for one in page.picture.movers or ()]
    assert movers == [("Khách 0", True), ("Khách 1", True)]  # and not who is lost
    assert sum(page.picture.before.values()) == 3
    assert [sum(step.counts.values()) for step in page.picture.steps] == [3, 3]
    assert page.figures[-1].n == 3
    clock.advance(DAY)
    cancel(database, 1)
    assert report(database, clock, "90d").message.facts["day"] == "2026-12-20"  # of today not everybody is scored yet


def test_a_past_period_shows_how_it_ended_and_one_before_the_first_score_says_when_that_was(
    database: Database, clock: HandClock
) -> None:
    customer_id = happy(database)
    score(database)
    clock.advance(40 * DAY)
    score(database)
    november = report(database, clock, "tháng 11")
    assert (november.message.facts["day"], november.message.facts["is_earlier"]) == ("2026-11-20", False)
    assert isinstance(november.picture, HealthReportPicture)
    assert (november.picture.movers, november.picture.steps) == (None, ())
    assert report(database, clock, "1/12..9/12").message.facts["is_earlier"]
    before = report(database, clock, "tháng 10")
    assert (before.message.facts["total"], before.message.facts["first_day"]) == (0, "2026-11-20")
    assert row(database, "health", customer_id=customer_id)["day"] == TODAY + 40 * DAY


def test_while_no_day_is_complete_the_page_counts_those_who_have_a_score(
    database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        happy(database, number)
    monkeypatch.setattr(health, "CHUNK", 2)
    database.write_now(health.plan_health, rules=RULES)
    for period in ("90d", "tháng 10"):
        facts = report(database, clock, period).message.facts
        assert (facts["total"], facts["day"], facts["first_day"]) == (2, None, None)


def report(database: Database, clock: HandClock, words: str) -> Report:
    period = parse_period(words, now=clock.now(), timezone=RULES.timezone)
    return database.read_now(
        health_reports.health, rules=RULES, request=ReportRequest(), period=period, language=Language.VI
    )


def test_a_page_of_risks_goes_on_where_the_one_before_ended(database: Database) -> None:
    """Own customers and others, who paid in our currency and in another: four sorts, seven a page."""
    expected = []
    for number in range(20):
        own, ours, minor = number % 4 < 2, number % 2 == 0, 1000 - number
        customer_id = customer(database, number, csm_id=LAN.user_id if own else None)
        value = {"value_minor": minor, "currency": "VND" if ours else "EUR"}
        kept = {"customer_id": customer_id, "day": TODAY, "colour": "red", "since": TODAY, "parts": []}
        put(database, "health", **kept, **value, scorecard="general", version="1", is_lost=number == 19)
        expected.append((not own, not ours, number, customer_id))
    people = [customer_id for *_, number, customer_id in sorted(expected) if number != 19]

    def page(tx: Tx, *, now: datetime, offset: int) -> list[int]:
        found = storage.health_lists.list_risks(tx, csm_id=LAN.user_id, currency="VND", offset=offset, limit=3)
        return [one.customer_id for one in found]

    pages = [database.read_now(page, offset=offset) for offset in range(0, 21, 3)]
    assert [one for each in pages for one in each] == people
    first = database.read_now(health_pages.show_risks, rules=RULES, by=LAN, page=0)
    assert first.facts["total"] == len(people)
