"""One customer as staff see them: who they are, what they are worth, what they said and what was said to them.

Whatever the data, what is shown fits into one Telegram message: lists are bounded, and texts are cut.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain import plans
from bot.domain.cases import Case
from bot.domain.health_messages import mark_facts
from bot.domain.health_standing import Standing
from bot.domain.names import cut
from bot.domain.planning import UpcomingTouchpoint
from bot.domain.plans import Pace, Plan
from bot.domain.roles import Role
from bot.domain.surveys import SCALES
from bot.domain.touchpoints import Kind

LINE = 60
WORD = 25
QUOTE = 120
CURRENCIES = 3
ANSWERS = 3
TOUCHPOINTS = 4
REMARKS = 3
HISTORY = 6
UPCOMING = 5
TAGS = 3
VISIBLE_DIGITS = 3


@dataclass(frozen=True, kw_only=True)
class Record:
    """What is known of a customer, and whether they can be written to."""

    customer_id: int
    name: str
    external_id: str | None
    plan: str
    location: str
    title: str
    channel: str
    tags: Sequence[str]
    birth_day: int | None
    birth_month: int | None
    birth_year: int | None
    phone: str | None
    joined_at: datetime
    language: str
    csm: str | None
    linked_at: datetime | None
    stopped_at: datetime | None
    unreachable_at: datetime | None
    lost_at: datetime | None
    lost_reason: str
    lost_source: str


@dataclass(frozen=True, kw_only=True)
class Value:
    """What a customer bought: invoices that are no cancellations, and the sum of all by currency in minor units."""

    purchases: int
    totals: tuple[tuple[str, int], ...]
    last_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class GivenAnswer:
    kind: Kind
    score: int
    reason: str
    answered_at: datetime


@dataclass(frozen=True, kw_only=True)
class Touchpoint:
    """A queued message and what became of it; `rule` is what holds it, or what ended it, and `held` what held it."""

    kind: Kind
    status: str
    at: datetime
    rule: str
    held: tuple[tuple[str, datetime | None], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something said by a customer or noted by staff."""

    kind: str
    body: str
    happened_at: datetime
    by: str
    closed: bool


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Everything that one look at a customer shows, the latest first; `pace` is how their plan goes, `case` is open."""

    record: Record
    value: Value
    plan: Plan | None
    answers: Sequence[GivenAnswer]
    waiting: Sequence[Touchpoint]
    past: Sequence[Touchpoint]
    said: Sequence[Remark]
    notes: Sequence[Remark]
    pace: Pace | None = None
    standing: Standing | None = None
    case: Case | None = None


def masked(phone: str, role: Role) -> str:
    """A phone number as a role may see it: a CSM sees the last three digits."""
    if role.allows(Role.MANAGER):
        return cut(phone, LINE)
    return f"···{phone[-VISIBLE_DIGITS:]}"


def profile_facts(profile: Profile, role: Role, *, now: datetime) -> dict[str, object]:
    """What the profile says to a member of staff of this role."""
    return {
        **_record_facts(profile.record, role),
        "health": mark_facts(profile.standing),
        "case": _case_facts(profile.case),
        "purchases": profile.value.purchases,
        "totals": profile.value.totals[:CURRENCIES],
        "last_purchase_at": profile.value.last_at,
        "success_plan": _plan_facts(profile.plan, profile.pace, now=now) if profile.plan else None,
        "answers": [_answer_facts(answer) for answer in profile.answers[:ANSWERS]],
        "waiting": touchpoint_facts(profile.waiting[:TOUCHPOINTS]),
        "past": touchpoint_facts(profile.past[:TOUCHPOINTS]),
        "said": [_remark_facts(remark) for remark in profile.said[:REMARKS]],
        "notes": [_remark_facts(remark) for remark in profile.notes[:REMARKS]],
    }


def _case_facts(case: Case | None) -> dict[str, object] | None:
    return {"number": case.case_id, "opened_at": case.opened_at} if case is not None else None


def _record_facts(record: Record, role: Role) -> dict[str, object]:
    return {
        "customer": cut(record.name, LINE),
        "id": cut(record.external_id or f"#{record.customer_id}", LINE),
        "plan": cut(record.plan, LINE),
        "location": cut(record.location, LINE),
        "title": cut(record.title, WORD),
        "channel": cut(record.channel, WORD),
        "tags": [cut(tag, WORD) for tag in record.tags[:TAGS]],
        "birthday": (record.birth_day, record.birth_month, record.birth_year) if record.birth_day else None,
        "phone": masked(record.phone, role) if record.phone else "",
        "joined_at": record.joined_at,
        "speaks": record.language,
        "csm": cut(record.csm or "", LINE),
        "linked_at": record.linked_at,
        "stopped_at": record.stopped_at,
        "unreachable_at": record.unreachable_at,
        "lost_at": record.lost_at,
        "lost_reason": cut(record.lost_reason, QUOTE),
        "lost_source": record.lost_source,
    }


def _plan_facts(plan: Plan, pace: Pace | None, *, now: datetime) -> dict[str, object]:
    progress = plans.progress_of(plan.milestones, now=now)
    upcoming = progress.upcoming
    return {
        "name": cut(plan.name, LINE),
        "goal": cut(plan.goal, QUOTE) if plan.goal_said_at else "",
        "status": plan.status,
        "pace": pace or "",
        "done": progress.done,
        "total": progress.total,
        "overdue": progress.overdue,
        "next_title": cut(upcoming.title, LINE) if upcoming else "",
        "next_due_at": upcoming.due_at if upcoming else None,
    }


def _answer_facts(answer: GivenAnswer) -> dict[str, object]:
    return {
        "kind": answer.kind,
        "score": answer.score,
        "highest": SCALES[answer.kind][-1],
        "reason": cut(answer.reason, QUOTE),
        "at": answer.answered_at,
    }


def _remark_facts(remark: Remark) -> dict[str, object]:
    return {
        "kind": remark.kind,
        "body": cut(remark.body, QUOTE),
        "at": remark.happened_at,
        "by": cut(remark.by, LINE),
        "closed": remark.closed,
    }


def touchpoint_facts(touchpoints: Iterable[Touchpoint]) -> list[dict[str, object]]:
    """What is said of messages that were queued."""
    return [
        {
            "kind": one.kind,
            "status": one.status,
            "at": one.at,
            "rule": cut(one.rule, LINE),
            "held": [{"rule": cut(rule, LINE), "until": until} for rule, until in one.held],
        }
        for one in touchpoints
    ]


def explanation_facts(
    name: str,
    upcoming: Sequence[UpcomingTouchpoint],
    past: Sequence[Touchpoint],
    *,
    sent_before: int,
    days: int,
    stopped_at: datetime | None = None,
    case: Case | None = None,
    now: datetime,
) -> dict[str, object]:
    """Why a customer is or is not written to: the next messages, what causes and what holds each, and what was.

    `past` are the latest of the `sent_before` messages that are over; `case` is the one that is open.
    """
    return {
        "customer": cut(name, LINE),
        "days": days,
        "stopped_at": stopped_at,
        "case": _case_facts(case),
        "upcoming": [
            {
                "kind": one.kind,
                "at": one.when,
                "overdue": one.when <= now,
                "rule": one.rule,
                "until": one.until,
                "cause": one.cause,
                "subject": cut(one.subject, LINE),
            }
            for one in upcoming[:UPCOMING]
        ],
        "more": max(0, len(upcoming) - UPCOMING),
        "past": touchpoint_facts(past[:HISTORY]),
        "earlier": max(0, sent_before - HISTORY),
    }
