"""What became of customers who answered and of those who did not: a score of those who answer says nothing of the rest.

A landmark design: a customer counts from when the last survey of the period was over for them, if they were not lost by
then, and both groups are followed from there to now. It shows what goes together, not what causes what.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.figures import Figure, FigureUnit
from bot.domain.metrics.estimates import NOT_COMPARABLE, Change, Estimate, comparable, judge, shown
from bot.domain.metrics.proportions import Share, proportion, proportion_difference


class Outcome(StrEnum):
    LOST = "lost"
    BOUGHT = "bought"


@dataclass(frozen=True)
class Followed:
    """Customers of one group, and how many of them were lost and bought something since."""

    n: int = 0
    lost: int = 0
    bought: int = 0

    def share(self, outcome: Outcome) -> Share:
        return Share(self.lost if outcome is Outcome.LOST else self.bought, self.n)


@dataclass(frozen=True, kw_only=True)
class OutcomeLine:
    """One outcome of both groups as it may be printed; the change is the silent group less the one that answered."""

    outcome: Outcome
    silent: Estimate | None
    silent_n: int
    answered: Estimate | None
    answered_n: int
    change: Change


def outcome_lines(silent: Followed, answered: Followed) -> list[OutcomeLine]:
    """The outcomes that anybody had: a business without purchases is told nothing of them."""
    happened = [one for one in Outcome if silent.share(one).part or answered.share(one).part]
    return [_line(outcome, silent.share(outcome), answered.share(outcome)) for outcome in happened]


def outcome_figures(lines: Sequence[OutcomeLine]) -> Iterator[Figure]:
    """The shares of both groups, for files."""
    for line in lines:
        yield Figure(
            key=f"silent_{line.outcome}",
            unit=FigureUnit.SHARE,
            n=line.silent_n,
            estimate=line.silent,
            change=line.change,
        )
        yield Figure(key=f"answered_{line.outcome}", unit=FigureUnit.SHARE, n=line.answered_n, estimate=line.answered)


def _line(outcome: Outcome, silent: Share, answered: Share) -> OutcomeLine:
    difference = proportion_difference(silent, answered)
    said = difference is not None and comparable(silent.whole, answered.whole)
    return OutcomeLine(
        outcome=outcome,
        silent=shown(proportion(silent)),
        silent_n=silent.whole,
        answered=shown(proportion(answered)),
        answered_n=answered.whole,
        change=judge(difference) if said and difference else NOT_COMPARABLE,
    )
