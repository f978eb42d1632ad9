"""Scoring customers: from what is known of them to how they stand, for the planner and for whoever changes a fact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import storage.health
import storage.health_days
import storage.revenue_at_risk
import storage.webhooks
from bot.domain.health import COMPARED_WITH, version_of
from bot.domain.health_standing import Past, Standing, advance, is_news
from bot.domain.rules import Rules
from bot.domain.webhooks import Event, health_data
from storage.database import Tx
from storage.health_facts import Asked, load


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """On which business-local day, and as of which instant of it.

    With `alerts` staff are told of what became worse. What is past (`is_past`) no other system is told of either.
    """

    day: date
    at: datetime
    alerts: bool
    is_past: bool = False


def score(tx: Tx, customer_ids: Sequence[int], occasion: Occasion, rules: Rules) -> int:
    """Score these customers, of whom those count who were customers then; returns how many."""
    if not storage.health_days.open_day(tx, occasion.day, is_past=occasion.is_past):
        return _score(tx, customer_ids, occasion, rules)
    day = occasion.day
    before, spent = (counted.tally(tx, customer_ids, day) for counted in (storage.health_days, storage.revenue_at_risk))
    scored = _score(tx, customer_ids, occasion, rules)
    storage.health_days.count(tx, day, before=before, after=storage.health_days.tally(tx, customer_ids, day))
    storage.revenue_at_risk.count(tx, day, before=spent, after=storage.revenue_at_risk.tally(tx, customer_ids, day))
    return scored


def _score(tx: Tx, customer_ids: Sequence[int], occasion: Occasion, rules: Rules) -> int:
    day, at, health = occasion.day, occasion.at, rules.health
    facts = load(tx, asked_of(customer_ids, rules, at=at))
    ids = [one.customer_id for one in facts]
    before, version = storage.health.load_standings(tx, ids), version_of(health)
    pasts = storage.health.load_pasts(tx, ids, month_ago=day - COMPARED_WITH, lately=day - health.drop_within)
    standings = [
        advance(
            before.get(one.customer_id),
            one,
            pasts.get(one.customer_id, Past()),
            health,
            version=version,
            day=day,
            at=at,
            alerts=occasion.alerts,
        )
        for one in facts
    ]
    news = [one for one in standings if is_news(one, before.get(one.customer_id))]
    storage.health.save(tx, standings, pasts, news=news)
    if occasion.is_past:
        storage.health.mark_lost(tx, ids)
    else:
        _emit(tx, standings, before, rules, now=at)
    return len(standings)


def _emit(
    tx: Tx, standings: Sequence[Standing], before: Mapping[int, Standing], rules: Rules, *, now: datetime
) -> None:
    """Tell another system whose colour changed; a customer's very first one is no change."""
    for one in standings:
        earlier = before.get(one.customer_id)
        if earlier is not None and earlier.health.colour is not one.health.colour:
            key, data = f"{one.customer_id}:{now.isoformat()}", health_data(one, earlier)
            storage.webhooks.emit(tx, Event.HEALTH_CHANGED, one.customer_id, data, key=key, rules=rules, now=now)


def asked_of(customer_ids: Sequence[int], rules: Rules, *, at: datetime) -> Asked:
    """The question for the facts of these customers, by the rules."""
    return Asked(
        ids=customer_ids,
        at=at,
        window=rules.health.window,
        silent_after=rules.win_back.silent_after,
        events=rules.health.events,
        occasions=[trigger.event for trigger in rules.triggers],
    )
