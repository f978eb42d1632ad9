"""A customer falls silent, is asked why, gets one offer, and then peace, or comes back."""

from datetime import timedelta

from bot.domain.messages import Language, Reply
from bot.domain.taps import LeavingReason, OfferAnswer
from bot.domain.touchpoints import Kind
from bot.services import win_back
from tests.stories import ON_SQLITE, STAFF_CHAT, Said, Story, add_customer, change, look

DAY = timedelta(days=1)


def silent_customer(story: Story) -> int:
    return add_customer(story.database, story.clock, last_purchase_at=story.clock.now())


def reason_of(said: Said, reason: str) -> LeavingReason:
    return next(tap for tap in said.taps if isinstance(tap, LeavingReason) and tap.reason == reason)


def answer_of(said: Said, choice: str) -> OfferAnswer:
    return next(tap for tap in said.taps if isinstance(tap, OfferAnswer) and tap.choice == choice)


def tap_reason(story: Story, said: Said, reason: str) -> Reply:
    return story.database.write_now(
        win_back.record_reason,
        rules=story.rules,
        chat_id=said.chat_id,
        message_id=said.message_id,
        language=Language.VI,
        tap=reason_of(said, reason),
    )


def tap_answer(story: Story, said: Said, choice: str) -> Reply:
    return story.database.write_now(
        win_back.answer_offer,
        rules=story.rules,
        chat_id=said.chat_id,
        message_id=said.message_id,
        language=Language.VI,
        tap=answer_of(said, choice),
    )


async def test_silence_then_the_question_then_the_reason_then_one_offer_then_a_talk(story: Story) -> None:
    silent_customer(story)
    await story.live(story.clock.now() + 92 * DAY)
    [asked] = story.said
    assert (asked.kind, asked.local()) == (Kind.WIN_BACK, "2027-02-19 10:00")  # 90 days of silence and one more

    thanks = tap_reason(story, asked, "price")
    assert thanks.edit is not None
    assert thanks.edit.facts == {"reason": "price", "salutation": "chị"}
    await story.live(story.clock.now() + 4 * DAY)
    offered = story.said[-1]
    assert (offered.kind, offered.local()) == (Kind.OFFER, "2027-02-23 10:00")

    tap_answer(story, offered, "talk")
    await story.live(story.clock.now() + 365 * DAY)
    opened = [Kind.WIN_BACK, Kind.OFFER, Kind.TOPIC, Kind.CARD, Kind.CASE]
    assert story.kinds()[:5] == opened
    told = story.said[4]
    assert told.chat_id == STAFF_CHAT
    assert "Giá chưa phù hợp" in told.text
    assert {one.chat_id for one in story.said[5:]} == {STAFF_CHAT}  # nobody took it on, which staff are told


async def test_who_does_not_answer_gets_the_offer_after_a_week_and_nothing_after_declining(story: Story) -> None:
    silent_customer(story)
    await story.live(story.clock.now() + 99 * DAY)
    assert [(one.kind, one.local()) for one in story.said] == [
        (Kind.WIN_BACK, "2027-02-19 10:00"),
        (Kind.OFFER, "2027-02-26 10:00"),
    ]
    tap_answer(story, story.said[-1], "decline")
    await story.live(story.clock.now() + 365 * DAY)
    assert len(story.said) == 2
    [row] = story.database.read_now(look, table="win_back")
    assert (row.status, row.answer, row.next_at) == ("ended", "decline", None)


async def test_a_purchase_ends_the_win_back_and_care_begins_again(story: Story) -> None:
    customer_id = silent_customer(story)
    await story.live(story.clock.now() + 95 * DAY)
    assert story.kinds() == [Kind.WIN_BACK]
    story.database.write_now(change, table="customer", row_id=customer_id, last_purchase_at=story.clock.now())
    await story.live(story.clock.now() + 30 * DAY)
    assert story.kinds() == [Kind.WIN_BACK]
    [loss] = story.database.read_now(look, table="loss")
    assert loss.recovered_at == story.clock.now() - 30 * DAY
    [customer] = story.database.read_now(look, table="customer")
    assert customer.lost_at is None
    late = tap_reason(story, story.said[0], "price")
    assert late.edit is not None
    assert late.edit.template == "win_back/late"


@ON_SQLITE
async def test_who_falls_silent_again_is_asked_again_but_not_within_half_a_year(story: Story) -> None:
    customer_id = silent_customer(story)
    await story.live(story.clock.now() + 92 * DAY)
    story.database.write_now(change, table="customer", row_id=customer_id, last_purchase_at=story.clock.now())
    await story.live(story.clock.now() + 300 * DAY)
    assert story.kinds() == [Kind.WIN_BACK]
    assert [row.source for row in story.database.read_now(look, table="loss")] == ["silence", "silence"]
    [held] = story.database.read_now(look, table="outbox", status="expired")
    assert held.kind == "win_back"


@ON_SQLITE
async def test_who_links_the_chat_after_leaving_is_asked_a_day_later(story: Story) -> None:
    customer_id = add_customer(
        story.database, story.clock, last_purchase_at=story.clock.now() - 400 * DAY, chat_id=None, linked_at=None
    )
    await story.live(story.clock.now() + 5 * DAY)
    assert story.said == []
    story.database.write_now(change, table="customer", row_id=customer_id, chat_id=77, linked_at=story.clock.now())
    linked_at = story.clock.now()
    await story.live(linked_at + 2 * DAY)
    assert [(one.kind, one.at) for one in story.said] == [(Kind.WIN_BACK, linked_at + DAY)]


async def test_staff_mark_a_customer_as_lost_and_what_was_waiting_is_cancelled(story: Story) -> None:
    customer_id = add_customer(story.database, story.clock, next_nps_at=story.clock.now())
    story.clock.advance(timedelta(hours=14))  # midnight: the survey waits for the morning
    await story.settle()
    message = story.database.write_now(
        win_back.mark_lost, rules=story.rules, customer_id=customer_id, reason="chuyển nhà", language=Language.VI
    )
    assert (message.facts["new"], message.facts["will_ask"]) == (True, True)
    [waiting] = story.database.read_now(look, table="outbox")
    [run] = story.database.read_now(look, table="survey_run")
    assert (waiting.kind, waiting.status, run.closed_at) == ("nps", "cancelled", story.clock.now())
    again = story.database.write_now(
        win_back.mark_lost, rules=story.rules, customer_id=customer_id, reason="", language=Language.VI
    )
    assert (again.facts["new"], again.facts["since"]) == (False, story.clock.now())
    [loss] = story.database.read_now(look, table="loss")
    assert (loss.source, loss.reason) == ("staff", "chuyển nhà")
    await story.live(story.clock.now() + 2 * DAY)
    assert story.kinds() == [Kind.WIN_BACK]
