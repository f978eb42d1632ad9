"""What customers do in chat besides answering surveys."""

from collections.abc import Callable, Sequence
from hashlib import sha256

from telegram import ChatMember, Message, Update

from bot.domain.messages import Reply
from bot.services import conversations, customers, links, open_questions
from handlers import replies
from handlers.context import Context, language_of, message, person


async def start(update: Update, context: Context) -> None:
    """`/start`, with the code of a deep link or without."""
    user, house = person(update), context.bot_data
    language = language_of(user, house.rules)
    facts = {"rules": house.rules, "chat_id": user.id, "language": language}
    if context.args:
        reply = await house.db.write(links.start, code=context.args[0], **facts)
    else:
        reply = await house.db.write(customers.greet, name=user.full_name, **facts)
    await replies.say(context, user.id, reply)


async def contact(update: Update, context: Context) -> None:
    """A shared contact, which proves a number only if it is the sender's own."""
    user, house = person(update), context.bot_data
    shared = message(update).contact
    assert shared is not None
    reply = await house.db.write(
        customers.share_contact,
        rules=house.rules,
        chat_id=user.id,
        user_id=user.id,
        contact_user_id=shared.user_id,
        phone=shared.phone_number,
        language=language_of(user, house.rules),
    )
    await replies.say(context, user.id, reply)


async def feedback(update: Update, context: Context) -> None:
    """`/feedback`, with the text or before it."""
    await _converse(update, context, conversations.give_feedback, text=" ".join(context.args or ()))


async def text(update: Update, context: Context) -> None:
    """Anything else that a person writes or sends."""
    came = message(update)
    caption = (came.caption or "") if came.text is None else None
    await _converse(update, context, conversations.receive_text, text=_body(update), caption=caption)


async def edited_text(update: Update, context: Context) -> None:
    """A person edited a message of theirs."""
    user = person(update)
    await context.bot_data.db.write(
        conversations.edit_text,
        chat_id=user.id,
        message_id=message(update).id,
        text=_body(update),
        words=words_of(message(update)),
        version=version_of(message(update)),
    )


async def _converse(
    update: Update, context: Context, use_case: Callable[..., Reply], *, text: str, **facts: object
) -> None:
    user, house = person(update), context.bot_data
    reply = await house.db.write(
        use_case,
        rules=house.rules,
        chat_id=user.id,
        message_id=message(update).id,
        language=language_of(user, house.rules),
        text=text,
        **facts,
    )
    await replies.say(context, user.id, reply)


def words_of(came: Message) -> str:
    """What is written in a message or under what it shows."""
    return came.text or came.caption or ""


def version_of(came: Message) -> str:
    """Tells one edit of a message from another, and from its own second coming."""
    at = came.edit_date.timestamp() if came.edit_date else 0
    return f"{at:.0f}:{sha256(words_of(came).encode()).hexdigest()[:12]}"


def _body(update: Update) -> str:
    """The words of a message; of a picture, a voice message and the like, its kind and its caption."""
    came = message(update)
    if came.text is not None:
        return came.text
    kinds = ("photo", "video", "voice", "video_note", "audio", "document", "sticker", "location")
    kind = next((name for name in kinds if getattr(came, name)), "message")
    return f"[{kind}] {came.caption or ''}".strip()


async def language(update: Update, context: Context) -> None:
    """`/language`: offer the choice."""
    await _answer(update, context, customers.ask_language)


async def stop(update: Update, context: Context) -> None:
    """`/stop`: no more messages."""
    await _answer(update, context, customers.stop)


async def resume(update: Update, context: Context) -> None:
    """`/resume`: messages again."""
    await _answer(update, context, customers.resume, rules=context.bot_data.rules)


async def cancel(update: Update, context: Context) -> None:
    """`/cancel`: what was to be written next is not waited for any more."""
    await _answer(update, context, open_questions.cancel, rules=context.bot_data.rules)


async def help_page(update: Update, context: Context) -> None:
    """`/help`."""
    await _answer(update, context, customers.show_help, rules=context.bot_data.rules)


async def unknown_command(
    update: Update, context: Context, *, of_staff: Sequence[str], of_customers: Sequence[str]
) -> None:
    """A command that we do not have: say so, and which of these is the most like it."""
    command, *_ = (message(update).text or "").split()
    known = {"of_staff": of_staff, "of_customers": of_customers}
    await _answer(update, context, customers.explain_unknown, rules=context.bot_data.rules, command=command, **known)


async def _answer(update: Update, context: Context, use_case: Callable[..., Reply], **facts: object) -> None:
    user, house = person(update), context.bot_data
    reply = await house.db.write(use_case, chat_id=user.id, language=language_of(user, house.rules), **facts)
    await replies.say(context, user.id, reply)


async def membership(update: Update, context: Context) -> None:
    """The person blocked the bot, or unblocked it."""
    member = update.my_chat_member
    assert member is not None
    blocked = member.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
    house = context.bot_data
    await house.db.write(customers.note_blocked, rules=house.rules, chat_id=member.chat.id, blocked=blocked)
