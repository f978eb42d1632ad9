"""The pages of a report: which are tabs, which hang below one, and which may be about the surveys of one kind."""

from enum import StrEnum
from types import MappingProxyType

from bot.domain.reports import Metric


class Page(StrEnum):
    """What a report can be about beside the surveys' metrics; several hang below a tab of their own."""

    TREND = "trend"
    FUNNEL = "funnel"
    SEGMENTS = "segments"
    REASONS = "reasons"
    HEALTH = "health"
    MONEY = "money"
    CASES = "cases"
    REVENUE = "revenue"
    RETENTION = "retention"
    CLV = "clv"
    RFM = "rfm"
    DEALS = "deals"
    COSTS = "costs"
    PRICES = "prices"
    JOURNEY = "journey"
    TASKS = "tasks"
    LOYALTY = "loyalty"
    OPPORTUNITIES = "opportunities"
    TESTS = "tests"
    TEAM = "team"
    ROI = "roi"


BROKEN_DOWN = frozenset(
    {
        Page.HEALTH,
        Page.MONEY,
        Page.REVENUE,
        Page.DEALS,
        Page.RETENTION,
        Page.CLV,
        Page.COSTS,
        Page.PRICES,
        Page.JOURNEY,
        Page.TASKS,
        Page.RFM,
        Page.LOYALTY,
        Page.OPPORTUNITIES,
        Page.TESTS,
        Page.TEAM,
        Page.ROI,
        Page.CASES,
    }
)
"""Pages whose figures are told by segment, too."""

TABS = (Page.TREND, Page.FUNNEL, Page.SEGMENTS, Page.REASONS, Page.HEALTH, Page.MONEY, Page.CASES)
"""The tabs beside the overview."""

BELOW = MappingProxyType(
    {
        Page.FUNNEL: (Page.TESTS,),
        Page.HEALTH: (Page.LOYALTY, Page.OPPORTUNITIES, Page.TEAM),
        Page.MONEY: (
            Page.REVENUE,
            Page.RETENTION,
            Page.CLV,
            Page.RFM,
            Page.DEALS,
            Page.COSTS,
            Page.PRICES,
            Page.JOURNEY,
            Page.TASKS,
            Page.ROI,
        ),
    }
)
"""The further pages of a tab."""

PARENTS = MappingProxyType({page: tab for tab, pages in BELOW.items() for page in pages})

KINDS = (Metric.NPS, Metric.CES, Metric.CSAT)
"""The metrics that a survey of their own measures."""

OF_SURVEYS = frozenset({Page.FUNNEL, Page.REASONS})
"""Pages that may be about the surveys of one kind."""
