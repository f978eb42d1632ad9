"""Staff look at their customers' health in chat, in both languages."""

from datetime import timedelta

import pytest

from bot.domain.rules import Rules
from bot.playground.persons import Person
from bot.playground.world import Message
from bot.services import health
from storage.database import Database
from tests.conftest import START, HandClock
from tests.factories import CHAT, add_customer, add_staff, put, row, rows
from tests.history import Asked, remember
from tests.stage import RULES, Stage, labels, last, text

CSM = 100
DAY = timedelta(days=1)


def csm(stage: Stage, database: Database, language: str = "vi") -> Person:
    """Hoa, who is in the staff group."""
    add_staff(database, CHAT + CSM, name="Hoa", language=language)
    hoa = stage.person(CSM, name="Hoa", language=language)
    stage.staff.people.append(hoa.user)
    return hoa


def an(database: Database, **columns: object) -> int:
    """A customer whose score is 95."""
    joined = START - 400 * DAY
    customer_id = add_customer(
        database, **{"name": "Nguyễn Thị An", "joined_at": joined, "linked_at": joined, "csm_id": CHAT + CSM, **columns}
    )
    for days in (1, 20, 40, 60, 100, 120, 140):
        bought = {"purchased_at": START - days * DAY, "amount_minor": 100_000, "currency": "VND"}
        put(database, "purchase", external_id=f"{customer_id}:{days}", customer_id=customer_id, **bought)
    remember(database, [Asked(customer_id=customer_id, sent_at=START - 50 * DAY, score=10)])
    return customer_id


def score(database: Database, rules: Rules = RULES) -> None:
    while database.write_now(health.plan_health, rules=rules):
        pass


async def said(stage: Stage, person: Person, words: str) -> Message:
    person.send_text(words)
    await stage.settle()
    return last(person.chat)


async def tapped(stage: Stage, person: Person, message: Message, label: str) -> Message:
    person.tap(message.message_id, label)
    await stage.settle()
    return last(person.chat)


async def test_health_is_the_portfolio_by_colour(stage: Stage, database: Database) -> None:
    an(database)
    add_customer(database, name="Bình", chat_id=CHAT + 1)
    score(database)
    page = await said(stage, csm(stage, database), "/health")
    assert text(page).splitlines() == [
        "Khách của bạn: 1 khách",
        "🔴 0 đỏ",
        "🟡 0 vàng",
        "🟢 1 xanh",
        "⚪ 0 chưa đủ dữ liệu",
        "",
        "Tất cả, chấm ngày 20/11/2026: 2 khách",
        "🔴 0 đỏ",
        "🟡 0 vàng",
        "🟢 1 xanh",
        "⚪ 1 chưa đủ dữ liệu",
    ]
    assert labels(page) == []


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Chưa khách nào được chấm điểm"), ("en", "Nobody has a health score yet")]
)
async def test_before_anybody_is_scored_the_portfolio_says_so(
    stage: Stage, database: Database, language: str, words: str
) -> None:
    assert text(await said(stage, csm(stage, database, language), "/health")).startswith(words)


async def test_one_customer_is_explained_in_words_after_a_picture_of_how_it_went(
    stage: Stage, database: Database, clock: HandClock
) -> None:
    customer_id = an(database)
    score(database)
    clock.advance(30 * DAY)
    remember(database, [Asked(customer_id=customer_id, sent_at=clock.now() - DAY, score=6)])
    score(database)
    hoa = csm(stage, database)
    page = await said(stage, hoa, "/health nguyen thi an")
    assert text(page).splitlines()[:8] == [
        "🟢 Nguyễn Thị An: 84/100, xanh từ 20/11/2026",
        "−11 trong 30 ngày: NPS 10→6 −7, mua hàng −4",
        "",
        "Từng phần",
        "• Mua hàng: 92 (chiếm 46\xa0%) – bằng 75\xa0% kỳ trước; 1,0 lần mua mỗi tháng; có mua trong 3/6 chặng gần đây",
        "• Khảo sát: 60 (chiếm 31\xa0%) – NPS gần nhất 6",
        "• Trò chuyện: 100 (chiếm 23\xa0%)",
        "Chưa biết: cột mốc, yêu cầu hỗ trợ, lời khách viết",
    ]
    picture, _ = [hoa.chat.messages[key] for key in sorted(hoa.chat.messages)][-2:]
    (photo,) = picture.content["photo"]
    assert (photo["width"], photo["height"]) == (1200, 675)
    assert picture.content["caption"] == "Điểm sức khỏe của Nguyễn Thị An từ 20/11/2026"
    assert labels(page) == [["Hồ sơ"], ["Khách xin hủy"]]


async def test_english_says_the_same(stage: Stage, database: Database) -> None:
    an(database)
    score(database)
    page = await said(stage, csm(stage, database, "en"), "/health an")
    assert text(page).splitlines()[0] == "🟢 Nguyễn Thị An: 95/100, green since 20 Nov 2026"
    assert "Not known: milestones, support, their words" in text(page)


async def test_who_asks_to_cancel_is_at_risk_until_they_stay(stage: Stage, database: Database) -> None:
    customer_id = an(database)
    score(database)
    hoa = csm(stage, database)
    page = await said(stage, hoa, "/health an")
    changed = await tapped(stage, hoa, page, "Khách xin hủy")
    assert text(changed).startswith("🔴 Nguyễn Thị An: 95/100, đỏ từ 20/11/2026\n❗ Khách xin hủy từ 20/11/2026")
    risks = await said(stage, hoa, "/risks")
    assert "1. ★ Nguyễn Thị An · 95 · 700.000\xa0₫/năm\n   khách xin hủy; đỏ từ 20/11/2026" in text(risks)
    opened = await tapped(stage, hoa, risks, "1")
    assert text(opened).startswith("🔴 Nguyễn Thị An")
    assert text(await tapped(stage, hoa, opened, "Khách ở lại")).startswith("🟢 Nguyễn Thị An: 95/100, xanh")
    deeds = {one["command"]: one["customer_id"] for one in rows(database, "audit")}
    assert deeds == {"health": customer_id, "switch_cancellation": customer_id, "risks": None}


async def test_who_is_at_risk_is_turned_page_by_page(stage: Stage, database: Database) -> None:
    for number in range(9):
        customer_id = an(database, name=f"Khách {number}", chat_id=CHAT + 10 + number)
        put(database, "cancellation", customer_id=customer_id, asked_at=START - DAY, noted_by=1)
    score(database)
    hoa = csm(stage, database, "en")
    portfolio = await said(stage, hoa, "/health")
    first = await tapped(stage, hoa, portfolio, "Who is at risk?")
    assert text(first).startswith("9 customers are at risk, yours (★) first, then the most valuable. Showing 1–8:")
    second = await tapped(stage, hoa, first, "Next ›")
    assert text(second).splitlines()[2].startswith("9. ★ Khách 8 · 95 · ₫700,000 a year")
    assert labels(second) == [["9"], ["‹ Back"]]


async def test_where_nobody_is_red_that_is_said(stage: Stage, database: Database) -> None:
    assert text(await said(stage, csm(stage, database), "/risks")) == "Không có khách nào ở mức đỏ."


async def test_the_profile_shows_the_colour_and_leads_to_its_reasons(stage: Stage, database: Database) -> None:
    an(database)
    score(database)
    hoa = csm(stage, database)
    profile = await said(stage, hoa, "/customer an")
    assert "🟢 Sức khỏe: 95/100, từ 20/11/2026" in text(profile)
    await tapped(stage, hoa, profile, "Sức khỏe")
    assert text(profile).startswith("🟢 Nguyễn Thị An: 95/100")


async def test_the_card_of_a_case_shows_the_colour(stage: Stage, database: Database) -> None:
    an(database)
    score(database)
    hoa = csm(stage, database, "en")
    await said(stage, hoa, "/case an: máy hỏng")
    assert any("🟢 Sức khỏe: 95/100" in text(one) for one in stage.staff.messages.values())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", "🔴 Nguyễn Thị An: chuyển đỏ vì khách xin hủy (điểm 95) · 700.000\xa0₫/năm"),
        ("en", "🔴 Nguyễn Thị An: red, since they asked to cancel (score 95) · ₫700,000 a year"),
    ],
)
async def test_the_csm_is_told_of_who_became_red(
    stage: Stage, database: Database, clock: HandClock, language: str, words: str
) -> None:
    customer_id = an(database)
    hoa = csm(stage, database, language)
    score(database)
    put(database, "cancellation", customer_id=customer_id, asked_at=START, noted_by=1)
    clock.advance(3 * DAY)
    rules = Rules(delivery=RULES.delivery)  # no staff chat, so that the CSM is told alone
    score(database, rules)
    assert database.write_now(health.plan_health_alerts, rules=rules) == 1
    await stage.settle()
    told = last(hoa.chat)
    assert text(told).startswith(words)
    assert row(database, "outbox")["about_id"] == customer_id
    opened = await tapped(stage, hoa, told, labels(told)[0][0])
    assert text(opened).startswith("🔴 Nguyễn Thị An")


@pytest.mark.parametrize(
    ("language", "words", "risks", "listed"),
    [
        (
            "vi",
            "Sức khỏe khách hàng ngày 20/11/2026, so với 30 ngày trước",
            "Ai có nguy cơ rời bỏ?",
            "1 khách có nguy cơ rời bỏ",
        ),
        ("en", "Customer health on 20 Nov 2026, against 30 days before", "Who is at risk?", "1 customer is at risk"),
    ],
)
async def test_the_report_has_a_page_of_health_that_leads_to_those_at_risk(  # noqa: PLR0917  a case of a table
    stage: Stage, database: Database, language: str, words: str, risks: str, listed: str
) -> None:
    put(database, "cancellation", customer_id=an(database), asked_at=START, noted_by=1)
    score(database)
    hoa = csm(stage, database, language)
    page = await said(stage, hoa, "/report health" if language == "en" else "/report sức khỏe")
    assert page.content["photo"]
    assert words in str(page.content["caption"])
    assert text(await tapped(stage, hoa, page, risks)).startswith(listed)
