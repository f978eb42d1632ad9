"""BG/NBD and Gamma-Gamma, beside the published fits of CDNOW and what the models say by plain integration.

`cdnow.csv` is the 1/10 sample of CDNOW that Fader and Hardie publish (brucehardie.com), 2,357 customers: purchases
after the first in 39 weeks, the week of the last, weeks watched and the mean value in dollars, customers of whom the
same was seen in one line.
"""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, gamma

from bot.domain.metrics import buy_till_you_die as model
from bot.domain.metrics.buy_till_you_die import Buyers, Buying, Spending

PUBLISHED = Buying(0.243, 4.414, 0.793, 2.426, -9582.4)


@pytest.fixture(scope="module")
def cdnow() -> tuple[Buyers, model.Numbers]:
    with Path(__file__).with_name("cdnow.csv").open() as lines:
        rows = [[float(value) for value in row.values()] for row in csv.DictReader(lines)]
    repeats, last, watched, means, customers = np.array(rows).T
    return Buyers(repeats, last, watched, customers), means


def one(repeats: float, last: float, watched: float) -> Buyers:
    return Buyers(np.array([repeats]), np.array([last]), np.array([watched]), np.ones(1))


def test_the_fit_of_cdnow_is_the_published_one(cdnow: tuple[Buyers, model.Numbers]) -> None:
    """Fader, Hardie and Lee (2005), table 2."""
    buyers, _ = cdnow
    found = model.fit_buying(buyers)
    assert buyers.weights.sum() == 2357
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=6e-4)
    assert found.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert found.shows_drop_out


def test_the_fit_of_what_cdnow_s_purchases_are_worth_is_the_published_one(
    cdnow: tuple[Buyers, model.Numbers],
) -> None:
    """Fader and Hardie (2013), section 4: p 6.25, q 3.74, γ 15.44; its mean over all customers is $35."""
    buyers, means = cdnow
    again = buyers.repeats > 0
    found = model.fit_spending(buyers.repeats[again], means[again])
    assert again.sum() == 946
    assert (found.p, found.q, found.scale) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)
    cents = model.fit_spending(buyers.repeats[again], means[again] * 100)
    assert (cents.p, cents.q, cents.scale) == pytest.approx((found.p, found.q, found.scale * 100), rel=1e-3)
    assert found.log_likelihood - cents.log_likelihood == pytest.approx(946 * np.log(100), rel=1e-6)
    worth = model.expected_value(found, np.array([0.0, 2.0, 1000.0]), np.array([0.0, 22.35, 80.0]))
    assert worth == pytest.approx([35.2, 24.7, 80.0], abs=0.1)


def test_the_purchases_to_come_are_the_published_ones() -> None:
    """Customer 1 of Fader, Hardie and Lee's own spreadsheet: 2 repeats, the last in week 30.43: 1.226 in 39 weeks."""
    expected = model.expected_purchases(PUBLISHED, one(2, 30.43, 38.86), 39.0)
    assert expected[0] == pytest.approx(1.226, abs=0.001)


@pytest.mark.parametrize(
    "seen", [one(0, 0, 20), one(2, 15, 20), one(5, 6, 40)], ids=["never again", "lately", "long ago"]
)
def test_chances_are_those_of_the_story_told_by_plain_integration(seen: Buyers) -> None:
    """Over rates λ and chances p of stopping after a purchase: what was seen, and then silence for another while."""
    x, last, watched, time = seen.repeats[0], seen.last[0], seen.watched[0], 10.0
    rates, stops = gamma(PUBLISHED.r, scale=1 / PUBLISHED.alpha), beta(PUBLISHED.a, PUBLISHED.b)
    stay = quad(lambda p: (1 - p) ** x * stops.pdf(p), 0, 1)[0]
    stop = quad(lambda p: p * (1 - p) ** (x - 1) * stops.pdf(p), 0, 1)[0] if x else 0.0

    def rate(silent_until: float) -> float:
        return float(quad(lambda rate: rate**x * np.exp(-rate * silent_until) * rates.pdf(rate), 0, np.inf)[0])

    there, gone = stay * rate(watched), stop * rate(last) if x else 0.0
    chance = there / (there + gone)
    buys = (there - stay * rate(watched + time)) / (there + gone)
    assert model.alive(PUBLISHED, seen)[0] == pytest.approx(chance, rel=1e-5)
    assert model.buys_within(PUBLISHED, seen, time)[0] == pytest.approx(buys, rel=1e-5)


def test_the_purchases_to_come_are_those_of_people_drawn_from_the_model() -> None:
    random, n, time = np.random.default_rng(5), 400_000, 20.0
    rates = random.gamma(PUBLISHED.r + 3, 1 / (PUBLISHED.alpha + 25), n)  # of who bought 3 times in 25 and is there
    stops = random.beta(PUBLISHED.a, PUBLISHED.b + 3, n)
    bought = random.poisson(rates * time)
    left_after = random.geometric(stops)
    share = model.alive(PUBLISHED, one(3, 24, 25))[0]
    mean = np.minimum(bought, left_after).mean() * share
    assert model.expected_purchases(PUBLISHED, one(3, 24, 25), time)[0] == pytest.approx(mean, rel=0.02)


def test_no_drop_out_is_found_where_nobody_stops_and_everybody_counts_as_a_customer() -> None:
    random = np.random.default_rng(3)
    rates = random.gamma(2.0, 1 / 10.0, 1500)
    repeats = random.poisson(rates * 52.0).astype(float)
    last = np.where(repeats > 0, 52 * random.beta(np.maximum(repeats, 1), 1), 0.0)  # the last of so many even draws
    buyers = Buyers(repeats, last, np.full(1500, 52.0), np.ones(1500))
    found = model.fit_buying(buyers)
    assert not found.shows_drop_out
    assert (model.alive(found, buyers) == 1).all()
    assert model.expected_purchases(found, buyers, 10.0).sum() == pytest.approx((rates * 10).sum(), rel=0.1)


def test_the_purchases_to_come_have_no_hole_where_a_is_one() -> None:
    at, beside = (Buying(0.243, 4.414, a, 2.426, 0.0) for a in (1.0, 1.001))
    seen = one(2, 30.43, 38.86)
    here, there = (model.expected_purchases(each, seen, 39.0)[0] for each in (at, beside))
    assert here == pytest.approx(there, rel=2e-3)


def test_a_purchase_of_who_is_new_is_worth_the_mean_of_all() -> None:
    spending = Spending(6.25, 3.74, 15.44, 0.0)
    assert model.expected_value(spending, np.zeros(1), np.array([99.0]))[0] == pytest.approx(6.25 * 15.44 / 2.74)
