"""The simulation's dice: seeded, so that the same day always starts the same playground."""

import math
import random  # noqa: TID251  a simulation is drawn, and a seed makes the drawing repeatable; the domain never does this
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A stream of its own for each `of`, so that one customer's fate does not move another's."""

    def __init__(self, *of: object) -> None:
        self._random = random.Random("/".join(map(str, of)))  # noqa: S311  makes a story, not a secret

    def happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def one_of(self, choices: Sequence[T]) -> T:
        return self._random.choice(choices)

    def whole(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(least, most)

    def normal(self, mean: float, deviation: float) -> float:
        return self._random.gauss(mean, deviation)

    def between(self, least: timedelta, most: timedelta) -> timedelta:
        """Any duration between two, to the second."""
        seconds = self._random.uniform(least.total_seconds(), most.total_seconds())
        return timedelta(seconds=round(seconds))

    def around(self, median: timedelta, spread: float = 0.5) -> timedelta:
        """A duration about a median: log-normal, as waiting times of people are, to the second."""
        return timedelta(seconds=round(median.total_seconds() * math.exp(self._random.gauss(0, spread))))

    def amount(self, median: int) -> int:
        """An invoice's amount about a median, log-normal, in whole thousands."""
        return max(round(median * math.exp(self._random.gauss(0, 0.45)) / 1000), 1) * 1000
