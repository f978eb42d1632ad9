"""The words after "/report", in either language: a metric or page, a period, a breakdown, a kind of file, in any order.

What a period may be called stands in `bot.domain.period_words`. Words that only make a sentence of it are passed over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from itertools import chain
from types import MappingProxyType

from bot.domain.names import search_key
from bot.domain.periods import canonical_period
from bot.domain.report_pages import BROKEN_DOWN, KINDS, OF_SURVEYS, PARENTS
from bot.domain.report_pages import Page as Page
from bot.domain.reports import Metric
from bot.domain.segments import Dimension as Dimension

DEFAULT_PERIOD = "90d"
LONGEST_PHRASE = 17  # "from the 1st of May …", "từ ngày 1 tháng 5 năm 2026 đến hết ngày 30 tháng 6 năm 2026"
LONGEST_TYPO = 3
OVERVIEW, FILES = "overview", "files"


class FileForm(StrEnum):
    """What a report can be had as beside a picture; the value is how such a file's name ends."""

    XLSX = "xlsx"
    CSV = "csv"
    PDF = "pdf"


@dataclass(frozen=True)
class ReportRequest:
    """What was asked for: no metric and no page mean the overview; `period` is text for `parse_period`.

    A metric is a trend, by something it is a breakdown; a page may be about the surveys of one. `files` wants to see
    the kinds of file.
    """

    metric: Metric | None = None
    period: str = DEFAULT_PERIOD
    by: Dimension | None = None
    form: FileForm | None = None
    page: Page | None = None
    files: bool = False

    @property
    def tab(self) -> Page | None:
        """The tab that it is under; the overview is none of the pages."""
        if self.page is not None:
            return PARENTS.get(self.page, self.page)
        if self.metric is None:
            return None
        return Page.SEGMENTS if self.by else Page.TREND

    @property
    def words(self) -> str:
        """The words after /report that ask for it, short enough for a button."""
        by = f"by {self.by}" if self.by else ""
        return " ".join(filter(None, (self.page, self.metric, self.period, by, self.form, FILES * self.files)))


class ReportRequestError(ValueError):
    """Words that ask for no report, and the first `word` that does not fit.

    `code` is "unknown" (and `nearest` the known word most like it, if any is), "twice" for a second one of the same
    sort, or "beside" for what the page does not know.
    """

    def __init__(self, code: str, word: str, nearest: str = "") -> None:
        super().__init__(f"{code}: {word}")
        self.code = code
        self.word = word
        self.nearest = nearest


_METRICS = MappingProxyType(
    {
        "nps": Metric.NPS,
        "ces": Metric.CES,
        "csat": Metric.CSAT,
        "response": Metric.RESPONSE_RATE,
        "response_rate": Metric.RESPONSE_RATE,
        "response rate": Metric.RESPONSE_RATE,
        "phản hồi": Metric.RESPONSE_RATE,
        "tỷ lệ phản hồi": Metric.RESPONSE_RATE,
        "tỉ lệ phản hồi": Metric.RESPONSE_RATE,
        "churn": Metric.CHURN,
        "rời bỏ": Metric.CHURN,
        "tỷ lệ rời bỏ": Metric.CHURN,
        "tỉ lệ rời bỏ": Metric.CHURN,
    }
)
_PAGES = MappingProxyType(
    {page: page for page in Page}
    | {
        OVERVIEW: OVERVIEW,
        "tổng quan": OVERVIEW,
        "xu hướng": Page.TREND,
        "phễu": Page.FUNNEL,
        "nhóm": Page.SEGMENTS,
        "nhóm khách": Page.SEGMENTS,
        "reason": Page.REASONS,
        "lý do": Page.REASONS,
        "why": Page.REASONS,
        "vì sao": Page.REASONS,
        "sức khỏe": Page.HEALTH,
        "điểm sức khỏe": Page.HEALTH,
        "tiền": Page.MONEY,
        "case": Page.CASES,
        "yêu cầu": Page.CASES,
        "doanh thu": Page.REVENUE,
        "cohort": Page.RETENTION,
        "giữ chân": Page.RETENTION,
        "giá trị vòng đời": Page.CLV,
        "average deal": Page.DEALS,
        "đơn hàng": Page.DEALS,
        "support cost": Page.COSTS,
        "chi phí": Page.COSTS,
        "price increase": Page.PRICES,
        "tăng giá": Page.PRICES,
        "nhóm mua": Page.RFM,
        "hành trình": Page.JOURNEY,
        "milestones": Page.TASKS,
        "cột mốc": Page.TASKS,
        "trung thành": Page.LOYALTY,
        "gắn bó": Page.LOYALTY,
        "hiệu quả": Page.ROI,
        "cơ hội": Page.OPPORTUNITIES,
        "a/b": Page.TESTS,
        "thử nghiệm": Page.TESTS,
        "đội ngũ": Page.TEAM,
    }
)
_BY = ("by", "theo")
_DIMENSIONS = MappingProxyType(
    {
        **{dimension: dimension for dimension in Dimension},
        "gói": Dimension.PLAN,
        "gói dịch vụ": Dimension.PLAN,
        "giá trị": Dimension.VALUE,
        "nhân viên": Dimension.CSM,
        "người phụ trách": Dimension.CSM,
        "age band": Dimension.AGE,
        "tuổi": Dimension.AGE,
        "độ tuổi": Dimension.AGE,
        "nhóm tuổi": Dimension.AGE,
        "place": Dimension.LOCATION,
        "city": Dimension.LOCATION,
        "nơi": Dimension.LOCATION,
        "nơi ở": Dimension.LOCATION,
        "khu vực": Dimension.LOCATION,
        "tỉnh": Dimension.LOCATION,
        "tỉnh thành": Dimension.LOCATION,
        "job": Dimension.TITLE,
        "job title": Dimension.TITLE,
        "chức danh": Dimension.TITLE,
        "chức vụ": Dimension.TITLE,
        "nghề": Dimension.TITLE,
        "nghề nghiệp": Dimension.TITLE,
        "source": Dimension.CHANNEL,
        "kênh": Dimension.CHANNEL,
        "nguồn": Dimension.CHANNEL,
        "rfm segment": Dimension.RFM,
        "hạng rfm": Dimension.RFM,
        "nhóm rfm": Dimension.RFM,
        "tags": Dimension.TAG,
        "thẻ": Dimension.TAG,
        "nhãn": Dimension.TAG,
    }
)
_FILES = MappingProxyType({FILES: FILES, "file": FILES, "tệp": FILES})
_FORMS = MappingProxyType(
    {f"{word}{form}": form for form in FileForm for word in ("", "as ", "dạng ", "file ", "tệp ")}
    | {f"{word}excel": FileForm.XLSX for word in ("", "as ", "dạng ", "file ", "tệp ")}
)
_FILLERS = (
    "cho tôi mình em anh chị bạn ơi xem biết hãy giúp với nhé nha ạ vui lòng muốn cần là bao nhiêu thế nào như "
    "ra sao có đi và về của trong kỳ báo cáo số liệu kết quả chỉ trang bảng show me give us please can you i "
    "want would like to see get the a an and report reports what whats is was are how about tell our of for in "
    "on page data numbers figures"
)
_SLOTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "page": _PAGES,
        "metric": _METRICS,
        "form": _FORMS,
        "by": {f"{by} {word}": key for by in _BY for word, key in _DIMENSIONS.items()},
        "files": _FILES,
        "filler": dict.fromkeys(_FILLERS.split(), ""),
    }
)
_MEANINGS = MappingProxyType(
    {search_key(word): (slot, value) for slot, words in reversed(list(_SLOTS.items())) for word, value in words.items()}
)
_PERIOD_WORDS = ("today", "this month", "last month", "this quarter", "last quarter", "this year", "last year")
_THOI_GIAN = ("hôm nay", "tháng này", "tháng trước", "quý này", "quý trước", "năm nay", "năm ngoái")


def parse_report_request(words: Sequence[str]) -> ReportRequest:
    """Reads "nps 90d", "csat quý 3 năm ngoái theo gói" or "show me churn by plan since March", with or without accents.

    A breakdown of no metric is one of the NPS.

    Raises:
        ReportRequestError: a word is unknown, or does not go with another.
    """
    found: dict[str, str] = {}
    said: dict[str, str] = {}
    rest = [bare for word in words if (bare := word.strip("?!.,;:“”\"'"))]
    while rest:
        slot, value, used = _read(rest)
        if slot == "period" and slot in found:
            value = _joined(found.pop(slot), value) or ""
        if slot in found or (slot == "period" and not value):
            raise ReportRequestError("twice", " ".join(rest[:used]))
        if slot != "filler":
            found[slot], said[slot] = value, " ".join(rest[:used])
        rest = rest[used:]
    return _request(found, said)


def is_plain(words: Sequence[str], request: ReportRequest) -> bool:
    """Whether it was asked for in the bot's own short words, so that nobody needs to be told how it was understood."""
    return {search_key(word) for word in words} <= set(request.words.split())


def _request(found: Mapping[str, str], said: Mapping[str, str]) -> ReportRequest:
    page = found.get("page")
    by = found.get("by", Dimension.PLAN if page == Page.SEGMENTS else None)
    metric = found.get("metric", Metric.NPS if page == Page.TREND or (by and page in (None, Page.SEGMENTS)) else None)
    _check_fit(page, found.get("metric"), said)
    own = None if page in (None, OVERVIEW, Page.TREND, Page.SEGMENTS) else page
    return ReportRequest(
        metric=Metric(metric) if metric else None,
        period=found.get("period", DEFAULT_PERIOD),
        by=Dimension(by) if by else None,
        form=FileForm(found["form"]) if "form" in found else None,
        page=Page(own) if own else None,
        files="files" in found,
    )


def _check_fit(page: str | None, metric: str | None, said: Mapping[str, str]) -> None:
    """Refuses what the page would pass over in silence."""
    of_metric = page in (None, Page.SEGMENTS)
    measured = of_metric or page == Page.TREND or (page in OF_SURVEYS and metric in KINDS)
    for slot, known in (("by", of_metric or page in BROKEN_DOWN), ("metric", measured)):
        if slot in said and not known:
            raise ReportRequestError("beside", said[slot])


def _joined(first: str, second: str) -> str | None:
    """A period of which something else stood in between, such as "q3" and "2025"."""
    return canonical_period(f"{first} {second}") or canonical_period(f"{second} {first}")


def _read(words: Sequence[str]) -> tuple[str, str, int]:
    """What the longest phrase at the start of `words` fills in, with which value, and how many words it takes."""
    for used in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        phrase = " ".join(words[:used])
        if (meaning := _MEANINGS.get(search_key(phrase))) is not None:
            return (*meaning, used)
        if (period := canonical_period(phrase)) is not None:
            return "period", period, used
    dangling = search_key(words[0]) in _BY and len(words) > 1
    wrong = words[1:] if dangling else words
    raise ReportRequestError("unknown", wrong[0], _nearest(wrong, _DIMENSIONS if dangling else _known()))


def _known() -> Iterable[str]:
    return chain(*(_SLOTS[slot] for slot in ("metric", "page", "form")), _PERIOD_WORDS, _THOI_GIAN)


def _nearest(words: Sequence[str], known: Iterable[str]) -> str:
    """The known word or phrase most like the beginning of `words`, as it is written; empty where none is."""
    written = {search_key(word): word for word in known}
    tried = (" ".join(words[:used]) for used in range(min(LONGEST_TYPO, len(words)), 0, -1))
    found = chain.from_iterable(get_close_matches(search_key(phrase), written, n=1, cutoff=0.65) for phrase in tried)
    return written[nearest] if (nearest := next(found, None)) else ""
