"""What staff are shown of reasons: the page of the report, the words of detractors, the quotes of a theme."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.figures import Figure, FigureUnit
from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.metrics.estimates import HIDDEN_UNDER, Estimate, shown
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.names import cut
from bot.domain.periods import Period
from bot.domain.reasons.classifier import Judge
from bot.domain.reasons.drivers import BandCounts, Driver, drivers, most_named
from bot.domain.reasons.phrases import LEAST_COMPARED, KeyPhrase, Reason, draw_quotes, key_phrases
from bot.domain.reasons.themes import Theme
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest
from bot.domain.roles import Staff
from bot.domain.surveys import Band
from bot.domain.taps import OpenReason, SetTheme, ShowPhrases, ShowTheme
from bot.domain.touchpoints import Kind

NAMED = 3
"""So many themes the caption has room for; the picture has them all."""
BUTTONS, A_ROW = 6, 2
PHRASES = 5
CAPTION_QUOTE, CAPTION_NAME, LONGEST_QUOTE = 70, 26, 160
PAGE = 5
NO_THEME = ""
METHODS = ("methods_reasons", "methods_drivers", "methods_phrases", "methods_unscored")


@dataclass(frozen=True, kw_only=True)
class Unscored:
    """What customers wrote without a score: how many, and how many of the latest that can be judged are unkind."""

    n: int
    unkind: Share
    judge: Judge

    @property
    def estimate(self) -> Estimate | None:
        return shown(proportion(self.unkind))


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What was counted in a period: answers, reasons by band, themes by band, and the reasons that name none.

    `read` are the reasons that were read for their words: all of them, or a stable sample.
    """

    kind: Kind
    answers: int
    reasons: BandCounts
    themes: Mapping[str, BandCounts]
    unnamed: int
    read: Sequence[Reason]
    unscored: Unscored

    @property
    def n(self) -> int:
        return sum(self.reasons.values())


@dataclass(frozen=True, kw_only=True)
class NamedDriver:
    """A theme as it is drawn."""

    name: str
    driver: Driver


@dataclass(frozen=True, kw_only=True)
class DriversPicture:
    """How each theme goes with the score, from the worst to the best; empty without reasons."""

    rows: Sequence[NamedDriver]


def reasons_report(
    counted: Counted,
    themes: Mapping[str, Theme],
    request: ReportRequest,
    *,
    period: Period,
    so_far: bool = False,
    language: Language,
) -> Report:
    """The page of the reasons: the themes named most, what detractors say, and how each theme goes with the score."""
    found = drivers(counted.themes, counted.reasons)
    names = {key: theme.name(language) for key, theme in themes.items()}
    facts = {
        **_facts(counted, period),
        "so_far": so_far,
        "drivers": [{**vars(one), "name": cut(names[one.key], CAPTION_NAME)} for one in most_named(found)[:NAMED]],
        "themes": len(found),
        **_words_of_detractors(counted),
        "unscored": _unscored_facts(counted.unscored),
    }
    return Report(
        message=Message("reports/reasons", language, facts, _keyboard(counted, most_named(found), names, request)),
        picture=DriversPicture(rows=[NamedDriver(name=names[one.key], driver=one) for one in found]),
        words=Message("reports/reasons", language, facts),
        period=period,
        figures=tuple(_figures(counted, found, names)),
        methods=METHODS,
    )


def _facts(counted: Counted, period: Period) -> dict[str, object]:
    given = Share(counted.n, counted.answers)
    return {
        "kind": counted.kind,
        "period": period,
        "n": counted.n,
        "given": given,
        "given_estimate": shown(proportion(given)),
        "unnamed": counted.unnamed,
        "read": len(counted.read),
        "detractors": counted.reasons.get(Band.DETRACTOR, 0),
        "least": LEAST_COMPARED,
    }


def _words_of_detractors(counted: Counted) -> dict[str, object]:
    """The strongest phrase with its quotes; before any can be told, quotes alone."""
    phrases = key_phrases(counted.read)
    return {
        "phrase": _phrase_facts(phrases[0], CAPTION_QUOTE) if phrases else None,
        "compared": phrases is not None,
        "more_phrases": max(0, len(phrases or ()) - 1),
        "quotes": [] if phrases else [cut(one.text, CAPTION_QUOTE) for one in _unhappy_first(counted.read)],
    }


def _unhappy_first(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Two quotes of detractors, or of anybody where these are too few to be quoted."""
    return draw_quotes(one for one in reasons if one.band is Band.DETRACTOR) or draw_quotes(reasons)


def _phrase_facts(phrase: KeyPhrase, longest: int) -> dict[str, object]:
    return {**vars(phrase), "quotes": [cut(one.text, longest) for one in phrase.quotes]}


def _unscored_facts(unscored: Unscored) -> dict[str, object]:
    return {
        "n": unscored.n,
        "unkind": unscored.unkind,
        "estimate": unscored.estimate,
        "learned": unscored.judge.learned is not None,
        "accuracy": unscored.judge.accuracy,
        "learned_from": unscored.judge.n,
    }


def _keyboard(counted: Counted, found: Sequence[Driver], names: Mapping[str, str], request: ReportRequest) -> Keyboard:
    """The themes named most, what is about none, and the words of detractors."""

    def theme(key: str, name: str, n: int) -> Button:
        return Button("theme", ShowTheme(counted.kind, request.period, key, 0), {"name": name, "n": n})

    buttons = [theme(one.key, names[one.key], one.named.part) for one in found[:BUTTONS]]
    if counted.unnamed:
        buttons.append(theme(NO_THEME, "", counted.unnamed))
    words = (Button("words", ShowPhrases(counted.kind, request.period)),)
    rows = (tuple(buttons[start : start + A_ROW]) for start in range(0, len(buttons), A_ROW))
    return (*rows, words)


def _figures(counted: Counted, found: Sequence[Driver], names: Mapping[str, str]) -> Iterator[Figure]:
    """Every number of the page: the shares, and of each theme how many name it and what they have to do with it."""
    share = FigureUnit.SHARE
    given = proportion(Share(counted.n, counted.answers))
    yield Figure(key="reasons_given", unit=share, n=counted.answers, estimate=given)
    for one in most_named(found):
        segment, n = names[one.key], one.named.part
        yield Figure(key="theme_named", unit=share, n=n, estimate=one.share, segment=segment)
        detractors = shown(proportion(one.detractors))
        yield Figure(key="theme_detractors", unit=share, n=n, estimate=detractors, segment=segment)
        yield Figure(
            key="theme_difference", unit=FigureUnit.APART, n=n, estimate=_gap(one), change=one.change, segment=segment
        )
    unscored = counted.unscored
    yield Figure(key="unscored_unkind", unit=share, n=unscored.unkind.whole, estimate=unscored.estimate)


def _gap(driver: Driver) -> Estimate | None:
    """The difference as the file writes a number: with the n of those who name the theme."""
    gap = driver.difference
    return Estimate(gap.value, gap.low, gap.high, driver.named.part) if gap else None


def phrases_message(reasons: Sequence[Reason], kind: Kind, period: Period, language: Language) -> Message:
    """What detractors say that promoters do not, each phrase with two quotes."""
    found = key_phrases(reasons)
    facts = {
        "kind": kind,
        "period": period,
        "n": len(reasons),
        "least": LEAST_COMPARED,
        "compared": found is not None,
        "phrases": [_phrase_facts(one, LONGEST_QUOTE) for one in (found or ())[:PHRASES]],
        "more": max(0, len(found or ()) - PHRASES),
        "quotes": [] if found else [cut(one.text, LONGEST_QUOTE) for one in _unhappy_first(reasons)],
    }
    return Message("reasons/phrases", language, facts)


def theme_message(
    reasons: Sequence[Reason], *, name: str, n: int, tap: ShowTheme, period: Period, language: Language
) -> Message:
    """A page of the quotes of a theme, each with the button that says what it is about; `name` is "" for no theme.

    Of fewer than five reasons none is quoted.
    """
    quoted = reasons if n >= HIDDEN_UNDER else ()
    first = tap.page * PAGE + 1
    facts = {
        "kind": tap.kind,
        "period": period,
        "theme": name,
        "n": n,
        "first": first,
        "quotes": [{"text": cut(one.text, LONGEST_QUOTE), "band": one.band} for one in quoted],
    }
    numbers = tuple(
        Button("about", OpenReason(one.run_id), {"number": number}) for number, one in enumerate(quoted, start=first)
    )
    before = (Button("before", replace(tap, page=tap.page - 1)),) if tap.page and quoted else ()
    after = (Button("after", replace(tap, page=tap.page + 1)),) if quoted and first + PAGE <= n else ()
    keyboard = tuple(row for row in (numbers, (*before, *after)) if row)
    return Message("reasons/theme", language, facts, keyboard)


def reason_message(text: str, run_id: int, themes: Mapping[str, Theme], about: Collection[str], by: Staff) -> Message:
    """One reason, and every theme as a button that says whether it is about it."""
    buttons = [
        Button(
            "theme",
            SetTheme(run_id, key, int(key not in about)),
            {"name": theme.name(by.language), "chosen": key in about},
        )
        for key, theme in themes.items()
    ]
    rows = tuple(tuple(buttons[start : start + A_ROW]) for start in range(0, len(buttons), A_ROW))
    return Message("reasons/reason", by.language, {"text": text}, rows)
