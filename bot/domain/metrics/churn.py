"""Customer churn: customers lost in a window, of the customers at its start."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.metrics.proportions import Share


@dataclass(frozen=True)
class Membership:
    """How long a customer was one: half-open, aware UTC; `lost_at` is None while they stay."""

    joined_at: datetime
    lost_at: datetime | None = None


def count_churn(memberships: Iterable[Membership], start: datetime, end: datetime) -> Share:
    """The lost of the half-open window [start, end) and the customers at its start.

    Who joined inside the window is in neither number; a loss at the first instant of the window is one of the window.
    """
    at_start = [each for each in memberships if each.joined_at < start and not _lost_before(each, start)]
    return Share(sum(_lost_before(each, end) for each in at_start), len(at_start))


def yearly_churn(monthly: float) -> float:
    """The yearly rate that a constant monthly rate adds up to, both 0 to 1."""
    return 1 - (1 - monthly) ** 12


def _lost_before(membership: Membership, instant: datetime) -> bool:
    return membership.lost_at is not None and membership.lost_at < instant
