"""The playground as a whole: the unchanged bot, the simulated business, and a clock that only the tests move.

Opening one takes seconds, so tests share three: two in which people of the cast act, each in a test of their own, and
one that was left alone for a month and is only looked at.
"""

import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.messages import Language
from bot.domain.rules import Rules
from bot.domain.touchpoints import OUTSIDE_CLOCKS, POLICIES
from bot.playground.demo import open_playground
from bot.playground.opening import STAFF_GROUP
from bot.playground.persons import Person
from bot.playground.views import Playground
from bot.playground.world import Message
from bot.rules_file import read_rules

NOW = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
RULES = read_rules(None, said={}, now=NOW)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
AN, EMILY, DUNG, HAI, NGAN, KHANH, LAN, MINH = (7_100_000_000 + number for number in (1, 4, 5, 7, 8, 9, 10, 11))


pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("upgrades")]


@dataclass(frozen=True)
class Opened:
    """A playground in which somebody may have acted since; `at_first` is all that was said when it opened."""

    playground: Playground
    database_path: Path
    at_first: list[tuple[int, str]]


@dataclass(frozen=True)
class Lived:
    """A playground some time after it opened `since`; `first_day` is all that was said until a day had passed."""

    playground: Playground
    database_path: Path
    since: datetime
    first_day: list[tuple[int, str]]


def opened_in(path: Path, rules: Rules = RULES) -> AbstractAsyncContextManager[Playground]:
    return open_playground(rules, f"sqlite:///{path}", base=lambda: NOW)


@pytest.fixture(scope="module")
def database_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("opened") / "playground.sqlite3"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground(database_path: Path) -> AsyncIterator[Playground]:
    """Just opened: whoever acts in it is nobody whom another test looks at."""
    async with opened_in(database_path) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def english(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Opened]:
    """One of a business that speaks English, just opened."""
    path = tmp_path_factory.mktemp("english") / "playground.sqlite3"
    async with opened_in(path, replace(RULES, language=Language.EN, business="Acme")) as opened:
        yield Opened(opened, path, everything_said(opened))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def month(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """A month in which the visitor did nothing; it is closed, and only looked at."""
    path = tmp_path_factory.mktemp("month") / "playground.sqlite3"
    async with opened_in(path) as opened:
        since = opened.messenger.now()
        await let_pass(opened, DAY)
        first_day = everything_said(opened)
        await let_pass(opened, 29 * DAY)
    return Lived(opened, path, since, first_day)


def person(playground: Playground, number: int) -> Person:
    return playground.messenger.persons[number]


def latest(playground: Playground, chat_id: int) -> Message:
    return list(playground.messenger.chats[chat_id].messages.values())[-1]


def labels(message: Message) -> list[str]:
    return [button["text"] for row in message.inline_keyboard for button in row]


def everything_said(playground: Playground) -> list[tuple[int, str]]:
    chats = playground.messenger.chats.values()
    return [(chat.id, one.content.get("text", "")) for chat in chats for one in chat.messages.values()]


async def let_pass(playground: Playground, duration: timedelta = MINUTE) -> None:
    await playground.mover.advance(playground.messenger.now() + duration)


def rows(path: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


async def test_it_opens_with_a_survey_waiting_and_a_critic_told_of(playground: Playground) -> None:
    assert labels(latest(playground, AN)) == [str(score) for score in range(11)]
    told = [message.content.get("text", "") for message in playground.messenger.chats[STAFF_GROUP].messages.values()]
    assert any("Trần Quốc Bảo" in text and "3/10" in text for text in told)
    assert any("gọi tổng đài mà không ai nghe máy" in text for text in told)


async def test_a_tapped_score_is_stored_and_the_message_asks_why(playground: Playground, database_path: Path) -> None:
    asked = latest(playground, EMILY)
    person(playground, EMILY).tap(asked.message_id, "8")
    await let_pass(playground)
    stored = rows(database_path, "select score from answer where customer_id = 4 order by answered_at desc limit 1")
    assert stored == [(8,)]
    assert asked.edited_at is not None
    assert "8 out of 10" in asked.content["text"]
    assert labels(asked) == ["Skip", "Change my score"]


async def test_a_month_brings_what_is_due_in_order_and_no_more_than_the_policy_allows(month: Lived) -> None:
    playground = month.playground
    everything = sorted(
        (message.message_id, message.date)
        for chat in playground.messenger.chats.values()
        for message in chat.messages.values()
    )
    assert all(earlier[1] <= later[1] for earlier, later in pairwise(everything))
    reminded = next(one for one in playground.messenger.chats[AN].messages.values() if one.date > month.since)
    assert (reminded.date - NOW) // timedelta(seconds=1) * timedelta(seconds=1) == timedelta(days=4)  # in its turn
    assert "sinh nhật" in said_on(playground, DUNG, NOW + DAY)
    assert "một tháng qua" in said_on(playground, HAI, NOW + DAY)
    assert "lý do chính" in said_on(playground, NGAN, NOW)
    assert_policy_was_obeyed(month.database_path)


def said_on(playground: Playground, chat_id: int, day: datetime) -> str:
    messages = playground.messenger.chats[chat_id].messages.values()
    return "\n".join(one.content["text"] for one in messages if one.date.date() == day.date())


def assert_policy_was_obeyed(database_path: Path) -> None:
    personal = [kind for kind, policy in POLICIES.items() if policy.group not in OUTSIDE_CLOCKS]
    kinds = ",".join(f"'{kind}'" for kind in personal)
    sent: defaultdict[int, list[datetime]] = defaultdict(list)
    query = f"select customer_id, sent_at from outbox where sent_at is not null and kind in ({kinds})"  # noqa: S608
    for customer_id, sent_at in rows(database_path, query):
        sent[customer_id].append(datetime.fromisoformat(sent_at))
    assert len(sent) > 100
    for instants in map(sorted, sent.values()):
        assert all(later - earlier >= RULES.contact.floor for earlier, later in pairwise(instants))
        weeks = zip(instants, instants[RULES.contact.weekly_cap :], strict=False)
        assert all(last - first >= timedelta(days=7) for first, last in weeks)


async def test_what_is_sent_is_sent_once(month: Lived) -> None:
    query = "select count(*), max(attempt), max(possible_duplicate) from outbox where status = 'sent'"
    ((count, attempts, duplicates),) = rows(month.database_path, query)
    assert (count > 1000, attempts, duplicates) == (True, 1, 0)
    lost = "select count(*) from outbox where status in ('unknown', 'failed', 'sending')"
    assert rows(month.database_path, lost) == [(0,)]


async def test_who_blocks_the_bot_gets_nothing_more_and_who_stops_gets_no_reminder(english: Opened) -> None:
    opened = english.playground
    person(opened, HAI).block()
    person(opened, AN).send_text("/stop")
    chats = [opened.messenger.chats[one].messages for one in (HAI, AN)]
    blocked_at = len(chats[0])
    await let_pass(opened)
    seen = [blocked_at, len(chats[1])]
    await let_pass(opened, 5 * DAY)
    assert [len(messages) for messages in chats] == seen
    assert rows(english.database_path, "select unreachable_at is not null from customer where id = 7") == [(1,)]


async def test_the_deep_link_of_the_start_button_ties_the_chat_to_its_customer(
    playground: Playground, database_path: Path
) -> None:
    person(playground, LAN).start()
    await let_pass(playground)
    assert rows(database_path, "select name from customer where chat_id = ?", LAN) == [("Đỗ Thị Lan",)]
    assert "chị Lan" in latest(playground, LAN).content["text"]


async def test_who_shares_the_number_on_record_is_known(playground: Playground, database_path: Path) -> None:
    minh = person(playground, MINH)
    minh.start()
    await let_pass(playground)
    minh.share_contact()
    await let_pass(playground)
    assert rows(database_path, "select name from customer where chat_id = ?", MINH) == [("Ngô Đức Minh",)]


async def test_a_closed_question_is_followed_by_how_easy_it_was(playground: Playground) -> None:
    staff = next(one for one in playground.messenger.persons.values() if one.role == "csm")
    notice = next(
        message
        for message in playground.messenger.chats[STAFF_GROUP].messages.values()
        if labels(message) == ["Đã xử lý xong"]
    )
    staff.tap(notice.message_id, "Đã xử lý xong", chat_id=STAFF_GROUP)
    await let_pass(playground, timedelta(hours=2))
    assert labels(latest(playground, KHANH)) == [str(score) for score in range(1, 8)]


async def test_the_shop_goes_on_selling(playground: Playground, database_path: Path, month: Lived) -> None:
    query = "select count(*), max(purchased_at) from purchase where purchased_at > ? and purchased_at < ?"
    week = str(playground.messenger.now().replace(tzinfo=None)), str((NOW + 6 * DAY).replace(tzinfo=None))
    assert rows(database_path, query, *week) == [(0, None)]
    ((count, last),) = rows(month.database_path, query, *week)
    assert count > 20
    assert datetime.fromisoformat(last).replace(tzinfo=UTC) > NOW + 4 * DAY
    silent = "select count(*) from customer where last_purchase_at > ?"
    assert rows(month.database_path, silent, week[0])[0][0] > 15


async def test_the_crowd_answers_by_itself_and_the_cast_waits_for_the_visitor(month: Lived) -> None:
    query = "select customer_id, reason from answer where answered_at > ?"
    answers = rows(month.database_path, query, str(month.since.replace(tzinfo=None)))
    assert len(answers) > 3
    assert any(reason for _, reason in answers)
    assert not {customer_id for customer_id, _ in answers} & set(range(1, 13))


async def test_the_same_day_opens_the_same_playground(month: Lived, tmp_path: Path) -> None:
    async with opened_in(tmp_path / "other.sqlite3") as other:
        await let_pass(other, DAY)
        assert everything_said(other) == month.first_day


async def test_staff_speak_the_language_of_the_business(english: Opened) -> None:
    group = english.playground.messenger.chats[STAFF_GROUP]
    assert group.title == "Success team"
    card = next(message for message in group.messages.values() if message.inline_keyboard)
    assert "in the NPS survey" in card.content["text"]
    *_, asked = (text for chat_id, text in english.at_first if chat_id == AN)
    assert "Acme" in asked


async def test_staff_speak_the_language_in_which_the_page_was_opened_last(english: Opened) -> None:
    opened = english.playground
    manager = person(opened, 7_200_000_000)

    def reports() -> list[str]:
        return [one.content["caption"] for one in manager.chat.messages.values() if "caption" in one.content]

    before = reports()
    await opened.speak(Language.EN)
    await let_pass(opened)
    assert reports() == before
    await opened.speak(Language.VI)
    await let_pass(opened)
    assert "95% interval" in before[-1]
    assert "khoảng tin cậy" in reports()[-1]
    menu = opened.messenger.menus.seen_by(manager.user, manager.chat)
    assert "Hồ sơ một khách hàng" in {one["description"] for one in menu}
    await opened.speak(Language.EN)


async def test_health_has_half_a_year_behind_it_when_the_visitor_comes(
    playground: Playground, database_path: Path
) -> None:
    colours = dict(rows(database_path, "SELECT colour, count(*) FROM health GROUP BY colour"))
    assert set(colours) == {"red", "yellow", "green", "grey"}
    ((first, days),) = rows(database_path, "SELECT min(day), count(DISTINCT day) FROM health_snapshot")
    assert first < "2026-06-05"
    assert days > 20
    manager = person(playground, 7_200_000_000)
    manager.send_text("/health KH0001")
    await let_pass(playground)
    said = latest(playground, manager.chat.id)
    assert "Nguyễn Thị An" in str(said.content["text"])
    assert "30 ngày" in str(said.content["text"])
