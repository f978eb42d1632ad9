"""What detractors say that promoters do not, in their own words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.metrics.estimates import HIDDEN_UNDER
from bot.domain.metrics.keyness import KEY_Z, log_odds
from bot.domain.metrics.proportions import Share
from bot.domain.names import search_key
from bot.domain.reasons.themes import works_bare
from bot.domain.reasons.tokens import grams, read
from bot.domain.surveys import Band

LEAST_COMPARED = 40
"""Under so many reasons nothing is compared, and only quotes are shown."""
QUOTES = 2
SAME_FROM = 0.8
"""A phrase of whose answers so many also have a stronger one says nothing new."""


def _words_of(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


FUNCTION_WORDS = _words_of("""
    a ai anh ba bac bai ban bi boi cac cai cho chi chu chua chung co con cu cua cung da dang day de den deu di do duoc
    em gi hay hon khi la lai lam len luc luon ma minh moi mot nay nao ne nen neu nha nhe nhu nhung no o qua ra rang rat
    roi sau se thi theo thoi toi tren trong tu tung va van vao vay ve vi voi vua
    about after all also an and are as at be because been but by can could did do does for from get got had has have he
    her him his i if in into is it its just me more my of on one or our out she so some than that the their them then
    there they this to two up us very was we were what when which who will with would you your
""")
"""Words that carry the grammar, without accents; a phrase of nothing else is not told."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a customer gave a score, with nothing in it that tells who; `order` is a stable hash to draw quotes by."""

    run_id: int
    band: Band
    text: str
    order: int = 0


@dataclass(frozen=True, kw_only=True)
class KeyPhrase:
    """A phrase that detractors use and promoters do not, spelt as most of them do, and two who used it."""

    phrase: str
    detractors: Share
    promoters: Share
    z: float
    quotes: tuple[Reason, ...]


@dataclass
class _Use:
    """Who uses a phrase, by run, and how they spell it."""

    by: dict[int, Reason] = field(default_factory=dict)
    spelt: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Sides:
    """Who uses which phrase without accents on either side, and how many answers each has."""

    detractors: Mapping[str, _Use]
    promoters: Mapping[str, _Use]
    n: tuple[int, int]

    def shares(self, plain: str) -> tuple[Share, Share]:
        elsewhere = self.promoters.get(plain, _Use())
        return Share(len(self.detractors[plain].by), self.n[0]), Share(len(elsewhere.by), self.n[1])


def key_phrases(reasons: Sequence[Reason]) -> tuple[KeyPhrase, ...] | None:
    """What detractors say that promoters do not, the strongest first; None where there is too little to compare.

    That is under forty reasons, or when a side has under five. A phrase of fewer than five detractors is not told:
    it could be somebody's own.
    """
    theirs = [one for one in reasons if one.band is Band.DETRACTOR]
    others = [one for one in reasons if one.band is Band.PROMOTER]
    if len(reasons) < LEAST_COMPARED or min(len(theirs), len(others)) < HIDDEN_UNDER:
        return None
    sides = _Sides(_uses(theirs), _uses(others), (len(theirs), len(others)))
    return tuple(_told(sides, plain, z) for plain, z in _distinct(_ranked(sides), sides.detractors))


def _uses(reasons: Iterable[Reason]) -> dict[str, _Use]:
    found: dict[str, _Use] = {}
    for one in reasons:
        for plain, typed in grams(read(one.text)).items():
            use = found.setdefault(plain, _Use())
            use.by[one.run_id] = one
            use.spelt[typed] += 1
    return found


def _ranked(sides: _Sides) -> list[tuple[str, float]]:
    """The phrases that are told apart from chance, the strongest first, and of equals the longer."""
    often = (plain for plain, use in sides.detractors.items() if len(use.by) >= HIDDEN_UNDER and _tells(plain))
    scored = ((plain, log_odds(*sides.shares(plain))) for plain in often)
    return sorted((one for one in scored if one[1] >= KEY_Z), key=lambda one: (-one[1], -len(one[0]), one[0]))


def _tells(plain: str) -> bool:
    """Whether a phrase means something by itself: a single syllable without accents is any of a dozen words."""
    return works_bare(plain) and not FUNCTION_WORDS.issuperset(plain.split())


def _distinct(ranked: Iterable[tuple[str, float]], used: Mapping[str, _Use]) -> Iterator[tuple[str, float]]:
    """The phrases that are not said over again by a stronger one, in whose answers they mostly are."""
    told: list[frozenset[int]] = []
    for plain, z in ranked:
        runs = frozenset(used[plain].by)
        if all(len(runs & before) < SAME_FROM * len(runs) for before in told):
            told.append(runs)
            yield plain, z


def _told(sides: _Sides, plain: str, z: float) -> KeyPhrase:
    use = sides.detractors[plain]
    detractors, promoters = sides.shares(plain)
    usual = max(use.spelt, key=lambda typed: (use.spelt[typed], typed != plain, typed))
    quotes = draw_quotes(use.by.values())
    return KeyPhrase(phrase=usual, detractors=detractors, promoters=promoters, z=z, quotes=quotes)


def draw_quotes(reasons: Iterable[Reason], most: int = QUOTES) -> tuple[Reason, ...]:
    """A few that differ, drawn by their stable hash, of five or more; of fewer none, for one could be recognised."""
    several = sorted(reasons, key=lambda one: (one.order, one.run_id))
    different = {search_key(one.text): one for one in reversed(several)}
    drawn = [one for one in several if different[search_key(one.text)] is one]
    return tuple(drawn[:most]) if len(several) >= HIDDEN_UNDER else ()
