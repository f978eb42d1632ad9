from typing import Any

import pytest

from bot.domain.messages import Language, Reply
from bot.domain.rules import Rules, WinBackRules
from bot.domain.taps import LeavingReason, OfferAnswer
from bot.domain.touchpoints import Kind
from bot.domain.win_back import WORDS_WITHIN
from bot.services import conversations, planning, win_back
from storage.database import Database
from tests.factories import queue
from tests.stories import FIRST_CHAT, RULES, Clock, add_customer, change, look, put

CHAT = FIRST_CHAT + 1


@pytest.fixture
def customer_id(database: Database, clock: Clock) -> int:
    """A lost customer who was asked why."""
    found = add_customer(database, clock, lost_at=clock.now())
    loss_id = database.write_now(put, table="loss", customer_id=found, lost_at=clock.now(), source="staff", reason="")
    database.write_now(
        put,
        table="win_back",
        customer_id=found,
        loss_id=loss_id,
        status="asking",
        started_at=clock.now(),
        next_at=clock.now() + RULES.win_back.offer_after_silence,
    )
    return found


def give_reason(
    database: Database, reason: str, *, win_back_id: int = 1, chat_id: int = CHAT, outbox_id: int = 0
) -> Reply:
    return database.write_now(
        win_back.record_reason,
        rules=RULES,
        chat_id=chat_id,
        message_id=50,
        language=Language.EN,
        tap=LeavingReason(win_back_id, reason, outbox_id),
    )


def answer(database: Database, choice: str, *, win_back_id: int = 1, chat_id: int = CHAT, outbox_id: int = 0) -> Reply:
    return database.write_now(
        win_back.answer_offer,
        rules=RULES,
        chat_id=chat_id,
        message_id=51,
        language=Language.EN,
        tap=OfferAnswer(win_back_id, choice, outbox_id),
    )


def template(reply: Reply) -> str:
    said = reply.edit or reply.send[0]
    return said.template


@pytest.mark.usefixtures("customer_id")
def test_the_reason_sets_when_the_offer_comes(database: Database, clock: Clock) -> None:
    assert template(give_reason(database, "price")) == "win_back/reason_kept"
    [row] = database.read_now(look, table="win_back")
    assert (row.status, row.reason, row.reason_at) == ("reason", "price", clock.now())
    assert row.next_at == clock.now() + RULES.win_back.offer_after_reason


@pytest.mark.usefixtures("customer_id")
def test_a_second_tap_on_a_reason_changes_nothing_and_another_reason_replaces_it(
    database: Database, clock: Clock
) -> None:
    give_reason(database, "price")
    given_at = clock.now()
    clock.advance(RULES.win_back.offer_after_reason / 2)
    assert template(give_reason(database, "price")) == "win_back/reason_kept"
    [row] = database.read_now(look, table="win_back")
    assert row.reason_at == given_at
    give_reason(database, "quality")
    [row] = database.read_now(look, table="win_back")
    assert (row.reason, row.next_at) == ("quality", given_at + RULES.win_back.offer_after_reason)


@pytest.mark.usefixtures("customer_id")
def test_a_wish_to_talk_reaches_staff_once_and_stands(database: Database, clock: Clock) -> None:
    give_reason(database, "service")
    for choice in ("talk", "talk", "decline"):
        reply = answer(database, choice)
        assert reply.edit is not None
        assert reply.edit.facts == {"choice": "talk", "salutation": "chị"}
    [row] = database.read_now(look, table="win_back")
    assert (row.status, row.answer, row.answered_at, row.next_at) == ("ended", "talk", clock.now(), None)
    [told] = database.read_now(look, table="outbox", kind="case")
    assert (told.template, told.facts["reason"]) == ("win_back/wants_to_talk", "service")
    assert len(database.read_now(look, table="support_case")) == 1


@pytest.mark.usefixtures("customer_id")
def test_who_declined_may_talk_after_all(database: Database) -> None:
    answer(database, "decline")
    assert database.read_now(look, table="outbox") == []
    answer(database, "talk")
    assert len(database.read_now(look, table="support_case")) == 1


@pytest.mark.usefixtures("customer_id")
@pytest.mark.parametrize(("win_back_id", "chat_id"), [(1, CHAT + 1), (2, CHAT)])
def test_a_tap_that_is_not_the_customers_own_changes_nothing(
    database: Database, win_back_id: int, chat_id: int
) -> None:
    assert template(give_reason(database, "price", win_back_id=win_back_id, chat_id=chat_id)) == (
        "customers/stale_button"
    )
    assert template(answer(database, "talk", win_back_id=win_back_id, chat_id=chat_id)) == "customers/stale_button"
    [row] = database.read_now(look, table="win_back")
    assert (row.status, row.reason, row.answer) == ("asking", None, None)


def test_taps_prove_that_their_messages_arrived(database: Database, customer_id: int) -> None:
    for kind, tap in ((Kind.WIN_BACK, give_reason), (Kind.OFFER, answer)):
        outbox_id = queue(database, kind, customer_id)
        database.write_now(change, table="outbox", row_id=outbox_id, status="unknown")
        tap(database, "price" if kind is Kind.WIN_BACK else "decline", outbox_id=outbox_id)
        [row] = database.read_now(look, table="outbox", id=outbox_id)
        assert row.status == "sent"


@pytest.mark.usefixtures("customer_id")
def test_a_button_that_we_never_made_changes_nothing(database: Database) -> None:
    assert template(give_reason(database, "nonsense")) == "customers/stale_button"
    assert template(answer(database, "nonsense")) == "customers/stale_button"


def test_taps_after_the_customer_came_back_are_answered_politely(
    database: Database, clock: Clock, customer_id: int
) -> None:
    clock.advance(RULES.win_back.ask_after)
    database.write_now(change, table="customer", row_id=customer_id, last_purchase_at=clock.now())
    database.write_now(win_back.plan_returns, rules=RULES)
    assert template(give_reason(database, "price")) == "win_back/late"
    assert template(answer(database, "talk")) == "win_back/late"


def test_who_is_gone_cannot_be_marked_as_lost(database: Database) -> None:
    message = database.write_now(win_back.mark_lost, rules=RULES, customer_id=99, reason="", language=Language.EN)
    assert message.template == "win_back/unknown"


@pytest.mark.parametrize(
    ("rules", "values", "will_ask"),
    [
        (RULES, {}, True),
        (RULES, {"chat_id": None}, False),
        (Rules(win_back=WinBackRules(enabled=False)), {}, False),
    ],
)
def test_staff_hear_whether_the_customer_will_be_asked(
    database: Database, clock: Clock, rules: Rules, values: dict[str, Any], will_ask: bool
) -> None:
    customer_id = add_customer(database, clock, 2, **values)
    message = database.write_now(
        win_back.mark_lost, rules=rules, customer_id=customer_id, reason="", language=Language.EN
    )
    assert message.facts["will_write"] is will_ask


def test_who_told_staff_why_they_leave_is_not_asked_again_and_gets_the_offer(database: Database, clock: Clock) -> None:
    rules = Rules(win_back=WinBackRules(holdout=0))
    for customer, reason in (
        (add_customer(database, clock, number), reason) for number, reason in ((1, "giá"), (2, ""))
    ):
        facts = {"customer_id": customer, "reason": reason, "language": Language.EN}
        database.write_now(win_back.mark_lost, rules=rules, **facts)
    coming = database.read_now(planning.upcoming, rules=rules, days=9)
    offered_at = clock.now() + rules.win_back.ask_after + rules.win_back.offer_after_reason
    assert [one.when for one in coming if one.kind is Kind.OFFER] == [offered_at]
    assert [one.customer_id for one in coming if one.kind is Kind.WIN_BACK] == [2]
    clock.advance(rules.win_back.ask_after)
    database.write_now(win_back.plan_win_back, rules=rules)
    [asked] = database.read_now(look, table="outbox", kind=Kind.WIN_BACK)
    assert (asked.customer_id, asked.facts["silent"]) == (2, False)
    clock.advance(rules.win_back.offer_after_reason)
    database.write_now(win_back.plan_offers, rules=rules)
    [offered] = database.read_now(look, table="outbox", kind=Kind.OFFER)
    assert offered.customer_id == 1


def write(database: Database, text: str, *, message_id: int) -> Reply:
    return database.write_now(
        conversations.receive_text,
        rules=RULES,
        chat_id=CHAT,
        message_id=message_id,
        language=Language.VI,
        text=text,
    )


def test_what_is_told_after_the_tap_stays_with_the_loss_and_staff_read_it(
    database: Database, clock: Clock, customer_id: int
) -> None:
    assert template(write(database, "Cho hỏi giờ mở cửa", message_id=60)) == "customers/message_kept"
    give_reason(database, "other")
    assert write(database, "chào em", message_id=61).send == ()
    assert template(write(database, "nhà chuyển đi xa rồi", message_id=62)) == "win_back/words_kept"
    assert write(database, "Cho hỏi giờ mở cửa", message_id=63).send == ()
    [kept] = database.read_now(look, table="interaction", message_id=62)
    assert (kept.body, kept.closed_at) == ("nhà chuyển đi xa rồi", None)
    known = database.write_now(
        win_back.mark_lost, rules=RULES, customer_id=customer_id, reason="", language=Language.EN
    )
    assert [known.facts[name] for name in ("new", "reason", "words")] == [False, "other", "nhà chuyển đi xa rồi"]


@pytest.mark.usefixtures("customer_id")
def test_an_edit_of_why_they_left_changes_the_loss_and_of_anything_else_does_not(database: Database) -> None:
    write(database, "Cho hỏi giờ mở cửa", message_id=60)
    give_reason(database, "other")
    write(database, "nhà chuyển đi sa", message_id=62)
    for message_id, text in ((60, "Cho hỏi giờ đóng cửa"), (62, "nhà chuyển đi xa")):
        edit = {"chat_id": CHAT, "message_id": message_id, "text": text, "words": text, "version": "2"}
        database.write_now(conversations.edit_text, **edit)
        [loss] = database.read_now(look, table="loss")
        assert loss.reason == ("nhà chuyển đi sa" if message_id == 60 else "nhà chuyển đi xa")


@pytest.mark.usefixtures("customer_id")
def test_what_is_written_a_day_after_the_tap_is_no_reason(database: Database, clock: Clock) -> None:
    give_reason(database, "other")
    clock.advance(WORDS_WITHIN)
    assert template(write(database, "Cho hỏi giờ mở cửa", message_id=60)) == "customers/message_kept"
