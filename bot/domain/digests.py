"""The morning digest: what waits for a CSM today, said once before the day begins."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.domain.business_hours import HORIZON_DAYS, is_open_on
from bot.domain.cases import hours_of
from bot.domain.local_time import day_start, instant_at, local_date
from bot.domain.messages import Button, Language, Message
from bot.domain.rules import Rules
from bot.domain.taps import ShowCustomer

LISTED = 5
BUTTONS = 6
STILL_MORNING = timedelta(hours=3)
"""For how long after its hour a digest is still worth sending."""


@dataclass(frozen=True, kw_only=True)
class DigestItem:
    """One customer in a section: since when or until when, and what it is about where there is more to say.

    `new` is what came since the digest before, and `today` what is due before this day is over. `answers` is a case
    whose deadline is that of the first answer. `risk` is what `health_messages.risk_facts` says of somebody who is red.
    """

    customer_id: int
    name: str
    at: datetime | None = None
    detail: str = ""
    late: bool = False
    new: bool = False
    today: bool = False
    answers: bool = False
    risk: Mapping[str, object] | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """The most urgent items of a kind, how many there are, and how many of them are late or new."""

    kind: str
    total: int
    items: Sequence[DigestItem]
    late: int = 0
    new: int = 0


@dataclass(frozen=True, kw_only=True)
class Morning:
    """When a digest is made: what came since the last one is new, what is due `before` its day ends is due today."""

    now: datetime
    since: datetime
    before: datetime


def morning_of(now: datetime, rules: Rules) -> date | None:
    """The business-local day whose digests are due at `now`; None when they are off, on a rest day, or not now."""
    at = rules.digest.at
    day = local_date(now, rules.timezone)
    if at is None or not is_open_on(day, hours_of(rules)):
        return None
    due_at = instant_at(day, at, rules.timezone)
    return day if due_at <= now < due_at + STILL_MORNING else None


def morning_at(now: datetime, day: date, rules: Rules) -> Morning:
    """The morning of a business-local day; the digest before it was that of the last day somebody worked."""
    earlier = (day - timedelta(days=back) for back in range(1, HORIZON_DAYS))
    last = next((one for one in earlier if is_open_on(one, hours_of(rules))), day - timedelta(days=1))
    return Morning(
        now=now,
        since=instant_at(last, rules.digest.at or rules.cases.opens, rules.timezone),
        before=day_start(day + timedelta(days=1), rules.timezone),
    )


def told_at(now: datetime, rules: Rules) -> datetime:
    """When staff are told what need not be told at once: from the digests' hour of a business day on, maybe now.

    Where there are no digests it is from the opening on.
    """
    mornings = replace(hours_of(rules), opens=rules.digest.at or rules.cases.opens, closes=time.max)
    return next((start for start, _ in mornings.spans_from(now)), now)


def digest_facts(sections: Sequence[Section]) -> dict[str, object]:
    """What is stored of a digest; sections without anything are left out."""
    return {"sections": [asdict(section) for section in sections if section.total]}


def digest(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The digest, with a button to each of the customers who are named first."""
    named: dict[int, str] = {}
    for section in facts["sections"]:  # type: ignore[attr-defined]
        for item in section["items"]:
            named.setdefault(item["customer_id"], item["name"])
    buttons = [Button("customer", ShowCustomer(key), {"customer": name}) for key, name in list(named.items())[:BUTTONS]]
    rows = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return Message("staff/digest", language, facts, rows)
