"""Surveys of the past: when they were asked, who answered, and what they said."""

from datetime import datetime, timedelta
from functools import partial

from bot.domain.local_time import local_date
from bot.domain.planning import outgoing
from bot.domain.segments import Belonging, bands_of, segmentation_of
from bot.domain.surveys import SCALE_NAMES, SCALES, Band, band, question_facts
from bot.domain.touchpoints import POLICIES, Kind
from bot.domain.wordings import wording_of
from bot.playground.simulation import words
from bot.playground.simulation.chance import Chance
from bot.playground.simulation.people import Profile
from bot.playground.simulation.timeline import Timeline
from storage.history import AnswerRecord, SurveyRunRecord

ANSWERING = 0.55
ANSWERING_REMINDER = 0.3
GIVING_A_REASON = {Band.PROMOTER: 0.5, Band.PASSIVE: 0.45, Band.DETRACTOR: 0.8}
OPENING_CALM = timedelta(days=30)  # who is to be asked as the playground opens was not asked shortly before

# The year as the shop lived it: trouble with deliveries some months ago, and better days since.
TROUBLE, TROUBLE_LASTS, TROUBLE_COSTS = timedelta(days=135), timedelta(days=70), 0.9
IMPROVING_SINCE, IMPROVEMENT = timedelta(days=80), 0.4
MEAN_AND_WEIGHT = {Kind.NPS: (8.6, 1.6, 1.2), Kind.CES: (5.7, 0.9, 0.8), Kind.CSAT: (4.2, 0.6, 0.5)}


def plan_nps(story: Timeline) -> None:
    """Ask by the calendar, again and again."""
    if story.profile.linked_at is not None:
        story.at(story.profile.first_nps_at, partial(_nps_by_calendar, story))


def _nps_by_calendar(story: Timeline, now: datetime) -> None:
    profile = story.profile
    if profile.nps_due and now > story.until - OPENING_CALM:
        return
    free_at = story.free_at(Kind.NPS, now)
    story.next_nps_at = now + story.rules.surveys.nps_every
    if free_at >= now + POLICIES[Kind.NPS].lifetime:
        story.next_nps_at = free_at
    elif story.lost_at is None:
        key = f"nps:{profile.id}:{local_date(now, profile.timezone).isoformat()}"
        ask(story, Kind.NPS, key, trigger="calendar", now=now)
    story.at(story.next_nps_at, partial(_nps_by_calendar, story))


def ask(story: Timeline, kind: Kind, key: str, *, trigger: str, now: datetime, subject: str = "") -> None:
    """Start a survey; its reminder and its end follow from when it went out."""
    profile = story.profile
    run = SurveyRunRecord(
        id=next(story.ids.runs),
        customer_id=profile.id,
        kind=kind,
        trigger=trigger,
        subject=subject,
        wording=wording_of(kind),
        segmentation=segmentation_of(_belonging(profile), bands_of(story.rules, now=now)),
        planned_at=now,
    )
    story.history.runs.append(run)
    facts = question_facts(kind, run.id, subject, trigger=trigger)
    message = outgoing(kind, key, customer_id=profile.id, due_at=now, facts=facts, run_id=run.id)
    story.send(message, now=now, on_sent=partial(_follow, story, run), on_dropped=partial(_close, run))


def _belonging(profile: Profile) -> Belonging:
    return Belonging(
        plan=profile.plan,
        csm_id=profile.csm_id,
        birth_year=profile.birthday.year if profile.birthday else None,
        location=profile.location,
        title=profile.title,
        channel=profile.channel,
        tags=profile.tags,
    )


def _close(run: SurveyRunRecord, now: datetime) -> None:
    run.closed_at, run.remind_at = now, None


def _follow(story: Timeline, run: SurveyRunRecord, now: datetime) -> None:
    run.sent_at = now
    run.remind_at = now + story.rules.surveys.reminder_after
    run.closes_at = now + story.rules.surveys.closes_after
    story.at(run.closes_at, partial(_close, run))
    if story.chance.happens(ANSWERING):
        _answer_soon(story, run, now)
    else:
        story.at(run.remind_at, partial(_remind, story, run))


def _remind(story: Timeline, run: SurveyRunRecord, now: datetime) -> None:
    run.remind_at = None
    facts = question_facts(Kind(run.kind), run.id, run.subject, run.wording, trigger=run.trigger)
    key = f"reminder:{run.id}"
    message = outgoing(Kind.REMINDER, key, customer_id=run.customer_id, due_at=now, facts=facts, run_id=run.id)
    if story.chance.happens(ANSWERING_REMINDER):
        story.send(message, now=now, on_sent=partial(_answer_soon, story, run))
    else:
        story.send(message, now=now)


def _answer_soon(story: Timeline, run: SurveyRunRecord, now: datetime) -> None:
    latest = (run.closes_at or now) - timedelta(minutes=5)
    story.at(min(now + story.chance.around(timedelta(hours=2), 1.2), latest), partial(_answer, story, run))


def _answer(story: Timeline, run: SurveyRunRecord, now: datetime) -> None:
    kind = Kind(run.kind)
    score = draw_score(story.chance, kind, story.profile.mood + _season(story.until - now))
    answer = AnswerRecord(
        run_id=run.id,
        customer_id=run.customer_id,
        kind=kind,
        score=score,
        scale=SCALE_NAMES[kind],
        segmentation=run.segmentation,
        answered_at=now,
    )
    verdict = band(kind, score)
    if story.chance.happens(GIVING_A_REASON[verdict]):
        answer.reason = words.reason(story.chance, story.profile.language, kind, verdict)
        answer.reason_at = now + story.chance.between(timedelta(seconds=20), timedelta(minutes=4))
    run.remind_at = None
    story.history.answers.append(answer)


def draw_score(chance: Chance, kind: Kind, mood: float) -> int:
    """The score that somebody in this mood gives."""
    mean, weight, noise = MEAN_AND_WEIGHT[kind]
    scale = SCALES[kind]
    return min(max(round(chance.normal(mean + weight * mood, noise)), scale[0]), scale[-1])


def _season(ago: timedelta) -> float:
    trouble = abs(ago - TROUBLE) < TROUBLE_LASTS / 2
    improved = max(1 - ago / IMPROVING_SINCE, 0.0) * IMPROVEMENT
    return improved - (TROUBLE_COSTS if trouble else 0.0)
