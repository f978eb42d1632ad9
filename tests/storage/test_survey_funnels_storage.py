"""What is counted of surveys beside their answers, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from bot.domain.periods import Period, parse_period
from bot.domain.reports import EVERYBODY, Funnel
from bot.domain.response_outcomes import Followed
from bot.domain.survey_funnels import SurveyFunnel, funnel_of
from bot.domain.touchpoints import SURVEYS, Kind
from storage import reports, response_outcomes, survey_funnels, survey_history
from storage.database import Database, Tx
from storage.tables import outbox, survey_run
from tests.conftest import START
from tests.factories import add_customer, add_score, put, queue, queue_survey
from tests.history import Asked, remember

SAIGON = "Asia/Ho_Chi_Minh"
WEEK = parse_period("7d", now=START, timezone=SAIGON)
DAY, LONG_AGO = timedelta(days=1), START - timedelta(days=60)
TWO_MONTHS_AGO = parse_period("25/8/2026..30/9/2026", now=START, timezone=SAIGON)


def funnel(database: Database, period: Period = WEEK, kinds: frozenset[Kind] = SURVEYS) -> SurveyFunnel:
    def read(tx: Tx, *, now: datetime) -> SurveyFunnel:
        sent = reports.count_funnels(tx, sorted(kinds), (period,), now=now).get((period, EVERYBODY), {})
        return funnel_of(sum(sent.values(), Funnel()), survey_funnels.list_unsent(tx, period, kinds))

    return database.read_now(read)


def change(database: Database, outbox_id: int, **values: object) -> None:
    def write(tx: Tx, *, now: datetime) -> None:
        tx.execute(update(outbox).where(outbox.c.id == outbox_id).values(**values))

    database.write_now(write)


def test_a_survey_is_found_with_what_became_of_its_invitation_and_of_its_reminder(database: Database) -> None:
    an, binh, chi = (add_customer(database, chat_id=None) for _ in range(3))
    _, held = queue_survey(database, an)
    change(database, held, hold_rule="between_surveys")
    queue_survey(database, binh, Kind.CSAT)
    answered, sent = queue_survey(database, chi)
    change(database, sent, status="sent", sent_at=START)
    reminder = queue(database, Kind.REMINDER, chi, run_id=answered)
    change(database, reminder, status="sent", sent_at=START)
    score = {"customer_id": chi, "kind": "nps", "score": 9, "scale": "0-10", "reason": "vì"}
    put(database, "answer", run_id=answered, answered_at=START + DAY, **score)
    expected = SurveyFunnel(
        planned=3, waiting=1, sent=1, held={"between_surveys": 1}, answered=1, commented=1, reminded=1, answered_after=1
    )
    assert funnel(database) == expected
    assert funnel(database, kinds=frozenset({Kind.CSAT})) == SurveyFunnel(planned=1, waiting=1)


def test_a_survey_that_is_over_and_one_that_another_tool_asked(database: Database) -> None:
    customer_id = add_customer(database, chat_id=None)
    remember(database, [Asked(customer_id=customer_id, sent_at=START - DAY, open_for=timedelta(hours=1))])
    remember(database, [Asked(customer_id=customer_id, sent_at=START - DAY)])
    put(
        database,
        "survey_run",
        customer_id=customer_id,
        kind="nps",
        trigger="import",
        wording="import",
        subject="",
        planned_at=START - DAY,
        closed_at=START - DAY,
    )
    assert funnel(database) == SurveyFunnel(planned=2, sent=2, unanswered=1, open=1)
    assert funnel(database, TWO_MONTHS_AGO) == SurveyFunnel()


def test_what_those_who_were_asked_have_done_since_is_counted_from_when_their_last_survey_was_over(
    database: Database,
) -> None:
    people = [add_customer(database, chat_id=None) for _ in range(6)]
    silent, answered, gone, back, open_still, twice = people
    asked = [Asked(customer_id=one, sent_at=LONG_AGO) for one in people if one != open_still]
    answers = [replace(one, score=9) for one in asked if one.customer_id in (answered, twice)]
    remember(database, [*(one for one in asked if one.customer_id != answered), *answers])
    remember(database, [Asked(customer_id=open_still, sent_at=LONG_AGO, open_for=timedelta(days=90))])
    over = LONG_AGO + timedelta(days=14)
    lost = {"source": "staff", "reason": ""}
    put(database, "loss", customer_id=silent, lost_at=over, **lost)
    put(database, "loss", customer_id=gone, lost_at=over - DAY, **lost)
    put(database, "loss", customer_id=back, lost_at=over - 2 * DAY, recovered_at=over - DAY, **lost)
    bought = [(silent, over - DAY, 5), (answered, over, 5), (back, over + DAY, -5), (twice, START + DAY, 5)]
    for number, (customer_id, at, amount) in enumerate(bought):
        money = {"external_id": str(number), "amount_minor": amount, "currency": "VND"}
        put(database, "purchase", customer_id=customer_id, purchased_at=at, **money)
    found = database.read_now(response_outcomes.follow, kinds=[Kind.NPS], period=TWO_MONTHS_AGO)
    assert found == (Followed(2, 1, 0), Followed(2, 0, 1))
    assert database.read_now(response_outcomes.follow, kinds=[Kind.CES], period=TWO_MONTHS_AGO) == (
        Followed(),
        Followed(),
    )


def test_the_first_answer_of_these_kinds_is_found(database: Database) -> None:
    def first(*kinds: Kind) -> object:
        def read(tx: Tx, *, now: datetime) -> object:
            return survey_history.first_answer_at(tx, kinds)

        return database.read_now(read)

    assert first(Kind.NPS) is None
    customer_id = add_customer(database, chat_id=None)
    add_score(database, customer_id, Kind.NPS, 9)
    remember(database, [Asked(customer_id=customer_id, sent_at=LONG_AGO, score=5, kind=Kind.CSAT)])
    assert (first(Kind.NPS), first(Kind.NPS, Kind.CSAT), first(Kind.CES)) == (START, LONG_AGO, None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_not_sent_on_a_day_is_looked_for_among_that_days_whichever_index_was_made_last(
    database: Database,
) -> None:
    def plans(tx: Tx, *, now: datetime) -> set[str]:
        for index in survey_run.indexes:
            if index.name == "ix_survey_run_sent":
                index.drop(tx)
                index.create(tx)
        asked: list[tuple[str, Any]] = []
        event.listen(tx, "before_cursor_execute", lambda _a, _b, words, facts, *_c: asked.append((words, facts)))
        survey_funnels.count_fates(tx, WEEK)
        survey_funnels.first_planned(tx, WEEK.start)
        found = [tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", facts).all() for words, facts in tuple(asked)]
        return {row.detail.split(" (")[0] for rows in found for row in rows if "survey_run USING" in row.detail}

    assert database.write_now(plans) == {"SEARCH survey_run USING INDEX ix_survey_run_unsent"}
