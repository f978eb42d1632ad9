"""The words that a report can be asked for with, in either language: read with and without their accents.

What a period may be called stands in `bot.domain.period_words`. Words that only make a sentence of it are fillers.
"""

from collections.abc import Iterable, Mapping
from itertools import chain
from types import MappingProxyType

from bot.domain.names import search_key
from bot.domain.report_forms import FILES, OVERVIEW, FileForm
from bot.domain.report_pages import Page
from bot.domain.reports import Metric
from bot.domain.segments import Dimension

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
        "mức độ dễ dàng": Metric.CES,
        "hài lòng": Metric.CSAT,
        "mức độ hài lòng": Metric.CSAT,
        "churn": Metric.CHURN,
        "churn rate": Metric.CHURN,
        "lost customers": Metric.CHURN,
        "mất khách": Metric.CHURN,
    }
    | {
        f"{share}{whose}{left}": Metric.CHURN
        for share in ("", "tỷ lệ ", "tỉ lệ ")
        for whose in ("", "khách ", "khách hàng ")
        for left in ("rời bỏ", "bỏ đi", "rời đi")
    }
)
_PAGES = MappingProxyType(
    {page: page for page in Page}
    | {
        OVERVIEW: OVERVIEW,
        "tổng quan": OVERVIEW,
        "xu hướng": Page.TREND,
        **dict.fromkeys(
            ("theo tuần", "theo tháng", "theo quý", "theo thời gian", "từng tuần", "từng tháng"), Page.TREND
        ),
        **dict.fromkeys(("by week", "by month", "by quarter", "over time", "weekly", "monthly"), Page.TREND),
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
        "phàn nàn": Page.CASES,
        "khiếu nại": Page.CASES,
        "doanh thu": Page.REVENUE,
        "doanh số": Page.REVENUE,
        "sales": Page.REVENUE,
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
        "lộ trình": Page.TASKS,
        "lộ trình thành công": Page.TASKS,
        "trung thành": Page.LOYALTY,
        "gắn bó": Page.LOYALTY,
        "hiệu quả": Page.ROI,
        "cơ hội": Page.OPPORTUNITIES,
        "opportunity": Page.OPPORTUNITIES,
        "a/b": Page.TESTS,
        "thử nghiệm": Page.TESTS,
        "đội ngũ": Page.TEAM,
    }
)
BY = ("by", "theo")
DIMENSIONS = MappingProxyType(
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
    "on page data numbers figures điểm cả trọn tất toàn bộ đang thì các những mọi quán tiệm shop công ty cửa hàng bên "
    "so sánh all score scores overall compare"
)
_LEADS = MappingProxyType(
    {
        "khách": Dimension.PLAN,
        "khách hàng": Dimension.PLAN,
        "customer": Dimension.PLAN,
        "customers": Dimension.PLAN,
        "gói": Dimension.PLAN,
        "plan": Dimension.PLAN,
        "ở": Dimension.LOCATION,
        "tại": Dimension.LOCATION,
    }
)
"""After these may stand the name of a segment, of such a sort."""
_AGAINST = ("với", "so với", "vs", "versus", "against", "compared to", "compared with")
_SLOTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "page": _PAGES,
        "metric": _METRICS,
        "form": _FORMS,
        "by": {f"{by} {word}": key for by in BY for word, key in DIMENSIONS.items()},
        "files": _FILES,
        "lead": _LEADS,
        "against": dict.fromkeys(_AGAINST, ""),
        "filler": dict.fromkeys(_FILLERS.split(), ""),
    }
)
MEANINGS = MappingProxyType(
    {search_key(word): (slot, value) for slot, words in reversed(list(_SLOTS.items())) for word, value in words.items()}
)
_PERIOD_WORDS = ("today", "this month", "last month", "this quarter", "last quarter", "this year", "last year")
_THOI_GIAN = ("hôm nay", "tháng này", "tháng trước", "quý này", "quý trước", "năm nay", "năm ngoái")


def known_words() -> Iterable[str]:
    """What a word that is not known may have been meant for."""
    return chain(*(_SLOTS[slot] for slot in ("metric", "page", "form")), _PERIOD_WORDS, _THOI_GIAN)
