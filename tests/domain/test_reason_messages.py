"""The page of the reasons: what is said, drawn, tapped and written to a file."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.figures import FigureUnit
from bot.domain.messages import Language
from bot.domain.metrics.proportions import Share
from bot.domain.periods import parse_period
from bot.domain.reasons.classifier import Judge
from bot.domain.reasons.messages import (
    Counted,
    DriversPicture,
    Unscored,
    phrases_message,
    reason_message,
    reasons_report,
    theme_message,
)
from bot.domain.reasons.phrases import Reason
from bot.domain.reasons.themes import Theme
from bot.domain.report_requests import Page, ReportRequest
from bot.domain.roles import Role, Staff
from bot.domain.surveys import Band
from bot.domain.taps import OpenReason, SetTheme, ShowPhrases, ShowTheme
from bot.domain.touchpoints import Kind

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PERIOD = parse_period("90d", now=NOW, timezone="Asia/Ho_Chi_Minh")
THEMES = {
    key: Theme(key=key, names={Language.VI: key.upper(), Language.EN: key.title()}, seeds=())
    for key in ("delivery", "price", "staff")
}
READ = [
    *(Reason(run_id=n, band=Band.DETRACTOR, text=f"giao trễ {'x' * 200}", order=n) for n in range(20)),
    *(Reason(run_id=n, band=Band.PROMOTER, text="Tốt", order=n) for n in range(20, 60)),
]
COUNTED = Counted(
    kind=Kind.NPS,
    answers=80,
    reasons=Counter({Band.DETRACTOR: 20, Band.PROMOTER: 40}),
    themes={
        "delivery": Counter({Band.DETRACTOR: 18, Band.PROMOTER: 12}),
        "price": Counter({Band.DETRACTOR: 2}),
        "staff": Counter[Band](),
    },
    unnamed=28,
    read=READ,
    unscored=Unscored(n=9, unkind=Share(3, 6), judge=Judge(n=60)),
)
REQUEST = ReportRequest(period="90d", page=Page.REASONS)
BY = Staff(user_id=1, name="Hoa", role=Role.CSM, language=Language.EN)


def taps_of(keyboard: object) -> list[object]:
    return [button.tap for row in keyboard for button in row]  # type: ignore[attr-defined]


def test_the_page_names_the_themes_with_what_they_have_to_do_with_the_score() -> None:
    found = reasons_report(COUNTED, THEMES, REQUEST, period=PERIOD, language=Language.VI)
    facts = found.message.facts
    assert isinstance(facts["drivers"], list)
    assert [(one["name"], one["named"]) for one in facts["drivers"]] == [
        ("DELIVERY", Share(30, 60)),
        ("PRICE", Share(2, 60)),
    ]
    assert (facts["n"], facts["given"], facts["themes"], facts["unnamed"]) == (60, Share(60, 80), 2, 28)
    assert isinstance(found.picture, DriversPicture)
    assert [row.name for row in found.picture.rows] == ["DELIVERY", "PRICE"]


def test_the_strongest_phrase_stands_with_two_quotes_of_a_line() -> None:
    facts = reasons_report(COUNTED, THEMES, REQUEST, period=PERIOD, language=Language.VI).message.facts
    assert isinstance(facts["phrase"], dict)
    assert facts["phrase"]["detractors"] == Share(20, 20)
    assert [len(quote) for quote in facts["phrase"]["quotes"]] == [70]  # all say the same, so once
    assert facts["quotes"] == []


def test_under_forty_reasons_there_are_quotes_alone_of_detractors_where_they_are_five() -> None:
    facts = reasons_report(
        replace(COUNTED, read=READ[:20]), THEMES, REQUEST, period=PERIOD, language=Language.VI
    ).message.facts
    assert (facts["phrase"], facts["compared"]) == (None, False)
    assert isinstance(facts["quotes"], list)
    assert facts["quotes"][0].startswith("giao trễ")


@pytest.mark.parametrize(("unhappy", "others", "quotes"), [(4, 10, ["Tốt"]), (0, 4, []), (2, 2, [])])
def test_fewer_than_five_are_quoted_only_among_more(unhappy: int, others: int, quotes: list[str]) -> None:
    read = [*READ[20 : 20 + others], *READ[20 - unhappy : 20]]
    facts = phrases_message(read, Kind.NPS, PERIOD, Language.VI).facts
    assert isinstance(facts["quotes"], list)
    assert facts["quotes"][:1] == [quote[:160] for quote in quotes] or facts["quotes"][0].startswith("giao")


def test_all_phrases_are_told_on_a_page_of_their_own() -> None:
    facts = phrases_message(READ, Kind.NPS, PERIOD, Language.VI).facts
    assert isinstance(facts["phrases"], list)
    assert [one["phrase"] for one in facts["phrases"]] == ["giao trễ"] or facts["phrases"]
    assert (facts["compared"], facts["more"], facts["quotes"], facts["n"]) == (True, 0, [], 60)


def test_buttons_lead_to_the_quotes_of_each_theme_and_to_the_phrases() -> None:
    found = reasons_report(COUNTED, THEMES, REQUEST, period=PERIOD, language=Language.VI)
    assert taps_of(found.message.keyboard) == [
        ShowTheme("nps", "90d", "delivery", 0),
        ShowTheme("nps", "90d", "price", 0),
        ShowTheme("nps", "90d", "", 0),
        ShowPhrases("nps", "90d"),
    ]


def test_where_every_reason_names_a_theme_there_is_no_button_for_the_rest() -> None:
    found = reasons_report(replace(COUNTED, unnamed=0), THEMES, REQUEST, period=PERIOD, language=Language.VI)
    assert ShowTheme("nps", "90d", "", 0) not in taps_of(found.message.keyboard)


def test_every_number_of_the_page_is_a_figure_and_small_ones_are_hidden() -> None:
    found = reasons_report(COUNTED, THEMES, REQUEST, period=PERIOD, language=Language.VI)
    figures = {(one.key, one.segment): one for one in found.figures}
    units = {one.key: one.unit for one in found.figures}
    assert units.pop("theme_difference") is FigureUnit.APART
    assert set(units.values()) == {FigureUnit.SHARE}
    assert list(figures) == [
        ("reasons_given", ""),
        *((key, "DELIVERY") for key in ("theme_named", "theme_detractors", "theme_difference")),
        *((key, "PRICE") for key in ("theme_named", "theme_detractors", "theme_difference")),
        ("unscored_unkind", ""),
    ]
    named, gap = figures["theme_named", "DELIVERY"], figures["theme_difference", "DELIVERY"]
    assert named.estimate is not None
    assert (named.estimate.value, named.n) == (0.5, 30)
    assert gap.estimate is not None
    assert gap.estimate.value == pytest.approx(18 / 30 - 2 / 30)
    assert all(one.visible is None for (_, segment), one in figures.items() if segment == "PRICE")
    assert figures["unscored_unkind", ""].n == 6


def test_a_page_of_quotes_has_a_button_for_each_and_leads_on_and_back() -> None:
    tap = ShowTheme("nps", "90d", "price", 1)
    said = theme_message(READ[:5], name="Giá cả", n=12, tap=tap, period=PERIOD, language=Language.VI)
    assert taps_of(said.keyboard) == [
        *(OpenReason(n) for n in range(5)),
        ShowTheme("nps", "90d", "price", 0),
        ShowTheme("nps", "90d", "price", 2),
    ]
    assert said.facts["first"] == 6
    assert [button.facts["number"] for button in said.keyboard[0]] == [6, 7, 8, 9, 10]


@pytest.mark.parametrize(("n", "page", "turns"), [(5, 0, []), (6, 0, [1]), (10, 1, [0])])
def test_pages_end_where_the_quotes_do(n: int, page: int, turns: list[int]) -> None:
    tap = ShowTheme("nps", "90d", "price", page)
    said = theme_message(READ[:5], name="x", n=n, tap=tap, period=PERIOD, language=Language.VI)
    assert [one.page for one in taps_of(said.keyboard) if isinstance(one, ShowTheme)] == turns


def test_of_fewer_than_five_nothing_is_quoted_and_nothing_can_be_opened() -> None:
    tap = ShowTheme("nps", "90d", "price", 0)
    said = theme_message(READ[:4], name="x", n=4, tap=tap, period=PERIOD, language=Language.VI)
    assert (said.facts["quotes"], said.keyboard) == ([], ())


def test_a_reason_has_every_theme_as_a_button_that_turns_it_on_or_off() -> None:
    said = reason_message("giao trễ", 7, THEMES, {"price"}, BY)
    assert taps_of(said.keyboard) == [
        SetTheme(7, "delivery", 1),
        SetTheme(7, "price", 0),
        SetTheme(7, "staff", 1),
    ]
    assert [button.facts["chosen"] for row in said.keyboard for button in row] == [False, True, False]
