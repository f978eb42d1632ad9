"""Churn: who is counted, and what a monthly rate adds up to."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.metrics.churn import Membership, count_churn, yearly_churn
from bot.domain.metrics.proportions import Share, proportion

START = datetime(2026, 10, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
INSIDE = datetime(2026, 10, 15, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("joined_at", "lost_at", "expected"),
    [
        pytest.param(LONG_AGO, None, Share(0, 1), id="stays"),
        pytest.param(LONG_AGO, INSIDE, Share(1, 1), id="lost inside"),
        pytest.param(LONG_AGO, START, Share(1, 1), id="lost at the first instant"),
        pytest.param(LONG_AGO, END - INSTANT, Share(1, 1), id="lost at the last instant"),
        pytest.param(LONG_AGO, END, Share(0, 1), id="lost after the window"),
        pytest.param(LONG_AGO, START - INSTANT, Share(0, 0), id="lost before"),
        pytest.param(START - INSTANT, None, Share(0, 1), id="joined just before"),
        pytest.param(START, None, Share(0, 0), id="joined at the first instant"),
        pytest.param(INSIDE, INSIDE + timedelta(days=1), Share(0, 0), id="joined and lost inside"),
        pytest.param(END, None, Share(0, 0), id="joined after"),
    ],
)
def test_a_window_counts_the_lost_of_those_at_its_start(
    joined_at: datetime, lost_at: datetime | None, expected: Share
) -> None:
    assert count_churn([Membership(joined_at, lost_at)], START, END) == expected


def test_a_customer_who_came_back_counts_once() -> None:
    returned = [Membership(LONG_AGO, INSIDE), Membership(INSIDE + timedelta(days=3))]
    assert count_churn(returned, START, END) == Share(1, 1)


def test_a_hundred_lost_of_a_thousand_are_ten_percent_give_or_take_two() -> None:
    churn = proportion(Share(100, 1000))
    assert churn is not None
    assert churn.value == pytest.approx(0.10)
    assert churn.low == pytest.approx(0.083, abs=0.0005)
    assert churn.high == pytest.approx(0.120, abs=0.0005)


def test_no_customers_at_the_start_have_no_churn() -> None:
    assert proportion(count_churn([], START, END)) is None


def test_a_monthly_rate_compounds_over_the_year() -> None:
    assert yearly_churn(0.05) == pytest.approx(0.4596, abs=5e-5)
    assert yearly_churn(0) == 0
    assert yearly_churn(1) == 1
