"""The measures that a health score weighs, and the parts in which people are told of them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Part(StrEnum):
    """What people are told a score is made of; usage has several measures."""

    USAGE = "usage"
    SURVEY = "survey"
    ENGAGEMENT = "engagement"
    MILESTONES = "milestones"
    SUPPORT = "support"
    SENTIMENT = "sentiment"


class Measure(StrEnum):
    """What is weighed. `first_use` and `connected` are for customers who have just joined."""

    TREND = "trend"
    FREQUENCY = "frequency"
    BREADTH = "breadth"
    RECENCY = "recency"
    FIRST_USE = "first_use"
    SURVEY = "survey"
    ENGAGEMENT = "engagement"
    CONNECTED = "connected"
    MILESTONES = "milestones"
    SUPPORT = "support"
    SENTIMENT = "sentiment"

    @property
    def part(self) -> Part:
        return PARTS.get(self, Part.USAGE)


PARTS: Mapping[Measure, Part] = MappingProxyType(
    {
        Measure.SURVEY: Part.SURVEY,
        Measure.ENGAGEMENT: Part.ENGAGEMENT,
        Measure.CONNECTED: Part.ENGAGEMENT,
        Measure.MILESTONES: Part.MILESTONES,
        Measure.SUPPORT: Part.SUPPORT,
        Measure.SENTIMENT: Part.SENTIMENT,
    }
)
