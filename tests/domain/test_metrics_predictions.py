"""Predictions of what customers will buy: from when they may be made, and what they are held against."""

import numpy as np
import pytest

from bot.domain.metrics import predictions
from bot.domain.metrics.forecasts import Refusal, TooLittleError
from bot.domain.metrics.predictions import Purchases

YEAR = 365


def shop(n: int, *, again: int | None = None, seed: int = 1, stops: float = 0.1) -> Purchases:
    """Customers who come over a year, buy at rates of their own and may stop after a repeat purchase.

    With `again`, so many of them buy twice and the others once. Values are drawn around 500 a purchase.
    """
    random = np.random.default_rng(seed)
    found = set[tuple[int, int]]()
    for owner in range(n):
        rate, day = random.gamma(1.5, 1 / 30), float(random.integers(0, 200))
        found.add((owner, int(day)))
        while (day := day + (random.exponential(1 / rate) if again is None else 7.0)) < YEAR:
            if again is None or (owner < again and (owner, int(day) - 14) not in found):
                found.add((owner, int(day)))
            if random.random() < stops:
                break
    owners, days = np.array(sorted(found)).T
    return Purchases(owners, days, random.gamma(6, 500 / 6, len(days)))


@pytest.fixture(scope="module")
def busy() -> Purchases:
    return shop(600)


def test_a_day_of_a_customer_is_one_purchase_and_cancellations_are_netted() -> None:
    found = predictions.purchases_of([(1, 5, 100), (1, 5, 50), (1, 6, 70), (1, 6, -70), (1, 9, -5), (2, 1, 10)])
    assert (found.owners.tolist(), found.days.tolist(), found.values.tolist()) == ([1, 2], [5, 1], [150, 10])
    assert not len(predictions.purchases_of([]).owners)


def test_what_was_seen_of_customers_is_counted_from_their_first_purchase_in_weeks() -> None:
    found = Purchases(np.array([3, 3, 3, 8, 9]), np.array([0, 14, 21, 7, 70]), np.array([100.0, 30.0, 50.0, 5.0, 1.0]))
    buyers, means = predictions.observe(found, until=28)
    assert buyers.repeats.tolist() == [2, 0]
    assert buyers.last.tolist() == [3, 0]
    assert buyers.watched.tolist() == [4, 3]
    assert means.tolist() == [40, 0]


def test_a_last_third_that_the_fit_did_not_see_is_set_beside_what_was_to_be_expected(busy: Purchases) -> None:
    found = predictions.hold_out(busy, today=YEAR)
    border = YEAR - YEAR // 3
    early = np.isin(busy.owners, busy.owners[busy.days < border])
    assert sum(one.n for one in found) == len(np.unique(busy.owners[busy.days < border]))
    assert sum(one.actual * one.n for one in found) == pytest.approx(((busy.days >= border) & early).sum())
    assert [one.repeats for one in found] == sorted({one.repeats for one in found})
    assert max(one.repeats for one in found) == predictions.MOST_REPEATS
    predicted, actual = (sum(getattr(one, name) * one.n for one in found) for name in ("predicted", "actual"))
    assert predicted == pytest.approx(actual, rel=0.15)
    assert found[-1].predicted > found[0].predicted


def test_a_prediction_says_whom_it_is_of_and_what_it_rests_on(busy: Purchases) -> None:
    found = predictions.predict(busy, today=YEAR, days=90)
    assert (found.n, found.days) == (len(np.unique(busy.owners)), 90)
    assert 0 < found.repeating < found.n
    assert 0 < found.buying.low < found.buying.value < found.alive.value < found.alive.high <= 1
    assert found.buying.value < found.purchases.value < found.purchases.high
    assert found.value is not None
    assert found.value.value == pytest.approx(500 * found.purchases.value, rel=0.1)
    assert {each.n for each in (found.value, found.buying, found.alive, found.purchases)} == {found.n}
    assert found.actual == pytest.approx(found.predicted, rel=0.15)
    assert found.shows_drop_out


def test_purchases_after_today_are_not_looked_at(busy: Purchases) -> None:
    more = Purchases(
        np.append(busy.owners, busy.owners[-1]), np.append(busy.days, YEAR + 40), np.append(busy.values, 9e9)
    )
    assert predictions.hold_out(more, today=YEAR) == predictions.hold_out(busy, today=YEAR)
    (buyers, _), (same, _) = (predictions.observe(each, until=YEAR) for each in (more, busy))
    assert (buyers.repeats == same.repeats).all()


@pytest.mark.parametrize(
    ("found", "refusal", "n"),
    [
        pytest.param(shop(199, again=199, stops=1), Refusal.FEW_CUSTOMERS, 199, id="customers"),
        pytest.param(shop(250, again=49, stops=1), Refusal.FEW_REPEATING, 49, id="repeat buyers"),
    ],
)
def test_of_too_few_nothing_is_predicted(found: Purchases, refusal: Refusal, n: int) -> None:
    with pytest.raises(TooLittleError) as error:
        predictions.predict(found, today=YEAR, days=90)
    assert (error.value.refusal, error.value.n, error.value.held_out) == (refusal, n, False)


def test_where_the_first_two_thirds_are_too_little_to_try_it_on_nothing_is_predicted(busy: Purchases) -> None:
    empty = Purchases(np.empty(0, dtype=int), np.empty(0, dtype=int), np.empty(0))
    late = Purchases(np.arange(400), np.append(np.zeros(10, dtype=int), np.full(390, 300)), np.ones(400))
    for found, n in ((empty, 0), (late, 10)):
        with pytest.raises(TooLittleError) as error:
            predictions.hold_out(found, today=YEAR)
        assert (error.value.refusal, error.value.n, error.value.held_out) == (Refusal.FEW_CUSTOMERS, n, True)
    young = Purchases(busy.owners, busy.days + np.where(busy.owners % 9, 2 * YEAR, 0), busy.values)
    with pytest.raises(TooLittleError) as error:
        predictions.predict(young, today=3 * YEAR, days=90)
    assert error.value.held_out


def test_nobody_is_told_what_a_purchase_is_worth_that_has_no_mean() -> None:
    """Values that vary without end: of ten customers who bought again one spent a million times as much."""
    random = np.random.default_rng(2)
    base = shop(300, again=250, stops=1)
    wild = Purchases(base.owners, base.days, np.exp(random.normal(0, 6, 300))[base.owners])
    assert predictions.predict(wild, today=YEAR, days=90).value is None
