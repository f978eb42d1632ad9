"""Health counted day by day as it is scored: the counts are those of the scores, whatever happens on a day."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

import storage.health
import storage.health_days
import storage.health_lists
import storage.losses
import storage.revenue_at_risk
from bot.domain.messages import Language
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from bot.domain.taps import AnswerForget, SwitchCancellation
from bot.services import health, health_pages
from bot.services.privacy import answer_forget
from storage.database import Database, Tx
from tests.conftest import START, HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, put, rows
from tests.history import Asked, remember

RULES = Rules(staff_chat_id=STAFF_CHAT)
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
BUTTON = {"rules": RULES, "language": Language.VI}
LAN = Staff(user_id=7, name="Lan", role=Role.CSM, language=Language.VI)
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Bucket = tuple[str, str, int]


def newcomer(database: Database, number: int) -> int:
    """Somebody of long standing: every third has bought enough to be green, the others too little to say."""
    joined = START - 400 * DAY
    customer_id = add_customer(database, name=f"K{number}", chat_id=CHAT + number, linked_at=joined, joined_at=joined)
    for days in (1, 20, 40, 60, 100, 120) if number % 3 == 0 else ():
        bought = {"purchased_at": START - days * DAY, "amount_minor": 1000, "currency": "VND"}
        put(database, "purchase", external_id=f"{number}:{days}", customer_id=customer_id, **bought)
    remember(database, [Asked(customer_id=customer_id, sent_at=START - 50 * DAY, score=10)] if number % 3 == 0 else [])
    return customer_id


def score(database: Database) -> None:
    while database.write_now(health.plan_health, rules=RULES):
        pass


def cancel(database: Database, customer_id: int, on: int) -> None:
    tap = SwitchCancellation(customer_id, on)
    database.write_now(health_pages.switch_cancellation, **BUTTON, staff_id=1, tap=tap)


def lose(database: Database, customer_id: int) -> None:
    database.write_now(lambda tx, *, now: storage.losses.mark_lost(tx, customer_id, lost_at=now, source="", now=now))


def recover(database: Database, customer_id: int) -> None:
    database.write_now(lambda tx, *, now: storage.losses.recover(tx, customer_id, recovered_at=now))


def forget(database: Database, customer_id: int) -> None:
    tap = AnswerForget(customer_id, "yes")
    database.write_now(answer_forget, **BUTTON, message_id=1, chat_id=CHAT, tap=tap)


def counted(database: Database) -> dict[date, Counter[Bucket]]:
    """What is counted of each day."""
    found: dict[date, Counter[Bucket]] = {}
    for one in rows(database, "health_count"):
        kept = found.setdefault(one["day"], Counter())
        kept[one["colour"], one["colour_before"], one["score"]] += one["n"]
    return {day: +kept for day, kept in found.items()}


def at_risk(database: Database) -> dict[tuple[date, str], tuple[int, int, float]]:
    """How many customers were red on each day by currency, what they spent, and the squares of it."""
    kept = rows(database, "revenue_at_risk")
    sums = {(one["day"], one["currency"]): (one["customers"], one["minor"], one["squares"]) for one in kept}
    return {key: each for key, each in sums.items() if any(each)}


def load_at_risk(database: Database) -> tuple[int, int]:
    found = database.read_now(lambda tx, *, now: storage.revenue_at_risk.load(tx, "VND"))
    return found.customers, found.minor


def states(database: Database) -> dict[date, str]:
    return {one["day"]: one["state"] for one in rows(database, "health_day")}


class Ledger:
    """Who was last scored how on which day: what the counts must come to."""

    def __init__(self) -> None:
        self._days: dict[date, dict[int, Bucket]] = {}
        self._red: dict[date, dict[int, tuple[str, int] | None]] = {}

    def look(self, database: Database) -> None:
        for one in rows(database, "health"):
            score = -1 if one["score"] is None else one["score"]
            bucket = (one["colour"], one["colour_before"] or "", score)
            self._days.setdefault(one["day"], {})[one["customer_id"]] = bucket
            spent = (one["currency"], one["value_minor"]) if one["colour"] == "red" else None
            self._red.setdefault(one["day"], {})[one["customer_id"]] = spent

    @property
    def counts(self) -> dict[date, Counter[Bucket]]:
        return {day: Counter(kept.values()) for day, kept in self._days.items()}

    @property
    def at_risk(self) -> dict[tuple[date, str], tuple[int, int, float]]:
        spent: dict[tuple[date, str], list[int]] = {}
        for day, kept in self._red.items():
            for currency, minor in filter(None, kept.values()):
                spent.setdefault((day, currency), []).append(minor)
        return {key: (len(each), sum(each), sum(minor**2 for minor in each)) for key, each in spent.items()}


def test_the_counts_of_a_day_are_those_of_its_scores_whatever_happens(
    database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scored, scored again, lost, come back, forgotten, come anew, in any order, over forty days."""
    monkeypatch.setattr(health, "CHUNK", 3)
    chance, ledger = Random(20), Ledger()
    people = [newcomer(database, number) for number in range(7)]
    deeds: dict[str, Any] = {
        "chunk": lambda _: database.write_now(health.plan_health, rules=RULES),
        "cancel": lambda one: cancel(database, one, 1),
        "stay": lambda one: cancel(database, one, 0),
        "lose": lambda one: lose(database, one),
        "recover": lambda one: recover(database, one),
        "forget": lambda one: forget(database, one) if len(people) > 8 else None,
        "come": lambda _: people.append(newcomer(database, len(people))),
        "score": lambda _: score(database),
        "sleep": lambda _: clock.advance(chance.choice((1, 7, 29)) * DAY),
    }
    score(database)
    for name in chance.choices([*deeds], k=50):
        ledger.look(database)
        deeds[name](chance.choice(people))
        ledger.look(database)
        assert (counted(database), at_risk(database)) == (ledger.counts, ledger.at_risk), name
    assert len(ledger.counts) > 3
    assert {"red", "green", "grey"} <= {colour for kept in ledger.counts.values() for colour, *_ in kept}
    assert any(minor > 0 for _, minor, _ in ledger.at_risk.values())
    there = {one["id"] for one in rows(database, "customer") if one["lost_at"] is None}
    assert _live(database) == len([one for one in rows(database, "health") if one["customer_id"] in there])


def _live(database: Database) -> int:
    return database.read_now(lambda tx, *, now: sum(storage.health_lists.count_shifts(tx).values()))


def test_a_kill_in_the_middle_of_a_pass_counts_nobody_twice_and_the_day_is_not_complete_before_its_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHUNK", 2)
    ledger = Ledger()
    for number in range(5):
        newcomer(database, number)
    database.write_now(health.plan_health, rules=RULES)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(storage.health, "mark_scored", killed)
        with pytest.raises(KeyboardInterrupt):
            database.write_now(health.plan_health, rules=RULES)
    assert (counted(database)[TODAY].total(), states(database)) == (2, {TODAY: "open"})
    score(database)
    ledger.look(database)
    assert (counted(database), states(database)) == (ledger.counts, {TODAY: "complete"})


@one_database
def test_a_day_is_complete_when_nobody_is_left_and_open_again_while_somebody_is(database: Database) -> None:
    def last(tx: Tx, *, now: datetime) -> date | None:
        return storage.health_days.last_complete(tx)

    newcomer(database, 1)
    score(database)
    cancel(database, 1, 1)
    assert database.read_now(last) == TODAY
    newcomer(database, 2)
    database.write_now(health.plan_health, rules=RULES)
    assert database.read_now(last) is None
    score(database)
    assert database.read_now(last) == TODAY


@one_database
def test_a_day_on_which_everybody_is_gone_counts_nobody(database: Database, clock: HandClock) -> None:
    customer_id = newcomer(database, 1)
    score(database)
    lose(database, customer_id)
    clock.advance(DAY)
    score(database)
    assert (states(database)[TODAY + DAY], list(counted(database))) == ("complete", [TODAY])


@one_database
def test_who_is_lost_is_not_among_those_at_risk_and_is_again_when_they_come_back(database: Database) -> None:
    customer_id = newcomer(database, 1)
    cancel(database, customer_id, 1)
    asked = {"rules": RULES, "by": LAN, "page": 0}
    for change, total in ((lose, 0), (recover, 1)):
        change(database, customer_id)
        assert database.read_now(health_pages.show_risks, **asked).facts["total"] == total


@one_database
def test_revenue_at_risk_is_that_of_the_last_whole_day_but_for_who_was_lost_since(
    database: Database, clock: HandClock
) -> None:
    people = [newcomer(database, 3 * number) for number in range(3)]
    for customer_id in people[:2]:
        cancel(database, customer_id, 1)
    assert load_at_risk(database) == (2, 12_000)  # of now: nobody was scored for a whole day yet
    score(database)
    assert load_at_risk(database) == (2, 12_000)
    lose(database, people[0])
    assert load_at_risk(database) == (1, 6_000)
    recover(database, people[0])
    clock.advance(DAY)
    cancel(database, people[2], 1)
    assert load_at_risk(database) == (2, 12_000)  # the day has begun, and is not whole
    score(database)
    assert load_at_risk(database) == (3, 18_000)


def score_past(database: Database, clock: HandClock, *, pause: timedelta = timedelta(0)) -> None:
    after: int | None = 0
    while after is not None:
        after = database.write_now(health.score_past, rules=RULES, after=after, weeks=3)
        clock.advance(pause)


@one_database
def test_the_past_of_a_new_business_is_counted_week_by_week(
    database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHUNK", 2)
    people = [newcomer(database, number) for number in range(3)]
    lose(database, people[0])  # now: in the weeks before they were a customer
    score_past(database, clock)
    days = [TODAY - 15 * DAY, TODAY - 8 * DAY, TODAY - DAY]
    assert states(database) == dict.fromkeys(days, "complete")
    assert {day: kept.total() for day, kept in counted(database).items()} == dict.fromkeys(days, 3)
    assert _live(database) == 2


@one_database
def test_a_past_that_cannot_be_whole_is_not_counted(
    database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHUNK", 1)
    for number in range(2):
        noted = {"asked_at": START - 300 * DAY, "noted_by": 1}  # so that they are red
        put(database, "cancellation", customer_id=newcomer(database, number), **noted)
    score_past(database, clock, pause=DAY)  # the second customer on another day, week by week from another one back
    assert (states(database), counted(database), at_risk(database)) == ({}, {}, {})
    newcomer(database, 2)
    database.write_now(health.score_past, rules=RULES, after=0, weeks=3)
    assert set(states(database).values()) == {"past"}
    score(database)  # whoever is scored today has no past any more
    assert list(states(database).values()) == ["complete"]
    newcomer(database, 3)
    score_past(database, clock)
    assert len(counted(database)) == 1
