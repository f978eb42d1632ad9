"""Every door of the routing table with something to put into it, and a world in which each of them does something.

A new command or button has its line here, or the tests that walk the table fail.
"""

from dataclasses import replace

from bot.domain import taps
from bot.domain.messages import Language
from bot.domain.reasons.themes import ThemeTemplate
from bot.domain.rules import Rules
from bot.domain.segments import key_of
from bot.domain.touchpoints import Kind
from bot.playground.persons import Person
from storage.database import Database
from tests.conftest import START
from tests.factories import add_customer, add_score, put, queue_survey
from tests.stage import Stage, last
from tests.stories import ONBOARDING

WORDS = {
    "customers": "",
    "customer": "An",
    "note": "An: thích trà",
    "survey": "nps An",
    "why": "An",
    "report": "nps",
    "reasons": "nps",
    "themes": "",
    "plan": "An",
    "plans": "",
    "health": "An",
    "risks": "",
    "lost": "An: chuyển chỗ",
    "cases": "",
    "case": "An: hỏng hàng",
    "log": "An: gọi hỏi thăm",
    "wave": "nps",
    "who": "nps",
    "audit": "An",
    "unsend": "",
}
"""What follows each command of staff."""

STAFF_TAPS: dict[type[taps.Tap], taps.Tap] = {
    type(tap): tap
    for tap in (
        taps.StartPlan(1, "onboarding"),
        taps.CompleteMilestone(1),
        taps.RejectMilestone(1),
        taps.MoveMilestone(1, "20270101"),
        taps.ShowHealth(1),
        taps.RisksPage(0),
        taps.SwitchCancellation(1, 1),
        taps.PickCustomer("customer", 1, ""),
        taps.ShowCustomer(1),
        taps.ListPage(0, 0),
        taps.CloseInteraction(1),
        taps.ShowReport("nps 90d"),
        taps.ShowSegment("nps 90d by plan", key_of("gold")),
        taps.SegmentPage("nps 90d by plan", key_of("gold"), 0),
        taps.ShowCase(1),
        taps.ClaimCase(1),
        taps.OfferReplies(1),
        taps.CannedReply(1, "sorry", "yes"),
        taps.SnoozeCase(1, "week"),
        taps.ResolveCase(1, "price", "solved"),
        taps.SwitchWave(1, "start"),
        taps.ListWave(1),
        taps.UnansweredPage("nps", 0),
        taps.ShowTheme("nps", "90d", "", 0),
        taps.ShowPhrases("nps", "90d"),
        taps.OpenReason(1),
        taps.SetTheme(1, "price", 1),
        taps.EditTheme("price"),
        taps.HideTheme("price", 1),
        taps.DropSeed("price", "x"),
        taps.MergeTheme("price", ""),
    )
}

OWNED_TAPS: dict[type[taps.Tap], taps.Tap] = {
    type(tap): tap
    for tap in (
        taps.Score(2, 5, 0),
        taps.SkipReason(1, 0),
        taps.ChangeScore(1, 0),
        taps.CheckInAnswer(1, "help", 0),
        taps.TickMilestone(1),
        taps.AskGoal(1),
        taps.ChooseGoal(1, -1, 0),
        taps.AnswerCompletion(1, "next", 0),
        taps.LeavingReason(1, "price", 0),
        taps.OfferAnswer(2, "talk", 0),
        taps.AnswerForget(1, "yes"),
    )
}
"""Buttons of one customer's, whose number is 1: they name something of theirs."""

FREE_TAPS: dict[type[taps.Tap], taps.Tap] = {
    type(tap): tap for tap in (taps.ChooseLanguage("en"), taps.SwitchTopic("surveys", 0), taps.ChooseHours("morning"))
}
"""Buttons that name nobody: they are about whoever taps."""


PRICE = ThemeTemplate(key="price", name=dict.fromkeys(Language, "Giá cả"), seeds=("quá đắt", "giá cao"))


def with_plans(rules: Rules) -> Rules:
    """Rules under which every door leads somewhere."""
    return replace(rules, plans=(ONBOARDING,), themes=(PRICE,))


def furnish(database: Database) -> None:
    """Give the first customer, An, one of everything that a button can be about."""
    add_customer(database, id=1)
    add_score(database, 1, Kind.NPS, 9, "giá cao")
    queue_survey(database, 1, Kind.CSAT)
    due = {"answer_due_at": START, "solve_due_at": START}
    put(database, "support_case", id=1, customer_id=1, source="feedback", opened_at=START, **due)
    put(database, "interaction", id=1, customer_id=1, kind="message", body="x", happened_at=START)
    rounds = {"check_in_months": 1, "progress_months": 3, "check_ins": 0, "progress_messages": 0}
    words = {"template": "t", "name": "n", "goal": "g"}
    put(database, "success_plan", id=1, customer_id=1, status="active", started_at=START, **words, **rounds)
    put(database, "milestone", id=1, plan_id=1, position=1, title="m", due_at=START)
    for number, status in ((1, "asking"), (2, "offered")):
        left = {"lost_at": START, "recovered_at": START, "source": "staff", "reason": ""}
        put(database, "loss", id=number, customer_id=1, **left)
        put(database, "win_back", id=number, customer_id=1, loss_id=number, status=status, started_at=START)
    rest = {"words": "w", "per_day": 9, "starts_on": START.date(), "weekdays": [], "shown": {}}
    made = {"created_by": 1, "created_at": START, "changed_at": START}
    asks = {"kind": "nps", "subject": "", "variants": "a"}
    put(database, "wave", id=1, status="draft", language="vi", **asks, **rest, **made)


async def offer(stage: Stage, person: Person, payload: taps.Tap) -> int:
    """A message of the bot's under which a client shows this button, whatever it had: clients choose the payload."""
    person.send_text("/help")
    await stage.settle()
    message = last(person.chat)
    message.reply_markup = {"inline_keyboard": [[{"text": "x", "callback_data": payload.pack()}]]}
    return message.message_id


async def tap(stage: Stage, person: Person, payload: taps.Tap) -> None:
    """Tap such a button."""
    person.tap(await offer(stage, person, payload), "x")
    await stage.settle()
