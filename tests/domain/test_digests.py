from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain import digests
from bot.domain.digests import DigestItem, Section
from bot.domain.messages import Language
from bot.domain.rules import ContactRules, DigestRules, Rules
from bot.domain.taps import ShowCustomer

FRIDAY = date(2026, 11, 20)
EIGHT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # in Vietnam
RULES = Rules()


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (EIGHT - timedelta(seconds=1), None),
        (EIGHT, FRIDAY),
        (EIGHT + timedelta(hours=3) - timedelta(seconds=1), FRIDAY),
        (EIGHT + timedelta(hours=3), None),
        (EIGHT + timedelta(days=1), None),  # a Saturday
    ],
)
def test_a_digest_is_for_the_mornings_of_business_days(now: datetime, day: date | None) -> None:
    assert digests.morning_of(now, RULES) == day


def test_a_digest_is_not_for_holidays_and_can_be_turned_off() -> None:
    holiday = replace(RULES, contact=ContactRules(holidays=frozenset({FRIDAY})))
    assert digests.morning_of(EIGHT, holiday) is None
    assert digests.morning_of(EIGHT, replace(RULES, digest=DigestRules(at=None))) is None
    later = replace(RULES, digest=DigestRules(at=time(8, 30)))
    assert digests.morning_of(EIGHT, later) is None


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (EIGHT - timedelta(hours=8), EIGHT),
        (EIGHT, EIGHT),
        (EIGHT + timedelta(hours=15), EIGHT + timedelta(hours=15)),
        (EIGHT + timedelta(days=1), EIGHT + timedelta(days=3)),  # from Saturday to Monday
    ],
)
def test_what_can_wait_is_told_from_the_digests_hour_of_a_business_day_on(now: datetime, at: datetime) -> None:
    assert digests.told_at(now, RULES) == at
    nine = replace(RULES, digest=DigestRules(at=None), cases=replace(RULES.cases, opens=time(9)))
    assert digests.told_at(EIGHT, nine) == EIGHT + timedelta(hours=1)
    never = replace(RULES, cases=replace(RULES.cases, weekdays=frozenset()))
    assert digests.told_at(EIGHT, never) == EIGHT


def test_what_came_since_the_last_digest_is_new_and_a_weekend_had_none() -> None:
    monday = digests.morning_at(EIGHT + timedelta(days=3), FRIDAY + timedelta(days=3), RULES)
    assert (monday.since, monday.before) == (EIGHT, EIGHT + timedelta(days=3, hours=16))
    never = replace(RULES, cases=replace(RULES.cases, weekdays=frozenset()))
    assert digests.morning_at(EIGHT, FRIDAY, never).since == EIGHT - timedelta(days=1)


def section(kind: str, *ids: int, total: int | None = None) -> Section:
    items = [DigestItem(customer_id=key, name=f"Khách {key}") for key in ids]
    return Section(kind=kind, total=len(ids) if total is None else total, items=items)


def test_sections_without_anything_are_left_out() -> None:
    facts = digests.digest_facts([section("cases"), section("silent", 1)])
    assert [each["kind"] for each in facts["sections"]] == ["silent"]  # type: ignore[attr-defined]


def test_each_customer_who_is_named_has_one_button_and_there_are_six_at_most() -> None:
    facts = digests.digest_facts([section("cases", 1, 2), section("silent", 2, 3, 4, 5, 6, 7)])
    said = digests.digest(facts, outbox_id=1, language=Language.VI)
    assert said.template == "staff/digest"
    assert [[button.tap for button in row] for row in said.keyboard] == [
        [ShowCustomer(1), ShowCustomer(2)],
        [ShowCustomer(3), ShowCustomer(4)],
        [ShowCustomer(5), ShowCustomer(6)],
    ]
    assert said.keyboard[0][0].facts == {"customer": "Khách 1"}
