"""Which of many comparisons may be called real: one in twenty looks so by chance alone."""

from collections.abc import Mapping, Sequence

from bot.domain.metrics.exact import fisher
from bot.domain.metrics.proportions import Share

FALSE_DISCOVERIES = 0.1


def discoveries(p_values: Sequence[float], *, rate: float = FALSE_DISCOVERIES) -> tuple[bool, ...]:
    """Which of these stand when of all that are called real at most `rate` may be false, on average.

    Benjamini and Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57
    (1995), 289-300: all up to the largest p that is no larger than its rank's share of the rate.
    """
    ranked = sorted(p_values)
    passed = (p for rank, p in enumerate(ranked, start=1) if p <= rate * rank / len(ranked))
    border = max(passed, default=-1.0)
    return tuple(p <= border for p in p_values)


def unlike_the_rest(segments: Mapping[str, Share]) -> frozenset[str]:
    """The segments whose share differs from that of all others together, at most a tenth of them falsely.

    Each against the rest by Fisher's exact test, two-sided, which keeps its promise however small the counts; the
    segments must not overlap.
    """
    part, whole = (sum(getattr(one, side) for one in segments.values()) for side in ("part", "whole"))
    p_values = [fisher(one, Share(part - one.part, whole - one.whole)) for one in segments.values()]
    stands = discoveries(p_values)
    return frozenset(name for name, real in zip(segments, stands, strict=True) if real)
