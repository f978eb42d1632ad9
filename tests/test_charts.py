"""The pictures of a report: looked at by the letters and bars that they draw, in both languages."""

import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from bot.charts import (
    MOST_SEGMENTS,
    BreakdownPicture,
    FunnelStep,
    PicturePoint,
    PictureWords,
    PlanPicture,
    PlanRow,
    ReportPicture,
    ScoreDistribution,
    breakdown_picture,
    plan_picture,
    report_picture,
    to_png,
)
from bot.charts.pictures import Numbers
from bot.domain.metrics.estimates import shown
from bot.domain.metrics.nps import NpsCounts, nps
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.surveys import Band
from bot.domain.touchpoints import Kind

WORDS = {
    "vi": PictureWords(
        title="Touchpoint · NPS · 90 ngày qua",
        subtitle="25/08 – 22/11/2026 · NPS +25 (khoảng tin cậy 95 %: −12 đến +55), n = 20",
        no_answers="Chưa có câu trả lời nào trong kỳ này.",
        too_few="Dưới 5 câu trả lời: chưa hiện để không ai bị nhận ra.",
        trend="NPS theo tuần, khoảng tin cậy 95 %",
        distribution="Khách chấm bao nhiêu điểm",
        funnel="Phễu phản hồi (% so với bước trước)",
        overall="Tất cả",
    ),
    "en": PictureWords(
        title="Touchpoint · NPS · last 90 days",
        subtitle="25 Aug – 22 Nov 2026 · NPS +25 (95% interval −12 to +55), n = 20",
        no_answers="There is no answer in this period yet.",
        too_few="Fewer than 5 answers: hidden, so that nobody can be recognised.",
        trend="NPS by week, with its 95% interval",
        distribution="Scores given",
        funnel="Response funnel (% of the step before)",
        overall="All",
    ),
}
BANDS = {
    "vi": {Band.DETRACTOR: "chưa hài lòng", Band.PASSIVE: "trung lập", Band.PROMOTER: "người ủng hộ"},
    "en": {Band.DETRACTOR: "detractors", Band.PASSIVE: "passives", Band.PROMOTER: "promoters"},
}
STEPS = {
    "vi": ("dự kiến gửi", "đã gửi", "đã trả lời", "có góp ý"),
    "en": ("planned", "sent", "answered", "commented"),
}
WEEKS = ["24/08", "31/08", "07/09", "14/09", "21/09", "28/09", "05/10", "12/10", "19/10", "26/10", "02/11", "09/11"]
TWO_YEARS = [f"{month:02}/{year}" for year in (25, 26) for month in range(1, 13)]


def _point(label: str, n: int) -> PicturePoint:
    detractors = n // 4
    return PicturePoint(label, n, shown(nps(NpsCounts(n - 2 * detractors, detractors, detractors))))


def _report(language: str, labels: Sequence[str], sizes: Sequence[int]) -> ReportPicture:
    total = sum(sizes)
    scores = {2: total // 8, 6: total // 8, 8: total // 4, 9: total // 6, 10: total - total // 2 - total // 6}
    counts = (total * 3, total * 2, total, total // 3)
    return ReportPicture(
        words=WORDS[language],
        locale=language,
        points=True,
        trend=[_point(label, n) for label, n in zip(labels, sizes, strict=True)],
        distribution=ScoreDistribution(Kind.NPS, scores, BANDS[language]),
        funnel=[FunnelStep(label, n) for label, n in zip(STEPS[language], counts, strict=True)],
    )


def _breakdown(language: str, segments: dict[str, Share]) -> BreakdownPicture:
    points = [PicturePoint(name, share.whole, shown(proportion(share))) for name, share in segments.items()]
    return BreakdownPicture(
        WORDS[language], language, points=False, segments=points, overall=proportion(Share(112, 160))
    )


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """Every figure that is turned into a PNG while the test runs."""
    seen: list[Figure] = []
    save = Figure.savefig

    def keep(figure: Figure, *args: object, **kwargs: object) -> None:
        seen.append(figure)
        save(figure, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Figure, "savefig", keep)
    return seen


def _texts(figure: Figure) -> list[Text]:
    """What can be read: letters with something in them, and the labels of ticks within their axis."""
    texts = [*figure.texts]
    for axes in figure.axes:
        texts += [axes.title, *axes.texts]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [text for text in texts if text.get_text().strip()]


def _bars(axes: Axes) -> list[Rectangle]:
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def _outlines(axes: Axes) -> list[list[list[float]]]:
    """The points of each band and each interval."""
    return [np.asarray(each.get_paths()[0].vertices).tolist() for each in axes.collections]


REPORTS = {
    "none": (WEEKS, [0] * 12),
    "three": (WEEKS, [0] * 10 + [1, 2]),
    "sparse": (WEEKS, [0, 0, 6, 0, 0, 8, 9, 2, 0, 0, 12, 1]),
    "three hundred": (WEEKS, [25, 31, 25, 18, 3, 22, 30, 28, 40, 33, 20, 25]),
    "many": (TWO_YEARS, [4000 + 300 * month for month in range(24)]),
    "one": (["22/11"], [20]),
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_report_can_be_read(name: str, language: str, figures: list[Figure]) -> None:
    picture = to_png(report_picture(_report(language, *REPORTS[name])))
    assert struct.unpack(">II", picture[16:24]) == (1200, 675)
    _assert_legible(figures[0])


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("rows", [0, 1, 5, 12])
def test_every_breakdown_can_be_read(rows: int, language: str, figures: list[Figure]) -> None:
    segments = {f"Nguyễn Thị Phương Thảo {row}": Share(row * 4, 3 + row * 6) for row in range(rows)}
    picture = to_png(breakdown_picture(_breakdown(language, segments)))
    assert struct.unpack(">II", picture[16:24]) == (1200, 675)
    _assert_legible(figures[0])


def _assert_legible(figure: Figure) -> None:
    """Letters of ten points or more, on the sheet, and none over another."""
    texts = _texts(figure)
    assert texts
    assert min(float(text.get_fontsize()) for text in texts) >= 10
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    for words, box in boxes:
        assert box.x0 >= 0, words
        assert box.x1 <= 1200, words
        assert box.y0 >= 0, words
        assert box.y1 <= 675, words
    for (words, box), (others, other) in combinations(boxes, 2):
        assert not box.padded(-1).overlaps(other.padded(-1)), (words, others)


def _annotations(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_a_step_of_under_five_answers_has_its_n_and_no_dot(figures: list[Figure]) -> None:
    to_png(report_picture(_report("en", ["a", "b", "c", "d"], [20, 4, 20, 20])))
    trend = figures[0].axes[0]
    assert [np.asarray(line.get_xdata()).tolist() for line in trend.lines if line.get_marker() == "o"] == [[0], [2, 3]]
    assert [label.get_text() for label in trend.get_xticklabels()] == ["\nn =", "a\n20", "b\n4", "c\n20", "d\n20"]


def test_the_band_is_the_interval_and_a_lone_value_has_a_whisker(figures: list[Figure]) -> None:
    picture = _report("en", ["a", "b", "c", "d"], [20, 4, 20, 20])
    to_png(report_picture(picture))
    whisker, band = _outlines(figures[0].axes[0])
    lone, first = picture.trend[0].estimate, picture.trend[2].estimate
    assert lone is not None
    assert first is not None
    assert whisker == [[0, lone.low], [0, lone.high]]
    assert [2, first.low] in band
    assert [2, first.high] in band


def test_without_any_answer_a_sentence_stands_alone(figures: list[Figure]) -> None:
    to_png(report_picture(_report("vi", WEEKS, [0] * 12)))
    assert len(figures[0].axes) == 1
    assert _annotations(figures[0]) == [WORDS["vi"].no_answers]
    assert figures[0].axes[0].get_xticklabels() == []


def test_three_answers_show_how_far_the_surveys_came_and_no_score(figures: list[Figure]) -> None:
    to_png(report_picture(_report("en", ["a", "b"], [1, 2])))
    texts = " ".join(_annotations(figures[0]))
    assert len(figures[0].axes) == 2
    assert "Fewer than 5 answers" in texts
    assert "planned" in texts
    assert "promoters" not in texts


def test_the_distribution_has_a_bar_a_score_in_the_colour_of_its_band(figures: list[Figure]) -> None:
    to_png(report_picture(_report("en", ["a"], [24])))
    bars = _bars(figures[0].axes[1])
    assert [bar.get_height() for bar in bars] == [0, 0, 3, 0, 0, 0, 3, 0, 6, 4, 8]
    colours = [to_hex(bar.get_facecolor()) for bar in bars]
    assert [len(set(colours[:7])), len(set(colours[7:9])), len(set(colours[9:]))] == [1, 1, 1]
    assert len(set(colours)) == 3
    assert {"detractors\n25%", "passives\n25%", "promoters\n50%"} <= set(_annotations(figures[0]))


def test_the_funnel_tells_the_share_of_the_step_before(figures: list[Figure]) -> None:
    to_png(report_picture(_report("vi", ["a"], [1000])))
    texts = _annotations(figures[0])
    assert {"3.000", "2.000  (67\N{NO-BREAK SPACE}%)", "1.000  (50\N{NO-BREAK SPACE}%)"} <= set(texts)
    assert set(STEPS["vi"]) <= set(texts)


def test_a_funnel_that_stops_divides_by_nothing(figures: list[Figure]) -> None:
    steps = [FunnelStep("planned", 9), FunnelStep("sent", 0), FunnelStep("answered", 0)]
    to_png(report_picture(replace(_report("en", ["a"], [0]), funnel=steps)))
    assert [text for text in _annotations(figures[0]) if text[0].isdigit()] == ["9", "0  (0%)", "0"]


def test_a_metric_without_scores_or_funnel_takes_the_whole_width(figures: list[Figure]) -> None:
    trend = [PicturePoint("a", 1000, proportion(Share(100, 1000)))]
    to_png(report_picture(ReportPicture(WORDS["en"], "en", points=False, trend=trend)))
    (axes,) = figures[0].axes
    assert axes.get_position().width > 0.8
    assert _annotations(figures[0]) == ["10%"]


def test_a_funnel_or_a_distribution_alone_takes_the_place_of_both(figures: list[Figure]) -> None:
    both = _report("en", ["a"], [40])
    to_png(report_picture(replace(both, distribution=None)))
    to_png(report_picture(replace(both, funnel=())))
    assert figures[0].axes[1].get_position().bounds == figures[1].axes[1].get_position().bounds


@pytest.mark.parametrize(("sizes", "values"), [([20] * 7, 7), ([20] * 8, 1)])
def test_a_long_trend_names_its_last_value_only(sizes: list[int], values: int, figures: list[Figure]) -> None:
    to_png(report_picture(replace(_report("en", WEEKS[: len(sizes)], sizes), distribution=None, funnel=())))
    assert len(_annotations(figures[0])) == values


def test_the_last_value_stands_beside_its_dot_and_the_others_above_theirs(figures: list[Figure]) -> None:
    to_png(report_picture(replace(_report("en", ["a", "b"], [20, 20]), distribution=None, funnel=())))
    first, last = figures[0].axes[0].texts
    assert (first.get_horizontalalignment(), last.get_horizontalalignment()) == ("center", "left")
    assert (first.get_position(), last.get_position()) == ((0, 12), (9, 0))


def test_scores_by_the_ten_thousand_are_written_as_shares(figures: list[Figure]) -> None:
    to_png(report_picture(_report("en", ["a"], [60_000])))
    assert "33%" in _annotations(figures[0])


@pytest.mark.parametrize(
    ("points", "locale", "value", "text", "tick"),
    [
        (True, "en", 24.6, "+25", "+24.6"),
        (True, "en", 12.5, "+13", "+12.5"),
        (True, "vi", -7.5, "−8", "−7,5"),
        (True, "en", 0.4, "0", "+0.4"),
        (True, "en", 0.0, "0", "0"),
        (True, "en", -0.04, "0", "0"),
        (False, "vi", 0.333, "33\N{NO-BREAK SPACE}%", "33,3\N{NO-BREAK SPACE}%"),
        (False, "en", 0.025, "2.5%", "2.5%"),
    ],
)
def test_numbers_are_written_as_the_language_does(
    points: bool, locale: str, value: float, text: str, tick: str
) -> None:
    numbers = Numbers(locale, points)
    assert (numbers.value(value), numbers.tick(value)) == (text, tick)


def test_a_breakdown_shows_each_segment_with_its_interval(figures: list[Figure]) -> None:
    segments = {"Pro": Share(56, 70), "Basic": Share(3, 4), "Free": Share(0, 0)}
    to_png(breakdown_picture(_breakdown("en", segments)))
    (axes,) = figures[0].axes
    estimate = proportion(Share(56, 70))
    assert estimate is not None
    (interval,) = _outlines(axes)
    assert interval == [[estimate.low, 0], [estimate.high, 0]]
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "Pro  (n = 70)",
        "Basic  (n = 4)",
        "Free  (n = 0)",
    ]
    assert _annotations(figures[0]) == ["80%", WORDS["en"].too_few, WORDS["en"].no_answers, "All 70%"]


def test_a_breakdown_without_a_total_has_no_line_behind_it(figures: list[Figure]) -> None:
    to_png(breakdown_picture(replace(_breakdown("en", {"Pro": Share(56, 70)}), overall=None)))
    assert _annotations(figures[0]) == ["80%"]


def test_a_dot_on_the_edge_of_the_scale_is_drawn_whole(figures: list[Figure]) -> None:
    to_png(breakdown_picture(_breakdown("en", {"Gold": Share(5, 5)})))
    (dot,) = (line for line in figures[0].axes[0].lines if line.get_marker() == "o")
    assert not dot.get_clip_on()


def test_a_breakdown_stops_at_twelve_segments(figures: list[Figure]) -> None:
    to_png(breakdown_picture(_breakdown("en", {str(number): Share(8, 10) for number in range(13)})))
    assert len(figures[0].axes[0].get_yticklabels()) == MOST_SEGMENTS == 12


def test_a_long_name_is_cut_and_a_long_title_is_made_smaller(figures: list[Figure]) -> None:
    words = replace(
        WORDS["vi"], title="Công ty Cổ phần Thương mại và Dịch vụ Chăm sóc Khách hàng Việt Nam · NPS · 90 ngày qua"
    )
    long_name = _breakdown("vi", {"Gói doanh nghiệp lớn và rất lớn toàn quốc": Share(8, 10)})
    to_png(breakdown_picture(replace(long_name, words=words)))
    assert "Gói doanh nghiệp lớn và rất…  (n = 10)" in {text.get_text() for text in _texts(figures[0])}
    _assert_legible(figures[0])


def test_dollar_signs_are_letters_and_no_formula(figures: list[Figure]) -> None:
    words = replace(WORDS["en"], title="$x_{$ & Sons$", too_few="$_{$", overall="$_{$")
    to_png(report_picture(replace(_report("en", ["$_{$"], [4]), words=words)))
    to_png(breakdown_picture(replace(_breakdown("en", {"$_{$": Share(1, 2)}), words=words)))
    assert "$x_{$ & Sons$" in {text.get_text() for text in _texts(figures[0])}


def test_every_vietnamese_letter_has_a_glyph() -> None:
    letters = "ăâđêôơư áàảãạ ấầẩẫậ ắằẳẵặ éèẻẽẹ ếềểễệ íìỉĩị óòỏõọ ốồổỗộ ớờởỡợ úùủũụ ứừửữự ýỳỷỹỵ"
    words = replace(WORDS["vi"], title=letters, subtitle=letters.upper())
    assert report_picture(replace(_report("vi", WEEKS, [0] * 12), words=words))


def test_matplotlib_is_loaded_with_the_first_picture_and_not_before() -> None:
    check = (
        "import sys, bot.charts, bot.domain.reports; sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


ROWS = (
    PlanRow("Dùng quen những việc cơ bản", "xong 20/12/2026", "done"),
    PlanRow("Có kết quả đầu tiên", "chờ xác nhận", "waiting"),
    PlanRow("Kết quả đều đặn", "hẹn 18/02/2027, quá hẹn", "late", "Thời gian tiết kiệm: 3,5/5 giờ", 0.7),
    PlanRow("Nhìn lại cả năm", "bên em lo · hẹn 20/11/2027", "open", "Đơn: chưa đo", None),
)


def _plan(rows: Sequence[PlanRow] = ROWS, *, elapsed: float = 0.5) -> PlanPicture:
    words = PictureWords(title="Năm đầu", subtitle="Mục tiêu: ngủ ngon", no_answers="", too_few="")
    return PlanPicture(words, rows, "Đạt 1/4 cột mốc", done=0.25, elapsed=elapsed, today="hôm nay")


def test_a_plan_is_drawn_with_its_milestones_and_what_they_measure(figures: list[Figure]) -> None:
    assert plan_picture(_plan()).startswith(b"\x89PNG")
    [axes] = figures[0].axes
    read = [text.get_text() for text in _texts(figures[0])]
    assert {row.title for row in ROWS} | {row.detail for row in ROWS} <= set(read)
    assert "Thời gian tiết kiệm: 3,5/5 giờ" in read
    whole, measured, way, done = (bar.get_width() for bar in _bars(axes))
    assert [measured / whole, done / way] == pytest.approx([0.7, 0.25])


@pytest.mark.parametrize("elapsed", [0.0, 0.03, 0.5, 1.0])
def test_no_words_of_a_plan_lie_on_others_or_leave_the_sheet(figures: list[Figure], elapsed: float) -> None:
    long = [replace(row, title="Kết quả đều đặn " * 20, measure="Đơn mỗi ngày " * 20, share=0.5) for row in ROWS * 2]
    for rows in (ROWS, long):
        plan_picture(_plan(rows, elapsed=elapsed))
        figure = figures[-1]
        boxes = [text.get_window_extent() for text in _texts(figure)]
        assert all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 1200 and box.y1 <= 675 for box in boxes)
        assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_a_plan_of_many_milestones_shows_the_first_seven(figures: list[Figure]) -> None:
    plan_picture(_plan([replace(ROWS[0], title=str(number)) for number in range(9)]))
    read = [text.get_text() for text in _texts(figures[0])]
    assert [title for title in read if title.isdecimal()] == [str(number) for number in range(7)]
