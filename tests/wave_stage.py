"""Managers, the customers of a wave, and time passing, over the real application."""

from datetime import UTC, datetime, timedelta

from bot import scheduler
from bot.playground.persons import Person
from bot.playground.world import Message
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer
from tests.stage import Stage, labels, last, text

MANAGER = 100
TUESDAY = datetime(2026, 12, 1, 1, tzinfo=UTC)  # 8:00 in Saigon
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def crowd(stage: Stage, database: Database, count: int = 5) -> list[Person]:
    """Customers KH0, KH1 and so on, each with a chat."""
    for number in range(count):
        add_customer(database, name=f"Khách {number}", external_id=f"KH{number}", chat_id=CHAT + number)
    return [stage.person(number, name=f"Khách {number}") for number in range(count)]


async def live(stage: Stage, clock: HandClock, by: timedelta = timedelta(0)) -> None:
    """Let time pass, plan and send."""
    clock.advance(by)
    await stage.settle()
    while await scheduler.run_planners_once(stage.database, stage.app.bot_data.rules):
        await stage.settle()
    await stage.settle()


async def said(stage: Stage, person: Person, words: str) -> Message:
    """What the bot answers to somebody's words."""
    person.send_text(words)
    await stage.settle()
    return last(person.chat)


async def tapped(stage: Stage, person: Person, message: Message, label: str) -> str:
    """What a message says once a button of it was tapped."""
    person.tap(message.message_id, label)
    await stage.settle()
    return text(message)


def asked(people: list[Person], *, scores: int = 11) -> int:
    """How many have a question with so many scores in their chat."""
    return sum(
        any(sum(map(len, labels(message))) == scores for message in person.chat.messages.values()) for person in people
    )


async def after(stage: Stage, clock: HandClock, page: Message) -> Message:
    """The page once enough time has passed for it to be brought up to date."""
    await live(stage, clock, timedelta(minutes=11))
    return page
