"""Everybody who was a customer at one date, by what was known then, and whether they left in the time after it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from bot.domain.metrics.estimates import HIDDEN_UNDER
from bot.domain.metrics.landmark import HORIZONS, Category, Watched
from bot.domain.metrics.opportunities import Segment
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.staff_retention import Charge
from bot.domain.metrics.survival import Spell
from bot.domain.periods import Period
from bot.domain.surveys import band
from bot.domain.touchpoints import Kind

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Present:
    """A customer at the date. `value_minor` is what they bought in the year before, in the business's currency.

    `score` is their latest NPS of the 180 days before, `was_asked` that a survey of these days is over without an
    answer; `gave_notice` that they had asked to cancel by then. `owner_id` is whose they were, where that is known.
    """

    customer_id: int
    plan: str
    location: str
    joined_at: datetime
    value_minor: int
    lost_at: datetime | None = None
    score: int | None = None
    was_asked: bool = False
    gave_notice: bool = False
    owner_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Followed:
    """Who is watched, and how many are not: they had given notice before the date, or had not been asked."""

    watched: Sequence[Watched]
    gave_notice: int
    not_asked: int


def horizon_of(period: Period) -> timedelta:
    """How long customers are followed: the longest of 90, 180 and 365 days that a period holds, at least 90."""
    days = (period.after - period.first_day).days
    return timedelta(days=max((each for each in HORIZONS if each <= days), default=HORIZONS[0]))


def follow(present: Sequence[Present], *, at: datetime, until: datetime) -> Followed:
    """By what they answered before the date, until they left or the time was over.

    Who had given notice had left already, whatever they answered.
    """
    asked, gave_notice = _asked(present), sum(one.gave_notice for one in present)
    return Followed(
        watched=[_watched(one, at=at, until=until) for one in asked],
        gave_notice=gave_notice,
        not_asked=len(present) - gave_notice - len(asked),
    )


def lost_by_category(present: Sequence[Present]) -> dict[Category, list[tuple[int, bool]]]:
    """Who is watched of each category that has anybody, and whether they left."""
    found: dict[Category, list[tuple[int, bool]]] = defaultdict(list)
    for one in _asked(present):
        found[_category(one)].append((one.customer_id, one.lost_at is not None))
    return found


def _asked(present: Sequence[Present]) -> list[Present]:
    """Those who are watched: without notice, and asked."""
    return [one for one in present if not one.gave_notice and (one.score is not None or one.was_asked)]


def _category(one: Present) -> Category:
    return Category.SILENT if one.score is None else Category(band(Kind.NPS, one.score))


def _watched(one: Present, *, at: datetime, until: datetime) -> Watched:
    return Watched(
        category=_category(one),
        spell=Spell(((one.lost_at or until) - at) / DAY, one.lost_at is not None),
        plan=one.plan,
        tenure=(at - one.joined_at) / DAY,
        value_minor=one.value_minor,
    )


def segments(present: Sequence[Present], name: Callable[[Present], str], *, every: int = 1) -> list[Segment]:
    """The customers by the name of where each belongs; of a sample with one of `every` so many, the value is of all.

    What the value of all may be off by is that of a sum over customers of whom each is met by chance: every² Σ value²,
    less what is known (Cochran, "Sampling Techniques" (1977), chapter 2).
    """
    groups: dict[str, list[Present]] = defaultdict(list)
    for one in present:
        groups[name(one)].append(one)
    return [
        Segment(
            name=key,
            lost=Share(sum(one.lost_at is not None for one in group), len(group)),
            value_minor=every * sum(values := [max(0, one.value_minor) for one in group]),
            value_error=sqrt(every * (every - 1) * sum(value**2 for value in values)),
        )
        for key, group in groups.items()
    ]


def themes_by_segment(
    present: Sequence[Present], name: Callable[[Present], str], said: Iterable[tuple[int, str]]
) -> dict[str, list[str]]:
    """What the detractors of each segment name, the most named first; `said` pairs customers with themes.

    What fewer than five of a segment name is not told of it.
    """
    segment_of = {one.customer_id: name(one) for one in present}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for customer_id, theme in said:
        if customer_id in segment_of:
            counts[segment_of[customer_id]][theme] += 1
    return {
        segment: [theme for theme, n in found.most_common() if n >= HIDDEN_UNDER] for segment, found in counts.items()
    }


def charges(present: Sequence[Present], *, at: datetime) -> list[Charge]:
    """The customers of whom it is known whose they were at the date."""
    return [
        Charge(
            owner_id=one.owner_id,
            plan=one.plan,
            tenure=(at - one.joined_at) / DAY,
            value_minor=one.value_minor,
            left=one.lost_at is not None,
        )
        for one in present
        if one.owner_id is not None
    ]
