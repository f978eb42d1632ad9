"""The segments that a customer is in at one moment: what a report can be broken down by.

They are fixed when a survey is planned and stay with it, so that history stays true when the customer moves on.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from bot.domain.local_time import local_date
from bot.domain.names import cut
from bot.domain.rules import Rules

UNKNOWN = ""
"""The segment of those of whom nobody knows where they belong."""
KEY_DIGITS = 6
LONGEST_NAME = 40


class Dimension(StrEnum):
    """What a metric can be broken down by."""

    PLAN = "plan"
    VALUE = "value"
    CSM = "csm"
    AGE = "age"
    LOCATION = "location"
    TITLE = "title"
    CHANNEL = "channel"
    RFM = "rfm"
    TAG = "tag"


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Where the bands of ages and values begin; ages are reached in `year`, values are in minor units of `currency`.

    Without edges of value, customers are put into quarters.
    """

    ages: tuple[int, ...]
    values: tuple[int, ...]
    currency: str
    year: int


def bands_of(rules: Rules, *, now: datetime) -> Bands:
    """The bands as the business has set them, at an instant."""
    year = local_date(now, rules.timezone).year
    return Bands(ages=rules.reports.ages, values=rules.reports.values, currency=rules.currency, year=year)


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """What is known of a customer that puts them into segments.

    `value_minor` is what they bought in the last 365 days, in minor units of `currency`, and `value_band` its quarter
    among all customers of that currency, from 1 for the lowest to 4; None where nothing is known.
    """

    plan: str = ""
    csm_id: int | None = None
    birth_year: int | None = None
    location: str = ""
    title: str = ""
    channel: str = ""
    tags: Sequence[str] = ()
    value_minor: int | None = None
    currency: str = ""
    value_band: int | None = None
    rfm: str = ""


@dataclass(frozen=True, kw_only=True)
class Segmentation:
    """The segment of each dimension; `UNKNOWN` where there is none. Of tags there may be several, or none."""

    plan: str = UNKNOWN
    value: str = UNKNOWN
    csm_id: str = UNKNOWN
    age: str = UNKNOWN
    location: str = UNKNOWN
    title: str = UNKNOWN
    channel: str = UNKNOWN
    rfm: str = UNKNOWN
    tags: tuple[str, ...] = ()

    @property
    def of_nobody(self) -> "Segmentation":
        """What stays of it when the person is forgotten: nothing that the business wrote of them in its own words."""
        return replace(self, location=UNKNOWN, title=UNKNOWN, channel=UNKNOWN, tags=())

    @property
    def digest(self) -> str:
        """What tells it from every other: SHA-256 of its fields in their order as a JSON list, in hex."""
        return hashlib.sha256(json.dumps(astuple(self)).encode()).hexdigest()


def segmentation_of(belonging: Belonging, bands: Bands) -> Segmentation:
    """The segments of a customer."""
    born = belonging.birth_year
    return Segmentation(
        plan=belonging.plan,
        value=_value(belonging, bands),
        csm_id=UNKNOWN if belonging.csm_id is None else str(belonging.csm_id),
        age=UNKNOWN if born is None else band_of(bands.year - born, bands.ages),
        location=belonging.location,
        title=belonging.title,
        channel=belonging.channel,
        rfm=belonging.rfm,
        tags=tuple(sorted(set(belonging.tags))),
    )


def _value(belonging: Belonging, bands: Bands) -> str:
    """By quarter unless edges are set; what is in another currency cannot be held against them."""
    if not bands.values:
        return UNKNOWN if belonging.value_band is None else str(belonging.value_band)
    if belonging.value_minor is None or belonging.currency != bands.currency:
        return UNKNOWN
    return band_of(belonging.value_minor, bands.values)


def band_of(number: int, edges: Sequence[int]) -> str:
    """The band in which a number lies; each edge begins one."""
    return band_names(edges)[bisect_right(edges, number)]


def band_names(edges: Sequence[int]) -> list[str]:
    """What the bands between ascending edges are called: (18, 25) gives "-17", "18-24", "25+"."""
    inner = [f"{low}-{high - 1}" for low, high in pairwise(edges)]
    return [f"-{edges[0] - 1}", *inner, f"{edges[-1]}+"]


@dataclass(frozen=True, kw_only=True)
class SegmentName:
    """What a segment is called: by its text, a quarter from 1, or a band by its ends, of which one may be missing.

    All are empty for those who belong to none.
    """

    text: str = ""
    quarter: int | None = None
    low: int | None = None
    high: int | None = None


def name_of(by: Dimension, segment: str, staff: Mapping[str, str]) -> SegmentName:
    """How a segment of a dimension is named; `staff` names CSMs, and who works here no more is known by number."""
    if by is Dimension.CSM and segment:
        return SegmentName(text=cut(staff.get(segment, f"#{segment}"), LONGEST_NAME))
    if not segment or by not in (Dimension.AGE, Dimension.VALUE):
        return SegmentName(text=cut(segment, LONGEST_NAME))
    if segment.isdecimal():
        return SegmentName(quarter=int(segment))
    low, _, high = segment.removesuffix("+").partition("-")
    return SegmentName(low=int(low) if low else None, high=int(high) if high else None)


def key_of(segment: str) -> str:
    """A few signs that stand for a segment on a button, where its name has no room."""
    return hashlib.sha256(segment.encode()).hexdigest()[:KEY_DIGITS]
