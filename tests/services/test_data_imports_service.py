"""What other systems tell of customers, and whom it asks, on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.imports import ImportResult, Reason, RowError
from bot.domain.messages import Language
from bot.domain.records import ContractRecord, EventRecord, OwnedRecord, ScoreRecord, TicketRecord
from bot.domain.rules import Rules, TriggerRules
from bot.domain.touchpoints import Kind
from bot.services.imports import import_contracts, import_events, import_scores, import_tickets
from storage.database import Database
from tests.conftest import START, HandClock
from tests.factories import CHAT, add_customer, row, rows

OWNED: dict[str, Any] = {"row": 2, "customer_external_id": "K1"}
EVENT = EventRecord(**OWNED, external_id="E1", name="login", happened_at=START - timedelta(minutes=5))
TICKET = TicketRecord(**OWNED, external_id="T1", opened_at=START - timedelta(hours=9))
SOLVED = replace(TICKET, solved_at=START - timedelta(minutes=5))
CONTRACT = ContractRecord(**OWNED, external_id="C1", starts_on=date(2026, 1, 1), price_minor=12_000_000, currency="VND")
SCORE = ScoreRecord(**OWNED, external_id="A1", score=3, answered_at=START - timedelta(days=30), reason="đắt")
USE_CASES: dict[type[OwnedRecord], Any] = {
    EventRecord: import_events,
    TicketRecord: import_tickets,
    ContractRecord: import_contracts,
    ScoreRecord: import_scores,
}
TABLES = {EventRecord: "usage_event", TicketRecord: "ticket", ContractRecord: "contract", ScoreRecord: "answer"}
CHANGED = {
    EVENT: replace(EVENT, quantity=4),
    TICKET: replace(TICKET, category="giao hàng"),
    CONTRACT: replace(CONTRACT, renewals=1),
    SCORE: replace(SCORE, score=4),
}
DELIVERED = TriggerRules(
    event="delivered", survey=Kind.CSAT, subject={Language.VI: "chuyến giao", Language.EN: "the delivery"}
)
every_kind = pytest.mark.parametrize("record", [EVENT, TICKET, CONTRACT, SCORE], ids=lambda one: type(one).__name__)


def bring_in(
    database: Database, *records: OwnedRecord, rules: Rules | None = None, dry_run: bool = False
) -> ImportResult:
    use_case = USE_CASES[type(records[0])]
    result: ImportResult = database.write_now(
        use_case, records=records, rules=rules or Rules(pepper="pepper"), dry_run=dry_run
    )
    return result


@every_kind
def test_what_is_new_is_added_what_differs_is_changed_and_the_same_again_changes_nothing(
    database: Database, record: Any
) -> None:
    customer_id = add_customer(database, external_id="K1")
    other = replace(record, row=3, external_id="Z9")

    assert bring_in(database, record, other) == ImportResult(created=2)
    before = rows(database, TABLES[type(record)])
    assert bring_in(database, record, other) == ImportResult(unchanged=2)
    assert rows(database, TABLES[type(record)]) == before
    assert bring_in(database, CHANGED[record], other) == ImportResult(changed=1, unchanged=1)
    after = rows(database, TABLES[type(record)])
    assert ([one["customer_id"] for one in after], after != before) == ([customer_id] * 2, True)


@every_kind
def test_a_dry_run_says_the_same_and_keeps_nothing(database: Database, record: Any) -> None:
    add_customer(database, external_id="K1")
    recent = SOLVED if record is TICKET else record

    assert bring_in(database, recent, dry_run=True) == ImportResult(created=1)
    assert rows(database, TABLES[type(record)]) == rows(database, "survey_run") == rows(database, "outbox") == []


@every_kind
def test_what_belongs_to_nobody_known_is_left_out_and_good_rows_are_kept(database: Database, record: Any) -> None:
    add_customer(database, external_id="K1")
    lost = replace(record, row=3, external_id="Z9", customer_external_id="K9")

    assert bring_in(database, record, lost) == ImportResult(
        created=1, errors=(RowError(3, "customer_external_id", Reason.UNKNOWN, "K9"),)
    )


@every_kind
def test_what_was_the_business_of_another_customer_moves_to_its_right_one(database: Database, record: Any) -> None:
    add_customer(database, external_id="K1")
    other = add_customer(database, external_id="K2", chat_id=CHAT + 1)
    bring_in(database, record)

    assert bring_in(database, replace(record, customer_external_id="K2")) == ImportResult(changed=1)
    assert row(database, TABLES[type(record)])["customer_id"] == other
    assert {one["customer_id"] for one in rows(database, "survey_run")} <= {other}


def test_what_a_row_does_not_say_stays_as_it_is(database: Database) -> None:
    add_customer(database, external_id="K1")
    bring_in(database, replace(SOLVED, category="giao hàng", cost_minor=5, currency="USD"))

    assert bring_in(database, TICKET) == ImportResult(unchanged=1)
    kept = row(database, "ticket")
    assert (kept["solved_at"], kept["category"], kept["cost_minor"], kept["currency"]) == (
        SOLVED.solved_at,
        "giao hàng",
        5,
        "USD",
    )


def test_a_new_row_that_says_nothing_more_has_the_usual_values(database: Database) -> None:
    add_customer(database, external_id="K1")
    bring_in(database, EVENT)
    bring_in(database, CONTRACT)

    assert row(database, "usage_event")["quantity"] == 1
    assert (row(database, "contract")["ends_on"], row(database, "contract")["renewals"]) == (None, 0)


def test_an_end_counts_no_more_once_the_beginning_has_moved_past_it(database: Database) -> None:
    add_customer(database, external_id="K1")
    bring_in(database, SOLVED)
    bring_in(database, replace(CONTRACT, ends_on=date(2026, 12, 31)))

    bring_in(database, replace(TICKET, opened_at=START - timedelta(minutes=1)))
    bring_in(database, replace(CONTRACT, starts_on=date(2027, 1, 1)))

    assert row(database, "ticket")["solved_at"] is None
    assert row(database, "contract")["ends_on"] is None


def test_an_answer_of_another_tool_is_marked_and_has_a_run_that_was_never_sent(database: Database) -> None:
    add_customer(database, external_id="K1", plan="gold", csm_id=5)
    bring_in(database, SCORE)

    answer, run = row(database, "answer"), row(database, "survey_run")
    assert (answer["run_id"], answer["external_id"], answer["kind"], answer["score"]) == (run["id"], "A1", "nps", 3)
    assert (answer["reason"], answer["scale"]) == ("đắt", "0-10 likelihood")
    assert answer["segmentation_id"] == run["segmentation_id"]
    then = row(database, "segmentation", id=answer["segmentation_id"])
    assert (then["plan"], then["csm_id"]) == ("gold", "5")
    assert (run["trigger"], run["wording"], run["sent_at"], run["closed_at"]) == (
        "import",
        "import",
        None,
        SCORE.answered_at,
    )
    assert (rows(database, "support_case"), rows(database, "outbox")) == ([], [])


def test_many_answers_each_get_their_own_run(database: Database) -> None:
    customers = [add_customer(database, external_id=f"K{n}", chat_id=CHAT + n) for n in range(20)]
    records = [
        replace(SCORE, row=n, external_id=f"A{n}", customer_external_id=f"K{n}", score=n % 11) for n in range(20)
    ]
    bring_in(database, *records)

    owners = {run["id"]: run["customer_id"] for run in rows(database, "survey_run")}
    answers = rows(database, "answer")
    assert {one["run_id"]: one["customer_id"] for one in answers} == owners
    assert sorted((one["customer_id"], one["score"]) for one in answers) == sorted(
        zip(customers, (n % 11 for n in range(20)), strict=True)
    )


def test_a_ticket_that_has_just_been_solved_asks_once_how_easy_it_was(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database, external_id="K1")

    bring_in(database, TICKET)
    assert rows(database, "outbox") == []
    bring_in(database, SOLVED)
    bring_in(database, replace(SOLVED, category="giao hàng"))

    invitation, run = row(database, "outbox"), row(database, "survey_run")
    assert SOLVED.solved_at is not None
    assert (invitation["kind"], invitation["customer_id"]) == ("ces", customer_id)
    assert invitation["due_at"] == SOLVED.solved_at + timedelta(hours=1)
    assert (run["kind"], run["trigger"], run["closed_at"]) == ("ces", "event:ticket_solved", None)


@pytest.mark.parametrize("late", [timedelta(hours=24), timedelta(days=400)])
def test_books_that_come_late_ask_nobody(database: Database, late: timedelta) -> None:
    add_customer(database, external_id="K1")
    rules = Rules(triggers=(DELIVERED, *Rules().triggers))

    bring_in(database, replace(SOLVED, opened_at=START - late, solved_at=START - late), rules=rules)
    bring_in(database, replace(EVENT, name="delivered", happened_at=START - late), rules=rules)

    assert rows(database, "outbox") == rows(database, "survey_run") == []


@pytest.mark.parametrize(("language", "subject"), [("vi", "chuyến giao"), ("en", "the delivery")])
def test_an_event_asks_about_its_subject_in_the_customers_language(
    database: Database, language: str, subject: str
) -> None:
    add_customer(database, external_id="K1", language=language)
    bring_in(database, replace(EVENT, name="delivered"), rules=Rules(triggers=(DELIVERED,)))

    assert (row(database, "outbox")["kind"], row(database, "survey_run")["subject"]) == ("csat", subject)


def ask_about(database: Database, events: Sequence[EventRecord]) -> int:
    bring_in(database, *events, rules=Rules(triggers=(DELIVERED,)))
    return len(rows(database, "survey_run"))


def test_many_events_at_once_ask_each_customer_once_about_the_first(database: Database) -> None:
    add_customer(database, external_id="K1")
    delivered = replace(EVENT, name="delivered")
    earlier = replace(delivered, row=3, external_id="E2", happened_at=EVENT.happened_at - timedelta(hours=1))

    assert ask_about(database, [delivered, earlier]) == 1
    assert row(database, "outbox")["due_at"] == EVENT.happened_at


def test_a_customer_is_asked_again_only_after_the_triggers_time(database: Database, clock: HandClock) -> None:
    add_customer(database, external_id="K1")
    assert ask_about(database, [replace(EVENT, name="delivered")]) == 1
    clock.advance(DELIVERED.once_per - timedelta(minutes=1))
    again = replace(EVENT, name="delivered", happened_at=clock.now())
    assert ask_about(database, [replace(again, external_id="E2")]) == 1
    clock.advance(timedelta(minutes=1))
    assert ask_about(database, [replace(again, external_id="E3")]) == 2


@pytest.mark.parametrize("column", ["stopped_at", "lost_at", "unreachable_at"])
def test_who_cannot_be_reached_is_not_asked(database: Database, column: str) -> None:
    add_customer(database, external_id="K1", **{column: START})
    assert ask_about(database, [replace(EVENT, name="delivered")]) == 0


def test_a_business_without_triggers_asks_nobody(database: Database) -> None:
    add_customer(database, external_id="K1")
    bring_in(database, SOLVED, rules=Rules(triggers=()))
    assert rows(database, "outbox") == []
