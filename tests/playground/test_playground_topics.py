"""Forum topics and copies, as strict as Telegram's."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.playground.messenger import Messenger
from bot.playground.persons import NotPossible, Person
from bot.playground.refusals import Refusal
from bot.playground.world import Chat

FORUM = -1_009_000_000_001
Call = Callable[..., Awaitable[Any]]


@pytest.fixture
def forum(messenger: Messenger, an: Person) -> Chat:
    return messenger.add_group(FORUM, "Staff", [an.user], is_forum=True)


async def topic(call: Call, name: str = "#1 · An") -> int:
    return int((await call("createForumTopic", chat_id=FORUM, name=name))["message_thread_id"])


@pytest.mark.usefixtures("forum")
async def test_a_message_goes_into_its_topic_and_says_so(call: Call) -> None:
    thread = await topic(call)
    sent = await call("sendMessage", chat_id=FORUM, message_thread_id=thread, text="Chào")
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
    assert sent["chat"]["is_forum"] is True


async def test_an_answer_in_a_topic_stays_in_it(call: Call, forum: Chat, an: Person) -> None:
    thread = await topic(call)
    sent = await call("sendMessage", chat_id=FORUM, message_thread_id=thread, text="Chào")
    assert an.send_text("Vâng", chat_id=FORUM, reply_to=sent["message_id"]).thread_id == thread
    answered = await call("sendMessage", chat_id=FORUM, text="Ok", reply_parameters={"message_id": sent["message_id"]})
    assert answered["message_thread_id"] == thread
    with pytest.raises(NotPossible):
        an.send_text("Vâng", chat_id=FORUM, thread_id=thread + 1)


@pytest.mark.usefixtures("forum")
async def test_a_topic_that_is_not_there_is_refused(call: Call) -> None:
    with pytest.raises(Refusal, match="message thread not found"):
        await call("sendMessage", chat_id=FORUM, message_thread_id=5, text="Chào")
    with pytest.raises(Refusal, match="message thread not found"):
        await call("closeForumTopic", chat_id=FORUM, message_thread_id=5)


@pytest.mark.usefixtures("forum")
async def test_a_topic_is_closed_and_opened_once(call: Call) -> None:
    thread = await topic(call)
    for method in ("closeForumTopic", "reopenForumTopic"):
        assert await call(method, chat_id=FORUM, message_thread_id=thread)
        with pytest.raises(Refusal, match="TOPIC_NOT_MODIFIED"):
            await call(method, chat_id=FORUM, message_thread_id=thread)


async def test_only_an_administrator_of_a_forum_makes_topics(call: Call, forum: Chat) -> None:
    forum.bot_status = "member"
    with pytest.raises(Refusal, match="not enough rights to create a topic"):
        await topic(call)
    forum.bot_status, forum.topics = "administrator", None
    with pytest.raises(Refusal, match="the chat is not a forum"):
        await topic(call)


async def test_a_closed_topic_takes_messages_of_administrators_only(call: Call, forum: Chat) -> None:
    thread = await topic(call)
    await call("closeForumTopic", chat_id=FORUM, message_thread_id=thread)
    assert await call("sendMessage", chat_id=FORUM, message_thread_id=thread, text="Chào")
    forum.bot_status = "member"
    with pytest.raises(Refusal, match="TOPIC_CLOSED"):
        await call("sendMessage", chat_id=FORUM, message_thread_id=thread, text="Chào")


@pytest.mark.usefixtures("forum")
@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"name": "x" * 129}, "TOPIC_TITLE_TOO_LONG"),
        ({"name": "  "}, "TOPIC_TITLE_EMPTY"),
        ({"name": "An", "icon_color": 1}, "TOPIC_ICON_COLOR_INVALID"),
    ],
)
async def test_a_topic_needs_a_name_and_a_color_that_telegram_has(
    call: Call, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        await call("createForumTopic", chat_id=FORUM, **parameters)


async def test_a_copy_has_the_words_but_not_the_sender(call: Call, forum: Chat, an: Person) -> None:
    said = an.send_text("Chào")
    copied = await call("copyMessage", chat_id=FORUM, from_chat_id=an.user.id, message_id=said.message_id)
    assert set(copied) == {"message_id"}
    assert forum.messages[copied["message_id"]].content["text"] == "Chào"
    assert forum.messages[copied["message_id"]].sender.is_bot


async def test_what_is_not_there_or_is_no_persons_message_is_not_copied(call: Call, forum: Chat) -> None:
    thread = await topic(call)
    with pytest.raises(Refusal, match="message to copy not found"):
        await call("copyMessage", chat_id=FORUM, from_chat_id=FORUM, message_id=thread + 1)
    with pytest.raises(Refusal, match="message can't be copied"):
        await call("copyMessage", chat_id=FORUM, from_chat_id=FORUM, message_id=thread)


async def test_a_topic_is_deleted_with_every_message_in_it(call: Call, forum: Chat) -> None:
    thread, other = await topic(call), await topic(call, "#2 · Bình")
    for place in (thread, other):
        await call("sendMessage", chat_id=FORUM, message_thread_id=place, text="Chào")
    assert await call("deleteForumTopic", chat_id=FORUM, message_thread_id=thread)
    assert {message.thread_id for message in forum.messages.values()} == {other}
    with pytest.raises(Refusal, match="message thread not found"):
        await call("deleteForumTopic", chat_id=FORUM, message_thread_id=thread)
