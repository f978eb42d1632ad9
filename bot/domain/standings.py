"""Where customers stand among the others by what they buy: an RFM segment each, and a quarter by value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.domain.cells import currency_digits
from bot.domain.metrics.rfm import FIFTHS, QUARTERS, Bought, Cuts, Method, Segment, cuts, method, score, segment
from bot.domain.rules import MoneyRules


@dataclass(frozen=True)
class Borders:
    """Where the segments and the quarters part; `value` has three borders."""

    rfm: Cuts
    value: tuple[int, ...]

    @property
    def plain(self) -> dict[str, Sequence[int]]:
        """The same, to be stored."""
        return {**asdict(self.rfm), "value": self.value}

    @classmethod
    def read(cls, stored: Mapping[str, Sequence[int]]) -> "Borders":
        parts = {name: tuple(borders) for name, borders in stored.items()}
        value = parts.pop("value")
        return cls(Cuts(**parts), value)


def draw_borders(compared: Sequence[Bought], n: int, rules: MoneyRules, currency: str) -> Borders | None:
    """The borders among `n` customers, of whom these are compared; None where they are too few to be.

    Fifths from 500 customers on, and the fixed borders of the rules under that.
    """
    how = method(n)
    if how is Method.RAW:
        return None
    value = cuts([one.monetary for one in compared], QUARTERS)
    return Borders(_fifths(compared) if how is Method.FIFTHS else fixed_cuts(rules, currency), value)


def _fifths(compared: Sequence[Bought]) -> Cuts:
    return Cuts(
        recency=cuts([one.recency for one in compared], FIFTHS),
        frequency=cuts([one.frequency for one in compared], FIFTHS),
        monetary=cuts([one.monetary for one in compared], FIFTHS),
    )


def fixed_cuts(rules: MoneyRules, currency: str) -> Cuts:
    """The borders that the rules set; their money is in whole units of the currency."""
    unit = 10 ** currency_digits(currency)
    return Cuts(rules.rfm_days, rules.rfm_purchases, tuple(border * unit for border in rules.rfm_spent))


def place(bought: Bought, borders: Borders) -> tuple[int, Segment]:
    """The quarter by value, 4 the best, and the segment."""
    return score(bought.monetary, borders.value), segment(bought, borders.rfm)


def add_to(
    sums: Mapping[str, Sequence[float]], ranked: Iterable[tuple[str, int]]
) -> dict[str, tuple[float, float, float]]:
    """What was added up by segment, with more customers: how many, minor units and the squares of these."""
    found = {name: (n, minor, squares) for name, (n, minor, squares) in sums.items()}
    for name, spent in ranked:
        n, minor, squares = found.get(name, (0, 0, 0.0))
        found[name] = (n + 1, minor + spent, squares + float(spent) ** 2)
    return found
