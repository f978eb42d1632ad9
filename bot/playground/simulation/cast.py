"""The customers whom the page shows: drawn like everybody else, with the fate that their part asks for."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from bot.domain.local_time import instant_at, local_date
from bot.domain.messages import Language
from bot.domain.rules import Rules
from bot.playground.simulation.losses import SILENT_AFTER
from bot.playground.simulation.people import FIRST_STAFF_ID, YEAR, Birthday, Profile, draw
from bot.playground.simulation.words import table

RECENTLY_LOST = timedelta(hours=20)
PLAN_MONTHS = 2
SINCE_LAST_NPS = timedelta(days=7)  # beyond the clock, so that the next one is due without a doubt


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one of the cast does before the visitor comes: a tap on a score, a reason, or a question asked.

    `link` is how an unlinked customer can be linked: `code` by a deep link, `phone` by the number on record.
    """

    profile: Profile
    taps: str = ""
    writes: str = ""
    asks: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class StaffMember:
    """Somebody who works for the business."""

    user_id: int
    name: str


def cast(*, seed: int, rules: Rules, now: datetime) -> list[Part]:
    """The parts, whose customers have the first numbers."""
    parts: list[dict[str, Any]] = table("cast")["customers"]
    return [
        Part(
            profile=_in_part(draw(number, seed=seed, rules=rules, now=now), part, rules, now),
            taps=part.get("taps", ""),
            writes=part.get("writes", ""),
            asks=part.get("asked", ""),
            link=part.get("link", ""),
        )
        for number, part in enumerate(parts, start=1)
    ]


def staff() -> list[StaffMember]:
    """The customer-success managers."""
    members: list[dict[str, Any]] = table("cast")["staff"]
    return [StaffMember(user_id=FIRST_STAFF_ID + number, name=one["name"]) for number, one in enumerate(members)]


def business() -> str:
    """What the simulated business is called."""
    name: str = table("cast")["business"]["name"]
    return name


def staff_group(language: Language) -> str:
    """What the staff's group is called."""
    titles: dict[str, str] = table("cast")["staff_group"]
    return titles[language]


def _in_part(drawn: Profile, part: dict[str, Any], rules: Rules, now: datetime) -> Profile:
    """A calm past, so that nothing holds what the part is about."""
    language = Language(part.get("language", Language.VI))
    profile = replace(
        drawn,
        name=part["name"],
        salutation=part.get("salutation", ""),
        language=language,
        timezone=rules.timezone,
        plan=part["plan"],
        location=part["location"],
        csm_id=FIRST_STAFF_ID,
        joined_at=now - YEAR - timedelta(days=40),
        linked_at=None if "link" in part else now - YEAR + timedelta(days=20 + drawn.id),
        mood=0.5,
        first_nps_at=now - timedelta(days=150 - drawn.id),
        birthday=_birthday(part, drawn, rules, now),
        questions=0,
        plan_starts_at=None,
        leaves_at=None,
        returns_at=None,
        stopped_at=now - timedelta(days=60) if part.get("stopped") else None,
        blocked_at=None,
    )
    return _with_fate(profile, part, rules, now)


def _with_fate(profile: Profile, part: dict[str, Any], rules: Rules, now: datetime) -> Profile:
    if part.get("nps") == "due":
        clock = max(rules.surveys.nps_every, *rules.contact.clocks.values(), *rules.contact.group_clocks.values())
        linked_at = min(profile.linked_at or now, now - clock - 2 * SINCE_LAST_NPS)
        return replace(profile, linked_at=linked_at, first_nps_at=now - clock - SINCE_LAST_NPS, nps_due=True)
    if part.get("success_plan") == "check-in tomorrow":
        tomorrow = local_date(now, profile.timezone) + timedelta(days=1)
        return replace(
            profile, plan_starts_at=instant_at(tomorrow - relativedelta(months=PLAN_MONTHS), time(10), profile.timezone)
        )
    if part.get("lost") == "yesterday":
        return replace(profile, leaves_at=now - RECENTLY_LOST - (rules.win_back.silent_after or SILENT_AFTER))
    return profile


def _birthday(part: dict[str, Any], drawn: Profile, rules: Rules, now: datetime) -> Birthday | None:
    if part.get("birthday") == "tomorrow":
        tomorrow = local_date(now, rules.timezone) + timedelta(days=1)
        return Birthday(day=tomorrow.day, month=tomorrow.month, year=1988)
    if "birthday" in part:
        born = date.fromisoformat(part["birthday"])
        return Birthday(day=born.day, month=born.month, year=born.year)
    # Half a year away, so that a greeting does not stand in the way of the part.
    far = local_date(now, rules.timezone) + timedelta(days=120 + 10 * drawn.id)
    return Birthday(day=min(far.day, 28), month=far.month, year=1985)
