"""Tết 2027: the lunar year begins on Saturday, 6 February. Who is written to when, and what waits until it is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import holidays
import pytest

from bot.domain.contact import Rule
from bot.domain.messages import Language
from bot.domain.rules import ContactRules, HolidayGreeting
from bot.domain.touchpoints import Kind
from bot.services import customers, greetings, profiles, win_back
from storage.database import Database
from tests.stories import FIRST_CHAT, ON_SQLITE, RULES, Clock, Story, add_customer, look

TET = HolidayGreeting(key="tet", lunar="01-01", text={Language.VI: "Chúc mừng năm mới", Language.EN: "Happy New Year"})
PUBLIC = frozenset(holidays.country_holidays("VN", years=(2026, 2027)))
TET_RULES = replace(RULES, contact=ContactRules(holidays=PUBLIC), greetings=(TET,))
FIRST_DAY, AFTER = "2027-02-06", "2027-02-13"


@pytest.fixture
def before_tet(database: Database, clock: Clock) -> Story:
    """Monday, 1 February, ten in the morning."""
    clock.advance(datetime(2027, 2, 1, 3, tzinfo=UTC) - clock.now())
    return Story(database, clock, TET_RULES)


def said_to(story: Story, number: int, zone: str = "Asia/Ho_Chi_Minh") -> list[tuple[Kind, str]]:
    return [(one.kind, one.local(zone)) for one in story.said if one.chat_id == FIRST_CHAT + number]


async def over_tet(story: Story) -> None:
    await story.live(datetime(2027, 2, 20, tzinfo=UTC))


async def test_everybody_is_greeted_in_their_own_morning_of_the_first_day_and_in_their_language(
    before_tet: Story,
) -> None:
    add_customer(before_tet.database, before_tet.clock, 1)
    add_customer(before_tet.database, before_tet.clock, 2, timezone="America/New_York", language="en")
    await over_tet(before_tet)
    assert said_to(before_tet, 1) == [(Kind.HOLIDAY_GREETING, f"{FIRST_DAY} 09:00")]
    assert said_to(before_tet, 2, "America/New_York") == [(Kind.HOLIDAY_GREETING, f"{FIRST_DAY} 09:00")]
    assert ["Chúc mừng năm mới" in one.text for one in before_tet.said] == [True, False]


@ON_SQLITE
@pytest.mark.parametrize("column", ["stopped_at", "unreachable_at", "lost_at"])
async def test_who_stopped_or_left_is_not_greeted(before_tet: Story, column: str) -> None:
    gone = {column: before_tet.clock.now()}
    add_customer(before_tet.database, before_tet.clock, 1, **gone)
    await before_tet.live(datetime(2027, 2, 8, tzinfo=UTC))
    assert said_to(before_tet, 1) == []


async def test_a_survey_waits_for_the_end_of_tet_and_says_why(before_tet: Story) -> None:
    due = datetime(2027, 2, 4, 3, tzinfo=UTC)
    customer_id = add_customer(before_tet.database, before_tet.clock, 1, next_nps_at=due)
    await over_tet(before_tet)
    assert said_to(before_tet, 1)[:2] == [
        (Kind.HOLIDAY_GREETING, f"{FIRST_DAY} 09:00"),
        (Kind.NPS, f"{AFTER} 08:00"),
    ]
    [hold] = before_tet.database.read_now(look, table="hold")
    assert (hold.rule, hold.held_until) == (Rule.TET, datetime(2027, 2, 13, 1, tzinfo=UTC))
    why = before_tet.database.read_now(
        profiles.explain, customer_id=customer_id, upcoming=[], days=30, language=Language.EN
    )
    held = [one["held"] for one in why.facts["past"] if one["kind"] is Kind.NPS]  # type: ignore[attr-defined]  # facts
    assert held == [[{"rule": "tet", "until": hold.held_until}]]


@ON_SQLITE
async def test_win_back_keeps_quiet_and_lost_says_when_it_will_ask(before_tet: Story) -> None:
    customer_id = add_customer(before_tet.database, before_tet.clock, 1)
    before_tet.clock.advance(timedelta(days=2))
    said = before_tet.database.write_now(
        win_back.mark_lost, rules=TET_RULES, customer_id=customer_id, reason="", language=Language.VI
    )
    assert (said.facts["will_ask"], said.facts["rule"]) == (True, Rule.TET)
    assert said.facts["asks_at"] == datetime(2027, 2, 13, 1, tzinfo=UTC)
    await before_tet.live(datetime(2027, 2, 14, tzinfo=UTC))
    assert said_to(before_tet, 1) == [(Kind.WIN_BACK, f"{AFTER} 08:00")]


@ON_SQLITE
async def test_a_birthday_in_tet_comes_the_day_after_the_greeting_of_tet(before_tet: Story) -> None:
    add_customer(before_tet.database, before_tet.clock, 1, birth_month=2, birth_day=7)
    await over_tet(before_tet)
    assert said_to(before_tet, 1) == [
        (Kind.HOLIDAY_GREETING, f"{FIRST_DAY} 09:00"),
        (Kind.BIRTHDAY, "2027-02-07 09:00"),
    ]


@ON_SQLITE
async def test_of_a_birthday_and_tet_on_one_day_the_birthday_is_greeted(before_tet: Story) -> None:
    add_customer(before_tet.database, before_tet.clock, 1, birth_month=2, birth_day=6)
    await over_tet(before_tet)
    assert said_to(before_tet, 1) == [(Kind.BIRTHDAY, f"{FIRST_DAY} 09:00")]


async def test_who_says_stop_between_the_planning_of_a_greeting_and_its_sending_gets_nothing(
    before_tet: Story,
) -> None:
    add_customer(before_tet.database, before_tet.clock, 1)
    before_tet.clock.advance(datetime(2027, 2, 6, 2, tzinfo=UTC) - before_tet.clock.now())
    assert before_tet.database.write_now(greetings.plan_holiday_greetings, rules=TET_RULES) == 1
    before_tet.database.write_now(customers.stop, chat_id=FIRST_CHAT + 1, language=Language.VI)
    await over_tet(before_tet)
    assert said_to(before_tet, 1) == []


async def test_what_would_take_a_greetings_place_gives_way_to_it(database: Database, clock: Clock) -> None:
    """Friday, ten in the morning: the birthday is on Saturday at nine, and a survey is due now."""
    story = Story(database, clock, TET_RULES)
    add_customer(database, clock, 1, birth_month=11, birth_day=21, next_nps_at=clock.now())
    await story.live(clock.now() + timedelta(days=3))
    assert said_to(story, 1) == [(Kind.BIRTHDAY, "2026-11-21 09:00"), (Kind.NPS, "2026-11-22 09:00")]
    [hold] = database.read_now(look, table="hold")
    assert hold.rule == Rule.GREETING_AHEAD
