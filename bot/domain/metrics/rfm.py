"""RFM: how lately, how often and for how much customers bought, as scores of 1 to 5 and as segments with names.

Hughes, "Strategic Database Marketing" (1994): fifths of the customers by each of the three. Scores are of today; the
segments are the grid of recency by the mean of the other two that is in common use.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LEAST_NAMED = 25
LEAST_FIFTHS = 500
FIFTHS = 5
QUARTERS = 4


class Segment(StrEnum):
    """Named groups of customers who ever bought, the best first."""

    CHAMPIONS = "champions"
    LOYAL = "loyal"
    PROMISING = "promising"
    NEW = "new"
    ATTENTION = "attention"
    AT_RISK = "at_risk"
    CANNOT_LOSE = "cannot_lose"
    ASLEEP = "asleep"


BEST = frozenset({Segment.CHAMPIONS, Segment.LOYAL})
WORST = frozenset({Segment.AT_RISK, Segment.CANNOT_LOSE, Segment.ASLEEP})
"""Those who buy most and still do, and those who have bought nothing for long."""


class Method(StrEnum):
    """How scores are given: not at all under 25 customers, by fixed thresholds under 500, by fifths from there."""

    RAW = "raw"
    THRESHOLDS = "thresholds"
    FIFTHS = "fifths"


@dataclass(frozen=True)
class Bought:
    """What a customer bought: days since the last purchase, and purchases and money (minor units) in a year."""

    recency: int
    frequency: int
    monetary: int


@dataclass(frozen=True)
class Cuts:
    """Four borders each: a value above a border has the next score, one on it has not. Of `recency` less is better."""

    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    monetary: tuple[int, ...]


_GRID = (
    "asleep       asleep       at_risk      cannot_lose  cannot_lose",
    "asleep       asleep       at_risk      at_risk      at_risk",
    "attention    attention    attention    loyal        loyal",
    "new          promising    promising    loyal        champions",
    "new          promising    loyal        champions    champions",
)
"""A row for each score of recency, 1 to 5, and in it a segment for each mean of frequency and money, 1 to 5."""

GRID = tuple(tuple(Segment(name) for name in row.split()) for row in _GRID)


def method(n: int) -> Method:
    """How `n` customers are scored."""
    if n < LEAST_NAMED:
        return Method.RAW
    return Method.THRESHOLDS if n < LEAST_FIFTHS else Method.FIFTHS


def cut_places(n: int, parts: int) -> list[int]:
    """The places, from 0, of the last value of each part but the last, of `n` sorted values cut in so many parts."""
    return [max(0, -(-n * part // parts) - 1) for part in range(1, parts)]


def cuts(values: Sequence[int], parts: int) -> tuple[int, ...]:
    """The borders that cut values into parts of one size; equal values lie on one side of each, so that they tie.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("nothing cannot be cut")
    ordered = sorted(values)
    return tuple(ordered[place] for place in cut_places(len(ordered), parts))


def score(value: int, borders: Sequence[int]) -> int:
    """1 up to the first border, and one more for each border that the value is above."""
    return 1 + bisect_left(borders, value)


def scores(bought: Bought, borders: Cuts) -> tuple[int, int, int]:
    """Recency, frequency and monetary, each 1 to 5 with 5 the best."""
    late = score(bought.recency, borders.recency)
    return FIFTHS + 1 - late, score(bought.frequency, borders.frequency), score(bought.monetary, borders.monetary)


def segment(bought: Bought, borders: Cuts) -> Segment:
    """The segment of a customer who ever bought."""
    recency, frequency, monetary = scores(bought, borders)
    return GRID[recency - 1][(frequency + monetary + 1) // 2 - 1]
