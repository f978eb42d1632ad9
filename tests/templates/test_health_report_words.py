"""The report of health in words: which day it is of, what is left out, and what to say where there is nothing."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.health import Colour
from bot.domain.health_reports import ColourStep, HealthSpread, Mover, health_report
from bot.domain.messages import Language
from bot.domain.periods import parse_period, trends
from bot.domain.report_requests import FileForm
from bot.domain.rules import Rules
from bot.render import Renderer
from handlers.report_files import write
from handlers.report_pictures import picture_of

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
PERIOD = parse_period("14d", now=NOW, timezone="Asia/Ho_Chi_Minh")
RENDERER = Renderer(Rules(business="Hoa Mai"))
SHIFTS = {(Colour.GREEN, Colour.RED): 40, (None, Colour.GREEN): 60, (None, Colour.GREY): 7}
STEPS = [
    ColourStep(part, {Colour.RED: 30 + place, Colour.YELLOW: 0, Colour.GREEN: 60, Colour.GREY: 7})
    for place, part in enumerate(trends(PERIOD, now=NOW)[0])
]
LAST = HealthSpread(
    shifts=SHIFTS,
    scores={40: 40, 90: 60},
    movers=[Mover(name="An", before=80, after=40)],
    day=PERIOD.last_day,
    steps=STEPS,
)
NOTHING = HealthSpread(shifts={}, scores={}, movers=None, first_day=date(2026, 12, 1))


def said(spread: HealthSpread, language: Language) -> str:
    return RENDERER.render(health_report(spread, period=PERIOD, language=language).message).text


@pytest.mark.parametrize(
    ("language", "day", "earlier", "live", "before"),
    [
        (
            Language.VI,
            "Sức khỏe khách hàng</b> ngày 20/11/2026, so với 30 ngày trước",
            "Trong kỳ này chưa ngày nào chấm xong cho tất cả khách",
            "Chưa chấm xong cho tất cả khách",
            "Kỳ này chưa có điểm: ngày đầu tiên chấm xong cho tất cả khách là 01/12/2026.",
        ),
        (
            Language.EN,
            "Customer health</b> on 20 Nov 2026, against 30 days before",
            "On no day of the period was everybody scored",
            "Not everybody is scored yet",
            "No scores of this period: the first day on which everybody was scored is 1 Dec 2026.",
        ),
    ],
)
def test_the_page_says_of_which_day_it_is(language: Language, day: str, earlier: str, live: str, before: str) -> None:
    last = said(LAST, language)
    assert day in last
    assert earlier not in last
    assert live not in last
    assert earlier in said(HealthSpread(shifts=SHIFTS, scores={}, day=date(2026, 8, 1)), language)
    assert live in said(HealthSpread(shifts=SHIFTS, scores={}), language)
    assert before in said(NOTHING, language)
    assert len(last) < 1024


@pytest.mark.parametrize("language", Language)
def test_the_picture_has_its_course_and_a_sentence_where_there_is_nothing(language: Language) -> None:
    def axes(spread: HealthSpread) -> int:
        return len(picture_of(health_report(spread, period=PERIOD, language=language), RENDERER).axes)

    assert (axes(LAST), axes(NOTHING)) == (3, 1)


def test_the_steps_of_the_course_are_in_the_file() -> None:
    file = write(health_report(LAST, period=PERIOD, language=Language.EN), FileForm.CSV, RENDERER)
    lines = file.content.decode("utf-8-sig").splitlines()
    steps = [line.split(",") for line in lines if "2026-11-20,2026-11-20" in line]
    assert [(line[0], line[-2]) for line in steps] == [
        ("Customers who are red", "103"),
        ("Customers who are yellow", "103"),
        ("Customers who are green", "103"),
    ]


@pytest.mark.parametrize(
    ("language", "always", "course"),
    [
        (Language.VI, "Chọn kỳ nào thì các số trên cũng so với 30 ngày trước", "đường trong hình là của 07/11"),
        (Language.EN, "Whatever the period, these are held against 30 days before", "the picture is of 7"),
    ],
)
def test_the_page_says_what_its_period_changes_and_what_not(language: Language, always: str, course: str) -> None:
    assert always in said(LAST, language)
    assert course in said(LAST, language)
    still = said(HealthSpread(shifts=SHIFTS, scores={}, day=PERIOD.last_day), language)
    assert f"{always}." in still
