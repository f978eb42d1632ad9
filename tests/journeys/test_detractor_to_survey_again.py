"""A detractor's case from the tap to whether it helped."""

from datetime import timedelta

from bot.domain.messages import Language
from bot.domain.roles import Role, Staff
from bot.domain.taps import ClaimCase, ResolveCase, Score
from bot.domain.touchpoints import Kind
from bot.render import Renderer
from bot.services import case_talk, cases, surveys
from tests.stories import ON_SQLITE, STAFF_CHAT, Said, Story, add_customer, look

DAY = timedelta(days=1)
HOA = Staff(user_id=6_000_000_000_000, name="Hoa", role=Role.CSM, language=Language.VI)


def answer(story: Story, asked: Said, score: int) -> None:
    story.database.write_now(
        surveys.record_score,
        rules=story.rules,
        chat_id=asked.chat_id,
        message_id=asked.message_id,
        language=Language.VI,
        tap=next(tap for tap in asked.taps if isinstance(tap, Score) and tap.score == score),
    )


async def test_a_detractors_case_goes_from_the_tap_to_the_survey_that_shows_whether_it_helped(story: Story) -> None:
    add_customer(story.database, story.clock, next_nps_at=story.clock.now())
    await story.settle()
    answer(story, story.said[0], 2)
    await story.live(story.clock.now() + timedelta(minutes=1))
    assert story.kinds() == [Kind.NPS, Kind.TOPIC, Kind.CARD]
    card = story.said[-1]
    assert card.chat_id == STAFF_CHAT
    assert "2/10" in card.text
    [claim] = [tap for tap in card.taps if isinstance(tap, ClaimCase)]

    story.database.write_now(cases.claim_case, rules=story.rules, by=HOA, case_id=claim.case_id)
    story.database.write_now(
        case_talk.answer_in_chat,
        rules=story.rules,
        by=HOA,
        chat_id=STAFF_CHAT,
        thread_id=None,
        reply_to=card.message_id,
        message_id=9000,
        text="Em xin lỗi chị",
        media=False,
        language=Language.VI,
    )
    await story.settle()
    [reply] = story.of(Kind.REPLY)
    assert "Em xin lỗi chị" in reply.text
    await story.live(story.clock.now() + DAY)
    resolved_at = story.clock.now()
    over = ResolveCase(claim.case_id, "service", "solved")
    story.database.write_now(cases.resolve_case, rules=story.rules, by=HOA, tap=over)

    await story.live(story.clock.now() + 91 * DAY)
    [again] = story.of(Kind.FOLLOW_UP)
    assert again.at == resolved_at + story.rules.cases.nps_again_after
    [easy] = story.of(Kind.CASE_CES)  # the NPS of the day before does not hold it
    assert easy.at == resolved_at + story.rules.surveys.ces_after
    assert "dễ dàng" in easy.text
    answer(story, again, 9)
    await story.settle()
    assert "2 → <b>9</b>" in story.said[-1].text

    [one] = story.database.read_now(look, table="support_case")
    assert one.nps_before == 2
    shown = story.database.write_now(
        cases.show_case, by=HOA, chat_id=STAFF_CHAT, thread_id=None, message_id=card.message_id, case_id=one.id
    )
    assert shown.edit is not None
    assert "2 → <b>9</b>" in Renderer(story.rules).render(shown.edit).text


@ON_SQLITE
async def test_the_next_survey_by_calendar_comes_half_a_year_after_the_one_about_the_case(story: Story) -> None:
    add_customer(story.database, story.clock, next_nps_at=story.clock.now())
    await story.settle()
    answer(story, story.said[0], 2)
    story.database.write_now(cases.resolve_case, rules=story.rules, by=HOA, tap=ResolveCase(1, "service", "solved"))
    await story.live(story.clock.now() + 300 * DAY)
    [first, later], [again] = story.of(Kind.NPS), story.of(Kind.FOLLOW_UP)
    assert first.at < again.at
    assert later.at - again.at >= story.rules.surveys.nps_every
