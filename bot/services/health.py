"""Customers' health: scored once a business day, and told to staff when it turns bad."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

import storage.health
import storage.health_days
import storage.health_lists
import storage.health_scoring
import storage.notices
from bot.domain import digests, health_messages
from bot.domain.health import COMPARED_WITH, Alert
from bot.domain.local_time import instant_at, local_date
from bot.domain.planning import CHUNK
from bot.domain.rules import Rules
from storage.database import Tx
from storage.health_lists import Waiting
from storage.health_scoring import Occasion

ALERTS = 5
"""So many who became red a CSM is told of one by one on a day; of the others, how many there are."""

PAST_SCORED_AT = time(6)
PAST_WEEKS = 26


def plan_health(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Score customers who have no score of this business day, a chunk at a time."""
    if not rules.health.enabled:
        return 0
    day = local_date(now, rules.timezone)
    ids = storage.health.list_unscored(tx, day=day, limit=CHUNK)
    if not ids:
        storage.health_days.complete(tx, day)
        return 0
    storage.health_days.reopen(tx, day)
    storage.health_scoring.score(tx, ids, Occasion(day=day, at=now, alerts=True), rules)
    storage.health.mark_scored(tx, ids, day=day)
    return len(ids)


def plan_health_alerts(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Tell staff, once everybody is scored, who became red or fell far: the most valuable first, and not at night."""
    if digests.told_at(now, rules) > now:
        return 0
    waiting = storage.health_lists.list_waiting(tx, currency=rules.currency)
    day = local_date(now, rules.timezone)
    if not waiting or storage.health.list_unscored(tx, day=day, limit=1):
        return 0
    _tell_of_falls(tx, [one for one in waiting if one.alert is Alert.DROP], day, rules=rules, now=now)
    by_csm: dict[int | None, list[Waiting]] = defaultdict(list)
    for one in waiting:
        if one.alert is Alert.RED:
            by_csm[one.csm_id].append(one)
    for theirs in by_csm.values():
        _tell_of_red(tx, theirs, day, rules=rules, now=now)
    storage.health_lists.clear_alerts(tx)
    return len(waiting)


def _tell_of_red(tx: Tx, waiting: list[Waiting], day: date, *, rules: Rules, now: datetime) -> None:
    for one in waiting[:ALERTS]:
        before = storage.health.load_health_on(tx, one.one.customer_id, day=day - COMPARED_WITH)
        _alert(tx, one.one.customer_id, health_messages.red_facts(one.one, before), day, rules=rules, now=now)
    if len(waiting) > ALERTS:
        key, facts = f"health:more:{waiting[0].csm_id}:{day}", {"more": len(waiting) - ALERTS}
        of = waiting[0].one.customer_id  # whoever is told of this one is told of the others
        storage.notices.notify(tx, key=key, template="health/more", facts=facts, customer_id=of, rules=rules, now=now)


def _alert(tx: Tx, customer_id: int, facts: dict[str, Any], day: date, *, rules: Rules, now: datetime) -> None:
    key = f"health:{customer_id}:{day}"
    storage.notices.notify(
        tx, key=key, template="health/alert", facts=facts, customer_id=customer_id, rules=rules, now=now
    )


def _tell_of_falls(tx: Tx, waiting: list[Waiting], day: date, *, rules: Rules, now: datetime) -> None:
    """Falls of a day are one post to whoever reads them: nobody need leave what they do for one, as for who is red."""
    by_reader: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for one in waiting:
        facts = _fall(tx, one, day, rules)
        if facts is not None:
            by_reader[one.csm_id if rules.staff_chat_id is None else None].append(facts)
    for reader, falls in by_reader.items():
        of = falls[0]["health_of"]  # whoever is told of this one is told of the others
        if len(falls) == 1:
            _alert(tx, of, falls[0], day, rules=rules, now=now)
            continue
        key, facts = f"health:falls:{reader}:{day}", health_messages.falls_facts(falls, within=rules.health.drop_within)
        storage.notices.notify(
            tx, key=key, template=health_messages.FALLS, facts=facts, customer_id=of, rules=rules, now=now
        )


def _fall(tx: Tx, waiting: Waiting, day: date, rules: Rules) -> dict[str, Any] | None:
    """A fall as it stands by now; None when the score is back, or there is none."""
    within, score = rules.health.drop_within, waiting.one.health.score
    peak = storage.health.load_peak(tx, waiting.one.customer_id, since=day - within)
    if score is None or peak is None or peak.score is None or peak.score <= score:
        return None
    return health_messages.fall_facts(waiting.one, peak, within=within)


def score_past(tx: Tx, *, now: datetime, rules: Rules, after: int, weeks: int) -> int | None:
    """Score customers who never were, as they stood week by week until yesterday; nobody is told of what is past.

    Returns the last customer of the chunk, to go on after; None when there is nobody left.
    """
    ids = storage.health.list_ids(tx, after=after, limit=CHUNK, never_scored=True)
    today = local_date(now, rules.timezone)
    days = [today - timedelta(days=7 * week + 1) for week in range(weeks - 1, -1, -1)]
    if not after:
        storage.health_days.open_past(tx, days)
    if not ids:
        storage.health_days.complete_past(tx, days)
        return None
    for day in days:
        at = min(instant_at(day, PAST_SCORED_AT, rules.timezone), now)
        storage.health_scoring.score(tx, ids, Occasion(day=day, at=at, alerts=False, is_past=True), rules)
    return ids[-1]
