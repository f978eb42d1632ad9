"""Reports in words: no number without its n and interval, in either language, and short enough for a caption."""

import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bot.domain.breakdowns import breakdown
from bot.domain.messages import Language, Message
from bot.domain.metrics.proportions import Share
from bot.domain.periods import Period, PeriodError, parse_period, previous, trends
from bot.domain.report_messages import (
    LONGEST_NAME,
    MOST_LISTED,
    Report,
    TrendPicture,
    breakdown_report,
    metric_report,
    overview_report,
)
from bot.domain.report_pages import Page
from bot.domain.report_requests import FileForm, ReportRequest, ReportRequestError, parse_report_request
from bot.domain.report_understanding import misunderstood, no_period, opening
from bot.domain.reports import (
    Funnel,
    Metric,
    PeriodCounts,
    SurveyCounts,
    metric_line,
    metric_trend,
    overview,
)
from bot.domain.response_outcomes import Followed, outcome_lines
from bot.domain.rules import Rules
from bot.domain.segments import Dimension, SegmentName, name_of
from bot.render import Renderer
from handlers.report_files import write
from handlers.report_pictures import draw

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
RENDERER = Renderer(Rules(business="Hoa Mai"))
INTERVAL = re.compile(r"(\(|95.?%[^:]*: )[−+0-9][^ ]* (đến|to) [−+0-9]")
SIZES = (0, 3, 5, 30, 1_234_567)
CAPTION = 1024
PERIODS = ("90d", "1w", "today", "yesterday", "this month", "last quarter", "last year", "q3", "f6", "1/5..12/6")
SEGMENTS = {
    **dict.fromkeys(Dimension, ("gold", "", "silver")),
    Dimension.CSM: ("7", "", "6000000000"),
    Dimension.VALUE: ("-4999999", "", "5000000-19999999"),
    Dimension.AGE: ("-17", "18-24", "55+"),
    Dimension.RFM: ("champions", "", "asleep"),
}
TINY_TO_LARGE = [pytest.param(n, id=str(n)) for n in SIZES]


def counts(n: int) -> PeriodCounts:
    """`n` of everything, and of everything a third is good."""
    return PeriodCounts(
        nps=SurveyCounts({10: n // 3, 8: n // 3, 2: n - 2 * (n // 3)}, sent=n, answered=n // 3),
        ces=SurveyCounts({7: n // 3, 1: n - n // 3}),
        csat=SurveyCounts({5: n // 3, 1: n - n // 3}),
        churn=Share(n // 30, n),
        active=n,
        never_bought=n,
    )


def spans(words: str = "90d") -> tuple[Period, Period]:
    period = parse_period(words, now=NOW, timezone="Asia/Ho_Chi_Minh")
    return period, previous(period)


def picture(metric: Metric, n: int, period: Period) -> TrendPicture:
    points = metric_trend(metric, {part: counts(n) for part in trends(period, now=NOW)[0]})
    funnel = Funnel(sent=n, answered=n // 2, commented=n // 4, closed=n - n // 4, closed_answered=n // 3)
    return TrendPicture(metric=metric, trend=points, scores={}, funnel=funnel)


def overview_of(n: int, language: Language, words: str = "90d", *, before: int | None = None) -> Report:
    period, earlier = spans(words)
    found = overview(counts(n), counts(n if before is None else before), so_far=period.so_far(NOW))
    drawn = picture(Metric.NPS, n, period)
    return overview_report(found, drawn.funnel, drawn, period=period, before=earlier, language=language)


def metric_of(metric: Metric, n: int, language: Language, words: str = "90d") -> Report:
    period, earlier = spans(words)
    line = metric_line(metric, counts(n), counts(n), so_far=period.so_far(NOW))
    responses = metric_line(Metric.RESPONSE_RATE, counts(n))
    drawn = picture(metric, n, period)
    return metric_report(line, responses, drawn, period=period, before=earlier, never_bought=n, language=language)


def breakdown_of(metric: Metric, n: int, language: Language, by: Dimension = Dimension.PLAN) -> Report:
    overall = metric_line(metric, counts(2 * n + 3))
    lines = breakdown({key: counts(each) for key, each in zip(SEGMENTS[by], (n, n, 3), strict=True)}, overall)
    named = [replace(each, name=name_of(by, each.segment, {"7": "Hoa"})) for each in lines]
    request = ReportRequest(metric, "90d", by)
    return breakdown_report(named, overall, request=request, currency="VND", period=spans()[0], language=language)


def text(report: Report) -> str:
    return RENDERER.render(report.message).text


def values(said: str) -> Iterator[str]:
    """The lines that show a value; active customers are all counted, so that they have no interval."""
    for line in said.splitlines():
        if re.search(r"<b>[^<]*\d[^<]*</b>", line) and not re.search("Khách đang|Active|Báo cáo|Report,", line):
            yield line


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("n", TINY_TO_LARGE)
def test_no_value_is_said_without_its_interval(n: int, language: Language) -> None:
    reports = [overview_of(n, language)]
    reports += [metric_of(metric, n, language) for metric in Metric]
    reports += [breakdown_of(metric, n + 5, language) for metric in Metric]
    lines = [line for report in reports for line in values(text(report))]
    assert len(lines) >= 3 * len(Metric)
    assert [line for line in lines if not INTERVAL.search(line)] == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("n", [0, 3])
def test_under_five_no_value_is_said(n: int, language: Language) -> None:
    reports = [overview_of(n, language), *(metric_of(metric, n, language) for metric in Metric)]
    assert [line for report in reports for line in values(text(report))] == []


def test_under_five_the_count_is_said() -> None:
    said = "<b>NPS</b>: 3 khách trả lời. Dưới 5: quá ít để nói lên điều gì."
    assert said in text(overview_of(3, Language.VI))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("words", PERIODS)
@pytest.mark.parametrize("before", TINY_TO_LARGE)
def test_an_overview_fits_a_caption(before: int, words: str, language: Language) -> None:
    said = re.sub("<[^>]*>", "", text(overview_of(1_234_567, language, words, before=before)))
    assert len(said) <= CAPTION
    assert max(map(len, said.split("\n\n"))) < 200


@pytest.mark.parametrize("words", PERIODS)
def test_every_period_is_named_in_both_languages(words: str) -> None:
    named = {
        language: RENDERER.part(metric_of(Metric.CSAT, 9, language, words).words, "title") for language in Language
    }
    assert all(name.startswith("Hoa Mai · CSAT · ") for name in named.values())
    assert named[Language.VI] != named[Language.EN]


def test_an_overview_reads_as_vietnamese() -> None:
    said = text(overview_of(1_200, Language.VI, before=300)).replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith(
        "<b>Báo cáo 90 ngày qua</b> · 25/08 – 22/11/2026\n"
        "So với 27/05 – 24/08/2026; trong ngoặc là khoảng tin cậy 95 %\n\n"
        "<b>NPS: 0</b> (−5 đến +5)\n"
        "1.200 khách trả lời\n"
        "Chưa thấy thay đổi rõ rệt: 0 (−10 đến +10 điểm)\n\n"
        "<b>Mức độ dễ dàng (CES): 33 %</b> (31 % đến 36 %)\n"
        "400/1.200 câu trả lời chấm 5–7 · trung bình 3,0 (2,8 đến 3,2)\n"
    )
    assert said.endswith("<b>Khách đang hoạt động: 1.200</b> (đầu kỳ 300) · 1.200 khách chưa mua lần nào, không tính")


CHANGES = [
    (Metric.NPS, {10: 60, 2: 40}, "▲ tăng 60 điểm (+32 đến +84)", "▲ up 60 points (+32 to +84)"),
    (Metric.NPS, {2: 100}, "▼ giảm 60 điểm (−76 đến −40)", "▼ down 60 points (−76 to −40)"),
    (
        Metric.NPS,
        {10: 31, 2: 69},
        "chưa thấy thay đổi rõ rệt: +2 (−23 đến +27 điểm)",
        "no detectable change: +2 (−23 to +27 points)",
    ),
    (Metric.NPS, {10: 29}, "quá ít câu trả lời để so sánh", "too few answers to compare"),
    (Metric.CSAT, {5: 60, 1: 40}, "▲ tăng 30 điểm % (+16,3 đến +42,2)", "▲ up 30 percentage points (+16.3 to +42.2)"),
    (Metric.CSAT, {5: 60}, "▲ tăng 70 điểm % (+58,7 đến +78,1)", "▲ up 70 percentage points (+58.7 to +78.1)"),
]
OLDER = PeriodCounts(nps=SurveyCounts({10: 30, 2: 70}), csat=SurveyCounts({5: 30, 1: 70}))


def changed(metric: Metric, now: PeriodCounts, before: PeriodCounts, language: Language, words: str = "90d") -> str:
    """A report of one metric whose counts differ between the periods."""
    period, earlier = spans(words)
    line = metric_line(metric, now, before, so_far=period.so_far(NOW))
    drawn = picture(metric, 0, period)
    report = metric_report(line, line, drawn, period=period, before=earlier, never_bought=0, language=language)
    return text(report).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("metric", "scores", "vietnamese", "english"), CHANGES)
def test_a_change_says_which_way_and_how_far(
    metric: Metric, scores: dict[int, int], vietnamese: str, english: str
) -> None:
    given = SurveyCounts(scores)
    now = PeriodCounts(nps=given) if metric is Metric.NPS else PeriodCounts(csat=given)
    assert f": {vietnamese}\n" in changed(metric, now, OLDER, Language.VI)
    assert f": {english}\n" in changed(metric, now, OLDER, Language.EN)


def test_what_cannot_be_compared_says_why() -> None:
    many, none = PeriodCounts(churn=Share(30, 100)), PeriodCounts()
    assert ": kỳ trước có quá ít khách để so sánh" in changed(Metric.CHURN, many, none, Language.VI)
    assert ": too few customers in the period before" in changed(Metric.CHURN, many, none, Language.EN)
    assert ": chưa hết kỳ nên chưa so sánh" in changed(Metric.CHURN, many, many, Language.VI, "this month")
    assert "since the period is not over" in changed(Metric.CHURN, many, many, Language.EN, "this month")


def test_data_that_begin_within_the_period_before_are_dated() -> None:
    period, earlier = spans()
    line = metric_line(Metric.NPS, OLDER, OLDER, began_at=earlier.start + timedelta(days=3))
    drawn = picture(Metric.NPS, 0, period)
    found = metric_report(line, line, drawn, period=period, before=earlier, never_bought=0, language=Language.VI)
    assert "So với 27/05 – 24/08/2026: chưa so được: mới có câu trả lời từ 30/05/2026" in text(found)
    english = replace(found, message=replace(found.message, language=Language.EN))
    assert "not compared: there are answers only since 30 May 2026" in text(english)


@pytest.mark.parametrize(
    ("words", "name"), [("this month", "tháng này"), ("this year", "năm nay"), ("last year", "năm ngoái")]
)
def test_the_period_that_is_not_over_is_compared_in_no_line_of_the_overview(words: str, name: str) -> None:
    said = text(overview_of(100, Language.VI, words))
    assert f"<b>Báo cáo {name}</b>" in said
    assert ("Chưa hết kỳ nên chưa so với kỳ trước" in said) is words.startswith("this")
    assert ("thay đổi rõ rệt" in said) is words.startswith("last")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", ["unknown", "twice", "beside"])
def test_what_was_not_understood_is_quoted_safely(code: str, language: Language) -> None:
    said = RENDERER.render(misunderstood(ReportRequestError(code, "<b>" * 40, "phản hồi"), language)).text
    assert "“&lt;b&gt;" in said
    assert "/report nps 90d" in said
    assert ("“phản hồi”" in said) is (code == "unknown")


NO_PERIODS = [
    ("m12 2026", "từ 01/12/2026, mà hôm nay mới là 22/11/2026", "begins on 1 Dec 2026, and today is 22 Nov 2026"),
    (
        "30/6/2026..1/5/2026",
        "Ngày cuối (01/05/2026) đứng trước ngày đầu (30/06/2026)",
        "The last day, 1 May 2026, comes before the first, 30 Jun 2026",
    ),
    ("31/2", "Lịch không có ngày “31/2”", "No calendar has “31/2”"),
    ("0d", "“0d” là khoảng thời gian không có ngày nào", "“0d” is a period of no days"),
    ("11y", "“11y” dài quá", "“11y” is too long"),
]


@pytest.mark.parametrize(("words", "vietnamese", "english"), NO_PERIODS)
def test_a_period_that_there_cannot_be_says_why(words: str, vietnamese: str, english: str) -> None:
    with pytest.raises(PeriodError) as caught:
        spans(words)
    assert vietnamese in RENDERER.render(no_period(caught.value, ReportRequest(), None, Language.VI)).text
    assert english in RENDERER.render(no_period(caught.value, ReportRequest(), None, Language.EN)).text


@pytest.mark.parametrize("typed", ["from 1/1/0001 to 1/1/9999", "từ 1/1/2010 đến nay"])
def test_a_period_that_there_cannot_be_is_quoted_as_it_was_typed(typed: str) -> None:
    request = parse_report_request(f"nps {typed}".split())
    with pytest.raises(PeriodError) as caught:
        spans(request.period)
    said = RENDERER.render(no_period(caught.value, request, None, Language.EN)).text
    assert said.startswith(f"“{typed}” is too long: a report looks back ten years at most.")


def test_a_period_that_runs_backwards_is_offered_with_its_days() -> None:
    with pytest.raises(PeriodError) as caught:
        spans("1/5..1/2")
    for language, asks, label in (
        (Language.VI, "Ý bạn là 01/02 – 01/05/2026?", "Xem 01/02 – 01/05/2026"),
        (Language.EN, "Did you mean 1 Feb – 1 May 2026?", "See 1 Feb – 1 May 2026"),
    ):
        said = RENDERER.render(no_period(caught.value, ReportRequest(), spans("1/2..1/5")[0], language))
        assert asks in said.text
        assert [[name for name, _ in row] for row in said.rows] == [[label]]


@pytest.mark.parametrize(
    ("words", "language", "asks", "label"),
    [
        ("npss quý trước", Language.VI, "Ý bạn là “nps”?", "Xem “nps quý trước”"),
        ("npss last quarter", Language.EN, "Did you mean “nps”?", "See “nps last quarter”"),
        ("nps q3 so với q2", Language.VI, "báo cáo nào cũng tự so với kỳ liền trước", "Xem “nps q3”"),
        ("nps q3 vs q2", Language.EN, "every report compares itself with the period before", "See “nps q3”"),
    ],
)
def test_a_guess_has_a_button_that_does_it(words: str, language: Language, asks: str, label: str) -> None:
    with pytest.raises(ReportRequestError) as caught:
        parse_report_request(words.split())
    said = RENDERER.render(misunderstood(caught.value, language))
    assert asks in said.text
    assert [[name for name, _ in row] for row in said.rows] == [[label]]


@pytest.mark.parametrize("by", [Dimension.PLAN, None])
def test_a_segment_that_no_report_is_of_alone_is_named(by: Dimension | None) -> None:
    request = ReportRequest(by=by, unfiltered="<gold>")
    said = {
        each: RENDERER.render(opening(request, spans()[0], None, free=True, language=each)).text for each in Language
    }
    assert "Chưa lọc riêng “&lt;gold&gt;” được" in said[Language.VI]
    assert ("xem từng gói bên dưới" in said[Language.VI]) is (by is not None)
    assert ("this is of all customers" in said[Language.EN]) is (by is None)


UNDERSTOOD = [
    (
        ReportRequest(Metric.NPS, "q3 2026", Dimension.PLAN),
        "Đã hiểu: NPS · quý 3/2026 (01/07 – 30/09/2026) · theo gói",
        "Understood: NPS · Q3 2026 (1 Jul – 30 Sept 2026) · by plan",
    ),
    (
        ReportRequest(Metric.CSAT, "f6 2026", page=Page.FUNNEL),
        "Đã hiểu: Phễu CSAT · 6 tháng đầu năm 2026 (01/01 – 30/06/2026)",
        "Understood: Funnel CSAT · first 6 months of 2026 (1 Jan – 30 Jun 2026)",
    ),
    (
        ReportRequest(period="1/5..12/6"),
        "Đã hiểu: Tổng quan · 43 ngày (01/05 – 12/06/2026)",
        "Understood: Overview · 43 days (1 May – 12 Jun 2026)",
    ),
    (ReportRequest(Metric.CHURN, "m5 2026"), "Tỷ lệ rời bỏ · tháng 5/2026 (01/05", "Churn · May 2026 (1 – 31 May"),
    (ReportRequest(period="2025"), "năm 2025 (01/01", "Overview · 2025 (1 Jan"),
]


@pytest.mark.parametrize(("request_", "vietnamese", "english"), UNDERSTOOD)
def test_what_was_understood_is_said_in_a_line(request_: ReportRequest, vietnamese: str, english: str) -> None:
    period = parse_period(request_.period, now=NOW, timezone="Asia/Ho_Chi_Minh")
    said = {each: RENDERER.render(opening(request_, period, None, free=True, language=each)).text for each in Language}
    assert vietnamese in said[Language.VI]
    assert english in said[Language.EN]
    assert "\n" not in said[Language.VI]


@pytest.mark.parametrize("language", Language)
def test_the_opening_stands_above_a_report_in_the_same_message(language: Language) -> None:
    report = metric_of(Metric.NPS, 30, language)
    above = opening(ReportRequest(Metric.NPS), report.period, NOW, free=False, language=language)
    said = RENDERER.render(replace(report.message, opening=above)).text
    first, below = said.split("\n\n", 1)
    assert {Language.VI: "22/11/2026", Language.EN: "22 Nov 2026"}[language] in first
    assert below == text(report)


OUTCOMES = outcome_lines(Followed(200, 40, 90), Followed(100, 5, 44))


def test_what_the_silent_have_done_is_said_beside_those_who_answered() -> None:
    said = text(silent(Language.VI)).replace("\N{NO-BREAK SPACE}", " ")
    assert said.endswith(
        "<b>Từ lúc khảo sát đóng đến nay</b> (n: số khách)\n"
        "Rời bỏ: không trả lời <b>20 %</b> (15 % đến 26 %), n = 200; có trả lời <b>5 %</b> (2,2 % đến 11 %), n = 100;"
        " chênh lệch +15 điểm % (+7,1 đến +21,7)\n"
        "Mua tiếp: không trả lời <b>45 %</b> (38 % đến 52 %), n = 200; có trả lời <b>44 %</b> (35 % đến 54 %), n = 100;"
        " chưa thấy khác nhau rõ rệt"
    )
    english = text(silent(Language.EN))
    assert "<b>Since their surveys closed</b> (n: customers)\n" in english
    assert "Lost: without an answer <b>20%</b> (15% to 26%), n = 200; with one <b>5%</b>" in english


@pytest.mark.parametrize(
    ("language", "said", "explained"),
    [
        (Language.VI, "thay đổi: nhóm không trả lời trừ nhóm có trả lời", "thay đổi là hiệu giữa hai nhóm"),
        (Language.EN, "change: without an answer minus with one", "the change is the difference between them"),
    ],
)
def test_a_change_that_is_not_against_the_period_before_says_so_in_its_line_and_among_the_methods(
    language: Language, said: str, explained: str
) -> None:
    workbook = CalamineWorkbook.from_filelike(BytesIO(write(silent(language), FileForm.XLSX, RENDERER).content))
    figures, methods = (workbook.get_sheet_by_index(place).to_python() for place in (0, len(workbook.sheet_names) - 1))
    noted = [line[-1] for line in figures[1:] if line[8] != ""]
    assert noted == ["", said, said]
    assert any(explained in str(line[0]) for line in methods)


@pytest.mark.parametrize(
    ("language", "title", "days"),
    [
        (Language.VI, "Hoa Mai · Tổng quan · 90 ngày qua", "25/08 – 22/11/2026"),
        (Language.EN, "Hoa Mai · Overview · past 90 days", "25 Aug – 22 Nov 2026"),
    ],
)
def test_the_file_of_the_overview_is_not_named_after_the_one_metric_that_is_drawn(
    language: Language, title: str, days: str
) -> None:
    report = overview_of(60, language)
    assert write(report, FileForm.CSV, RENDERER).caption.split("\n")[:2] == [title, days]
    assert RENDERER.part(report.words, "title").startswith("Hoa Mai · NPS · ")


def silent(language: Language) -> Report:
    period, earlier = spans()
    line, responses = (metric_line(metric, counts(60), counts(60)) for metric in (Metric.NPS, Metric.RESPONSE_RATE))
    drawn = picture(Metric.NPS, 60, period)
    return metric_report(
        line, responses, drawn, outcomes=OUTCOMES, period=period, before=earlier, never_bought=0, language=language
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.VI, "3/100 khách đầu kỳ đã rời bỏ · cứ đà này thì một năm 31 % (12 % đến 65 %)"),
        (Language.EN, "3 of 100 customers at the start were lost · 31% a year at this rate (12% to 65%)"),
    ],
)
def test_a_months_churn_is_said_by_the_year_too(language: Language, said: str) -> None:
    period, earlier = spans("last month")
    line = metric_line(Metric.CHURN, PeriodCounts(churn=Share(3, 100)), a_month=True)
    drawn = picture(Metric.CHURN, 0, period)
    report = metric_report(line, line, drawn, period=period, before=earlier, never_bought=0, language=language)
    assert said in text(report).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("n", [0, 3, 300])
def test_every_picture_has_its_words(n: int, metric: Metric, language: Language) -> None:
    reports = [metric_of(metric, n, language), breakdown_of(metric, n, language)]
    assert all(draw(report, RENDERER).startswith(b"\x89PNG") for report in reports)


@pytest.mark.parametrize(
    ("by", "vietnamese", "english"),
    [
        (Dimension.PLAN, ("1. (chưa có gói): ", "2. gold: ", "3. silver: "), ("1. (no plan): ",)),
        (Dimension.CSM, ("(chưa có người phụ trách)", "Hoa", "#6000000000"), ("(no CSM)", "Hoa")),
        (Dimension.AGE, ("1. đến 17: ", "2. 18 – 24: ", "3. từ 55: "), ("1. up to 17: ", "3. from 55: ")),
        (Dimension.VALUE, ("đến 4.999.999\xa0₫", "5.000.000\xa0₫ – 19.999.999\xa0₫"), ("up to ₫4,999,999",)),
        (Dimension.RFM, ("Khách quý nhất", "(chưa xếp hạng)"), ("Champions", "(no RFM segment)")),
        (Dimension.TAG, ("(không có thẻ)", "Khách có nhiều thẻ được tính vào từng thẻ."), ("several tags",)),
    ],
)
def test_segments_are_called_as_people_call_them(
    by: Dimension, vietnamese: tuple[str, ...], english: tuple[str, ...]
) -> None:
    for language, expected in ((Language.VI, vietnamese), (Language.EN, english)):
        said = text(breakdown_of(Metric.NPS, 300, language, by))
        assert [words for words in expected if words not in said] == []


def test_quarters_of_value_are_named_by_who_bought_most() -> None:
    renamed = {str(quarter): name_of(Dimension.VALUE, str(quarter), {}) for quarter in (1, 4)}
    report = breakdown_of(Metric.NPS, 300, Language.VI, Dimension.VALUE)
    segments = [{**each, "name": asdict(name)} for each, name in zip(facts(report), renamed.values(), strict=False)]
    said = RENDERER.render(replace(report.message, facts={**report.message.facts, "segments": segments})).text
    assert ("1. 25 % mua ít nhất: " in said, "2. 25 % mua nhiều nhất: " in said) == (True, True)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("metric", Metric)
def test_a_breakdown_of_eight_long_names_fits_a_caption(metric: Metric, language: Language) -> None:
    for by in Dimension:
        report = breakdown_of(metric, 1_234_567, language, by)
        named = "cannot_lose" if by is Dimension.RFM else "Ở" * LONGEST_NAME
        longest = {"name": asdict(SegmentName(text=named)), "unlike": "down"}
        segments = [{**facts(report)[0], **longest}] * MOST_LISTED
        many = {"segments": segments, "total": 999, "compared": 999, "different": 1}
        said = RENDERER.render(replace(report.message, facts={**report.message.facts, **many})).text
        assert len(re.sub("<[^>]*>", "", said)) <= CAPTION, (by, said)


def facts(report: Report) -> Any:
    return report.message.facts["segments"]


def test_halves_are_rounded_away_from_zero_by_every_filter(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "you.j2").write_text("{% block text %}you{% endblock %}", encoding="utf-8")
    (tmp_path / "en" / "halves.j2").write_text(
        "{% block text %}{{ 12.5|points }} {{ -12.5|points }} {{ 0.125|share }} {{ 0.0725|share }} {{ 0.125|percent }}"
        " {{ 2.25|number(1) }} {{ 0.25|round(1)|number }}{% endblock %}",
        encoding="utf-8",
    )
    rendered = Renderer(Rules(), tmp_path).render(Message("halves", Language.EN))
    assert rendered.text == "+13 −13 13% 7.3% 13% 2.3 0.3"


@pytest.mark.parametrize(
    ("language", "overview_says", "churn_says"),
    [
        (Language.EN, "· 60 never bought, left out", "is not counted, nor are 60 who have never bought."),
        (Language.VI, "· 60 khách chưa mua lần nào, không tính", "và 60 khách chưa mua lần nào không tính vào đây."),
    ],
)
def test_churn_says_who_is_left_out_because_they_never_bought(
    language: Language, overview_says: str, churn_says: str
) -> None:
    renderer = Renderer(Rules())
    assert overview_says in renderer.render(overview_of(60, language).message).text
    assert churn_says in renderer.render(metric_of(Metric.CHURN, 60, language).message).text
    assert "·" not in renderer.render(overview_of(0, language).message).text.rpartition("\n")[2]


@pytest.mark.parametrize(
    ("language", "said"), [(Language.VI, "12 chưa đóng, chưa tính"), (Language.EN, "12 not closed yet")]
)
def test_surveys_that_have_not_closed_are_not_called_unanswered(language: Language, said: str) -> None:
    assert said in text(metric_of(Metric.NPS, 50, language))
    assert said in text(overview_of(50, language))
    assert "còn mở" not in text(overview_of(50, language))


@pytest.mark.parametrize(("language", "said"), [(Language.VI, ", tính đến nay · "), (Language.EN, ", so far · ")])
def test_the_picture_of_a_period_that_is_not_over_says_so(language: Language, said: str) -> None:
    for words, is_so_far in (("this year", True), ("90d", False)):
        found = metric_of(Metric.CSAT, 30, language, words)
        assert (said in RENDERER.part(found.words, "subtitle")) is is_so_far
