"""Seeing and erasing one's data, as people meet it."""

import json

import pytest

from storage.database import Database
from tests.factories import CHAT, add_customer, add_staff, row, rows
from tests.stage import Stage, labels, last, text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ("đang lưu về chị An", "03/05/1990", "Giờ Việt Nam", "đã nhắn 1 tin (kể cả lý do")),
        ("en", ("keeps about you", "3 May 1990", "Vietnam Time", "reasons for a score included: 1.")),
    ],
)
async def test_my_data_comes_as_a_page_and_as_a_file(
    stage: Stage, database: Database, language: str, words: tuple[str, ...]
) -> None:
    add_customer(database, language=language, phone="+84912345678", birth_day=3, birth_month=5, birth_year=1990)
    an = stage.person()
    an.send_text("Trời đẹp quá")
    an.send_text("/mydata")
    await stage.settle()
    *_, page, file = an.chat.messages.values()
    assert [one for one in words if one not in text(page)] == []
    sent = file.content["document"]
    assert sent["file_name"] == "my-data.json"
    content = json.loads(stage.messenger.files.find(sent["file_id"]).upload.content)
    assert content["profile"]["phone"] == "+84912345678"
    assert [one["body"] for one in content["interactions"]] == ["Trời đẹp quá"]


@pytest.mark.parametrize("command", ["/mydata", "/forget"])
async def test_a_stranger_is_told_that_nothing_is_kept(stage: Stage, command: str) -> None:
    an = stage.person(language="en")
    an.send_text(command)
    await stage.settle()
    assert text(last(an.chat)) == "We keep nothing about this Telegram account."


async def test_who_works_here_reads_what_is_kept_of_staff(stage: Stage, database: Database) -> None:
    add_staff(database, CHAT, name="Hà", role="manager", language="vi")
    ha = stage.person(name="Hà")
    ha.send_text("/risks")
    for command in ("/mydata", "/privacy"):
        ha.send_text(command)
        await stage.settle()
        told = text(last(ha.chat))
        for words in ("Tên: Hà", f"Telegram: {CHAT}", "Vai trò: quản lý", "Nhật ký: 1 lần bạn xem"):
            assert words in told
        assert "mua hàng, khảo sát hay số điện thoại nào của bạn" in told
    ha.send_text("/forget")
    await stage.settle()
    assert "không phải là khách nên không có hồ sơ khách nào để xóa" in text(last(ha.chat))


async def test_who_asks_to_be_forgotten_is_asked_once_and_then_unknown(stage: Stage, database: Database) -> None:
    add_customer(database)
    an = stage.person()
    an.send_text("/forget")
    await stage.settle()
    assert "Có phải chị An muốn bên em xóa" in text(last(an.chat))
    assert labels(last(an.chat)) == [["Xóa dữ liệu của tôi"], ["Thôi, giữ lại"]]
    an.tap(last(an.chat).message_id, "Xóa dữ liệu của tôi")
    await stage.settle()
    assert "đã xóa xong" in text(last(an.chat))
    assert labels(last(an.chat)) == []
    assert row(database, "customer")["chat_id"] is None
    assert "yêu cầu xóa dữ liệu" in text(last(stage.staff))
    assert "An" not in text(last(stage.staff)).split()
    an.send_text("Alo")
    await stage.settle()
    assert "chưa biết anh/chị là ai" in text(last(an.chat))
    assert rows(database, "interaction") == []


async def test_who_thinks_better_of_it_is_kept(stage: Stage, database: Database) -> None:
    add_customer(database, language="en")
    an = stage.person()
    an.send_text("/forget")
    await stage.settle()
    an.tap(last(an.chat).message_id, "No, keep it")
    await stage.settle()
    assert "everything stays" in text(last(an.chat))
    assert row(database, "customer")["chat_id"] == CHAT
