"""The simulated business: the same for the same seed and day, and a past that the bot itself could have made."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from bot.domain.local_time import local_date
from bot.domain.messages import Language
from bot.domain.rules import Rules, SurveyRules, WinBackRules
from bot.domain.surveys import band
from bot.domain.touchpoints import OUTSIDE_CLOCKS, POLICIES, Kind
from bot.playground.simulation.people import CUSTOMERS, YEAR
from bot.playground.simulation.ranks import standings
from bot.playground.simulation.story import Simulation, simulate
from bot.playground.simulation.words import table
from bot.rules_file import read_rules
from bot.services.standings import plan_standings
from storage import history
from storage.database import Database
from tests.factories import rows

NOW = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
RULES = read_rules(None, said={}, now=NOW)


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(seed=1, rules=RULES, now=NOW)


def everything_dated(simulation: Simulation) -> Iterator[datetime]:
    history = simulation.history
    for records in vars(history).values():
        for record in records:
            for name, value in vars(record).items():
                if isinstance(value, datetime) and name.endswith(("_at", "happened")) and not is_ahead(name):
                    yield value


def is_ahead(column: str) -> bool:
    """Whether a column may speak of the future."""
    ahead = {"due_at", "expires_at", "remind_at", "closes_at", "next_at", "tip_at"}
    return column in ahead or column.startswith("next_")


def test_the_same_seed_and_day_tell_the_same_story(simulation: Simulation) -> None:
    assert simulate(seed=1, rules=RULES, now=NOW) == simulation


def test_another_seed_tells_another_story(simulation: Simulation) -> None:
    assert simulate(seed=2, rules=RULES, now=NOW).history.answers != simulation.history.answers


def test_one_customers_fate_does_not_depend_on_anothers(simulation: Simulation) -> None:
    eager = simulate(seed=1, rules=Rules(surveys=SurveyRules(nps_every=timedelta(days=30))), now=NOW)
    assert eager.history.purchases == simulation.history.purchases


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_customers_stand_among_the_others_as_the_planner_counts_it(simulation: Simulation, database: Database) -> None:
    database.write_now(history.add, history=simulation.history)
    while database.write_now(lambda tx, now: plan_standings(tx, now=NOW, rules=RULES)):
        pass
    counted = {
        row["customer_id"]: (row["value_minor"], row["value_band"], row["rfm"]) for row in rows(database, "standing")
    }
    told = standings(simulation.history.purchases, rules=RULES, now=NOW)
    assert {whom: (one.value_minor, one.value_band, one.rfm) for whom, one in told.items()} == counted


def test_nearly_every_survey_has_the_segments_that_purchases_put_its_customer_into(simulation: Simulation) -> None:
    ranked = [run for run in simulation.history.runs if run.segmentation.rfm and run.segmentation.value]
    assert len(ranked) > 0.9 * len(simulation.history.runs)
    theirs = {run.id: run.segmentation for run in simulation.history.runs}
    assert all(one.segmentation == theirs[one.run_id] for one in simulation.history.answers)


def test_the_past_ends_at_the_opening(simulation: Simulation) -> None:
    assert max(everything_dated(simulation)) <= NOW
    assert min(sale.purchased_at for sale in simulation.sales_to_come) >= NOW


def test_every_customer_is_somebody_else(simulation: Simulation) -> None:
    customers = simulation.history.customers
    assert len(customers) == CUSTOMERS
    for column in ("id", "external_id", "phone"):
        assert len({getattr(one, column) for one in customers}) == CUSTOMERS


def test_the_year_holds_something_of_every_kind(simulation: Simulation) -> None:
    history = simulation.history
    assert all(vars(history).values())
    assert {answer.kind for answer in history.answers} == {Kind.NPS, Kind.CES, Kind.CSAT}
    sent = {message.kind for message in history.messages if message.status == "sent"}
    of_people = {Kind.CASE_CES, Kind.FOLLOW_UP, Kind.COMPLETION}  # a plan takes a year, and none began before it
    assert sent == {kind for kind in Kind if POLICIES[kind].group not in OUTSIDE_CLOCKS} - of_people
    assert any(loss.recovered_at for loss in history.losses)
    assert any(purchase.amount_minor < 0 for purchase in history.purchases)
    assert {customer.language for customer in history.customers} == set(Language)


def test_the_past_obeys_the_contact_policy(simulation: Simulation) -> None:
    sent: defaultdict[int, list[datetime]] = defaultdict(list)
    for message in simulation.history.messages:
        if message.sent_at is not None:
            sent[message.customer_id].append(message.sent_at)
    for instants in map(sorted, sent.values()):
        assert all(later - earlier >= RULES.contact.floor for earlier, later in pairwise(instants))
        weeks = zip(instants, instants[RULES.contact.weekly_cap :], strict=False)
        assert all(last - first >= timedelta(days=7) for first, last in weeks)


def test_what_was_held_until_it_was_too_late_says_by_which_rule(simulation: Simulation) -> None:
    expired = [one for one in simulation.history.messages if one.status == "expired"]
    assert len(expired) > 10
    assert all(one.hold_rule for one in expired)


def test_nobody_is_asked_who_is_not_linked(simulation: Simulation) -> None:
    linked_at = {customer.id: customer.linked_at for customer in simulation.history.customers}
    for message in simulation.history.messages:
        if message.sent_at is not None:
            linked = linked_at[message.customer_id]
            assert linked is not None
            assert linked <= message.sent_at


def test_a_reason_fits_its_score(simulation: Simulation) -> None:
    languages = {customer.id: customer.language for customer in simulation.history.customers}
    said = table("remarks")["said"]
    reasons = [answer for answer in simulation.history.answers if answer.reason is not None]
    assert reasons
    for answer in reasons:
        kind = Kind(answer.kind)
        assert answer.reason in said[languages[answer.customer_id]][kind][band(kind, answer.score)]


def test_critics_leave_more_often_than_friends(simulation: Simulation) -> None:
    lost = {loss.customer_id for loss in simulation.history.losses}
    people = sorted(simulation.profiles, key=lambda profile: profile.mood)
    third = len(people) // 3
    critics, friends = people[:third], people[-third:]
    assert sum(one.id in lost for one in critics) > 2 * sum(one.id in lost for one in friends)


def test_who_is_lost_has_been_silent_and_has_one_open_loss(simulation: Simulation) -> None:
    still = [loss for loss in simulation.history.losses if loss.recovered_at is None]
    assert sorted(loss.customer_id for loss in still) == [
        customer.id for customer in simulation.history.customers if customer.lost_at is not None
    ]
    last = {customer.id: customer.last_purchase_at for customer in simulation.history.customers}
    silent_after = RULES.win_back.silent_after
    assert silent_after is not None
    for loss in still:
        bought_at = last[loss.customer_id]
        assert bought_at is not None
        assert loss.source == "staff" or loss.lost_at == bought_at + silent_after


def test_the_cast_has_a_leap_day_and_a_birthday_tomorrow(simulation: Simulation) -> None:
    born = {(one.birth_month, one.birth_day) for one in simulation.history.customers[: len(simulation.cast)]}
    tomorrow = local_date(NOW, RULES.timezone) + timedelta(days=1)
    assert {(2, 29), (tomorrow.month, tomorrow.day)} <= born


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2027, 6, 30), date(2028, 2, 28), date(2028, 12, 31)])
def test_it_opens_on_any_day_with_four_surveys_to_send(day: date) -> None:
    now = datetime(day.year, day.month, day.day, 2, 5, tzinfo=UTC)
    simulation = simulate(seed=1, rules=RULES, now=now)
    due = [one for one in simulation.history.customers if one.next_nps_at == now]
    assert len(due) == 4
    calm = now - YEAR / 12
    messages = [one for one in simulation.history.messages if one.kind != Kind.HOLIDAY_GREETING]
    asked = {one.customer_id for one in messages if one.sent_at is not None and one.sent_at > calm}
    assert not asked & {one.id for one in due}


def test_it_follows_the_rules_of_the_business() -> None:
    rules = Rules(win_back=WinBackRules(enabled=False, silent_after=None))
    history = simulate(seed=1, rules=rules, now=NOW).history
    assert not history.win_backs
    assert not history.plans
    assert {loss.source for loss in history.losses} == {"staff"}
