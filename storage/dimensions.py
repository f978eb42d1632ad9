"""The segment of each dimension as a column, to group counts by: as it was when asked, or as it is now."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal

from bot.domain.reports import EVERYBODY
from bot.domain.segments import UNKNOWN, Bands, Dimension, band_names
from storage.tables import customer, segmentation, standing

NO_TAGS = "[]"
OF_STANDING = frozenset({Dimension.VALUE, Dimension.RFM})
"""Dimensions of customers that need their standing joined."""

THEN: Mapping[Dimension, ColumnElement[Any]] = {
    Dimension.PLAN: segmentation.c.plan,
    Dimension.VALUE: segmentation.c.value,
    Dimension.CSM: segmentation.c.csm_id,
    Dimension.AGE: segmentation.c.age,
    Dimension.LOCATION: segmentation.c.location,
    Dimension.TITLE: segmentation.c.title,
    Dimension.CHANNEL: segmentation.c.channel,
    Dimension.RFM: segmentation.c.rfm,
    Dimension.TAG: cast(segmentation.c.tags, String),
}


def then(by: Dimension | None) -> ColumnElement[Any]:
    """The segment when asked, from a segmentation that may be missing; tags as `read` takes them."""
    if by is None:
        return literal(EVERYBODY).label("segment")
    return func.coalesce(THEN[by], NO_TAGS if by is Dimension.TAG else UNKNOWN).label("segment")


def now(by: Dimension | None, bands: Bands | None) -> ColumnElement[Any]:
    """A customer's present segment; ages and values need to know the `bands`."""
    if by is None:
        return literal(EVERYBODY).label("segment")
    if by in (Dimension.AGE, Dimension.VALUE):
        assert bands is not None, "where they begin is a setting"  # noqa: S101  tells the type checker
        return (_age(bands) if by is Dimension.AGE else _value(bands)).label("segment")
    columns: Mapping[Dimension, ColumnElement[Any]] = {
        Dimension.PLAN: customer.c.plan,
        Dimension.CSM: cast(customer.c.csm_id, String),
        Dimension.LOCATION: customer.c.location,
        Dimension.TITLE: customer.c.title,
        Dimension.CHANNEL: customer.c.channel,
        Dimension.RFM: standing.c.rfm,
        Dimension.TAG: cast(customer.c.tags, String),
    }
    return func.coalesce(columns[by], NO_TAGS if by is Dimension.TAG else UNKNOWN).label("segment")


def _age(bands: Bands) -> ColumnElement[Any]:
    age = bands.year - customer.c.birth_year
    return case((customer.c.birth_year.is_(None), UNKNOWN), else_=_band(age, bands.ages))


def _value(bands: Bands) -> ColumnElement[Any]:
    if not bands.values:
        return func.coalesce(cast(standing.c.value_band, String), UNKNOWN)
    foreign = standing.c.currency.is_distinct_from(bands.currency)
    return case((foreign, UNKNOWN), else_=_band(standing.c.value_minor, bands.values))


def _band(number: ColumnElement[Any], edges: Sequence[int]) -> ColumnElement[Any]:
    *below, last = band_names(edges)
    return case(*((number < edge, name) for edge, name in zip(edges, below, strict=True)), else_=last)


def read(by: Dimension | None, segment: str) -> list[str]:
    """The segments that a grouped value stands for: as many as there are tags, or the unknown one."""
    if by is not Dimension.TAG:
        return [segment]
    return json.loads(segment) or [UNKNOWN]
