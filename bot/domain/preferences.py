"""What a customer wants to hear of, and at what time of day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum
from types import MappingProxyType

from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.taps import ChooseHours, SwitchTopic
from bot.domain.touchpoints import Group


class Topic(StrEnum):
    """What a customer may turn off, each by itself."""

    SURVEYS = "surveys"
    PLAN = "plan"
    GREETINGS = "greetings"
    OFFERS = "offers"


class Hours(StrEnum):
    """When a customer may be written to, in their own time; `USUAL` leaves it to the business."""

    USUAL = "usual"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


GROUPS: Mapping[Topic, Group] = MappingProxyType(
    {
        Topic.SURVEYS: Group.SURVEY,
        Topic.PLAN: Group.PLAN,
        Topic.GREETINGS: Group.GREETING,
        Topic.OFFERS: Group.WIN_BACK,
    }
)
QUIET: Mapping[Hours, tuple[time, time]] = MappingProxyType(
    {
        Hours.MORNING: (time(12), time(8)),
        Hours.AFTERNOON: (time(18), time(13)),
        Hours.EVENING: (time(22), time(18)),
    }
)
"""From when until when it is quiet; what lies between the end and the next beginning is open."""


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """One customer's own choice."""

    off: frozenset[Topic] = frozenset()
    hours: Hours = Hours.USUAL

    @property
    def muted(self) -> frozenset[Group]:
        """The kinds of message that the customer does not want."""
        return frozenset(GROUPS[topic] for topic in self.off)

    @property
    def quiet(self) -> tuple[time, time] | None:
        """The customer's own quiet hours; None where the business's hold."""
        return QUIET.get(self.hours)

    def switched(self, topic: Topic, *, on: bool) -> "Preferences":
        """The same with a topic turned on or off."""
        return replace(self, off=self.off - {topic} if on else self.off | {topic})


def page(
    preferences: Preferences, language: Language, salutation: str, *, stopped_at: datetime | None = None
) -> Message:
    """The settings with a button for each choice, which shows how it stands; `stopped_at` if nothing is sent at all."""
    facts = {"salutation": salutation, "stopped_at": stopped_at}
    return Message("preferences/settings", language, facts, _keyboard(preferences))


def _keyboard(preferences: Preferences) -> Keyboard:
    topics = tuple(
        (Button("topic", SwitchTopic(topic, int(topic in preferences.off)), {"topic": topic, "on": on}),)
        for topic, on in ((topic, topic not in preferences.off) for topic in Topic)
    )
    hours = tuple(
        Button("hours", ChooseHours(choice), {"hours": choice, "chosen": choice is preferences.hours})
        for choice in Hours
    )
    return (*topics, hours[:2], hours[2:])
