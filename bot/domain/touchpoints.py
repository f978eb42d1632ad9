"""The kinds of message that the clock sends, and what each kind is worth."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What a queued message is about; also its template's name in the outbox."""

    NPS = "nps"
    CES = "ces"
    CSAT = "csat"
    REMINDER = "reminder"
    CLOSING = "closing"
    CHECK_IN = "check_in"
    PROGRESS = "progress"
    MILESTONE = "milestone"
    GOAL = "goal"  # a plan has started: why the customer bought
    TIP = "tip"  # what helps to reach a milestone, before it is due
    CONFIRMATION = "confirmation"  # what staff say to a milestone that the customer ticked
    COMPLETION = "completion"  # a plan is complete: a review, a recommendation, the next goal
    BIRTHDAY = "birthday"
    HOLIDAY_GREETING = "holiday_greeting"
    WIN_BACK = "win_back"
    OFFER = "offer"
    NOTICE = "notice"
    CASE_CES = "case_ces"  # how easy it was to have a case resolved
    FOLLOW_UP = "follow_up"  # NPS again after a case: whether it helped
    REPLY = "reply"  # what a member of staff writes to the customer of a case
    UNSEND = "unsend"  # takes such a message back
    TOPIC = "topic"  # a case gets its forum topic
    TOPIC_STATE = "topic_state"
    CARD = "card"
    CARD_EDIT = "card_edit"  # what a card said is no longer so
    CASE = "case"  # what happens in a case, told where staff talk about it
    RECALL = "recall"
    WEBHOOK = "webhook"  # tells another system, and goes to no chat
    DIGEST = "digest"  # what waits for a CSM today
    REVIEW = "review"  # how a week or a month went, for managers


class Group(StrEnum):
    """Kinds that share a clock. `SERVICE` is outside the contact policy: staff, and edits of what was sent.

    `ANSWER` answers the person, so that no clock and no quiet hour holds it; but it goes to nobody who blocked the bot.
    """

    SURVEY = "survey"
    PLAN = "plan"
    GREETING = "greeting"
    WIN_BACK = "win_back"
    ANSWER = "answer"
    SERVICE = "service"


class Unknown(StrEnum):
    """What to do when nobody can say whether a message arrived."""

    WAIT = "wait"  # a later message or a tap settles it
    GIVE_UP = "give_up"  # twice would be worse than never
    RESEND = "resend"  # never would be worse than twice: once more, flagged
    REPEAT = "repeat"  # the receiver knows what comes twice: again until it expires


@dataclass(frozen=True)
class KindPolicy:
    """How one kind is treated: `priority` 0 goes first; `lifetime` counts from the planned instant."""

    group: Group
    priority: int
    unknown: Unknown
    lifetime: timedelta


POLICIES = MappingProxyType(
    {
        Kind.NOTICE: KindPolicy(Group.SERVICE, 0, Unknown.RESEND, timedelta(days=7)),
        Kind.REPLY: KindPolicy(Group.ANSWER, 0, Unknown.RESEND, timedelta(days=7)),
        Kind.CONFIRMATION: KindPolicy(Group.ANSWER, 0, Unknown.RESEND, timedelta(days=7)),
        Kind.UNSEND: KindPolicy(Group.ANSWER, 0, Unknown.RESEND, timedelta(days=2)),
        Kind.TOPIC: KindPolicy(Group.SERVICE, 0, Unknown.RESEND, timedelta(days=7)),
        Kind.TOPIC_STATE: KindPolicy(Group.SERVICE, 0, Unknown.RESEND, timedelta(days=7)),
        Kind.CARD: KindPolicy(Group.SERVICE, 0, Unknown.RESEND, timedelta(days=7)),
        Kind.CASE: KindPolicy(Group.SERVICE, 0, Unknown.RESEND, timedelta(days=7)),
        Kind.CARD_EDIT: KindPolicy(Group.SERVICE, 1, Unknown.RESEND, timedelta(days=7)),
        Kind.DIGEST: KindPolicy(Group.SERVICE, 1, Unknown.RESEND, timedelta(hours=12)),
        Kind.REVIEW: KindPolicy(Group.SERVICE, 1, Unknown.RESEND, timedelta(days=2)),
        Kind.CLOSING: KindPolicy(Group.SERVICE, 1, Unknown.RESEND, timedelta(days=2)),
        Kind.RECALL: KindPolicy(Group.SERVICE, 1, Unknown.RESEND, timedelta(days=2)),
        Kind.BIRTHDAY: KindPolicy(Group.GREETING, 2, Unknown.GIVE_UP, timedelta(days=1)),
        Kind.HOLIDAY_GREETING: KindPolicy(Group.GREETING, 3, Unknown.GIVE_UP, timedelta(days=1)),
        Kind.CES: KindPolicy(Group.SURVEY, 4, Unknown.WAIT, timedelta(days=3)),
        Kind.CASE_CES: KindPolicy(Group.SURVEY, 4, Unknown.WAIT, timedelta(days=3)),
        Kind.CSAT: KindPolicy(Group.SURVEY, 4, Unknown.WAIT, timedelta(days=3)),
        Kind.GOAL: KindPolicy(Group.PLAN, 5, Unknown.RESEND, timedelta(days=14)),
        Kind.COMPLETION: KindPolicy(Group.PLAN, 5, Unknown.RESEND, timedelta(days=14)),
        Kind.MILESTONE: KindPolicy(Group.PLAN, 5, Unknown.RESEND, timedelta(days=7)),
        Kind.CHECK_IN: KindPolicy(Group.PLAN, 6, Unknown.RESEND, timedelta(days=7)),
        Kind.TIP: KindPolicy(Group.PLAN, 7, Unknown.GIVE_UP, timedelta(days=7)),
        Kind.REMINDER: KindPolicy(Group.SURVEY, 7, Unknown.WAIT, timedelta(days=5)),
        Kind.PROGRESS: KindPolicy(Group.PLAN, 8, Unknown.RESEND, timedelta(days=14)),
        Kind.NPS: KindPolicy(Group.SURVEY, 9, Unknown.WAIT, timedelta(days=14)),
        Kind.FOLLOW_UP: KindPolicy(Group.SURVEY, 9, Unknown.WAIT, timedelta(days=60)),
        Kind.WIN_BACK: KindPolicy(Group.WIN_BACK, 10, Unknown.WAIT, timedelta(days=30)),
        Kind.OFFER: KindPolicy(Group.WIN_BACK, 10, Unknown.WAIT, timedelta(days=30)),
        Kind.WEBHOOK: KindPolicy(Group.SERVICE, 11, Unknown.REPEAT, timedelta(days=3)),
    }
)

SURVEYS = frozenset({Kind.NPS, Kind.CES, Kind.CSAT})
INVITATIONS = SURVEYS | {Kind.CASE_CES, Kind.FOLLOW_UP}
TRANSACTIONAL = frozenset({Kind.CASE_CES})
"""Surveys about something that the customer brought up: not held by the time between surveys, but counted in it."""
PLAN_MESSAGES = frozenset(kind for kind, policy in POLICIES.items() if policy.group is Group.PLAN)
AFTER_APOLOGY = SURVEYS | {Kind.REMINDER, Kind.BIRTHDAY, Kind.HOLIDAY_GREETING} | PLAN_MESSAGES
"""What waits while a severe case of the customer is open; what is asked about a case comes after it anyway."""
OUTSIDE_CLOCKS = frozenset({Group.SERVICE, Group.ANSWER})
