"""A survey wave as a manager plans, watches and switches it, and as its customers meet it."""

import pytest

from bot.domain.taps import ListWave, SwitchWave
from bot.playground.persons import Person
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, add_staff, queue_survey, row, rows
from tests.stage import Stage, labels, last, text
from tests.wave_stage import DAY, HOUR, after, asked, crowd, live, said, tapped


async def test_a_wave_is_rehearsed_before_anything_is_sent(stage: Stage, database: Database, boss: Person) -> None:
    people = crowd(stage, database, 5)
    people[4].send_text("/stop")
    await stage.settle()
    page = await said(stage, boss, "/wave nps 2/ngày")
    assert "4 trong 5 khách sẽ nhận, mỗi ngày nhiều nhất 2 người, vào thứ Ba, thứ Tư, thứ Năm" in text(page)
    assert "• 01/12/2026: 2\n" in text(page)
    assert "• 02/12/2026: 2\nNgày cuối: 02/12/2026." in text(page)
    assert "Không gửi:\n   • 1: khách đã xin ngừng nhận tin" in text(page)
    assert labels(page) == [["Bắt đầu gửi", "Hủy"], ["Danh sách"]]
    assert asked(people) == 0
    assert rows(database, "outbox") == []


async def test_a_wave_paused_in_the_middle_sends_nothing_until_it_goes_on_and_asks_everybody_once(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 5)
    page = await said(stage, boss, "/wave nps 2/ngày")
    assert "đang gửi" in await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock)
    assert asked(people) == 0  # planned for nine o'clock
    await live(stage, clock, HOUR)
    assert asked(people) == 2
    await live(stage, clock, 15 * HOUR)  # Wednesday, five past midnight: two are in the outbox for the morning
    assert len(rows(database, "outbox", kind="nps", status="pending")) == 2
    paused = await tapped(stage, boss, page, "Tạm dừng")
    assert "đang tạm dừng" in paused
    assert "Chưa tới lượt: 3\nĐã gửi: 2 (40" in paused
    await live(stage, clock, 30 * HOUR)
    assert asked(people) == 2
    assert "đang gửi" in await tapped(stage, boss, page, "Gửi tiếp")
    for _ in range(3):
        await live(stage, clock, 2 * HOUR)
    assert asked(people) == 4
    await live(stage, clock, 6 * DAY)
    await live(stage, clock, 2 * HOUR)
    assert asked(people) == 5
    assert len(rows(database, "outbox", kind="nps", status="sent")) == 5
    assert "đã gửi hết" in text(page)


async def test_who_says_stop_between_planning_and_sending_gets_nothing_and_is_counted(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 2)
    page = await said(stage, boss, "/wave nps")
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock)
    people[0].send_text("/stop")
    await live(stage, clock, HOUR)
    await live(stage, clock, HOUR)
    assert asked(people[:1]) == 0
    assert asked(people[1:]) == 1
    assert "Đã gửi: 1" in text(page)
    assert "• 1: khách đã xin ngừng nhận tin" in text(page)


async def test_of_two_managers_who_press_at_once_the_second_is_told_and_nothing_is_sent_twice(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 2)
    page = await said(stage, boss, "/wave nps")
    boss.tap(page.message_id, "Bắt đầu gửi")
    boss.send_callback(page.message_id, SwitchWave(1, "start").pack())
    await stage.settle()
    assert "Có người vừa bấm trước bạn" in text(page)
    boss.send_callback(page.message_id, SwitchWave(1, "cancel").pack())
    await stage.settle()
    assert "đang gửi" in text(page)
    await live(stage, clock, HOUR)
    assert (asked(people), len(rows(database, "survey_run"))) == (2, 2)


async def test_staff_see_the_funnel_in_place_and_not_at_every_answer(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 3)
    page = await said(stage, boss, "/wave nps")
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock, HOUR)
    assert "đã gửi hết" in text(page)
    assert "Đã gửi: 3 (100" in text(page)
    for person, score in zip(people[:2], ("9", "3"), strict=True):
        person.tap(last(person.chat).message_id, score)
    await live(stage, clock)
    assert "Đã trả lời: 0" in text(page)
    people[1].send_text("Giao hàng chậm")
    answered = text(await after(stage, clock, page))
    assert "Đã trả lời: 2 (67" in answered
    assert "Có viết lý do: 1" in answered
    assert len(boss.chat.messages) == 2  # the command, and the one message that is kept up to date


async def test_what_was_not_answered_is_deleted_after_a_second_look_and_not_reminded(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 3)
    page = await said(stage, boss, "/wave nps")
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock, HOUR)
    people[0].tap(last(people[0].chat).message_id, "9")
    await after(stage, clock, page)
    assert "Xóa 2 tin đã gửi chưa quá 48 giờ" in await tapped(stage, boss, page, "Thu hồi 2 tin chưa trả lời")
    assert "Đã thu hồi" not in await tapped(stage, boss, page, "Thôi, giữ nguyên")
    await tapped(stage, boss, page, "Thu hồi 2 tin chưa trả lời")
    assert "Đã thu hồi: 2" in await tapped(stage, boss, page, "Xóa 2 tin")
    assert [len(person.chat.messages) for person in people] == [1, 0, 0]
    await live(stage, clock, 5 * DAY)
    assert [len(person.chat.messages) for person in people] == [1, 0, 0]


async def test_what_is_older_than_48_hours_is_not_offered_for_recall(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 1)
    page = await said(stage, boss, "/wave nps")
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock, HOUR)
    await live(stage, clock, 48 * HOUR)
    boss.send_callback(page.message_id, SwitchWave(1, "sure").pack())
    await stage.settle()
    assert asked(people) == 1
    assert "Thu hồi" not in str(labels(page))


async def test_a_stopped_wave_leaves_the_rest_alone_and_a_cancelled_one_everybody(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 3)
    page = await said(stage, boss, "/wave nps 1/ngày")
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock, HOUR)
    assert "đã dừng" in await tapped(stage, boss, page, "Dừng hẳn")
    draft = await said(stage, boss, "/wave nps")
    assert "Đã hủy" in await tapped(stage, boss, draft, "Hủy")
    assert rows(database, "wave_member", wave_id=2) == []
    await live(stage, clock, 2 * DAY)
    assert asked(people) == 1


async def test_the_calendar_does_not_ask_whom_a_wave_is_about_to_ask(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    add_customer(database, next_nps_at=clock.now())
    people = [stage.person()]
    page = await said(stage, boss, "/wave nps 03/12")
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock, HOUR)
    await live(stage, clock, DAY)
    assert asked(people) == 0
    await live(stage, clock, DAY)
    assert [run["trigger"] for run in rows(database, "survey_run")] == ["wave"]
    await live(stage, clock, 100 * DAY)
    assert [run["trigger"] for run in rows(database, "survey_run")] == ["wave"]


async def test_the_list_comes_as_a_file_before_and_after_the_start(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    crowd(stage, database, 2)
    queue_survey(database, 1)
    page = await said(stage, boss, "/wave nps")
    await tapped(stage, boss, page, "Danh sách")
    assert "2 khách, ngày nhận khảo sát NPS" in str(last(boss.chat).content)
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock, HOUR)
    await tapped(stage, boss, page, "Danh sách")
    assert "2 khách trong đợt khảo sát NPS" in str(last(boss.chat).content)


async def test_who_has_not_answered_is_listed_page_by_page(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 17)
    assert "Không còn ai" in text(await said(stage, boss, "/who nps"))
    page = await said(stage, boss, "/wave nps 20/ngày")
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock, HOUR)
    people[3].tap(last(people[3].chat).message_id, "9")
    await stage.settle()
    listed = await said(stage, boss, "/who nps")
    assert "16 khách chưa trả lời khảo sát NPS" in text(listed)
    assert "Khách 3<" not in text(listed)
    assert "Đang xem 16–16" in await tapped(stage, boss, listed, "Sau ›")
    assert "Đang xem 1–15" in await tapped(stage, boss, listed, "‹ Trước")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("nps gói=lead", "Chưa có khách nào thuộc “lead”. Đang có: gold."),
        ("nps nhanh", "Bot chưa hiểu “nhanh”."),
        ("nps -KH9", "Bot không tìm thấy khách “KH9”."),
        ("nps -911234567", "Có nhiều khách là “911234567”."),
        ("nps 150%", "Bot chưa hiểu “150%”. Tỷ lệ là một số từ 1 đến 100"),
        ("nps từ 31/02", "Bot không thấy ngày “31/02” trên lịch."),
        ("nps đến 30/11/2026", "Ngày kết thúc “30/11/2026” đã qua."),
        ("nps mẫu c", "Không có mẫu câu hỏi “c”."),
        ('nps "giao hàng"', "NPS hỏi về Hoa Mai nói chung, không hỏi riêng về “giao hàng”."),
        ("np", "“np” không phải loại khảo sát."),
    ],
)
async def test_words_that_are_not_understood_are_quoted_and_nothing_is_drafted(
    stage: Stage, database: Database, boss: Person, words: str, answer: str
) -> None:
    crowd(stage, database, 2)
    add_customer(database, phone="+84911234567", chat_id=CHAT + 50)
    add_customer(database, phone="+841911234567", chat_id=CHAT + 51)
    assert answer in text(await said(stage, boss, f"/wave {words}"))
    assert rows(database, "wave") == []


async def test_the_command_alone_shows_how_it_is_written_and_opens_the_waves_that_were_begun(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    crowd(stage, database, 1)
    page = await said(stage, boss, "/wave")
    assert "/wave nps gói=gold" in text(page)
    assert labels(page) == []
    draft = await said(stage, boss, "/wave csat về giao hàng")
    assert labels(await said(stage, boss, "/wave")) == []
    await tapped(stage, boss, draft, "Bắt đầu gửi")
    page = await said(stage, boss, "/wave")
    assert labels(page) == [["CSAT về “giao hàng” · 01/12/2026 · đang gửi"]]
    assert "Đợt khảo sát CSAT về “giao hàng” – đang gửi" in await tapped(stage, boss, page, labels(page)[0][0])
    await live(stage, clock, HOUR)
    assert "Đã gửi: 1" in text(await after(stage, clock, page))  # it is the message that staff follow now


async def test_a_segment_a_share_and_those_left_out_make_the_audience(
    stage: Stage, database: Database, boss: Person
) -> None:
    crowd(stage, database, 4)
    add_customer(database, name="Mai", plan="silver", location="Đà Nẵng", chat_id=CHAT + 50)
    page = await said(stage, boss, "/wave nps gói=gold -KH0 10/ngày")
    assert "3 trong 3 khách" in text(page)
    assert "1 trong 1 khách" in text(await said(stage, boss, "/wave nps nơi=da nang từ 02/12"))
    sampled = [row["customer_id"] for row in rows(database, "wave_member", wave_id=1)]
    await said(stage, boss, "/wave nps 50%")
    half = [row["customer_id"] for row in rows(database, "wave_member", wave_id=3)]
    assert 0 < len(half) < 5
    assert len(sampled) == 3


@pytest.mark.parametrize("tap", [SwitchWave(1, "start"), ListWave(1)])
async def test_a_csm_and_a_customer_cannot_switch_a_wave(
    stage: Stage, database: Database, boss: Person, tap: SwitchWave | ListWave
) -> None:
    customer, *_ = crowd(stage, database, 1)
    add_staff(database, CHAT + 101, name="Lan", language="vi")
    csm = stage.person(101, name="Lan")
    await said(stage, boss, "/wave nps")
    for person in (customer, csm):
        page = await said(stage, person, "/help")
        person.send_callback(page.message_id, tap.pack())
        await stage.settle()
        assert "chỉ dành cho" in text(last(person.chat))
        assert "chỉ dành cho" in text(await said(stage, person, "/wave nps"))
    assert row(database, "wave")["status"] == "draft"


async def test_a_button_of_no_wave_is_stale(stage: Stage, database: Database, boss: Person) -> None:
    page = await said(stage, boss, "/wave")
    for tap in (SwitchWave(9, "start"), ListWave(9)):
        boss.send_callback(page.message_id, tap.pack())
        await stage.settle()
    assert rows(database, "inbox") == []
