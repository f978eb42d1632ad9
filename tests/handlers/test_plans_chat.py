"""Success plans as both sides meet them in chat: one `/plan` for both, taps, the goal in own words, and the picture."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from telegram.error import NetworkError, TimedOut

from bot.domain.messages import Language
from bot.domain.rules import MilestoneTemplate, Owner, PlanTemplate, SuccessRules
from bot.domain.taps import TickMilestone
from bot.playground.persons import Person
from bot.scheduler import run_planners_once
from handlers.transport import NotSentError
from storage.database import Database
from tests import stage as stages
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, add_staff, row, rows
from tests.stage import Stage, labels, last, open_stage, text

GOALS = {Language.VI: "Tiết kiệm thời gian", Language.EN: "Save time"}
TEMPLATE = PlanTemplate(
    key="onboarding",
    name={Language.VI: "Năm đầu", Language.EN: "First year"},
    goal={Language.VI: "Dùng quen tay", Language.EN: "Get comfortable"},
    goals=(GOALS,),
    milestones=(
        MilestoneTemplate(key="a", after_days=30, title={Language.VI: "Mốc đầu", Language.EN: "First"}, proof=True),
        MilestoneTemplate(key="b", after_days=200, title={Language.VI: "Mốc hai", Language.EN: "Second"}),
        MilestoneTemplate(
            key="c", after_days=300, title={Language.VI: "Mốc ba", Language.EN: "Third"}, owner=Owner.COMPANY
        ),
    ),
)
RULES = replace(stages.RULES, plans=(TEMPLATE,), success=SuccessRules(referral_url="https://t.me/hoamai"))


@pytest.fixture
async def stage(database: Database, clock: HandClock) -> AsyncIterator[Stage]:
    async with open_stage(database, clock, RULES) as opened:
        yield opened


@pytest.fixture
def csm(stage: Stage, database: Database) -> Person:
    person = stage.person(9, name="Hoa")
    add_staff(database, person.user.id)
    stage.staff.people.append(person.user)
    return person


@pytest.fixture
async def an(stage: Stage, database: Database, csm: Person) -> Person:
    """A customer whose plan was just started."""
    add_customer(database)
    person = stage.person()
    await say(stage, csm, "/plan An")
    await tap(stage, csm, "First year")
    return person


async def say(stage: Stage, person: Person, words: str) -> str:
    person.send_text(words)
    await stage.settle()
    return text(last(person.chat))


async def tap(stage: Stage, person: Person, label: str) -> str:
    person.tap(last(person.chat).message_id, label)
    await stage.settle()
    return text(last(person.chat))


async def live(stage: Stage, clock: HandClock, by: timedelta) -> None:
    clock.advance(by)
    while await run_planners_once(stage.database, RULES):
        await stage.settle()
    await stage.settle()


async def test_a_plan_that_starts_asks_why_they_bought_by_buttons(stage: Stage, database: Database, an: Person) -> None:
    assert labels(last(an.chat)) == [["Tiết kiệm thời gian"], ["✏️ Điều khác, tôi tự viết"]]
    assert "Tiết kiệm thời gian" in await tap(stage, an, "Tiết kiệm thời gian")
    assert row(database, "success_plan")["goal"] == "Tiết kiệm thời gian"


async def test_why_they_bought_in_their_own_words_is_in_the_plan_and_the_profile(
    stage: Stage, an: Person, csm: Person
) -> None:
    await tap(stage, an, "✏️ Điều khác, tôi tự viết")
    assert "Ngủ ngon hơn" in await say(stage, an, "Ngủ ngon hơn")
    assert "Mục tiêu: “Ngủ ngon hơn”" in await say(stage, an, "/plan")
    assert "in the customer's words: “Ngủ ngon hơn”" in await say(stage, csm, "/plan An")
    assert "in the customer's words: “Ngủ ngon hơn”" in await say(stage, csm, "/customer An")


async def test_a_customer_ticks_by_button_and_staff_confirm_what_needs_proof(
    stage: Stage, an: Person, csm: Person
) -> None:
    assert "🟢 Mình đang đi đúng tiến độ." in await say(stage, an, "/plan")
    assert labels(last(an.chat)) == [
        ["✅ Xong: Mốc đầu"],
        ["✅ Xong: Mốc hai"],
        ["✏️ Sửa mục tiêu", "🙋 Tôi cần giúp"],
    ]
    assert "✅ Mốc hai" in await tap(stage, an, "✅ Xong: Mốc hai")
    assert "🔎 Mốc đầu – chờ bên em xác nhận" in await tap(stage, an, "✅ Xong: Mốc đầu")
    asked = last(stage.staff)
    assert labels(asked) == [["✅ Xác nhận", "Chưa đạt"]]
    csm.tap(asked.message_id, "Chưa đạt", chat_id=stage.staff.id)
    await stage.settle()
    assert "còn thiếu một chút" in text(last(an.chat))


async def test_staff_confirm_from_the_plan_and_the_customer_hears_it(stage: Stage, an: Person, csm: Person) -> None:
    await say(stage, an, "/plan")
    await tap(stage, an, "✅ Xong: Mốc đầu")
    assert "waits for you to confirm" in await say(stage, csm, "/plan An")
    await tap(stage, csm, "✅ Confirm 1")
    assert "đã xác nhận cột mốc" in text(last(an.chat))


async def test_a_customer_with_english_reads_english(stage: Stage, database: Database, csm: Person) -> None:
    add_customer(database, language="en", name="Anna Bell")
    anna = stage.person(language="en")
    await say(stage, csm, "/plan Anna")
    await tap(stage, csm, "First year")
    assert labels(last(anna.chat)) == [["Save time"], ["✏️ Something else, in my own words"]]
    assert "We are right on time" in await say(stage, anna, "/plan")
    assert "waiting for us to confirm" in await tap(stage, anna, "✅ Done: First")


async def test_one_command_shows_each_their_own_side(stage: Stage, database: Database, csm: Person) -> None:
    minh = stage.person(3, name="Minh")
    assert "/start" in await say(stage, minh, "/plan")  # a stranger
    assert "/plan" in await say(stage, csm, "/plan")  # who is no customer is told how to use it
    add_customer(database, chat_id=csm.user.id, name="Hoa Trần")
    assert "Mình chưa có lộ trình nào." in await say(stage, csm, "/plan")
    await say(stage, csm, "/plan Hoa")
    assert labels(last(csm.chat)) == [["First year"]]


async def test_a_customer_who_names_somebody_is_refused(stage: Stage, an: Person) -> None:
    assert str(CHAT) in await say(stage, an, "/plan An")
    assert str(CHAT) in await say(stage, an, "/plans")


async def test_another_customer_cannot_tick_with_a_forged_button(stage: Stage, database: Database, an: Person) -> None:
    add_customer(database, chat_id=CHAT + 4)
    other = stage.person(4, name="Bình")
    await say(stage, other, "/help")
    other.send_callback(last(other.chat).message_id, TickMilestone(2).pack())
    await stage.settle()
    assert row(database, "milestone", id=2)["done_at"] is None


async def test_staff_put_a_milestone_off_by_button_and_by_words(
    stage: Stage, database: Database, an: Person, csm: Person
) -> None:
    await say(stage, csm, "/plan An")
    await tap(stage, csm, "🗓 Reschedule 2")
    assert labels(last(csm.chat))[-1] == ["← The plan"]
    assert "due 15 Jun 2027" in await tap(stage, csm, "15 Jun 2027")
    assert "due 30 Jul 2027" in await say(stage, csm, "/plan An: 2 30/7")
    assert "I did not understand" in await say(stage, csm, "/plan An: hai tuần nữa")
    assert [one["command"] for one in rows(database, "audit")][-3:] == ["move_milestone", "change_plan", "change_plan"]


async def test_the_words_of_a_change_are_kept_while_namesakes_are_told_apart(
    stage: Stage, database: Database, an: Person, csm: Person
) -> None:
    add_customer(database, chat_id=None, external_id="K2")
    await say(stage, csm, "/plan An: 2 30/7")
    assert "due 30 Jul 2027" in await tap(stage, csm, "Nguyễn Thị An · gold · #1")


async def test_what_is_late_is_listed_and_opened_by_its_number(
    stage: Stage, clock: HandClock, an: Person, csm: Person
) -> None:
    assert "No plan is behind or stuck." in await say(stage, csm, "/plans")
    await live(stage, clock, timedelta(days=52))
    assert "đang vướng" in text(last(stage.staff))
    assert "🔴 Stuck – Nguyễn Thị An: First year, 0 of 3" in await say(stage, csm, "/plans")
    assert "Nguyễn Thị An" in await tap(stage, csm, "1")


async def progress_is_due(stage: Stage, database: Database, clock: HandClock) -> None:
    clock.advance(timedelta(days=93))
    while await run_planners_once(database, RULES):
        pass
    for days in range(4):
        await stage.settle()
        clock.advance(timedelta(days=1, hours=days))


async def test_progress_goes_out_as_a_picture_with_its_words(
    stage: Stage, database: Database, clock: HandClock, an: Person
) -> None:
    await progress_is_due(stage, database, clock)
    sent = row(database, "outbox", kind="progress")
    assert sent["status"] == "sent"
    shown = an.chat.messages[sent["message_id"]]
    assert shown.content["photo"]
    assert "cùng nhìn lại" in shown.content["caption"]


def fail_to_send(stage: Stage, error: Exception) -> Any:
    async def refuse(*_: Any, **__: Any) -> None:
        raise error

    return patch.object(type(stage.app.bot), "send_photo", refuse)


@pytest.mark.parametrize(
    ("error", "doubtful"), [(NotSentError("no connection"), False), (TimedOut(), True), (NetworkError("x"), True)]
)
async def test_a_picture_that_may_not_have_arrived_is_tried_again_as_words_are(
    stage: Stage, clock: HandClock, an: Person, error: Exception, doubtful: bool
) -> None:
    with fail_to_send(stage, error):
        await progress_is_due(stage, stage.database, clock)
    sent = row(stage.database, "outbox", kind="progress")
    assert (sent["status"], sent["possible_duplicate"], sent["message_id"]) == ("pending", doubtful, None)


async def test_a_completed_plan_hands_on_words_to_recommend_the_business(
    stage: Stage, database: Database, clock: HandClock, an: Person, csm: Person
) -> None:
    await say(stage, csm, "/plan An")
    for label in ("✅ Done: First", "✅ Done: Second", "✅ Done: Third"):
        await tap(stage, csm, label)
    for days in (2, 1):  # first comes the question how satisfied they are
        await live(stage, clock, timedelta(days=days))
    found = [one for one in an.chat.messages.values() if labels(one)[:1] == [["🤝 Giới thiệu cho người quen"]]]
    an.tap(found[0].message_id, "🤝 Giới thiệu cho người quen")
    await stage.settle()
    assert "https://t.me/hoamai" in text(an.chat.messages[found[0].message_id])
    an.tap(found[0].message_id, "🎯 Đặt mục tiêu tiếp theo")
    await stage.settle()
    assert "muốn đặt mục tiêu tiếp theo" in text(last(stage.staff))
