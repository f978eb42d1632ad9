from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.records import EventRecord, TicketRecord
from bot.domain.rule_limits import broken_limits
from bot.domain.rules import Rules, TriggerRules
from bot.domain.touchpoints import Kind
from bot.domain.triggers import Happening, fresh, happened, solved, trigger_name

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TRIGGER = TriggerRules(event="delivered", survey=Kind.CSAT, fresh_for=timedelta(hours=24))
OWNED: dict[str, Any] = {"row": 2, "customer_external_id": "K1"}


@pytest.mark.parametrize(("age", "pulls"), [(0, True), (23, True), (24, False), (24 * 365, False)])
def test_only_what_has_just_happened_pulls_a_trigger(age: int, pulls: bool) -> None:
    event = EventRecord(**OWNED, external_id="E1", name="delivered", happened_at=NOW - timedelta(hours=age))

    assert fresh([happened(event)], TRIGGER, now=NOW) == (["E1"] if pulls else [])


def test_another_event_and_an_open_ticket_pull_nothing() -> None:
    ticket = TicketRecord(**OWNED, external_id="T1", opened_at=NOW)
    on_solved = TriggerRules(event="ticket_solved", survey=Kind.CES)

    assert solved(ticket) == Happening("T1", "ticket_solved", None)
    assert fresh([solved(ticket), Happening("E1", "login", NOW)], on_solved, now=NOW) == []
    assert fresh([Happening("T1", "ticket_solved", NOW)], on_solved, now=NOW) == ["T1"]


def test_a_run_says_which_event_asked() -> None:
    assert trigger_name(TRIGGER) == "event:delivered"


@pytest.mark.parametrize(
    ("triggers", "problems"),
    [
        ((TRIGGER,), []),
        ((TriggerRules(event=" ", survey=Kind.CES),), ["triggers[0].event: must name an event"]),
        (
            (TriggerRules(event="x", survey=Kind.NPS),),
            ["triggers[0].survey: must be ces or csat; NPS has a calendar of its own"],
        ),
        (
            (TriggerRules(event="x", survey=Kind.CES, subject={"vi": "giao hàng"}),),  # type: ignore[dict-item]
            ["triggers[0].subject.en: is missing; every text is in both languages"],
        ),
        (
            (TriggerRules(event="x", survey=Kind.CES, fresh_for=timedelta(0)),),
            ["triggers[0].fresh_for: must be at least 0:01:00"],
        ),
        ((TRIGGER, TRIGGER), ["triggers: 'delivered' must ask csat once"]),
    ],
)
def test_triggers_keep_to_their_limits(triggers: tuple[TriggerRules, ...], problems: list[str]) -> None:
    assert list(broken_limits(Rules(triggers=triggers))) == problems
