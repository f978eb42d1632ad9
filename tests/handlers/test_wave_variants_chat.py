"""Waves about something, in one wording or in two, as managers plan them and customers meet them, in both languages."""

import re

import pytest

from bot.domain.wordings import BOTH, Variant, assigned
from bot.playground.persons import Person
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, add_staff, row, rows
from tests.stage import Stage, last, text
from tests.wave_stage import DAY, HOUR, after, asked, crowd, live, said, tapped

FIRST = "sẵn lòng giới thiệu"
SECOND = "Nếu có người quen hỏi"
LABELS = {"vi": ("Bắt đầu gửi", "Danh sách"), "en": ("Start", "List")}


@pytest.fixture
def chief(stage: Stage, database: Database, boss: Person) -> Person:
    """Mary, a manager who speaks English."""
    add_staff(database, CHAT + 101, name="Mary", language="en", role="manager")
    return stage.person(101, name="Mary", language="en")


@pytest.mark.parametrize(
    ("kind", "scores", "question"),
    [
        ("csat", 5, "{you} hài lòng với giao hàng đến mức nào?"),
        ("ces", 7, "Về việc giao hàng, {you} đồng ý đến mức nào với câu này:\n“Hoa Mai đã giúp {you}"),
    ],
)
async def test_a_wave_about_something_asks_about_it_and_who_has_not_answered_is_listed(
    stage: Stage, database: Database, clock: HandClock, boss: Person, *, kind: str, scores: int, question: str
) -> None:
    people = crowd(stage, database, 3)
    page = await said(stage, boss, f'/wave {kind} "giao hàng" 2/ngày')
    assert f"Đợt khảo sát {kind.upper()} về “giao hàng” – xem trước" in text(page)
    assert question.format(you="anh/chị") in text(page).replace("Anh/chị", "anh/chị")
    assert "3 trong 3 khách sẽ nhận" in text(page)
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock, HOUR)
    assert asked(people, scores=scores) == 2
    first = next(person for person in people if person.chat.messages)
    assert question.format(you="chị") in text(last(first.chat)).replace("Chị", "chị")
    assert "2 khách chưa trả lời khảo sát " + kind.upper() in text(await said(stage, boss, f"/who {kind}"))
    first.tap(last(first.chat).message_id, str(scores))
    await stage.settle()
    await live(stage, clock, DAY)
    assert "Đã gửi: 3 (100" in text(await after(stage, clock, page))
    assert "Đã trả lời: 1 (33" in text(page)
    assert {run["subject"] for run in rows(database, "survey_run")} == {"giao hàng"}


async def test_ces_about_nothing_in_particular_does_not_say_this_matter(
    stage: Stage, database: Database, clock: HandClock, chief: Person
) -> None:
    add_customer(database, name="Emily", language="en")
    emily = stage.person(0, name="Emily", language="en")
    page = await said(stage, chief, "/wave ces variant b")
    assert "“Hoa Mai is easy to deal with.”" in text(page)
    await tapped(stage, chief, page, "Start")
    await live(stage, clock, HOUR)
    assert "“Hoa Mai is easy to deal with.”" in text(last(emily.chat))
    assert row(database, "survey_run")["wording"] == "ces2-general-2"


async def test_each_half_is_asked_in_its_own_words_and_keeps_them_in_the_reminder_and_after_a_change_of_mind(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 8)
    page = await said(stage, boss, "/wave nps mẫu a/b")
    drawn = [assigned(1, number, BOTH) for number in range(1, 9)]
    assert f"Mẫu A, {drawn.count(Variant.A)} khách:" in text(page)
    assert FIRST in text(page)
    assert SECOND in text(page)
    assert "Mỗi mẫu cần ít nhất 30 khách" in text(page)
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock, HOUR)
    questions = [text(last(person.chat)) for person in people]
    assert [SECOND in question for question in questions] == [one is Variant.B for one in drawn]
    assert [FIRST in question for question in questions] == [one is Variant.A for one in drawn]
    await live(stage, clock, 5 * DAY)
    assert [SECOND in text(last(person.chat)) for person in people] == [one is Variant.B for one in drawn]
    assert all("bên em vẫn mong nghe ý kiến" in text(last(person.chat)) for person in people)
    b = people[drawn.index(Variant.B)]
    await tapped(stage, b, last(b.chat), "7")
    assert SECOND in await tapped(stage, b, last(b.chat), "Đổi điểm")


async def test_a_pause_before_the_morning_is_possible_and_changes_nobodys_words(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 6)
    page = await said(stage, boss, "/wave nps a/b")
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock)
    waiting = {run["customer_id"]: run["wording"] for run in rows(database, "survey_run")}
    assert "Chưa tới lượt: 6" in await tapped(stage, boss, page, "Tạm dừng")
    await tapped(stage, boss, page, "Gửi tiếp")
    await live(stage, clock, HOUR)
    sent = {run["customer_id"]: run["wording"] for run in rows(database, "survey_run") if run["sent_at"]}
    assert asked(people) == 6
    assert sent == waiting


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_panel_and_the_lists_tell_the_wordings_apart(
    stage: Stage, database: Database, clock: HandClock, boss: Person, *, chief: Person, language: str
) -> None:
    by = {"vi": boss, "en": chief}[language]
    start, listing = LABELS[language]
    people = crowd(stage, database, 8)
    page = await said(stage, by, {"vi": "/wave nps mẫu a/b", "en": "/wave nps variant a/b"}[language])
    await tapped(stage, by, page, start)
    await live(stage, clock, HOUR)
    drawn = [assigned(1, number, BOTH) for number in range(1, 9)]
    people[drawn.index(Variant.B)].tap(last(people[drawn.index(Variant.B)].chat).message_id, "9")
    await stage.settle()
    panel = text(await after(stage, clock, page))
    a, b = drawn.count(Variant.A), drawn.count(Variant.B)
    found = {
        "vi": (f"Mẫu A: gửi {a}, trả lời 0", f"Mẫu B: gửi {b}, trả lời 1", "hiện còn 7 khách"),
        "en": (f"Wording A: sent {a}, answered 0", f"Wording B: sent {b}, answered 1", "7 still do"),
    }[language]
    assert [words for words in found if words not in panel] == []
    who = text(await said(stage, by, "/who nps"))
    assert {"vi": f"mẫu A {a}, mẫu B {b - 1}", "en": f"A {a}, B {b - 1}"}[language] in who
    assert len(re.findall({"vi": "· mẫu [AB]", "en": "· wording [AB]"}[language], who)) == 7
    await tapped(stage, by, page, listing)


async def test_those_of_other_surveys_are_listed_without_a_wording(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    crowd(stage, database, 2)
    page = await said(stage, boss, "/wave nps mẫu b")
    await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock, HOUR)
    who = text(await said(stage, boss, "/who"))
    assert "2 khách chưa trả lời" in who
    assert "mẫu" not in who
    assert "Mẫu" not in text(await after(stage, clock, page))


async def test_on_its_last_day_a_wave_asks_and_the_day_after_the_rest_are_passed_over(
    stage: Stage, database: Database, clock: HandClock, boss: Person
) -> None:
    people = crowd(stage, database, 5)
    page = await said(stage, boss, "/wave nps 2/ngày đến 02/12")
    assert "4 trong 5 khách sẽ nhận" in text(page)
    assert "Không gửi:\n   • 1: đợt khảo sát hết hạn trước khi tới lượt" in text(page)
    assert "từ 01/12/2026 đến 02/12/2026" in await tapped(stage, boss, page, "Bắt đầu gửi")
    await live(stage, clock)
    for _ in range(4):
        await live(stage, clock, HOUR)
        await live(stage, clock, 23 * HOUR)
    assert asked(people) == 4
    assert "đã gửi hết" in text(page)
    assert "• 1: đợt khảo sát hết hạn trước khi tới lượt" in text(page)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("nps plan=lead", "No customer has “lead”. There is: gold."),
        ("nps plan=gold soon", "No customer has “gold soon”."),
        ("nps 50", "“50” could not be understood. How many a day is a number from 1 to 10,000, like 50/day."),
        ("nps from 31/02", "There is no day “31/02”."),
        ("nps from 10/12 to 05/12", "The last day, 5 Dec 2026, comes before the first."),
        ("nps tuesday", "“tuesday” could not be understood. Write weekdays in one piece"),
        ("nps variant c", "There is no variant “c” of the question."),
        ("nps about delivery", "NPS asks about Hoa Mai as a whole, not about “delivery”."),
        ("smiley", "“smiley” is no kind of survey."),
    ],
)
async def test_an_english_manager_reads_which_word_is_wrong_and_what_to_write(
    stage: Stage, database: Database, chief: Person, words: str, answer: str
) -> None:
    crowd(stage, database, 1)
    assert answer in text(await said(stage, chief, f"/wave {words}"))
    assert rows(database, "wave") == []


async def test_a_survey_that_there_is_not_cannot_be_asked_after(stage: Stage, boss: Person, chief: Person) -> None:
    assert "“abc” không phải loại khảo sát" in text(await said(stage, boss, "/who abc"))
    assert "“abc” is no kind of survey" in text(await said(stage, chief, "/who abc"))
