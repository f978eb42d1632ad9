"""Surveys that staff ask for: what they say, and what the contact policy makes of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.contact import ContactFacts, Drop, Hold, Rule, Send, judge
from bot.domain.names import search_key
from bot.domain.rules import ContactRules
from bot.domain.surveys import SCALES
from bot.domain.touchpoints import Kind

FAR = timedelta(days=3650)
SUBJECT_WORDS = frozenset({"ve", "about"})
MAX_SUBJECT = 120


class Prospect(StrEnum):
    """What will become of a survey that is asked for."""

    NOW = "now"
    HELD = "held"
    REFUSED = "refused"
    TOO_LATE = "too_late"  # held for so long that it would expire first


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What will happen; the rule that stands in the way, and until when if that ends."""

    prospect: Prospect
    rule: Rule | None = None
    until: datetime | None = None

    @property
    def goes(self) -> bool:
        """Whether it is worth queueing."""
        return self.prospect in (Prospect.NOW, Prospect.HELD)


def read_request(text: str) -> tuple[str, str]:
    """The customer and the words (kind and subject) of `/survey csat An about the delivery`.

    The customer is empty when no survey has such a name. The word before the subject is
    Vietnamese, with or without its accent, or English.
    """
    kind, _, rest = text.strip().partition(" ")
    words = rest.split()
    at = next((place for place, word in enumerate(words) if place and search_key(word) in SUBJECT_WORDS), len(words))
    if kind.casefold() not in SCALES:
        return "", ""
    return " ".join(words[:at]), f"{kind.casefold()} {' '.join(words[at + 1 :])[:MAX_SUBJECT]}"


def read_words(words: str) -> tuple[Kind, str]:
    """The kind and the subject in the words of a request."""
    kind, _, subject = words.partition(" ")
    return Kind(kind), subject


def dedupe_key(kind: Kind, customer_id: int, day: date) -> str:
    """One request of a kind for a customer and their local day."""
    return f"survey:{kind}:{customer_id}:{day.isoformat()}"


def forecast(facts: ContactFacts, rules: ContactRules, *, now: datetime) -> Forecast:
    """What the contact policy will make of the survey as things are now."""
    verdict = judge(facts, rules, now=now)
    match verdict:
        case Send():
            return Forecast(prospect=Prospect.NOW)
        case Hold(rule, until):
            return Forecast(prospect=Prospect.HELD, rule=rule, until=until)
        case Drop(rule, None):
            return Forecast(prospect=Prospect.REFUSED, rule=rule)
    patient = judge(replace(facts, expires_at=now + FAR), rules, now=now)
    ends = patient.until if isinstance(patient, Hold) else None
    return Forecast(prospect=Prospect.TOO_LATE, rule=verdict.held_by, until=ends)
