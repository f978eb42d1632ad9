"""Success plans of the past: milestones reached or missed, check-ins, progress, and what people thought (CSAT)."""

from datetime import datetime, timedelta
from functools import partial

from bot.domain import plan_messages, plans
from bot.domain.planning import outgoing
from bot.domain.plans import CheckInChoice, Measure, Milestone, Pace, Plan, PlanStatus
from bot.domain.rules import Owner, PlanTemplate
from bot.domain.touchpoints import Kind
from bot.playground.simulation.surveys import ask
from bot.playground.simulation.timeline import Timeline
from storage.history import History, MilestoneRecord, PlanRecord

REACHING = 0.93
SAYING_WHY = 0.8
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
    _ask_goal(story, record, template, now)
    dated = plans.milestones_of(template, language=language, timezone=profile.timezone, start=now)
    own = [_milestone(story, record, one) for one in dated]
    for kind in (Kind.CHECK_IN, Kind.PROGRESS):
        _next_round(story, record, own, kind)


def _milestone(story: Timeline, plan: PlanRecord, dated: Milestone) -> MilestoneRecord:
    measure = dated.measure
    record = MilestoneRecord(
        id=next(story.ids.milestones),
        plan_id=plan.id,
        position=dated.position,
        title=dated.title,
        due_at=dated.due_at,
        owner=dated.owner,
        proof=dated.proof,
        tip=dated.tip,
        tip_at=dated.tip_at,
    )
    if measure is not None:
        record.measure_name, record.measure_unit = measure.name, measure.unit
        record.measure_start, record.measure_target = measure.start, measure.target
    story.history.milestones.append(record)
    if record.tip_at is not None:
        story.at(record.tip_at, partial(_tip, story, plan, record))
    story.at(record.due_at + story.rules.success.stuck_after, partial(_fall, plan, record))
    story.at(record.due_at, partial(_announce, story, plan, record))
    if story.chance.happens(REACHING):
        story.at(record.due_at + story.chance.between(EARLIEST, LATEST), partial(_reach, story, plan, record))
    return record


def _ask_goal(story: Timeline, plan: PlanRecord, template: PlanTemplate, now: datetime) -> None:
    """Why they bought: most say so, with one of the template's reasons."""
    if not template.goals:
        return
    language = story.profile.language
    facts = plan_messages.goal_facts(as_plan(story.history, plan), template, language)
    goal = story.chance.one_of(template.goals)[language] if story.chance.happens(SAYING_WHY) else None
    key = f"{Kind.GOAL}:{plan.id}"
    message = outgoing(Kind.GOAL, key, customer_id=plan.customer_id, due_at=now, facts=facts)
    story.send(message, now=now, on_sent=partial(_say_why, story, plan, goal))


def _say_why(story: Timeline, plan: PlanRecord, goal: str | None, now: datetime) -> None:
    if goal is not None:
        story.at(now + story.chance.around(timedelta(hours=2), 1.0), partial(_keep_goal, plan, goal))


def _keep_goal(plan: PlanRecord, goal: str, now: datetime) -> None:
    plan.goal, plan.goal_said_at = goal, now


def _tip(story: Timeline, plan: PlanRecord, record: MilestoneRecord, now: datetime) -> None:
    record.tip_at = None
    if record.done_at is None and plan.status == PlanStatus.ACTIVE and story.lost_at is None:
        told = as_plan(story.history, plan)
        milestone = told.milestones[record.position - 1]
        facts = plan_messages.tip_facts(told, milestone, story.profile.plan)
        key = plans.tip_key(milestone)
        story.send(outgoing(Kind.TIP, key, customer_id=plan.customer_id, due_at=now, facts=facts), now=now)


def _fall(plan: PlanRecord, record: MilestoneRecord, now: datetime) -> None:
    """Staff were told of a plan that is stuck."""
    if record.done_at is None and plan.status == PlanStatus.ACTIVE and plan.stuck_at is None:
        plan.stuck_at = now


def _announce(story: Timeline, plan: PlanRecord, record: MilestoneRecord, now: datetime) -> None:
    if record.done_at is not None or plan.status != PlanStatus.ACTIVE:
        return
    record.announced_at = now
    if story.lost_at is None:
        told = as_plan(story.history, plan)
        facts = plan_messages.milestone_facts(told, record.id)
        key = plans.milestone_key(told.milestones[record.position - 1])
        story.send(outgoing(Kind.MILESTONE, key, customer_id=plan.customer_id, due_at=now, facts=facts), now=now)


def _reach(story: Timeline, plan: PlanRecord, record: MilestoneRecord, now: datetime) -> None:
    by_customer = record.owner == Owner.CUSTOMER
    record.done_at, record.done_by = now, None if by_customer and not record.proof else plan.started_by
    record.claimed_at = now - timedelta(hours=3) if by_customer and record.proof else None
    record.measure_value = record.measure_target
    story.at(now + story.rules.surveys.csat_after, partial(_ask_how_satisfied, story, record))
    if all(one.done_at is not None for one in story.history.milestones if one.plan_id == plan.id):
        plan.status, plan.completed_at = PlanStatus.COMPLETED, now
        plan.next_check_in_at = plan.next_progress_at = plan.stuck_at = None
        _congratulate(story, plan, now)
    elif not _is_stuck(story, plan, now):
        plan.stuck_at = None


def _is_stuck(story: Timeline, plan: PlanRecord, now: datetime) -> bool:
    return plans.pace_of(as_plan(story.history, plan), story.rules.success, now=now) is Pace.STUCK


def _congratulate(story: Timeline, plan: PlanRecord, now: datetime) -> None:
    keys = {template.key: template for template in story.rules.plans}
    following = keys.get(keys[plan.template].then)
    name = following.name[story.profile.language] if following else ""
    facts = plan_messages.completion_facts(as_plan(story.history, plan), story.rules.success, name)
    key = f"{Kind.COMPLETION}:{plan.id}"
    if story.lost_at is None:
        story.send(outgoing(Kind.COMPLETION, key, customer_id=plan.customer_id, due_at=now, facts=facts), now=now)


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
        _measure(story, plan, own, now)
        number = plan.check_ins
    else:
        plan.progress_messages += 1
        number = plan.progress_messages
    if story.lost_at is None:
        facts = plan_messages.round_facts(as_plan(story.history, plan), kind, story.rules.success, now=now)
        key = plans.round_key(kind, plan.id, number)
        message = outgoing(kind, key, customer_id=plan.customer_id, due_at=now, facts=facts)
        if kind is Kind.CHECK_IN and story.chance.happens(ANSWERING_CHECK_IN):
            story.send(message, now=now, on_sent=partial(_answer_soon, story, plan))
        else:
            story.send(message, now=now)
    _next_round(story, plan, own, kind)


def _measure(story: Timeline, plan: PlanRecord, own: list[MilestoneRecord], now: datetime) -> None:
    """Staff note month by month how far the measures have come, more or less at an even pace."""
    for one in own:
        if one.done_at is None and one.measure_target is not None and one.measure_start is not None:
            share = min(1.0, (now - plan.started_at) / (one.due_at - plan.started_at))
            gone = share * (0.7 + 0.3 * story.chance.between(timedelta(), timedelta(hours=1)) / timedelta(hours=1))
            one.measure_value = round(one.measure_start + gone * (one.measure_target - one.measure_start), 1)


def _answer_soon(story: Timeline, plan: PlanRecord, now: datetime) -> None:
    story.at(now + story.chance.around(timedelta(hours=4), 1.0), partial(_answer, story, plan))


def _answer(story: Timeline, plan: PlanRecord, now: datetime) -> None:
    choice = CheckInChoice.WELL if story.chance.happens(DOING_WELL) else CheckInChoice.HELP
    plan.check_in_answer, plan.check_in_answered_at = choice, now


def as_plan(history: History, record: PlanRecord) -> Plan:
    """A plan of the history as the domain knows plans."""
    milestones = tuple(_as_milestone(one) for one in history.milestones if one.plan_id == record.id)
    return Plan(
        plan_id=record.id,
        customer_id=record.customer_id,
        template=record.template,
        name=record.name,
        goal=record.goal,
        status=PlanStatus(record.status),
        started_at=record.started_at,
        milestones=milestones,
        goal_said_at=record.goal_said_at,
    )


def _as_milestone(one: MilestoneRecord) -> Milestone:
    measure = None
    if one.measure_target is not None and one.measure_start is not None:
        measure = Measure(
            name=one.measure_name or "",
            unit=one.measure_unit or "",
            start=one.measure_start,
            target=one.measure_target,
            value=one.measure_value,
        )
    return Milestone(
        milestone_id=one.id,
        position=one.position,
        title=one.title,
        due_at=one.due_at,
        done_at=one.done_at,
        owner=Owner(one.owner),
        proof=one.proof,
        claimed_at=one.claimed_at,
        measure=measure,
        tip=one.tip or "",
        tip_at=one.tip_at,
    )
