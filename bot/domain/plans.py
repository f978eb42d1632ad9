"""Success plans: from a template and a start to dated milestones and rounds, how far it has come and how it goes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from itertools import count
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.domain.audiences import parse_segment
from bot.domain.local_time import instant_at, local_date
from bot.domain.messages import Language
from bot.domain.names import search_key
from bot.domain.rules import CheckInRules, MeasureTemplate, MilestoneTemplate, Owner, PlanTemplate, SuccessRules
from bot.domain.touchpoints import Kind

MORNING = time(9, 0)
MAX_GOAL = 1000


class PlanStatus(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class CheckInStep(StrEnum):
    """What becomes of a check-in whose day has come."""

    ASK = "ask"
    SKIP = "skip"
    STOP = "stop"  # nobody has answered for so long that a person should look


class CheckInChoice(StrEnum):
    WELL = "well"
    HELP = "help"


class CompletionChoice(StrEnum):
    """What whoever completed a plan is asked for."""

    REVIEW = "review"
    REFERRAL = "referral"
    NEXT = "next"


class Pace(StrEnum):
    """How a plan goes, by its dates and measures."""

    ON_TRACK = "on_track"
    BEHIND = "behind"
    STUCK = "stuck"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How far a milestone has come: from `start` through `value` (None: not measured yet) to `target`."""

    name: str
    unit: str
    start: float
    target: float
    value: float | None = None

    @property
    def share(self) -> float | None:
        """The share of the way that is gone, from 0 to 1; None while nothing is measured."""
        if self.value is None:
            return None
        return min(1.0, max(0.0, (self.value - self.start) / (self.target - self.start)))


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """What is to be reached by when; `milestone_id` is 0 until it is stored.

    With `proof` a customer's own tick (`claimed_at`) waits until staff confirm it. The tip goes out `tip_at`, once.
    """

    milestone_id: int = 0
    position: int
    title: str
    due_at: datetime
    done_at: datetime | None = None
    owner: Owner = Owner.CUSTOMER
    proof: bool = False
    claimed_at: datetime | None = None
    measure: Measure | None = None
    tip: str = ""
    tip_at: datetime | None = None

    @property
    def is_theirs(self) -> bool:
        """Whether it is the customer's turn now."""
        return self.owner is Owner.CUSTOMER and self.done_at is None and self.claimed_at is None

    @property
    def waits_since(self) -> datetime:
        """From when on it is late: a tick that waits for staff gives them as long as the milestone itself had."""
        return max(self.due_at, self.claimed_at or self.due_at)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A customer's success plan with its milestones in order.

    The goal is the template's until the customer says why they bought (`goal_said_at`). `stuck_at` is when staff were
    told that it is stuck.
    """

    plan_id: int
    customer_id: int
    template: str
    name: str
    goal: str
    status: PlanStatus
    started_at: datetime
    milestones: tuple[Milestone, ...]
    check_in_months: int = 0
    progress_months: int = 0
    completed_at: datetime | None = None
    check_in: CheckInChoice | None = None
    check_in_at: datetime | None = None
    goal_said_at: datetime | None = None
    stuck_at: datetime | None = None

    def milestone(self, milestone_id: int) -> Milestone:
        """The milestone with this id, which is one of the plan's."""
        return next(one for one in self.milestones if one.milestone_id == milestone_id)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a plan has come: `due` counts milestones whose day has come, `overdue` those of them not done."""

    done: int
    due: int
    overdue: int
    total: int
    upcoming: Milestone | None


@dataclass(frozen=True)
class Round:
    """The n-th regular message of a plan, from 1, and its instant."""

    number: int
    at: datetime


def milestones_of(
    template: PlanTemplate, *, language: Language, timezone: str, start: datetime
) -> tuple[Milestone, ...]:
    """The template's milestones, each due in the local morning so many days after the local date of the start."""
    first = local_date(start, timezone)
    return tuple(
        _milestone(one, position, language, partial(_morning, first, timezone=timezone))
        for position, one in enumerate(template.milestones, start=1)
    )


def words_of(template: PlanTemplate) -> Iterator[Mapping[Language, str]]:
    """Everything that a template says, each in every language."""
    yield template.name
    yield template.goal
    yield from template.goals
    for one in template.milestones:
        yield one.title
        if one.measure is not None:
            yield from (one.measure.name, one.measure.unit)


def _morning(first: date, days: int, *, timezone: str) -> datetime:
    return instant_at(first + timedelta(days=days), MORNING, timezone)


def _milestone(
    template: MilestoneTemplate, position: int, language: Language, morning: Callable[[int], datetime]
) -> Milestone:
    measure = template.measure
    return Milestone(
        position=position,
        title=template.title[language],
        due_at=morning(template.after_days),
        owner=template.owner,
        proof=template.proof,
        measure=_measure(measure, language) if measure else None,
        tip=template.tip,
        tip_at=morning(template.after_days - template.tip_days) if template.tip else None,
    )


def _measure(template: MeasureTemplate, language: Language) -> Measure:
    return Measure(
        name=template.name[language], unit=template.unit[language], start=template.start, target=template.target
    )


def is_for(template: PlanTemplate, *, plan: str, location: str) -> bool:
    """Whether a template is meant for customers of this plan in this place: of each field named one value fits."""
    wanted: dict[str, set[str]] = {}
    for segment in filter(None, map(parse_segment, template.segments)):
        wanted.setdefault(segment.field, set()).add(search_key(segment.value))
    has = {"plan": search_key(plan), "location": search_key(location)}
    return all(has[field] in values for field, values in wanted.items())


def rescheduled(milestone: Milestone, day: date, *, timezone: str) -> Milestone:
    """The milestone due on the local morning of another day; a tip that is still to come keeps its distance."""
    due_at = instant_at(day, MORNING, timezone)
    tip_at = milestone.tip_at + (due_at - milestone.due_at) if milestone.tip_at else None
    return replace(milestone, due_at=due_at, tip_at=tip_at)


def pace_of(plan: Plan, rules: SuccessRules, *, now: datetime) -> Pace:
    """Stuck, behind or on track, by the rules' thresholds; a plan that is over is on track."""
    waiting = [one for one in plan.milestones if one.done_at is None] if plan.status is PlanStatus.ACTIVE else []
    late = max((now - one.waits_since for one in waiting), default=timedelta(0))
    if late >= rules.stuck_after:
        return Pace.STUCK
    lags = any(_lag(plan, one, now=now) > rules.behind_share for one in waiting)
    return Pace.BEHIND if late >= rules.behind_after or lags else Pace.ON_TRACK


def _lag(plan: Plan, milestone: Milestone, *, now: datetime) -> float:
    """By how much of its whole way a milestone's measure lags behind an even pace since the start of the plan."""
    gone = milestone.measure.share if milestone.measure else None
    if gone is None:
        return 0.0
    whole = max(milestone.due_at - plan.started_at, timedelta(days=1))
    return min(1.0, (now - plan.started_at) / whole) - gone


def round_at(number: int, *, months: int, timezone: str, start: datetime) -> datetime:
    """The local morning `number` times `months` calendar months after the start, on the month's last day if shorter."""
    return instant_at(local_date(start, timezone) + relativedelta(months=number * months), MORNING, timezone)


def next_round(after: int, *, months: int, timezone: str, start: datetime) -> Round | None:
    """The round after round number `after`; None when the plan has no such messages."""
    if months < 1:
        return None
    return Round(after + 1, round_at(after + 1, months=months, timezone=timezone, start=start))


def is_within(plan: Plan, at: datetime) -> bool:
    """Whether the plan still runs at an instant: its rounds end with the last milestone's day, reached or not."""
    return not plan.milestones or at <= max(milestone.due_at for milestone in plan.milestones)


def elapsed(plan: Plan, *, now: datetime) -> float:
    """The share of a plan's time that has passed at an instant, from 0 to 1."""
    ends = max((milestone.due_at for milestone in plan.milestones), default=plan.started_at)
    whole = max(ends - plan.started_at, timedelta(days=1))
    return min(1.0, max(0.0, (now - plan.started_at) / whole))


def rounds_around(plan: Plan, kind: Kind, timezone: str, *, now: datetime) -> tuple[Round, Round]:
    """The last round that has come at `now` (number 0 is the morning of the start), and the one to come."""
    months = plan.check_in_months if kind is Kind.CHECK_IN else plan.progress_months

    def at(number: int) -> datetime:
        return round_at(number, months=months, timezone=timezone, start=plan.started_at)

    elapsed = relativedelta(now.astimezone(ZoneInfo(timezone)), plan.started_at.astimezone(ZoneInfo(timezone)))
    # A round on a shorter month's last day comes before the whole month has passed, so begin one higher.
    number = (elapsed.years * 12 + elapsed.months) // months + 1
    while number and at(number) > now:
        number -= 1
    return Round(number, at(number)), Round(number + 1, at(number + 1))


def rounds_between(plan: Plan, kind: Kind, timezone: str, *, first: datetime, last: datetime) -> Iterator[Round]:
    """The rounds from one instant to another, both included, as far as the plan runs."""
    months = plan.check_in_months if kind is Kind.CHECK_IN else plan.progress_months
    for number in count(1) if months else ():
        at = round_at(number, months=months, timezone=timezone, start=plan.started_at)
        if at > last or not is_within(plan, at):
            return
        if at >= first:
            yield Round(number, at)


def check_in_step(number: int, unanswered: Sequence[int], rules: CheckInRules) -> CheckInStep:
    """What becomes of a round when these rounds before it, in order, were sent since the customer's last word."""
    if len(unanswered) >= rules.stops_after:
        return CheckInStep.STOP
    if len(unanswered) >= rules.backs_off_after and number < unanswered[-1] + 2:
        return CheckInStep.SKIP
    return CheckInStep.ASK


def progress_of(milestones: Sequence[Milestone], *, now: datetime) -> Progress:
    """How far a plan has come at `now`."""
    due = [milestone for milestone in milestones if milestone.due_at <= now]
    open_ahead = [one for one in milestones if one.done_at is None and one.due_at > now]
    return Progress(
        done=sum(milestone.done_at is not None for milestone in milestones),
        due=len(due),
        overdue=sum(milestone.done_at is None for milestone in due),
        total=len(milestones),
        upcoming=min(open_ahead, key=lambda milestone: milestone.due_at, default=None),
    )


def milestone_key(milestone: Milestone) -> str:
    """One announcement of a milestone and its day, for ever: one that was put off is announced again."""
    return f"{Kind.MILESTONE}:{milestone.milestone_id}:{milestone.due_at:%Y%m%d}"


def tip_key(milestone: Milestone) -> str:
    """One tip before a milestone, for ever."""
    return f"{Kind.TIP}:{milestone.milestone_id}"


def round_key(kind: Kind, plan_id: int, number: int) -> str:
    """One check-in or progress message of a plan and round, for ever."""
    return f"{kind}:{plan_id}:{number}"


def read_round_key(key: str) -> tuple[int, int]:
    """The plan and the number of a round from its key."""
    _, plan_id, number = key.split(":")
    return int(plan_id), int(number)


def silence_key(plan_id: int, unanswered: Sequence[int]) -> str:
    """One word to staff for each time that a customer falls silent."""
    return f"check_in_silence:{plan_id}:{unanswered[0]}"
