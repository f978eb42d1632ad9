"""The playground as a whole: the unchanged bot, the simulated business, and a clock that only the test moves."""

import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.domain.messages import Language
from bot.domain.rules import ContactRules, Rules
from bot.domain.touchpoints import OUTSIDE_CLOCKS, POLICIES
from bot.playground import demo
from bot.playground.demo import open_playground
from bot.playground.opening import STAFF_GROUP, opening_time
from bot.playground.persons import Person
from bot.playground.server import listen
from bot.playground.views import Playground
from bot.playground.world import Message
from bot.rules_file import read_rules
from bot.settings import Settings, SettingsError

NOW = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
RULES = read_rules(None, said={}, now=NOW)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
AN, DUNG, HAI, NGAN, KHANH, LAN, MINH = (7_100_000_000 + number for number in (1, 5, 7, 8, 9, 10, 11))


@pytest.fixture
def database_path(tmp_path: Path) -> Path:
    return tmp_path / "playground.sqlite3"


@pytest.fixture
async def playground(database_path: Path) -> AsyncIterator[Playground]:
    async with open_playground(RULES, f"sqlite:///{database_path}", base=lambda: NOW) as opened:
        yield opened


def person(playground: Playground, number: int) -> Person:
    return playground.messenger.persons[number]


def latest(playground: Playground, chat_id: int) -> Message:
    return list(playground.messenger.chats[chat_id].messages.values())[-1]


def labels(message: Message) -> list[str]:
    return [button["text"] for row in message.inline_keyboard for button in row]


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
    asked = latest(playground, AN)
    person(playground, AN).tap(asked.message_id, "8")
    await let_pass(playground)
    stored = rows(database_path, "select score from answer where customer_id = 1 order by answered_at desc limit 1")
    assert stored == [(8,)]
    assert asked.edited_at is not None
    assert "8/10" in asked.content["text"]
    assert labels(asked) == ["Bỏ qua", "Đổi điểm"]


async def test_a_month_brings_what_is_due_in_order_and_no_more_than_the_policy_allows(
    playground: Playground, database_path: Path
) -> None:
    seen = len(playground.messenger.chats[AN].messages)
    await let_pass(playground, 30 * DAY)
    everything = sorted(
        (message.message_id, message.date)
        for chat in playground.messenger.chats.values()
        for message in chat.messages.values()
    )
    assert all(earlier[1] <= later[1] for earlier, later in pairwise(everything))
    reminded = list(playground.messenger.chats[AN].messages.values())[seen]
    assert (reminded.date - NOW) // timedelta(seconds=1) * timedelta(seconds=1) == timedelta(days=4)  # in its turn
    assert "sinh nhật" in said_on(playground, DUNG, NOW + DAY)
    assert "một tháng qua" in said_on(playground, HAI, NOW + DAY)
    assert "lý do chính" in said_on(playground, NGAN, NOW)
    assert_policy_was_obeyed(database_path)


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


async def test_what_is_sent_is_sent_once(playground: Playground, database_path: Path) -> None:
    await let_pass(playground, 3 * DAY)
    query = "select count(*), max(attempt), max(possible_duplicate) from outbox where status = 'sent'"
    ((count, attempts, duplicates),) = rows(database_path, query)
    assert (count > 1000, attempts, duplicates) == (True, 1, 0)
    assert rows(database_path, "select count(*) from outbox where status in ('unknown', 'failed', 'sending')") == [(0,)]


async def test_who_blocks_the_bot_gets_nothing_more(playground: Playground, database_path: Path) -> None:
    seen = len(playground.messenger.chats[HAI].messages)
    person(playground, HAI).block()
    await let_pass(playground, 2 * DAY)
    assert len(playground.messenger.chats[HAI].messages) == seen
    assert rows(database_path, "select unreachable_at is not null from customer where id = 7") == [(1,)]


async def test_who_stops_gets_no_reminder(playground: Playground) -> None:
    person(playground, AN).send_text("/stop")
    await let_pass(playground)
    seen = len(playground.messenger.chats[AN].messages)
    await let_pass(playground, 5 * DAY)
    assert len(playground.messenger.chats[AN].messages) == seen


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


async def test_the_shop_goes_on_selling(playground: Playground, database_path: Path) -> None:
    query = "select count(*), max(purchased_at) from purchase where purchased_at > '2026-11-22 03:00'"
    assert rows(database_path, query) == [(0, None)]
    await let_pass(playground, 6 * DAY)
    ((count, last),) = rows(database_path, query)
    assert count > 20
    assert datetime.fromisoformat(last).replace(tzinfo=UTC) > NOW + 4 * DAY
    silent = "select count(*) from customer where last_purchase_at > '2026-11-22 03:00'"
    assert rows(database_path, silent)[0][0] > 15


async def test_the_crowd_answers_by_itself_and_the_cast_waits_for_the_visitor(
    playground: Playground, database_path: Path
) -> None:
    query = "select customer_id, reason from answer where answered_at > ?"
    opened = str(playground.messenger.now().replace(tzinfo=None))
    await let_pass(playground, 12 * DAY)
    answers = rows(database_path, query, opened)
    assert len(answers) > 3
    assert any(reason for _, reason in answers)
    assert not {customer_id for customer_id, _ in answers} & set(range(1, 13))


async def test_the_same_day_opens_the_same_playground(tmp_path: Path) -> None:
    seen: list[list[tuple[int, str]]] = []
    for name in ("one", "other"):
        async with open_playground(RULES, f"sqlite:///{tmp_path / name}", base=lambda: NOW) as opened:
            await let_pass(opened, DAY)
            chats = opened.messenger.chats.values()
            seen.append([(chat.id, one.content.get("text", "")) for chat in chats for one in chat.messages.values()])
    assert seen[0] == seen[1]


async def test_staff_speak_the_language_of_the_business(database_path: Path) -> None:
    english = replace(RULES, language=Language.EN, business="Acme")
    async with open_playground(english, f"sqlite:///{database_path}", base=lambda: NOW) as opened:
        group = opened.messenger.chats[STAFF_GROUP]
        assert group.title == "Success team"
        card = next(message for message in group.messages.values() if message.inline_keyboard)
        assert "in the NPS survey" in card.content["text"]
        assert "Acme" in latest(opened, AN).content["text"]


def test_it_opens_in_the_morning_of_a_day_on_which_surveys_may_be_sent() -> None:
    evening = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert opening_time(evening, Rules()) == datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
    holiday = replace(Rules(), contact=ContactRules(holidays=frozenset({evening.date()})))
    assert opening_time(evening, holiday) == datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
    tet = datetime(2027, 2, 6, 3, tzinfo=UTC)
    assert opening_time(tet, Rules()) == datetime(2027, 2, 13, 2, 5, tzinfo=UTC)


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(SettingsError, match="--port"):
        demo.run(Settings(), port=taken.getsockname()[1])


def test_a_kept_playground_is_not_overwritten(tmp_path: Path) -> None:
    kept = tmp_path / demo.DATABASE
    kept.write_bytes(b"kept")
    with pytest.raises(SettingsError, match="choose another folder"):
        demo.run(Settings(), port=0, keep=tmp_path)
    assert kept.read_bytes() == b"kept"


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
