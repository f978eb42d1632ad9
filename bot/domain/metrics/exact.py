"""Fisher's exact test of two shares."""

from bot.domain.metrics.proportions import Share


def fisher(one: Share, other: Share) -> float:
    """The p-value, two-sided, of no difference between two shares, however small the counts.

    Fisher, "Statistical Methods for Research Workers", 5th edition (1934), section 21.02.
    """
    from scipy.stats import fisher_exact  # noqa: PLC0415  a bot at rest does not need it

    return float(fisher_exact([[one.part, one.whole - one.part], [other.part, other.whole - other.part]]).pvalue)
