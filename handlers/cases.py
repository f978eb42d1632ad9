"""Cases: what staff tap and write about them, and what they say to the customer."""

from collections.abc import Callable

import telegram
from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.delivery import Place
from bot.domain.messages import Message, Reply
from bot.domain.portfolio import Chosen, read_note
from bot.services import case_talk, cases, staff
from handlers import auditing, choosing, customers, replies
from handlers.context import Context, language_of, message, person, written

CASE, LOG = "case", "log"


async def list_cases(update: Update, context: Context) -> None:
    """`/cases`."""
    by = await choosing.asker(update, context)
    said = await auditing.look(
        context, Deed(staff_id=by.user_id, command="cases"), cases.list_cases, language=by.language
    )
    await _say(update, context, Reply(send=(said,)))


async def case(update: Update, context: Context) -> None:
    """`/case CUSTOMER: text`."""
    query, words = read_note(written(update))
    await choosing.act(update, context, CASE, open_case, query=query, words=words)


async def open_case(update: Update, context: Context, chosen: Chosen) -> Message:
    """A member of staff opens a case."""
    by, house = await choosing.asker(update, context), context.bot_data
    return await auditing.act(
        context,
        Deed(staff_id=by.user_id, command=CASE, customer_id=chosen.customer_id),
        cases.open_by_staff,
        rules=house.rules,
        by=by,
        chat_id=message(update).chat_id,
        message_id=chosen.message_id,
        customer_id=chosen.customer_id,
        words=chosen.words,
    )


async def log(update: Update, context: Context) -> None:
    """`/log CUSTOMER: call …`."""
    query, words = read_note(written(update))
    await choosing.act(update, context, LOG, log_contact, query=query, words=words)


async def log_contact(update: Update, context: Context, chosen: Chosen) -> Message:
    """A call or a meeting goes onto the customer's profile."""
    by = await choosing.asker(update, context)
    return await auditing.act(
        context,
        Deed(staff_id=by.user_id, command=LOG, customer_id=chosen.customer_id),
        case_talk.log_contact,
        rules=context.bot_data.rules,
        by=by,
        chat_id=message(update).chat_id,
        message_id=chosen.message_id,
        customer_id=chosen.customer_id,
        words=chosen.words,
    )


async def show(update: Update, context: Context, tap: taps.ShowCase) -> None:
    """A case is looked at."""
    await _look(update, context, tap.case_id, cases.show_case)


async def _look(update: Update, context: Context, case_id: int, use_case: Callable[..., Reply]) -> None:
    """What stands in a case is shown where it was asked for."""
    by, tapped = await choosing.asker(update, context), message(update)
    deed = Deed(staff_id=by.user_id, command="show_case", case_id=case_id)
    place = {"chat_id": tapped.chat_id, "thread_id": thread_of(tapped), "message_id": tapped.id}
    await _say(update, context, await auditing.act(context, deed, use_case, by=by, case_id=case_id, **place))


async def claim(update: Update, context: Context, tap: taps.ClaimCase) -> None:
    """Somebody takes the case on."""
    by = await choosing.asker(update, context)
    deed = Deed(staff_id=by.user_id, command="claim_case", case_id=tap.case_id)
    await _change(update, context, deed, cases.claim_case, by=by, case_id=tap.case_id)


async def offer_replies(update: Update, context: Context, tap: taps.OfferReplies) -> None:
    """Somebody wants to write to the customer."""
    await _look(update, context, tap.case_id, case_talk.offer_replies)


async def use_canned_reply(update: Update, context: Context, tap: taps.CannedReply) -> None:
    """A canned reply is looked at, or sent."""
    by, tapped = await choosing.asker(update, context), message(update)
    deed = Deed(staff_id=by.user_id, command="reply" if tap.sends else "show_case", case_id=tap.case_id)
    reply = await auditing.act(
        context,
        deed,
        case_talk.use_canned_reply,
        rules=context.bot_data.rules,
        by=by,
        chat_id=tapped.chat_id,
        message_id=tapped.id,
        tap=tap,
    )
    await _say(update, context, reply)


async def snooze(update: Update, context: Context, tap: taps.SnoozeCase) -> None:
    """The case rests."""
    by = await choosing.asker(update, context)
    deed = Deed(staff_id=by.user_id, command="snooze_case", case_id=tap.case_id)
    await _change(update, context, deed, cases.snooze_case, by=by, tap=tap)


async def resolve(update: Update, context: Context, tap: taps.ResolveCase) -> None:
    """The case is resolved, step by step."""
    by = await choosing.asker(update, context)
    deed = Deed(staff_id=by.user_id, command="resolve_case", case_id=tap.case_id)
    await _change(update, context, deed, cases.resolve_case, by=by, tap=tap)


async def _change(
    update: Update, context: Context, deed: Deed, use_case: Callable[..., Reply], **facts: object
) -> None:
    """A tap on a card changes its case: this card at once, its others by the outbox."""
    rules, tapped = context.bot_data.rules, message(update)
    place = Place(tapped.chat_id, tapped.id)
    await _say(update, context, await auditing.act(context, deed, use_case, rules=rules, tapped=place, **facts))


async def group_message(update: Update, context: Context) -> None:
    """What is written in a staff group: in a case's topic, or in reply to one of its messages."""
    reply = await _answer(update, context)
    if reply is not None:
        await _say(update, context, reply)


async def private_message(update: Update, context: Context) -> None:
    """What is written in a private chat: by a member of staff to the customer of a case, or by a customer."""
    reply = await _answer(update, context)
    if reply is None:
        await customers.text(update, context)
    else:
        await _say(update, context, reply)


async def edited(update: Update, context: Context) -> None:
    """Somebody in a staff chat edited a message, which may have gone to a customer."""
    came, house = message(update), context.bot_data
    by = await house.db.read(staff.identify, user_id=person(update).id, rules=house.rules)
    if by is None:
        return
    await house.db.write(
        case_talk.edit_answer,
        by=by,
        chat_id=came.chat_id,
        message_id=came.id,
        text=customers.words_of(came),
        version=customers.version_of(came),
    )


async def private_edit(update: Update, context: Context) -> None:
    """A message in a private chat was edited: of a member of staff, or of a customer."""
    await edited(update, context)
    await customers.edited_text(update, context)


async def unsend(update: Update, context: Context) -> None:
    """`/unsend`, in reply to one's own answer."""
    by, house, came = await choosing.asker(update, context), context.bot_data, message(update)
    answered = came.reply_to_message
    reply = await house.db.write(
        case_talk.unsend_answer,
        rules=house.rules,
        by=by,
        chat_id=came.chat_id,
        reply_to=answered.id if answered is not None else None,
    )
    await _say(update, context, reply)


async def _answer(update: Update, context: Context) -> Reply | None:
    user, house, came = person(update), context.bot_data, message(update)
    answered, thread_id = came.reply_to_message, thread_of(came)
    by = await house.db.read(staff.identify, user_id=user.id, rules=house.rules)
    if by is None and answered is None and thread_id is None:
        return None
    return await house.db.write(
        case_talk.answer_in_chat,
        rules=house.rules,
        by=by,
        chat_id=came.chat_id,
        thread_id=thread_id,
        reply_to=answered.id if answered is not None else None,
        message_id=came.id,
        text=customers.words_of(came),
        media=came.text is None,
        language=language_of(user, house.rules),
    )


async def _say(update: Update, context: Context, reply: Reply) -> None:
    """In a topic, say it there; elsewhere, in a group, say it to the message that it is about."""
    came = message(update)
    thread_id = thread_of(came)
    await replies.say(
        context,
        came.chat_id,
        reply,
        tapped=came.id,
        thread_id=thread_id,
        reply_to=came.id if thread_id is None else None,
    )


def thread_of(came: telegram.Message) -> int | None:
    """The forum topic of a message; Telegram also numbers threads of replies, which are none."""
    return came.message_thread_id if came.is_topic_message else None
