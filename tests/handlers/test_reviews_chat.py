"""Reviews as managers get them in the staff chat: a picture with the figures below, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot import scheduler
from bot.domain.delivery import Outcome, Proof
from bot.domain.rules import ReviewRules
from bot.services import delivery
from storage.database import Database
from tests import stage as stages
from tests.conftest import HandClock
from tests.factories import add_customer, put, row, rows
from tests.history import Asked, remember
from tests.stage import Stage, last, text

RULES = replace(stages.RULES, reviews=ReviewRules())
MONDAY = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)  # the first of December


def plan(database: Database) -> int:
    return database.write_now(scheduler.plan_reviews, rules=RULES)


async def test_the_week_and_then_the_month_come_with_their_pictures_once(
    stage: Stage, database: Database, clock: HandClock
) -> None:
    people = [add_customer(database, chat_id=None, name=f"Khách {number}") for number in range(6)]
    sent_at = MONDAY - timedelta(days=3)
    remember(database, [Asked(customer_id=one, sent_at=sent_at, score=9) for one in people])
    scored = {"customer_id": people[0], "day": MONDAY.date(), "score": 40, "scorecard": "general", "version": "1"}
    put(database, "health", **scored, colour="red", since=MONDAY.date(), parts=[], score_before=80)

    for one in people:
        bought = {"purchased_at": sent_at, "amount_minor": 100_000 * one, "currency": "VND"}
        put(database, "purchase", external_id=f"P{one}", customer_id=one, **bought)

    clock.advance(MONDAY - clock.now())
    assert plan(database) == 1
    await stage.settle()
    week = last(stage.staff)
    assert week.content["photo"]
    assert str(week.content["caption"]).startswith("Tuần qua, 23/11 – 29/11/2026")
    assert "NPS: +100 (" in str(week.content["caption"])
    assert "• Khách 0: 40" in str(week.content["caption"])

    clock.advance(TUESDAY - clock.now())
    assert plan(database) == 3
    await stage.settle()
    assert plan(database) == 0
    money = text(last(stage.staff))
    assert money.startswith("Tiền, tháng 11/2026")
    assert "Doanh thu: 2,1\N{NO-BREAK SPACE}triệu\N{NO-BREAK SPACE}₫ (" in money
    captions = [str(one.content["caption"]) for one in stage.staff.messages.values() if "photo" in one.content]
    assert [one.splitlines()[0].split(" (")[0] for one in captions[1:]] == [
        "Tháng 11/2026",
        "Sức khỏe khách hàng, so với 30 ngày trước",
    ]


async def test_a_review_of_which_nobody_knows_whether_it_came_is_sent_once_more(
    stage: Stage, database: Database, clock: HandClock
) -> None:
    add_customer(database)
    clock.advance(MONDAY - clock.now())
    plan(database)
    claimed = database.write_now(delivery.claim, rules=RULES, owner="died", limit=1)
    clock.advance(RULES.delivery.lease + timedelta(seconds=1))
    await stage.settle()
    clock.advance(timedelta(seconds=5))
    await stage.settle()
    late = Outcome(proof=Proof.SENT, message_id=1)
    database.write_now(delivery.record, rules=RULES, delivery=claimed.deliveries[0], outcome=late)
    assert len(rows(database, "outbox")) == 1
    assert (row(database, "outbox")["status"], row(database, "outbox")["possible_duplicate"]) == ("sent", True)
    assert len(stage.staff.messages) == 1
