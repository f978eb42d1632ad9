"""The pages of causes in words: short enough for a caption, each value with its interval, and never a cause."""

import re

import pytest

from bot.domain.landmarks import Present
from bot.domain.messages import Language
from bot.domain.opportunity_messages import OpportunityPicture
from bot.domain.report_messages import Report
from bot.domain.report_requests import FileForm
from bot.domain.rules import Rules, WinBackRules
from bot.domain.team_messages import RatiosPicture
from bot.domain.trial_messages import wordings_report
from bot.render import Renderer
from handlers.report_files import write
from tests.cause_facts import (
    PERIOD,
    crowd,
    drawn,
    loyalty_page,
    pages,
    roi_page,
    samples,
    someone,
    team_page,
    wording_tests,
)

RENDERER = Renderer(Rules(business="Hoa Mai"))
CAPTION, OPENING = 1024, 90
VALUE = re.compile(r"<b>[−+-]?[₫\d][^<]*</b>")
INTERVAL = re.compile(r"\([−+-]?[₫\d][^ ]*( [%₫]| ((nghìn )?tỷ|triệu) ₫)? (đến|to) [−+-]?[₫\d]")


def text(report: Report) -> str:
    return RENDERER.render(report.message).text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("n", "value"), [(0, 0.0), (3, 3e6), (60, 3e6), (300, 3e6), (2000, 3e9)])
def test_every_page_fits_a_caption_in_words_and_says_no_value_without_its_interval(
    n: int, value: float, language: Language
) -> None:
    for report in pages(n, language, value=value):
        said = text(report)
        assert len(re.sub("<[^>]*>", "", said)) <= CAPTION - OPENING
        assert "\n\n\n" not in said
        values = [line for line in said.splitlines() if VALUE.search(line) and "code" not in line]
        assert [line for line in values if not INTERVAL.search(line.replace("\xa0", " "))] == []
        for block in ("title", "subtitle", "no_answers", "too_few", *report.methods):
            assert RENDERER.part(report.words, block)


@pytest.mark.parametrize("language", Language)
def test_every_page_can_be_had_as_a_file_in_which_each_figure_has_a_name(language: Language) -> None:
    for report in pages(300, language):
        written = write(report, FileForm.CSV, RENDERER).content.decode("utf-8-sig").splitlines()
        names = [line.partition(",")[0] for line in written[1:]]
        picture = report.picture
        parts = sum(row.segment is not None for row in picture.rows) if isinstance(picture, RatiosPicture) else 0
        parts += 2 * len(picture.names) if isinstance(picture, OpportunityPicture) else 0
        assert len(names) == len(report.figures) + parts
        assert all(names)
        assert write(report, FileForm.XLSX, RENDERER).content


@pytest.mark.parametrize(("language", "words"), [(Language.VI, ", tính đến nay"), (Language.EN, ", so far")])
def test_the_page_of_a_team_says_when_its_period_is_not_over(language: Language, words: str) -> None:
    for so_far in (True, False):
        page = team_page(crowd(60), language, so_far=so_far)
        assert text(page).splitlines()[0].endswith(words) is so_far
        assert (f"{words} · " in RENDERER.part(page.words, "subtitle")) is so_far


def test_a_trial_that_may_not_be_read_is_not_said_to_rest_on_too_few() -> None:
    page = roi_page(WinBackRules(holdout=0.3, planned=600), drawn(590), Language.EN)
    written = write(page, FileForm.CSV, RENDERER).content.decode("utf-8-sig")
    assert written.count("cannot be said; the page says why") == 2
    assert "under 5" not in written


@pytest.mark.parametrize(
    ("language", "sentence"), [(Language.VI, "chưa phải nguyên nhân"), (Language.EN, "not a cause")]
)
def test_that_it_is_no_cause_is_said_in_words_and_in_the_picture(language: Language, sentence: str) -> None:
    page = loyalty_page(crowd(300), language)
    assert sentence in text(page)
    assert sentence in RENDERER.part(page.words, "subtitle")


@pytest.mark.parametrize(
    ("language", "sentence", "mark"),
    [
        (Language.VI, "Mẫu 1/200 số khách", "(mẫu 1/200)"),
        (Language.EN, "A sample of one customer in 200", "(a sample, 1 in 200)"),
    ],
)
def test_that_only_some_were_looked_at_is_said_in_words_and_in_the_picture(
    language: Language, sentence: str, mark: str
) -> None:
    for page in samples(crowd(300), language):
        assert sentence in text(page)
        assert mark in RENDERER.part(page.words, "subtitle")
    for page in samples(crowd(300), language, every=1):
        assert sentence[:10] not in text(page)
        assert mark[:4] not in RENDERER.part(page.words, "subtitle")


def group(score: int | None, lost: int, whole: int) -> list[Present]:
    return [
        someone(
            number,
            score=score,
            was_asked=score is None,
            lost_after=1 + number % 80 if number < lost else None,
            value_minor=number * 37 % 100,
            joined_at=PERIOD.start - number * 29 % 97 * (PERIOD.end - PERIOD.start),
        )
        for number in range(whole)
    ]


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        (group(8, 5, 50), "Fewer than 20 left"),
        (group(8, 20, 50) + group(2, 3, 4), "fewer than 5 customers"),
        (group(8, 0, 50) + group(2, 30, 30), "the score decides perfectly who leaves"),
        (group(9, 2, 40) + group(8, 6, 40) + group(2, 8, 40) + group(None, 8, 40), "Too few left to compare"),
        (group(8, 20, 100) + group(2, 40, 100) + group(None, 0, 40), "of “No answer” nobody left, or everybody"),
    ],
    ids=["few left", "small group", "separated", "few for the model", "nobody of a group left"],
)
def test_what_cannot_be_said_is_said_to_be_so(people: list[Present], sentence: str) -> None:
    assert sentence in text(loyalty_page(people, Language.EN))


def test_a_wave_says_which_wording_was_answered_more_or_why_not() -> None:
    said = text(wordings_report(wording_tests(150), period=PERIOD, language=Language.VI))
    assert "B được trả lời nhiều hơn A" in said
    assert "Chưa thấy khác nhau rõ rệt" in said
    assert "còn khách chờ hỏi hoặc chờ trả lời" in said
