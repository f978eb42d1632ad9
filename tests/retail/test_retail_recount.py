"""What the run holds the product against must itself be right."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.retail import recount
from tests.retail.policy import Sent, breaches
from tests.retail.recount import Books, Churn, Loss, Sale

ZONE = "Asia/Ho_Chi_Minh"
DAY = timedelta(days=1)
NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
HOLIDAY = date(2026, 9, 2)


def _books(**bought: list[int]) -> Books:
    """Customers and the days, counted from 1 June 2026, on which they bought."""
    sales = [Sale(f"{who}{day}", who, NOON + day * DAY, 100) for who, days in bought.items() for day in days]
    joined = {who: NOON + min(days) * DAY for who, days in bought.items()}
    return Books(joined, sorted(sales, key=lambda sale: sale.at))


def test_the_nps_is_the_published_example() -> None:
    assert recount.nps([9] * 10 + [8] * 5 + [6] * 5) == (25, -12, 55)


def test_a_silence_that_a_purchase_ended_is_a_loss_of_its_time() -> None:
    books = _books(a=[0, 100], b=[0, 80])
    back = Loss("a", NOON + 90 * DAY, NOON + 100 * DAY)
    later = Loss("b", NOON + 170 * DAY, None)
    assert recount.all_losses(books, now=NOON + 175 * DAY) == [back, later]
    assert recount.all_losses(books, now=NOON + 95 * DAY) == [replace(back, back_at=None)]
    assert recount.last_losses(books, now=NOON + 175 * DAY) == [later]


def test_a_cancellation_ends_no_silence() -> None:
    sales = [Sale("1", "a", NOON, 100), Sale("C2", "a", NOON + 50 * DAY, -100)]
    books = Books({"a": NOON}, sales)
    assert recount.last_losses(books, now=NOON + 100 * DAY) == [Loss("a", NOON + 90 * DAY, None)]


def test_churn_counts_the_lost_of_those_at_the_start() -> None:
    books = _books(lost=[0], stays=[0, 85], new=[95])
    losses = recount.last_losses(books, now=NOON + 100 * DAY)
    counted = recount.churn(books, losses, first_day=date(2026, 8, 25), days=20, timezone=ZONE, now=NOON + 100 * DAY)
    assert counted == Churn(lost=1, at_start=2, active=2)


@pytest.mark.parametrize(
    ("kind", "at"),
    [
        ("check_in", NOON + 23 * timedelta(hours=1)),  # less than 24 hours after the first
        ("csat", NOON + 89 * DAY),  # less than 90 days after another survey
        ("nps", NOON + 179 * DAY),  # less than 180 days after another NPS
        ("check_in", datetime(2026, 8, 1, 14, tzinfo=UTC)),  # nine in the evening
        ("check_in", datetime(2026, 9, 2, 5, tzinfo=UTC)),  # a holiday
    ],
)
def test_each_rule_of_the_policy_is_seen_to_be_broken(kind: str, at: datetime) -> None:
    sent = [Sent(NOON, "nps"), Sent(at, kind)]
    assert len(list(breaches(sent, timezone=ZONE, holidays=frozenset({HOLIDAY})))) == 1


def test_a_fourth_message_within_a_week_is_seen() -> None:
    kinds = ("check_in", "reminder", "milestone", "reminder")
    sent = [Sent(NOON + 2 * place * DAY, kind) for place, kind in enumerate(kinds)]
    (breach,) = breaches(sent, timezone=ZONE, holidays=frozenset())
    assert breach.startswith("a fourth within a week")


def test_two_messages_about_a_plan_within_three_days_are_seen() -> None:
    sent = [Sent(NOON, "milestone"), Sent(NOON + 2 * DAY, "check_in")]
    (breach,) = breaches(sent, timezone=ZONE, holidays=frozenset())
    assert breach.startswith("under 3 days between plan messages")


@pytest.mark.parametrize(("kind", "seen"), [("nps", 1), ("offer", 1), ("check_in", 0), ("holiday_greeting", 0)])
def test_what_is_asked_around_tet_is_seen(kind: str, seen: int) -> None:
    sent = [Sent(datetime(2027, 2, 12, 5, tzinfo=UTC), kind), Sent(datetime(2027, 3, 12, 5, tzinfo=UTC), "reminder")]
    assert len(list(breaches(sent, timezone=ZONE, holidays=frozenset()))) == seen


def test_what_keeps_every_rule_is_no_breach() -> None:
    sent = [
        Sent(NOON, "nps"),
        Sent(NOON + DAY, "check_in"),
        Sent(NOON + 90 * DAY, "csat"),
        Sent(NOON + 180 * DAY, "nps"),
    ]
    assert list(breaches(sent, timezone=ZONE, holidays=frozenset({HOLIDAY}))) == []
