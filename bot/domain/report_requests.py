"""The words after "/report", in either language: a metric or page, a period, a breakdown, a kind of file, in any order.

What things may be called stands in `bot.domain.report_vocabulary`, and periods in `bot.domain.period_words`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from itertools import dropwhile
from typing import NamedTuple

from bot.domain.names import search_key
from bot.domain.period_words import is_nowhere
from bot.domain.periods import canonical_period
from bot.domain.report_forms import FILES, OVERVIEW, FileForm as FileForm
from bot.domain.report_pages import BROKEN_DOWN, KINDS, OF_SURVEYS, PARENTS, Page as Page
from bot.domain.report_vocabulary import BY, DIMENSIONS, MEANINGS, known_words
from bot.domain.reports import Metric
from bot.domain.segments import Dimension as Dimension

DEFAULT_PERIOD = "90d"
LONGEST_PHRASE = 17  # "from the 1st of May …", "từ ngày 1 tháng 5 năm 2026 đến hết ngày 30 tháng 6 năm 2026"
LONGEST_UNKNOWN = 3
MOST_MISTAKES = 3
LIKE, VERY_LIKE = 0.65, 0.75
_DAY = re.compile(r"\d{1,4}[/.-]\d{1,2}([/.-]\d{1,4})?")
_BEFORE_DAYS = frozenset({"tu", "ngay", "den", "from", "since", "until", "to"})


@dataclass(frozen=True)
class ReportRequest:
    """What was asked for: no metric and no page mean the overview; `period` is text for `parse_period`.

    A metric is a trend, by something it is a breakdown; a page may be about the surveys of one. `files` wants to see
    the kinds of file. `unfiltered` is the name of a segment that was asked for and that no report is of alone, and
    `typed` the period as somebody wrote it.
    """

    metric: Metric | None = None
    period: str = DEFAULT_PERIOD
    by: Dimension | None = None
    form: FileForm | None = None
    page: Page | None = None
    files: bool = False
    unfiltered: str = field(default="", compare=False)
    typed: str = field(default="", compare=False)

    @property
    def tab(self) -> Page | None:
        """The tab that it is under; the overview is none of the pages."""
        if self.page is not None:
            return PARENTS.get(self.page, self.page)
        if self.metric is None:
            return None
        return Page.SEGMENTS if self.by else Page.TREND

    @property
    def words(self) -> str:
        """The words after /report that ask for it, short enough for a button."""
        by = f"by {self.by}" if self.by else ""
        return " ".join(filter(None, (self.page, self.metric, self.period, by, self.form, FILES * self.files)))


class ReportRequestError(ValueError):
    """Words that ask for no report, and the first `word` that does not fit, the one at `place`.

    `code` is "unknown" (and `nearest` the known word most like the `used` words there, if any is), "twice" for a second
    one of the same sort, "beside" for what the page does not know, or "against" for what is to be held against another,
    "no_day" for what is written like a day and is none.
    `instead` is the request that was likely meant, in the words `said`.
    """

    instead: ReportRequest | None = None
    said: str = ""

    def __init__(self, code: str, word: str, nearest: str = "", *, place: int = 0, used: int = 1) -> None:
        super().__init__(f"{code}: {word}")
        self.code = code
        self.word = word
        self.nearest = nearest
        self.place = place
        self.used = used


def parse_report_request(words: Sequence[str]) -> ReportRequest:
    """Reads "nps 90d", "csat quý 3 năm ngoái theo gói" or "show me churn by plan since March", with or without accents.

    A breakdown of no metric is one of the NPS, and that of the funnel one of who responded. Of a segment that is named,
    as in "nps của khách gold", it is the breakdown that has it.

    Raises:
        ReportRequestError: a word is unknown, or does not go with another.
    """
    bare = [plain for word in words if (plain := word.strip("?!.,;:“”\"'"))]
    try:
        return _parse(bare)
    except ReportRequestError as error:
        error.instead, error.said = _guess(bare, error)
        raise


def is_plain(words: Sequence[str], request: ReportRequest) -> bool:
    """Whether it was asked for in the bot's own short words, so that nobody needs to be told how it was understood."""
    return {search_key(word) for word in words} <= set(request.words.split())


def _guess(words: Sequence[str], error: ReportRequestError) -> tuple[ReportRequest | None, str]:
    """What was meant by words with a few slips, and these words without them."""
    for _ in range(MOST_MISTAKES):
        if error.code == "against":
            words = [word for word in words[: error.place] if search_key(word) not in ("so", "sanh", "compare")]
        elif error.nearest:
            words = [*words[: error.place], *error.nearest.split(), *words[error.place + error.used :]]
        else:
            break
        try:
            return _parse(words), " ".join(words)
        except ReportRequestError as another:
            error = another
    return None, ""


def _parse(words: Sequence[str]) -> ReportRequest:
    found: dict[str, str] = {}
    said: dict[str, str] = {}
    lead, place = "", 0
    while place < len(words):
        slot, value, used = _read(words, place, lead)
        phrase = " ".join(words[place : place + used])
        if slot == "against" and place and place + used < len(words):
            raise ReportRequestError("against", phrase, place=place)
        if slot == "period" and slot in found:
            value = _joined(found.pop(slot), value) or ""
            phrase = f"{said[slot]} {phrase}" if value else phrase
        if slot in found or (slot == "period" and not value):
            raise ReportRequestError("twice", phrase)
        if slot not in ("filler", "lead", "against"):
            found[slot], said[slot] = value, phrase
        lead = _lead_after(slot, value, lead)
        place += used
    return _request(found, said)


def _lead_after(slot: str, value: str, lead: str) -> str:
    """Of which sort a segment is that may be named next; empty where none may."""
    if slot == "filler":
        return lead
    return Dimension.PLAN if value == Page.SEGMENTS else value if slot in ("lead", "by", "named") else ""


def _request(found: Mapping[str, str], said: Mapping[str, str]) -> ReportRequest:
    page = found.get("page")
    by = found.get("by") or _usual_breakdown(page, found)
    metric = found.get("metric", Metric.NPS if page == Page.TREND or (by and page in (None, Page.SEGMENTS)) else None)
    _check_fit(page, found.get("metric"), said)
    if page == Page.FUNNEL and by and metric is None:
        page, metric = None, Metric.RESPONSE_RATE
    own = None if page in (None, OVERVIEW, Page.TREND, Page.SEGMENTS) else page
    return ReportRequest(
        metric=Metric(metric) if metric else None,
        period=found.get("period", DEFAULT_PERIOD),
        by=Dimension(by) if by else None,
        form=FileForm(found["form"]) if "form" in found else None,
        page=Page(own) if own else None,
        files="files" in found,
        unfiltered=said.get("named", ""),
        typed=said.get("period", ""),
    )


def _usual_breakdown(page: str | None, found: Mapping[str, str]) -> str | None:
    """That of the segment that was named, where the page knows any; segments are those of plans."""
    named = found.get("named") if page in (None, Page.SEGMENTS, *BROKEN_DOWN) else None
    return named or (Dimension.PLAN if page == Page.SEGMENTS else None)


def _check_fit(page: str | None, metric: str | None, said: Mapping[str, str]) -> None:
    """Refuses what the page would pass over in silence."""
    of_metric = page in (None, Page.SEGMENTS)
    measured = of_metric or page == Page.TREND or (page in OF_SURVEYS and metric in KINDS)
    funnel_of_all = page == Page.FUNNEL and metric is None
    for slot, known in (("by", of_metric or funnel_of_all or page in BROKEN_DOWN), ("metric", measured)):
        if slot in said and not known:
            raise ReportRequestError("beside", said[slot])


def _joined(first: str, second: str) -> str | None:
    """A period of which something else stood in between, such as "q3" and "2025"."""
    return canonical_period(f"{first} {second}") or canonical_period(f"{second} {first}")


def _read(words: Sequence[str], place: int, lead: str) -> tuple[str, str, int]:
    """What the longest phrase at `place` fills in, with which value, and how many words it takes.

    What is unknown and not like anything known is the name of a segment of the sort `lead` after a word such as
    "khách", and that of a plan before one.
    """
    rest = words[place:]
    if (known := _longest(rest)) is not None:
        return known
    if day := _no_day(rest):
        such = [word for word in words if word == day or (_DAY.fullmatch(word) and is_nowhere(word))]
        raise ReportRequestError("no_day", ", ".join(dict.fromkeys(such)), place=place)
    used = _unknown(rest)
    following = _longest(rest[used:])
    sort = lead or (following[1] if following is not None and following[0] == "lead" else "")
    dangling = search_key(rest[0]) in BY and len(rest) > 1
    wrong = rest[1:] if dangling else rest
    like = _nearest(wrong, DIMENSIONS if dangling else known_words())
    if sort and like.ratio < VERY_LIKE and not dangling:
        return "named", sort, used
    raise ReportRequestError("unknown", wrong[0], like.word, place=place + dangling, used=like.used)


def _no_day(words: Sequence[str]) -> str:
    """What is written like a day at the beginning, after "from" and the like, though no calendar has it."""
    day = next(iter(dropwhile(lambda word: search_key(word) in _BEFORE_DAYS, words)), "")
    return day if _DAY.fullmatch(day) else ""


def _longest(words: Sequence[str]) -> tuple[str, str, int] | None:
    for used in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        phrase = " ".join(words[:used])
        if (meaning := MEANINGS.get(search_key(phrase))) is not None:
            return (*meaning, used)
        if (period := canonical_period(phrase)) is not None:
            return "period", period, used
    return None


class _Like(NamedTuple):
    """A known word or phrase as it is written, how like it is, 0 to 1, and to how many words."""

    ratio: float
    used: int
    word: str


def _nearest(words: Sequence[str], known: Iterable[str]) -> _Like:
    """The known word or phrase most like the beginning of `words`; none where none is like it."""
    written = {search_key(word): word for word in known}
    phrases = [(search_key(" ".join(words[:used])), used) for used in range(1, _unknown(words) + 1)]
    likes = (
        _Like(SequenceMatcher(None, key, phrase).ratio(), used, written[key])
        for phrase, used in phrases
        for key in get_close_matches(phrase, written, n=1, cutoff=LIKE)
        if used <= len(key.split())
    )
    return max(likes, default=_Like(0.0, 1, ""))


def _unknown(words: Sequence[str]) -> int:
    """How many words at the beginning, of as many as a slip or a name may have, come before what is known again."""
    lengths = range(1, min(LONGEST_UNKNOWN, len(words)) + 1)
    return next((n for n in lengths if _longest(words[n:]) is not None), lengths[-1])
