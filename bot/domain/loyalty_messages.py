"""The page that holds NPS against churn: what is said, drawn and written of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.domain.figures import Figure, FigureUnit
from bot.domain.landmarks import Followed
from bot.domain.messages import Language, Message
from bot.domain.metrics.estimates import HIDDEN_UNDER
from bot.domain.metrics.landmark import Association, CategoryRisk
from bot.domain.periods import Period
from bot.domain.report_messages import Report

METHODS = ("methods_landmark", "methods_ratios", "methods_stake")


@dataclass(frozen=True, kw_only=True)
class SurvivalPicture:
    """The share that left by so many days, by what was answered before; nobody was watched for more than `days`."""

    categories: Sequence[CategoryRisk]
    days: float


@dataclass(frozen=True, kw_only=True)
class Landmark:
    """From when until when customers were followed; `days` is how long that is meant to be.

    One of `every` so many customers was looked at.
    """

    at: datetime
    until: datetime
    days: int
    every: int = 1


def loyalty_report(
    found: Association, followed: Followed, landmark: Landmark, *, period: Period, currency: str, language: Language
) -> Report:
    """Each category with its churn and its ratio to the passives; that this is no cause, and who is not in it."""
    n, lost = len(followed.watched), sum(one.lost.part for one in found.categories)
    facts: dict[str, object] = {
        "at": landmark.at,
        "days": landmark.days,
        "every": landmark.every,
        "n": n,
        "lost": lost if n >= HIDDEN_UNDER else None,
        "categories": [_category(one, found) for one in found.categories],
        "refusal": found.refusal,
        "adjusted": bool(found.hazards),
        "adjusted_refusal": found.adjusted_refusal,
        "decided_by": found.decided_by,
        "at_stake": found.at_stake and asdict(found.at_stake),
        "currency": currency,
        "gave_notice": followed.gave_notice,
        "not_asked": followed.not_asked,
    }
    message = Message("reports/loyalty", language, facts)
    return Report(
        message=message,
        picture=SurvivalPicture(categories=found.categories, days=landmark.days),
        words=message,
        period=period,
        figures=tuple(_figures(found, currency)),
        methods=METHODS,
    )


def _category(one: CategoryRisk, found: Association) -> Mapping[str, object]:
    hazard = found.hazards.get(one.category)
    return {
        "category": one.category,
        "n": one.lost.whole,
        "lost": one.lost.part if one.lost.whole >= HIDDEN_UNDER else None,
        "churn": one.churn and asdict(one.churn),
        "ratio": one.ratio and asdict(one.ratio),
        "hazard": hazard and asdict(hazard),
    }


def _figures(found: Association, currency: str) -> Iterator[Figure]:
    for one in found.categories:
        n = one.lost.whole
        yield Figure(key=f"churn_{one.category}", unit=FigureUnit.SHARE, n=n, estimate=one.churn)
    for one in found.categories:
        if one.ratio:
            yield Figure(key=f"risk_ratio_{one.category}", unit=FigureUnit.MULTIPLE, n=one.ratio.n, estimate=one.ratio)
    for category, hazard in found.hazards.items():
        yield Figure(key=f"hazard_ratio_{category}", unit=FigureUnit.MULTIPLE, n=hazard.n, estimate=hazard)
    if found.at_stake:
        n = found.at_stake.n
        yield Figure(key="revenue_at_stake", unit=FigureUnit.MONEY, n=n, estimate=found.at_stake, currency=currency)
