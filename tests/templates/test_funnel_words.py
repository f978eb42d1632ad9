"""The funnel of surveys in words, pictures and files."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.contact import Rule
from bot.domain.funnel_messages import funnel_report
from bot.domain.messages import Language, Message
from bot.domain.periods import parse_period
from bot.domain.report_messages import Report
from bot.domain.report_requests import FileForm
from bot.domain.reports import Funnel
from bot.domain.rules import Rules
from bot.domain.survey_funnels import Tally
from bot.domain.touchpoints import Kind
from bot.render import Renderer
from handlers.report_files import write
from handlers.report_pictures import draw

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PERIOD = parse_period("q3 2026", now=NOW, timezone="Asia/Ho_Chi_Minh")
RENDERER = Renderer(Rules(business="Hoa Mai"))
CAPTION, OPENING = 1024, 90
UNSENT = Tally(
    kind=Kind.NPS,
    closed=False,
    outbox="pending",
    error=None,
    hold_rule=None,
    answered=False,
    commented=False,
    reminded=False,
    answered_after=False,
    count=1,
)


def funnel(n: int, language: Language) -> Report:
    """`n` surveys of every fate and kind, held by every rule."""
    held = [replace(UNSENT, hold_rule=rule, count=n) for rule in Rule]
    others = [replace(UNSENT, outbox=status, count=n) for status in ("pending", "failed", None)]
    sent = Funnel(sent=2 * n, answered=n, commented=n, closed=2 * n, closed_answered=n, reminded=n, answered_after=n)
    kinds = dict.fromkeys((Kind.NPS, Kind.CES, Kind.CSAT), sent)
    tallies = [*held, *others] if n else []
    return funnel_report(kinds if n else {}, tallies, None, period=PERIOD, now=NOW, language=language)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("n", [0, 1, 300, 123_456])
def test_a_funnel_fits_a_caption_and_has_its_picture(n: int, language: Language) -> None:
    report = funnel(n, language)
    assert len(re.sub("<[^>]*>", "", RENDERER.render(report.message).text)) <= CAPTION - OPENING * (n < 1000)
    assert draw(report, RENDERER).startswith(b"\x89PNG")


def test_a_funnel_reads_as_vietnamese() -> None:
    said = RENDERER.render(funnel(30, Language.VI).message).text.replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith("<b>Phễu khảo sát</b> · quý 3/2026 (01/07 – 30/09/2026)\n\n<b>840</b> khảo sát trong kỳ\n")
    assert "Đã trả lời: 90/180, <b>50 %</b> (43 % đến 57 %)\n" in said
    assert "\n   • 30: còn quá gần lời chúc trước đó\n" in said
    assert f"\n   • {30 * (len(Rule) - 4)}: vì lý do khác\nKhông gửi được: 60/840, <b>7,1 %</b>" in said
    asked = "30/60, <b>50 %</b> (38 % đến 62 %)"
    assert said.endswith(f"NPS: {asked}\nCES: {asked}\nCSAT: {asked}\n<i>Trong ngoặc là khoảng tin cậy 95 %.</i>")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("form", FileForm)
def test_a_file_says_what_it_holds_and_how_it_was_reckoned(form: FileForm, language: Language) -> None:
    file = write(funnel(30, language), form, RENDERER)
    assert file.name == f"funnel-2026-09-30.{form}"
    title, days, holds = file.caption.split("\n")
    assert title.startswith("Hoa Mai · ")
    assert {Language.VI: "01/07 – 30/09/2026", Language.EN: "1 Jul – 30 Sept 2026"}[language] in days
    assert holds.startswith(("32 dòng", "Hình, 32", "32 lines", "The picture and 32"))


def test_every_figure_of_the_surveys_has_a_name_in_both_languages() -> None:
    keys = ["yearly_churn", "ces_mean", "csat_mean", "silent_lost", "answered_lost", "silent_bought", "answered_bought"]
    names = {
        language: [RENDERER.part(Message("reports/file", language, {"key": key}), "figure") for key in keys]
        for language in Language
    }
    assert all(len(set(each)) == len(keys) and all(each) for each in names.values())
