"""The words after "/report", in both languages."""

import pytest

from bot.domain.names import search_key
from bot.domain.report_requests import (
    Dimension,
    FileForm,
    Page,
    ReportRequest,
    ReportRequestError,
    is_plain,
    parse_report_request,
)
from bot.domain.reports import Metric


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ReportRequest(None, "90d", None)),
        ("nps 90d", ReportRequest(Metric.NPS, "90d")),
        ("NPS", ReportRequest(Metric.NPS, "90d")),
        ("30d", ReportRequest(None, "30d")),
        ("csat 30d by plan", ReportRequest(Metric.CSAT, "30d", Dimension.PLAN)),
        ("csat 30d theo gói", ReportRequest(Metric.CSAT, "30d", Dimension.PLAN)),
        ("by value", ReportRequest(Metric.NPS, by=Dimension.VALUE)),
        ("rời bỏ theo giá trị", ReportRequest(Metric.CHURN, by=Dimension.VALUE)),
        ("nps by age", ReportRequest(Metric.NPS, by=Dimension.AGE)),
        ("nps theo do tuoi quý này", ReportRequest(Metric.NPS, "this quarter", Dimension.AGE)),
        ("phản hồi theo khu vực", ReportRequest(Metric.RESPONSE_RATE, by=Dimension.LOCATION)),
        ("ces by location", ReportRequest(Metric.CES, by=Dimension.LOCATION)),
        ("csat theo chức danh", ReportRequest(Metric.CSAT, by=Dimension.TITLE)),
        ("csat by job title", ReportRequest(Metric.CSAT, by=Dimension.TITLE)),
        ("nps theo kênh", ReportRequest(Metric.NPS, by=Dimension.CHANNEL)),
        ("nps theo hạng RFM", ReportRequest(Metric.NPS, by=Dimension.RFM)),
        ("nps by rfm", ReportRequest(Metric.NPS, by=Dimension.RFM)),
        ("nps theo the 30d", ReportRequest(Metric.NPS, "30d", Dimension.TAG)),
        ("nps by tags", ReportRequest(Metric.NPS, by=Dimension.TAG)),
        ("giữ chân theo gói", ReportRequest(page=Page.RETENTION, by=Dimension.PLAN)),
        ("loyalty by age", ReportRequest(page=Page.LOYALTY, by=Dimension.AGE)),
        ("thử nghiệm theo khu vực", ReportRequest(page=Page.TESTS, by=Dimension.LOCATION)),
        ("theo gói csat 30 ngày qua", ReportRequest(Metric.CSAT, "30d", Dimension.PLAN)),
        ("phễu 30d theo gói", ReportRequest(Metric.RESPONSE_RATE, "30d", Dimension.PLAN)),
        ("ces tháng này theo csm", ReportRequest(Metric.CES, "this month", Dimension.CSM)),
        ("ces theo người phụ trách", ReportRequest(Metric.CES, "90d", Dimension.CSM)),
        ("churn last quarter", ReportRequest(Metric.CHURN, "last quarter")),
        ("tỷ lệ rời bỏ quý trước", ReportRequest(Metric.CHURN, "last quarter")),
        ("tỉ lệ phản hồi", ReportRequest(Metric.RESPONSE_RATE)),
        ("response rate 6 months", ReportRequest(Metric.RESPONSE_RATE, "6m")),
        ("nps as xlsx", ReportRequest(Metric.NPS, form=FileForm.XLSX)),
        ("excel 30d", ReportRequest(None, "30d", form=FileForm.XLSX)),
        ("nps dạng pdf theo gói", ReportRequest(Metric.NPS, "90d", Dimension.PLAN, FileForm.PDF)),
        ("by csm", ReportRequest(Metric.NPS, "90d", Dimension.CSM)),
        ("cases", ReportRequest(period="90d", page=Page.CASES)),
        ("yêu cầu tháng này", ReportRequest(period="this month", page=Page.CASES)),
        ("cases as pdf", ReportRequest(period="90d", page=Page.CASES, form=FileForm.PDF)),
        ("phễu nps tuần trước", ReportRequest(Metric.NPS, "last week", page=Page.FUNNEL)),
        ("reasons csat", ReportRequest(Metric.CSAT, page=Page.REASONS)),
        ("xu hướng", ReportRequest(Metric.NPS)),
        ("trend csat", ReportRequest(Metric.CSAT)),
        ("nhóm khách", ReportRequest(Metric.NPS, by=Dimension.PLAN)),
        ("segments ces theo csm", ReportRequest(Metric.CES, by=Dimension.CSM)),
        ("tổng quan quý trước", ReportRequest(period="last quarter")),
        ("nps files", ReportRequest(Metric.NPS, files=True)),
        ("nps 90d please", ReportRequest(Metric.NPS, "90d")),
        ("cho tôi xem báo cáo NPS của quý 3 năm ngoái", ReportRequest(Metric.NPS, "q3 y1")),
        ("How is our churn since March?", ReportRequest(Metric.CHURN, "m3..now")),
        (
            "nps từ ngày 1/5 đến 30/6/2026 theo gói excel",
            ReportRequest(Metric.NPS, "1/5..30/6/2026", Dimension.PLAN, FileForm.XLSX),
        ),
        ("điểm nps quý trước", ReportRequest(Metric.NPS, "last quarter")),
        ("nps cả năm 2025", ReportRequest(Metric.NPS, "2025")),
        ("tất cả excel", ReportRequest(form=FileForm.XLSX)),
        ("tỷ lệ khách bỏ đi", ReportRequest(Metric.CHURN)),
        ("xem khách hàng rời đi tháng này", ReportRequest(Metric.CHURN, "this month")),
        ("mức độ hài lòng quý này", ReportRequest(Metric.CSAT, "this quarter")),
        ("doanh số tháng này", ReportRequest(period="this month", page=Page.REVENUE)),
        ("lộ trình", ReportRequest(page=Page.TASKS)),
        ("khiếu nại tuần này", ReportRequest(period="this week", page=Page.CASES)),
        ("so sánh nps theo gói", ReportRequest(Metric.NPS, by=Dimension.PLAN)),
        ("cho tôi xem với", ReportRequest()),
        ("q3 nps 2025", ReportRequest(Metric.NPS, "q3 2025")),
        ("2025 nps q3", ReportRequest(Metric.NPS, "q3 2025")),
        ("health year", ReportRequest(page=Page.HEALTH, period="this year")),
        ("tháng nps theo gói", ReportRequest(Metric.NPS, "this month", Dimension.PLAN)),
        ("q3 nps year", ReportRequest(Metric.NPS, "q3 y0")),
        ("nps năm 2025", ReportRequest(Metric.NPS, "2025")),
        ("nps quy 3 theo thang", ReportRequest(Metric.NPS, "q3")),
        ("csat 90d by month", ReportRequest(Metric.CSAT)),
    ],
)
def test_a_request_is_read_in_either_language_and_any_order(text: str, expected: ReportRequest) -> None:
    assert parse_report_request(text.split()) == expected
    assert parse_report_request(search_key(text).split()) == expected


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("điểm nps của gói vàng quý trước", "nps last quarter by plan", "vàng"),
        ("nps của khách gold", "nps 90d by plan", "gold"),
        ("nps theo gói vàng", "nps 90d by plan", "vàng"),
        ("nps khách hàng ở Hà Nội tháng này", "nps this month by location", "Hà Nội"),
        ("churn for gold customers", "churn 90d by plan", "gold"),
        ("nps of customers on gold last month", "nps last month by plan", "gold"),
        ("nhóm khách gold csat", "csat 90d by plan", "gold"),
        ("doanh thu của gói vàng", "revenue 90d by plan", "vàng"),
        ("hành trình của khách gold", "journey 90d by plan", "gold"),
        ("funnel for gold customers", "funnel 90d", "gold"),
        ("nps của khách", "nps 90d", ""),
    ],
)
def test_a_segment_that_is_named_leads_to_where_it_can_be_seen(text: str, words: str, name: str) -> None:
    for said, expected in ((text, name), (search_key(text), search_key(name))):
        found = parse_report_request(said.split())
        assert (found.words, search_key(found.unfiltered)) == (words, search_key(expected))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("npss quý trứơc", "nps last quarter"),
        ("nps của khách quuý trước", "nps last quarter"),
        ("npss quý truóc theo goii", "nps last quarter by plan"),
        ("so sánh nps q3 với q2", "nps q3"),
        ("nps tháng này so với tháng trước", "nps this month"),
        ("compare nps q3 vs q2", "nps q3"),
        ("nps soon", None),
        ("nps csat", None),
        ("npz quuý trước theo goii excell", None),
    ],
)
def test_what_was_likely_meant_is_offered(text: str, meant: str | None) -> None:
    with pytest.raises(ReportRequestError) as caught:
        parse_report_request(text.split())
    assert (caught.value.instead.words if caught.value.instead else None) == meant


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("nsp 90d", "unknown", "nsp"),
        ("nps soon", "unknown", "soon"),
        ("nps 90d now", "unknown", "now"),
        ("csat by colour", "unknown", "colour"),
        ("csat theo Thành phố", "unknown", "Thành"),
        ("csat by", "unknown", "by"),
        ("nps csat", "twice", "csat"),
        ("nps 90d last month", "twice", "last month"),
        ("nps by plan theo csm", "twice", "theo csm"),
        ("funnel nps by plan", "beside", "by plan"),
        ("cases nps", "beside", "nps"),
        ("overview nps", "beside", "nps"),
        ("trend by plan", "beside", "by plan"),
        ("phễu rời bỏ", "beside", "rời bỏ"),
        ("cases funnel", "twice", "funnel"),
        ("nps xlsx as csv", "twice", "as csv"),
        ("nps q3 so với q2", "against", "so với"),
        ("nps từ 32/13 đến 45/13", "no_day", "32/13, 45/13"),
        ("nps from 31/4 to 45/13", "no_day", "31/4, 45/13"),
        ("nps from 1/4 to 45/13", "no_day", "45/13"),
        ("nps đến ngày 45/13", "no_day", "45/13"),
        ("csat 2025-13-01", "no_day", "2025-13-01"),
    ],
)
def test_the_first_word_that_does_not_fit_is_named(text: str, code: str, word: str) -> None:
    with pytest.raises(ReportRequestError) as caught:
        parse_report_request(text.split())
    assert (caught.value.code, caught.value.word) == (code, word)
    assert str(caught.value) == f"{code}: {word}"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (ReportRequest(), "90d"),
        (ReportRequest(Metric.NPS, "30d"), "nps 30d"),
        (ReportRequest(period="30d", page=Page.CASES), "cases 30d"),
        (ReportRequest(form=FileForm.CSV), "90d csv"),
        (ReportRequest(Metric.NPS, "f6 2026", page=Page.FUNNEL, files=True), "funnel nps f6 2026 files"),
        (ReportRequest(Metric.RESPONSE_RATE, "this quarter", Dimension.CSM), "response_rate this quarter by csm"),
    ],
)
def test_a_request_says_itself_in_words_that_ask_for_it_again(request_: ReportRequest, words: str) -> None:
    assert request_.words == words
    assert parse_report_request(words.split()) == request_


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("nsp 90d", "nps"),
        ("phan hoj", "phản hồi"),
        ("csat by plna", "plan"),
        ("quý truoc nps fnnel", "funnel"),
        ("last quater", "last quarter"),
        ("csat by colour", ""),
        ("zzz", ""),
    ],
)
def test_the_known_word_most_like_it_is_suggested(text: str, nearest: str) -> None:
    with pytest.raises(ReportRequestError) as caught:
        parse_report_request(text.split())
    assert caught.value.nearest == nearest


@pytest.mark.parametrize(
    ("text", "plain"),
    [("nps", True), ("NPS 90d by plan", True), ("", True), ("nps 90 ngày", False), ("nps please", False)],
)
def test_only_words_of_ones_own_are_free(text: str, plain: bool) -> None:
    assert is_plain(text.split(), parse_report_request(text.split())) is plain


def test_a_request_knows_the_tab_that_it_is_under() -> None:
    asked = ["", "nps", "nps by plan", "cases", "clv", "tests", "loyalty"]
    tabs = [parse_report_request(words.split()).tab for words in asked]
    assert tabs == [None, Page.TREND, Page.SEGMENTS, Page.CASES, Page.MONEY, Page.FUNNEL, Page.HEALTH]


def test_cases_are_broken_down_by_csm() -> None:
    asked = parse_report_request(["yêu", "cầu", "theo", "người", "phụ", "trách"])
    assert (asked.page, asked.by, asked.metric) == (Page.CASES, Dimension.CSM, None)
    assert parse_report_request(asked.words.split()) == asked
