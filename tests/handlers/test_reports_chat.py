"""Reports as staff get them: a picture whose caption says the figures."""

from datetime import timedelta

import pytest
from telegram.error import NetworkError

from bot.domain import report_messages
from bot.domain.report_pages import Page
from bot.domain.taps import ShowReport
from bot.domain.touchpoints import Kind
from bot.playground.persons import Person
from bot.playground.world import Chat, Message as Said
from handlers import reports
from storage.database import Database
from tests.conftest import START
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_staff, put, rows
from tests.history import Asked, remember
from tests.stage import Stage, labels, last, text

CSM = 100
YESTERDAY = START - timedelta(days=1)


@pytest.fixture
def hoa(stage: Stage, database: Database) -> Person:
    """A CSM who speaks Vietnamese and is in the staff group."""
    add_staff(database, CHAT + CSM, name="Hoa", language="vi")
    hoa = stage.person(CSM, name="Hoa", language="en")
    stage.staff.people.append(hoa.user)
    return hoa


def answers(database: Database, scores: list[int], segment: str = "gold") -> None:
    people = [add_customer(database, chat_id=None) for _ in scores]
    remember(
        database,
        [
            Asked(customer_id=one, sent_at=YESTERDAY, score=score, segment=segment)
            for one, score in zip(people, scores, strict=True)
        ],
    )


async def ask(stage: Stage, person: Person, words: str, chat_id: int | None = None) -> None:
    person.send_text(words, chat_id=chat_id)
    await stage.settle()


def caption(said: Said) -> str:
    return str(said.content["caption"])


def of_bot(chat: Chat) -> list[Said]:
    """What the bot has said, oldest first."""
    return [said for _, said in sorted(chat.messages.items()) if said.sender.is_bot]


async def test_a_report_is_one_picture_with_its_figures_below(stage: Stage, database: Database, hoa: Person) -> None:
    answers(database, [10] * 10 + [8] * 5 + [3] * 5)
    await ask(stage, hoa, "/report")
    (said,) = of_bot(hoa.chat)
    (photo,) = said.content["photo"]
    assert (photo["width"], photo["height"]) == (1200, 675)
    assert "NPS: +25 (−12 đến +55)\n20 khách trả lời\nQuá ít câu trả lời để so sánh" in caption(said)


async def test_a_metric_can_be_asked_for_by_plan(stage: Stage, database: Database, hoa: Person) -> None:
    answers(database, [10] * 5, "gold")
    answers(database, [3] * 4, "silver")
    await ask(stage, hoa, "/report nps 30 ngày theo gói")
    said = caption(last(hoa.chat))
    assert said.startswith("Đã hiểu: NPS · 30 ngày qua (22/10 – 20/11/2026) · theo gói")
    assert "1. gold: +100 (+17 đến +100), n = 5\n2. silver: n = 4, dưới 5 nên chưa hiện" in said


async def test_a_report_asked_for_in_the_staff_group_is_given_there(
    stage: Stage, database: Database, hoa: Person
) -> None:
    await ask(stage, hoa, "/report csat", chat_id=STAFF_CHAT)
    assert caption(last(stage.staff)).startswith("Mức độ hài lòng (CSAT) · 90 ngày qua")
    assert of_bot(hoa.chat) == []


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports list more than a caption has room for."""
    monkeypatch.setattr(report_messages, "MOST_LISTED", 12)
    monkeypatch.setattr(report_messages, "LONGEST_NAME", 40)


@pytest.mark.usefixtures("long")
async def test_what_is_too_long_for_a_caption_follows_the_picture(
    stage: Stage, database: Database, hoa: Person
) -> None:
    for number in range(13):
        answers(database, [10] * 5, f"Gói doanh nghiệp nhiều chi nhánh số {number:02}")
    await ask(stage, hoa, "/report nps by plan")
    picture, words = of_bot(hoa.chat)
    assert "caption" not in picture.content
    assert text(words).startswith("NPS theo gói · 90 ngày qua")
    assert "… và 1 nhóm nữa" in text(words)


async def test_a_word_that_is_not_understood_is_named_with_examples(stage: Stage, hoa: Person) -> None:
    await ask(stage, hoa, "/report nsp 90d")
    (said,) = of_bot(hoa.chat)
    assert text(said).startswith("Bot chưa hiểu “nsp”. Ý bạn là “nps”?")
    assert "/report nps 90d" in text(said)
    hoa.tap(said.message_id, "Xem “nps 90d”")
    await stage.settle()
    assert caption(last(hoa.chat)).startswith("NPS · 90 ngày qua")


async def test_a_period_that_runs_backwards_is_a_tap_away_the_other_way_round(stage: Stage, hoa: Person) -> None:
    await ask(stage, hoa, "/report nps from 1/5 to 1/2")
    (said,) = of_bot(hoa.chat)
    assert "Ý bạn là 01/02 – 01/05/2026?" in text(said)
    hoa.tap(said.message_id, "Xem 01/02 – 01/05/2026")
    await stage.settle()
    assert "(01/02 – 01/05/2026)" in caption(last(hoa.chat))


async def test_a_customer_gets_no_report(stage: Stage) -> None:
    an = stage.person()
    await ask(stage, an, "/report")
    (said,) = of_bot(an.chat)
    assert "photo" not in said.content


async def test_the_bot_shows_that_a_picture_is_coming_and_sends_it_though_that_fails(
    stage: Stage, hoa: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[object, list[Said]]] = []

    async def fail(_bot: object, _chat_id: int, action: str) -> None:
        shown.append((action, of_bot(hoa.chat)))
        raise NetworkError("no way through")

    monkeypatch.setattr(type(stage.app.bot), "send_chat_action", fail)
    await ask(stage, hoa, "/report")
    assert shown == [("upload_photo", [])]
    assert "photo" in last(hoa.chat).content


async def test_a_tab_turns_the_report_in_its_place(stage: Stage, database: Database, hoa: Person) -> None:
    answers(database, [10] * 5, "gold")
    await ask(stage, hoa, "/report")
    (said,) = of_bot(hoa.chat)
    assert labels(said) == [
        ["· Tổng quan ·", "Xu hướng", "Phễu", "Nhóm"],
        ["Lý do", "Sức khỏe", "Tiền", "Yêu cầu"],
        ["NPS", "CES", "CSAT", "Trả lời", "Rời bỏ"],
        ["30 ngày", "· 90 ngày ·", "Quý này", "Năm nay", "⬇ Tệp"],
    ]
    for label in ("NPS", "30 ngày", "Nhóm"):
        hoa.tap(said.message_id, label)
        await stage.settle()
    assert of_bot(hoa.chat) == [said]
    assert caption(said).startswith("NPS theo gói · 30 ngày qua")
    assert labels(said)[0] == ["👥1"]
    assert ["· NPS ·", "CES", "CSAT", "Trả lời", "Rời bỏ"] in labels(said)
    dimensions = [["Tất cả", "· Gói ·", "Giá trị", "CSM", "Tuổi"], ["Nơi ở", "Chức danh", "Kênh", "RFM", "Thẻ"]]
    assert labels(said)[-3:-1] == dimensions


async def test_free_words_are_told_how_they_were_understood(stage: Stage, hoa: Person) -> None:
    await ask(stage, hoa, "/report cho tôi xem nps của quý 3 năm ngoái theo gói")
    (said,) = of_bot(hoa.chat)
    assert caption(said).startswith(
        "Đã hiểu: NPS · quý 3/2025 (01/07 – 30/09/2025) · theo gói\n\nNPS theo gói · quý 3/2025"
    )
    hoa.tap(said.message_id, "30 ngày")
    await stage.settle()
    assert caption(said).startswith("NPS theo gói · 30 ngày qua")


def test_every_page_has_its_maker() -> None:
    assert reports.PAGES.keys() == set(Page) - {Page.TREND, Page.SEGMENTS}


async def test_a_period_before_the_first_answer_says_when_that_came(
    stage: Stage, database: Database, hoa: Person
) -> None:
    answers(database, [10] * 5)
    await ask(stage, hoa, "/report nps 2025")
    began = "Kỳ này chưa có khảo sát nào được trả lời: câu trả lời đầu tiên là ngày 19/11/2026.\n\nNPS · năm 2025"
    assert caption(last(hoa.chat)).startswith(began)


@pytest.mark.parametrize("words", ["/report cases 30d", "/report yêu cầu 30d"])
async def test_cases_have_a_report_with_their_own_tabs(stage: Stage, hoa: Person, words: str) -> None:
    await ask(stage, hoa, words)
    (said,) = of_bot(hoa.chat)
    assert "Yêu cầu của khách · 30 ngày qua" in caption(said)
    assert labels(said)[-1:] == [["· 30 ngày ·", "90 ngày", "Quý này", "Năm nay", "⬇ Tệp"]]
    hoa.tap(said.message_id, "90 ngày")
    await stage.settle()
    assert caption(said).startswith("Yêu cầu của khách · 90 ngày qua")
    hoa.tap(said.message_id, "Xu hướng")
    await stage.settle()
    assert caption(said).startswith("NPS · 90 ngày qua")


@pytest.mark.usefixtures("long")
async def test_a_tab_whose_report_is_too_long_for_a_caption_is_sent(
    stage: Stage, database: Database, hoa: Person
) -> None:
    for number in range(13):
        answers(database, [10] * 5, f"Gói doanh nghiệp nhiều chi nhánh số {number:02}")
    await ask(stage, hoa, "/report nps")
    (first,) = of_bot(hoa.chat)
    hoa.tap(first.message_id, "Nhóm")
    await stage.settle()
    assert caption(first).startswith("NPS · 90 ngày qua")
    _, picture, words = of_bot(hoa.chat)
    assert (labels(picture)[-2], labels(words)) == (["Nơi ở", "Chức danh", "Kênh", "RFM", "Thẻ"], [])


async def test_a_tab_of_a_report_that_is_gone_sends_it_anew(stage: Stage, hoa: Person) -> None:
    await ask(stage, hoa, "/report")
    (said,) = of_bot(hoa.chat)
    hoa.tap(said.message_id, "NPS")
    del hoa.chat.messages[said.message_id]
    await stage.settle()
    assert caption(last(hoa.chat)).startswith("NPS · 90 ngày qua")


async def test_a_tab_with_words_of_ones_own_says_what_is_not_understood(stage: Stage, hoa: Person) -> None:
    await ask(stage, hoa, "/report")
    (said,) = of_bot(hoa.chat)
    payload = ShowReport("nsp 90d").pack()
    said.reply_markup = {"inline_keyboard": [[{"text": "x", "callback_data": payload}]]}
    hoa.tap(said.message_id, "x")
    await stage.settle()
    assert "Bot chưa hiểu “nsp”" in text(last(hoa.chat))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("/report nps as xlsx", ("nps-2026-11-20.xlsx", b"PK")),
        ("/report csv", ("overview-2026-11-20.csv", b"\xef\xbb\xbf")),
        ("/report nps theo gói dạng pdf", ("nps-2026-11-20.pdf", b"%PDF")),
        ("/report nps năm nay csv", ("nps-2026-11-20.csv", b"\xef\xbb\xbf")),
    ],
)
async def test_a_report_can_be_had_as_a_file(
    stage: Stage, database: Database, hoa: Person, words: str, expected: tuple[str, bytes]
) -> None:
    answers(database, [10] * 5, "=gold")
    await ask(stage, hoa, words)
    (said,) = of_bot(hoa.chat)
    document = said.content["document"]
    content = stage.messenger.files.find(document["file_id"]).upload.content
    name, start = expected
    assert (document["file_name"], content[: len(start)]) == (name, start)
    assert b"2026-12-31" not in content


async def test_a_file_is_sent_below_the_report_that_it_belongs_to(stage: Stage, hoa: Person) -> None:
    await ask(stage, hoa, "/report nps")
    (said,) = of_bot(hoa.chat)
    hoa.tap(said.message_id, "⬇ Tệp")
    await stage.settle()
    assert labels(said)[-1] == ["‹ Kỳ", "⬇ Excel", "⬇ CSV", "⬇ PDF"]
    hoa.tap(said.message_id, "⬇ Excel")
    await stage.settle()
    assert caption(said).startswith("NPS · 90 ngày qua")
    sent = last(hoa.chat)
    assert sent.content["document"]["file_name"] == "nps-2026-11-20.xlsx"
    assert caption(sent).startswith("Hoa Mai · NPS · 90 ngày qua\n")


FIRST_HALF = ",2026-08-23,2026-11-20,"


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("funnel", ['"Khảo sát được trả lời, trên số đã gửi",cả kỳ,' + FIRST_HALF, "một nhóm,NPS" + FIRST_HALF]),
        ("nps", ["NPS,cả kỳ," + FIRST_HALF + "100.0,", ",điểm,9,"]),
        ("nps theo gói", ["NPS,một nhóm,'=gold" + FIRST_HALF]),
        ("cases", []),
    ],
)
async def test_every_page_can_be_had_as_numbers(
    stage: Stage, database: Database, hoa: Person, words: str, lines: list[str]
) -> None:
    answers(database, [10] * 9, "=gold")
    remember(database, [Asked(customer_id=add_customer(database, chat_id=None), sent_at=YESTERDAY, kind=Kind.CSAT)])
    await ask(stage, hoa, f"/report {words} csv")
    document = last(hoa.chat).content["document"]
    written = stage.messenger.files.find(document["file_id"]).upload.content.decode("utf-8-sig")
    assert document["file_name"] == f"{words.split(maxsplit=1)[0]}-2026-11-20.csv"
    assert written.startswith("Chỉ số,Tính trên,Nhóm,Từ ngày,Đến ngày,Giá trị,")
    assert [line for line in lines if line not in written] == []


async def test_the_overview_as_numbers_says_what_those_did_who_did_not_answer(
    stage: Stage, database: Database, hoa: Person
) -> None:
    people = [add_customer(database, chat_id=None) for _ in range(6)]
    asked = [Asked(customer_id=one, sent_at=YESTERDAY, open_for=timedelta(hours=1)) for one in people]
    remember(database, asked)
    put(database, "loss", customer_id=people[0], lost_at=START - timedelta(hours=1), source="staff", reason="")
    await ask(stage, hoa, "/report csv")
    document = last(hoa.chat).content["document"]
    written = stage.messenger.files.find(document["file_id"]).upload.content.decode("utf-8-sig")
    assert "Rời bỏ sau khi không trả lời,cả kỳ," in written


async def test_no_page_is_without_a_file(stage: Stage, database: Database, hoa: Person) -> None:
    answers(database, [10] * 9)
    for page in reports.PAGES:
        await ask(stage, hoa, f"/report {page} xlsx")
        document = last(hoa.chat).content.get("document", {"file_name": text(last(hoa.chat))})
        assert document["file_name"].endswith("-2026-11-20.xlsx")


async def test_the_funnel_is_a_tab_with_its_picture(stage: Stage, database: Database, hoa: Person) -> None:
    answers(database, [10] * 6)
    await ask(stage, hoa, "/report")
    (said,) = of_bot(hoa.chat)
    hoa.tap(said.message_id, "Phễu")
    await stage.settle()
    assert "6 khảo sát trong kỳ\nĐã gửi: 6/6, 100 % (61 % đến 100 %)" in caption(said).replace("\xa0", " ")
    responses = ["Tỷ lệ phản hồi theo nhóm khách ▸"]
    assert labels(said)[2:5] == [responses, ["· Tất cả ·", "NPS", "CES", "CSAT"], ["A/B"]]
    hoa.tap(said.message_id, "CSAT")
    await stage.settle()
    assert caption(said).endswith("Kỳ này chưa lên lịch hay gửi khảo sát nào.")


async def test_a_segment_leads_to_who_answered_in_it_and_from_there_to_a_profile(
    stage: Stage, database: Database, hoa: Person
) -> None:
    answers(database, [10] * 9 + [2], "gold")
    answers(database, [7] * 5, "silver")
    await ask(stage, hoa, "/report nps 30d by plan")
    report = last(hoa.chat)
    hoa.tap(report.message_id, "👥1")
    await stage.settle()
    listed = last(hoa.chat)
    assert text(listed).startswith("NPS · gold · 30 ngày qua (22/10 – 20/11/2026)\n\n10 khách đã trả lời")
    assert "1. Nguyễn Thị An – 2/10, 19/11/2026\n2. Nguyễn Thị An – 10/10" in text(listed)
    assert labels(listed) == [["1", "2", "3", "4"], ["5", "6", "7", "8"], ["Sau ›"]]
    hoa.tap(listed.message_id, "Sau ›")
    await stage.settle()
    assert labels(listed) == [["9", "10"], ["‹ Trước"]]
    hoa.tap(listed.message_id, "9")
    await stage.settle()
    assert text(last(hoa.chat)).startswith("Nguyễn Thị An · #")
    assert [one["command"] for one in rows(database, "audit")] == ["report", "segment", "segment", "customer"]
