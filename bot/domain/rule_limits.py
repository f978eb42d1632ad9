"""What the rules of a business must keep to, beyond their types."""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from operator import attrgetter
from zoneinfo import available_timezones

from bot.domain.audiences import parse_segment
from bot.domain.contact import GROUP_RULES
from bot.domain.measures import Measure
from bot.domain.messages import Language
from bot.domain.rules import (
    CaseRules,
    ContactRules,
    HealthRules,
    HolidayGreeting,
    MeasureTemplate,
    MilestoneTemplate,
    PlanTemplate,
    Rules,
    SuccessRules,
    TriggerRules,
    WinBackRules,
)
from bot.domain.taps import SEPARATOR
from bot.domain.touchpoints import Kind

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
TRIGGERED = (Kind.CES, Kind.CSAT)
LEAST_RETENTION = timedelta(days=30)
KEY_BYTES = 32
SEGMENT_FIELDS = ("plan", "location")
LEAST_MEASURES = 2
MONTH_AND_DAY = re.compile(r"([0-9]{2})-([0-9]{2})")
MONTHS, LONGEST_LUNAR_MONTH, COMMON_YEAR = 12, 30, 2027
LEAP_DAYS = ("02-28", "03-01")
LEAST = {
    "contact.weekly_cap": 1,
    "contact.tet.days_before": 0,
    "contact.tet.days_after": 0,
    "check_ins.backs_off_after": 1,
    "check_ins.stops_after": 1,
    "surveys.nps_per_day": 1,
    "surveys.nps_every": timedelta(days=1),
    "surveys.reminder_after": timedelta(hours=1),
    "delivery.in_flight": 1,
    "delivery.attempts": 1,
    "delivery.group_per_minute": 1,
    "delivery.timeout": SECOND,
    "sign_up.link_lasts": timedelta(minutes=1),
    "success.goal_within": timedelta(minutes=1),
    "cases.answer_within": timedelta(minutes=1),
    "cases.solve_within": timedelta(minutes=1),
    "cases.nps_again_after": timedelta(days=1),
    "reviews.weekday": 1,
    "health.window": timedelta(days=14),
    "health.survey_half_life": timedelta(days=1),
    "health.hysteresis": 0,
    "health.drop": 1,
    "health.drop_within": timedelta(days=1),
}
MOST = {
    "contact.tet.days_before": 15,
    "contact.tet.days_after": 15,
    "delivery.per_second": 10_000,
    "delivery.group_per_minute": 20,
    "delivery.in_flight": 1000,
    "reviews.weekday": 7,
    "health.hysteresis": 20,
}


def broken_limits(rules: Rules) -> Iterator[str]:
    """Each setting out of its limits, as "key: what it must be"."""
    yield from _out_of_range(rules)
    if rules.timezone not in available_timezones():
        yield "timezone: is not a known time zone; write a name such as Asia/Ho_Chi_Minh"
    if rules.delivery.per_second <= 0:
        yield "delivery.per_second: must be more than 0"
    if rules.delivery.lease <= 2 * rules.delivery.timeout:
        yield "delivery.lease: must be more than twice delivery.timeout"
    if rules.surveys.reminder_after >= rules.surveys.closes_after:
        yield "surveys.reminder_after: must be shorter than surveys.closes_after"
    if not 0 < rules.digest.silent_share <= 1:
        yield "digest.silent_share: must be more than 0 and at most 1"
    if rules.retention.texts is not None and rules.retention.texts < LEAST_RETENTION:
        yield f"retention.texts: must be false (for ever) or at least {LEAST_RETENTION}"
    if rules.birthday.leap_day_on not in LEAP_DAYS:
        yield f"birthday.leap_day_on: must be one of {', '.join(LEAP_DAYS)}"
    yield from _edges("reports.ages", rules.reports.ages)
    if rules.reports.values:
        yield from _edges("reports.values", rules.reports.values)
    yield from _hours(rules.cases)
    yield from _contact(rules.contact)
    yield from _greetings(rules.greetings)
    yield from _reasons(rules.win_back)
    yield from _success(rules.success)
    yield from _health(rules.health)
    yield from _plans(rules.plans)
    yield from _triggers(rules.triggers)


def _out_of_range(rules: Rules) -> Iterator[str]:
    for key, least in LEAST.items():
        if attrgetter(key)(rules) < least:
            yield f"{key}: must be at least {least}"
    for key, most in MOST.items():
        if attrgetter(key)(rules) > most:
            yield f"{key}: must be at most {most}"


def _edges(at: str, edges: tuple[int, ...]) -> Iterator[str]:
    if not edges or edges[0] < 1 or any(low >= high for low, high in pairwise(edges)):
        yield f"{at}: must be whole numbers from 1 on, each larger than the one before, such as [18, 25, 35]"


def _hours(cases: CaseRules) -> Iterator[str]:
    if cases.opens >= cases.closes:
        yield "cases.opens: must be before cases.closes"
    if not cases.weekdays or not cases.weekdays <= set(range(1, 8)):
        yield "cases.weekdays: must be some of 1 (Monday) to 7 (Sunday)"


def _health(health: HealthRules) -> Iterator[str]:
    if not 0 < health.red_up_to < health.yellow_up_to < 100:
        yield "health.red_up_to: must be more than 0 and less than health.yellow_up_to, and that less than 100"
    for measure, (worst, best) in health.lines.items():
        if worst == best:
            yield f"health.lines.{measure}: the worst value and the best must differ"
    yield from _weights("health.weights", health.weights)
    yield from _weights("health.onboarding", health.onboarding)
    for index, card in enumerate(health.scorecards):
        at = f"health.scorecards[{index}]"
        segment = parse_segment(card.segment)
        if segment is None or segment.field not in SEGMENT_FIELDS:
            yield f'{at}.segment: must be such as "plan=gold" or "location=Huế"'
        yield from _weights(f"{at}.weights", {**health.weights, **card.weights})


def _weights(at: str, weights: Mapping[Measure, float]) -> Iterator[str]:
    if any(weight < 0 for weight in weights.values()):
        yield f"{at}: a weight must not be negative"
    if sum(weight > 0 for weight in weights.values()) < LEAST_MEASURES:
        yield f"{at}: at least {LEAST_MEASURES} measures must have a weight"


def _contact(contact: ContactRules) -> Iterator[str]:
    if not contact.weekdays or not contact.weekdays <= set(range(1, 8)):
        yield "contact.weekdays: must be some of 1 (Monday) to 7"
    for key, groups in (("group_clocks", contact.group_clocks), ("tet.groups", contact.tet.groups)):
        if not set(groups) <= set(GROUP_RULES):
            yield f"contact.{key}: must be some of {', '.join(GROUP_RULES)}"


def _greetings(greetings: tuple[HolidayGreeting, ...]) -> Iterator[str]:
    yield from _keys("greetings", [greeting.key for greeting in greetings])
    for index, greeting in enumerate(greetings):
        at = f"greetings[{index}]"
        yield from _words(f"{at}.text", greeting.text)
        if bool(greeting.day) is bool(greeting.lunar):
            yield f"{at}: must have either a day or a lunar day"
        elif not _is_day_of_each_year(greeting):
            yield f'{at}: the day must be a month and a day of each year, such as "03-08"; lunar, such as "08-15"'


def _is_day_of_each_year(greeting: HolidayGreeting) -> bool:
    match = MONTH_AND_DAY.fullmatch(greeting.lunar or greeting.day)
    if match is None:
        return False
    month, day = int(match[1]), int(match[2])
    most = LONGEST_LUNAR_MONTH if greeting.lunar else monthrange(COMMON_YEAR, max(1, min(month, MONTHS)))[1]
    return 1 <= month <= MONTHS and 1 <= day <= most


def _reasons(win_back: WinBackRules) -> Iterator[str]:
    known = WinBackRules.reasons
    if not win_back.reasons or not set(win_back.reasons) <= set(known):
        yield f"win_back.reasons: must be some of {', '.join(known)}, which have words in both languages"
    if win_back.offer:
        yield from _words("win_back.offer", win_back.offer)


def _success(success: SuccessRules) -> Iterator[str]:
    if success.behind_after >= success.stuck_after:
        yield "success.behind_after: must be shorter than success.stuck_after"
    if not 0 < success.behind_share <= 1:
        yield "success.behind_share: must be more than 0 and at most 1"
    for name in ("review_url", "referral_url"):
        if (url := getattr(success, name)) and not url.startswith("https://"):
            yield f'success.{name}: must be an address that begins with https://, or "" for none'


def _plans(plans: tuple[PlanTemplate, ...]) -> Iterator[str]:
    keys = [plan.key for plan in plans]
    yield from _keys("plans", keys)
    for index, plan in enumerate(plans):
        at = f"plans[{index}]"
        yield from _words(f"{at}.name", plan.name)
        yield from _words(f"{at}.goal", plan.goal)
        for number, goal in enumerate(plan.goals):
            yield from _words(f"{at}.goals[{number}]", goal)
        if plan.check_in_months < 0 or plan.progress_months < 0:
            yield f"{at}: check_in_months and progress_months must be 0 (never) or more"
        for number, segment in enumerate(plan.segments):
            if (found := parse_segment(segment)) is None or found.field not in SEGMENT_FIELDS:
                yield f'{at}.segments[{number}]: must be such as "plan=gold" or "location=Huế"'
        if plan.then and plan.then not in keys:
            yield f"{at}.then: must be the key of a plan: {', '.join(keys)}"
        yield from _milestones(f"{at}.milestones", plan.milestones)


def _milestones(at: str, milestones: tuple[MilestoneTemplate, ...]) -> Iterator[str]:
    if not milestones:
        yield f"{at}: must have at least one"
    yield from _keys(at, [milestone.key for milestone in milestones])
    for number, milestone in enumerate(milestones):
        yield from _words(f"{at}[{number}].title", milestone.title)
        if milestone.after_days < 1:
            yield f"{at}[{number}].after_days: must be at least 1"
        if milestone.tip and not 0 < milestone.tip_days < milestone.after_days:
            yield f"{at}[{number}].tip_days: must be at least 1, and less than after_days"
        if milestone.measure is not None:
            yield from _measure(f"{at}[{number}].measure", milestone.measure)


def _measure(at: str, measure: MeasureTemplate) -> Iterator[str]:
    yield from _words(f"{at}.name", measure.name)
    yield from _words(f"{at}.unit", measure.unit)
    if measure.target == measure.start:
        yield f"{at}.target: must be another number than start ({measure.start:g})"


def _triggers(triggers: tuple[TriggerRules, ...]) -> Iterator[str]:
    for index, trigger in enumerate(triggers):
        at = f"triggers[{index}]"
        if not trigger.event.strip():
            yield f"{at}.event: must name an event"
        if trigger.survey not in TRIGGERED:
            yield f"{at}.survey: must be {' or '.join(TRIGGERED)}; NPS has a calendar of its own"
        if trigger.subject:
            yield from _words(f"{at}.subject", trigger.subject)
        if trigger.fresh_for < MINUTE:
            yield f"{at}.fresh_for: must be at least {MINUTE}"
    for (event, survey), count in Counter((trigger.event, trigger.survey) for trigger in triggers).items():
        if count > 1:
            yield f"triggers: {event!r} must ask {survey} once"


def _keys(at: str, keys: list[str]) -> Iterator[str]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield f"{at}: the key {key!r} must be used once"
        if not key or SEPARATOR in key or len(key.encode()) > KEY_BYTES:
            yield f"{at}: the key {key!r} must be 1 to {KEY_BYTES} letters without {SEPARATOR!r}, to fit into a button"


def _words(at: str, words: Mapping[Language, str]) -> Iterator[str]:
    for language in Language:
        if not words.get(language, "").strip():
            yield f"{at}.{language}: is missing; every text is in both languages"
