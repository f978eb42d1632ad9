"""Surveys that staff ask for, on both databases."""

from datetime import timedelta

import pytest

from bot.domain import surveys
from bot.domain.messages import Language, Message
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.services import delivery, survey_requests
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import add_customer, row, rows

RULES = Rules()


def ask(database: Database, customer_id: int, words: str = "csat the delivery") -> Message:
    return database.write_now(
        survey_requests.request_survey, rules=RULES, customer_id=customer_id, words=words, language=Language.EN
    )


def outcome(message: Message) -> tuple[object, ...]:
    assert message.template == "portfolio/survey"
    return tuple(message.facts[name] for name in ("new", "prospect", "rule", "until"))


def test_a_survey_that_may_go_is_queued_for_now_with_its_subject(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    assert outcome(ask(database, customer_id)) == (True, "now", None, None)
    run = row(database, "survey_run")
    assert (run["kind"], run["trigger"], run["subject"]) == ("csat", "staff", "the delivery")
    queued = row(database, "outbox")
    assert (queued["run_id"], queued["due_at"], queued["customer_id"]) == (run["id"], clock.now(), customer_id)
    assert queued["facts"] == surveys.question_facts(Kind.CSAT, run["id"], "the delivery")
    (claimed,) = database.write_now(delivery.claim, rules=RULES, owner="me", limit=9).deliveries
    assert (claimed.message.template, claimed.message.facts["wording"]) == ("surveys/question", "csat-1")


def test_a_second_request_of_a_day_changes_nothing_and_says_so(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    ask(database, customer_id)
    clock.advance(timedelta(hours=2))
    assert ask(database, customer_id).facts["new"] is False
    assert (len(rows(database, "survey_run")), len(rows(database, "outbox"))) == (1, 1)


def test_the_day_is_the_customers_own(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database, timezone="America/New_York")  # 22:00 of the day before
    ask(database, customer_id, "nps")
    assert row(database, "outbox")["dedupe_key"] == f"survey:nps:{customer_id}:2026-11-19"


def test_a_survey_that_is_held_is_queued_and_says_by_what_and_until_when(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    night = clock.advance(timedelta(hours=12))
    said = ask(database, customer_id)
    assert outcome(said) == (True, "held", "quiet_hours", night + timedelta(hours=10))
    assert len(rows(database, "outbox")) == 1


@pytest.mark.parametrize(
    ("columns", "rule"),
    [({"chat_id": None}, "not_linked"), ({"stopped_at": True}, "stopped"), ({"lost_at": True}, "lost")],
)
def test_a_customer_to_whom_must_not_be_written_is_not_queued(
    database: Database, clock: HandClock, columns: dict[str, bool | None], rule: str
) -> None:
    customer_id = add_customer(database, **{name: clock.now() if value else None for name, value in columns.items()})
    assert outcome(ask(database, customer_id)) == (True, "refused", rule, None)
    assert (rows(database, "survey_run"), rows(database, "outbox")) == ([], [])


def test_a_survey_that_would_expire_while_it_waits_is_not_queued(database: Database, clock: HandClock) -> None:
    customer_id = add_customer(database)
    sent = clock.now()
    ask(database, customer_id, "nps")
    database.write_now(delivery.claim, rules=RULES, owner="me", limit=9)
    clock.advance(timedelta(days=10))
    said = ask(database, customer_id)
    assert outcome(said) == (True, "too_late", "between_surveys", sent + timedelta(days=90))
    assert len(rows(database, "survey_run")) == 1


def test_a_request_that_a_made_up_button_left_empty_asks_for_words(database: Database) -> None:
    assert ask(database, add_customer(database), "") == Message("portfolio/usage", Language.EN, {"command": "survey"})


def test_a_customer_who_is_gone_is_asked_nothing(database: Database) -> None:
    assert ask(database, 7, Kind.NPS).template == "portfolio/nobody"
