"""What detractors say that promoters do not, in their own words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class _Sides:
    """The phrases of each detractor, without accents -> as typed; which of them use a common one; how many promoters.

    `n` is how many there are of each.
    """

    spelt: Sequence[Mapping[str, str]]
    users: Mapping[str, Sequence[int]]
    promoters: Mapping[str, int]
    n: tuple[int, int]

    def shares(self, plain: str) -> tuple[Share, Share]:
        return Share(len(self.users[plain]), self.n[0]), Share(self.promoters.get(plain, 0), self.n[1])


def key_phrases(reasons: Sequence[Reason]) -> tuple[KeyPhrase, ...] | None:
    """What detractors say that promoters do not, the strongest first; None where there is too little to compare.

    That is under forty reasons, or when a side has under five. A phrase of fewer than five detractors is not told:
    it could be somebody's own.
    """
    theirs = [one for one in reasons if one.band is Band.DETRACTOR]
    others = [one for one in reasons if one.band is Band.PROMOTER]
    if len(reasons) < LEAST_COMPARED or min(len(theirs), len(others)) < HIDDEN_UNDER:
        return None
    sides = _sides(theirs, others)
    return tuple(_told(sides, theirs, plain, z) for plain, z in _distinct(_ranked(sides), sides.users))


def _sides(theirs: Sequence[Reason], others: Sequence[Reason]) -> _Sides:
    spelt = [grams(read(one.text)) for one in theirs]
    users: dict[str, list[int]] = defaultdict(list)
    for place, phrases in enumerate(spelt):
        for plain in phrases:
            users[plain].append(place)
    often = {plain: places for plain, places in users.items() if len(places) >= HIDDEN_UNDER}
    elsewhere = Counter[str]()
    for one in others:
        elsewhere.update(grams(read(one.text)).keys() & often.keys())
    return _Sides(spelt, often, elsewhere, (len(theirs), len(others)))


def _ranked(sides: _Sides) -> list[tuple[str, float]]:
    """The phrases that are told apart from chance, the strongest first, and of equals the longer."""
    scored = ((plain, log_odds(*sides.shares(plain))) for plain in sides.users)
    telling = (one for one in scored if one[1] >= KEY_Z and _tells(one[0]))
    return sorted(telling, key=lambda one: (-one[1], -len(one[0]), one[0]))


def _tells(plain: str) -> bool:
    """Whether a phrase means something by itself: a single syllable without accents is any of a dozen words."""
    return works_bare(plain) and not FUNCTION_WORDS.issuperset(plain.split())


def _distinct(ranked: Iterable[tuple[str, float]], users: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, float]]:
    """The phrases that are not said over again by a stronger one, in whose answers they mostly are."""
    told: list[frozenset[int]] = []
    for plain, z in ranked:
        runs = frozenset(users[plain])
        if all(len(runs & before) < SAME_FROM * len(runs) for before in told):
            told.append(runs)
            yield plain, z


def _told(sides: _Sides, theirs: Sequence[Reason], plain: str, z: float) -> KeyPhrase:
    places = sides.users[plain]
    spelt = Counter(sides.spelt[place][plain] for place in places)
    usual = max(spelt, key=lambda typed: (spelt[typed], typed != plain, typed))
    detractors, promoters = sides.shares(plain)
    quotes = draw_quotes(theirs[place] for place in places)
    return KeyPhrase(phrase=usual, detractors=detractors, promoters=promoters, z=z, quotes=quotes)


def draw_quotes(reasons: Iterable[Reason], most: int = QUOTES) -> tuple[Reason, ...]:
    """A few that differ, drawn by their stable hash, of five or more; of fewer none, for one could be recognised."""
    several = sorted(reasons, key=lambda one: (one.order, one.run_id))
    drawn: dict[str, Reason] = {}
    for one in several if len(several) >= HIDDEN_UNDER else ():
        drawn.setdefault(search_key(one.text), one)
        if len(drawn) == most:
            break
    return tuple(drawn.values())
