"""Success plans of the past: milestones reached or missed, check-ins, progress, and what people thought (CSAT)."""

from datetime import datetime, timedelta
from functools import partial

from bot.domain import plans
from bot.domain.planning import outgoing
from bot.domain.plans import CheckInChoice, Milestone, Plan, PlanStatus
from bot.domain.rules import PlanTemplate
from bot.domain.touchpoints import Kind
from bot.playground.simulation.surveys import ask
from bot.playground.simulation.timeline import Timeline
from storage.history import History, MilestoneRecord, PlanRecord

REACHING = 0.72
ANSWERING_CHECK_IN = 0.6
DOING_WELL = 0.88
EARLIEST, LATEST = timedelta(days=-12), timedelta(days=18)


def plan_success(story: Timeline) -> None:
    """Start a plan from one of the rules' templates, if this customer has one."""
    templates, profile = story.rules.plans, story.profile
    if profile.plan_starts_at is not None and profile.linked_at is not None and templates:
        story.at(profile.plan_starts_at, partial(_start, story, story.chance.one_of(templates)))


def _start(story: Timeline, template: PlanTemplate, now: datetime) -> None:
    profile = story.profile
    language = profile.language
    record = PlanRecord(
        id=next(story.ids.plans),
        customer_id=profile.id,
        template=template.key,
        name=template.name[language],
        goal=template.goal[language],
        status=PlanStatus.ACTIVE,
        started_at=now,
        started_by=profile.csm_id,
        check_in_months=template.check_in_months,
        progress_months=template.progress_months,
    )
    story.history.plans.append(record)
    dated = plans.milestones_of(template, language=language, timezone=profile.timezone, start=now)
    own = [_milestone(story, record, one) for one in dated]
    for kind in (Kind.CHECK_IN, Kind.PROGRESS):
        _next_round(story, record, own, kind)


def _milestone(story: Timeline, plan: PlanRecord, dated: Milestone) -> MilestoneRecord:
    record = MilestoneRecord(
        id=next(story.ids.milestones), plan_id=plan.id, position=dated.position, title=dated.title, due_at=dated.due_at
    )
    story.history.milestones.append(record)
    story.at(record.due_at, partial(_announce, story, plan, record))
    if story.chance.happens(REACHING):
        story.at(record.due_at + story.chance.between(EARLIEST, LATEST), partial(_reach, story, plan, record))
    return record


def _announce(story: Timeline, plan: PlanRecord, record: MilestoneRecord, now: datetime) -> None:
    if record.done_at is not None or plan.status != PlanStatus.ACTIVE:
        return
    record.announced_at = now
    if story.lost_at is None:
        facts = plans.milestone_facts(as_plan(story.history, plan), record.id)
        key = plans.milestone_key(record.id)
        story.send(outgoing(Kind.MILESTONE, key, customer_id=plan.customer_id, due_at=now, facts=facts), now=now)


def _reach(story: Timeline, plan: PlanRecord, record: MilestoneRecord, now: datetime) -> None:
    record.done_at, record.done_by = now, plan.started_by
    story.at(now + story.rules.surveys.csat_after, partial(_ask_how_satisfied, story, record))
    if all(one.done_at is not None for one in story.history.milestones if one.plan_id == plan.id):
        plan.status, plan.completed_at = PlanStatus.COMPLETED, now
        plan.next_check_in_at = plan.next_progress_at = None


def _ask_how_satisfied(story: Timeline, record: MilestoneRecord, now: datetime) -> None:
    record.csat_planned_at = now
    if story.lost_at is None:
        key = f"csat:milestone:{record.id}"
        ask(story, Kind.CSAT, key, trigger="milestone", now=now, subject=record.title)


def _next_round(story: Timeline, plan: PlanRecord, own: list[MilestoneRecord], kind: Kind) -> None:
    months = plan.check_in_months if kind is Kind.CHECK_IN else plan.progress_months
    after = plan.check_ins if kind is Kind.CHECK_IN else plan.progress_messages
    coming = plans.next_round(after, months=months, timezone=story.profile.timezone, start=plan.started_at)
    if coming is None:
        return
    if kind is Kind.CHECK_IN:
        plan.next_check_in_at = coming.at
    else:
        plan.next_progress_at = coming.at
    story.at(coming.at, partial(_round, story, plan, own, kind))


def _round(story: Timeline, plan: PlanRecord, own: list[MilestoneRecord], kind: Kind, now: datetime) -> None:
    if plan.status != PlanStatus.ACTIVE:
        return
    if kind is Kind.CHECK_IN:
        plan.check_ins += 1
        number = plan.check_ins
    else:
        plan.progress_messages += 1
        number = plan.progress_messages
    if story.lost_at is None:
        facts = plans.round_facts(as_plan(story.history, plan), kind, now=now)
        key = plans.round_key(kind, plan.id, number)
        message = outgoing(kind, key, customer_id=plan.customer_id, due_at=now, facts=facts)
        if kind is Kind.CHECK_IN and story.chance.happens(ANSWERING_CHECK_IN):
            story.send(message, now=now, on_sent=partial(_answer_soon, story, plan))
        else:
            story.send(message, now=now)
    _next_round(story, plan, own, kind)


def _answer_soon(story: Timeline, plan: PlanRecord, now: datetime) -> None:
    story.at(now + story.chance.around(timedelta(hours=4), 1.0), partial(_answer, story, plan))


def _answer(story: Timeline, plan: PlanRecord, now: datetime) -> None:
    choice = CheckInChoice.WELL if story.chance.happens(DOING_WELL) else CheckInChoice.HELP
    plan.check_in_answer, plan.check_in_answered_at = choice, now


def as_plan(history: History, record: PlanRecord) -> Plan:
    """A plan of the history as the domain knows plans."""
    milestones = tuple(
        Milestone(milestone_id=one.id, position=one.position, title=one.title, due_at=one.due_at, done_at=one.done_at)
        for one in history.milestones
        if one.plan_id == record.id
    )
    return Plan(
        plan_id=record.id,
        customer_id=record.customer_id,
        template=record.template,
        name=record.name,
        goal=record.goal,
        status=PlanStatus(record.status),
        started_at=record.started_at,
        milestones=milestones,
    )
