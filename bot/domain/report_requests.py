"""The words after "/report", in either language: a metric, a period, a breakdown and a kind of file, in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.domain.names import search_key
from bot.domain.periods import canonical_period
from bot.domain.reports import Metric

DEFAULT_PERIOD = "90d"
LONGEST_PHRASE = 4


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


class Dimension(StrEnum):
    """What a metric can be broken down by."""

    PLAN = "plan"
    CSM = "csm"


class FileForm(StrEnum):
    """What a report can be had as beside a picture; the value is how such a file's name ends."""

    XLSX = "xlsx"
    CSV = "csv"
    PDF = "pdf"


@dataclass(frozen=True)
class ReportRequest:
    """What was asked for: no metric and no page mean the overview; `period` is text for `parse_period`."""

    metric: Metric | None = None
    period: str = DEFAULT_PERIOD
    by: Dimension | None = None
    form: FileForm | None = None
    page: Page | None = None

    @property
    def words(self) -> str:
        """The words after /report that ask for it, short enough for a button."""
        by = f"by {self.by}" if self.by else ""
        return " ".join(filter(None, (self.page, self.metric, self.period, by, self.form)))


class ReportRequestError(ValueError):
    """Words that ask for no report: `code` is "unknown" or "twice", `word` the first one that does not fit."""

    def __init__(self, code: str, word: str) -> None:
        super().__init__(f"{code}: {word}")
        self.code = code
        self.word = word


_METRICS = MappingProxyType(
    {
        "nps": Metric.NPS,
        "ces": Metric.CES,
        "csat": Metric.CSAT,
        "response": Metric.RESPONSE_RATE,
        "response_rate": Metric.RESPONSE_RATE,
        "response rate": Metric.RESPONSE_RATE,
        "phan hoi": Metric.RESPONSE_RATE,
        "ty le phan hoi": Metric.RESPONSE_RATE,
        "ti le phan hoi": Metric.RESPONSE_RATE,
        "churn": Metric.CHURN,
        "roi bo": Metric.CHURN,
        "ty le roi bo": Metric.CHURN,
        "ti le roi bo": Metric.CHURN,
    }
)
_PAGES = MappingProxyType(
    {
        "cases": Page.CASES,
        "case": Page.CASES,
        "yeu cau": Page.CASES,
        "loyalty": Page.LOYALTY,
        "gan bo": Page.LOYALTY,
        "opportunities": Page.OPPORTUNITIES,
        "co hoi": Page.OPPORTUNITIES,
        "tests": Page.TESTS,
        "thu nghiem": Page.TESTS,
        "team": Page.TEAM,
        "doi ngu": Page.TEAM,
        "roi": Page.ROI,
        "hieu qua": Page.ROI,
    }
)
_BY = ("by", "theo")
_DIMENSIONS = MappingProxyType(
    {
        "plan": Dimension.PLAN,
        "goi": Dimension.PLAN,
        "csm": Dimension.CSM,
        "nhan vien": Dimension.CSM,
        "nguoi phu trach": Dimension.CSM,
    }
)
_FORMS = MappingProxyType(
    {f"{word}{form}": form for form in FileForm for word in ("", "as ", "dang ")}
    | {f"{word}excel": FileForm.XLSX for word in ("", "as ", "dang ")}
)
_BREAKDOWNS = MappingProxyType({f"{by} {word}": key for by in _BY for word, key in _DIMENSIONS.items()})


def parse_report_request(words: Sequence[str]) -> ReportRequest:
    """Reads "nps 90d", "csat 30d by plan" or "csat 30 ngày theo gói"; a breakdown of no metric is one of the NPS.

    Raises:
        ReportRequestError: a word is unknown, or a second one of the same sort is asked for.
    """
    found: dict[str, str] = {}
    rest = list(words)
    while rest:
        slot, value, used = _read(rest)
        if slot in found:
            raise ReportRequestError("twice", " ".join(rest[:used]))
        found[slot] = value
        rest = rest[used:]
    if "page" in found:
        if beside := found.keys() & {"metric", "by", "form"}:
            raise ReportRequestError("twice", found[min(beside)])
        return ReportRequest(period=found.get("period", DEFAULT_PERIOD), page=Page(found["page"]))
    by = Dimension(found["by"]) if "by" in found else None
    metric = found.get("metric", Metric.NPS if by else None)
    form = FileForm(found["form"]) if "form" in found else None
    return ReportRequest(Metric(metric) if metric else None, found.get("period", DEFAULT_PERIOD), by, form)


def _read(words: Sequence[str]) -> tuple[str, str, int]:
    """What the longest phrase at the start of `words` fills in, with which value, and how many words it takes."""
    for used in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        phrase = " ".join(words[:used])
        plain = search_key(phrase)
        if plain in _PAGES:
            return "page", _PAGES[plain], used
        if plain in _METRICS:
            return "metric", _METRICS[plain], used
        if plain in _FORMS:
            return "form", _FORMS[plain], used
        if plain in _BREAKDOWNS:
            return "by", _BREAKDOWNS[plain], used
        if (period := canonical_period(phrase)) is not None:
            return "period", period, used
    dangling = search_key(words[0]) in _BY and len(words) > 1
    raise ReportRequestError("unknown", words[1] if dangling else words[0])
