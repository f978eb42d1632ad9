"""The one way in which numbers are rounded before people read them."""

from decimal import ROUND_HALF_UP, Decimal

NOISE = 10  # decimals: 57 of 200 are 28.5 %, and 28.499999999999996 in floating point


def rounded(value: float, digits: int = 0) -> Decimal:
    """The value with so many decimals, halves away from zero, as people learn it: 12.5 is 13, and -12.5 is -13."""
    exact = Decimal(str(round(value, NOISE)))
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0  # which takes the sign off a zero
