"""The cast's chats as they look when the playground opens: the year's messages, in the bot's own words."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from telegram.constants import ParseMode

from bot.domain import plan_messages, plans, surveys
from bot.domain.messages import Message
from bot.domain.surveys import SurveyRun
from bot.domain.touchpoints import Kind
from bot.playground.clock import MovableClock
from bot.playground.messenger import Messenger
from bot.playground.simulation.people import Profile
from bot.playground.simulation.plans import as_plan
from bot.playground.simulation.story import Simulation
from bot.services.delivery import COMPOSERS
from handlers import plan_pictures, replies
from handlers.context import App
from storage.history import AnswerRecord, MessageRecord, PlanRecord, SurveyRunRecord

Act = Callable[[], Awaitable[None]]


async def recall(app: App, messenger: Messenger, simulation: Simulation, clock: MovableClock) -> None:
    """Say again what was said to the cast, each at its time, on a held clock; messages learn their ids in the chat."""
    narrator = _Narrator(app, messenger, simulation)
    for part in simulation.cast:
        if part.profile.linked_at is not None:
            narrator.remember(part.profile)
    for at, _, act in sorted(narrator.events, key=lambda event: event[:2]):
        clock.jump(at)
        await act()


class _Narrator:
    """Collects what was said and done; `events` are instants, places in the order of telling, and acts."""

    def __init__(self, app: App, messenger: Messenger, simulation: Simulation) -> None:
        self._app = app
        self._messenger = messenger
        self._history = simulation.history
        self._answers = {answer.run_id: answer for answer in self._history.answers}
        self.events: list[tuple[datetime, int, Act]] = []

    def remember(self, profile: Profile) -> None:
        sent = [one for one in self._history.messages if one.customer_id == profile.id and one.sent_at is not None]
        for message in sent:
            self._at(message.sent_at, self._say, profile, message)
        for run in self._history.runs:
            if run.customer_id == profile.id:
                self._remember_run(profile, run, [one for one in sent if one.run_id == run.id])
        for plan in self._history.plans:
            if plan.customer_id == profile.id:
                self._remember_check_in(profile, plan, sent)
                self._remember_goal(profile, plan, sent)

    def _at(self, when: datetime | None, act: Callable[..., Awaitable[None]], *of: object) -> None:
        if when is not None:
            self.events.append((when, len(self.events), partial(act, *of)))

    def _remember_run(self, profile: Profile, run: SurveyRunRecord, messages: list[MessageRecord]) -> None:
        answer = self._answers.get(run.id)
        as_run = _as_run(profile, run, answer)
        for message in messages:
            if answer is not None and message.sent_at is not None and message.sent_at < answer.answered_at:
                thanks = surveys.thanks(as_run, answer.score, message.id)
                self._at(answer.answered_at, self._edit, profile, message, thanks)
            self._at(run.closed_at, self._edit, profile, message, _closed(as_run))
        if answer is not None and answer.reason is not None:
            self._at(answer.reason_at, self._answer, profile, answer.reason, _reason_kept(as_run, answer.score))

    def _remember_check_in(self, profile: Profile, plan: PlanRecord, sent: list[MessageRecord]) -> None:
        answered_at = plan.check_in_answered_at
        asked = [one for one in sent if one.kind == Kind.CHECK_IN and answered_at and one.due_at < answered_at]
        if answered_at is None or not asked:
            return
        told = as_plan(self._history, plan)
        choice = plans.CheckInChoice(plan.check_in_answer or "")
        salutation = profile.salutation
        said = plan_messages.check_in_answered(told, choice, asked[-1].id, profile.language, salutation=salutation)
        self._at(answered_at, self._edit, profile, asked[-1], said)

    def _remember_goal(self, profile: Profile, plan: PlanRecord, sent: list[MessageRecord]) -> None:
        asked = [one for one in sent if one.kind == Kind.GOAL and one.facts["plan_id"] == plan.id]
        if plan.goal_said_at is not None and asked:
            kept = plan_messages.goal_kept(as_plan(self._history, plan), profile.language)
            self._at(plan.goal_said_at, self._edit, profile, asked[0], kept)

    async def _say(self, profile: Profile, message: MessageRecord) -> None:
        facts = {**message.facts, "name": profile.name, "salutation": profile.salutation}
        composed = COMPOSERS[Kind(message.kind)](facts, outbox_id=message.id, language=profile.language)
        message.message_id = await self._send(profile, composed)

    async def _send(self, profile: Profile, said: Message) -> int:
        renderer = self._app.bot_data.renderer
        rendered = renderer.render(said)
        if "picture" in said.facts:
            picture = plan_pictures.draw(said, renderer)
            photo = await self._app.bot.send_photo(
                profile.chat_id, picture, caption=rendered.text, parse_mode=ParseMode.HTML
            )
            return photo.message_id
        return (await replies.send_rendered(self._app.bot, profile.chat_id, rendered)).message_id

    async def _edit(self, profile: Profile, message: MessageRecord, said: Message) -> None:
        assert message.message_id is not None, "what is edited was sent before"  # noqa: S101
        rendered = self._app.bot_data.renderer.render(said)
        await replies.edit_rendered(self._app.bot, profile.chat_id, message.message_id, rendered)

    async def _answer(self, profile: Profile, text: str, said: Message) -> None:
        person = self._messenger.persons[profile.chat_id]
        # Not by the person's own act: the bot must not hear again what it knows from the books.
        self._messenger.post(person.chat, person.user, {"text": text})
        await self._send(profile, said)


def _closed(run: SurveyRun) -> Message:
    highest = surveys.SCALES[run.kind][-1]
    facts = {
        "kind": run.kind,
        "score": run.score,
        "highest": highest,
        "late": False,
        "salutation": run.salutation,
    }
    return surveys.closing(facts, outbox_id=0, language=run.language)


def _reason_kept(run: SurveyRun, score: int) -> Message:
    return surveys.reason_kept(run, score)


def _as_run(profile: Profile, run: SurveyRunRecord, answer: AnswerRecord | None) -> SurveyRun:
    return SurveyRun(
        run_id=run.id,
        kind=Kind(run.kind),
        trigger=run.trigger,
        customer_id=run.customer_id,
        customer_name=profile.name,
        salutation=profile.salutation,
        chat_id=profile.chat_id,
        language=profile.language,
        subject=run.subject,
        wording=run.wording,
        segmentation_id=None,
        segment=run.segmentation.plan,
        closed=False,
        closes_at=run.closes_at,
        score=answer.score if answer else None,
        reason=answer.reason if answer else None,
        reason_until=None,
        skipped=False,
        prompt_message_id=None,
    )
