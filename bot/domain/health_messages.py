"""What staff are told of customers' health: the portfolio, who is at risk and why, one customer, and alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.health import Alert, Colour, Health, moves, part_scores, pulls
from bot.domain.health_standing import Standing
from bot.domain.measures import Part
from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.names import cut
from bot.domain.taps import PickCustomer, RisksPage, ShowHealth, SwitchCancellation

NAME = 60
PAGE = 8
NUMBERS_A_ROW = 4
MOVERS = 3
REASONS = 2
FALLS = "health/falls"
TELLING = 5
"""From a fall by so many points on, what moved a score in 30 days says more than where it stands."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many customers have which colour, on a day and 30 days before; without a `day` as it stands now."""

    now: Mapping[Colour, int]
    before: Mapping[Colour, int]
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class ListedHealth:
    """A customer in a list; `value` is what they spent in a year, as a currency and minor units."""

    customer_id: int
    name: str
    csm_id: int | None
    health: Health
    since: date
    score_before: int | None
    value: tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """The customers of one CSM, if any, and all of them; movers are those of the CSM, or of all."""

    own: Counted | None
    everybody: Counted
    falls: Sequence[ListedHealth]
    rises: Sequence[ListedHealth]


def portfolio_message(found: Portfolio, language: Language) -> Message:
    """The portfolio by colour, with those who moved most."""
    movers = [*found.falls, *found.rises]
    facts = {
        "own": _counted(found.own) if found.own else None,
        "everybody": _counted(found.everybody),
        "falls": [_line(one) for one in found.falls],
        "rises": [_line(one) for one in found.rises],
    }
    numbers = tuple(_number(one, place) for place, one in enumerate(movers, start=1))
    at_risk = ((Button("risks", RisksPage(0)),),) if found.everybody.now[Colour.RED] else ()
    return Message("health/portfolio", language, facts, (*_rows(numbers), *at_risk))


def _counted(counted: Counted) -> dict[str, object]:
    total, compared = sum(counted.now.values()), sum(counted.before.values())
    lines = [{"colour": colour, "n": counted.now[colour], "before": counted.before[colour]} for colour in Colour]
    return {"total": total, "compared": compared, "day": counted.day, "lines": lines}


def risks_message(
    risks: Sequence[ListedHealth], *, page: int, total: int, staff_id: int, language: Language
) -> Message:
    """A page of those at risk, each with the reasons and a number to tap."""
    start = page * PAGE
    lines = [{**_line(one), "own": one.csm_id == staff_id} for one in risks]
    numbers = tuple(_number(one, start + place) for place, one in enumerate(risks, start=1))
    before = (Button("before", RisksPage(page - 1)),) if page else ()
    after = (Button("after", RisksPage(page + 1)),) if start + len(risks) < total else ()
    turns = ((*before, *after),) if before or after else ()
    facts = {"total": total, "first": start + 1, "last": start + len(risks), "customers": lines}
    return Message("health/risks", language, facts, (*_rows(numbers), *turns))


def read_page(number: int, total: int) -> int:
    """The page asked for, or the last one there is."""
    return max(0, min(number, (total - 1) // PAGE))


def _number(one: ListedHealth, number: int) -> Button:
    return Button("number", ShowHealth(one.customer_id), {"number": number})


def _rows(buttons: Sequence[Button]) -> Keyboard:
    return tuple(tuple(buttons[start : start + NUMBERS_A_ROW]) for start in range(0, len(buttons), NUMBERS_A_ROW))


def _line(one: ListedHealth) -> dict[str, object]:
    currency, minor = one.value
    return {
        "name": cut(one.name, NAME),
        **_health_facts(one.health, one.since),
        "change": _change(one.health.score, one.score_before),
        "reasons": reasons(one.health),
        "currency": currency,
        "minor": minor,
    }


def _health_facts(health: Health, since: date) -> dict[str, object]:
    return {"score": health.score, "colour": health.colour, "since": since, "override": health.override}


def _change(score: int | None, before: int | None) -> int | None:
    return None if score is None or before is None else score - before


def reasons(health: Health) -> list[dict[str, object]]:
    """The parts that pull a score down most."""
    scores = part_scores(health.contributions)
    down = sorted((pull, part) for part, pull in pulls(health.contributions).items() if pull < 0)
    return [{"part": part, "score": round(scores[part][0])} for _, part in down[:REASONS]]


def mark_facts(standing: Standing | None) -> dict[str, object] | None:
    """What the profile and the card of a case say of a customer's health; nothing of who was never scored."""
    return _health_facts(standing.health, standing.since) if standing is not None else None


def customer_message(
    name: str,
    standing: Standing | None,
    month_ago: Health | None,
    *,
    customer_id: int,
    cancels_since: datetime | None,
    language: Language,
) -> Message:
    """One customer's health: the score, its parts, what is not known, what moved it and since when."""
    cancels = cancels_since is not None
    rows: Keyboard = (
        (Button("profile", PickCustomer("customer", customer_id, "")),),
        (Button("stays" if cancels else "cancels", SwitchCancellation(customer_id, int(not cancels))),),
    )
    facts: dict[str, object] = {"customer": cut(name, NAME), "scored": standing is not None}
    if standing is not None:
        facts |= _standing_facts(standing, month_ago) | {"cancels_since": cancels_since}
    return Message("health/customer", language, facts, rows)


def _standing_facts(standing: Standing, month_ago: Health | None) -> dict[str, object]:
    health = standing.health
    parts = part_scores(health.contributions)
    known = sum(weight for _, weight in parts.values())
    return {
        **_health_facts(health, standing.since),
        **change_facts(health, month_ago),
        "day": standing.day,
        "scorecard": health.scorecard,
        "version": standing.version,
        "parts": [
            {
                "part": part,
                "score": round(score),
                "share": weight / known,
                "measures": [
                    {"measure": one.measure, "value": one.value}
                    for one in health.contributions
                    if one.measure.part is part
                ],
            }
            for part, (score, weight) in parts.items()
        ],
        "unknown": [part for part in Part if part not in {*parts, Part.USAGE if Part.USE in parts else Part.USE}],
        "nps": health.nps,
    }


def change_facts(health: Health, before: Health | None) -> dict[str, object]:
    """What moved a score in 30 days; nothing where there is none to compare with."""
    change = _change(health.score, before.score if before is not None else None)
    if before is None or change is None:
        return {"change": None, "moves": [], "nps_before": None, "nps_after": None}
    return {
        "change": change,
        "moves": _moves(before, health),
        "nps_before": before.nps,
        "nps_after": health.nps,
    }


def _moves(before: Health, health: Health) -> list[dict[str, Any]]:
    found = moves(before.contributions, health.contributions)
    return [{"part": move.part, "points": move.points} for move in found]


def red_facts(one: ListedHealth, before: Health | None) -> dict[str, Any]:
    """What staff are told of a customer who became red; plain values, since it is stored."""
    return {**risk_facts(one, before), "alert": Alert.RED, "health_of": one.customer_id}


def fall_facts(one: ListedHealth, peak: Health, *, within: timedelta) -> dict[str, Any]:
    """What staff are told of a customer whose score fell far: from its highest in that time, and what moved it.

    Nothing else is compared with: the fall of another time would have other causes.
    """
    return {
        **_line(one),
        "change": None,
        "reasons": [],
        "since": one.since.isoformat(),
        "moves": _moves(peak, one.health),
        "nps_before": peak.nps,
        "nps_after": one.health.nps,
        "fell_from": peak.score,
        "within": within.days,
        "alert": Alert.DROP,
        "health_of": one.customer_id,
    }


def falls_facts(falls: Sequence[Mapping[str, object]], *, within: timedelta) -> dict[str, Any]:
    """What staff are told of several whose scores fell far on a day: the first by name, of the others how many."""
    return {"falls": [*falls[:PAGE]], "more": max(0, len(falls) - PAGE), "within": within.days}


def alert_keyboard(facts: Mapping[str, Any]) -> Keyboard:
    """A button to the health of the one who is named, or a number for each."""
    if "falls" not in facts:
        return ((Button("health", ShowHealth(facts["health_of"])),),)
    numbered = enumerate(facts["falls"], start=1)
    return _rows([Button("number", ShowHealth(one["health_of"]), {"number": number}) for number, one in numbered])


def brief_risk(one: ListedHealth, before: Health | None) -> dict[str, object]:
    """Somebody at risk in a line: what moved a score that fell in 30 days, else nothing but where it stands."""
    change = _change(one.health.score, before.score if before is not None else None)
    facts = risk_facts(one, before)
    return facts if change is not None and change <= -TELLING else {**facts, "moves": []}


def risk_facts(one: ListedHealth, before: Health | None) -> dict[str, object]:
    """Somebody at risk, with what moved their score in 30 days; plain values, since it is stored."""
    return {**_line(one), **change_facts(one.health, before), "since": one.since.isoformat()}
