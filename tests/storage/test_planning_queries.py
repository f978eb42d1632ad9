"""Several replicas may plan at once: whoever comes second is told so, and finds nothing changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from bot.domain.messages import Language
from bot.domain.plans import Round
from bot.domain.taps import StartPlan
from bot.domain.touchpoints import Kind
from bot.domain.win_back import Lot
from bot.services import plans
from storage import plan_dates, planning, plans as plan_queries, win_back
from storage.database import Database, Tx
from storage.due import Due, Window
from tests.stories import RULES, Clock, add_customer, look, put

DAY = timedelta(days=1)


def due_now(database: Database, clock: Clock, row_id: int) -> Due:
    return Due(row_id=row_id, customer_id=1, timezone="Asia/Ho_Chi_Minh", reachable=True, at=clock.now(), subject="")


def start_plan(database: Database, clock: Clock) -> None:
    tap = StartPlan(add_customer(database, clock), "onboarding")
    database.write_now(plans.start_plan, rules=RULES, staff_id=1, language=Language.VI, tap=tap)


def test_only_the_first_moves_the_date_of_an_nps(database: Database, clock: Clock) -> None:
    seen = due_now(database, clock, add_customer(database, clock, next_nps_at=clock.now()))
    first, second = clock.now() + DAY, clock.now() + 2 * DAY
    assert database.write_now(lambda tx, *, now: planning.move_nps(tx, seen, until=first)) is True
    assert database.write_now(lambda tx, *, now: planning.move_nps(tx, seen, until=second)) is False
    [customer] = database.read_now(look, table="customer")
    assert customer.next_nps_at == first


def test_only_the_first_asks_about_an_interaction(database: Database, clock: Clock) -> None:
    database.write_now(
        put,
        table="interaction",
        customer_id=add_customer(database, clock),
        kind="message",
        body="…",
        happened_at=clock.now(),
        closed_at=clock.now(),
    )
    told = [database.write_now(lambda tx, *, now: planning.mark_interaction_asked(tx, 1, now=now)) for _ in range(2)]
    assert told == [True, False]


@pytest.mark.parametrize(
    "mark", [planning.mark_milestone_asked, plan_dates.mark_announced, partial(plan_queries.mark_done, done_by=1)]
)
def test_only_the_first_marks_a_milestone(database: Database, clock: Clock, mark: Callable[..., bool]) -> None:
    start_plan(database, clock)
    told = [database.write_now(lambda tx, *, now: mark(tx, 1, now=now)) for _ in range(2)]
    assert told == [True, False]


@pytest.mark.parametrize(("kind", "column"), [(Kind.CHECK_IN, "check_ins"), (Kind.PROGRESS, "progress_messages")])
def test_only_the_first_moves_a_round(database: Database, clock: Clock, kind: Kind, column: str) -> None:
    start_plan(database, clock)
    [seen] = database.read_now(lambda tx, *, now: plan_dates.list_rounds(tx, Window(limit=1), kind=kind))

    def move(tx: Tx, *, now: datetime, number: int) -> bool:
        return plan_dates.move_round(tx, seen, Round(number, seen.at), kind=kind, until=seen.at + DAY)

    assert database.write_now(move, number=1) is True
    assert database.write_now(move, number=2) is False
    [plan] = database.read_now(look, table="success_plan")
    assert getattr(plan, column) == 1


def test_a_loss_has_one_win_back(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock, lost_at=clock.now())
    loss_id = database.write_now(
        put, table="loss", customer_id=customer_id, lost_at=clock.now(), source="staff", reason=""
    )
    lot = Lot(holdout=0.0, held_out=False)
    facts = {"customer_id": customer_id, "loss_id": loss_id, "lot": lot, "next_at": clock.now() + DAY, "told_at": None}
    assert database.write_now(win_back.start, **facts) == 1
    assert database.write_now(win_back.start, **facts) is None


def test_a_window_is_open_at_its_start_and_closed_at_its_end(database: Database, clock: Clock) -> None:
    for hours in (0, 1, 2):
        add_customer(database, clock, hours, next_nps_at=clock.now() + timedelta(hours=hours))
    window = Window(limit=5, after=clock.now(), before=clock.now() + timedelta(hours=1))
    found = database.read_now(lambda tx, *, now: planning.list_nps(tx, window))
    assert [one.at for one in found] == [clock.now() + timedelta(hours=1)]
    shifted = database.read_now(lambda tx, *, now: planning.list_nps(tx, window.earlier(timedelta(hours=-1))))
    assert [one.at for one in shifted] == [clock.now() + timedelta(hours=2)]
    assert Window(limit=1).earlier(DAY) == Window(limit=1)
