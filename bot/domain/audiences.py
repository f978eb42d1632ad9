"""Audiences: some of the customers, chosen by what they have in common or by a stable sample."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.names import search_key

# Knuth's multiplicative hash: a stable order of customers that has nothing to do with who they are.
HASH_FACTOR, HASH_RANGE = 2_654_435_761, 2**32


def stable_order(customer_id: int) -> int:
    """Where a customer stands in the stable order, from 0 below `HASH_RANGE`: the same in every process."""
    return customer_id * HASH_FACTOR % HASH_RANGE


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Customers with one value of one of the `FIELDS`; a CSM is named or numbered."""

    field: str
    value: str


FIELDS = ("plan", "location", "csm", "title", "channel", "tag")


def parse_segment(text: str) -> Segment | None:
    """Reads "plan=gold"; None when it names no field or no value."""
    field, _, value = text.partition("=")
    if field.strip().casefold() not in FIELDS or not value.strip():
        return None
    return Segment(field=field.strip().casefold(), value=value.strip())


@dataclass(frozen=True)
class Value:
    """One value that customers have in a field, and what people call it."""

    value: str | int
    name: str


def matching(values: Iterable[Value], sought: str) -> list[str | int]:
    """The values that people may mean, whatever its accents and case; a number may be the value itself."""
    key = search_key(sought)
    return [one.value for one in values if key in (search_key(one.name), str(one.value))]
