"""The words after `/wave`: whom to ask, how many a day, from when and on which days, in either language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from re import IGNORECASE, Match, Pattern
from re import compile as compiled
from types import MappingProxyType

from bot.domain.audiences import Segment, parse_segment
from bot.domain.names import search_key
from bot.domain.touchpoints import Kind

KINDS = (Kind.NPS,)
MOST_A_DAY = 10_000
TUESDAY_TO_THURSDAY = frozenset({1, 2, 3})
FIELDS = MappingProxyType(
    {"goi": "plan", "plan": "plan", "noi": "location", "location": "location", "csm": "csm", "phu trach": "csm"}
)
WEEKDAYS: Mapping[str, int] = MappingProxyType(
    dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), range(7), strict=True))
    | dict(zip(("t2", "t3", "t4", "t5", "t6", "t7", "cn"), range(7), strict=True))
)
LINK_WORDS = frozenset({"tu", "from", "ngay", "on"})


class WaveRequestError(ValueError):
    """Words that plan no wave: `word` is the first one that cannot be understood."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, kw_only=True)
class WaveRequest:
    """What was asked for. `share` is in percent; weekdays count from Monday, 0; excluded are ids."""

    kind: Kind
    segments: tuple[Segment, ...] = ()
    share: int = 100
    per_day: int = 20
    starts_on: date
    weekdays: frozenset[int] = TUESDAY_TO_THURSDAY
    excluded: tuple[str, ...] = ()


def parse_wave_request(text: str, *, today: date) -> WaveRequest:
    """Reads "nps plan=gold location=Đà Nẵng 20% 50/day 01/12 tue,wed -KH12", the words after the kind in any order.

    A day without a year is the next such day.

    Raises:
        WaveRequestError: a word is none of these, or there is no kind.
    """
    kind, *words = text.split() or [""]
    if kind.casefold() not in KINDS:
        raise WaveRequestError(kind)
    request = WaveRequest(kind=Kind(kind.casefold()), starts_on=today)
    for word in _joined(words):
        request = _read(request, word, today)
    return request


def _joined(words: Sequence[str]) -> list[str]:
    """The words, with the rest of a segment's value put behind its beginning."""
    joined: list[str] = []
    for word, following in pairwise([*words, ""]):
        if search_key(word) in LINK_WORDS and any(day.fullmatch(following) for day in DAYS):
            continue
        if joined and "=" in joined[-1] and not any(shape.fullmatch(word) for shape in SHAPES):
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined


def _read(request: WaveRequest, word: str, today: date) -> WaveRequest:
    for shape, read in SHAPES.items():
        match = shape.fullmatch(word)
        if match:
            try:
                return read(request, match, today)
            except ValueError:
                raise WaveRequestError(word) from None
    raise WaveRequestError(word)


def _segment(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    field = FIELDS.get(search_key(match[1]), "")
    segment = parse_segment(f"{field}={match[2]}")
    if segment is None:
        raise WaveRequestError(match[0])
    return replace(request, segments=(*request.segments, segment))


def _share(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    return replace(request, share=_number(match, most=100))


def _per_day(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    return replace(request, per_day=_number(match, most=MOST_A_DAY))


def _number(match: Match[str], *, most: int) -> int:
    number = int(match[1])
    if not 1 <= number <= most:
        raise WaveRequestError(match[0])
    return number


def _day(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    day, month = int(match["day"]), int(match["month"])
    year = int(match["year"] or today.year)
    found = date(year, month, day)
    if found < today and not match["year"]:
        found = date(year + 1, month, day)
    return replace(request, starts_on=max(found, today))


def _weekdays(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    return replace(request, weekdays=frozenset(WEEKDAYS[name] for name in match[0].casefold().split(",")))


def _excluded(request: WaveRequest, match: Match[str], today: date) -> WaveRequest:
    return replace(request, excluded=(*request.excluded, match[1]))


def pattern(shape: str) -> Pattern[str]:
    return compiled(shape, IGNORECASE)


DAYS = (
    pattern(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?"),
    pattern(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
)
_NAME = "(?:" + "|".join(WEEKDAYS) + ")"
SHAPES: Mapping[Pattern[str], Callable[[WaveRequest, Match[str], date], WaveRequest]] = MappingProxyType(
    {
        pattern(r"([^=]+)=(.+)"): _segment,
        pattern(r"(\d{1,3})%"): _share,
        pattern(r"(\d{1,5})/(?:day|ngày|ngay|d)"): _per_day,
        **dict.fromkeys(DAYS, _day),
        pattern(rf"{_NAME}(?:,{_NAME})*"): _weekdays,
        pattern(r"-(\S+)"): _excluded,
    }
)
