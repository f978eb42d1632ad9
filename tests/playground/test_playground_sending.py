"""What the bot sends and changes, refused where Telegram would refuse it."""

from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.playground.messenger import Messenger
from bot.playground.parameters import Upload
from bot.playground.persons import Person
from bot.playground.refusals import Refusal
from bot.playground.world import Chat

Call = Callable[..., Awaitable[Any]]
SCORE = {"inline_keyboard": [[{"text": "9", "callback_data": "nps:9"}]]}


def picture(width: int = 1200, height: int = 675) -> Upload:
    drawn = BytesIO()
    Image.new("RGB", (width, height), "teal").save(drawn, "PNG")
    return Upload("nps.png", drawn.getvalue(), "image/png")


async def test_a_sent_message_has_telegrams_shape(call: Call, an: Person) -> None:
    sent = await call("sendMessage", chat_id=an.user.id, text="Chào <b>An</b>", parse_mode="HTML", reply_markup=SCORE)
    assert sent == {
        "message_id": 2,
        "from": {"id": 7_000_000_000, "is_bot": True, "first_name": "Touchpoint", "username": "touchpoint_demo_bot"},
        "chat": {"id": 7_000_000_001, "type": "private", "first_name": "Nguyễn Thị An"},
        "date": 1795330800,
        "text": "Chào An",
        "entities": [{"type": "bold", "offset": 5, "length": 2}],
        "reply_markup": SCORE,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["a" * 4096, "<b>" + "a" * 4096 + "</b>"])
async def test_4096_characters_after_parsing_are_sent(call: Call, an: Person, text: str) -> None:
    assert await call("sendMessage", chat_id=an.user.id, text=text, parse_mode="HTML")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a" * 4097, "Bad Request: message is too long"),
        ("😀" * 2049, "Bad Request: message is too long"),
        ("<b> </b>", "Bad Request: message text is empty"),
        ("<x>", 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0'),
    ],
)
async def test_a_text_outside_the_limits_is_refused(call: Call, an: Person, text: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        await call("sendMessage", chat_id=an.user.id, text=text, parse_mode="HTML")
    assert refused.value.description == words


async def test_an_unknown_parse_mode_is_refused(call: Call, an: Person) -> None:
    with pytest.raises(Refusal, match="unsupported parse_mode"):
        await call("sendMessage", chat_id=an.user.id, text="a", parse_mode="Wiki")


async def test_somebody_who_never_wrote_is_not_found(call: Call, stranger: Person) -> None:
    with pytest.raises(Refusal, match="Bad Request: chat not found"):
        await call("sendMessage", chat_id=stranger.user.id, text="a")


@pytest.mark.usefixtures("staff_group")
async def test_somebody_met_in_a_group_cannot_be_written_to_first(call: Call, hoa: Person) -> None:
    with pytest.raises(Refusal, match="Forbidden: bot can't initiate conversation with a user"):
        await call("sendMessage", chat_id=hoa.user.id, text="a")


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("sendMessage", {"text": "a"}),
        ("sendPhoto", {"photo": picture()}),
        ("sendChatAction", {"action": "typing"}),
        ("editMessageText", {"text": "a", "message_id": 1}),
    ],
)
async def test_a_person_who_blocked_the_bot_gets_nothing(
    call: Call, an: Person, method: str, more: dict[str, Any]
) -> None:
    an.block()
    with pytest.raises(Refusal) as refused:
        await call(method, chat_id=an.user.id, **more)
    assert refused.value.to_json()["error_code"] == 403
    assert refused.value.description == "Forbidden: bot was blocked by the user"


async def test_a_person_who_unblocked_the_bot_is_reached_again(call: Call, an: Person) -> None:
    an.block()
    an.unblock()
    assert await call("sendMessage", chat_id=an.user.id, text="a")


@pytest.mark.parametrize(
    ("status", "words"),
    [("kicked", "bot was kicked from the supergroup chat"), ("left", "bot is not a member of the supergroup chat")],
)  # fmt: skip
async def test_a_group_that_dropped_the_bot_refuses_it(call: Call, staff_group: Chat, status: Any, words: str) -> None:
    staff_group.bot_status = status
    with pytest.raises(Refusal, match=f"Forbidden: {words}"):
        await call("sendMessage", chat_id=staff_group.id, text="a")


async def test_a_group_that_became_a_supergroup_tells_its_new_id(call: Call, messenger: Messenger, hoa: Person) -> None:
    messenger.add_group(-5_000, "Staff", [hoa.user])
    messenger.upgrade_group(-5_000, to=-1_003_000_000_000)
    with pytest.raises(Refusal) as refused:
        await call("sendMessage", chat_id=-5_000, text="a")
    assert refused.value.to_json() == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": -1_003_000_000_000},
    }
    assert await call("sendMessage", chat_id=-1_003_000_000_000, text="a")


async def test_a_reply_names_the_message_it_answers(call: Call, an: Person) -> None:
    sent = await call("sendMessage", chat_id=an.user.id, text="a", reply_parameters={"message_id": 1})
    assert sent["reply_to_message"]["text"] == "/start"


async def test_a_reply_to_nothing_is_refused_unless_it_may_go_alone(call: Call, an: Person) -> None:
    with pytest.raises(Refusal, match="message to be replied not found"):
        await call("sendMessage", chat_id=an.user.id, text="a", reply_parameters={"message_id": 99})
    alone = {"message_id": 99, "allow_sending_without_reply": True}
    assert await call("sendMessage", chat_id=an.user.id, text="a", reply_parameters=alone)


async def test_an_edit_changes_the_message_in_place(call: Call, an: Person) -> None:
    await call("sendMessage", chat_id=an.user.id, text="0 đến 10?", reply_markup=SCORE)
    edited = await call("editMessageText", chat_id=an.user.id, message_id=2, text="Cảm ơn")
    assert (edited["text"], edited["edit_date"], "reply_markup" in edited) == ("Cảm ơn", 1795330800, False)
    assert an.chat.messages[2].content == {"text": "Cảm ơn"}


async def test_an_edit_to_the_same_text_and_keyboard_is_refused(call: Call, an: Person) -> None:
    await call("sendMessage", chat_id=an.user.id, text="0 đến 10?", reply_markup=SCORE)
    with pytest.raises(Refusal, match="Bad Request: message is not modified: specified new message content"):
        await call(
            "editMessageText", chat_id=an.user.id, message_id=2, text="<b></b>0 đến 10?", parse_mode="HTML",
            reply_markup=SCORE,
        )  # fmt: skip


async def test_a_keyboard_alone_can_be_taken_away_once(call: Call, an: Person) -> None:
    await call("sendMessage", chat_id=an.user.id, text="0 đến 10?", reply_markup=SCORE)
    assert "reply_markup" not in await call("editMessageReplyMarkup", chat_id=an.user.id, message_id=2)
    with pytest.raises(Refusal, match="message is not modified"):
        await call("editMessageReplyMarkup", chat_id=an.user.id, message_id=2)


@pytest.mark.parametrize(
    ("message_id", "words"),
    [(99, "message to edit not found"), (1, "message can't be edited")],
)
async def test_only_the_bots_own_messages_are_edited(call: Call, an: Person, message_id: int, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        await call("editMessageText", chat_id=an.user.id, message_id=message_id, text="a")


async def test_an_edit_must_say_of_which_message(call: Call, an: Person) -> None:
    with pytest.raises(Refusal, match="chat_id is empty"):
        await call("editMessageText", message_id=1, text="a")
    with pytest.raises(Refusal, match="message identifier is not specified"):
        await call("editMessageText", chat_id=an.user.id, text="a")
    await call("sendMessage", chat_id=an.user.id, text="a")
    with pytest.raises(Refusal, match="message text is empty"):
        await call("editMessageText", chat_id=an.user.id, message_id=2)


async def test_a_photo_has_its_size_and_can_be_sent_again_by_its_id(call: Call, an: Person) -> None:
    first = await call("sendPhoto", chat_id=an.user.id, photo=picture(), caption="<b>NPS</b>", parse_mode="HTML")
    size = first["photo"][-1]
    assert (size["width"], size["height"], first["caption"]) == (1200, 675, "NPS")
    again = await call("sendPhoto", chat_id=an.user.id, photo=size["file_id"])
    assert again["photo"] == first["photo"]


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (Upload("a.png", b"no picture", "image/png"), "IMAGE_PROCESS_FAILED"),
        (Upload("a.png", b"", "image/png"), "file must be non-empty"),
        (Upload("a.png", bytes(10 * 1024 * 1024 + 1), "image/png"), "PHOTO_SAVE_FILE_INVALID"),
        (picture(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        ("AgAD", "wrong remote file identifier specified"),
        ("https://example.com/a.png", "failed to get HTTP URL content"),
    ],
)
async def test_what_is_no_photo_is_refused(call: Call, an: Person, photo: Upload | str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        await call("sendPhoto", chat_id=an.user.id, photo=photo)


async def test_a_caption_has_at_most_1024_characters_after_parsing(call: Call, an: Person) -> None:
    longest = "<i>" + "a" * 1024 + "</i>"
    assert await call("sendPhoto", chat_id=an.user.id, photo=picture(), caption=longest, parse_mode="HTML")
    with pytest.raises(Refusal, match="message caption is too long"):
        await call("sendPhoto", chat_id=an.user.id, photo=picture(), caption="a" * 1025)


async def test_a_photo_has_a_caption_to_edit_but_no_text(call: Call, an: Person) -> None:
    await call("sendPhoto", chat_id=an.user.id, photo=picture())
    edited = await call("editMessageCaption", chat_id=an.user.id, message_id=2, caption="NPS")
    assert (edited["caption"], len(edited["photo"])) == ("NPS", 1)
    with pytest.raises(Refusal, match="there is no text in the message to edit"):
        await call("editMessageText", chat_id=an.user.id, message_id=2, text="NPS")


async def test_a_text_has_no_caption_to_edit(call: Call, an: Person) -> None:
    await call("sendMessage", chat_id=an.user.id, text="a")
    with pytest.raises(Refusal, match="there is no caption in the message to edit"):
        await call("editMessageCaption", chat_id=an.user.id, message_id=2, caption="b")


async def test_a_picture_can_be_replaced(call: Call, an: Person) -> None:
    await call("sendPhoto", chat_id=an.user.id, photo=picture())
    media = {"type": "photo", "media": "attach://new", "caption": "Quý 4"}
    edited = await call("editMessageMedia", chat_id=an.user.id, message_id=2, media=media, new=picture(800, 600))
    assert (edited["photo"][-1]["width"], edited["caption"]) == (800, "Quý 4")


async def test_a_picture_can_give_way_to_a_document(call: Call, an: Person) -> None:
    await call("sendPhoto", chat_id=an.user.id, photo=picture())
    media = {"type": "document", "media": "attach://new"}
    edited = await call(
        "editMessageMedia", chat_id=an.user.id, message_id=2, media=media, new=Upload("a.csv", b"1", "text/csv")
    )
    assert ("photo" in edited, edited["document"]["file_name"]) == (False, "a.csv")


@pytest.mark.parametrize(
    ("media", "words"),
    [({"type": "photo"}, "media not found"), ({"type": "hologram", "media": "x"}, 'type "hologram" is unsupported')],
)
async def test_media_that_telegram_does_not_know_is_refused(
    call: Call, an: Person, media: dict[str, str], words: str
) -> None:
    await call("sendPhoto", chat_id=an.user.id, photo=picture())
    with pytest.raises(Refusal, match=words):
        await call("editMessageMedia", chat_id=an.user.id, message_id=2, media=media)


async def test_a_photo_is_no_document_and_a_document_no_photo(call: Call, an: Person) -> None:
    photo = await call("sendPhoto", chat_id=an.user.id, photo=picture())
    with pytest.raises(Refusal, match="can't use file of type Photo as Document"):
        await call("sendDocument", chat_id=an.user.id, document=photo["photo"][-1]["file_id"])
    document = await call("sendDocument", chat_id=an.user.id, document=Upload("a.csv", b"1", "text/csv"))
    with pytest.raises(Refusal, match="can't use file of type Document as Photo"):
        await call("sendPhoto", chat_id=an.user.id, photo=document["document"]["file_id"])


@pytest.mark.parametrize(("size", "words"), [(0, "file must be non-empty"), (50 * 1024 * 1024 + 1, "file is too big")])
async def test_a_document_has_at_least_a_byte_and_at_most_50_megabytes(
    call: Call, an: Person, size: int, words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        await call("sendDocument", chat_id=an.user.id, document=Upload("a.bin", bytes(size), "x/y"))


async def test_a_document_can_be_downloaded_again(call: Call, messenger: Messenger, an: Person) -> None:
    report = Upload("báo cáo.csv", b"n\n1\n", "text/csv")
    sent = await call("sendDocument", chat_id=an.user.id, document=report)
    assert (sent["document"]["file_name"], sent["document"]["file_size"]) == ("báo cáo.csv", 4)
    file = await call("getFile", file_id=sent["document"]["file_id"])
    assert messenger.files.at(file["file_path"]).upload == report


async def test_a_file_id_that_was_never_given_out_is_refused(call: Call) -> None:
    with pytest.raises(Refusal, match="wrong file_id or the file is temporarily unavailable"):
        await call("getFile", file_id="AgAD")


async def test_a_message_is_deleted_once(call: Call, an: Person) -> None:
    assert await call("deleteMessage", chat_id=an.user.id, message_id=1)
    with pytest.raises(Refusal, match="message to delete not found"):
        await call("deleteMessage", chat_id=an.user.id, message_id=1)


async def test_a_message_of_more_than_48_hours_stays(call: Call, an: Person, clock: Any) -> None:
    clock.step(hours=48, seconds=1)
    with pytest.raises(Refusal, match="message can't be deleted for everyone"):
        await call("deleteMessage", chat_id=an.user.id, message_id=1)


async def test_an_unknown_chat_action_is_refused(call: Call, an: Person) -> None:
    assert await call("sendChatAction", chat_id=an.user.id, action="typing")
    with pytest.raises(Refusal, match="wrong parameter action in request"):
        await call("sendChatAction", chat_id=an.user.id, action="thinking")


async def test_a_bot_gives_one_reaction_to_a_message(call: Call, an: Person) -> None:
    heart = {"type": "emoji", "emoji": "❤"}
    assert await call("setMessageReaction", chat_id=an.user.id, message_id=1, reaction=[heart])
    assert an.chat.messages[1].reactions == [heart]
    with pytest.raises(Refusal, match="REACTION_INVALID"):
        await call("setMessageReaction", chat_id=an.user.id, message_id=1, reaction=[{"type": "paid"}])
    with pytest.raises(Refusal, match="REACTIONS_TOO_MANY"):
        await call("setMessageReaction", chat_id=an.user.id, message_id=1, reaction=[heart, heart])
    with pytest.raises(Refusal, match="message to react not found"):
        await call("setMessageReaction", chat_id=an.user.id, message_id=99, reaction=[heart])
