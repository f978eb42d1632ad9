"""Reasons in words: no number without its n and interval, in either language, short enough for a caption."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.domain.messages import Language, Message
from bot.domain.metrics.estimates import Estimate
from bot.domain.metrics.proportions import Share
from bot.domain.periods import parse_period
from bot.domain.reasons.classifier import Bayes, Judge, Sigmoid
from bot.domain.reasons.messages import Counted, Unscored, phrases_message, reasons_report, theme_message
from bot.domain.reasons.phrases import Reason
from bot.domain.reasons.themes import Theme
from bot.domain.report_messages import Report
from bot.domain.report_requests import Page, ReportRequest
from bot.domain.rules import Rules
from bot.domain.surveys import Band
from bot.domain.taps import ShowTheme
from bot.domain.touchpoints import Kind
from bot.render import Renderer

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PERIOD = parse_period("last quarter", now=NOW, timezone="Asia/Ho_Chi_Minh")
RENDERER = Renderer(Rules(business="Hoa Mai"))
CAPTION, LONGEST_MESSAGE = 1024, 4096
TAG = re.compile(r"<[^<>]*>")
LEARNED = Judge(
    n=1000,
    accuracy=Estimate(0.9, 0.88, 0.92, 1000),
    baseline=Estimate(0.7, 0.67, 0.73, 1000),
    learned=(Bayes({}, 0.0), Sigmoid(1.0, 0.0)),
)


def themes() -> dict[str, Theme]:
    name = "Một chủ đề có cái tên dài hết mức cho phép"[:40]
    return {f"own{n}": Theme(key=f"own{n}", names=dict.fromkeys(Language, name), seeds=()) for n in range(12)}


def report(
    n: int, language: Language, *, kind: Kind = Kind.NPS, judge: Judge = LEARNED, so_far: bool = False
) -> Report:
    """A third of `n` are unhappy, and each theme is named by a half of everybody."""
    unhappy, happy = n // 3, n - n // 3
    read = [
        *(Reason(run_id=i, band=Band.DETRACTOR, text=f"giao {i} trễ quá trời " * 9) for i in range(min(unhappy, 99))),
        *(Reason(run_id=1000 + i, band=Band.PROMOTER, text="tốt") for i in range(min(happy, 99))),
    ]
    counted = Counted(
        kind=kind,
        answers=2 * n,
        reasons=Counter({Band.DETRACTOR: unhappy, Band.PROMOTER: happy}),
        themes={key: Counter({Band.DETRACTOR: unhappy // 2, Band.PROMOTER: happy // 2}) for key in themes()},
        unnamed=n // 4,
        read=read,
        unscored=Unscored(n=n, unkind=Share(n // 3, n), judge=judge),
    )
    request = ReportRequest(page=Page.REASONS, period="last quarter")
    return reasons_report(counted, themes(), request, period=PERIOD, so_far=so_far, language=language)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", [Kind.NPS, Kind.CES])
@pytest.mark.parametrize("n", [0, 3, 12, 60, 1_234_567])
def test_the_page_fits_under_its_picture_and_every_word_of_the_picture_is_there(
    language: Language, kind: Kind, n: int
) -> None:
    found = report(n, language, kind=kind)
    rendered = RENDERER.render(found.message)
    assert len(TAG.sub("", rendered.text)) <= CAPTION
    for part in ("title", "subtitle", "trend", "unhappy", "happy", "no_answers", "too_few", *found.methods):
        assert RENDERER.part(found.words, part)


@pytest.mark.parametrize(("language", "words"), [(Language.VI, ", tính đến nay"), (Language.EN, ", so far")])
def test_a_period_that_is_not_over_is_told_as_such_in_words_and_in_the_picture(language: Language, words: str) -> None:
    for so_far in (True, False):
        found = report(60, language, so_far=so_far)
        heading = RENDERER.render(found.message).text.splitlines()[0]
        assert heading.endswith(words) is so_far
        assert (f"{words} · n" in RENDERER.part(found.words, "subtitle")) is so_far


@pytest.mark.parametrize(
    ("language", "interval"), [(Language.VI, r"\(−?[\d,.]+[^)]* đến "), (Language.EN, r"\(−?[\d,.]+[^)]* to ")]
)
def test_no_share_stands_without_its_interval_and_its_counts(language: Language, interval: str) -> None:
    text = RENDERER.render(report(60, language).message).text
    for line in text.splitlines():
        if "<b>" in line and "%" in line:
            assert re.search(interval, line)
            assert re.search(r"\d+(/| of )\d+", line)


@pytest.mark.parametrize("language", Language)
def test_what_rests_on_fewer_than_five_is_not_printed(language: Language) -> None:
    lines = RENDERER.render(report(8, language).message).text.splitlines()
    named = [line for line in lines if line.startswith("•")]
    assert len(named) == 3
    assert all("n = 4" in line and "%" not in line for line in named)


@pytest.mark.parametrize(
    ("judge", "words"),
    [
        (LEARNED, "1.000 lý do đã có điểm; thử lại thì đoán đúng 90\N{NO-BREAK SPACE}% (88"),
        (Judge(n=0), "theo bộ từ có sẵn"),
    ],
)
def test_messages_without_a_score_say_by_what_they_were_judged(judge: Judge, words: str) -> None:
    text = RENDERER.render(report(60, Language.VI, judge=judge).message).text
    assert words in text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("unhappy", [0, 4, 30])
def test_phrases_and_quotes_are_said_in_full_or_it_is_said_why_not(language: Language, unhappy: int) -> None:
    read = [Reason(run_id=i, band=Band.DETRACTOR, text=f"giao trễ & {'<b>' * 80}{i}") for i in range(unhappy)]
    read += [Reason(run_id=100 + i, band=Band.PROMOTER, text="tốt") for i in range(30 if unhappy else 0)]
    text = RENDERER.render(phrases_message(read, Kind.NPS, PERIOD, language)).text
    assert len(text) <= LONGEST_MESSAGE
    assert "<b><b>" not in text  # what customers type is no markup
    assert ("z = " in text) is (unhappy == 30)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("n", [0, 4, 5])
def test_a_page_of_quotes_says_what_is_masked_or_why_it_is_empty(language: Language, n: int) -> None:
    read = [Reason(run_id=i, band=Band.PASSIVE, text="x" * 4000) for i in range(n)]
    tap = ShowTheme("nps", "90d", "", 0)
    rendered = RENDERER.render(theme_message(read, name="", n=n, tap=tap, period=PERIOD, language=language))
    assert len(rendered.text) <= LONGEST_MESSAGE
    assert f"n = {n}" in rendered.text
    assert ("…" in rendered.text) is (n == 5)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", ["unknown", "several", "seed", "no_seed", "taken", "name", "itself"])
def test_every_refusal_has_words_of_its_own(language: Language, code: str) -> None:
    said = {
        RENDERER.render(Message("themes/misunderstood", language, {"code": one, "word": "x"})).text
        for one in (code, "unknown")
    }
    assert len(said) == (1 if code == "unknown" else 2)


def test_of_one_reason_english_says_one_reason() -> None:
    themes = [{"name": "Delivery", "hidden": False, "n": n, "seeds": n} for n in (1, 2)]
    facts = {"themes": themes, "unnamed": 1, "may_edit": False}
    said = RENDERER.render(Message("themes/list", Language.EN, facts)).text
    assert "Delivery: 1 reason, 1 seed\n• Delivery: 2 reasons, 2 seeds\n• No theme found: 1 reason\n" in said
