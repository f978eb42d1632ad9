"""The words after "/report", in both languages."""

import pytest

from bot.domain.report_requests import (
    Dimension,
    FileForm,
    Page,
    ReportRequest,
    ReportRequestError,
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
        ("theo gói csat 30 ngày qua", ReportRequest(Metric.CSAT, "30d", Dimension.PLAN)),
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
    ],
)
def test_a_request_is_read_in_either_language_and_any_order(text: str, expected: ReportRequest) -> None:
    assert parse_report_request(text.split()) == expected


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("nsp 90d", "unknown", "nsp"),
        ("nps soon", "unknown", "soon"),
        ("nps 90d please", "unknown", "please"),
        ("csat by city", "unknown", "city"),
        ("csat theo Thành phố", "unknown", "Thành"),
        ("csat by", "unknown", "by"),
        ("nps csat", "twice", "csat"),
        ("nps 90d last month", "twice", "last month"),
        ("nps by plan theo csm", "twice", "theo csm"),
        ("cases by csm", "twice", "csm"),
        ("cases as pdf", "twice", "pdf"),
        ("cases nps", "twice", "nps"),
        ("nps xlsx as csv", "twice", "as csv"),
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
        (ReportRequest(Metric.RESPONSE_RATE, "this quarter", Dimension.CSM), "response_rate this quarter by csm"),
    ],
)
def test_a_request_says_itself_in_words_that_ask_for_it_again(request_: ReportRequest, words: str) -> None:
    assert request_.words == words
    assert parse_report_request(words.split()) == request_


@pytest.mark.parametrize("words", ["reasons ces 30d", "lý do ces 30 ngày", "vi sao 30d ces"])
def test_the_reasons_are_those_of_one_kind_of_survey(words: str) -> None:
    request = parse_report_request(words.split())
    assert request == ReportRequest(Metric.CES, "30d", page=Page.REASONS)
    assert parse_report_request(request.words.split()) == request


@pytest.mark.parametrize("words", ["reasons churn", "reasons nps by plan", "cases nps"])
def test_a_page_is_of_nothing_that_it_does_not_have(words: str) -> None:
    with pytest.raises(ReportRequestError):
        parse_report_request(words.split())
