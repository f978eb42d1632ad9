"""Success plans and win-back as staff and customers meet them in chat."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.taps import StartPlan
from bot.playground.persons import Person
from bot.scheduler import run_planners_once
from storage.database import Database
from tests import stage as stages
from tests.conftest import HandClock
from tests.factories import add_customer, add_staff, row, rows
from tests.stage import Stage, labels, last, open_stage, text
from tests.stories import ONBOARDING

RULES = replace(stages.RULES, plans=(ONBOARDING,))
CSM = 9


@pytest.fixture
async def stage(database: Database, clock: HandClock) -> AsyncIterator[Stage]:
    async with open_stage(database, clock, RULES) as opened:
        yield opened


@pytest.fixture
def csm(stage: Stage, database: Database) -> Person:
    """A member of staff who speaks English, in a private chat."""
    person = stage.person(CSM, name="Hoa")
    add_staff(database, person.user.id)
    return person


async def live(stage: Stage, clock: HandClock, by: timedelta) -> None:
    clock.advance(by)
    while await run_planners_once(stage.database, RULES):
        await stage.settle()
    await stage.settle()


async def say(stage: Stage, person: Person, words: str) -> None:
    person.send_text(words)
    await stage.settle()


async def tap(stage: Stage, person: Person, label: str) -> None:
    person.tap(last(person.chat).message_id, label)
    await stage.settle()


async def test_staff_start_a_plan_from_a_template_and_tick_a_milestone(
    stage: Stage, database: Database, csm: Person
) -> None:
    add_customer(database)
    await say(stage, csm, "/plan nguyen thi an")
    assert labels(last(csm.chat)) == [["First year"]]
    await tap(stage, csm, "First year")
    assert "0 of 4 milestones" in text(last(csm.chat))
    await tap(stage, csm, "✅ Done: Day 30")
    assert "1 of 4 milestones" in text(last(csm.chat))
    assert labels(last(csm.chat)) == [
        [f"✅ Done: Day {day}", f"🗓 Reschedule {number}"] for number, day in ((2, 90), (3, 180), (4, 365))
    ]
    assert row(database, "milestone", position=1)["done_by"] == csm.user.id


async def test_a_name_that_several_customers_have_is_offered_as_buttons(
    stage: Stage, database: Database, csm: Person
) -> None:
    add_customer(database, external_id="K1")
    add_customer(database, external_id="K2", chat_id=None)
    await say(stage, csm, "/plan an")
    await tap(stage, csm, "Nguyễn Thị An · gold · K2")
    await tap(stage, csm, "First year")
    assert row(database, "success_plan")["customer_id"] == 2


async def test_a_customer_cannot_forge_a_button_of_staff(stage: Stage, database: Database) -> None:
    add_customer(database)
    an = stage.person()
    await say(stage, an, "/help")
    an.send_callback(last(an.chat).message_id, StartPlan(1, "onboarding").pack())
    await stage.settle()
    assert rows(database, "success_plan") == []


async def test_a_customer_who_needs_help_says_so_with_one_tap(
    stage: Stage, database: Database, clock: HandClock, csm: Person
) -> None:
    add_customer(database)
    an = stage.person()
    await say(stage, csm, "/plan an")
    await tap(stage, csm, "First year")
    await live(stage, clock, timedelta(days=62))
    assert labels(last(an.chat)) == [["👍 Đang ổn", "🙋 Tôi cần giúp"]]
    await tap(stage, an, "👍 Đang ổn")
    assert labels(last(an.chat)) == [["🙋 Tôi cần giúp"]]
    await tap(stage, an, "🙋 Tôi cần giúp")
    assert labels(last(an.chat)) == []
    [card] = [one for one in stage.staff.messages.values() if labels(one)[1:]]
    assert "Nguyễn Thị An" in text(last(stage.staff))
    assert labels(card) == [["Nhận xử lý", "Trả lời"], ["Tạm hoãn", "Đã xử lý xong"]]


async def test_a_lost_customer_is_asked_why_and_gets_one_offer(
    stage: Stage, database: Database, clock: HandClock, csm: Person
) -> None:
    add_customer(database)
    an = stage.person()
    await say(stage, csm, "/lost an")
    assert "The bot will ask why around 21 Nov 2026" in text(last(csm.chat))
    await live(stage, clock, timedelta(days=1))
    await tap(stage, an, "Giá chưa phù hợp")
    assert "Giá chưa phù hợp" in text(last(an.chat))
    await live(stage, clock, timedelta(days=3))
    assert labels(last(an.chat)) == [["💬 Tôi muốn trao đổi", "Không, cảm ơn"]]
    await tap(stage, an, "Không, cảm ơn")
    assert labels(last(an.chat)) == [["💬 Tôi muốn trao đổi"]]
    assert row(database, "win_back")["answer"] == "decline"


async def test_of_a_loss_whose_reason_staff_know_they_hear_that_nobody_is_asked(
    stage: Stage, database: Database, csm: Person
) -> None:
    add_customer(database)
    await say(stage, csm, "/lost an: chuyển nhà")
    assert "You have noted why, so the bot will not ask. It will invite the customer back" in text(last(csm.chat))
    assert row(database, "loss")["reason"] == "chuyển nhà"


async def test_plans_and_losses_are_for_staff_alone(stage: Stage, database: Database) -> None:
    add_customer(database)
    an = stage.person()
    for words in ("/plan an", "/lost an"):
        await say(stage, an, words)
    assert rows(database, "loss") == []
    assert rows(database, "success_plan") == []
