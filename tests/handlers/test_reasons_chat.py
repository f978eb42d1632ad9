"""Staff see in chat why customers say what they say, put it right, and keep the themes."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.touchpoints import Kind
from bot.playground.persons import Person
from bot.playground.world import Message
from bot.rules_file import read_rules
from bot.services import themes
from storage.database import Database
from tests.conftest import START, HandClock
from tests.factories import CHAT, add_customer, add_score, add_staff, row, rows
from tests.stage import RULES, Stage, labels, last, open_stage, text

STAFF = 100
SHIPPED = replace(RULES, themes=read_rules(None, said={}, now=START).themes)


@pytest.fixture
async def stage(database: Database, clock: HandClock) -> AsyncIterator[Stage]:
    async with open_stage(database, clock, SHIPPED) as opened:
        yield opened


def somebody(stage: Stage, database: Database, role: str = "csm", language: str = "vi") -> Person:
    add_staff(database, CHAT + STAFF, name="Hoa", role=role, language=language)
    return stage.person(STAFF, name="Hoa", language=language)


def give_reasons(database: Database) -> None:
    """Eight are unhappy with the delivery, typed with accents or without, and eight are happy."""
    for number in range(16):
        customer_id = add_customer(database, chat_id=None, linked_at=None, name="Trần Văn Dũng")
        late = "Giao trễ, gọi 0912345678" if number % 2 else "giao hang cham lam, nhan vien van Dung"
        add_score(database, customer_id, Kind.NPS, *((2, late) if number < 8 else (10, "Tốt lắm")))
    while database.write_now(themes.plan_themes, rules=SHIPPED):
        pass


async def ask(stage: Stage, person: Person, words: str) -> Message:
    person.send_text(words)
    await stage.settle()
    return last(person.chat)


async def tap(stage: Stage, person: Person, message: Message, label: str) -> Message:
    person.tap(message.message_id, label)
    await stage.settle()
    return last(person.chat)


async def test_the_reasons_are_a_page_of_the_report(stage: Stage, database: Database) -> None:
    give_reasons(database)
    hoa = somebody(stage, database)
    shown = await ask(stage, hoa, "/reasons nps 90d")
    caption = str(shown.content["caption"]).replace("\N{NO-BREAK SPACE}", " ")
    assert "photo" in shown.content
    assert caption.startswith("Vì sao khách chấm NPS như vậy · 90 ngày qua")
    assert "• Giao hàng: 50 % (28 % đến 72 %), 8/16; chưa hài lòng +100 điểm %" in caption
    assert "Chưa đủ 40 lý do" in caption
    assert "0912345678" not in caption
    assert "· Lý do ·" in [label for keys in labels(shown) for label in keys]
    assert rows(database, "audit")[-1]["command"] == "reasons"


async def test_the_reasons_of_another_survey_are_a_tab_away(stage: Stage, database: Database) -> None:
    give_reasons(database)
    hoa = somebody(stage, database, language="en")
    shown = await ask(stage, hoa, "/report reasons")
    await tap(stage, hoa, shown, "CES")
    assert "Nobody has given a reason in this period." in str(shown.content["caption"])


async def test_a_quote_under_the_wrong_theme_is_put_right_by_buttons(stage: Stage, database: Database) -> None:
    give_reasons(database)
    hoa = somebody(stage, database)
    shown = await ask(stage, hoa, "/reasons")
    quotes = await tap(stage, hoa, shown, "Giao hàng · 8")
    assert text(quotes).startswith("Giao hàng · NPS")
    assert "•••" in text(quotes)
    assert "n = 8" in text(quotes)
    assert "Dũng" not in text(quotes)
    await tap(stage, hoa, quotes, "Sau ›")
    assert "6. " in text(quotes)
    reason = await tap(stage, hoa, quotes, "6 sai chủ đề?")
    assert "✓ Giao hàng" in [label for keys in labels(reason) for label in keys]
    assert text(quotes).startswith("Giao hàng")  # the quotes stay where they are
    await tap(stage, hoa, reason, "✓ Giao hàng")
    await tap(stage, hoa, reason, "Giá cả")
    pressed = [label for keys in labels(reason) for label in keys if label.startswith("✓")]
    assert "✓ Giá cả" in pressed
    assert "✓ Giao hàng" not in pressed
    said = [one for one in rows(database, "reason_theme") if one["corrected_by"] is not None]
    assert [(one["theme"], one["about"]) for one in said] == [("delivery", False), ("price", True)]
    assert [one["command"] for one in rows(database, "audit")][-2:] == ["set_theme", "set_theme"]


async def test_what_the_unhappy_say_is_a_message_of_its_own(stage: Stage, database: Database) -> None:
    give_reasons(database)
    hoa = somebody(stage, database)
    said = await tap(stage, hoa, await ask(stage, hoa, "/reasons"), "Người chưa hài lòng hay nói gì")
    assert text(said).startswith("Người chưa hài lòng hay nói gì · NPS")
    assert "n = 16" in text(said)


async def test_a_manager_keeps_the_themes_by_words_and_by_buttons(stage: Stage, database: Database) -> None:
    give_reasons(database)
    hoa = somebody(stage, database, role="manager")
    listed = await ask(stage, hoa, "/themes")
    assert "• Giao hàng: 8 lý do" in text(listed)
    added = await ask(stage, hoa, "/themes giao hang + trễ hẹn, ẩu")
    assert text(added).startswith("Đã thêm: trễ hẹn, ẩu*.")
    await tap(stage, hoa, added, "✕ trễ hẹn")
    assert text(added).startswith("Đã bỏ: trễ hẹn.")
    assert row(database, "theme_seed", seed="trễ hẹn")["added"] == 0
    await tap(stage, hoa, added, "Gộp vào chủ đề khác")
    assert text(added).startswith("Gộp “Giao hàng” vào chủ đề nào?")
    await tap(stage, hoa, added, "Chất lượng")
    assert text(added).startswith("Đã gộp.")
    await tap(stage, hoa, added, "Ẩn chủ đề")
    assert "Chất lượng (đang ẩn)" in text(added)
    await tap(stage, hoa, added, "‹ Mọi chủ đề")
    assert "• Chất lượng: đang ẩn" in text(added)
    assert [one["command"] for one in rows(database, "audit")] == [
        "themes", "edit_themes", "drop_seed", "merge_theme", "merge_theme", "hide_theme", "themes",
    ]  # fmt: skip


async def test_a_csm_looks_at_the_themes_and_changes_none(stage: Stage, database: Database) -> None:
    hoa = somebody(stage, database, language="en")
    listed = await ask(stage, hoa, "/themes")
    one = await tap(stage, hoa, listed, "Price")
    assert "A manager can change the seeds." in text(one)
    assert labels(one) == [["‹ All themes"]]
    refused = await ask(stage, hoa, "/themes price + dear")
    assert text(refused).startswith("The dictionary is changed by managers")
    assert rows(database, "theme_seed") == []
