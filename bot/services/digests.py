"""The planner of the morning digests."""

from datetime import date, datetime

import storage.digests
import storage.health
import storage.health_lists
import storage.outbox
import storage.staff
from bot.domain import birthdays, digests
from bot.domain.delivery import at_once
from bot.domain.digests import LISTED, DigestItem, Section
from bot.domain.health import COMPARED_WITH
from bot.domain.health_messages import ListedHealth, brief_risk
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from storage.database import Tx


def plan_digests(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Tell every member of staff once a morning what waits for them; who has nothing waiting is left in peace."""
    day = digests.morning_of(now, rules)
    if day is None:
        return 0
    return sum(_plan(tx, one, day, rules=rules, now=now) for one in storage.staff.list_all(tx))


def _plan(tx: Tx, one: Staff, day: date, *, rules: Rules, now: datetime) -> bool:
    key = f"digest:{day}:{one.user_id}"
    if storage.outbox.is_queued(tx, key):
        return False
    facts = digests.digest_facts(_sections(tx, one.user_id, day, rules=rules, now=now))
    if not facts["sections"]:
        return False
    outgoing = at_once(
        Kind.DIGEST,
        key,
        now=now,
        chat_id=one.user_id,
        language=one.language,
        facts=facts,
    )
    return storage.outbox.add(tx, outgoing, now=now) is not None


def _sections(tx: Tx, csm_id: int, day: date, *, rules: Rules, now: datetime) -> list[Section]:
    """What cannot wait comes first, and in each section what is new or due today before what was named already."""
    morning = digests.morning_at(now, day, rules)
    sections = [
        storage.digests.list_cases(tx, csm_id, morning),
        storage.digests.list_messages(tx, csm_id, morning),
        storage.digests.list_milestones(tx, csm_id, morning),
        _at_risk(tx, csm_id, day, rules),
        storage.digests.list_birthdays(tx, csm_id, born=birthdays.born_on(day, rules.birthday)),
    ]
    silence = rules.win_back.silent_after
    if silence is None:
        return sections
    return [*sections, storage.digests.list_silent(tx, csm_id, since=now - silence * rules.digest.silent_share)]


def _at_risk(tx: Tx, csm_id: int, day: date, rules: Rules) -> Section:
    """Who is red, who has just become so first, with what moved it; nobody while health is not scored."""
    total = storage.health_lists.count_risks(tx, csm_id=csm_id) if rules.health.enabled else 0
    listed = storage.health_lists.list_newest_risks(tx, csm_id=csm_id, currency=rules.currency, limit=LISTED)
    items = [_risk(tx, one, day) for one in listed] if total else []
    return Section(kind="at_risk", total=total, items=items)


def _risk(tx: Tx, one: ListedHealth, day: date) -> DigestItem:
    before = storage.health.load_health_on(tx, one.customer_id, day=day - COMPARED_WITH)
    return DigestItem(customer_id=one.customer_id, name=one.name, risk=brief_risk(one, before))
