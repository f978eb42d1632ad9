"""The median of whole scores, with an interval that assumes nothing of how they are spread."""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate

from bot.domain.metrics.estimates import Estimate

ALPHA = 0.05


def median_score(counts: Mapping[int, int], *, scale: tuple[int, int]) -> Estimate | None:
    """The median of `counts` (score -> n) with the interval between two order statistics; None when there are none.

    Conover, "Practical Nonparametric Statistics" (3rd edition, 1999), section 3.2: the ranks are those of a binomial
    with a half. Under six scores no two of them reach 95 %, and the interval is the whole scale.
    """
    from scipy.stats import binom  # noqa: PLC0415  half a second and 40 MB that a bot at rest does not need

    scores = sorted(score for score, n in counts.items() if n)
    reached = list(accumulate(counts[score] for score in scores))
    if not reached:
        return None
    n = reached[-1]

    def ranked(place: int) -> int:
        return scores[bisect_left(reached, place)]

    value = (ranked((n + 1) // 2) + ranked(n // 2 + 1)) / 2
    rank = int(binom.ppf(ALPHA / 2, n, 0.5))
    low, high = (ranked(rank), ranked(n + 1 - rank)) if rank else scale
    return Estimate(value, low, high, n)
