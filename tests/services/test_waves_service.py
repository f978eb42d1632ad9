"""What came of waves is counted and listed alike on both databases."""

from datetime import timedelta

from bot import scheduler
from bot.domain.delivery import Outcome, Proof
from bot.domain.messages import Language, Message
from bot.domain.rules import DeliveryRules, Rules
from bot.domain.taps import ListWave, Score, SwitchWave
from bot.domain.wordings import BOTH, Variant, assigned
from bot.services import delivery, surveys, waves
from storage import wave_results
from storage.database import Database
from tests.conftest import START, HandClock
from tests.factories import CHAT, add_customer, rows

RULES = Rules(delivery=DeliveryRules(per_second=1000))
ALL_WEEK = "mon,tue,wed,thu,fri,sat,sun"
DAY = timedelta(days=1)


async def begin(database: Database, clock: HandClock, words: str, *, customers: int = 6) -> None:
    """Plan a wave, start it and let the first morning pass."""
    for number in range(1, customers + 1):
        add_customer(database, name=f"Khách {number}", chat_id=CHAT + number)
    database.write_now(waves.draft_wave, rules=RULES, staff_id=1, language=Language.VI, text=f"{words} {ALL_WEEK}")
    press(database, "start")
    await live(database, clock)


async def live(database: Database, clock: HandClock) -> None:
    """Plan and send today, then let a day pass."""
    for _ in range(2):
        await scheduler.run_planners_once(database, RULES)
        claimed = database.write_now(delivery.claim, rules=RULES, owner="test", limit=50)
        for one in claimed.deliveries:
            sent = Outcome(proof=Proof.SENT, message_id=one.outbox_id)
            database.write_now(delivery.record, rules=RULES, delivery=one, outcome=sent)
        clock.advance(DAY / 2)


def press(database: Database, switch: str) -> Message:
    tap = SwitchWave(1, switch)
    return database.write_now(waves.switch_wave, rules=RULES, chat_id=1, message_id=1, language=Language.VI, tap=tap)


def answer(database: Database, customer_id: int, score: int) -> None:
    (run,) = (one for one in rows(database, "survey_run") if one["customer_id"] == customer_id)
    database.write_now(
        surveys.record_score,
        rules=RULES,
        chat_id=CHAT + customer_id,
        message_id=1,
        language=Language.VI,
        tap=Score(run["id"], score, 0),
    )


DRAWN = [assigned(1, number, BOTH) for number in range(1, 7)]


async def test_who_has_not_answered_is_counted_by_wording(database: Database, clock: HandClock) -> None:
    await begin(database, clock, "nps a/b")
    answer(database, 1, 9)
    listed = database.read_now(waves.list_unanswered, kind="nps", language=Language.VI)
    waiting = DRAWN[1:]
    assert listed.facts["total"] == 5
    assert listed.facts["by_variant"] == {variant: waiting.count(variant) for variant in BOTH}
    people = listed.facts["people"]
    assert isinstance(people, list)
    assert sorted((one["customer_id"], one["variant"]) for one in people) == list(enumerate(DRAWN, start=1))[1:]


async def test_a_wave_with_one_wording_lists_none(database: Database, clock: HandClock) -> None:
    await begin(database, clock, "nps variant b", customers=2)
    listed = database.read_now(waves.list_unanswered, kind="nps", language=Language.VI)
    assert (listed.facts["total"], listed.facts["by_variant"]) == (2, {})


async def test_the_list_tells_everybodys_wording_and_answer(database: Database, clock: HandClock) -> None:
    await begin(database, clock, "ces about returns a/b")
    answer(database, 2, 7)
    listed = database.read_now(waves.list_recipients, rules=RULES, language=Language.VI, tap=ListWave(1))
    assert listed is not None
    assert listed.facts["compares"] is True
    lines = listed.facts["lines"]
    assert isinstance(lines, list)
    told = {one["id"]: (one["variant"], one["score"]) for one in lines}
    assert told == {number: (one, 7 if number == 2 else None) for number, one in enumerate(DRAWN, start=1)}


async def test_the_panel_counts_each_wording(database: Database, clock: HandClock) -> None:
    await begin(database, clock, "csat a/b")
    for number in (1, 2, 3):
        answer(database, number, 5)
    comparison = press(database, "show").facts["comparison"]
    assert isinstance(comparison, dict)
    assert (comparison["standing"], comparison["outstanding"]) == ("open", 3)
    counted = {one["variant"]: (one["sent"], one["answered"]) for one in comparison["results"]}
    assert counted == {one: (DRAWN.count(one), DRAWN[:3].count(one)) for one in Variant}


async def test_the_first_whom_a_wave_asked_are_a_sample_of_all(database: Database, clock: HandClock) -> None:
    await begin(database, clock, "nps a/b")
    answer(database, 2, 9)
    everybody = database.read_now(lambda tx, now: wave_results.list_asked(tx, 1, limit=9))
    told = {one.customer_id: (one.variant, one.answered) for one in everybody}
    assert told == {number: (one, number == 2) for number, one in enumerate(DRAWN, start=1)}
    assert database.read_now(lambda tx, now: wave_results.list_asked(tx, 1, limit=2)) == everybody[:2]


def test_a_wave_that_begins_says_the_numbers_of_its_dry_run(database: Database) -> None:
    add_customer(database, name="An", chat_id=CHAT + 1)
    add_customer(database, name="Bình", chat_id=CHAT + 2, stopped_at=None, lost_at=START)
    facts = {"rules": RULES, "staff_id": 1, "language": Language.VI, "text": f"nps {ALL_WEEK}"}
    draft = database.write_now(waves.draft_wave, **facts)
    begun = press(database, "start")
    told = ("goes", "total", "refused")
    assert [begun.facts[name] for name in told] == [draft.facts[name] for name in told] == [1, 2, {"lost": 1}]
    assert "goes" not in press(database, "show").facts
