"""What staff read of a wave, in both languages, in every state that it can be in."""

import re

import pytest

from bot.domain.contact import Rule
from bot.domain.messages import Language, Message
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.domain.wave_funnels import Tally
from bot.domain.wave_messages import (
    as_begun,
    draft_message,
    misunderstood,
    panel_message,
    recall_question,
    recalled,
    usage,
)
from bot.domain.wave_rehearsals import Place
from bot.domain.wave_requests import Fault, WaveRequestError
from bot.domain.waves import ENDED, State, Status, Wave
from bot.domain.wordings import BOTH, Variant
from bot.domain.written_days import written_day
from bot.playground.formatting import parse_html
from bot.render import Renderer
from tests.wave_facts import NOW, THURSDAY, TUESDAY, a_comparing_wave, a_wave, answers, tally


def wave(status: Status) -> Wave:
    return a_wave(wave_id=7, status=status, words="nps <b>", weekdays=frozenset(range(7)), ends_on=THURSDAY)


def render(message: Message) -> tuple[str, list[str]]:
    rendered = Renderer(Rules(business="Hoa Mai")).render(message)
    assert 0 < len(parse_html(rendered.text).text) <= 4096
    assert "\n\n\n" not in rendered.text
    return rendered.text, [label for row in rendered.rows for label, _ in row]


@pytest.mark.parametrize("language", Language)
def test_a_dry_run_says_who_when_and_why_not(language: Language) -> None:
    places = [
        Place(customer_id=1, name="An", variant=Variant.A, day=TUESDAY),
        Place(customer_id=2, name="Bình", variant=Variant.A, day=TUESDAY, rule=Rule.FLOOR, until=NOW),
        Place(customer_id=3, name="Chi", variant=Variant.A, day=None, rule=Rule.LOST),
    ]
    text, labels = render(draft_message(wave(Status.DRAFT), places, language))
    assert f"{written_day(TUESDAY, language)}: 2" in text
    assert text.count("\n   • 1: ") == 2
    assert "&lt;b&gt;" in text
    assert len(set(labels)) == 3


@pytest.mark.parametrize("language", Language)
def test_why_something_is_held_is_said_in_words_that_are_true_days_later_too(language: Language) -> None:
    held = [Place(customer_id=1, name="An", variant=Variant.A, day=None, rule=rule) for rule in Rule]
    text, _ = render(draft_message(wave(Status.DRAFT), held, language))
    reasons = [line for line in text.splitlines() if line.startswith("   • 1: ")]
    assert len(reasons) == len(Rule)
    assert [one for one in reasons if re.search(r"\b(vừa|đang|tuần này|just|this week|ago)\b", one)] == []


@pytest.mark.parametrize("language", Language)
def test_a_wave_for_nobody_says_so(language: Language) -> None:
    text, _ = render(draft_message(wave(Status.DRAFT), [], language))
    assert written_day(TUESDAY, language) not in text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("status", [Status.RUNNING, Status.PAUSED, Status.STOPPED, Status.DONE])
def test_each_state_has_words_and_buttons_of_its_own(language: Language, status: Status) -> None:
    tallies = [
        tally(State.PLANNED, count=5),
        tally(outbox="sent", count=6),
        tally(outbox="sent", score=9, count=2),
        tally(outbox="sent", score=9, commented=True, count=2),
        tally(outbox="failed"),
        tally(State.RECALLED),
        tally(outbox="pending", hold_rule="floor", count=3),
    ]
    panel = panel_message(wave(status), tallies, recallable=6, language=language, first=False)
    lost = Place(customer_id=1, name="An", variant=Variant.A, day=None, rule=Rule.LOST)
    begun, _ = render(as_begun(panel, [lost]))
    assert ("0 trong" if language is Language.VI else "0 of") in begun
    assert "• 1: " in begun
    text, labels = render(panel)
    assert {line.split(": ")[1] for line in text.splitlines() if line.endswith((": 5", ": 2"))} == {"5", "2"}
    assert any("6" in label for label in labels)
    assert len(labels) == len(set(labels)) == (5 if status in (Status.RUNNING, Status.PAUSED) else 3)
    assert (written_day(THURSDAY, language) in text) is (status is Status.RUNNING)


def compared(tallies: list[Tally], language: Language, kind: Kind = Kind.NPS, status: Status = Status.DONE) -> str:
    panel = panel_message(a_comparing_wave(kind=kind, status=status), tallies, recallable=0, language=language)
    return render(panel)[0]


A, B = Variant.A, Variant.B
HALF, MOST, FEW = answers(A, {5: 50}, silent=50), answers(B, {5: 70}, silent=30), answers(B, {5: 30}, silent=70)


@pytest.mark.parametrize(
    ("tallies", "vietnamese", "english"),
    [
        (
            [*HALF, *MOST],
            "Mẫu B được trả lời nhiều hơn mẫu A 20 điểm % (+6,4 đến +32,6).",
            "Wording B got more answers than wording A, by 20 percentage points (+6.4 to +32.6).",
        ),
        (
            [*HALF, *FEW],
            "Mẫu B được trả lời ít hơn mẫu A 20 điểm %",
            "Wording B got fewer answers than wording A, by 20 percentage points",
        ),
        (
            [*HALF, *answers(B, {5: 52}, silent=48)],
            "Chưa thấy mẫu nào được trả lời nhiều hơn",
            "Neither wording is seen to get more answers",
        ),
        (
            [*answers(A, {5: 3}, silent=20), *answers(B, {5: 20})],
            "Mỗi mẫu phải gửi cho ít nhất 30 khách",
            "when each wording went to at least 30 customers",
        ),
        ([*HALF, *MOST, tally(outbox="sent", open=True)], "hiện còn 1 khách", "1 still do"),
        ([*HALF, *MOST, tally(State.RECALLED, outbox="sent")], "Có tin đã bị thu hồi", "Some messages were recalled"),
        ([*HALF, *answers(B, {5: 300})], "lệch nhau quá mức ngẫu nhiên", "more than chance explains"),
    ],
)
def test_what_came_of_two_wordings_is_said_as_carefully_as_it_is_known(
    tallies: list[Tally], vietnamese: str, english: str
) -> None:
    assert vietnamese in compared(tallies, Language.VI)
    assert english in compared(tallies, Language.EN)


@pytest.mark.parametrize(
    ("scores", "vietnamese", "english"),
    [
        ({5: 40}, "Điểm CSAT của mẫu B cao hơn mẫu A", "CSAT is higher with wording B than with wording A"),
        ({1: 40}, "Điểm CSAT của mẫu B thấp hơn mẫu A", "CSAT is lower with wording B than with wording A"),
        ({5: 20, 1: 20}, "CSAT của hai mẫu chưa thấy khác nhau rõ rệt", "CSAT: no detectable difference"),
        ({5: 20}, "CSAT: quá ít câu trả lời để so sánh", "CSAT: too few answers to compare"),
    ],
)
def test_the_score_of_two_wordings_stands_beside_it(scores: dict[int, int], vietnamese: str, english: str) -> None:
    tallies = [*answers(A, {5: 20, 1: 20}), *answers(B, scores)]
    assert vietnamese in compared(tallies, Language.VI, Kind.CSAT)
    assert english in compared(tallies, Language.EN, Kind.CSAT)


@pytest.mark.parametrize("language", Language)
def test_a_wave_stopped_early_concludes_nothing_and_a_score_of_few_is_hidden(language: Language) -> None:
    tallies = [*answers(A, {9: 4}), *answers(B, {9: 40}), tally(State.PLANNED)]
    text = compared(tallies, language, status=Status.STOPPED)
    assert {Language.VI: "không kết luận mẫu nào hơn", Language.EN: "neither wording is called better"}[
        language
    ] in text
    assert {Language.VI: "NPS: dưới 5 câu trả lời", Language.EN: "NPS: hidden, under 5"}[language] in text


@pytest.mark.parametrize("language", Language)
def test_a_dry_run_shows_the_questions_as_customers_will_read_them(language: Language) -> None:
    csat = a_comparing_wave(kind=Kind.CSAT, subject="<giao hàng>", status=Status.DRAFT)
    places = [Place(customer_id=one, name="An", variant=BOTH[one % 2], day=TUESDAY) for one in range(80)]
    text, _ = render(draft_message(csat, places, language))
    assert text.count("<blockquote>") == 2
    assert text.count("<b>&lt;giao hàng&gt;</b>") == 2
    assert text.count("40 ") == 2
    assert "21" in text
    small, _ = render(draft_message(csat, places[:40], language))
    assert "30 " in small
    alone, _ = render(draft_message(a_wave(), places[:2], language))
    assert (alone.count("<blockquote>"), alone.count("A</b>")) == (1, 0)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("fault", Fault)
def test_each_fault_names_the_word_and_what_to_write_instead(language: Language, fault: Fault) -> None:
    text, _ = render(misunderstood(WaveRequestError("-<b>X", fault, ["vàng & bạc"]), language))
    assert "&lt;b&gt;X" in text
    assert "<code>/wave</code>" in text
    assert text.count("<code>") > 1 or "vàng &amp; bạc" in text or "120" in text


@pytest.mark.parametrize("language", Language)
def test_each_fault_has_a_hint_of_its_own(language: Language) -> None:
    hints = {render(misunderstood(WaveRequestError("x", fault), language))[0] for fault in Fault}
    assert len(hints) == len(Fault)


@pytest.mark.parametrize("language", Language)
def test_the_help_shows_the_waves_that_were_begun_with_what_they_are_about(language: Language) -> None:
    about = a_wave(kind=Kind.CSAT, subject="giao hàng", status=Status.PAUSED)
    _, labels = render(usage([about, a_wave(status=Status.DONE)], language))
    assert "“giao hàng”" in labels[0]
    assert len(set(labels)) == 2
    begun = {Language.VI: "20/11/2026", Language.EN: "20 Nov 2026"}[language]
    assert all(begun in label and len(label) <= 60 for label in labels)


@pytest.mark.parametrize("language", Language)
def test_who_was_not_reached_before_the_end_is_told_in_words(language: Language) -> None:
    text, _ = render(panel_message(a_wave(), [tally(State.SKIPPED, rule=ENDED)], recallable=0, language=language))
    assert "• 1: " in text
    assert ENDED not in text


@pytest.mark.parametrize("language", Language)
def test_deleting_is_asked_about_and_said_plainly(language: Language) -> None:
    text, labels = render(recall_question(wave(Status.RUNNING), 12, language))
    assert "12" in text
    assert len(labels) == 2
    assert render(recalled({}, outbox_id=1, language=language))[0]


@pytest.mark.parametrize("language", Language)
def test_the_files_and_lists_name_everybody(language: Language) -> None:
    fates = [
        {"id": 1, "name": "An", "variant": "b", "sent_at": NOW, "score": 9, "rule": None, "recalled": False},
        {"id": 2, "name": "Bình", "variant": "a", "sent_at": NOW, "score": None, "rule": None, "recalled": False},
        {"id": 3, "name": "Chi", "variant": "a", "sent_at": None, "score": None, "rule": "floor", "recalled": False},
        {"id": 4, "name": "Dung", "variant": "a", "sent_at": None, "score": None, "rule": None, "recalled": False},
        {"id": 5, "name": "Em", "variant": "a", "sent_at": None, "score": None, "rule": None, "recalled": True},
    ]
    text, _ = render(Message("waves/list", language, {"kind": "nps", "compares": True, "lines": fates}))
    endings = {line.split(": ", 1)[1] for line in text.splitlines()}
    assert len(endings) == 5
    assert [" B)" in line for line in text.splitlines()] == [True, False, False, False, False]
