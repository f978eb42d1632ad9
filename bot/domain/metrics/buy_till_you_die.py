"""Who will buy again, how often, and for how much, where nobody says that they leave: BG/NBD and Gamma-Gamma.

Fader, Hardie and Lee, '"Counting your customers" the easy way', Marketing Science 24 (2005), FHL below; Fader and
Hardie, "The Gamma-Gamma model of monetary value" (2013), FH. Both know no season: they look at the past as one.
Times are in one unit, weeks say; arrays have one entry a customer. Everything is summed in logarithms.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1

Numbers = NDArray[np.float64]
Sloped = tuple[float, Numbers]
"""A number, and how it changes with each parameter."""

STAYING = 1e-3
"""Where less than this share stops after a purchase, no drop-out is visible and everybody counts as a customer."""

POLE = 1e-6
WIDEST = 12.0
BUYING, SPENDING = (-1.0, 2.0, 0.0, 1.0), (1.0, 1.0, 1.0)
"""Logarithms of the parameters that the searches start from."""


@dataclass(frozen=True)
class Buyers:
    """For each customer: purchases after the first, when the last of them was, and how long they are watched.

    All three are counted from the first purchase. `weights` is how many customers an entry stands for.
    """

    repeats: Numbers
    last: Numbers
    watched: Numbers
    weights: Numbers


@dataclass(frozen=True)
class Buying:
    """The parameters of BG/NBD with the log-likelihood: rates of buying are Gamma(r, alpha), of stopping Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    @property
    def shows_drop_out(self) -> bool:
        return self.a / (self.a + self.b) >= STAYING


@dataclass(frozen=True)
class Spending:
    """The parameters of Gamma-Gamma with the log-likelihood; `scale` is in the unit of the values."""

    p: float
    q: float
    scale: float
    log_likelihood: float


def fit_buying(buyers: Buyers) -> Buying:
    """The parameters under which what was seen is likeliest (FHL, equation 6)."""
    parameters, likelihood = _likeliest(lambda tried: _buying_likelihood(tried, buyers), BUYING)
    r, alpha, a, b = parameters
    return Buying(r, alpha, a, b, likelihood)


def fit_spending(repeats: Numbers, means: Numbers) -> Spending:
    """The parameters of what a purchase is worth, from each buyer's repeat purchases (1 or more) and their mean value.

    FH, equation 1a. The means must be above 0.
    """
    unit = float(np.mean(means))
    (p, q, scale), likelihood = _likeliest(lambda tried: _spending_likelihood(tried, repeats, means / unit), SPENDING)
    return Spending(p, q, scale * unit, likelihood - float(np.log(unit)) * len(means))


def _likeliest(likelihood: Callable[[Numbers], Sloped], start: Sequence[float]) -> tuple[list[float], float]:
    """The parameters of the highest log-likelihood, which comes with its slopes, and that.

    By L-BFGS-B (Byrd, Lu, Nocedal and Zhu 1995) over the logarithms of the parameters, within e^12 either way.
    """

    def loss(logs: Numbers) -> Sloped:
        parameters = np.exp(logs)
        value, slopes = likelihood(parameters)
        return -value, -slopes * parameters

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(-WIDEST, WIDEST)] * len(start))
    return [float(one) for one in np.exp(found.x)], -float(found.fun)


def _buying_likelihood(parameters: Numbers, buyers: Buyers) -> Sloped:
    r, alpha, a, b = parameters
    x, watched, last = buyers.repeats, alpha + buyers.watched, alpha + buyers.last
    common = betaln(a, b + x) - betaln(a, b) + gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = -(r + x) * np.log(watched)
    before = b + np.maximum(x, 1) - 1
    gone = np.where(x > 0, np.log(a) - np.log(before) - (r + x) * np.log(last), -np.inf)
    either = np.logaddexp(alive, gone)
    is_gone = np.exp(gone - either)
    slopes = (
        digamma(r + x) - digamma(r) + np.log(alpha) - (1 - is_gone) * np.log(watched) - is_gone * np.log(last),
        r / alpha - (r + x) * ((1 - is_gone) / watched + is_gone / last),
        digamma(a + b) - digamma(a + b + x) + is_gone / a,
        digamma(b + x) - digamma(b) + digamma(a + b) - digamma(a + b + x) - is_gone / before,
    )
    return float(buyers.weights @ (common + either)), np.array([buyers.weights @ slope for slope in slopes])


def _spending_likelihood(parameters: Numbers, repeats: Numbers, means: Numbers) -> Sloped:
    p, q, scale = parameters
    shape, whole = p * repeats, np.log(scale + repeats * means)
    logs = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(scale)
    logs += (shape - 1) * np.log(means) + shape * np.log(repeats) - (shape + q) * whole
    known = digamma(shape + q)
    slopes = (
        repeats * (known - digamma(shape) + np.log(repeats * means) - whole),
        known - digamma(q) + np.log(scale) - whole,
        q / scale - (shape + q) / (scale + repeats * means),
    )
    return float(np.sum(logs)), np.array([np.sum(slope) for slope in slopes])


def alive(buying: Buying, buyers: Buyers) -> Numbers:
    """The chance that each is still a customer (FHL, section 4.4); 1 of who never bought again, as the model has it."""
    if not buying.shows_drop_out:
        return np.ones_like(buyers.repeats)
    r, alpha, a, b = buying.r, buying.alpha, buying.a, buying.b
    x = buyers.repeats
    odds = np.log(a) - np.log(b + np.maximum(x, 1) - 1)
    odds += (r + x) * (np.log(alpha + buyers.watched) - np.log(alpha + buyers.last))
    return np.asarray(np.where(x > 0, expit(-odds), 1.0), dtype=float)


def buys_within(buying: Buying, buyers: Buyers, time: float) -> Numbers:
    """The chance of at least one purchase in the next `time`: still a customer, and not silent for so long.

    Of who is still a customer the rate is Gamma(r + x, alpha + T), since the rate of stopping speaks of purchases only.
    """
    waited = buying.alpha + buyers.watched
    silent = (buying.r + buyers.repeats) * (np.log(waited) - np.log(waited + time))
    return np.asarray(alive(buying, buyers) * -np.expm1(silent), dtype=float)


def expected_purchases(buying: Buying, buyers: Buyers, time: float) -> Numbers:
    """How many purchases are expected of each in the next `time` (FHL, equation 10)."""
    r, a, b = buying.r, buying.a, buying.b
    x, waited = buyers.repeats, buying.alpha + buyers.watched
    if not buying.shows_drop_out:
        return np.asarray((r + x) / waited * time, dtype=float)
    a += POLE if abs(a - 1) < POLE else 0.0
    silent = np.exp((r + x) * (np.log(waited) - np.log(waited + time)))
    curve = hyp2f1(r + x, b + x, a + b + x - 1, time / (waited + time))
    return np.asarray((a + b + x - 1) / (a - 1) * (1 - silent * curve) * alive(buying, buyers), dtype=float)


def expected_value(spending: Spending, repeats: Numbers, means: Numbers) -> Numbers:
    """What a purchase of each is worth on average (FH, equation 5), drawn to the mean of all where little is known.

    The mean of who has no repeat purchase is not looked at.
    """
    p, q, scale = spending.p, spending.q, spending.scale
    return np.asarray(p * (scale + repeats * np.where(repeats > 0, means, 0.0)) / (p * repeats + q - 1), dtype=float)
