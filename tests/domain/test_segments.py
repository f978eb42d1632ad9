"""The segments of a customer at one moment."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from bot.domain.rules import ReportRules, Rules
from bot.domain.segments import (
    Belonging,
    Dimension,
    Segmentation,
    SegmentName,
    band_names,
    band_of,
    bands_of,
    key_of,
    name_of,
    segmentation_of,
)

NEW_YEAR = datetime(2025, 12, 31, 17, tzinfo=UTC)  # in Vietnam it is 2026
AN = Belonging(
    plan="gold",
    csm_id=5_000_000_000,
    birth_year=1990,
    location="Huế",
    title="Giám đốc",
    channel="facebook",
    tags=("vip", "đại lý", "vip"),
    value_minor=7_000_000,
    currency="VND",
    value_band=4,
    rfm="champions",
)


def segments(belonging: Belonging, rules: ReportRules | None = None) -> Segmentation:
    return segmentation_of(belonging, bands_of(Rules(reports=rules or ReportRules()), now=NEW_YEAR))


def test_a_customer_is_in_one_segment_of_each_dimension_and_has_several_tags() -> None:
    assert segments(AN) == Segmentation(
        plan="gold",
        value="4",
        csm_id="5000000000",
        age="35-44",
        location="Huế",
        title="Giám đốc",
        channel="facebook",
        rfm="champions",
        tags=("vip", "đại lý"),
    )


def test_of_whom_nothing_is_known_every_segment_is_unknown() -> None:
    assert segments(Belonging()) == Segmentation()
    assert segments(Belonging(), ReportRules(values=(1,))) == Segmentation()


@pytest.mark.parametrize(
    ("born", "age"), [(2009, "-17"), (2008, "18-24"), (2002, "18-24"), (2001, "25-34"), (1971, "55+")]
)
def test_each_edge_begins_a_band_of_ages(born: int, age: str) -> None:
    assert segments(Belonging(birth_year=born)).age == age


def test_value_is_by_the_edges_that_are_set_and_never_across_currencies() -> None:
    rules = ReportRules(values=(5_000_000, 20_000_000))
    assert segments(AN, rules).value == "5000000-19999999"
    assert segments(replace(AN, currency="USD"), rules).value == ""


@given(
    number=st.integers(-100, 100), edges=st.lists(st.integers(-50, 50), min_size=1, max_size=6, unique=True).map(sorted)
)
def test_every_number_lies_in_one_band(number: int, edges: list[int]) -> None:
    assert band_names(edges).index(band_of(number, edges)) == sum(edge <= number for edge in edges)


def test_the_same_segments_have_the_same_digest_and_others_another() -> None:
    told = segments(AN)
    assert told.digest == segments(replace(AN, tags=("đại lý", "vip"))).digest
    others = [replace(AN, plan="silver"), replace(AN, tags=("vip",)), replace(AN, title="facebook", channel="Giám đốc")]
    assert len({told.digest, *(segments(one).digest for one in others)}) == 4


@pytest.mark.parametrize(
    ("by", "segment", "name"),
    [
        (Dimension.PLAN, "gold", SegmentName(text="gold")),
        (Dimension.PLAN, "", SegmentName()),
        (Dimension.CSM, "7", SegmentName(text="Hoa")),
        (Dimension.CSM, "8", SegmentName(text="#8")),
        (Dimension.CSM, "", SegmentName()),
        (Dimension.AGE, "", SegmentName()),
        (Dimension.AGE, "-17", SegmentName(high=17)),
        (Dimension.AGE, "18-24", SegmentName(low=18, high=24)),
        (Dimension.AGE, "55+", SegmentName(low=55)),
        (Dimension.VALUE, "4", SegmentName(quarter=4)),
        (Dimension.VALUE, "5000000-19999999", SegmentName(low=5_000_000, high=19_999_999)),
        (Dimension.TITLE, "18-24", SegmentName(text="18-24")),
        (Dimension.TAG, "x" * 50, SegmentName(text="x" * 39 + "…")),
    ],
)
def test_a_segment_has_a_name(by: Dimension, segment: str, name: SegmentName) -> None:
    assert name_of(by, segment, {"7": "Hoa"}) == name


def test_a_segment_of_any_length_has_a_short_key_of_its_own() -> None:
    keys = {key_of(segment) for segment in ("", "gold", "vàng", "x" * 200)}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {6}


def test_of_a_forgotten_person_only_what_fits_many_stays() -> None:
    assert segments(AN).of_nobody == Segmentation(
        plan="gold", value="4", csm_id="5000000000", age="35-44", rfm="champions"
    )
