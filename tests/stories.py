"""What the tests of planners and journeys share: customers to put in, and a business that lives through time.

Only the messenger is made up: whatever is claimed is taken as delivered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from bot import scheduler
from bot.domain.delivery import Outcome, Proof
from bot.domain.messages import Language
from bot.domain.rules import DeliveryRules, MilestoneTemplate, PlanTemplate, ReviewRules, Rules
from bot.domain.taps import Tap
from bot.domain.touchpoints import Kind
from bot.render import Renderer
from bot.services import delivery, planning
from storage import tables
from storage.database import Database, Tx, is_sqlite
from tests import factories

SAIGON = "Asia/Ho_Chi_Minh"
STAFF_CHAT = -1_001_234_567_890_123
FIRST_CHAT = 5_000_000_000_000
WORDS = {Language.VI: "lời", Language.EN: "words"}
ONBOARDING = PlanTemplate(
    key="onboarding",
    name={Language.VI: "Năm đầu", Language.EN: "First year"},
    goal=WORDS,
    milestones=tuple(
        MilestoneTemplate(
            key=f"m{days}", after_days=days, title={Language.VI: f"Mốc {days}", Language.EN: f"Day {days}"}
        )
        for days in (30, 90, 180, 365)
    ),
)
# A standing clock would hold everything back that comes after the first burst; reviews are no customer's story.
RULES = Rules(
    plans=(ONBOARDING,),
    staff_chat_id=STAFF_CHAT,
    delivery=DeliveryRules(per_second=1000),
    reviews=ReviewRules(weekly_at=None, monthly_at=None),
)


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For a journey over years beside one that takes the same planners through the same years on both databases."""


class Clock(Protocol):
    """A clock moved by hand."""

    def now(self) -> datetime: ...
    def advance(self, by: timedelta) -> datetime: ...


def put(tx: Tx, *, now: datetime, table: str, **values: Any) -> int:
    """Put a row into a table."""
    found = tables.metadata.tables[table]
    return int(tx.execute(insert(found).values(**values).returning(found.c.id)).scalar_one())


def look(tx: Tx, *, now: datetime, table: str, **where: Any) -> list[Any]:
    """The rows of a table with these values, in the order of their ids."""
    found = tables.metadata.tables[table]
    statement = select(found).where(*(found.c[name] == value for name, value in where.items()))
    return list(tx.execute(statement.order_by(found.c.id)).all())


def change(tx: Tx, *, now: datetime, table: str, row_id: int, **values: Any) -> None:
    """Change a row of a table."""
    found = tables.metadata.tables[table]
    tx.execute(update(found).where(found.c.id == row_id).values(**values))


def plan_once(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """The scheduler's planners in turn, in one transaction, which PostgreSQL would not let: thousands find nothing."""
    found = 0
    for duty in scheduler.DUTIES:
        while done := duty.planner(tx, now=now, rules=rules):
            found += done
    return found


def add_customer(database: Database, clock: Clock, number: int = 1, **columns: Any) -> int:
    """A customer who linked their chat now and is known by a number; returns the id."""
    usual = {"name": f"Nguyễn Thị An {number}", "chat_id": FIRST_CHAT + number, "linked_at": clock.now()}
    return factories.add_customer(database, **{**usual, **columns})


@dataclass(frozen=True)
class Said:
    """A message that went out."""

    at: datetime
    kind: Kind
    chat_id: int
    message_id: int
    text: str
    taps: tuple[Tap, ...]
    edited: bool

    def local(self, zone: str = SAIGON) -> str:
        """When, by a clock on the wall."""
        return self.at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@dataclass
class Story:
    """A business over time: planners run, messages go out, and the clock moves to the next thing that is due."""

    database: Database
    clock: Clock
    rules: Rules = RULES
    said: list[Said] = field(default_factory=list)

    async def settle(self) -> None:
        """Plan and send until nothing is left to do at this time."""
        while await self._plan() + await self._deliver():
            pass

    async def _plan(self) -> int:
        if is_sqlite(self.database.url):
            return await self.database.write(plan_once, rules=self.rules)
        return await scheduler.run_planners_once(self.database, self.rules)

    async def live(self, until: datetime, *, most: int = 1000, stop_at: Kind | None = None) -> None:
        """Let time pass from one due instant to the next; until then, or until one of a kind goes out."""
        await self.settle()
        seen = len(self.said)
        for _ in range(most):
            due = await self.database.read(planning.next_due, rules=self.rules)
            assert due is None or due > self.clock.now()
            step = until if due is None else min(due, until)
            self.clock.advance(step - self.clock.now())
            await self.settle()
            if step == until or stop_at in self.kinds()[seen:]:
                return
        raise AssertionError(f"still at {self.clock.now()} after {most} steps")

    async def _deliver(self) -> int:
        claimed = await self.database.write(delivery.claim, rules=self.rules, owner="story", limit=16)
        for one in claimed.deliveries:
            message_id = one.edit_message_id or 1000 + len(self.said)
            rendered = Renderer(self.rules).render(one.message)
            buttons = tuple(button.tap for row in one.message.keyboard for button in row)
            self.said.append(
                Said(
                    at=self.clock.now(),
                    kind=one.kind,
                    chat_id=one.chat_id,
                    message_id=message_id,
                    text=rendered.text,
                    taps=buttons,
                    edited=one.edit_message_id is not None,
                )
            )
            outcome = Outcome(proof=Proof.SENT, message_id=message_id)
            await self.database.write(delivery.record, rules=self.rules, delivery=one, outcome=outcome)
        return claimed.judged

    def kinds(self) -> list[Kind]:
        """What went out, in order."""
        return [one.kind for one in self.said]

    def of(self, *kinds: Kind) -> Sequence[Said]:
        """What went out of these kinds."""
        return [one for one in self.said if one.kind in kinds]
