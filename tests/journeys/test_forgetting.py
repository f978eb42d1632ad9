"""Somebody asks to be forgotten while things are under way."""

from datetime import timedelta

from bot import scheduler
from bot.domain.delivery import Outcome, Proof
from bot.domain.messages import Language
from bot.domain.taps import AnswerForget, StartPlan
from bot.domain.touchpoints import Kind
from bot.services import delivery, plans, privacy
from tests.stories import FIRST_CHAT, STAFF_CHAT, Story, add_customer, look

YEAR = timedelta(days=400)


def forget(story: Story, customer_id: int) -> None:
    tap = AnswerForget(customer_id, "yes")
    story.database.write_now(
        privacy.answer_forget, rules=story.rules, message_id=1, chat_id=FIRST_CHAT + 1, language=Language.VI, tap=tap
    )


async def test_who_is_forgotten_between_planning_and_sending_hears_nothing_ever(story: Story) -> None:
    evening = story.clock.now() + timedelta(hours=13)
    customer_id = add_customer(
        story.database, story.clock, next_nps_at=evening, birth_month=12, birth_day=24, last_purchase_at=evening
    )
    start = {"rules": story.rules, "staff_id": 1, "language": Language.VI, "tap": StartPlan(customer_id, "onboarding")}
    story.database.write_now(plans.start_plan, **start)
    await story.live(evening)
    [planned] = story.database.read_now(look, table="outbox", kind=Kind.NPS)
    assert (planned.status, planned.hold_rule) == ("pending", "quiet_hours")
    forget(story, customer_id)
    await story.live(story.clock.now() + YEAR)
    assert [(one.kind, one.chat_id) for one in story.said] == [(Kind.NOTICE, STAFF_CHAT)]


async def test_what_is_being_sent_at_that_moment_is_not_tried_again(story: Story) -> None:
    customer_id = add_customer(story.database, story.clock, next_nps_at=story.clock.now())
    await story.settle()
    await story.live(story.clock.now() + timedelta(days=13, hours=23))
    story.clock.advance(timedelta(hours=1))
    await scheduler.run_planners_once(story.database, story.rules)
    claimed = story.database.write_now(delivery.claim, rules=story.rules, owner="o", limit=9)
    assert {one.kind for one in claimed.deliveries} == {Kind.CLOSING}
    forget(story, customer_id)
    for one in claimed.deliveries:
        story.database.write_now(
            delivery.record, rules=story.rules, delivery=one, outcome=Outcome(proof=Proof.NOT_SENT, error="no line")
        )
    before = len(story.said)
    await story.live(story.clock.now() + timedelta(days=1))
    assert [one.kind for one in story.said[before:]] == [Kind.NOTICE]
    kept = story.database.read_now(look, table="outbox", kind=Kind.CLOSING)
    assert {one.status for one in kept} == {"cancelled"}
