"""Button payloads: typed values that travel through Telegram as at most 64 bytes.

The client chooses what it sends back, so a tap is a claim: whoever handles it looks the row up and compares its
customer, or the role, with the person who tapped.
"""

from dataclasses import astuple, dataclass, fields
from typing import ClassVar

MAX_BYTES = 64
SEPARATOR = ":"


class MalformedTapError(ValueError):
    """A payload that no button of ours carries."""


@dataclass(frozen=True)
class Tap:
    """A payload: an int or str field each, under a code of its own."""

    code: ClassVar[str] = ""

    def pack(self) -> str:
        """The callback data.

        Raises:
            ValueError: it would not fit into 64 bytes, or a value holds the separator.
        """
        values = [str(value) for value in astuple(self)]
        packed = SEPARATOR.join([self.code, *values])
        if len(packed.encode()) > MAX_BYTES or any(SEPARATOR in value for value in values):
            raise ValueError(f"a {type(self).__name__} does not fit into {MAX_BYTES} bytes: {packed}")
        return packed


@dataclass(frozen=True)
class Score(Tap):
    """A score given to a survey run, on the message that the outbox row sent (0: not sent by the outbox)."""

    code = "s"
    run_id: int
    score: int
    outbox_id: int


@dataclass(frozen=True)
class SkipReason(Tap):
    """The customer does not want to say why."""

    code = "k"
    run_id: int
    outbox_id: int


@dataclass(frozen=True)
class ChangeScore(Tap):
    """The customer wants to see the scores again."""

    code = "g"
    run_id: int
    outbox_id: int


@dataclass(frozen=True)
class ChooseLanguage(Tap):
    code = "l"
    language: str


@dataclass(frozen=True)
class LeavingReason(Tap):
    """Why a lost customer left, by key of the rules' list."""

    code = "w"
    win_back_id: int
    reason: str
    outbox_id: int


@dataclass(frozen=True)
class OfferAnswer(Tap):
    """What a lost customer says to the offer: `talk` or `decline`."""

    code = "o"
    win_back_id: int
    choice: str
    outbox_id: int


@dataclass(frozen=True)
class CheckInAnswer(Tap):
    """How a success plan goes: `well` or `help`."""

    code = "c"
    plan_id: int
    choice: str
    outbox_id: int


@dataclass(frozen=True)
class PickCustomer(Tap):
    """A member of staff picks one of several customers that a name matches, for the command given."""

    code = "p"
    command: str
    customer_id: int
    argument: str


@dataclass(frozen=True)
class ShowCustomer(Tap):
    """A member of staff picks a customer from a list."""

    code = "v"
    customer_id: int


@dataclass(frozen=True)
class ListPage(Tap):
    """A page of the customers, from 0; `message_id` is the command that said whom to list (0: everybody)."""

    code = "n"
    page: int
    message_id: int


@dataclass(frozen=True)
class StartPlan(Tap):
    code = "b"
    customer_id: int
    template: str


@dataclass(frozen=True)
class CompleteMilestone(Tap):
    code = "m"
    milestone_id: int


@dataclass(frozen=True)
class RejectMilestone(Tap):
    """Staff do not agree yet that a milestone which the customer ticked is reached."""

    code = "mr"
    milestone_id: int


@dataclass(frozen=True)
class MoveMilestone(Tap):
    """A milestone is put off to a day (20270630); without one yet, the choices are shown."""

    code = "mm"
    milestone_id: int
    day: str


@dataclass(frozen=True)
class TickMilestone(Tap):
    """The customer says that a milestone of theirs is reached."""

    code = "mt"
    milestone_id: int


@dataclass(frozen=True)
class AskGoal(Tap):
    """The customer wants to say, or to say again, why they bought."""

    code = "ga"
    plan_id: int


@dataclass(frozen=True)
class ChooseGoal(Tap):
    """Why the customer bought: the number of one of the plan's reasons, or -1 for their own words."""

    code = "gc"
    plan_id: int
    number: int
    outbox_id: int


@dataclass(frozen=True)
class AnswerCompletion(Tap):
    """What a customer with a completed plan is ready for: `review`, `referral` or `next`."""

    code = "pc"
    plan_id: int
    choice: str
    outbox_id: int


@dataclass(frozen=True)
class CloseInteraction(Tap):
    """A member of staff marks a customer's message as dealt with."""

    code = "x"
    interaction_id: int


@dataclass(frozen=True)
class ShowReport(Tap):
    """A member of staff turns a report to another: `words` are those after /report."""

    code = "rp"
    words: str


@dataclass(frozen=True)
class ShowSegment(Tap):
    """A member of staff wants to see who answered in a segment of a report: `words` are those of the report."""

    code = "sg"
    words: str
    segment: str


@dataclass(frozen=True)
class SegmentPage(Tap):
    """A page, from 0, of those who answered in a segment."""

    code = "sp"
    words: str
    segment: str
    page: int


@dataclass(frozen=True)
class ShowCase(Tap):
    """A member of staff looks at a case: its card as it is now."""

    code = "q"
    case_id: int


@dataclass(frozen=True)
class ClaimCase(Tap):
    """A member of staff takes a case on."""

    code = "cc"
    case_id: int


@dataclass(frozen=True)
class OfferReplies(Tap):
    """A member of staff wants to answer the customer of a case."""

    code = "cr"
    case_id: int


@dataclass(frozen=True)
class CannedReply(Tap):
    """A canned reply: seen first (`send` is "no"), and sent by a second tap ("yes")."""

    code = "cy"
    case_id: int
    key: str
    send: str

    @property
    def sends(self) -> bool:
        """Whether this is the tap that sends it."""
        return self.send == "yes"


@dataclass(frozen=True)
class SnoozeCase(Tap):
    """A case rests for so long; without a choice yet, the choices are shown."""

    code = "cz"
    case_id: int
    choice: str


@dataclass(frozen=True)
class ResolveCase(Tap):
    """A case is resolved: asked for its reason first, then for its outcome."""

    code = "cx"
    case_id: int
    reason: str
    outcome: str


@dataclass(frozen=True)
class AnswerForget(Tap):
    """Whether a customer who asked to be forgotten means it: `yes` or `no`."""

    code = "fg"
    customer_id: int
    choice: str


@dataclass(frozen=True)
class SwitchTopic(Tap):
    """A customer turns a topic on (1) or off (0)."""

    code = "tp"
    topic: str
    on: int


@dataclass(frozen=True)
class ChooseHours(Tap):
    """A customer chooses when to be written to."""

    code = "hr"
    hours: str


@dataclass(frozen=True)
class SwitchWave(Tap):
    """A manager starts, pauses, resumes, stops, recalls or looks at a survey wave."""

    code = "a"
    wave_id: int
    switch: str


@dataclass(frozen=True)
class ListWave(Tap):
    """A manager wants the list of a wave's customers as a file."""

    code = "f"
    wave_id: int


@dataclass(frozen=True)
class UnansweredPage(Tap):
    """A page, from 0, of those who have not answered a kind of survey."""

    code = "u"
    kind: str
    page: int


@dataclass(frozen=True)
class ShowHealth(Tap):
    """A member of staff wants to see a customer's health."""

    code = "h"
    customer_id: int


@dataclass(frozen=True)
class RisksPage(Tap):
    """A page, from 0, of the customers at risk."""

    code = "hp"
    page: int


@dataclass(frozen=True)
class SwitchCancellation(Tap):
    """A member of staff notes that a customer asked to cancel (1), or that they stay (0)."""

    code = "hc"
    customer_id: int
    on: int


@dataclass(frozen=True)
class ShowTheme(Tap):
    """A page, from 0, of what customers say about a theme in a period; "" is what is about no theme."""

    code = "rt"
    kind: str
    period: str
    theme: str
    page: int


@dataclass(frozen=True)
class ShowPhrases(Tap):
    """A member of staff wants to see what detractors say that promoters do not."""

    code = "rk"
    kind: str
    period: str


@dataclass(frozen=True)
class OpenReason(Tap):
    """A member of staff wants to say what a reason is about."""

    code = "ro"
    run_id: int


@dataclass(frozen=True)
class SetTheme(Tap):
    """A member of staff says that a reason is about a theme (1), or is not (0)."""

    code = "rs"
    run_id: int
    theme: str
    about: int


@dataclass(frozen=True)
class EditTheme(Tap):
    """A member of staff looks at the seeds of a theme; without one, at all themes."""

    code = "te"
    theme: str


@dataclass(frozen=True)
class HideTheme(Tap):
    """A manager puts a theme out of sight (1), or back (0)."""

    code = "ti"
    theme: str
    hidden: int


@dataclass(frozen=True)
class DropSeed(Tap):
    """A manager takes a seed, known by its digest, from a theme."""

    code = "td"
    theme: str
    seed: str


@dataclass(frozen=True)
class MergeTheme(Tap):
    """A manager makes a theme part of another; without one yet, the choices are shown."""

    code = "tm"
    theme: str
    target: str


TAPS: dict[str, type[Tap]] = {
    tap.code: tap
    for tap in (
        Score,
        SkipReason,
        ChangeScore,
        ChooseLanguage,
        LeavingReason,
        OfferAnswer,
        CheckInAnswer,
        PickCustomer,
        ShowCustomer,
        ListPage,
        StartPlan,
        CompleteMilestone,
        RejectMilestone,
        MoveMilestone,
        TickMilestone,
        AskGoal,
        ChooseGoal,
        AnswerCompletion,
        CloseInteraction,
        ShowReport,
        ShowSegment,
        SegmentPage,
        ShowCase,
        ClaimCase,
        OfferReplies,
        CannedReply,
        SnoozeCase,
        ResolveCase,
        AnswerForget,
        SwitchTopic,
        ChooseHours,
        SwitchWave,
        ListWave,
        UnansweredPage,
        ShowHealth,
        RisksPage,
        SwitchCancellation,
        ShowTheme,
        ShowPhrases,
        OpenReason,
        SetTheme,
        EditTheme,
        HideTheme,
        DropSeed,
        MergeTheme,
    )
}


def unpack(payload: str) -> Tap:
    """The typed tap behind a payload.

    Raises:
        MalformedTapError: the payload has another shape than any button that we send.
    """
    code, *values = payload.split(SEPARATOR)
    tap = TAPS.get(code)
    if tap is None or len(values) != len(fields(tap)):
        raise MalformedTapError(payload)
    try:
        return tap(
            *(int(value) if field.type is int else value for field, value in zip(fields(tap), values, strict=True))
        )
    except ValueError as error:
        raise MalformedTapError(payload) from error
