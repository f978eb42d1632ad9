"""Cases: something is wrong for a customer, somebody takes it on, and it ends with a reason and an outcome.

A customer has at most one open case; what else goes wrong joins it. Every function here turns a case into the case
that it becomes, or says that nothing changes.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.business_hours import BusinessHours, deadline, next_opening
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind

WORDS = 1000  # of what the customer said, kept with the case and quoted back
INTERNAL = "//"
ANSWERS_WITHIN = timedelta(hours=1)  # after "Reply" was tapped: what is written later may be meant for somebody else
UNSENDS_WITHIN = timedelta(hours=48)  # for so long the Bot API deletes a bot's message in a private chat


class Source(StrEnum):
    """What opened a case."""

    SURVEY = "survey"
    FEEDBACK = "feedback"
    REQUEST = "request"
    STAFF = "staff"


class Reason(StrEnum):
    """What it was about, as staff say when it is resolved."""

    PRODUCT = "product"
    SERVICE = "service"
    PRICE = "price"
    DELIVERY = "delivery"
    MISUNDERSTANDING = "misunderstanding"
    OTHER = "other"


class CaseOutcome(StrEnum):
    """How it ended."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    COMPENSATED = "compensated"
    UNSOLVED = "unsolved"
    NO_ANSWER = "no_answer"


class Snooze(StrEnum):
    """For how long a case may rest."""

    TOMORROW = "tomorrow"
    THREE_DAYS = "three_days"
    WEEK = "week"


SNOOZE_DAYS = {Snooze.TOMORROW: 1, Snooze.THREE_DAYS: 3, Snooze.WEEK: 7}


@dataclass(frozen=True, kw_only=True)
class Signal:
    """Something that went wrong, or was said. `key` is unique for ever; `template` tells it in an open case."""

    key: str
    customer_id: int
    source: Source
    template: str
    facts: dict[str, object]
    words: str = ""
    survey_kind: Kind | None = None
    score: int | None = None
    opened_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case as it stands. `chat_id`, `thread_id` and `card_message_id` say where staff talk about it.

    `first_answer_at` counts from the last opening, `answered_at` and `first_resolved_at` are of the first ever.
    `nps_before` is the customer's last NPS when it was opened, `nps_after` the one asked because of it. `score` opened
    it, `score_now` is the latest answer to that kind of survey. `words`: the reason of that score, then all the rest.
    """

    case_id: int
    customer_id: int
    customer_name: str
    source: Source
    survey_kind: Kind | None
    score: int | None
    score_now: int | None
    words: str
    opened_at: datetime
    chat_id: int | None
    thread_id: int | None
    card_message_id: int | None
    claimed_by: int | None
    claimed_at: datetime | None
    claimed_name: str
    snoozed_until: datetime | None
    first_answer_at: datetime | None
    answer_due_at: datetime
    solve_due_at: datetime
    answer_escalated_at: datetime | None
    solve_escalated_at: datetime | None
    answered_at: datetime | None
    resolved_at: datetime | None
    first_resolved_at: datetime | None
    resolved_name: str
    reason: str
    outcome: str
    reopened: int
    acknowledged_at: datetime | None
    nps_before: int | None
    nps_after: int | None

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


def is_of_survey(case: Case, kind: Kind | None) -> bool:
    """Whether a survey of this kind opened the case."""
    return case.source is Source.SURVEY and case.survey_kind is kind


def words_with(case: Case, signal: Signal) -> str:
    """What the customer said in a case after a signal: the reason of its score first, everything else in its order."""
    said = case.words.splitlines()
    new = [line for line in signal.words.splitlines() if line.strip() and line not in said]
    is_reason = is_of_survey(case, signal.survey_kind) and signal.score == case.score
    return "\n".join([*new, *said] if is_reason else [*said, *new])[:WORDS]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a member of staff says to a customer: words, a canned reply by its key, or something to copy (`media`)."""

    by: Staff
    chat_id: int
    message_id: int
    text: str = ""
    canned: str = ""
    media: bool = False


def hours_of(rules: Rules) -> BusinessHours:
    """When the business answers."""
    return BusinessHours(
        timezone=rules.timezone,
        opens=rules.cases.opens,
        closes=rules.cases.closes,
        weekdays=rules.cases.weekdays,
        holidays=rules.contact.holidays,
    )


def deadlines(start: datetime, rules: Rules) -> tuple[datetime, datetime]:
    """By when a case of that instant is to be answered first, and by when it is to be solved."""
    hours = hours_of(rules)
    return deadline(start, rules.cases.answer_within, hours), deadline(start, rules.cases.solve_within, hours)


def claim(case: Case, staff_id: int, *, now: datetime) -> Case | None:
    """The case with somebody who takes it on; None when somebody has, or it is over. The first wins."""
    if case.claimed_by is not None or not case.is_open:
        return None
    return replace(case, claimed_by=staff_id, claimed_at=now, snoozed_until=None)


def answered(case: Case, staff_id: int, *, now: datetime) -> Case:
    """The case after a member of staff wrote to or spoke with the customer, which is also how one takes it on.

    A person who has just answered says more than a confirmation, so the customer's next words need none.
    """
    taken = claim(case, staff_id, now=now) or case
    return replace(
        taken,
        first_answer_at=taken.first_answer_at or now,
        answered_at=taken.answered_at or now,
        acknowledged_at=now,
        snoozed_until=None,
    )


def snooze(case: Case, choice: Snooze, rules: Rules, *, now: datetime) -> Case | None:
    """The case resting until the business opens on the chosen day; None when it is over."""
    if not case.is_open:
        return None
    until = next_opening(now, hours_of(rules), after_days=SNOOZE_DAYS[choice])
    return replace(case, snoozed_until=until)


def resolve(case: Case, reason: Reason, outcome: CaseOutcome, *, now: datetime) -> Case | None:
    """The case resolved; None when somebody was first."""
    if not case.is_open:
        return None
    first = case.first_resolved_at or now
    return replace(case, resolved_at=now, first_resolved_at=first, reason=reason, outcome=outcome, snoozed_until=None)


def reopen(case: Case, rules: Rules, *, now: datetime) -> Case | None:
    """The case open again with new deadlines; None when it is open, or was resolved too long ago."""
    if case.resolved_at is None or now > case.resolved_at + rules.cases.reopens_within:
        return None
    answer_due_at, solve_due_at = deadlines(now, rules)
    return replace(
        case,
        resolved_at=None,
        reason="",
        outcome="",
        first_answer_at=None,
        answer_due_at=answer_due_at,
        solve_due_at=solve_due_at,
        answer_escalated_at=None,
        solve_escalated_at=None,
        reopened=case.reopened + 1,
    )


class Alarm(StrEnum):
    """What time does to a case."""

    WAKE = "wake"
    ANSWER_LATE = "answer_late"
    SOLUTION_LATE = "solution_late"


def looks_at(case: Case) -> datetime | None:
    """When time does something to a case next; None when it never will."""
    if not case.is_open:
        return None
    if case.snoozed_until is not None:
        return case.snoozed_until
    waits_for_answer = case.first_answer_at is None and case.answer_escalated_at is None
    instants = [case.answer_due_at] if waits_for_answer else []
    instants += [case.solve_due_at] if case.solve_escalated_at is None else []
    return min(instants, default=None)


def ring(case: Case, *, now: datetime) -> tuple[Alarm, Case] | None:
    """What time has done to a case by now, and the case after it; None when nothing yet."""
    at = looks_at(case)
    if at is None or at > now:
        return None
    if case.snoozed_until is not None:
        return Alarm.WAKE, replace(case, snoozed_until=None)
    if case.solve_due_at <= now and case.solve_escalated_at is None:
        return Alarm.SOLUTION_LATE, replace(case, solve_escalated_at=now, answer_escalated_at=now)
    return Alarm.ANSWER_LATE, replace(case, answer_escalated_at=now)


def acknowledges(case: Case, rules: Rules, *, now: datetime) -> bool:
    """Whether a customer's message in this case is confirmed: not each of several in a row, and never with silence."""
    last = case.acknowledged_at
    return last is None or now - last >= rules.cases.acknowledges_every


def may_unsend(sent_at: object, *, now: datetime) -> bool:
    """Whether a message that left then can still be deleted; one that has not left yet always can."""
    return not isinstance(sent_at, datetime) or now - sent_at < UNSENDS_WITHIN


def is_internal(text: str) -> bool:
    """Whether staff talk among themselves: what begins so is not sent to the customer."""
    return text.startswith(INTERNAL)
