"""What a period took in all, and how far chance alone could have moved it."""

from dataclasses import dataclass
from math import sqrt

from bot.domain.metrics.estimates import Difference, Estimate, Z


@dataclass(frozen=True)
class Takings:
    """What a period took, in minor units of one currency, cancellations netted.

    `customers` bought or cancelled in it, and `squares` adds up the squares of what each of them spent. `others`
    are purchases in another currency, which are in nothing else.
    """

    minor: int = 0
    sales: int = 0
    cancelled: int = 0
    cancelled_minor: int = 0
    customers: int = 0
    squares: float = 0.0
    others: int = 0


def total(takings: Takings) -> Estimate | None:
    """What was taken, with an interval of how chance moves such a sum; None where nobody bought.

    It is that of a compound Poisson sum: customers come at random, and each spends what they spend; the variance is
    then the sum of squares (Kaas, Goovaerts, Dhaene and Denuit, "Modern Actuarial Risk Theory" (2008), section 3.5).
    Few who spend unlike amounts would reach below nothing: it is cut there, unless more was cancelled than sold.
    """
    if not takings.customers:
        return None
    reach = Z * sqrt(takings.squares)
    low = max(takings.minor - reach, min(takings.minor, 0))
    return Estimate(takings.minor, low, takings.minor + reach, takings.customers)


def total_difference(now: Takings, before: Takings) -> Difference:
    """What was taken more than before. That the same customers stand on both sides is not used: it is the wider one."""
    value, reach = now.minor - before.minor, Z * sqrt(now.squares + before.squares)
    return Difference(value, value - reach, value + reach)
