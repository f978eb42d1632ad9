"""CES 2.0 and CSAT: the answers at the satisfied end of the scale, 5 to 7 of 7 and 4 to 5 of 5."""

from collections.abc import Mapping

from bot.domain.metrics.means import check_scale
from bot.domain.metrics.proportions import Share
from bot.domain.surveys import Band, band
from bot.domain.touchpoints import Kind


def satisfied(kind: Kind, scores: Mapping[int, int]) -> Share:
    """The satisfied among all answers, from a histogram (score -> n).

    Raises:
        ValueError: a score is not on the kind's scale.
    """
    check_scale(kind, scores)
    part = sum(n for score, n in scores.items() if band(kind, score) is Band.PROMOTER)
    return Share(part, sum(scores.values()))
