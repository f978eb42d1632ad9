"""What is said of success plans, to customers and to staff; dates in stored facts become ISO text."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.local_time import local_date
from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.names import cut
from bot.domain.plans import (
    CheckInChoice,
    CompletionChoice,
    Measure,
    Milestone,
    Plan,
    PlanStatus,
    elapsed,
    pace_of,
    progress_of,
)
from bot.domain.rules import Owner, PlanTemplate, SuccessRules
from bot.domain.taps import (
    AnswerCompletion,
    AskGoal,
    CheckInAnswer,
    ChooseGoal,
    CompleteMilestone,
    MoveMilestone,
    PickCustomer,
    RejectMilestone,
    TickMilestone,
)
from bot.domain.touchpoints import Kind

TITLE, GOAL = 90, 300
OWN_WORDS = -1
"""In place of the number of a goal to choose from."""

MOVES = (timedelta(days=7), timedelta(days=14), timedelta(days=30))


def plan_facts(plan: Plan) -> dict[str, object]:
    """What every message of a plan says of it."""
    return {"plan_id": plan.plan_id, "plan": cut(plan.name, TITLE), "goal": cut(plan.goal, GOAL)}


def round_facts(plan: Plan, kind: Kind, rules: SuccessRules, *, now: datetime) -> dict[str, object]:
    """What a check-in or a progress message says."""
    if kind is Kind.CHECK_IN:
        return plan_facts(plan)
    return progress_facts(plan, rules, now=now) | {"picture": "plan", "elapsed": elapsed(plan, now=now)}


def progress_facts(plan: Plan, rules: SuccessRules, *, now: datetime) -> dict[str, object]:
    """How far a plan has come and how it goes."""
    progress = progress_of(plan.milestones, now=now)
    return plan_facts(plan) | {
        "pace": pace_of(plan, rules, now=now),
        "done": progress.done,
        "due": progress.due,
        "overdue": progress.overdue,
        "total": progress.total,
        "next_title": cut(progress.upcoming.title, TITLE) if progress.upcoming else "",
        "next_due_at": progress.upcoming.due_at if progress.upcoming else "",
        "milestones": [_milestone_facts(one, now=now) for one in plan.milestones],
    }


def _milestone_facts(one: Milestone, *, now: datetime) -> dict[str, object]:
    """A milestone is `done`, `waiting` for staff to confirm it, `late` or `open`."""
    ahead = "late" if one.due_at <= now else "open"
    return {
        "number": one.position,
        "title": cut(one.title, TITLE),
        "due_at": one.due_at,
        "done_at": one.done_at,
        "owner": one.owner,
        "state": "done" if one.done_at else "waiting" if one.claimed_at else ahead,
        "measure": _measure_facts(one.measure) if one.measure else None,
    }


def _measure_facts(measure: Measure) -> dict[str, object]:
    return {
        "name": measure.name,
        "unit": measure.unit,
        "target": measure.target,
        "value": measure.value,
        "share": measure.share,
    }


def view_facts(plan: Plan, customer: str, rules: SuccessRules, *, now: datetime) -> dict[str, object]:
    """All that is to be seen of a plan, by staff and by its customer."""
    return progress_facts(plan, rules, now=now) | {
        "customer": customer,
        "status": plan.status,
        "started_at": plan.started_at,
        "completed_at": plan.completed_at,
        "check_in": plan.check_in or "",
        "check_in_at": plan.check_in_at,
        "in_their_words": plan.goal_said_at is not None,
        "measured_now": next((one.position for one in plan.milestones if one.measure and one.done_at is None), 0),
    }


def staff_view(plan: Plan, customer: str, rules: SuccessRules, language: Language, *, now: datetime) -> Message:
    """The plan as staff see it: each open milestone can be ticked or put off, and what waits be confirmed or not."""
    is_active = plan.status is PlanStatus.ACTIVE
    keyboard = tuple(_staff_row(one) for one in plan.milestones if is_active and one.done_at is None)
    return Message("plans/view", language, view_facts(plan, customer, rules, now=now), keyboard)


def _staff_row(one: Milestone) -> tuple[Button, ...]:
    facts = {"number": one.position, "title": cut(one.title, TITLE)}
    if one.claimed_at:
        return (
            Button("confirm", CompleteMilestone(one.milestone_id), facts),
            Button("not_yet", RejectMilestone(one.milestone_id), facts),
        )
    return (
        Button("complete", CompleteMilestone(one.milestone_id), facts),
        Button("move", MoveMilestone(one.milestone_id, ""), facts),
    )


def offer_moves(
    plan: Plan, one: Milestone, customer: str, timezone: str, language: Language, *, now: datetime
) -> Message:
    """Days to put a milestone off to, counted from its day or from today, whichever is later."""
    days = [local_date(max(one.due_at, now), timezone) + move for move in MOVES]
    choices = tuple((Button("day", MoveMilestone(one.milestone_id, f"{day:%Y%m%d}"), {"day": day}),) for day in days)
    back = Button("back", PickCustomer("plan", plan.customer_id, ""))
    facts = {"customer": customer, "title": one.title, "number": one.position, "due_at": one.due_at}
    return Message("plans/move", language, facts, (*choices, (back,)))


def own_view(plan: Plan, rules: SuccessRules, language: Language, *, now: datetime) -> Message:
    """The plan as its customer sees it, with a button for each milestone whose turn is theirs."""
    keyboard: Keyboard = ()
    if plan.status is PlanStatus.ACTIVE:
        theirs = [one for one in plan.milestones if one.is_theirs]
        ticks = tuple((Button("tick", TickMilestone(one.milestone_id), {"title": one.title}),) for one in theirs)
        help_button = Button("help", CheckInAnswer(plan.plan_id, CheckInChoice.HELP, 0))
        keyboard = (*ticks, (Button("why", AskGoal(plan.plan_id)), help_button))
    return Message("plans/own", language, view_facts(plan, "", rules, now=now), keyboard)


def milestone_facts(plan: Plan, milestone_id: int) -> dict[str, object]:
    """What the announcement of one of the plan's milestones says."""
    found = plan.milestone(milestone_id)
    return plan_facts(plan) | {
        "title": cut(found.title, TITLE),
        "position": found.position,
        "total": len(plan.milestones),
        "milestone_id": milestone_id,
        "owner": found.owner,
    }


def tip_facts(plan: Plan, one: Milestone, customer_plan: str) -> dict[str, object]:
    """What a tip may say, and what it may depend on."""
    share = one.measure.share if one.measure else None
    return plan_facts(plan) | {
        "tip": one.tip,
        "title": cut(one.title, TITLE),
        "due_at": one.due_at,
        "customer_plan": customer_plan,
        "check_in": plan.check_in or "",
        "share": share,
    }


def goal_facts(plan: Plan, template: PlanTemplate, language: Language) -> dict[str, object]:
    """The question why the customer bought, with the reasons to choose from."""
    return plan_facts(plan) | {"goals": [cut(goal[language], TITLE) for goal in template.goals]}


def completion_facts(plan: Plan, rules: SuccessRules, following: str) -> dict[str, object]:
    """What a completed plan asks for; `following` is the name of the next plan, if there is one."""
    return plan_facts(plan) | {
        "review_url": rules.review_url,
        "referral_url": rules.referral_url,
        "following": following,
        "total": len(plan.milestones),
    }


def check_in(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The regular question how the plan goes, answered by one of two buttons."""
    plan_id = int(str(facts["plan_id"]))
    answers = tuple(Button(choice, CheckInAnswer(plan_id, choice, outbox_id)) for choice in CheckInChoice)
    return Message("plans/check_in", language, facts, (answers,))


def check_in_answered(
    plan: Plan, choice: CheckInChoice, outbox_id: int, language: Language, *, salutation: str = ""
) -> Message:
    """What a check-in becomes once answered; who said that all is well may still ask for help."""
    help_button = Button(CheckInChoice.HELP, CheckInAnswer(plan.plan_id, CheckInChoice.HELP, outbox_id))
    keyboard = ((help_button,),) if choice is CheckInChoice.WELL else ()
    facts = plan_facts(plan) | {"choice": choice, "salutation": salutation}
    return Message("plans/check_in_answered", language, facts, keyboard)


def progress(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """How far the plan has come; one that was queued before it had a pace says none."""
    return Message("plans/progress", language, {"pace": "", **facts})


def milestone(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """A milestone's day has come; whose turn it is can tick it at once."""
    theirs = facts.get("owner") == Owner.CUSTOMER
    tick = Button("tick", TickMilestone(int(str(facts["milestone_id"])))) if theirs else None
    return Message("plans/milestone", language, {"owner": "", **facts}, ((tick,),) if tick else ())


def tip(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The tip that a milestone names."""
    return Message(f"tips/{facts['tip']}", language, facts)


def confirmation(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """What staff say to a milestone that the customer ticked."""
    return Message("plans/confirmation", language, facts)


def goal(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """Why the customer bought: a button for each reason, and one for their own words; `changing` what they said."""
    plan_id, goals = int(str(facts["plan_id"])), facts["goals"]
    assert isinstance(goals, list)  # noqa: S101  the facts hold nothing else
    reasons = [
        Button("reason", ChooseGoal(plan_id, number, outbox_id), {"goal": one}) for number, one in enumerate(goals)
    ]
    own = Button("own", ChooseGoal(plan_id, OWN_WORDS, outbox_id))
    return Message("plans/goal", language, {"changing": False, **facts}, tuple((button,) for button in (*reasons, own)))


def goal_kept(plan: Plan, language: Language) -> Message:
    """The goal in the customer's words, which may still be changed."""
    return Message("plans/goal_kept", language, plan_facts(plan), ((Button("change", AskGoal(plan.plan_id)),),))


def completion(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """A plan is complete: what it asks for, as far as the rules have it."""
    return Message("plans/completion", language, facts, _completion_keyboard(facts, outbox_id, answered=None))


def completion_answered(
    facts: Mapping[str, object], choice: CompletionChoice, outbox_id: int, language: Language
) -> Message:
    """What a completion becomes once answered; the other two may still be chosen."""
    keyboard = _completion_keyboard(facts, outbox_id, answered=choice)
    return Message("plans/completion_answered", language, {**facts, "choice": choice}, keyboard)


def _completion_keyboard(facts: Mapping[str, object], outbox_id: int, *, answered: CompletionChoice | None) -> Keyboard:
    plan_id = int(str(facts["plan_id"]))
    offered = {
        CompletionChoice.REVIEW: bool(facts["review_url"]),
        CompletionChoice.REFERRAL: bool(facts["referral_url"]),
        CompletionChoice.NEXT: True,
    }
    return tuple(
        (Button(choice, AnswerCompletion(plan_id, choice, outbox_id)),)
        for choice, is_offered in offered.items()
        if is_offered and choice is not answered
    )


def claim_keyboard(milestone_id: int) -> Keyboard:
    """What staff say to a milestone that a customer ticked."""
    return ((Button("confirm", CompleteMilestone(milestone_id)), Button("not_yet", RejectMilestone(milestone_id))),)
