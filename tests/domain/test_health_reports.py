"""What the report says of customers' health: shares with their n, grey apart, and who moved."""

from datetime import UTC, date, datetime

from bot.domain import health_reports
from bot.domain.figures import FigureUnit
from bot.domain.health import Colour, Health
from bot.domain.health_messages import ListedHealth
from bot.domain.health_reports import (
    ColourStep,
    HealthReportPicture,
    HealthSpread,
    Mover,
    colour_figures,
    health_report,
    movers_of,
    spread_facts,
    steps_of,
)
from bot.domain.messages import Language
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.periods import ONE_DAY, parse_period, trends
from bot.domain.taps import RisksPage

RED, YELLOW, GREEN, GREY = Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
PERIOD = parse_period("90d", now=NOW, timezone="Asia/Ho_Chi_Minh")
SPREAD = HealthSpread(
    shifts={(GREEN, RED): 4, (YELLOW, RED): 2, (RED, GREEN): 3, (GREEN, GREEN): 6, (None, YELLOW): 1, (GREY, RED): 2}
    | {(None, GREY): 5},
    scores={40: 8, 90: 10},
)


def test_a_share_is_of_those_with_a_colour_and_grey_is_one_of_everybody() -> None:
    assert SPREAD.now == {RED: 8, YELLOW: 1, GREEN: 9, GREY: 5}
    assert (SPREAD.share(RED), SPREAD.share(GREY)) == (Share(8, 18), Share(5, 23))
    assert SPREAD.before == {RED: 3, YELLOW: 2, GREEN: 10, GREY: 2}


def test_the_colours_of_some_are_shares_of_those_who_have_one() -> None:
    red, green = colour_figures({RED: 2, GREEN: 6, GREY: 9})
    assert (red.key, red.n, red.estimate) == ("health_red", 8, proportion(Share(2, 8)))
    assert (green.key, green.n, green.estimate) == ("health_green", 8, proportion(Share(6, 8)))


def test_who_moved_is_counted_among_those_with_a_colour_on_both_days() -> None:
    assert (SPREAD.worse, SPREAD.better) == (Share(6, 15), Share(3, 15))


def test_each_number_of_the_page_has_its_interval_and_is_hidden_under_five() -> None:
    facts = spread_facts(SPREAD, PERIOD)
    found = proportion(Share(8, 18))
    assert found is not None
    red = {"colour": RED, "part": 8, "whole": 18, "before": 3}
    interval = {"value": found.value, "low": found.low, "high": found.high, "n": 18}
    assert facts["colours"][0] == red | {"estimate": interval}  # type: ignore[index]
    assert facts["median"] == {"value": 90, "low": 40, "high": 90, "n": 18}
    few = spread_facts(HealthSpread(shifts={(None, RED): 4}, scores={40: 4}), PERIOD)
    assert (few["median"], few["worse"]) == (None, {"part": 0, "whole": 0, "estimate": None})
    assert few["colours"][0]["estimate"] is None  # type: ignore[index]


def test_the_page_leads_to_those_at_risk_where_there_are_any_and_has_every_number_for_files() -> None:
    page = health_report(SPREAD, period=PERIOD, language=Language.EN)
    assert page.message.keyboard[0][0].tap == RisksPage(0)
    assert [(one.key, one.n) for one in page.figures] == [
        ("health_red", 18),
        ("health_yellow", 18),
        ("health_green", 18),
        ("health_grey", 23),
        ("health_worse", 15),
        ("health_better", 15),
        ("health_median", 18),
    ]
    assert page.figures[-1].unit is FigureUnit.NUMBER
    assert health_report(HealthSpread(shifts={}, scores={}), period=PERIOD, language=Language.EN).message.keyboard == ()


def test_movers_are_those_whose_score_is_known_on_both_days() -> None:
    def listed(score: int | None, before: int | None) -> ListedHealth:
        found = Health(score=score, colour=RED, contributions=(), override=None, scorecard="general", nps=None)
        name, since = "Nguyễn Thị Ánh Nguyệt Quỳnh Hương", date(2026, 11, 1)
        return ListedHealth(
            customer_id=1, name=name, csm_id=None, health=found, since=since, score_before=before, value=("", 0)
        )

    found = movers_of([listed(40, 80), listed(None, 70)], [listed(60, None), listed(60, 50)])
    assert [(one.before, one.after) for one in found] == [(80, 40), (50, 60)]
    assert len(found[0].name) == health_reports.NAME
    assert isinstance(found[0], Mover)


def test_a_step_is_the_last_day_of_its_part_and_a_part_without_one_is_none() -> None:
    first, second, third = trends(PERIOD, now=NOW)[0][:3]
    days = [first.first_day - ONE_DAY, second.first_day, second.last_day, third.last_day]
    assert steps_of([first, second, third], days) == {second: second.last_day, third: third.last_day}


def test_the_shares_of_a_step_are_of_those_with_a_colour_and_hidden_under_five() -> None:
    step = ColourStep(PERIOD, {RED: 2, YELLOW: 1, GREEN: 3, GREY: 9})
    assert (step.scored, step.share(RED)) == (6, proportion(Share(2, 6)))
    assert ColourStep(PERIOD, {RED: 4, YELLOW: 0, GREEN: 0, GREY: 9}).share(RED) is None


def test_one_step_is_no_course() -> None:
    step = ColourStep(PERIOD, {RED: 2, YELLOW: 1, GREEN: 3, GREY: 9})
    for steps, drawn in (((step,), ()), ((step, step), (step, step))):
        spread = HealthSpread(shifts={}, scores={}, steps=steps)
        picture = health_report(spread, period=PERIOD, language=Language.VI).picture
        assert isinstance(picture, HealthReportPicture)
        assert picture.steps == drawn


def test_the_day_of_the_figures_is_said_and_whether_it_lies_before_the_period() -> None:
    def said(day: date | None, first_day: date | None = None) -> tuple[object, ...]:
        facts = spread_facts(HealthSpread(shifts={}, scores={}, movers=None, day=day, first_day=first_day), PERIOD)
        return facts["day"], facts["first_day"], facts["is_earlier"], facts["picture_of"]["movers"]  # type: ignore[index]

    assert said(PERIOD.first_day) == (PERIOD.first_day.isoformat(), None, False, None)
    assert said(PERIOD.first_day - ONE_DAY)[2]
    assert said(None, PERIOD.after) == (None, PERIOD.after.isoformat(), False, None)
