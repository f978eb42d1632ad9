"""The past, as the health score would have seen it on a date, and what came of it."""

from datetime import datetime, timedelta

import storage.health
import storage.health_facts
import storage.health_outcomes
import storage.health_scoring
from bot.domain.health import assess, mean_score, on_line, scorecard_for, weigh
from bot.domain.health_measures import HealthFacts, read_measures
from bot.domain.health_validation import Landmark, Observed
from bot.domain.rules import HealthRules, Rules
from storage.database import Tx

CHUNK = 2000


def observe(tx: Tx, *, now: datetime, rules: Rules, at: datetime, horizon: timedelta) -> Landmark:
    """Everybody who was a customer at `at`, by data from before it, and whether they left in the time after it.

    They left if staff marked them as lost, or, where silence is a loss, if they used to buy and bought nothing.
    """
    observed: list[Observed] = []
    after = 0
    while ids := storage.health.list_ids(tx, after=after, limit=CHUNK, never_scored=False):
        facts = storage.health_facts.load(tx, storage.health_scoring.asked_of(ids, rules, at=at))
        there = [one.customer_id for one in facts]
        told = storage.health_outcomes.list_told(tx, there, after=at, until=at + horizon)
        bought = storage.health_outcomes.list_buyers(tx, there, after=at, until=at + horizon)
        by_silence = rules.win_back.silent_after is not None
        for one in facts:
            silent = by_silence and one.last_purchase_at is not None and one.customer_id not in bought
            observed.append(_observed(one, rules.health, at=at, left=silent or one.customer_id in told))
        after = ids[-1]
    return Landmark(at=at, observed=observed)


def _observed(facts: HealthFacts, rules: HealthRules, *, at: datetime, left: bool) -> Observed:
    known = read_measures(facts, window=rules.window, half_life=rules.survey_half_life, at=at)
    contributions = weigh(facts, scorecard_for(facts, rules, at=at), rules, at=at)
    bought = facts.last_purchase_at is not None
    return Observed(
        score=mean_score(contributions),
        colour=assess(facts, rules, before=None, at=at).colour,
        scores={measure: on_line(value, rules.lines[measure]) for measure, value in known.items()},
        frequency=float(facts.bought) if bought else None,
        recency=(at - facts.last_purchase_at) / timedelta(days=1) if facts.last_purchase_at else None,
        left=left,
    )
