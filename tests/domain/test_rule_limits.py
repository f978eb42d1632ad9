from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from bot.domain.measures import Measure
from bot.domain.messages import Language
from bot.domain.rule_limits import LEAST, MOST, broken_limits
from bot.domain.rules import (
    BirthdayRules,
    CaseRules,
    ContactRules,
    DeliveryRules,
    DigestRules,
    HealthRules,
    HolidayGreeting,
    MeasureTemplate,
    MilestoneTemplate,
    MoneyRules,
    PlanTemplate,
    ReportRules,
    RetentionRules,
    Rules,
    SegmentScorecard,
    SuccessRules,
    SurveyRules,
    TetRules,
    WinBackRules,
)
from bot.domain.touchpoints import Group

WORDS = {Language.VI: "lời", Language.EN: "words"}
MILESTONE = MilestoneTemplate(key="first", after_days=30, title=WORDS)
TET = HolidayGreeting(key="tet", text=WORDS, lunar="01-01")
DAY = timedelta(days=1)
PLAN = PlanTemplate(key="onboarding", name=WORDS, goal=WORDS, milestones=(MILESTONE,))


def test_the_defaults_keep_to_their_own_limits() -> None:
    assert (
        list(broken_limits(Rules(plans=(PLAN,), greetings=(TET, replace(TET, key="women", lunar="", day="03-08")))))
        == []
    )


def measure(**changes: Any) -> MeasureTemplate:
    return replace(MeasureTemplate(name=WORDS, unit=WORDS, target=5), **changes)


WRONG_MILESTONES: list[tuple[dict[str, Any], str]] = [
    ({"tip": "first_use", "tip_days": 0}, "tip_days: must be at least 1, and less than after_days"),
    ({"tip": "first_use", "tip_days": 30}, "tip_days: must be at least 1, and less than after_days"),
    ({"measure": measure(name={})}, "measure.name.vi: is missing"),
    ({"measure": measure(unit={})}, "measure.unit.en: is missing"),
    ({"measure": measure(start=5)}, "measure.target: must be another number than start (5)"),
]


def test_a_milestone_may_be_measured_and_have_a_tip() -> None:
    milestone = replace(MILESTONE, measure=measure(), tip="first_use")
    plan = replace(PLAN, milestones=(milestone,), goals=(WORDS,), segments=("plan=gold",), then="onboarding")
    success = SuccessRules(review_url="https://g.page/x", referral_url="https://t.me/x")
    assert list(broken_limits(Rules(plans=(plan,), success=success))) == []


BOUNDS: Mapping[str, Any] = LEAST
TOO_LITTLE = [(key, least - type(least)(1)) for key, least in BOUNDS.items()]
TOO_MUCH = [(key, most + 1) for key, most in MOST.items()]


def _changed(rules: Any, names: Sequence[str], value: Any) -> Any:
    name, *rest = names
    return replace(rules, **{name: _changed(getattr(rules, name), rest, value) if rest else value})


@pytest.mark.parametrize(("key", "value"), [*TOO_LITTLE, *TOO_MUCH])
def test_each_limit_is_kept_to_by_its_own_setting(key: str, value: Any) -> None:
    rules = _changed(Rules(), key.split("."), value)

    assert any(problem.startswith(f"{key}: must be at ") for problem in broken_limits(rules))


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        (Rules(timezone="Asia/Hanoi"), "timezone: is not a known time zone"),
        (Rules(delivery=DeliveryRules(per_second=0)), "delivery.per_second: must be more than 0"),
        (Rules(delivery=DeliveryRules(lease=timedelta(seconds=40))), "delivery.lease: must be more than twice"),
        (Rules(surveys=SurveyRules(reminder_after=timedelta(days=14))), "surveys.reminder_after: must be shorter"),
        (Rules(birthday=BirthdayRules(leap_day_on="02-29")), "birthday.leap_day_on: must be one of 02-28, 03-01"),
        (Rules(win_back=WinBackRules(reasons=("price", "weather"))), "win_back.reasons: must be some of price"),
        (Rules(win_back=WinBackRules(reasons=())), "win_back.reasons: must be some of price"),
        (Rules(win_back=WinBackRules(offer={Language.VI: "Giảm 10 %"})), "win_back.offer.en: is missing"),
        (Rules(reports=ReportRules(ages=())), "reports.ages: must be whole numbers from 1 on"),
        (Rules(reports=ReportRules(ages=(18, 18))), "reports.ages: must be whole numbers from 1 on"),
        (Rules(reports=ReportRules(values=(0, 5))), "reports.values: must be whole numbers from 1 on"),
        (Rules(digest=DigestRules(silent_share=0)), "digest.silent_share: must be more than 0"),
        (Rules(digest=DigestRules(silent_share=1.1)), "digest.silent_share: must be more than 0"),
        (Rules(cases=CaseRules(opens=time(18))), "cases.opens: must be before cases.closes"),
        (Rules(cases=CaseRules(weekdays=frozenset())), "cases.weekdays: must be some of"),
        (Rules(cases=CaseRules(weekdays=frozenset({0}))), "cases.weekdays: must be some of"),
        (Rules(contact=ContactRules(weekdays=frozenset())), "contact.weekdays: must be some of 1"),
        (Rules(contact=ContactRules(weekdays=frozenset({0}))), "contact.weekdays: must be some of 1"),
        (Rules(contact=ContactRules(group_clocks={Group.SERVICE: DAY})), "contact.group_clocks: must be some of"),
        (
            Rules(contact=ContactRules(tet=TetRules(groups=frozenset({Group.ANSWER})))),
            "contact.tet.groups: must be some of",
        ),
        (Rules(greetings=(TET, TET)), "greetings: the key 'tet' must be used once"),
        (Rules(greetings=(replace(TET, text={}),)), "greetings[0].text.vi: is missing"),
        (Rules(greetings=(replace(TET, day="01-01"),)), "greetings[0]: must have either a day or a lunar day"),
        (Rules(greetings=(replace(TET, lunar=""),)), "greetings[0]: must have either a day or a lunar day"),
        (Rules(greetings=(replace(TET, lunar="12-31"),)), "greetings[0]: the day must be a month and a day"),
        (Rules(greetings=(replace(TET, lunar="15-08"),)), "greetings[0]: the day must be a month and a day"),
        (Rules(greetings=(replace(TET, lunar="rằm"),)), "greetings[0]: the day must be a month and a day"),
        (Rules(greetings=(replace(TET, lunar="", day="02-29"),)), "greetings[0]: the day must be a month and a day"),
        (Rules(plans=(PLAN, PLAN)), "plans: the key 'onboarding' must be used once"),
        (Rules(plans=(replace(PLAN, key="a:b"),)), "plans: the key 'a:b' must be 1 to 32"),
        (Rules(plans=(replace(PLAN, key="ộ" * 11),)), "must be 1 to 32"),
        (Rules(plans=(replace(PLAN, key=""),)), "plans: the key '' must be 1 to 32"),
        (Rules(plans=(replace(PLAN, name={Language.EN: "x"}),)), "plans[0].name.vi: is missing"),
        (Rules(plans=(replace(PLAN, goal={**WORDS, Language.EN: " "}),)), "plans[0].goal.en: is missing"),
        (Rules(plans=(replace(PLAN, progress_months=-1),)), "plans[0]: check_in_months and progress_months"),
        (Rules(plans=(replace(PLAN, check_in_months=-1),)), "plans[0]: check_in_months and progress_months"),
        (Rules(plans=(replace(PLAN, milestones=()),)), "plans[0].milestones: must have at least one"),
        (
            Rules(plans=(replace(PLAN, milestones=(MILESTONE, MILESTONE)),)),
            "plans[0].milestones: the key 'first' must be used once",
        ),
        (
            Rules(plans=(replace(PLAN, milestones=(replace(MILESTONE, after_days=0),)),)),
            "plans[0].milestones[0].after_days: must be at least 1",
        ),
        (
            Rules(plans=(replace(PLAN, milestones=(replace(MILESTONE, title={}),)),)),
            "plans[0].milestones[0].title.vi: is missing",
        ),
        (Rules(plans=(replace(PLAN, goals=(WORDS, {})),)), "plans[0].goals[1].vi: is missing"),
        (Rules(plans=(replace(PLAN, segments=("gold",)),)), 'plans[0].segments[0]: must be such as "plan=gold"'),
        (Rules(plans=(replace(PLAN, segments=("plan=a", "csm=Lan")),)), "plans[0].segments[1]: must be such as"),
        (Rules(plans=(replace(PLAN, then="growth"),)), "plans[0].then: must be the key of a plan: onboarding"),
        *(
            (
                Rules(plans=(replace(PLAN, milestones=(replace(MILESTONE, **changes),)),)),
                f"plans[0].milestones[0].{key}",
            )
            for changes, key in WRONG_MILESTONES
        ),
        (Rules(success=SuccessRules(behind_after=timedelta(days=21))), "success.behind_after: must be shorter than"),
        (Rules(success=SuccessRules(behind_share=0)), "success.behind_share: must be more than 0"),
        (Rules(success=SuccessRules(behind_share=1.1)), "success.behind_share: must be more than 0"),
        (Rules(success=SuccessRules(review_url="g.page")), "success.review_url: must be an address"),
        (Rules(success=SuccessRules(referral_url="http://x")), "success.referral_url: must be an address"),
    ],
)
def test_a_rule_out_of_its_limits_is_named_as_the_file_names_it(rules: Rules, problem: str) -> None:
    assert any(problem in found for found in broken_limits(rules))


def test_every_broken_limit_is_told() -> None:
    rules = Rules(timezone="x", contact=ContactRules(weekly_cap=0), plans=(replace(PLAN, name={}, goal={}),))

    assert len(list(broken_limits(rules))) == 6


def test_words_are_kept_for_ever_or_for_a_month_at_least() -> None:
    for texts, problems in ((None, 0), (timedelta(days=30), 0), (timedelta(days=29), 1)):
        found = [*broken_limits(Rules(retention=RetentionRules(texts=texts)))]
        assert len(found) == problems
        assert all(problem.startswith("retention.texts: ") for problem in found)


HEALTH = HealthRules()
TOO_FEW = dict.fromkeys(HEALTH.weights, 0.0) | {Measure.SURVEY: 5.0}


@pytest.mark.parametrize(
    ("health", "key"),
    [
        (HealthRules(red_up_to=75), "health.red_up_to"),
        (HealthRules(red_up_to=0), "health.red_up_to"),
        (HealthRules(yellow_up_to=100), "health.red_up_to"),
        (HealthRules(lines={**HEALTH.lines, Measure.TREND: (1, 1)}), "health.lines.trend"),
        (HealthRules(weights={**HEALTH.weights, Measure.TREND: -1}), "health.weights"),
        (HealthRules(weights=TOO_FEW), "health.weights"),
        (HealthRules(onboarding={Measure.CONNECTED: 1}), "health.onboarding"),
        (HealthRules(scorecards=(SegmentScorecard(segment="gold", weights={}),)), "health.scorecards[0].segment"),
        (HealthRules(scorecards=(SegmentScorecard(segment="csm=Lan", weights={}),)), "health.scorecards[0].segment"),
        (
            HealthRules(scorecards=(SegmentScorecard(segment="plan=x", weights=TOO_FEW),)),
            "health.scorecards[0].weights",
        ),
    ],
)
def test_a_score_that_cannot_be_made_is_refused(health: HealthRules, key: str) -> None:
    (problem,) = broken_limits(Rules(health=health))
    assert problem.startswith(f"{key}: ")


@pytest.mark.parametrize(
    ("money", "key"),
    [
        (MoneyRules(margin=0), "money.margin"),
        (MoneyRules(margin=1.1), "money.margin"),
        (MoneyRules(discount=-0.1), "money.discount"),
        (MoneyRules(horizon_months=0), "money.horizon_months"),
        (MoneyRules(rfm_days=(30, 90, 180)), "money.rfm_days"),
        (MoneyRules(rfm_purchases=(1, 2, 2, 4)), "money.rfm_purchases"),
        (MoneyRules(rfm_spent=(4, 3, 2, 1)), "money.rfm_spent"),
        (MoneyRules(rfm_spent=(-1, 3, 4, 5)), "money.rfm_spent"),
    ],
)
def test_money_cannot_be_reckoned_by_senseless_rules(money: MoneyRules, key: str) -> None:
    (problem,) = broken_limits(Rules(money=money))
    assert problem.startswith(f"{key}: ")


def test_a_margin_may_be_all_of_the_revenue() -> None:
    assert not list(broken_limits(Rules(money=MoneyRules(margin=1))))
