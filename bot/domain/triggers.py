"""What happens in other systems and asks the customer about it: which event, how soon, how often, and never late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.records import EventRecord, TicketRecord
from bot.domain.rules import TICKET_SOLVED, TriggerRules


@dataclass(frozen=True)
class Happening:
    """Something that happened, known by the id in the business's books; `at` is None of what has not happened yet."""

    external_id: str
    event: str
    at: datetime | None


def happened(record: EventRecord) -> Happening:
    """What a usage event tells."""
    return Happening(record.external_id, record.name, record.happened_at)


def solved(record: TicketRecord) -> Happening:
    """What a ticket tells."""
    return Happening(record.external_id, TICKET_SOLVED, record.solved_at)


def fresh(happenings: Iterable[Happening], trigger: TriggerRules, *, now: datetime) -> list[str]:
    """The ids of what pulls the trigger. Books that come late pull nothing: nobody is asked about last month."""
    since = now - trigger.fresh_for
    return [
        one.external_id for one in happenings if one.event == trigger.event and one.at is not None and one.at > since
    ]


def trigger_name(trigger: TriggerRules) -> str:
    """By what a survey run and its invitation say where they come from."""
    return f"event:{trigger.event}"
