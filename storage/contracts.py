"""Contracts: what recurs of each on a day, and at what price they were renewed."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select, tuple_

from bot.domain.contracts import Renewed, Term
from storage.database import Tx
from storage.draws import ALL, Draw, draw
from storage.money import Ledger
from storage.tables import contract, loss


def any_contract(tx: Tx, currency: str) -> bool:
    """Whether the business has contracts in this currency."""
    return tx.execute(select(contract.c.id).where(contract.c.currency == currency).limit(1)).first() is not None


def list_terms(tx: Tx, ledger: Ledger, days: Sequence[date]) -> list[Term]:
    """Contracts of the customers who are looked at that run on any of the days, of those that have a last day."""
    runs = or_(*(and_(contract.c.starts_on <= day, contract.c.ends_on >= day) for day in days))
    columns = (contract.c.customer_id, contract.c.starts_on, contract.c.ends_on, contract.c.price_minor)
    own = ledger.of(contract.c.customer_id, contract.c.currency)
    statement = select(*columns).where(*own, runs).order_by(contract.c.id)
    return [Term(row.customer_id, row.starts_on, row.ends_on, row.price_minor) for row in tx.execute(statement)]


def count_endless(tx: Tx, currency: str, day: date) -> int:
    """Contracts that run on a day and have no last day: what a month of them is worth is not known."""
    endless = and_(contract.c.starts_on <= day, contract.c.ends_on.is_(None), contract.c.currency == currency)
    return int(tx.execute(select(func.count()).select_from(contract).where(endless)).scalar_one())


def draw_contracts(tx: Tx, *, most: int) -> Draw:
    """Which contracts are looked at one by one, where there are many."""
    return draw(tx, most=most, of=contract.c.id)


def list_renewals(
    tx: Tx, currency: str, first_day: date, after: date, *, gap_days: int, of: Draw = ALL
) -> list[Renewed]:
    """Contracts that began on these days after another of the same customer, at most so many days after its end.

    Where one of the two has no last day there is no price for a length of time, and they are left out.
    """
    old, earlier = contract.alias("old"), contract.alias("earlier")
    order = (earlier.c.starts_on, earlier.c.id)
    before = (
        select(earlier.c.id)
        .where(earlier.c.customer_id == contract.c.customer_id, earlier.c.currency == currency)
        .where(tuple_(*order) < tuple_(contract.c.starts_on, contract.c.id))
        .order_by(*(each.desc() for each in order))
        .limit(1)
    )
    new = (contract.c.starts_on >= first_day, contract.c.starts_on < after, contract.c.ends_on.is_not(None))
    names = ("customer_id", "starts_on", "ends_on", "price_minor")
    statement = (
        select(*(side.c[name].label(f"{side.name}_{name}") for side in (old, contract) for name in names))
        .select_from(contract.join(old, old.c.id == before.scalar_subquery()))
        .where(contract.c.currency == currency, *new, old.c.ends_on.is_not(None))
        .where(*of.which(contract.c.id))
    )
    found = [Renewed(Term(*row[:4]), Term(*row[4:])) for row in tx.execute(statement)]
    return [one for one in found if (one.new.starts_on - one.old.ends_on).days <= gap_days]


def list_losses(tx: Tx, customer_ids: Sequence[int]) -> list[tuple[int, datetime]]:
    """Who was lost, and when."""
    statement = select(loss.c.customer_id, loss.c.lost_at).where(loss.c.customer_id.in_(customer_ids))
    return [(row.customer_id, row.lost_at) for row in tx.execute(statement)]
