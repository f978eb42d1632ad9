"""The segments that customers are in: kept once for all who are in the same ones, and named by surveys and answers."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, or_, select, union, update

from bot.domain.rules import Rules
from bot.domain.segments import Bands, Belonging, Dimension, Segmentation, bands_of, segmentation_of
from storage import dimensions
from storage.database import Tx, insert_for
from storage.tables import answer, customer, segmentation, standing, survey_run

AT_ONCE = 5_000
"""Customers who are asked for in one query."""
SEGMENTED = (survey_run, answer)
TEXTS = ("plan", "value", "csm_id", "age", "location", "title", "channel", "rfm")
"""The columns of a segmentation with one segment each."""

_ASKED = customer.c.id.in_(bindparam("ids", expanding=True))
_BELONGING = (
    select(
        customer.c.id,
        customer.c.plan,
        customer.c.csm_id,
        customer.c.birth_year,
        customer.c.location,
        customer.c.title,
        customer.c.channel,
        customer.c.tags,
        standing.c.value_minor,
        standing.c.currency,
        standing.c.value_band,
        standing.c.rfm,
    )
    .outerjoin(standing, standing.c.customer_id == customer.c.id)
    .where(_ASKED)
)
_IDS = select(segmentation.c.digest, segmentation.c.id).where(
    segmentation.c.digest.in_(bindparam("digests", expanding=True))
)


def of_dimension(tx: Tx, customer_ids: Collection[int], by: Dimension, bands: Bands) -> dict[int, list[str]]:
    """The segments of one dimension that customers are in now: as many as each has tags, of all others one."""
    statement = _in_dimension(by, bands)
    rows = (row for some in _some(customer_ids) for row in tx.execute(statement, {"ids": some}))
    return {customer_id: sorted(set(dimensions.read(by, segment))) for customer_id, segment in rows}


def _in_dimension(by: Dimension, bands: Bands) -> Select[Any]:
    statement = select(customer.c.id, dimensions.now(by, bands)).where(_ASKED)
    theirs = standing.c.customer_id == customer.c.id
    return statement.outerjoin(standing, theirs) if by in dimensions.OF_STANDING else statement


def _of_customers(tx: Tx, customer_ids: Collection[int], bands: Bands) -> dict[int, Segmentation]:
    """The segments that customers are in now."""
    found = (_load_belonging(tx, some) for some in _some(customer_ids))
    return {customer_id: segmentation_of(one, bands) for known in found for customer_id, one in known.items()}


def _some(customer_ids: Collection[int]) -> Iterator[list[int]]:
    rest = iter(customer_ids)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def present(tx: Tx, customer_ids: Collection[int], *, rules: Rules, now: datetime) -> dict[int, int]:
    """The segmentation that each customer is in now, by the customer; kept if nobody was in it before."""
    known = _of_customers(tx, customer_ids, bands_of(rules, now=now))
    ids = keep(tx, set(known.values()))
    return {customer_id: ids[one] for customer_id, one in known.items()}


def _load_belonging(tx: Tx, customer_ids: Collection[int]) -> dict[int, Belonging]:
    return {
        row.id: Belonging(
            plan=row.plan,
            csm_id=row.csm_id,
            birth_year=row.birth_year,
            location=row.location,
            title=row.title,
            channel=row.channel,
            tags=row.tags or (),
            value_minor=row.value_minor,
            currency=row.currency or "",
            value_band=row.value_band,
            rfm=row.rfm or "",
        )
        for row in tx.execute(_BELONGING, {"ids": list(customer_ids)})
    }


def keep(tx: Tx, wanted: Collection[Segmentation]) -> Mapping[Segmentation, int]:
    """The id of each segmentation; one that is new is added."""
    by_digest = {one.digest: one for one in wanted}
    found = _list_ids(tx, by_digest)
    if missing := by_digest.keys() - found.keys():
        rows = [{"digest": digest, **asdict(by_digest[digest])} for digest in sorted(missing)]
        # Another replica may add the same one at this moment: whoever is second finds it.
        tx.execute(insert_for(tx)(segmentation).on_conflict_do_nothing(index_elements=["digest"]), rows)
        found |= _list_ids(tx, missing)
    return {one: found[digest] for digest, one in by_digest.items()}


def forget(tx: Tx, customer_id: int) -> None:
    """Take out of a customer's segmentations what may tell who they were; what nobody else was in goes altogether."""
    theirs = [select(table.c.segmentation_id).where(table.c.customer_id == customer_id) for table in SEGMENTED]
    found = tx.execute(select(segmentation).where(segmentation.c.id.in_(union(*theirs)))).all()
    before = {row.id: _segmentation(row) for row in found}
    after = keep(tx, {one.of_nobody for one in before.values()})
    moved = {row_id: after[one.of_nobody] for row_id, one in before.items() if one != one.of_nobody}
    for row_id, new_id in moved.items():
        for table in SEGMENTED:
            mine = (table.c.customer_id == customer_id, table.c.segmentation_id == row_id)
            tx.execute(update(table).where(*mine).values(segmentation_id=new_id))
    used = [exists().where(table.c.segmentation_id == segmentation.c.id) for table in SEGMENTED]
    tx.execute(delete(segmentation).where(segmentation.c.id.in_(moved), ~or_(*used)))


def _segmentation(row: Any) -> Segmentation:  # noqa: ANN401  a database row
    texts = {name: getattr(row, name) for name in TEXTS}
    return Segmentation(**texts, tags=tuple(row.tags))


def _list_ids(tx: Tx, digests: Collection[str]) -> dict[str, int]:
    return {row.digest: row.id for row in tx.execute(_IDS, {"digests": list(digests)})}
