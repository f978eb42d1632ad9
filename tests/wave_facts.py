"""Waves and the fates of their customers, as the tests of rules and of words begin with them."""

from datetime import UTC, date, datetime
from typing import Any

from bot.domain.messages import Language
from bot.domain.touchpoints import Kind
from bot.domain.wave_funnels import Tally
from bot.domain.waves import State, Status, Wave
from bot.domain.wordings import BOTH, Variant

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)  # a Friday
TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (24, 25, 26))


def a_wave(**changes: Any) -> Wave:
    """A drafted NPS wave of two a day from now on, from Tuesday to Thursday."""
    facts: dict[str, Any] = {
        "wave_id": 1,
        "kind": Kind.NPS,
        "subject": "",
        "variants": (Variant.A,),
        "status": Status.DRAFT,
        "words": "nps",
        "per_day": 2,
        "starts_on": NOW.date(),
        "ends_on": None,
        "weekdays": frozenset({1, 2, 3}),
        "language": Language.VI,
        "chat_id": None,
        "message_id": None,
    }
    return Wave(**facts | changes)


def a_comparing_wave(**changes: Any) -> Wave:
    """A wave that tries both wordings and has asked everybody."""
    return a_wave(**{"variants": BOTH, "status": Status.DONE} | changes)


def tally(state: State = State.QUEUED, **fate: Any) -> Tally:
    """One customer of a wave, with wording A and nothing sent, unless the fate says otherwise."""
    usual = {"variant": Variant.A, "rule": None, "outbox": None, "hold_rule": None, "error": None}
    facts: dict[str, Any] = {**usual, "score": None, "commented": False, "open": False, "count": 1}
    return Tally(state=state, **facts | fate)


def answers(variant: Variant, scores: dict[int, int], *, silent: int = 0, **fate: Any) -> list[Tally]:
    """Customers who were sent a wording: as many with each score, and some who did not answer."""
    sent = [tally(variant=variant, outbox="sent", score=score, count=count, **fate) for score, count in scores.items()]
    return [*sent, tally(variant=variant, outbox="sent", count=silent, **fate)] if silent else sent
