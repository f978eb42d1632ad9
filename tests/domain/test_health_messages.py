"""What staff are told of health: short enough for one message, and never more than is known."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.domain import health_messages
from bot.domain.health import Alert, Colour, Contribution, Health, Override
from bot.domain.health_messages import PAGE, Counted, ListedHealth, Portfolio, risks_message
from bot.domain.health_standing import Standing
from bot.domain.health_trend import HealthPoint, daily
from bot.domain.measures import Measure, Part
from bot.domain.messages import Language, Message
from bot.domain.notices import notice
from bot.domain.taps import PickCustomer, RisksPage, ShowHealth, SwitchCancellation

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
CONTRIBUTIONS = (
    Contribution(Measure.TREND, 0.2, 20, 10),
    Contribution(Measure.FREQUENCY, 0.4, 40, 10),
    Contribution(Measure.SURVEY, 90, 90, 20),
)
RED = Health(
    score=47, colour=Colour.RED, contributions=CONTRIBUTIONS, override=Override.CANCELLATION, scorecard="general", nps=9
)
AN = ListedHealth(
    customer_id=7, name="An", csm_id=1, health=RED, since=TODAY, score_before=60, value=("VND", 5_000_000)
)
STANDING = Standing(customer_id=7, day=TODAY, health=RED, version="v1", since=TODAY)
FORTNIGHT = timedelta(days=14)
NOBODY = Counted(now=dict.fromkeys(Colour, 0), before=dict.fromkeys(Colour, 0))


def taps(message: Message) -> list[list[object]]:
    return [[button.tap for button in row] for row in message.keyboard]


def test_the_portfolio_says_how_many_have_which_colour_and_had() -> None:
    day, before = date(2026, 11, 20), {**NOBODY.before, Colour.GREEN: 2}
    counted = Counted(now={**NOBODY.now, Colour.RED: 3}, before=before, day=day)
    found = Portfolio(own=None, everybody=counted, falls=[AN], rises=[])
    message = health_messages.portfolio_message(found, Language.VI)
    assert message.facts["own"] is None
    assert message.facts["everybody"] == {
        "total": 3,
        "compared": 2,
        "day": date(2026, 11, 20),
        "lines": [
            {"colour": "red", "n": 3, "before": 0},
            {"colour": "yellow", "n": 0, "before": 0},
            {"colour": "green", "n": 0, "before": 2},
            {"colour": "grey", "n": 0, "before": 0},
        ],
    }
    assert taps(message) == [[ShowHealth(7)], [RisksPage(0)]]


def test_where_nobody_is_red_nobody_is_offered() -> None:
    message = health_messages.portfolio_message(
        Portfolio(own=NOBODY, everybody=NOBODY, falls=[], rises=[]), Language.VI
    )
    assert message.keyboard == ()
    assert message.facts["own"] == {**message.facts["everybody"]}  # type: ignore[dict-item]


def test_risks_come_in_pages_with_the_reasons_that_pull_down_most() -> None:
    message = risks_message([AN] * PAGE, page=1, total=3 * PAGE, staff_id=1, language=Language.EN)
    assert taps(message)[-1] == [RisksPage(0), RisksPage(2)]
    assert (message.facts["first"], message.facts["last"]) == (9, 16)
    line = message.facts["customers"][0]  # type: ignore[index]
    assert line["reasons"] == [{"part": Part.USAGE, "score": 30}]
    assert (line["change"], line["own"], line["minor"]) == (-13, True, 5_000_000)
    last = risks_message([AN], page=2, total=2 * PAGE + 1, staff_id=2, language=Language.EN)
    assert taps(last) == [[ShowHealth(7)], [RisksPage(1)]]
    only = risks_message([AN], page=0, total=1, staff_id=2, language=Language.EN)
    assert taps(only) == [[ShowHealth(7)]]


def test_a_page_beyond_the_last_is_the_last() -> None:
    assert [health_messages.read_page(number, 9) for number in (-1, 0, 1, 5)] == [0, 0, 1, 1]
    assert health_messages.read_page(3, 0) == 0


def test_one_customer_is_explained_part_by_part_with_what_is_not_known() -> None:
    before = replace(RED, score=60, nps=10)
    message = health_messages.customer_message(
        "An", STANDING, before, customer_id=7, cancels_since=NOW, language=Language.EN
    )
    facts = message.facts
    assert [(one["part"], one["score"], one["share"]) for one in facts["parts"]] == [  # type: ignore[attr-defined]
        (Part.USAGE, 30, 0.5),
        (Part.SURVEY, 90, 0.5),
    ]
    assert facts["unknown"] == [Part.ENGAGEMENT, Part.MILESTONES, Part.SUPPORT, Part.SENTIMENT]
    assert (facts["change"], facts["nps_before"], facts["nps_after"]) == (-13, 10, 9)
    assert taps(message) == [[PickCustomer("customer", 7, "")], [SwitchCancellation(7, 0)]]


def test_who_was_never_scored_has_no_numbers_and_can_still_ask_to_cancel() -> None:
    message = health_messages.customer_message(
        "An", None, None, customer_id=7, cancels_since=None, language=Language.EN
    )
    assert message.facts == {"customer": "An", "scored": False}
    assert taps(message)[-1] == [SwitchCancellation(7, 1)]
    assert health_messages.mark_facts(None) is None


def test_without_a_score_on_either_day_nothing_is_said_to_have_moved() -> None:
    for before in (None, replace(RED, score=None)):
        assert health_messages.change_facts(RED, before)["moves"] == []


def test_an_alert_names_the_customer_and_leads_to_their_health() -> None:
    facts = health_messages.red_facts(AN, None)
    assert (facts["name"], facts["alert"], facts["since"]) == ("An", Alert.RED, "2026-11-20")
    told = notice({**facts, "template": "health/alert"}, outbox_id=1, language=Language.VI)
    assert taps(told) == [[ShowHealth(7)]]


def test_a_fall_is_told_from_its_peak_with_all_that_moved_it_so_that_it_adds_up_and_nothing_else() -> None:
    trend, frequency, survey = CONTRIBUTIONS
    peak = replace(
        RED, score=55, nps=10, contributions=(replace(trend, score=60), frequency, replace(survey, score=85))
    )
    facts = health_messages.fall_facts(AN, peak, within=FORTNIGHT)
    assert (facts["fell_from"], facts["score"], facts["within"]) == (55, 47, 14)
    assert facts["moves"] == [{"part": Part.USAGE, "points": -10}, {"part": Part.SURVEY, "points": 2}]
    assert (facts["change"], facts["reasons"], facts["nps_before"], facts["nps_after"]) == (None, [], 10, 9)


def test_falls_of_a_day_are_one_post_with_a_number_for_each() -> None:
    falls = [health_messages.fall_facts(replace(AN, customer_id=key), RED, within=FORTNIGHT) for key in range(PAGE + 2)]
    facts = health_messages.falls_facts(falls, within=FORTNIGHT)
    assert (len(facts["falls"]), facts["more"], facts["within"]) == (PAGE, 2, 14)
    told = notice({**facts, "template": "health/falls"}, outbox_id=1, language=Language.VI)
    assert taps(told) == [[ShowHealth(key) for key in keys] for keys in (range(4), range(4, 8))]
    assert health_messages.falls_facts(falls[:2], within=FORTNIGHT)["more"] == 0


def test_a_line_about_somebody_at_risk_says_what_moved_it_and_only_of_a_fall_that_tells_something() -> None:
    trend, frequency, survey = CONTRIBUTIONS
    fallen = (replace(trend, score=60), frequency, replace(survey, score=85))
    before = replace(RED, score=RED.score + 5, contributions=fallen)  # type: ignore[operator]
    moved = [{"part": Part.USAGE, "points": -10}, {"part": Part.SURVEY, "points": 2}]
    assert health_messages.brief_risk(AN, before)["moves"] == moved
    for little in (replace(before, score=RED.score + 4), None):  # type: ignore[operator]
        assert health_messages.brief_risk(AN, little)["moves"] == []


def test_a_picture_carries_on_what_stood_when_it_begins_and_ends() -> None:
    first, last = TODAY - timedelta(days=10), TODAY
    points = [HealthPoint(TODAY - timedelta(days=90), 60), HealthPoint(TODAY - timedelta(days=3), 40)]
    assert daily(points, first=first, last=last) == (
        HealthPoint(first, 60),
        HealthPoint(TODAY - timedelta(days=3), 40),
        HealthPoint(last, 40),
    )
    assert daily([HealthPoint(last, 5)], first=first, last=last) == (HealthPoint(last, 5),)
    assert daily([], first=first, last=last) == ()
