"""The measures that a health score weighs, and the parts in which people are told of them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Part(StrEnum):
    """What people are told a score is made of; usage (purchases) and use (events) have several measures."""

    USAGE = "usage"
    USE = "use"
    SURVEY = "survey"
    ENGAGEMENT = "engagement"
    MILESTONES = "milestones"
    SUPPORT = "support"
    SENTIMENT = "sentiment"


class Measure(StrEnum):
    """What is weighed. `first_use`, `first_events` and `connected` are for customers who have just joined.

    The first five are of purchases; the five that follow are the same of the product's own events.
    """

    TREND = "trend"
    FREQUENCY = "frequency"
    BREADTH = "breadth"
    RECENCY = "recency"
    FIRST_USE = "first_use"
    USE_TREND = "use_trend"
    USE_FREQUENCY = "use_frequency"
    USE_BREADTH = "use_breadth"
    USE_RECENCY = "use_recency"
    FIRST_EVENTS = "first_events"
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
        Measure.USE_TREND: Part.USE,
        Measure.USE_FREQUENCY: Part.USE,
        Measure.USE_BREADTH: Part.USE,
        Measure.USE_RECENCY: Part.USE,
        Measure.FIRST_EVENTS: Part.USE,
        Measure.SURVEY: Part.SURVEY,
        Measure.ENGAGEMENT: Part.ENGAGEMENT,
        Measure.CONNECTED: Part.ENGAGEMENT,
        Measure.MILESTONES: Part.MILESTONES,
        Measure.SUPPORT: Part.SUPPORT,
        Measure.SENTIMENT: Part.SENTIMENT,
    }
)
