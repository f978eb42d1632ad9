"""Staff read words, never the names that the program has for things."""

from datetime import UTC, datetime

import pytest

from bot.domain.contact import Rule
from bot.domain.digests import digest
from bot.domain.messages import Language, Message
from bot.domain.rules import Rules
from bot.domain.touchpoints import OUTSIDE_CLOCKS, POLICIES, Kind
from bot.playground.formatting import parse_html
from bot.render import Renderer

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TOUCHPOINTS = [kind for kind in Kind if POLICIES[kind].group not in OUTSIDE_CLOCKS]
STATUSES = ["sent", "sending", "unknown", "failed", "cancelled"]
ENDINGS = [
    "done",
    "recovered",
    "forgotten",
    "wave_paused",
    "wave_ended",
]  # why a message is cancelled, beside the rules

MOVED = {"change": -12, "moves": [{"part": "survey", "points": -4}], "nps_before": 9, "nps_after": 6}
RISK = {"score": 40, "since": "2026-11-20", "override": None, "reasons": [], **MOVED}
UNKNOWN: dict[str, object] = {"score": None, "change": None, "moves": [], "nps_before": None, "nps_after": None}
RISKS = [
    {"customer_id": 1, "name": "An <b>", "risk": RISK},
    {"customer_id": 1, "name": "An <b>", "risk": RISK | UNKNOWN | {"override": "cancellation"}},
]


def why(language: Language, **facts: object) -> str:
    page = {"customer": "An", "days": 30, "more": 0, "earlier": 0, "upcoming": [], "past": []}
    page |= {"stopped_at": None, "case": None}
    return Renderer(Rules()).render(Message("portfolio/why", language, page | facts)).text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", TOUCHPOINTS)
def test_every_kind_of_message_has_a_name(language: Language, kind: Kind) -> None:
    one = {"kind": kind, "at": NOW, "overdue": False, "rule": None, "until": None, "cause": "", "subject": "tet"}
    assert f"1. {kind}:" not in why(language, upcoming=[one]).lower()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("rule", [*Rule, *ENDINGS])
def test_every_reason_not_to_send_is_said_in_words(language: Language, rule: str) -> None:
    one = {"kind": Kind.NPS, "at": NOW, "status": "cancelled", "rule": rule, "held": []}
    said = why(language, past=[one]).splitlines()[-1]
    assert said.startswith("• ")
    assert not said.endswith((f"since {rule}", f"vì {rule}"))


@pytest.mark.parametrize("language", Language)
def test_every_end_of_a_message_is_told_from_the_others(language: Language) -> None:
    one = {"kind": Kind.NPS, "at": NOW, "rule": "lost", "held": []}
    said = {why(language, past=[one | {"status": status}]) for status in STATUSES}
    assert len(said) == len(STATUSES)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("command", ["customer", "customers", "why", "note", "survey", "plan", "lost", "case", "log"])
def test_the_usage_of_a_command_shows_that_command(language: Language, command: str) -> None:
    page = Renderer(Rules()).render(Message("portfolio/usage", language, {"command": command}))
    assert f"<code>/{command} " in page.text


@pytest.mark.parametrize("language", Language)
def test_every_section_of_a_digest_is_said_with_what_is_urgent_in_it(language: Language) -> None:
    items = [{"customer_id": 1, "name": "An <b>", "at": NOW, "detail": "x & y", "late": late} for late in (True, False)]
    kinds = ("cases", "messages", "milestones", "birthdays", "silent")
    sections = [{"kind": kind, "total": 3, "items": items} for kind in kinds]
    facts = {"sections": [*sections, {"kind": "at_risk", "total": 2, "items": RISKS}]}
    page = Renderer(Rules()).render(digest(facts, outbox_id=1, language=language))
    said = parse_html(page.text).text
    assert said.count("An <b>") == 12
    assert ("40 (−12 " in said, "NPS 9→6 −4" in said) == (True, True)
    assert ("xin hủy" if language is Language.VI else "asked to cancel") in said
    assert said.count("… ") == 5
    assert said.count("quá hạn" if language is Language.VI else "late since") >= 1
    assert "\n\n\n" not in said
    assert page.rows == ((("An <b>", "v:1"),),)


def test_a_case_says_whether_an_answer_or_an_end_is_due_and_today_by_its_hour() -> None:
    case = {"customer_id": 1, "name": "An", "at": NOW, "detail": "", "late": False}
    items = [
        case | {"answers": True, "today": True, "new": True},
        case | {"answers": False, "today": True},
        case | {"answers": True, "late": True},
    ]
    section = {"kind": "cases", "total": 9, "late": 4, "new": 1, "items": items}
    stands = {"score": 40, "since": "2026-11-20", "override": None, "reasons": [{"part": "usage", "score": 8}]}
    risk = {"kind": "at_risk", "total": 1, "items": [{"customer_id": 1, "name": "An", "risk": UNKNOWN | stands}]}
    facts = {"sections": [section, risk]}
    said = parse_html(Renderer(Rules()).render(digest(facts, outbox_id=1, language=Language.VI)).text).text
    assert [line for line in said.splitlines() if line.startswith(("•", "🔴"))] == [
        "🔴 Yêu cầu đang mở: 9 (1 mới, 4 đã quá hạn)",
        "• 🆕 An – trả lời trước 10:00 hôm nay",
        "• An – xong trước 10:00 hôm nay",
        "• An – chưa trả lời khách, quá hạn từ 10:00 20/11/2026",
        "• An: 40, đỏ từ 20/11/2026 – yếu nhất: mua hàng 8/100",
    ]


@pytest.mark.parametrize(
    ("late", "title"),
    [(0, "🎯 Cột mốc đến hạn: 3"), (2, "🎯 Cột mốc đến hạn: 3 (2 đã quá hạn)"), (3, "🎯 Cột mốc quá hạn: 3")],
)
def test_milestones_that_are_overdue_are_called_so(late: int, title: str) -> None:
    section = {"kind": "milestones", "total": 3, "late": late, "items": []}
    for language, line in ((Language.VI, title), (Language.EN, None)):
        page = Renderer(Rules()).render(digest({"sections": [section]}, outbox_id=1, language=language))
        said = parse_html(page.text).text
        assert (line or ("overdue" if late else "Milestones due: 3")) in said


@pytest.mark.parametrize(("language", "cause"), [(Language.VI, "Vì: NPS 9→6 −4"), (Language.EN, "Because: NPS 9→6 −4")])
def test_a_fall_has_one_comparison_and_its_cause_alone_and_among_others(language: Language, cause: str) -> None:
    money = {"minor": 0, "currency": "VND"}
    fall = {"name": "An", "colour": "green", "alert": "drop", "fell_from": 99, "within": 14, "health_of": 1}
    fall |= RISK | MOVED | money | {"score": 84, "change": None}
    one = parse_html(Renderer(Rules()).render(Message("health/alert", language, fall)).text).text
    many = Message("health/falls", language, {"falls": [fall, fall], "more": 2, "within": 14})
    several = parse_html(Renderer(Rules()).render(many).text).text
    assert (one.count(cause), several.count(cause)) == (1, 2)
    assert all("30" not in said and "84" in said and "99" in said for said in (one, several))
    assert several.splitlines()[0].startswith("📉 4 ")


@pytest.mark.parametrize(
    ("language", "cause"),
    [
        (Language.VI, "mua hàng −32, trò chuyện −5; bù lại: khảo sát +19"),
        (Language.EN, "purchases −32, engagement −5; partly made up by surveys +19"),
    ],
)
def test_the_cause_of_a_fall_adds_up_to_it(language: Language, cause: str) -> None:
    moved = [("usage", -32), ("survey", 19), ("engagement", -5)]
    facts = {"moves": [{"part": part, "points": points} for part, points in moved], "minor": 0, "nps_before": None}
    facts |= {"name": "An", "colour": "green", "alert": "drop", "fell_from": 100, "score": 82, "health_of": 1}
    told = [Message("health/alert", language, facts)]
    told += [Message("health/falls", language, {"falls": [facts], "more": 0, "within": 14})]
    risk = {"kind": "at_risk", "total": 1, "items": [{"customer_id": 1, "name": "An", "risk": RISK | facts}]}
    told += [digest({"sections": [risk]}, outbox_id=1, language=language)]
    for message in told:
        assert cause in parse_html(Renderer(Rules()).render(message).text).text


def test_a_score_that_fell_has_no_green_tick() -> None:
    facts = {"customer": "An", "before": 9, "score": 7, "highest": 10}
    fell, rose = (
        Renderer(Rules()).render(Message("staff/score_changed", Language.VI, facts | {"before": before})).text
        for before in (9, 3)
    )
    assert (fell[0], rose[0]) == ("🔻", "✅")


def test_who_is_grey_is_said_once_to_be_too_little_known() -> None:
    grey = {"customer": "An", "scored": True, "score": None, "colour": "grey", "since": "2026-11-20", "override": None}
    rest: dict[str, object] = {
        "change": None,
        "moves": [],
        "parts": [],
        "unknown": [],
        "nps": None,
        "scorecard": "general",
        "version": "1",
    }
    page = {**grey, **rest, "cancels_since": None, "day": "2026-11-20", "nps_before": None, "nps_after": None}
    said = Renderer(Rules()).render(Message("health/customer", Language.VI, page)).text
    assert said.splitlines()[0].endswith(": chưa đủ dữ liệu để chấm điểm từ 20/11/2026")


@pytest.mark.parametrize("language", Language)
def test_staff_are_told_what_is_kept_of_them_and_what_is_waited_for(language: Language) -> None:
    who = {"user_id": 7, "name": "Hà <b>", "role": "admin", "speaks": "en", "contact": "data@hoamai.example"}
    kept: list[dict[str, object]] = [
        {"added_at": None, "deeds": 0, "first_at": None},
        {"added_at": NOW, "deeds": 1, "first_at": NOW},
    ]
    pages = [Message("staff/my_data", language, {**who, **one}) for one in kept]
    pages += [Message("staff/cancelled", language, {"waited": waited}) for waited in (True, False)]
    said = [parse_html(Renderer(Rules()).render(one).text).text for one in [*pages, Message("staff/forget", language)]]
    assert len(set(said)) == len(said)
    assert all("\n\n\n" not in one for one in said)
    assert "Hà <b>" in said[0]
