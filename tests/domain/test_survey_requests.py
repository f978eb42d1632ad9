"""Surveys that staff ask for: how the command is read, and what the contact policy makes of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.contact import ContactFacts, Rule
from bot.domain.rules import ContactRules
from bot.domain.survey_requests import Forecast, Prospect, dedupe_key, forecast, read_request, read_words
from bot.domain.touchpoints import POLICIES, Group, Kind

MORNING = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # ten o'clock in Vietnam
EVENING = MORNING + timedelta(hours=12)


@pytest.mark.parametrize(
    ("typed", "customer", "kind", "subject"),
    [
        ("nps Nguyễn An", "Nguyễn An", Kind.NPS, ""),
        ("CES  An về đổi hàng", "An", Kind.CES, "đổi hàng"),
        ("csat An About the new app", "An", Kind.CSAT, "the new app"),
        ("csat Về", "Về", Kind.CSAT, ""),
        ("ces Khanh ve doi tra", "Khanh", Kind.CES, "doi tra"),
    ],
)
def test_a_request_names_the_survey_the_customer_and_maybe_the_subject(
    typed: str, customer: str, kind: Kind, subject: str
) -> None:
    query, words = read_request(typed)
    assert (query, read_words(words)) == (customer, (kind, subject))


@pytest.mark.parametrize("typed", ["", "nps", "An", "reminder An"])
def test_a_request_without_a_survey_or_a_customer_names_nobody(typed: str) -> None:
    assert read_request(typed)[0] == ""


def test_a_subject_is_no_longer_than_a_question_can_bear() -> None:
    _, words = read_request("ces An về " + "x" * 5000)
    assert len(read_words(words)[1]) == 120


def facts(kind: Kind, now: datetime, *sent: tuple[Kind, datetime], stopped: bool = False) -> ContactFacts:
    return ContactFacts(
        kind=kind,
        timezone="Asia/Ho_Chi_Minh",
        linked=True,
        stopped=stopped,
        unreachable=False,
        lost=False,
        expires_at=now + POLICIES[kind].lifetime,
        sent=sent,
    )


def test_a_survey_goes_at_once_when_nothing_holds_it() -> None:
    assert forecast(facts(Kind.NPS, MORNING), ContactRules(), now=MORNING) == Forecast(prospect=Prospect.NOW)


def test_a_survey_that_is_held_says_by_what_and_until_when() -> None:
    found = forecast(facts(Kind.NPS, EVENING), ContactRules(), now=EVENING)
    assert found == Forecast(
        prospect=Prospect.HELD, rule=Rule.QUIET_HOURS, until=datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    )
    assert found.goes


def test_a_survey_to_whom_must_not_be_written_is_refused_by_its_rule() -> None:
    found = forecast(facts(Kind.NPS, MORNING, stopped=True), ContactRules(), now=MORNING)
    assert found == Forecast(prospect=Prospect.REFUSED, rule=Rule.STOPPED)
    assert not found.goes


def test_a_survey_that_would_wait_beyond_its_life_is_not_worth_queueing_and_says_when_it_will_be() -> None:
    asked = MORNING - timedelta(days=30)
    found = forecast(facts(Kind.CSAT, MORNING, (Kind.NPS, asked)), ContactRules(), now=MORNING)
    assert found == Forecast(prospect=Prospect.TOO_LATE, rule=Rule.BETWEEN_SURVEYS, until=asked + timedelta(days=90))
    assert not found.goes


def test_a_survey_that_its_rules_never_let_through_has_no_end_to_name() -> None:
    asked = MORNING - timedelta(days=30)
    rules = ContactRules(group_clocks={Group.SURVEY: timedelta(days=36_500)})
    found = forecast(facts(Kind.CSAT, MORNING, (Kind.NPS, asked)), rules, now=MORNING)
    assert found == Forecast(prospect=Prospect.TOO_LATE, rule=Rule.BETWEEN_SURVEYS, until=None)


def test_one_request_of_a_kind_a_day_is_told_apart_by_its_key() -> None:
    day = date(2026, 11, 20)
    keys = {dedupe_key(kind, customer_id, day) for kind in (Kind.NPS, Kind.CES) for customer_id in (1, 2)}
    assert len(keys | {dedupe_key(Kind.NPS, 1, date(2026, 11, 21))}) == 5
