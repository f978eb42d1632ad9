"""The segments of a customer at one moment."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rules import ReportRules
from bot.domain.segments import Belonging, Segmentation, band_of, bands, segmentation_of

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
    return segmentation_of(belonging, rules or ReportRules(), currency="VND", year=2026)


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
    assert bands(edges).index(band_of(number, edges)) == sum(edge <= number for edge in edges)


def test_the_same_segments_have_the_same_digest_and_others_another() -> None:
    told = segments(AN)
    assert told.digest == segments(replace(AN, tags=("đại lý", "vip"))).digest
    others = [replace(AN, plan="silver"), replace(AN, tags=("vip",)), replace(AN, title="facebook", channel="Giám đốc")]
    assert len({told.digest, *(segments(one).digest for one in others)}) == 4
