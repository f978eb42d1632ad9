"""Reviews as they are said and drawn, from the facts that were kept when they were planned."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.calendar_units import ONE_DAY, Unit
from bot.domain.health import Colour
from bot.domain.health_reports import HealthReportPicture, Mover
from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.metrics.estimates import Estimate
from bot.domain.periods import Label, Period
from bot.domain.report_messages import Report, TrendPicture
from bot.domain.reports import Funnel, Metric, TrendPoint
from bot.domain.taps import ShowHealth

PERIODS = ("period", "before")


def review(facts: Mapping[str, Any], *, outbox_id: int, language: Language) -> Message:
    """A review, or a part of one, by the template that its facts name."""
    dated = {name: _dated(facts[name]) for name in PERIODS if name in facts}
    return Message(str(facts["template"]), language, {**facts, **dated}, _keyboard(facts))


def _dated(span: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(span[name]) for name in ("first_day", "last_day")}
    return {**span, **days}


def _keyboard(facts: Mapping[str, Any]) -> Keyboard:
    """A button to each of those who have become red and are named."""
    named = facts.get("reds", {}).get("named", ())
    return tuple((Button("health", ShowHealth(one["health_of"]), {"customer": one["name"]}),) for one in named)


def drawn(message: Message) -> Report:
    """What the picture of a review shows, as a report, which knows how to be drawn."""
    facts: Mapping[str, Any] = message.facts
    if facts["picture"] == "health":
        return _health(facts, message)
    trend = [_point(one) for one in facts["trend"]]
    scores = {int(score): n for score, n in facts["scores"].items()}
    words = {
        "metric": Metric.NPS,
        "by": None,
        "period": facts["period"],
        "line": facts["drawn"],
        "unit": trend[0].part.unit,
    }
    return Report(
        message=message,
        picture=TrendPicture(metric=Metric.NPS, trend=trend, scores=scores, funnel=Funnel()),
        words=Message("reports/picture", message.language, words),
        period=trend[-1].part,
    )


def _health(facts: Mapping[str, Any], message: Message) -> Report:
    found = facts["picture_of"]
    return Report(
        message=message,
        picture=HealthReportPicture(
            now={Colour(name): n for name, n in found["now"].items()},
            before={Colour(name): n for name, n in found["before"].items()},
            movers=[Mover(**one) for one in found["movers"]] if found["movers"] is not None else None,
        ),
        words=Message("reports/health", message.language, facts),
        period=_part(facts["period"]),
    )


def _point(one: Mapping[str, Any]) -> TrendPoint:
    return TrendPoint(_part(_dated(one)), one["n"], Estimate(**one["estimate"]) if one["estimate"] else None)


def _part(span: Mapping[str, Any]) -> Period:
    after = span["last_day"] + ONE_DAY
    return Period(span["first_day"], after, span["timezone"], Label.PART, Unit(span["unit"]))
