"""Whom a simulation takes, and what it knows of them."""

from datetime import timedelta

import pytest

from bot.domain.audiences import Segment, parse_segment
from bot.domain.messages import Language
from bot.domain.rules import Rules
from bot.domain.simulation import Life, simulate
from bot.domain.taps import StartPlan
from bot.domain.touchpoints import Kind
from bot.services import plans, simulation, win_back
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, LONG_AGO, add_customer, add_staff, put, queue
from tests.retail_lives import FIRST_YEAR

DAY = timedelta(days=1)
RULES = Rules(plans=(FIRST_YEAR,))


def load(database: Database, **facts: object) -> list[Life]:
    return database.read_now(simulation.load_lives, rules=RULES, **facts)


def names(lives: list[Life]) -> set[str]:
    return {life.contact.name for life in lives}


def test_the_linked_are_taken_and_everybody_only_as_if(database: Database, clock: HandClock) -> None:
    add_customer(database, name="An")
    add_customer(database, name="Bình", chat_id=None)
    assert names(load(database)) == {"An"}
    everybody = load(database, as_if_linked=True)
    assert names(everybody) == {"An", "Bình"}
    assert all(life.contact.linked for life in everybody)
    assert {life.next_nps_at for life in everybody} == {clock.now() + RULES.surveys.nps_first_after}


def test_a_segment_is_named_without_accents_and_a_csm_by_name_or_number(database: Database) -> None:
    add_staff(database, CHAT + 7, name="Lan")
    an = {"title": "Kế toán", "channel": "facebook", "tags": ["vip", "đại lý"]}
    add_customer(database, name="An", location="Huế", csm_id=CHAT + 7, **an)
    binh = {"location": "Đà Nẵng", "plan": "silver", "tags": ["vip 2"]}
    add_customer(database, name="Bình", chat_id=CHAT + 1, csm_id=CHAT + 8, **binh)
    found = {
        text: names(load(database, segments=[segment]))
        for text in (
            "location=da nang",
            "plan=Gold",
            "csm=lan",
            f"csm={CHAT + 8}",
            "title=ke toan",
            "tag=dai ly",
            "tag=vip",
        )
        if (segment := parse_segment(text))
    }
    assert list(found.values()) == [{"Bình"}, {"An"}, {"An"}, {"Bình"}, {"An"}, {"An"}, {"An"}]
    with pytest.raises(simulation.UnknownSegmentError) as unknown:
        load(database, segments=[Segment(field="plan", value="lead")])
    assert unknown.value.known == ["gold", "silver"]


@pytest.mark.parametrize("text", ["gold", "plan=", "size=big", ""])
def test_words_that_name_no_field_or_value_are_no_segment(text: str) -> None:
    assert parse_segment(text) is None


def test_a_sample_is_the_same_every_time(database: Database) -> None:
    for number in range(20):
        add_customer(database, name=f"Khách {number}", chat_id=CHAT + number)
    samples = [names(load(database, limit=5)) for _ in range(2)]
    assert samples[0] == samples[1]
    assert len(samples[0]) == 5
    assert samples[0] < names(load(database, limit=6))


def test_a_life_holds_the_year_behind(database: Database, clock: HandClock) -> None:
    now = clock.now()
    an = add_customer(database, birth_month=2, birth_day=29, last_purchase_at=now - 400 * DAY, next_nps_at=now)
    for days, amount in ((400, 5), (100, 5), (50, -5)):
        put(
            database,
            "purchase",
            external_id=f"H{days}",
            customer_id=an,
            purchased_at=now - days * DAY,
            amount_minor=amount,
            currency="VND",
        )
    put(database, "interaction", customer_id=an, kind="note", body="", happened_at=now, closed_at=now - 3 * DAY)
    queue(database, Kind.CHECK_IN, an)
    database.write_now(
        plans.start_plan, rules=RULES, staff_id=1, language=Language.VI, tap=StartPlan(an, FIRST_YEAR.key)
    )
    (life,) = load(database)
    assert (life.birthday, life.next_nps_at, life.lost_at, life.asked) == ((2, 29), now, None, False)
    assert set(life.purchases) == {now - 400 * DAY, now - 100 * DAY}
    assert life.closed_interactions == (now - 3 * DAY,)
    assert [one.kind for one in life.queued] == [Kind.CHECK_IN]
    assert life.plan is not None
    assert len(life.plan.milestones) == 4


def test_who_was_asked_why_is_known_as_asked(database: Database, clock: HandClock) -> None:
    an = add_customer(database)
    database.write_now(win_back.mark_lost, rules=RULES, customer_id=an, reason="", language=Language.VI)
    assert [(life.lost_at, life.asked) for life in load(database)] == [(clock.now(), False)]
    clock.advance(2 * DAY)
    database.write_now(win_back.plan_win_back, rules=RULES)
    assert [life.asked for life in load(database)] == [True]


def test_as_if_everybody_began_a_plan_leaves_those_who_have_one(database: Database, clock: HandClock) -> None:
    an = add_customer(database)
    add_customer(database, chat_id=CHAT + 1)
    tap = StartPlan(an, FIRST_YEAR.key)
    database.write_now(plans.start_plan, rules=RULES, staff_id=1, language=Language.VI, tap=tap)
    clock.advance(LONG_AGO)
    lives = {life.customer_id: life for life in load(database, template=FIRST_YEAR)}
    starts = [life.plan.started_at for _, life in sorted(lives.items()) if life.plan]
    assert starts == [clock.now() - LONG_AGO, clock.now()]
    sent = {one.kind for one in simulate(lives.values(), RULES, now=clock.now(), days=100)}
    assert {Kind.MILESTONE, Kind.CHECK_IN, Kind.PROGRESS, Kind.CSAT} <= sent
