"""How far two groups of customers are apart in what happened to them, said of any customers: so by segment, too."""

from collections.abc import Collection, Sequence

from bot.domain.figures import Figure, FigureUnit
from bot.domain.measured import Figures
from bot.domain.metrics.estimates import HIDDEN_UNDER, Estimate
from bot.domain.metrics.proportions import Share, proportion, proportion_difference
from bot.domain.money_reports import share_figure

Group = Sequence[tuple[int, bool]]
"""Customers by number, as often as they count, and whether it happened to them."""


def apart(key: str, *, first: tuple[str, Group], second: tuple[str, Group]) -> Figures:
    """The difference under this key, the first group minus the second, and then the share of each under its own."""

    def figures(customers: Collection[int]) -> list[Figure]:
        here, there = (_share(group, customers) for _, group in (first, second))
        shares = {first[0]: here, second[0]: there}
        return [_difference(key, here, there), *(share_figure(name, proportion(each)) for name, each in shares.items())]

    return figures


def nothing_apart(key: str, why_not: str) -> Figures:
    """The figure that there is none of anybody; `why_not` is the key of the sentence that says why."""
    return lambda _: [Figure(key=key, unit=FigureUnit.APART, n=0, estimate=None, note=why_not)]


def _share(group: Group, customers: Collection[int]) -> Share:
    happened = [each for whom, each in group if whom in customers]
    return Share(sum(happened), len(happened))


def _difference(key: str, here: Share, there: Share) -> Figure:
    """Newcombe's interval. It rests on the smaller side, and is hidden where that has fewer than five."""
    both, least = here.whole + there.whole, min(here.whole, there.whole)
    found = proportion_difference(here, there) if least >= HIDDEN_UNDER else None
    return Figure(
        key=key,
        unit=FigureUnit.APART,
        n=both,
        estimate=Estimate(found.value, found.low, found.high, least) if found else None,
        note="few_on_a_side" if both and not found else "",
    )
