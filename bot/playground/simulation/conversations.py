"""What customers asked and complained about, what staff noted, and how easy it was to be helped (CES)."""

from datetime import datetime, timedelta
from functools import partial

from bot.domain.touchpoints import Kind
from bot.playground.simulation import words
from bot.playground.simulation.surveys import ask
from bot.playground.simulation.timeline import Timeline
from storage.history import InteractionRecord

COMPLAINING = 0.15
NOTED = 0.3


def plan_conversations(story: Timeline) -> None:
    """Questions at any time since the chat is linked; in some cases staff wrote something down."""
    profile, chance = story.profile, story.chance
    if profile.linked_at is not None:
        for _ in range(profile.questions):
            story.at(
                profile.linked_at + chance.between(timedelta(), story.until - profile.linked_at), partial(_say, story)
            )
    if chance.happens(NOTED):
        since = max(profile.joined_at, story.until - timedelta(days=300))
        story.at(since + chance.between(timedelta(), story.until - since), partial(_note, story))


def _say(story: Timeline, now: datetime) -> None:
    complains = story.chance.happens(COMPLAINING)
    about, kind = ("complained", "feedback") if complains else ("asked", "message")
    said = InteractionRecord(
        customer_id=story.profile.id,
        kind=kind,
        body=words.remark(story.chance, about, story.profile.language),
        happened_at=now,
    )
    story.history.interactions.append(said)
    story.at(now + story.chance.around(timedelta(hours=3), 0.8), partial(_close, story, said))


def _close(story: Timeline, said: InteractionRecord, now: datetime) -> None:
    said.closed_at, said.closed_by = now, story.profile.csm_id
    story.at(now + story.rules.surveys.ces_after, partial(_ask_how_easy, story, said))


def _ask_how_easy(story: Timeline, said: InteractionRecord, now: datetime) -> None:
    said.ces_planned_at = now
    if story.lost_at is None:
        key = f"ces:{said.customer_id}:{now.isoformat()}"
        ask(story, Kind.CES, key, trigger="interaction", now=now)


def _note(story: Timeline, now: datetime) -> None:
    note = InteractionRecord(
        customer_id=story.profile.id,
        kind="note",
        body=words.remark(story.chance, "noted"),
        happened_at=now,
        staff_id=story.profile.csm_id,
    )
    story.history.interactions.append(note)
