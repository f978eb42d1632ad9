"""What becomes of the revenue of those who were customers at the start: GRR, NRR and revenue churn.

Gross and net revenue retention as SaaS businesses report them (SaaS Metrics Standards Board, "Gross Revenue Retention"
and "Net Revenue Retention" (2023)): new customers are in neither. Revenue is what recurs, in minor units of one
currency: the month's worth of a contract, or, where there are none, what was bought in a window and in the one before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.domain.metrics.estimates import Estimate
from bot.domain.metrics.resampling import Sample, ratio


@dataclass(frozen=True)
class Move:
    """What recurred of one customer at the start and what does now, in minor units; returns may make it negative."""

    before: float
    now: float


@dataclass(frozen=True)
class Retention:
    """Shares of the revenue at the start: `gross` lies in 0 to 1, `net` may be above 1, `churn` is what gross lacks.

    `shrunk` of `churn` is of customers who stayed and pay less, `lost` of those who pay nothing any more.
    """

    gross: Estimate | None
    net: Estimate | None
    churn: Estimate | None
    lost: Estimate | None


@dataclass(frozen=True)
class RetentionSamples:
    """What of their revenue each customer of the start kept, pays now, and took along, over that revenue."""

    kept: Sample
    now: Sample
    lost: Sample


def samples(moves: Iterable[Move]) -> RetentionSamples:
    """The customers who brought anything in at the start; nobody else is in any of the shares."""
    there = list(moves)
    return samples_of([move.before for move in there], [move.now for move in there])


def samples_of(before: Any, now: Any) -> RetentionSamples:  # noqa: ANN401  arrays, or what becomes one
    """The same of what was and of what is, in one order of customers."""
    import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

    brought, pays = np.asarray(before, dtype=float), np.maximum(np.asarray(now, dtype=float), 0.0)
    was, spent = brought[brought > 0], pays[brought > 0]
    return RetentionSamples(
        kept=Sample.of_columns(np.minimum(spent, was), was),
        now=Sample.of_columns(spent, was),
        lost=Sample.of_columns(np.where(spent > 0, 0.0, was), was),
    )


UNKNOWN = Retention(None, None, None, None)
"""What is said where there is no start to compare with."""


def retention(found: RetentionSamples) -> Retention:
    """The shares with their intervals over customers; all None where nobody brought anything in at the start."""
    gross = _bounded(ratio(found.kept))
    churn = Estimate(1 - gross.value, 1 - gross.high, 1 - gross.low, gross.n) if gross is not None else None
    net = ratio(found.now)
    return Retention(
        gross=gross, net=net and _bounded(net, highest=None), churn=churn, lost=_bounded(ratio(found.lost))
    )


def _bounded(share: Estimate | None, highest: float | None = 1.0) -> Estimate | None:
    """The share with its interval cut where no share can be."""
    if share is None:
        return None
    high = share.high if highest is None else min(share.high, highest)
    return Estimate(share.value, max(0.0, share.low), high, share.n)
