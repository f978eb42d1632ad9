"""How a customer stands from day to day: the health of today beside that of yesterday and of a month ago."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.health import Alert, Colour, Health, alert_of, assess
from bot.domain.health_measures import HealthFacts
from bot.domain.rules import HealthRules


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A customer's health on a business-local day; `since` is the first day of its colour.

    `value` is what the customer spent in a year, as a currency and minor units. `alert` waits to be told to staff.
    """

    customer_id: int
    day: date
    health: Health
    version: str
    since: date
    value: tuple[str, int] = ("", 0)
    alert: Alert | None = None
    alerted_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Past:
    """What a customer's history says on a day: the score and colour of 30 days ago, and the highest score lately."""

    score: int | None = None
    colour: Colour | None = None
    highest: int | None = None


def advance(
    before: Standing | None,
    facts: HealthFacts,
    past: Past,
    rules: HealthRules,
    *,
    version: str,
    day: date,
    at: datetime,
    alerts: bool = True,
) -> Standing:
    """How a customer stands on a day, after how they stood on the last; `version` is that of the rules.

    An alert that waits to be told stays, unless it says that a customer is red who is so no longer. Without `alerts`
    what is found counts as told: it is past.
    """
    known = before.health.colour if before is not None else None
    of_score = known if before is not None and before.health.override is None else None
    health = assess(facts, rules, before=of_score, at=at)
    alerted_on = before.alerted_on if before is not None else None
    found = alert_of(health, before=known, highest=past.highest, alerted_on=alerted_on, day=day, rules=rules)
    alert = found if alerts else None
    return Standing(
        customer_id=facts.customer_id,
        day=day,
        health=health,
        version=version,
        since=before.since if before is not None and known is health.colour else day,
        value=facts.value or ("", 0),
        alert=alert or _still_true(before, health),
        alerted_on=day if found is not None else alerted_on,
    )


def _still_true(before: Standing | None, health: Health) -> Alert | None:
    waiting = before.alert if before is not None else None
    return None if waiting is Alert.RED and health.colour is not Colour.RED else waiting


def is_news(now: Standing, before: Standing | None) -> bool:
    """Whether a day changed anything that the history must keep."""
    return before is None or _shown(now) != _shown(before)


def _shown(one: Standing) -> tuple[object, ...]:
    health = one.health
    return (health.score, health.colour, health.override, health.scorecard, health.nps, one.version)
