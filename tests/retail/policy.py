"""The contact policy as plain arithmetic over what one customer was sent: nothing here asks the product's own rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

SURVEYS = ("nps", "ces", "csat")
OF_PLANS = ("milestone", "check_in", "progress")
GREETINGS = ("birthday", "holiday_greeting")
QUIET_IN_TET = (*SURVEYS, "reminder", "follow_up", "win_back", "offer")
DAY = timedelta(days=1)
OF_ONE_KIND = {"nps": 180 * DAY, "ces": 90 * DAY, "csat": 90 * DAY, "win_back": 180 * DAY, "offer": 180 * DAY}
FIRST_OF_TET = (date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26))
QUIET_FROM, QUIET_UNTIL = time(21), time(8)


@dataclass(frozen=True, order=True)
class Sent:
    """One message that the clock sent to a customer; `at` is aware UTC."""

    at: datetime
    kind: str


def breaches(sent: Sequence[Sent], *, timezone: str, holidays: frozenset[date]) -> Iterator[str]:
    """What one customer got against the default rules, oldest first."""
    sent = sorted(sent)
    yield from _too_close(sent, DAY, "24 hours")
    yield from _too_close([each for each in sent if each.kind in SURVEYS], 90 * DAY, "90 days between surveys")
    yield from _too_close([each for each in sent if each.kind in OF_PLANS], 3 * DAY, "3 days between plan messages")
    for kind, apart in OF_ONE_KIND.items():
        yield from _too_close([each for each in sent if each.kind == kind], apart, f"{apart.days} days")
    yield from _crowded(sent)
    for each in sent:
        local = each.at.astimezone(ZoneInfo(timezone))
        if local.time() >= QUIET_FROM or local.time() < QUIET_UNTIL:
            yield f"in quiet hours: {each}"
        if local.date() in holidays and each.kind not in GREETINGS:
            yield f"on a holiday: {each}"
        if each.kind in QUIET_IN_TET and any(-3 * DAY <= local.date() - tet <= 6 * DAY for tet in FIRST_OF_TET):
            yield f"around Tết: {each}"


def _too_close(sent: Sequence[Sent], apart: timedelta, rule: str) -> Iterator[str]:
    return (f"under {rule}: {before}, {after}" for before, after in pairwise(sent) if after.at - before.at < apart)


def _crowded(sent: Sequence[Sent]) -> Iterator[str]:
    fourths = zip(sent, sent[3:], strict=False)
    return (f"a fourth within a week: {fourth}" for first, fourth in fourths if fourth.at - first.at < 7 * DAY)
