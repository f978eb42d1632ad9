"""People with Telegram around the database into which the shop's books were imported, and the clock that moves them."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar

from bot import scheduler
from bot.domain.rules import Rules
from bot.playground.clock import ClockMover, MovableClock
from bot.playground.persons import Person
from bot.playground.shop import Shop
from bot.playground.world import Message
from bot.services import links, planning
from storage.database import Database
from storage.history import PurchaseRecord
from tests.stage import Stage, last

T = TypeVar("T")

CSM_NAME = "Lê Thu Hà"
CSM_NUMBER = 0
AT_ONCE = 10
TAPS = 2
PAUSE = timedelta(seconds=2)
"""So many people act in so much time that no speed limit of Telegram's is met."""


@dataclass(frozen=True)
class Scene:
    """The bot over the playground's messenger, at its speed limits."""

    stage: Stage
    rules: Rules
    mover: ClockMover
    csm: Person

    def now(self) -> datetime:
        return self.mover.clock.now()

    async def wait(self, duration: timedelta) -> None:
        await self.mover.advance(self.now() + duration)

    async def link(self, customers: Iterable[str]) -> dict[str, Person]:
        """Let customers follow the deep link that was made for each."""
        codes = {customer: sha256(customer.encode()).hexdigest()[:24] for customer in customers}
        people: dict[str, Person] = {}
        for number, (customer, code) in enumerate(codes.items(), start=CSM_NUMBER + 1):
            await self.stage.database.write(links.create_link, external_id=customer, rules=self.rules, code=code)
            people[customer] = self.stage.person(number, name=f"Khách {customer}", started=False)
        for some in _few(list(people.items())):
            for customer, person in some:
                person.start(codes[customer])
            await self.wait(PAUSE)
        return people

    async def give(self, answers: Sequence[tuple[Person, int, str]]) -> None:
        """Let people tap a score, twice as the impatient do, and then write their reason if they have one."""
        for some in _few(answers):
            for person, score, _ in some:
                survey = _latest_survey(person)
                for _ in range(TAPS):
                    person.tap(survey.message_id, str(score))
            await self.wait(PAUSE)
            for person, _, reason in some:
                if reason:
                    person.send_text(reason)
            await self.wait(PAUSE)

    async def ask(self, words: str) -> Message:
        """What the bot answers to the CSM."""
        self.csm.send_text(words)
        await self.wait(PAUSE)
        return last(self.csm.chat)

    def picture(self, message: Message) -> bytes:
        return self.stage.messenger.files.find(message.content["photo"][-1]["file_id"]).upload.content


def is_asked(person: Person) -> bool:
    """Whether scores to tap are in the person's chat."""
    return any(map(_has_scores, person.chat.messages.values()))


def _latest_survey(person: Person) -> Message:
    return next(filter(_has_scores, reversed(person.chat.messages.values())))


def _has_scores(message: Message) -> bool:
    return any(button["text"] == "10" for row in message.inline_keyboard for button in row)


def _few(everybody: Sequence[T]) -> Iterable[Sequence[T]]:
    return (everybody[start : start + AT_ONCE] for start in range(0, len(everybody), AT_ONCE))


@asynccontextmanager
async def open_scene(
    rules: Rules, url: str, *, start: datetime, sales: Iterable[PurchaseRecord]
) -> AsyncIterator[Scene]:
    """The unchanged bot on a clock that stands at `start` and moves only when told to; `sales` are made on the way."""
    clock = MovableClock(lambda: start)
    database = Database(url, now=clock.now)
    stage = Stage(database, clock, rules)
    stage.messenger.limits.enforced = True
    shop = Shop(database, sales, time_zone=rules.timezone)

    async def next_due(after: datetime) -> datetime | None:
        planned = await database.read(planning.next_due, rules=rules)
        return min((due for due in (planned, shop.next_due()) if due is not None and due > after), default=None)

    async def settle() -> None:
        await shop.keep_books(now=clock.now())
        await stage.settle()
        while await scheduler.run_planners_once(database, rules):
            await stage.settle()

    try:
        async with stage.app:
            csm = stage.person(CSM_NUMBER, name=CSM_NAME)
            yield Scene(stage, rules, ClockMover(clock, next_due=next_due, settle=settle), csm)
    finally:
        database.close()
