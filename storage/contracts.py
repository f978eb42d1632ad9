"""Contracts: what recurs of each on a day, and at what price they were renewed."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select

from bot.domain.contracts import Renewed, Term
from storage.database import Tx
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


def list_renewals(tx: Tx, currency: str, first_day: date, after: date, *, gap_days: int) -> list[Renewed]:
    """Contracts that began on these days after another of the same customer, at most so many days after its end.

    Where one of the two has no last day there is no price for a length of time, and they are left out.
    """
    columns = (contract.c.customer_id, contract.c.starts_on, contract.c.ends_on, contract.c.price_minor)
    order = (contract.c.starts_on, contract.c.id)
    earlier = [
        func.lag(each, type_=each.type)
        .over(partition_by=contract.c.customer_id, order_by=order)
        .label(f"old_{each.name}")
        for each in columns[1:]
    ]
    ranked = select(*columns, *earlier).where(contract.c.currency == currency).subquery()
    new = and_(ranked.c.starts_on >= first_day, ranked.c.starts_on < after, ranked.c.ends_on.is_not(None))
    found = [
        Renewed(
            Term(row.customer_id, row.old_starts_on, row.old_ends_on, row.old_price_minor),
            Term(row.customer_id, row.starts_on, row.ends_on, row.price_minor),
        )
        for row in tx.execute(select(ranked).where(new, ranked.c.old_ends_on.is_not(None)))
    ]
    return [one for one in found if (one.new.starts_on - one.old.ends_on).days <= gap_days]


def list_losses(tx: Tx, customer_ids: Sequence[int]) -> list[tuple[int, datetime]]:
    """Who was lost, and when."""
    statement = select(loss.c.customer_id, loss.c.lost_at).where(loss.c.customer_id.in_(customer_ids))
    return [(row.customer_id, row.lost_at) for row in tx.execute(statement)]
