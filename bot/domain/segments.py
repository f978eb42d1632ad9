"""The segments that a customer is in at one moment: what a report can be broken down by.

They are fixed when a survey is planned and stay with it, so that history stays true when the customer moves on.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise

from bot.domain.rules import ReportRules

UNKNOWN = ""
"""The segment of those of whom nobody knows where they belong."""


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
    def digest(self) -> str:
        """What tells it from every other: SHA-256 of its fields in their order as a JSON list, in hex."""
        return hashlib.sha256(json.dumps(astuple(self)).encode()).hexdigest()


def segmentation_of(belonging: Belonging, rules: ReportRules, *, currency: str, year: int) -> Segmentation:
    """The segments of a customer in a year; `currency` is the one in which the edges of value are set."""
    born = belonging.birth_year
    return Segmentation(
        plan=belonging.plan,
        value=_value(belonging, rules, currency),
        csm_id=UNKNOWN if belonging.csm_id is None else str(belonging.csm_id),
        age=UNKNOWN if born is None else band_of(year - born, rules.ages),
        location=belonging.location,
        title=belonging.title,
        channel=belonging.channel,
        rfm=belonging.rfm,
        tags=tuple(sorted(set(belonging.tags))),
    )


def _value(belonging: Belonging, rules: ReportRules, currency: str) -> str:
    """By quarter unless edges are set; what is in another currency cannot be held against them."""
    if not rules.values:
        return UNKNOWN if belonging.value_band is None else str(belonging.value_band)
    if belonging.value_minor is None or belonging.currency != currency:
        return UNKNOWN
    return band_of(belonging.value_minor, rules.values)


def band_of(number: int, edges: Sequence[int]) -> str:
    """The band in which a number lies; each edge begins one."""
    return bands(edges)[bisect_right(edges, number)]


def bands(edges: Sequence[int]) -> list[str]:
    """What the bands between ascending edges are called: (18, 25) gives "-17", "18-24", "25+"."""
    inner = [f"{low}-{high - 1}" for low, high in pairwise(edges)]
    return [f"-{edges[0] - 1}", *inner, f"{edges[-1]}+"]
