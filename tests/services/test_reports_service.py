"""Reports as use cases, on both databases: what is counted, held against what, and refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.messages import Language, Message
from bot.domain.metrics.estimates import Sufficiency, Verdict
from bot.domain.periods import Unit
from bot.domain.report_messages import Report, SegmentsPicture, TrendPicture
from bot.domain.report_requests import parse_report_request
from bot.domain.reports import Funnel, Metric
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.services import reports
from storage.database import Database
from tests.conftest import START, HandClock
from tests.factories import add_customer, add_staff, put
from tests.history import Asked, remember

RULES = Rules()
DAY = timedelta(days=1)
YESTERDAY = START - DAY
BEFORE = START - 100 * DAY
METRICS = {"nps": (Kind.NPS, 10), "ces": (Kind.CES, 7), "csat": (Kind.CSAT, 5)}


def ask(database: Database, words: str = "", language: Language = Language.EN) -> Report | Message:
    request = parse_report_request(words.split())
    return database.read_now(reports.report, rules=RULES, request=request, page=reports.surveys, language=language)


def report(database: Database, words: str = "") -> Report:
    found = ask(database, words)
    assert isinstance(found, Report)
    return found


def facts(found: Report) -> dict[str, Any]:
    return dict(found.message.facts)


def line(found: Report, metric: Metric | None = None) -> dict[str, Any]:
    """The line of a metric in an overview, or the one line of another report."""
    lines = facts(found).get("lines") or [facts(found)["line"]]
    return next(each for each in lines if metric in (None, each["metric"]))


def value(shown: dict[str, Any]) -> Any:
    return shown["estimate"] and shown["estimate"]["value"]


def verdict(shown: dict[str, Any]) -> Any:
    return shown["change"]["verdict"]


def segments(found: Report) -> list[tuple[str, Any]]:
    """The name and value of each segment that is listed."""
    return [(each["name"]["text"], value(each["line"])) for each in facts(found)["segments"]]


def trend(found: Report) -> TrendPicture:
    assert isinstance(found.picture, TrendPicture)
    return found.picture


def buy(database: Database, customer_id: int, *, at: datetime) -> None:
    price = {"amount_minor": 1, "currency": "VND"}
    put(database, "purchase", external_id=f"{at}", customer_id=customer_id, purchased_at=at, **price)


def customers(database: Database, count: int) -> list[int]:
    return [add_customer(database, name=f"An {number}", chat_id=None) for number in range(count)]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    ("count", "sufficiency"),
    [
        (0, Sufficiency.NONE),
        (1, Sufficiency.HIDDEN),
        (4, Sufficiency.HIDDEN),
        (5, Sufficiency.FEW),
        (30, Sufficiency.ENOUGH),
    ],
)
def test_a_value_is_shown_from_five_answers_on_also_when_all_agree(
    database: Database, metric: str, count: int, sufficiency: Sufficiency
) -> None:
    kind, best = METRICS[metric]
    remember(
        database,
        [Asked(customer_id=one, sent_at=YESTERDAY, kind=kind, score=best) for one in customers(database, count)],
    )
    shown = line(report(database, metric))
    assert (shown["n"], shown["sufficiency"]) == (count, sufficiency)
    highest = 100 if metric == "nps" else 1
    assert value(shown) == (highest if count >= 5 else None)
    assert (shown["counts"] is None, verdict(shown)) == (count < 5, Verdict.NOT_COMPARABLE)


def test_a_change_is_stated_against_the_period_before(database: Database) -> None:
    people = customers(database, 40)
    remember(database, [Asked(customer_id=one, sent_at=BEFORE, score=3) for one in people])
    remember(database, [Asked(customer_id=one, sent_at=YESTERDAY, score=10) for one in people])
    assert verdict(line(report(database, "nps 90d"))) is Verdict.NOT_COMPARABLE
    remember(database, [Asked(customer_id=people[0], sent_at=START - 200 * DAY, score=3)])
    assert verdict(line(report(database, "nps 90d"))) is Verdict.UP
    assert verdict(line(report(database), Metric.NPS)) is Verdict.UP


def test_an_overview_of_nothing_still_says_every_metric(database: Database) -> None:
    found = report(database)
    assert [line(found, metric)["n"] for metric in Metric] == [0] * 5
    assert (facts(found)["active"], facts(found)["active_before"]) == (0, 0)
    assert trend(found).metric is Metric.NPS
    assert not any(point.n for point in trend(found).trend)


def test_an_overview_counts_each_metric_from_its_own_rows(database: Database) -> None:
    people = customers(database, 6)
    for kind, score in ((Kind.NPS, 9), (Kind.CES, 1), (Kind.CSAT, 5)):
        remember(database, [Asked(customer_id=one, sent_at=START - 20 * DAY, kind=kind, score=score) for one in people])
    remember(database, [Asked(customer_id=one, sent_at=START - 20 * DAY, kind=Kind.CES) for one in people])
    put(database, "loss", customer_id=people[0], lost_at=YESTERDAY, source="manual", reason="")
    found = report(database)
    shown = {metric: value(line(found, metric)) for metric in Metric}
    assert shown == {
        Metric.NPS: 100,
        Metric.CES: 0,
        Metric.CSAT: 1,
        Metric.RESPONSE_RATE: 0.75,
        Metric.CHURN: pytest.approx(1 / 6),
    }
    assert (facts(found)["active"], facts(found)["active_before"]) == (5, 6)


def test_the_picture_of_an_overview_is_of_the_first_metric_with_a_value(database: Database) -> None:
    people = customers(database, 5)
    remember(database, [Asked(customer_id=one, sent_at=YESTERDAY, kind=Kind.CSAT, score=4) for one in people])
    picture = trend(report(database))
    assert (picture.metric, picture.scores) == (Metric.CSAT, {4: 5})


@pytest.mark.parametrize(
    ("n", "unit", "seen"), [(0, Unit.MONTH, 0), (3, Unit.MONTH, 0), (30, Unit.MONTH, 3), (300, Unit.WEEK, 13)]
)
def test_a_trend_is_drawn_in_steps_that_can_be_seen_at_this_n(
    database: Database, n: int, unit: Unit, seen: int
) -> None:
    people = customers(database, n)
    spread = 88 * DAY / max(n, 1)
    answers = [
        Asked(customer_id=one, sent_at=START - 89 * DAY + place * spread, score=9) for place, one in enumerate(people)
    ]
    remember(database, answers)
    points = trend(report(database, "nps 90d")).trend
    assert {point.part.unit for point in points} == {unit}
    assert sum(point.estimate is not None for point in points) == seen


def test_answers_that_came_all_at_once_are_drawn_in_the_steps_that_hide_least(database: Database) -> None:
    remember(database, [Asked(customer_id=one, sent_at=YESTERDAY, score=9) for one in customers(database, 40)])
    points = trend(report(database, "nps 90d")).trend
    assert [point.estimate is not None for point in points] == [False, False, False, True]


def test_surveys_that_may_still_be_answered_make_no_response_rate(database: Database) -> None:
    people = customers(database, 10)
    remember(database, [Asked(customer_id=one, sent_at=START - 20 * DAY, score=9, reason="vì") for one in people[:6]])
    remember(database, [Asked(customer_id=one, sent_at=START - 20 * DAY) for one in people[6:]])
    remember(database, [Asked(customer_id=one, sent_at=YESTERDAY) for one in people])
    found = report(database, "nps")
    responses = facts(found)["responses"]
    assert responses["counts"] == {"part": 6, "whole": 10}
    assert facts(found)["unclosed"] == 10
    assert trend(found).funnel == Funnel(sent=20, answered=6, commented=6, closed=10, closed_answered=6)
    assert line(report(database, "response"))["counts"] == {"part": 6, "whole": 10}


def test_a_period_before_the_first_answer_has_none(database: Database) -> None:
    remember(database, [Asked(customer_id=one, sent_at=YESTERDAY, score=9) for one in customers(database, 6)])
    assert line(report(database, "nps last year"))["sufficiency"] is Sufficiency.NONE


def test_an_answer_from_the_future_is_in_no_period_that_has_ended(database: Database, clock: HandClock) -> None:
    """A replica's clock may run ahead."""
    (an,) = customers(database, 1)
    remember(database, [Asked(customer_id=an, sent_at=START + DAY, score=9)])
    assert line(report(database, "nps 7d"))["n"] == 0
    clock.advance(DAY)
    assert line(report(database, "nps 7d"))["n"] == 1


def test_unfinished_churn_is_so_far_and_compared_with_nothing(database: Database) -> None:
    people = customers(database, 60)
    for one in people[:30]:
        put(database, "loss", customer_id=one, lost_at=YESTERDAY, source="manual", reason="")
    unfinished, finished = line(report(database, "churn this month")), line(report(database, "churn 30d"))
    assert (unfinished["so_far"], verdict(unfinished)) == (True, Verdict.NOT_COMPARABLE)
    assert (finished["so_far"], verdict(finished)) == (False, Verdict.UP)


def test_churn_is_not_held_against_a_time_before_the_first_purchase(database: Database) -> None:
    buy(database, *customers(database, 1), at=START - 50 * DAY)
    assert line(report(database, "churn 30d"))["began_at"] == START - 50 * DAY
    assert line(report(database, "churn 20d"))["began_at"] is None


@pytest.mark.parametrize("words", ["churn 90d", "churn this month"])
def test_the_trend_of_churn_leaves_out_what_is_cut_short_or_not_over(database: Database, words: str) -> None:
    customers(database, 5)
    parts = [point.part for point in trend(report(database, words)).trend]
    assert {part.after - part.first_day for part in parts} == {timedelta(weeks=1)}
    assert max(part.end for part in parts) <= START


def test_a_trend_of_churn_without_a_whole_part_shows_what_there_is(database: Database) -> None:
    (point,) = trend(report(database, "churn today")).trend
    assert point.part.unit is Unit.DAY


def test_a_breakdown_keeps_an_answer_in_the_plan_it_was_given_in(database: Database) -> None:
    people = [add_customer(database, chat_id=None, plan="platinum") for _ in range(10)]
    plans = ("gold", "silver")
    remember(
        database,
        [
            Asked(
                customer_id=one, sent_at=YESTERDAY, kind=Kind.CSAT, score=1 + 4 * (place % 2), segment=plans[place % 2]
            )
            for place, one in enumerate(people)
        ],
    )
    found = report(database, "csat 30d by plan")
    assert segments(found) == [("silver", 1), ("gold", 0)]
    assert value(line(found)) == 0.5
    assert isinstance(found.picture, SegmentsPicture)


def test_csms_are_named_and_those_who_left_are_numbered(database: Database) -> None:
    add_staff(database, 5_000_000_000, name="Hoa")
    people = customers(database, 3)
    csms = (5_000_000_000, 6_000_000_000, None)
    remember(
        database,
        [Asked(customer_id=one, sent_at=YESTERDAY, score=9, csm_id=csm) for one, csm in zip(people, csms, strict=True)],
    )
    assert {name for name, _ in segments(report(database, "nps by csm"))} == {"Hoa", "#6000000000", ""}


def test_churn_can_be_broken_down_by_present_plan(database: Database) -> None:
    for plan in ("gold",) * 5 + ("silver",) * 5:
        add_customer(database, chat_id=None, plan=plan)
    put(database, "loss", customer_id=1, lost_at=YESTERDAY, source="manual", reason="")
    assert segments(report(database, "churn by plan")) == [("gold", 0.2), ("silver", 0)]


def test_response_rates_can_be_broken_down_too(database: Database) -> None:
    people = customers(database, 5)
    remember(database, [Asked(customer_id=one, sent_at=START - 20 * DAY, segment="silver") for one in people])
    assert segments(report(database, "response by plan")) == [("silver", 0)]


@pytest.mark.parametrize(
    ("words", "code", "word"),
    [
        ("nps 0d", "empty", "0d"),
        ("nps 99y", "too_long", "99y"),
    ],
)
def test_a_period_that_there_cannot_be_is_named(database: Database, words: str, code: str, word: str) -> None:
    said = ask(database, words)
    assert isinstance(said, Message)
    assert (said.template, said.facts["code"], said.facts["word"]) == ("reports/misunderstood", code, word)


@pytest.mark.parametrize(
    ("vietnamese", "english"),
    [
        ("nps 90 ngày", "nps 90d"),
        ("csat 30 ngày theo gói", "csat 30d by plan"),
        ("rời bỏ quý trước", "churn last quarter"),
    ],
)
def test_vietnamese_words_ask_for_the_same(database: Database, vietnamese: str, english: str) -> None:
    assert ask(database, vietnamese) == ask(database, english)
