from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import plans
from bot.domain.plans import CheckInStep, Milestone, Plan, PlanStatus, Round
from bot.domain.rules import CheckInRules
from bot.domain.touchpoints import Kind

SAIGON = "Asia/Ho_Chi_Minh"
START = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "unanswered", "step"),
    [
        (1, [], CheckInStep.ASK),
        (2, [1], CheckInStep.ASK),
        (3, [1, 2], CheckInStep.SKIP),
        (4, [1, 2], CheckInStep.ASK),
        (5, [1, 2, 4], CheckInStep.SKIP),
        (6, [1, 2, 4], CheckInStep.ASK),
        (8, [1, 2, 4, 6], CheckInStep.STOP),
        (9, [1, 2, 4, 6], CheckInStep.STOP),
        (9, [], CheckInStep.ASK),
    ],
)
def test_check_ins_come_half_as_often_after_two_unanswered_and_not_at_all_after_four(
    number: int, unanswered: list[int], step: CheckInStep
) -> None:
    assert plans.check_in_step(number, unanswered, CheckInRules()) is step


def plan(check_in_months: int = 1) -> Plan:
    return Plan(
        plan_id=7,
        customer_id=1,
        template="t",
        name="n",
        goal="g",
        status=PlanStatus.ACTIVE,
        started_at=START,
        milestones=(Milestone(position=1, title="m", due_at=START + timedelta(days=100)),),
        check_in_months=check_in_months,
        progress_months=3,
    )


def test_rounds_come_as_far_as_the_plan_runs() -> None:
    first = datetime(2026, 12, 20, 2, tzinfo=UTC)
    found = list(plans.rounds_between(plan(), Kind.CHECK_IN, SAIGON, first=first, last=START + timedelta(days=999)))
    assert found == [
        Round(1, first),
        Round(2, datetime(2027, 1, 20, 2, tzinfo=UTC)),
        Round(3, datetime(2027, 2, 20, 2, tzinfo=UTC)),
    ]
    later = first + timedelta(seconds=1)
    assert list(plans.rounds_between(plan(), Kind.CHECK_IN, SAIGON, first=later, last=found[1].at)) == [found[1]]
    assert list(plans.rounds_between(plan(), Kind.PROGRESS, SAIGON, first=first, last=found[2].at)) == [
        Round(1, found[2].at)
    ]
    without = plan(check_in_months=0)
    assert list(plans.rounds_between(without, Kind.CHECK_IN, SAIGON, first=first, last=found[2].at)) == []


def test_a_rounds_key_says_which_it_was() -> None:
    assert plans.read_round_key(plans.round_key(Kind.CHECK_IN, 7, 4)) == (7, 4)


def test_each_silence_has_one_key() -> None:
    assert plans.silence_key(7, [1, 2, 4, 6]) == plans.silence_key(7, [1, 2, 4, 6, 8])
    assert plans.silence_key(7, [1, 2]) != plans.silence_key(7, [9, 10])
