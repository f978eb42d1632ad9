"""What is said of a request that was understood, in part or not at all, and the button for what was likely meant."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.messages import Language, Message
from bot.domain.periods import PeriodError, parse_period
from bot.domain.report_requests import Dimension, ReportRequest, ReportRequestError, parse_report_request
from bot.domain.report_understanding import LONGEST_WORD, misunderstood, no_period, opening
from bot.domain.reports import Metric
from bot.domain.taps import ShowReport

HANOI = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PERIOD = parse_period("30d", now=NOW, timezone=HANOI)


def taps(message: Message) -> list[str]:
    found = [button.tap for row in message.keyboard for button in row]
    assert all(isinstance(tap, ShowReport) for tap in found)
    return [tap.words for tap in found if isinstance(tap, ShowReport)]


def refused(words: str) -> PeriodError:
    with pytest.raises(PeriodError) as caught:
        parse_period(words, now=NOW, timezone=HANOI)
    return caught.value


def test_words_that_ask_for_no_report_are_quoted_no_longer_than_a_line() -> None:
    message = misunderstood(ReportRequestError("unknown", "x" * 500, "nps"), Language.EN)
    assert (message.facts["code"], message.facts["nearest"], message.facts["today"]) == ("unknown", "nps", None)
    assert len(str(message.facts["word"])) <= LONGEST_WORD
    assert not message.keyboard


def test_what_was_likely_meant_is_a_button_away() -> None:
    with pytest.raises(ReportRequestError) as caught:
        parse_report_request(["npss", "quý", "trứơc", "theo", "goii"])
    message = misunderstood(caught.value, Language.VI)
    assert taps(message) == ["nps last quarter by plan"]
    assert message.facts["said"] == "nps quý trứơc theo gói"


def test_a_period_that_there_cannot_be_is_told_with_its_days() -> None:
    facts = no_period(refused("m12 2026"), ReportRequest(), None, Language.VI).facts
    assert (facts["code"], facts["word"], facts["nearest"]) == ("future", "m12 2026", "")
    assert (facts["today"], facts["first_day"], facts["last_day"]) == (date(2026, 11, 22), date(2026, 12, 1), None)


def test_a_period_that_runs_backwards_is_offered_the_other_way_round() -> None:
    error, request = refused("1/5..1/2"), ReportRequest(Metric.NPS, "1/5..1/2", Dimension.PLAN)
    turned = parse_period(error.turned, now=NOW, timezone=HANOI)
    message = no_period(error, request, turned, Language.VI)
    assert (error.code, turned.first_day, turned.last_day) == ("backwards", date(2026, 2, 1), date(2026, 5, 1))
    assert taps(message) == ["nps 1/2..1/5 by plan"]
    assert message.facts["said"] == ""


def test_above_a_report_stands_what_was_understood_and_what_was_not() -> None:
    request = ReportRequest(Metric.NPS, "30d", Dimension.PLAN, unfiltered="vàng")
    facts = opening(request, PERIOD, None, free=True, language=Language.VI).facts
    assert (facts["understood"], facts["metric"], facts["by"], facts["began_at"]) == (True, "nps", "plan", None)
    assert facts["unfiltered"] == "vàng"
