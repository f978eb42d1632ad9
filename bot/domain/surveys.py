"""Surveys: scales, bands, what a tap means, and what is asked next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain import taps
from bot.domain.cases import Signal, Source
from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.names import search_key
from bot.domain.touchpoints import Kind
from bot.domain.wordings import known_wording, wording_of

SCALES: Mapping[Kind, range] = {Kind.NPS: range(11), Kind.CES: range(1, 8), Kind.CSAT: range(1, 6)}

# Stored with every answer, so that answers on another scale or in another direction are never mixed.
SCALE_NAMES: Mapping[Kind, str] = {
    Kind.NPS: "0-10 likelihood",
    Kind.CES: "1-7 agreement",
    Kind.CSAT: "1-5 satisfaction",
}

NPS_FIRST_ROW = 6
MAX_REASON = 4000
OF_CASE = "case"  # what caused a survey that asks about a case
OF_MILESTONE = "milestone"  # what caused one that asks about a milestone
MORE_WITHIN = timedelta(minutes=10)  # of a reason
QUOTE = 1000  # of a text that is shown to staff; the whole of it is on the profile


MORE = (
    "them nua",
    "them la",
    "ngoai ra",
    "voi lai",
    "con nua",
    "nua la",
    "va ",
    "also",
    "and ",
    "plus ",
    "besides",
    "one more thing",
    "another thing",
)


class Band(StrEnum):
    """How satisfied an answer is. For NPS these are the published bands; a 6 is a detractor."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


# The lowest passive and the lowest promoter score. CES counts 5 to 7 as easy, CSAT 4 and 5 as satisfied.
BANDS: Mapping[Kind, tuple[int, int]] = {Kind.NPS: (7, 9), Kind.CES: (4, 5), Kind.CSAT: (3, 4)}


def band(kind: Kind, score: int) -> Band:
    """The band of a score."""
    passive, promoter = BANDS[kind]
    if score >= promoter:
        return Band.PROMOTER
    return Band.PASSIVE if score >= passive else Band.DETRACTOR


@dataclass(frozen=True, kw_only=True)
class SurveyRun:
    """One survey to one customer as it stands. `chat_id` is the chat of the customer it belongs to.

    `segmentation_id` names the segments that the customer was in when it was planned; `segment` is their plan then.
    """

    run_id: int
    kind: Kind
    trigger: str
    customer_id: int
    customer_name: str
    chat_id: int | None
    language: Language
    subject: str
    wording: str
    segmentation_id: int | None
    segment: str
    closed: bool
    closes_at: datetime | None
    score: int | None
    reason: str | None
    reason_until: datetime | None
    skipped: bool
    prompt_message_id: int | None
    salutation: str = ""


class TapMeaning(StrEnum):
    """What a tap on a score is."""

    FOREIGN = "foreign"  # not this person's survey
    CLOSED = "closed"
    INVALID = "invalid"  # no button of ours has that score
    FIRST = "first"
    REPEATED = "repeated"
    CHANGED = "changed"


def classify(run: SurveyRun | None, *, chat_id: int, score: int, now: datetime) -> TapMeaning:
    """What a tap on `score` from `chat_id` means for the run that it names."""
    if run is None or run.chat_id != chat_id:
        return TapMeaning.FOREIGN
    if score not in SCALES[run.kind]:
        return TapMeaning.INVALID
    if is_closed(run, now=now):
        return TapMeaning.CLOSED
    if run.score is None:
        return TapMeaning.FIRST
    return TapMeaning.REPEATED if run.score == score else TapMeaning.CHANGED


def is_closed(run: SurveyRun, *, now: datetime) -> bool:
    """A survey closes at its hour, whether or not the planner has come by."""
    return run.closed or (run.closes_at is not None and run.closes_at <= now)


def awaits_reason(run: SurveyRun, *, now: datetime) -> bool:
    """Whether the question why stands open."""
    return run.reason_until is not None and run.reason_until > now


def changes_band(run: SurveyRun, score: int) -> bool:
    """Whether a new score says something else than the one before, so that its reason no longer fits."""
    return run.score is not None and band(run.kind, run.score) is not band(run.kind, score)


def adds_to_reason(text: str) -> bool:
    """Whether a message says of itself that it goes on with what was written just before it, and asks for nothing."""
    return search_key(text).startswith(MORE) and "?" not in text


def with_more(run: SurveyRun, text: str) -> str:
    """The reason of a run with what the customer added to it."""
    return f"{run.reason}\n{text}"[:MAX_REASON]


def asks_why(run: SurveyRun, score: int, meaning: TapMeaning, *, now: datetime) -> bool:
    """Whether a tap is answered with the question why: not twice for one band, nor after a skip."""
    if meaning is TapMeaning.REPEATED:
        return run.reason is None and not run.skipped and awaits_reason(run, now=now)
    return run.reason is None or changes_band(run, score)


def scores_keyboard(kind: Kind, run_id: int, outbox_id: int, *, chosen: int | None = None) -> Keyboard:
    """One button a score; NPS in two rows, so that eleven numbers stay large enough for a thumb."""
    buttons = [
        Button("chosen" if score == chosen else "score", taps.Score(run_id, score, outbox_id), {"score": score})
        for score in SCALES[kind]
    ]
    rows = (buttons[:NPS_FIRST_ROW], buttons[NPS_FIRST_ROW:]) if kind is Kind.NPS else (buttons,)
    return tuple(tuple(row) for row in rows)


def question_facts(
    kind: Kind, run_id: int, subject: str, wording: str | None = None, *, trigger: str = ""
) -> dict[str, object]:
    """What a survey's message waits in the outbox with; whoever is reminded is asked in the same words.

    `trigger` is what caused it: a milestone has the name of an outcome, which alone would be no thing to judge.
    """
    facts = {"kind": kind, "run_id": run_id, "subject": subject, "wording": wording or wording_of(kind)}
    return {**facts, "of_milestone": trigger == OF_MILESTONE and bool(subject)}


def invitation(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The survey itself, as it is first sent, from its `question_facts`."""
    return _question("surveys/question", facts, outbox_id, language)


def reminder(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The one reminder: the question again, with its buttons."""
    return _question("surveys/reminder", facts, outbox_id, language)


def _question(
    template: str, facts: Mapping[str, object], outbox_id: int, language: Language, *, chosen: int | None = None
) -> Message:
    kind = Kind(str(facts["kind"]))
    keyboard = scores_keyboard(kind, int(str(facts["run_id"])), outbox_id, chosen=chosen)
    return Message(template, language, {**facts, "wording": known_wording(kind, facts.get("wording"))}, keyboard)


def closing(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """What a survey's message becomes when it closes: no buttons, and the answer if there was one."""
    return Message("surveys/closed", language, facts)


def question_again(run: SurveyRun, outbox_id: int) -> Message:
    """The question with the present score marked, for who wants another."""
    facts = question_facts(run.kind, run.run_id, run.subject, run.wording, trigger=run.trigger)
    facts["salutation"] = run.salutation
    return _question("surveys/question", facts, outbox_id, run.language, chosen=run.score)


def follow_up(run: SurveyRun, score: int, outbox_id: int) -> Message:
    """The choice and the question why, in the words of its band."""
    change = Button("change", taps.ChangeScore(run.run_id, outbox_id))
    skip = Button("skip", taps.SkipReason(run.run_id, outbox_id))
    return Message("surveys/follow_up", run.language, _answer_facts(run, score), ((skip, change),))


def thanks(run: SurveyRun, score: int, outbox_id: int) -> Message:
    """The last word on an answer, which may still be changed."""
    change = Button("change", taps.ChangeScore(run.run_id, outbox_id))
    return Message("surveys/thanks", run.language, _answer_facts(run, score), ((change,),))


def reason_kept(run: SurveyRun, score: int, *, only_thanks: bool = False) -> Message:
    """Thanks for a reason; what is no reason but a word of thanks (`only_thanks`) is not made much of."""
    return Message("surveys/reason_kept", run.language, {**notice_facts(run, score), "only_thanks": only_thanks})


def closed(run: SurveyRun) -> Message:
    """The polite answer to a late tap."""
    facts = {
        "kind": run.kind,
        "score": run.score,
        "highest": SCALES[run.kind][-1],
        "late": True,
        "salutation": run.salutation,
    }
    return Message("surveys/closed", run.language, facts)


def notice_facts(run: SurveyRun, score: int) -> dict[str, object]:
    """What staff are told of an answer."""
    return {"customer": run.customer_name, **_answer_facts(run, score)}


def signal(run: SurveyRun, score: int, *, key: str, reason: str = "") -> Signal:
    """A low score, or why it was given, as what opens a case or joins one."""
    facts = {**notice_facts(run, score), "reason": reason or run.reason}
    return Signal(
        key=key,
        customer_id=run.customer_id,
        source=Source.SURVEY,
        template="staff/reason" if reason else "staff/detractor",
        facts=facts,
        words=(reason or run.reason or "")[:QUOTE],
        survey_kind=run.kind,
        score=score,
    )


def _answer_facts(run: SurveyRun, score: int) -> dict[str, object]:
    return {
        "kind": run.kind,
        "score": score,
        "highest": SCALES[run.kind][-1],
        "band": band(run.kind, score),
        "subject": run.subject,
        "reason": run.reason,
        "salutation": run.salutation,
    }
