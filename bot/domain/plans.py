"""Success plans: from a template and a start to dated milestones, regular messages and how far it has come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from bot.domain.local_time import instant_at, local_date
from bot.domain.messages import Button, Language, Message
from bot.domain.rules import CheckInRules, PlanTemplate
from bot.domain.taps import CheckInAnswer
from bot.domain.touchpoints import Kind

MORNING = time(9, 0)


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


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """What is to be reached by when; `milestone_id` is 0 until it is stored."""

    milestone_id: int = 0
    position: int
    title: str
    due_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A customer's success plan with its milestones in order."""

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
        Milestone(
            position=position,
            title=milestone.title[language],
            due_at=instant_at(first + timedelta(days=milestone.after_days), MORNING, timezone),
        )
        for position, milestone in enumerate(template.milestones, start=1)
    )


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


def round_facts(plan: Plan, kind: Kind, *, now: datetime) -> dict[str, object]:
    """What a check-in or a progress message says."""
    return check_in_facts(plan) if kind is Kind.CHECK_IN else progress_facts(plan, now=now)


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


def milestone_key(milestone_id: int) -> str:
    """One announcement of a milestone, for ever."""
    return f"milestone:{milestone_id}"


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


def view_facts(plan: Plan, customer: str, *, now: datetime) -> dict[str, object]:
    """What staff see of a plan: each milestone is `done`, `late` or `open`."""
    states = {True: "late", False: "open"}
    return progress_facts(plan, now=now) | {
        "customer": customer,
        "status": plan.status,
        "started_at": plan.started_at,
        "completed_at": plan.completed_at,
        "check_in": plan.check_in or "",
        "check_in_at": plan.check_in_at,
        "milestones": [
            {
                "title": one.title,
                "due_at": one.due_at,
                "done_at": one.done_at,
                "state": "done" if one.done_at else states[one.due_at <= now],
            }
            for one in plan.milestones
        ],
    }


def check_in_facts(plan: Plan) -> dict[str, object]:
    """What a check-in message says of its plan."""
    return {"plan_id": plan.plan_id, "plan": plan.name, "goal": plan.goal}


def milestone_facts(plan: Plan, milestone_id: int) -> dict[str, object]:
    """What the announcement of one of the plan's milestones says."""
    milestone = next(one for one in plan.milestones if one.milestone_id == milestone_id)
    return check_in_facts(plan) | {
        "title": milestone.title,
        "position": milestone.position,
        "total": len(plan.milestones),
    }


def progress_facts(plan: Plan, *, now: datetime) -> dict[str, object]:
    """What a progress message says; dates are ISO text, since facts are stored."""
    progress = progress_of(plan.milestones, now=now)
    return check_in_facts(plan) | {
        "done": progress.done,
        "due": progress.due,
        "overdue": progress.overdue,
        "total": progress.total,
        "next_title": progress.upcoming.title if progress.upcoming else "",
        "next_due_at": progress.upcoming.due_at.isoformat() if progress.upcoming else "",
    }


def check_in(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The regular question how the plan goes, answered by one of two buttons."""
    plan_id = int(str(facts["plan_id"]))
    answers = tuple(Button(choice, CheckInAnswer(plan_id, choice, outbox_id)) for choice in CheckInChoice)
    return Message("plans/check_in", language, facts, (answers,))


def check_in_answered(plan: Plan, choice: CheckInChoice, outbox_id: int, language: Language) -> Message:
    """What a check-in becomes once answered; who said that all is well may still ask for help."""
    help_button = Button(CheckInChoice.HELP, CheckInAnswer(plan.plan_id, CheckInChoice.HELP, outbox_id))
    keyboard = ((help_button,),) if choice is CheckInChoice.WELL else ()
    return Message("plans/check_in_answered", language, check_in_facts(plan) | {"choice": choice}, keyboard)


def progress(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """How far the plan has come."""
    return Message("plans/progress", language, facts)


def milestone(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """A milestone's day has come."""
    return Message("plans/milestone", language, facts)
