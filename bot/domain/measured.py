"""What a page measures of customers, to be asked of any of them: so it can be told by segment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.figures import Figure


class Figures(Protocol):
    """What a page says of some customers; the first figure is the one that is drawn."""

    def __call__(self, customers: Collection[int], /) -> Sequence[Figure]: ...


@dataclass(frozen=True)
class Measured:
    """What a page knows of customers: whom it is about, its figures of any of them, and of how many each one is.

    `said` is what else its words need, such as the time that it is about where that is not the period.
    """

    customers: Collection[int]
    figures: Figures
    every: int = 1
    said: Mapping[str, object] = field(default_factory=dict)
