"""What customers do besides answering: arriving, leaving, writing."""

from dataclasses import replace

import pytest

from bot.domain import taps
from bot.domain.greetings import greeting_facts
from bot.domain.messages import Language
from bot.domain.rules import HolidayGreeting
from bot.domain.touchpoints import Kind
from bot.services import links
from handlers.routes import BY_TAP, COMMANDS
from storage.database import Database
from tests.factories import CHAT, add_customer, add_staff, queue, queue_survey, row, rows
from tests.stage import RULES, Stage, labels, last, text

CODE = "abcdefghijklmnop"


async def test_a_deep_link_ties_the_chat_to_its_customer_once(stage: Stage, database: Database) -> None:
    add_customer(database, external_id="C1", chat_id=None)
    database.write_now(links.create_link, rules=RULES, external_id="C1", code=CODE)
    an, minh = stage.person(started=False), stage.person(1, started=False)
    an.start(CODE)
    await stage.settle()
    assert row(database, "customer")["chat_id"] == CHAT
    assert "chị An" in text(last(an.chat))
    minh.start(CODE)
    await stage.settle()
    assert row(database, "customer")["chat_id"] == CHAT
    assert "chỉ dùng được một lần" in text(last(minh.chat))


async def test_a_new_person_is_signed_up_and_may_share_the_number(stage: Stage, database: Database) -> None:
    add_customer(database, external_id="C1", chat_id=None, phone="+84912345670")
    an = stage.person(started=False)
    an.start()
    await stage.settle()
    assert an.chat.reply_keyboard is not None
    an.share_contact()
    await stage.settle()
    assert row(database, "customer")["external_id"] == "C1"
    assert "nhận ra" in text(last(an.chat))


async def test_somebody_elses_contact_is_refused(stage: Stage, database: Database) -> None:
    add_customer(database, external_id="C1", chat_id=None, phone="+84912345671")
    an, minh = stage.person(), stage.person(1)
    an.share_contact(of=minh.user)
    await stage.settle()
    assert row(database, "customer", external_id="C1")["chat_id"] is None
    assert "không phải số của chính" in text(last(an.chat))


@pytest.mark.parametrize(
    ("command", "answer"),
    [("/help", "/feedback"), ("/help@somebody_else_bot x", "Gần giống nhất là /help."), ("/nosuchcommand", "Gõ /help")],
)
async def test_help_is_answered_and_pointed_to(stage: Stage, database: Database, command: str, answer: str) -> None:
    add_customer(database)
    an = stage.person()
    an.send_text(command)
    await stage.settle()
    assert answer in text(last(an.chat))


async def test_privacy_is_answered_to_anybody(stage: Stage) -> None:
    an = stage.person(language="en")
    an.send_text("/privacy")
    await stage.settle()
    assert "What Hoa Mai keeps about you" in text(last(an.chat))


async def test_unknown_text_is_kept_acknowledged_and_told(stage: Stage, database: Database) -> None:
    add_customer(database)
    an = stage.person()
    an.send_text("Mấy giờ mở cửa?")
    await stage.settle()
    assert row(database, "interaction")["body"] == "Mấy giờ mở cửa?"
    assert "đã nhận được" in text(last(an.chat))
    assert "Mấy giờ mở cửa?" in text(last(stage.staff))


async def test_feedback_goes_to_staff_with_its_words_escaped(stage: Stage, database: Database) -> None:
    add_customer(database, name="An <script>")
    an = stage.person()
    an.send_text("/feedback Giá <b>5 & 6</b>")
    await stage.settle()
    assert "Giá <b>5 & 6</b>" in text(last(stage.staff))
    assert "An <script>" in text(last(stage.staff))


async def test_a_language_is_chosen_by_button(stage: Stage, database: Database) -> None:
    add_customer(database)
    an = stage.person()
    an.send_text("/language")
    await stage.settle()
    assert labels(last(an.chat)) == [["Tiếng Việt", "English"]]
    an.tap(last(an.chat).message_id, "English")
    await stage.settle()
    assert row(database, "customer")["language"] == "en"
    assert "speak English" in text(last(an.chat))


async def test_stop_is_kept_even_with_a_message_already_due(stage: Stage, database: Database) -> None:
    customer_id = add_customer(database)
    an = stage.person()
    an.send_text("/stop")
    await stage.settle()
    before = len(an.chat.messages)
    queue(database, "birthday", customer_id)  # type: ignore[arg-type]
    await stage.settle()
    assert len(an.chat.messages) == before
    an.send_text("/resume")
    await stage.settle()
    assert row(database, "customer")["stopped_at"] is None


async def test_a_block_is_noted_and_an_unblock_undoes_it(stage: Stage, database: Database) -> None:
    add_customer(database)
    an = stage.person()
    an.block()
    await stage.settle()
    assert row(database, "customer")["unreachable_at"] is not None
    an.unblock()
    await stage.settle()
    assert row(database, "customer")["unreachable_at"] is None


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", "Bot không nhắn được cho Nguyễn Thị An nữa"), ("en", "The bot can no longer write to Nguyễn Thị An")],
)
async def test_the_csm_is_told_of_a_block_and_care_goes_on_after_it(
    stage: Stage, database: Database, language: str, words: str
) -> None:
    stage.app.bot_data.rules = replace(stage.app.bot_data.rules, staff_chat_id=None)
    add_staff(database, CHAT + 7, language=language)
    hoa, an = stage.person(7, name="Hoa"), stage.person()
    customer_id = add_customer(database, csm_id=CHAT + 7)
    an.block()
    await stage.settle()
    queue_survey(database, customer_id)
    await stage.settle()
    assert [words in text(message) for message in hoa.chat.messages.values()] == [True]
    an.unblock()
    queue_survey(database, customer_id, Kind.CSAT)
    await stage.settle()
    assert "5" in str(last(an.chat).reply_markup)
    assert len(hoa.chat.messages) == 1


async def test_a_reply_to_somebody_who_has_just_blocked_the_bot_marks_them(stage: Stage, database: Database) -> None:
    add_customer(database)
    an = stage.person()
    an.send_text("/help")
    an.block()
    await stage.settle()
    assert row(database, "customer")["unreachable_at"] is not None
    assert rows(database, "inbox") == []


@pytest.mark.parametrize("command", [command.name for command in COMMANDS if command.role is not None])
async def test_a_staff_command_refuses_a_customer(stage: Stage, database: Database, command: str) -> None:
    add_customer(database)
    an = stage.person()
    an.send_text(f"/{command} An")
    await stage.settle()
    assert str(CHAT) in text(last(an.chat))
    assert rows(database, "loss") == rows(database, "success_plan") == rows(database, "survey_run") == []


def test_every_button_has_one_route_and_a_customers_button_is_one_of_those_that_check_their_owner() -> None:
    assert set(BY_TAP) == set(taps.TAPS.values())
    for_customers = {tap for tap, route in BY_TAP.items() if route.role is None}
    assert for_customers == {
        taps.Score,
        taps.SkipReason,
        taps.ChangeScore,
        taps.ChooseLanguage,
        taps.CheckInAnswer,
        taps.TickMilestone,
        taps.AskGoal,
        taps.ChooseGoal,
        taps.AnswerCompletion,
        taps.LeavingReason,
        taps.OfferAnswer,
        taps.AnswerForget,
        taps.SwitchTopic,
        taps.ChooseHours,
    }


@pytest.mark.parametrize("kind", [Kind.NPS, Kind.CES, Kind.CSAT, Kind.HOLIDAY_GREETING])
async def test_who_is_known_as_chi_is_so_in_everything_that_is_said(
    stage: Stage, database: Database, kind: Kind
) -> None:
    customer_id, an = add_customer(database), stage.person()
    if kind is Kind.HOLIDAY_GREETING:
        words = {Language.VI: "Kính chúc anh/chị an khang. Anh/chị giữ sức khỏe nhé."}
        queue(database, kind, customer_id, facts=greeting_facts(HolidayGreeting(key="tet", text=words)))
    else:
        queue_survey(database, customer_id, kind, "" if kind is Kind.NPS else "việc giao hàng")
    await stage.settle()
    heard = [text(asked := last(an.chat))]
    for score in ("5", "1") if labels(asked) else ():
        an.tap(asked.message_id, score)
        await stage.settle()
        heard.append(text(asked))
        an.tap(asked.message_id, "Đổi điểm")
        await stage.settle()
        heard.append(text(asked))
    an.send_text("Giao hàng chậm quá")
    for command in ("help", "settings", "feedback", "mydata", "forget", "stop", "resume", "blah"):
        an.send_text(f"/{command}")
    await stage.settle()
    heard += [text(one) for one in an.chat.messages.values() if one.sender.is_bot]
    assert len(heard) >= 10
    assert [one for one in heard if "anh/chị" in one.lower()] == []


async def test_of_a_command_that_there_is_not_the_nearest_of_ones_own_is_told(stage: Stage, database: Database) -> None:
    add_customer(database)
    add_staff(database, CHAT + 1, language="vi")
    for number, written, nearest in (
        (0, "/feedbak <b>", " Gần giống nhất là /feedback."),
        (0, "/custmers", ""),
        (1, "/custmers", " Gần giống nhất là /customers."),
    ):
        person = stage.person(number)
        person.send_text(written)
        await stage.settle()
        none = f"Không có lệnh {written.split()[0]}.{nearest}"
        assert text(last(person.chat)) == f"{none}\n\nGõ /help để xem các lệnh dùng được."


async def test_a_word_of_thanks_is_no_reason_to_be_moved_by(stage: Stage, database: Database) -> None:
    queue_survey(database, add_customer(database))
    an = stage.person()
    await stage.settle()
    an.tap(last(an.chat).message_id, "10")
    an.send_text("ok cảm ơn")
    await stage.settle()
    assert text(last(an.chat)) == "Dạ, bên em cảm ơn chị."
