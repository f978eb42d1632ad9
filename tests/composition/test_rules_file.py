from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.domain.measures import Measure
from bot.domain.messages import Language
from bot.domain.rules import Owner, Rules
from bot.domain.touchpoints import Kind
from bot.rules_file import RulesError, read_rules

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def read(text: str) -> Rules:
    path = Path("rules.toml")
    path.write_text(text, encoding="utf-8")
    return read_rules(path, said={}, now=NOW)


def problems(text: str) -> list[str]:
    with pytest.raises(RulesError) as caught:
        read(text)
    return caught.value.problems


def test_the_example_shows_the_defaults() -> None:
    assert read((ROOT / "touchpoint.example.toml").read_text(encoding="utf-8")) == read_rules(None, said={}, now=NOW)


def test_the_examples_commented_plan_and_offer_work_too() -> None:
    text = (ROOT / "touchpoint.example.toml").read_text(encoding="utf-8")
    text = text.replace("# offer.", "offer.").replace("# [[", "[[").replace("#\n", "\n")
    for key in (
        "key",
        "check_in_months",
        "progress_months",
        "name",
        "goal",
        "after_days",
        "title",
        "segment",
        "seeds",
        "weights",
    ):
        text = text.replace(f"# {key} =", f"{key} =")

    text = text.replace("# lunar", "lunar").replace("# at", "at").replace("# text", "text")

    rules = read(text)

    assert [(one.key, one.lunar) for one in rules.greetings] == [("tet", "01-01")]
    assert [plan.key for plan in rules.plans] == ["onboarding"]
    assert [(one.key, one.seeds) for one in rules.themes] == [("parking", ("bãi xe", "chỗ đậu", "parking"))]
    assert rules.plans[0].milestones[0].title[Language.EN] == "Comfortable with the basics"
    assert rules.win_back.offer[Language.VI] == "Giảm 10 % cho đơn hàng kế tiếp"
    assert rules.health.scorecards[0].weights == {Measure.MILESTONES: 30, Measure.FREQUENCY: 5}


def test_without_a_file_the_rules_are_the_defaults_with_plans_and_holidays() -> None:
    rules = read_rules(None, said={}, now=NOW)

    assert [one.key for one in rules.greetings] == ["tet", "mid_autumn"]
    contact = replace(rules.contact, holidays=frozenset())
    assert replace(rules, plans=(), greetings=(), themes=(), contact=contact) == Rules()


def test_default_plans_are_told_in_both_languages() -> None:
    for plan in read("").plans:
        for words in (plan.name, plan.goal, *(milestone.title for milestone in plan.milestones)):
            assert set(words) == set(Language)


WORDS = '{ vi = "lời", en = "words" }'
PLAN = f"""
[[plans]]
key = "x"
name = {WORDS}
goal = {WORDS}
[[plans.milestones]]
key = "m"
after_days = 30
title = {WORDS}
"""


def test_a_plan_of_the_file_has_owners_measures_tips_and_segments() -> None:
    measured = f"measure = {{ name = {WORDS}, unit = {WORDS}, target = 5 }}"
    [plan] = read(PLAN + f'owner = "company"\nproof = true\ntip = "first_use"\n{measured}').plans
    [milestone] = plan.milestones
    assert (milestone.owner, milestone.proof, milestone.tip) == (Owner.COMPANY, True, "first_use")
    assert milestone.measure is not None
    assert milestone.measure.target == 5


@pytest.mark.parametrize(
    ("written", "duration"),
    [
        ("90d", timedelta(days=90)),
        ("24h", timedelta(hours=24)),
        ("30m", timedelta(minutes=30)),
        ("45s", timedelta(seconds=45)),
    ],
)
def test_durations_are_written_with_their_unit(written: str, duration: timedelta) -> None:
    assert read(f'[contact]\nfloor = "{written}"').contact.floor == duration


def test_a_business_may_be_called_like_a_duration() -> None:
    assert read('business = "24h"').business == "24h"


def test_clocks_that_are_not_written_stay_as_they_are() -> None:
    clocks = read('[contact.clocks]\nnps = "30d"').contact.clocks

    assert clocks == {**Rules().contact.clocks, Kind.NPS: timedelta(days=30)}


def test_false_turns_a_duration_off_where_that_means_something() -> None:
    assert read("[win_back]\nsilent_after = false").win_back.silent_after is None
    assert read('[win_back]\nsilent_after = "60d"').win_back.silent_after == timedelta(days=60)


def test_times_of_day_are_text_or_toml_times() -> None:
    assert read('[birthday]\nat = "08:30"').birthday.at == time(8, 30)
    assert read("[birthday]\nat = 08:30:00").birthday.at == time(8, 30)


def test_holidays_of_ones_own_come_with_the_public_ones() -> None:
    holidays = read('[contact]\ncountry = "US"\nholidays = ["2027-03-15", 2027-03-16]').contact.holidays

    assert {date(2027, 3, 15), date(2027, 3, 16), date(2027, 7, 4)} <= holidays
    assert date(2027, 2, 6) not in holidays


def test_an_empty_country_has_no_public_holidays() -> None:
    assert read('[contact]\ncountry = ""').contact.holidays == frozenset()


def test_public_holidays_are_those_of_the_phone_region_when_no_country_is_named() -> None:
    assert date(2027, 7, 14) in read('phone_region = "FR"').contact.holidays


def test_every_problem_is_told_at_once_and_each_key_once() -> None:
    text = """
        nosuch = 1
        currency = "ĐỒNG"
        [surveys]
        reminder_after = "soon"
        closes_after = "1d"
        [contact]
        weekly_cap = 0
        country = "Việt Nam"
        [birthday]
        at = "25:00"
        leap_day_on = "03-02"
    """
    assert sorted(problem.partition(":")[0] for problem in problems(text)) == [
        "birthday.at",
        "birthday.leap_day_on",
        "contact.country",
        "contact.weekly_cap",
        "currency",
        "nosuch",
        "surveys.reminder_after",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nosuch = 1", "nosuch: is not a setting"),
        ("[contact]\nweekly_kap = 3", "contact.weekly_kap: is not a setting"),
        ("contact = 3", "contact: must be a table"),
        ('[contact]\nweekly_cap = "often"', "contact.weekly_cap: must be a whole number"),
        ("[contact]\nfloor = 24", 'contact.floor: must be a duration such as "90d", "24h" or "30m"'),
        ('[contact]\nfloor = "P1D"', "contact.floor: must be a duration"),
        ('[contact]\nfloor = "3y"', "contact.floor: must be a duration"),
        ("[win_back]\nsilent_after = 90", "win_back.silent_after: must be a duration"),
        ("[contact]\nquiet_from = 21", 'contact.quiet_from: must be a time of day such as "21:00"'),
        ('[contact]\nquiet_from = "25:00"', "contact.quiet_from: must be a time of day"),
        ('[contact]\nholidays = "Tết"', "contact.holidays: must be a list"),
        ('[contact]\nholidays = ["Tết"]', "contact.holidays[0]: must be a date"),
        ("[contact]\nholidays = [7]", "contact.holidays[0]: must be a date"),
        ('[contact.clocks]\nnps = "soon"', "contact.clocks.nps: must be a duration"),
        ('[contact.clocks]\nnpz = "90d"', "contact.clocks.npz: must be 'nps', 'ces'"),
        ("[contact]\nclocks = 3", "contact.clocks: must be a table"),
        ('[contact]\ncountry = "Việt Nam"', "contact.country: must be two letters"),
        ("[birthday]\nenabled = 3", "birthday.enabled: must be true or false"),
        ("[birthday]\nleap_day_on = 228", "birthday.leap_day_on: must be text in quotes"),
        ('[delivery]\nper_second = "fast"', "delivery.per_second: must be a number"),
        ('language = "fr"', "language: must be 'vi' or 'en'"),
        ('currency = "ĐỒNG"', "currency: must be an ISO code such as VND"),
        ('phone_region = "XX"', "phone_region: must be the two letters of a country such as VN"),
        ('[win_back]\nreasons = "price"', "win_back.reasons: must be a list"),
        ('[[plans]]\nkey = "x"', "plans[0].milestones: is missing"),
        ('[[plans]]\n[[plans.milestones]]\nafter_days = "soon"', "plans[0].milestones[0].after_days: must be a whole"),
        ("plans = 3", "plans: must be a list"),
        (PLAN + 'tip = "juggling"', "plans[0].milestones[0].tip: there is no templates/vi/tips/juggling.j2"),
        (PLAN + 'owner = "nobody"', "plans[0].milestones[0].owner: must be 'customer' or 'company'"),
        (PLAN + "proof = 3", "plans[0].milestones[0].proof: must be true or false"),
        (PLAN + 'measure.target = "many"', "plans[0].milestones[0].measure.target: must be a number"),
        ("[success]\nstuck_after = 21", "success.stuck_after: must be a duration"),
        ("= oops", "is not TOML: "),
    ],
)
def test_a_problem_names_its_key_as_the_file_writes_it(text: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in problems(text)), problems(text)


def test_every_problem_is_told_at_once() -> None:
    assert len(problems("nosuch = 1\n[contact]\nfloor = 24\nweekly_cap = []")) == 3


def test_a_file_that_is_not_text_says_so() -> None:
    Path("rules.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(RulesError, match="is not TOML"):
        read_rules(Path("rules.toml"), said={}, now=NOW)
