"""What a simulation begins with: customers as they are today, and the year behind them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from bot.domain.plans import Plan, PlanStatus
from bot.domain.rules import Rules
from bot.domain.simulation import YEAR, Life
from storage.database import Tx
from storage.due import Window
from storage.plan_dates import list_unanswered
from storage.planning import list_queued, load_contacts
from storage.plans import load_many
from storage.tables import customer, interaction, loss, purchase, success_plan, win_back

CHUNK = 1000
MOST_QUEUED = 100_000


def load_lives(tx: Tx, customer_ids: Sequence[int], *, rules: Rules, now: datetime) -> list[Life]:
    """The lives of some customers, in no certain order; whom it does not find it leaves out."""
    chunks = (customer_ids[start : start + CHUNK] for start in range(0, len(customer_ids), CHUNK))
    queued = _grouped((one.customer_id, one) for one in list_queued(tx, Window(limit=MOST_QUEUED, before=now + YEAR)))
    return [life for chunk in chunks for life in _load_chunk(tx, chunk, queued, rules=rules, now=now)]


def _load_chunk(
    tx: Tx, customer_ids: Sequence[int], queued: Mapping[int, tuple[Any, ...]], *, rules: Rules, now: datetime
) -> list[Life]:
    contacts = load_contacts(tx, customer_ids, rules=rules, now=now)
    purchases = _instants(
        tx, purchase.c.customer_id, purchase.c.purchased_at, customer_ids, purchase.c.amount_minor > 0, now=now
    )
    closed = _instants(tx, interaction.c.customer_id, interaction.c.closed_at, customer_ids, now=now)
    plans = _plans(tx, customer_ids)
    unanswered = list_unanswered(tx, [plan.plan_id for plan in plans.values()])
    asked = set(tx.execute(_ASKED.where(loss.c.customer_id.in_(customer_ids))).scalars())
    return [
        Life(
            customer_id=row.id,
            contact=contacts[row.id],
            next_nps_at=row.next_nps_at,
            birthday=(row.birth_month, row.birth_day) if row.birth_month else None,
            plan=plans.get(row.id),
            purchases=tuple({*purchases.get(row.id, ()), *filter(None, [row.last_purchase_at])}),
            closed_interactions=closed.get(row.id, ()),
            lost_at=row.lost_at,
            asked=row.id in asked,
            unanswered=unanswered.get(plans[row.id].plan_id, ()) if row.id in plans else (),
            queued=queued.get(row.id, ()),
        )
        for row in tx.execute(_PEOPLE.where(customer.c.id.in_(customer_ids)))
    ]


_PEOPLE = select(
    customer.c.id,
    customer.c.next_nps_at,
    customer.c.birth_month,
    customer.c.birth_day,
    customer.c.last_purchase_at,
    customer.c.lost_at,
)
_ASKED = select(loss.c.customer_id).join(win_back, win_back.c.loss_id == loss.c.id).where(loss.c.recovered_at.is_(None))


def _instants(
    tx: Tx,
    owner: ColumnElement[int],
    at: ColumnElement[Any],
    customer_ids: Sequence[int],
    *where: ColumnElement[bool],
    now: datetime,
) -> dict[int, tuple[datetime, ...]]:
    """When something happened to each customer in the last year."""
    statement = select(owner, at).where(owner.in_(customer_ids), at >= now - YEAR, at < now, *where)
    return _grouped((customer_id, instant) for customer_id, instant in tx.execute(statement))


def _plans(tx: Tx, customer_ids: Sequence[int]) -> dict[int, Plan]:
    active = select(success_plan.c.id).where(
        success_plan.c.customer_id.in_(customer_ids), success_plan.c.status == PlanStatus.ACTIVE
    )
    return {plan.customer_id: plan for plan in load_many(tx, list(tx.execute(active).scalars())).values()}


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, tuple[Any, ...]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for customer_id, value in pairs:
        found[customer_id].append(value)
    return {customer_id: tuple(values) for customer_id, values in found.items()}
