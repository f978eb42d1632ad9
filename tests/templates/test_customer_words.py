"""Both languages have the same templates with the same parts, and every word to a customer can be said."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, TemplateError, nodes
from jinja2.exceptions import SecurityError

from bot.domain import privacy, surveys
from bot.domain.links import LinkOutcome
from bot.domain.messages import Language, Message
from bot.domain.rules import PrivacyRules, RetentionRules, Rules
from bot.domain.surveys import Band
from bot.domain.touchpoints import SURVEYS, Kind
from bot.domain.wordings import Variant, wording_of
from bot.playground.formatting import parse_html
from bot.render import TEMPLATES, Renderer

LONGEST_LABEL = 40
ENVIRONMENT = Environment(autoescape=True)
ANSWERABLE = Rules(
    privacy=PrivacyRules(legal_name="Hoa Mai Ltd", address="1 Lê Lợi", contact="data@hoamai.example"),
    retention=RetentionRules(texts=timedelta(days=730)),
)
AN = {"name": "Nguyễn Thị An", "salutation": "chị"}
DAYS = {Language.VI: "22/11/2026", Language.EN: "22 Nov 2026"}


def names(language: str) -> set[str]:
    folder = TEMPLATES / language
    return {str(path.relative_to(folder)) for path in folder.rglob("*.j2")}


def parts(path: Path) -> set[str]:
    parsed = ENVIRONMENT.parse(path.read_text(encoding="utf-8"))
    return {block.name for block in parsed.find_all(nodes.Block)}


def test_both_languages_have_the_same_templates() -> None:
    assert names("vi") == names("en")


@pytest.mark.parametrize("name", sorted(names("vi")))
def test_a_template_has_the_same_parts_in_both_languages(name: str) -> None:
    assert parts(TEMPLATES / "vi" / name) == parts(TEMPLATES / "en" / name)


def survey_messages(kind: Kind, language: Language) -> list[Message]:
    """All that one survey says, with and without a subject."""
    said: list[Message] = []
    asked = [(subject, wording_of(kind, one)) for subject in ("", "đơn hàng <A&B>", "2026-11-22") for one in Variant]
    for subject, wording in [*asked, *(("", wording_of(kind, one, about_nothing=True)) for one in Variant)]:
        facts: dict[str, Any] = {**surveys.question_facts(kind, 1, subject, wording), **AN}
        said += [compose(facts, outbox_id=1, language=language) for compose in (surveys.invitation, surveys.reminder)]
    for band in Band:
        facts = {"kind": kind, "score": 5, "highest": 10, "band": band, "subject": "", "reason": None}
        said += [Message(f"surveys/{name}", language, facts) for name in ("follow_up", "thanks")]
        said += [
            Message("surveys/reason_kept", language, {**facts, "only_thanks": only_thanks})
            for only_thanks in (True, False)
        ]
    for score in (None, 0):
        for late in (True, False):
            facts = {"kind": kind, "score": score, "highest": 10, "late": late}
            said.append(Message("surveys/closed", language, facts))
    return said


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", sorted(SURVEYS))
def test_everything_a_survey_says_is_telegram_html_within_the_limits(kind: Kind, language: Language) -> None:
    renderer = Renderer(Rules(business="Hoa & Lá"))
    for message in survey_messages(kind, language):
        rendered = renderer.render(message)
        text = parse_html(rendered.text).text
        assert 0 < len(text) <= 4096
        subject = str(message.facts.get("subject") or "")
        named = DAYS[language] if subject == "2026-11-22" else subject
        assert kind is Kind.NPS or not named or named in text
        assert "\n\n\n" not in text
        for label, payload in (button for row in rendered.rows for button in row):
            assert 0 < len(label) <= LONGEST_LABEL
            assert len(payload.encode()) <= 64


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        (Language.VI, "hài lòng với kết quả của cột mốc “Đo được cải thiện” đến mức nào?"),
        (Language.EN, "satisfied are you with what came of the milestone “Đo được cải thiện”?"),
    ],
)
def test_a_milestone_is_asked_about_by_its_result_and_the_reminder_asks_so_too(language: Language, asked: str) -> None:
    facts = surveys.question_facts(Kind.CSAT, 1, "Đo được cải thiện", trigger=surveys.OF_MILESTONE) | AN
    other = surveys.question_facts(Kind.CSAT, 1, "Đo được cải thiện", trigger=surveys.OF_CASE) | AN
    for compose in (surveys.invitation, surveys.reminder):
        assert asked in parse_html(Renderer(Rules()).render(compose(facts, outbox_id=1, language=language)).text).text
        assert "“" not in Renderer(Rules()).render(compose(other, outbox_id=1, language=language)).text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", sorted(SURVEYS))
def test_every_wording_asks_otherwise_and_the_reminder_asks_in_the_same_words(kind: Kind, language: Language) -> None:
    renderer = Renderer(Rules(business="Hoa Mai"))
    names = {wording_of(kind, one, about_nothing=nothing) for one in Variant for nothing in (False, True)}
    asked = {}
    for name in names:
        facts = {**surveys.question_facts(kind, 1, "", name), **AN}
        invitation, reminder = (
            renderer.render(compose(facts, outbox_id=1, language=language)).text
            for compose in (surveys.invitation, surveys.reminder)
        )
        asked[name] = next(line for line in invitation.splitlines() if "Hoa Mai" in line)
        assert asked[name] in reminder
    assert len(set(asked.values())) == len(names)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("template", "facts"),
    [
        ("welcome", {"name": "An <b>", "salutation": "", "open": True}),
        ("welcome", {"name": "An <b>", "salutation": "", "open": False}),
        ("welcome_back", AN | {"stopped": True}),
        ("welcome_back", AN | {"stopped": False}),
        ("linked", AN | {"again": True}),
        ("linked", AN | {"again": False}),
        ("number_kept", AN),
        ("resumed", AN),
        *(("link_refused", {"outcome": str(outcome)}) for outcome in LinkOutcome),
        *((name, {}) for name in ("help", "stranger", "stale_button")),
        *((name, {}) for name in ("contact_refused", "number_unknown", "message_kept", "feedback_kept", "stopped")),
        ("feedback_prompt", {}),
        ("cancelled", {"ended": []}),
        ("cancelled", {"ended": ["feedback", "reason", "goal"]}),
        ("unknown_command", {"command": "/<b>", "nearest": ""}),
        ("unknown_command", {"command": "/<b>", "nearest": "help"}),
        ("privacy", privacy.notice_facts(Rules())),
        ("privacy", privacy.notice_facts(ANSWERABLE)),
        *(("language", {"staff": staff}) for staff in (True, False)),
        *(("language_chosen", {"kept": True, "staff": staff}) for staff in (True, False)),
        ("language_chosen", {"kept": False, "staff": False}),
    ],
)
def test_everything_said_to_a_customer_is_telegram_html(
    template: str, facts: dict[str, object], language: Language
) -> None:
    rendered = Renderer(Rules()).render(Message(f"customers/{template}", language, facts))
    text = parse_html(rendered.text).text
    assert 0 < len(text) <= 4096
    assert "\n\n\n" not in text


@pytest.mark.parametrize("language", Language)
def test_privacy_says_who_answers_for_the_data_and_for_how_long_words_are_kept(language: Language) -> None:
    said = Renderer(ANSWERABLE).render(Message("customers/privacy", language, privacy.notice_facts(ANSWERABLE))).text
    assert [part for part in ("Hoa Mai Ltd", "1 Lê Lợi", "data@hoamai.example", "730") if part not in said] == []


@pytest.mark.parametrize(
    ("name", "salutation", "vietnamese", "english"),
    [
        ("Nguyễn Thị An", "chị", "Cảm ơn chị An,", "Thank you An,"),
        ("Nguyễn Thị An", "", "Cảm ơn anh/chị An,", "Thank you An,"),
        ("John Smith", "anh", "Cảm ơn anh John,", "Thank you John,"),
        ("Công ty Hoa & Lá", "", "Cảm ơn anh/chị bên Công ty Hoa &amp; Lá,", "Thank you Công ty Hoa &amp; Lá,"),
        ("Khách 12346", "", "Cảm ơn anh/chị,", "Thank you Khách 12346,"),
    ],
)
def test_a_customer_is_addressed_by_the_given_name_where_there_is_one(
    name: str, salutation: str, vietnamese: str, english: str
) -> None:
    for language, words in ((Language.VI, vietnamese), (Language.EN, english)):
        message = Message("customers/resumed", language, {"name": name, "salutation": salutation})
        assert words in Renderer(Rules()).render(message).text


def test_a_fact_that_is_missing_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(TemplateError):
        Renderer(Rules()).render(Message("surveys/thanks", Language.VI, {"score": 9}))


@pytest.mark.parametrize(
    "attack", ["{{ ''.__class__.__mro__ }}", "{{ business.__class__ }}", "{% set x = business.__init__.__globals__ %}"]
)
def test_a_template_that_staff_edit_cannot_reach_the_program(tmp_path: Path, attack: str) -> None:
    (tmp_path / "vi").mkdir()
    (tmp_path / "vi" / "evil.j2").write_text(f"{{% block text %}}{attack}{{% endblock %}}", encoding="utf-8")
    with pytest.raises((SecurityError, TemplateError)):
        Renderer(Rules(), tmp_path).render(Message("evil", Language.VI))
