"""The customers whom nobody plays: once a day they look at their chats, and some of them answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.domain.local_time import instant_at, local_date
from bot.domain.surveys import SCALES, band
from bot.domain.touchpoints import Kind
from bot.playground.messenger import Messenger
from bot.playground.persons import Person
from bot.playground.simulation import words
from bot.playground.simulation.chance import Chance
from bot.playground.simulation.people import Profile
from bot.playground.simulation.surveys import ANSWERING, GIVING_A_REASON, draw_score
from bot.playground.world import Message

LOOKING = time(19, 30)
TYPING = timedelta(minutes=2)
CONTENT = 0.8  # how often the first of several words, the friendly one, is chosen
KINDS = {len(scale): kind for kind, scale in SCALES.items()}


@dataclass(frozen=True, order=True)
class _Reason:
    """What somebody is typing."""

    at: datetime
    chat_id: int
    text: str


class Crowd:
    """People who answer by their mood. What they see is what a person sees: messages, and labels on buttons."""

    def __init__(
        self, messenger: Messenger, profiles: Iterable[Profile], *, seed: int, time_zone: str, since: datetime
    ) -> None:
        self._messenger = messenger
        self._profiles = {one.chat_id: one for one in profiles if one.linked_at is not None and one.blocked_at is None}
        self._seed = seed
        self._time_zone = time_zone
        self._seen: set[int] = set()
        self._typing: list[_Reason] = []
        self._looks_at = self._evening_after(since)

    def next_due(self) -> datetime:
        """When somebody looks at a chat or has finished typing."""
        return min([self._looks_at, *(reason.at for reason in self._typing)])

    def act(self, *, now: datetime) -> None:
        """Send what has been typed, and in the evening look at the chats."""
        for reason in sorted(reason for reason in self._typing if reason.at <= now):
            self._typing.remove(reason)
            self._messenger.persons[reason.chat_id].send_text(reason.text)
        if now >= self._looks_at:
            self._looks_at = self._evening_after(now)
            for chat_id, profile in self._profiles.items():
                self._look(self._messenger.persons[chat_id], profile, now)

    def _evening_after(self, now: datetime) -> datetime:
        evening = instant_at(local_date(now, self._time_zone), LOOKING, self._time_zone)
        return evening if evening > now else evening + timedelta(days=1)

    def _look(self, person: Person, profile: Profile, now: datetime) -> None:
        latest = next(reversed(person.chat.messages.values()), None)
        if latest is None or latest.message_id in self._seen or not latest.inline_keyboard:
            return
        self._seen.add(latest.message_id)
        chance = Chance(self._seed, "crowd", profile.id, now.isoformat())
        if chance.happens(ANSWERING):
            self._answer(person, profile, latest, chance, now)

    def _answer(self, person: Person, profile: Profile, asked: Message, chance: Chance, now: datetime) -> None:
        labels = [button["text"] for row in asked.inline_keyboard for button in row]
        kind = KINDS.get(len(labels)) if all(label.isdecimal() for label in labels) else None
        if kind is None:
            person.tap(asked.message_id, labels[0] if chance.happens(CONTENT) else chance.one_of(labels))
            return
        score = draw_score(chance, kind, profile.mood)
        person.tap(asked.message_id, str(score))
        self._begin_typing(profile, kind, score, chance, now)

    def _begin_typing(self, profile: Profile, kind: Kind, score: int, chance: Chance, now: datetime) -> None:
        verdict = band(kind, score)
        if chance.happens(GIVING_A_REASON[verdict]):
            text = words.reason(chance, profile.language, kind, verdict)
            self._typing.append(_Reason(now + TYPING, profile.chat_id, text))
