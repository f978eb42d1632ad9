"""An NPS by calendar: asked, reminded once, closed; and one that is answered in time."""

from datetime import timedelta

from bot.domain.messages import Language
from bot.domain.taps import Score
from bot.domain.touchpoints import Kind
from bot.services import surveys
from tests.stories import ON_SQLITE, Said, Story, add_customer, look

DAY = timedelta(days=1)


def answer(story: Story, asked: Said, score: int) -> None:
    story.database.write_now(
        surveys.record_score,
        rules=story.rules,
        chat_id=asked.chat_id,
        message_id=asked.message_id,
        language=Language.VI,
        tap=next(tap for tap in asked.taps if isinstance(tap, Score) and tap.score == score),
    )


async def test_who_does_not_answer_is_reminded_once_and_then_the_buttons_go(story: Story) -> None:
    add_customer(story.database, story.clock, next_nps_at=story.clock.now())
    await story.live(story.clock.now() + 30 * DAY)
    assert [(one.kind, one.local(), one.edited) for one in story.said] == [
        (Kind.NPS, "2026-11-20 10:00", False),
        (Kind.REMINDER, "2026-11-24 10:00", False),
        (Kind.CLOSING, "2026-12-04 10:00", True),
        (Kind.CLOSING, "2026-12-04 10:00", True),
    ]
    asked, reminded, *closed = story.said
    assert [one.message_id for one in closed] == [asked.message_id, reminded.message_id]
    assert not any(one.taps for one in closed)
    [run] = story.database.read_now(look, table="survey_run")
    assert (run.closed_at, run.remind_at) == (closed[0].at, None)


async def test_who_has_answered_is_not_reminded_and_keeps_the_answer_when_it_closes(story: Story) -> None:
    add_customer(story.database, story.clock, next_nps_at=story.clock.now())
    await story.settle()
    [asked] = story.said
    answer(story, asked, 9)
    await story.live(story.clock.now() + 30 * DAY)
    assert story.kinds() == [Kind.NPS, Kind.CLOSING]
    assert "<b>9</b>/10" in story.said[-1].text


@ON_SQLITE
async def test_the_next_survey_by_calendar_comes_half_a_year_later(story: Story) -> None:
    add_customer(story.database, story.clock, next_nps_at=story.clock.now())
    await story.live(story.clock.now() + 365 * DAY)
    assert [one.local() for one in story.of(Kind.NPS)] == ["2026-11-20 10:00", "2027-05-19 10:00", "2027-11-15 10:00"]


async def test_who_answers_while_the_reminder_is_held_is_not_reminded(story: Story) -> None:
    add_customer(story.database, story.clock, next_nps_at=story.clock.now(), birth_month=11, birth_day=24)
    await story.live(story.clock.now() + timedelta(days=4, hours=2))  # the greeting of that morning holds the reminder
    assert story.kinds() == [Kind.NPS, Kind.BIRTHDAY]
    assert [row.status for row in story.database.read_now(look, table="outbox", kind="reminder")] == ["pending"]
    answer(story, story.said[0], 9)
    await story.live(story.clock.now() + 30 * DAY)
    assert story.kinds() == [Kind.NPS, Kind.BIRTHDAY, Kind.CLOSING]
