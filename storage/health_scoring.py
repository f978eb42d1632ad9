"""Scoring customers: from what is known of them to how they stand, for the planner and for whoever changes a fact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import storage.health
from bot.domain.health import COMPARED_WITH, version_of
from bot.domain.health_standing import Past, advance, is_news
from bot.domain.rules import Rules
from storage.database import Tx
from storage.health_facts import Asked, load


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """On which business-local day, and as of which instant of it. What is past is told to nobody."""

    day: date
    at: datetime
    alerts: bool


def score(tx: Tx, customer_ids: Sequence[int], occasion: Occasion, rules: Rules) -> int:
    """Score these customers, of whom those count who were customers then; returns how many."""
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
    return len(standings)


def asked_of(customer_ids: Sequence[int], rules: Rules, *, at: datetime) -> Asked:
    """The question for the facts of these customers, by the rules."""
    return Asked(ids=customer_ids, at=at, window=rules.health.window, silent_after=rules.win_back.silent_after)
