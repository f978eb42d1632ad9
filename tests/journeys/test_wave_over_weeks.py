"""A survey wave from its draft to its end, with a pause, a restart and people who leave in between."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from bot.domain.messages import Language
from bot.domain.taps import Score, SwitchWave
from bot.domain.touchpoints import Kind
from bot.domain.waves import PROGRESS_EVERY
from bot.services import customers, surveys, wave_planning, waves
from storage.database import Tx
from storage.tables import wave_member
from tests.stories import FIRST_CHAT, ON_SQLITE, Said, Story, add_customer, look

DAY = timedelta(days=1)
CHAT, MESSAGE = 9_000_000_000, 77


def press(story: Story, switch: str) -> None:
    story.database.write_now(
        waves.switch_wave,
        rules=story.rules,
        chat_id=CHAT,
        message_id=MESSAGE,
        language=Language.VI,
        tap=SwitchWave(1, switch),
    )


def begin(story: Story, words: str) -> None:
    story.database.write_now(waves.draft_wave, rules=story.rules, staff_id=1, language=Language.VI, text=words)
    press(story, "start")


def days(story: Story) -> dict[str, int]:
    """How many were asked on each local day."""
    return dict(Counter(one.local()[:10] for one in story.of(Kind.NPS)))


def funnel(story: Story) -> dict[str, object]:
    """What staff were last shown."""
    return dict(story.database.read_now(look, table="wave")[0].shown)


def members(story: Story) -> list[dict[str, Any]]:
    """The rows of those in the wave."""

    def read(tx: Tx, *, now: datetime) -> list[dict[str, Any]]:
        return [dict(row) for row in tx.execute(select(wave_member)).mappings()]

    return story.database.read_now(read)


def answer(story: Story, run_id: int, customer_id: int, score: int) -> None:
    story.database.write_now(
        surveys.record_score,
        rules=story.rules,
        chat_id=FIRST_CHAT + customer_id,
        message_id=1,
        language=Language.VI,
        tap=Score(run_id, score, 0),
    )


def comparison(story: Story) -> dict[str, Any]:
    """The two wordings, as staff were last shown them."""
    found = funnel(story)["comparison"]
    assert isinstance(found, dict)
    return found


def standing(story: Story) -> str:
    return str(comparison(story)["standing"])


def results(story: Story) -> list[dict[str, Any]]:
    return list(comparison(story)["results"])


def second(said: Said) -> bool:
    return "Nếu có người quen hỏi" in said.text


async def test_each_day_has_its_share_in_the_morning_and_staff_see_the_end(story: Story) -> None:
    for number in range(1, 8):
        add_customer(story.database, story.clock, number)
    begin(story, "nps 3/day")
    await story.live(story.clock.now() + 10 * DAY)
    assert days(story) == {"2026-11-24": 3, "2026-11-25": 3, "2026-11-26": 1}
    assert {one.local()[11:] for one in story.of(Kind.NPS)} == {"09:00"}
    shown = funnel(story)
    assert (shown["status"], shown["sent"], shown["waiting"]) == ("done", 7, 0)
    edits = [one for one in story.said if one.edited and one.chat_id == CHAT]
    assert {one.message_id for one in edits} == {MESSAGE}
    assert all(later.at - earlier.at >= PROGRESS_EVERY for earlier, later in pairwise(edits))


async def test_a_pause_in_the_middle_takes_back_what_is_due_and_nobody_is_asked_twice(story: Story) -> None:
    for number in range(1, 7):
        add_customer(story.database, story.clock, number)
    begin(story, "nps 2/day")
    await story.live(story.clock.now() + 4 * DAY + timedelta(hours=20))  # Wednesday at 6:00, with two due at 9:00
    press(story, "pause")
    await story.live(story.clock.now() + 2 * DAY)
    assert days(story) == {"2026-11-24": 2}
    story.database.write_now(customers.stop, chat_id=FIRST_CHAT + 1, language=Language.VI)
    press(story, "resume")
    await story.live(story.clock.now() + 14 * DAY)
    asked = [one.chat_id for one in story.of(Kind.NPS)]
    assert len(asked) == len(set(asked))
    assert len(asked) in (5, 6)  # the one who left may have been among the first two
    assert funnel(story)["status"] == "done"


async def test_two_wordings_are_compared_when_the_last_survey_has_closed_and_not_before(story: Story) -> None:
    for number in range(1, 101):
        add_customer(story.database, story.clock, number)
    begin(story, "nps a/b 100/day")
    await story.live(story.clock.now() + 5 * DAY)
    drawn = {one["customer_id"]: one["variant"] for one in members(story)}
    for run in story.database.read_now(look, table="survey_run"):
        is_second = drawn[run.customer_id] == "b"
        assert run.wording == ("nps-2" if is_second else "nps-1")
        if run.customer_id % 5 < (4 if is_second else 1):
            answer(story, run.id, run.customer_id, 9)
    await story.live(story.clock.now() + DAY)
    assert standing(story) == "open"
    await story.live(story.clock.now() + 14 * DAY)
    assert standing(story) == "final"
    sizes = [one["sent"] for one in results(story)]
    assert (sum(sizes), min(sizes) >= 30) == (100, True)
    change = results(story)[1]["responses"]["change"]
    assert change["verdict"] == "up"
    assert 0.4 < change["difference"]["low"] < change["difference"]["value"] < 0.8
    reminded = list(story.of(Kind.REMINDER))
    assert {second(one) for one in reminded} == {True, False}
    assert all(second(one) is (drawn[one.chat_id - FIRST_CHAT] == "b") for one in reminded)


@ON_SQLITE
async def test_a_pause_over_the_last_day_asks_nobody_after_it(story: Story) -> None:
    for number in range(1, 7):
        add_customer(story.database, story.clock, number)
    begin(story, "nps 2/day to 25/11")
    await story.live(story.clock.now() + 4 * DAY + timedelta(hours=20))
    press(story, "pause")
    await story.live(story.clock.now() + 2 * DAY)
    press(story, "resume")
    await story.live(story.clock.now() + 14 * DAY)
    assert days(story) == {"2026-11-24": 2}
    shown = funnel(story)
    assert (shown["status"], shown["held"]) == ("done", {"wave_ended": 4})


async def test_two_planners_at_once_queue_one_share(story: Story) -> None:
    for number in range(1, 5):
        add_customer(story.database, story.clock, number)
    begin(story, "nps 2/day fri")
    for _ in range(2):
        story.database.write_now(wave_planning.plan_waves, rules=story.rules)
    assert len(story.database.read_now(look, table="survey_run")) == 2


async def test_who_was_asked_lately_is_passed_over_for_the_next(story: Story) -> None:
    for number in range(1, 4):
        add_customer(story.database, story.clock, number, next_nps_at=story.clock.now() if number == 1 else None)
    await story.settle()
    begin(story, "nps 5/day")
    await story.live(story.clock.now() + 7 * DAY)
    assert days(story) == {"2026-11-20": 1, "2026-11-24": 2}
    assert funnel(story)["held"] == {"kind_clock": 1}
