from datetime import UTC, datetime

from bot.domain.audit import Entry, log_message
from bot.domain.messages import Language

ENTRY = Entry(
    happened_at=datetime(2026, 11, 22, tzinfo=UTC),
    staff_id=7,
    staff_name="Hoa",
    command="why",
    customer_id=1,
    customer_name="An",
)


def test_the_log_is_said_entry_by_entry_with_what_was_sought() -> None:
    said = log_message([ENTRY], query="An", language=Language.EN)
    assert said.template == "staff/audit"
    assert said.facts["query"] == "An"
    assert [(one["staff_name"], one["command"]) for one in said.facts["entries"]] == [("Hoa", "why")]  # type: ignore[attr-defined]
