"""The words after `/wave`: what to ask whom, in which words, how many a day and on which days, in either language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from re import IGNORECASE, Match, Pattern, compile as compiled
from types import MappingProxyType

from bot.domain.audiences import FIELDS, Segment
from bot.domain.names import search_key
from bot.domain.survey_requests import MAX_SUBJECT
from bot.domain.touchpoints import SURVEYS, Kind
from bot.domain.wordings import BOTH, Variant

MOST_A_DAY = 10_000
TUESDAY_TO_THURSDAY = frozenset({1, 2, 3})
SEGMENTS = MappingProxyType(
    {"goi": "plan", "noi": "location", "chuc danh": "title", "nghe": "title", "kenh": "channel", "the": "tag"}
    | {field: field for field in FIELDS}
)
WEEKDAYS: Mapping[str, int] = MappingProxyType(
    dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), range(7), strict=True))
    | dict(zip(("t2", "t3", "t4", "t5", "t6", "t7", "cn"), range(7), strict=True))
)
FROM, UNTIL = frozenset({"tu", "from"}), frozenset({"den", "toi", "to", "until"})
BEFORE_A_DAY = frozenset({"ngay", "on"})
ABOUT, IN_WORDS = frozenset({"ve", "about"}), frozenset({"mau", "variant"})
VARIANTS: Mapping[str, tuple[Variant, ...]] = MappingProxyType(
    {"a": (Variant.A,), "b": (Variant.B,), "ab": BOTH, "a/b": BOTH}
)


class Fault(StrEnum):
    """What is wrong with a word; each has its own hint in the template."""

    KIND = "kind"
    SHARE = "share"
    PER_DAY = "per_day"
    DAY = "day"
    PAST_END = "past_end"
    END_BEFORE_START = "end_before_start"
    WEEKDAYS = "weekdays"
    SEGMENT = "segment"
    NO_SUCH_VALUE = "no_such_value"
    NOBODY = "nobody"
    SEVERAL = "several"
    VARIANT = "variant"
    SUBJECT_OF_NPS = "subject_of_nps"
    SUBJECT_TOO_LONG = "subject_too_long"
    UNKNOWN = "unknown"


class WaveRequestError(ValueError):
    """Words that plan no wave: the first that cannot be understood, why, and what it might have been."""

    def __init__(self, word: str, fault: Fault, known: Sequence[str] = ()) -> None:
        super().__init__(f"{fault}: {word}")
        self.word = word
        self.fault = fault
        self.known = tuple(known)


@dataclass(frozen=True, kw_only=True)
class WaveRequest:
    """What was asked for.

    `share` is in percent; weekdays count from Monday, 0; excluded are ids; on the day it ends it still asks.
    """

    kind: Kind
    subject: str = ""
    variants: tuple[Variant, ...] = (Variant.A,)
    segments: tuple[Segment, ...] = ()
    share: int = 100
    per_day: int = 20
    starts_on: date
    ends_on: date | None = None
    weekdays: frozenset[int] = TUESDAY_TO_THURSDAY
    excluded: tuple[str, ...] = ()


def parse_wave_request(text: str, *, today: date) -> WaveRequest:
    """Reads "csat about delivery plan=gold 20% 50/day from 01/12 to 20/12 tue,wed variant a/b -KH12".

    The words after the kind come in any order. What stands in quotation marks is what the survey is about. A day
    without a year is the next such day.

    Raises:
        WaveRequestError: a word is none of these, or there is no kind.
    """
    quoted = QUOTED.search(text)
    kind, *words = SPACED_DAYS.sub(",", QUOTED.sub(" ", text, count=1)).split() or [""]
    if kind.casefold() not in SURVEYS:
        raise WaveRequestError(kind, Fault.KIND)
    request = WaveRequest(kind=Kind(kind.casefold()), starts_on=today)
    if quoted:
        request = _about(request, quoted[1], today)
    for word in _joined(words):
        request = _read(request, word, today)
    if request.ends_on is not None and request.ends_on < request.starts_on:
        raise WaveRequestError(request.ends_on.isoformat(), Fault.END_BEFORE_START)
    return request


def _joined(words: Sequence[str]) -> list[str]:
    """The words, with what belongs to a name in one piece: "about the delivery" becomes "about=the delivery"."""
    joined: list[str] = []
    named = False
    told = [word for word, after in pairwise([*words, ""]) if not (search_key(word) in BEFORE_A_DAY and _is_day(after))]
    for word, following in pairwise([*told, ""]):
        names = not named and _names(word, following, subject=bool(joined) and _is_subject(joined[-1]))
        if named:
            joined[-1] += word
        elif joined and "=" in joined[-1] and not names and not _is_something(word):
            joined[-1] += f" {word}"
        else:
            joined.append(f"{word}=" if names else word)
        named = names
    return joined


def _names(word: str, following: str, *, subject: bool) -> bool:
    """Whether a word is the name of what follows; in a `subject` most of them are words like any other."""
    key = search_key(word)
    if key in FROM | UNTIL:
        return _is_day(following)
    if key in IN_WORDS:
        return following.casefold() in VARIANTS if subject else bool(following)
    return bool(following) and key in ABOUT and not subject


def _is_subject(word: str) -> bool:
    return search_key(word.partition("=")[0]) in ABOUT


def _is_something(word: str) -> bool:
    return any(shape.fullmatch(word) for shape in SHAPES)


def _is_day(word: str) -> bool:
    return any(shape.fullmatch(word) for shape in DAYS)


def _read(request: WaveRequest, word: str, today: date) -> WaveRequest:
    for shape, read in SHAPES.items():
        match = shape.fullmatch(word)
        if match:
            return read(request, match, today)
    raise WaveRequestError(word, next((fault for shape, fault in HINTS.items() if shape.match(word)), Fault.UNKNOWN))


def _named(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    key, value = search_key(match[1]), match[2].strip(QUOTES)
    if key in SEGMENTS:
        return replace(request, segments=(*request.segments, Segment(field=SEGMENTS[key], value=value)))
    if key in ABOUT:
        return _about(request, value, today)
    if key in IN_WORDS:
        return _variants(request, value)
    if key in FROM | UNTIL:
        return _dated(request, value, today, is_end=key in UNTIL)
    raise WaveRequestError(match[0], Fault.SEGMENT)


def _about(request: WaveRequest, subject: str, today: date) -> WaveRequest:
    written = " ".join(subject.split())
    if request.kind is Kind.NPS:
        raise WaveRequestError(written, Fault.SUBJECT_OF_NPS)
    if len(written) > MAX_SUBJECT:
        raise WaveRequestError(written, Fault.SUBJECT_TOO_LONG)
    return replace(request, subject=written)


def _variants(request: WaveRequest, written: str) -> WaveRequest:
    if written.casefold() not in VARIANTS:
        raise WaveRequestError(written, Fault.VARIANT)
    return replace(request, variants=VARIANTS[written.casefold()])


def _share(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    return replace(request, share=_number(match, Fault.SHARE, most=100))


def _per_day(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    return replace(request, per_day=_number(match, Fault.PER_DAY, most=MOST_A_DAY))


def _number(match: Match[str], fault: Fault, *, most: int) -> int:
    number = int(match[1])
    if not 1 <= number <= most:
        raise WaveRequestError(match[0], fault)
    return number


def _day(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    return _dated(request, match[0], today, is_end=False)


def _dated(request: WaveRequest, written: str, today: date, *, is_end: bool) -> WaveRequest:
    found = _date(written, today)
    if not is_end:
        return replace(request, starts_on=max(found, today))
    if found < today:
        raise WaveRequestError(written, Fault.PAST_END)
    return replace(request, ends_on=found)


def _date(written: str, today: date) -> date:
    match = next((found for shape in DAYS if (found := shape.fullmatch(written))), None)
    if match is None:
        raise WaveRequestError(written, Fault.DAY)
    try:
        day = date(int(match["year"] or today.year), int(match["month"]), int(match["day"]))
        return day if match["year"] or day >= today else day.replace(year=today.year + 1)
    except ValueError:
        raise WaveRequestError(written, Fault.DAY) from None


def _weekdays(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    return replace(request, weekdays=frozenset(WEEKDAYS[name] for name in match[0].casefold().split(",")))


def _both_variants(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    return _variants(request, match[0])


def _excluded(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    return replace(request, excluded=(*request.excluded, match[1]))


def pattern(shape: str) -> Pattern[str]:
    return compiled(shape, IGNORECASE)


DAYS = (
    pattern(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?"),
    pattern(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
)
_NAME = "(?:" + "|".join(WEEKDAYS) + ")"
QUOTES = '"“”„«»'  # phones write their own
QUOTED = pattern(rf"(?<!\S)[{QUOTES}]([^{QUOTES}]+)[{QUOTES}]")
SPACED_DAYS = pattern(rf",\s+(?={_NAME}\b)")
SHAPES: Mapping[Pattern[str], Callable[[WaveRequest, Match[str], date], WaveRequest]] = MappingProxyType(
    {
        pattern(r"([^=]+)=(.+)"): _named,
        pattern(r"(\d{1,3})%"): _share,
        pattern(r"(\d{1,5})/(?:day|ngày|ngay|d)"): _per_day,
        **dict.fromkeys(DAYS, _day),
        pattern(rf"{_NAME}(?:,{_NAME})*"): _weekdays,
        pattern("a/b"): _both_variants,
        pattern(r"-(\S+)"): _excluded,
    }
)
HINTS: Mapping[Pattern[str], Fault] = MappingProxyType(
    {
        pattern(r".*%"): Fault.SHARE,
        pattern(r"\d+[/-]\d"): Fault.DAY,
        pattern(r"\d"): Fault.PER_DAY,
        pattern(r".*="): Fault.SEGMENT,
        pattern(rf"{_NAME},|\w+,{_NAME}\b|\w+day$|thứ$"): Fault.WEEKDAYS,
    }
)
