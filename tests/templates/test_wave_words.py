"""What staff read of a wave, in both languages, in every state that it can be in."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.contact import Rule
from bot.domain.messages import Language, Message
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.domain.waves import Funnel, Place, Status, Wave, draft_message, panel_message, recall_question, recalled
from bot.render import Renderer

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)


def wave(status: Status) -> Wave:
    return Wave(
        wave_id=7,
        kind=Kind.NPS,
        status=status,
        words="nps <b>",
        per_day=20,
        starts_on=TUESDAY,
        weekdays=frozenset(range(7)),
        language=Language.VI,
        chat_id=1,
        message_id=2,
    )


def render(message: Message) -> tuple[str, list[str]]:
    rendered = Renderer(Rules()).render(message)
    return rendered.text, [label for row in rendered.rows for label, _ in row]


@pytest.mark.parametrize("language", Language)
def test_a_dry_run_says_who_when_and_why_not(language: Language) -> None:
    places = [
        Place(customer_id=1, name="An", day=TUESDAY),
        Place(customer_id=2, name="Bình", day=TUESDAY, rule=Rule.FLOOR, until=NOW),
        Place(customer_id=3, name="Chi", day=None, rule=Rule.LOST),
    ]
    text, labels = render(draft_message(wave(Status.DRAFT), places, language))
    assert "24/11/2026: 2" in text
    assert text.count("\n   • 1: ") == 2
    assert "\n\n\n" not in text
    assert "&lt;b&gt;" in text
    assert len(set(labels)) == 3


@pytest.mark.parametrize("language", Language)
def test_a_wave_for_nobody_says_so(language: Language) -> None:
    text, _ = render(draft_message(wave(Status.DRAFT), [], language))
    assert "24/11/2026" not in text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("status", [Status.RUNNING, Status.PAUSED, Status.STOPPED, Status.DONE])
def test_each_state_has_words_and_buttons_of_its_own(language: Language, status: Status) -> None:
    funnel = Funnel(total=20, waiting=5, sent=10, answered=4, commented=2, unreachable=1, recalled=1, held={"floor": 3})
    text, labels = render(panel_message(wave(status), funnel, recallable=6, language=language, first=False))
    assert "\n\n\n" not in text
    assert {line.split(": ")[1] for line in text.splitlines() if line.endswith((": 5", ": 2"))} == {"5", "2"}
    assert any("6" in label for label in labels)
    assert len(labels) == len(set(labels)) == (5 if status in (Status.RUNNING, Status.PAUSED) else 3)


@pytest.mark.parametrize("language", Language)
def test_deleting_is_asked_about_and_said_plainly(language: Language) -> None:
    text, labels = render(recall_question(wave(Status.RUNNING), 12, language))
    assert "12" in text
    assert len(labels) == 2
    assert render(recalled({}, outbox_id=1, language=language))[0]


@pytest.mark.parametrize("language", Language)
def test_the_files_and_lists_name_everybody(language: Language) -> None:
    fates = [
        {"id": 1, "name": "An", "sent_at": NOW, "score": 9, "rule": None, "recalled": False},
        {"id": 2, "name": "Bình", "sent_at": NOW, "score": None, "rule": None, "recalled": False},
        {"id": 3, "name": "Chi", "sent_at": None, "score": None, "rule": "floor", "recalled": False},
        {"id": 4, "name": "Dung", "sent_at": None, "score": None, "rule": None, "recalled": False},
        {"id": 5, "name": "Em", "sent_at": None, "score": None, "rule": None, "recalled": True},
    ]
    text, _ = render(Message("waves/list", language, {"kind": "nps", "lines": fates}))
    endings = {line.split(": ", 1)[1] for line in text.splitlines()}
    assert len(endings) == 5
