"""A business to reckon with: customers who buy, renew contracts, ask for help and reach milestones over two years."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert

from storage.database import Database, Tx
from storage.tables import contract, customer, health, loss, milestone, purchase, success_plan, ticket

DAY = timedelta(days=1)
MILLION = 1_000_000


def open_shop(database: Database, n: int, *, contracts: bool = True, currency: str = "VND", seed: int = 7) -> None:
    """`n` customers of the past two years; the same number makes the same shop."""

    def add(tx: Tx, *, now: datetime) -> None:
        random = np.random.default_rng(seed)
        rows: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (customer, loss, purchase, contract, ticket, success_plan, milestone, health)
        }
        for whom in range(1, n + 1):
            _live(rows, whom, now, currency=currency, random=random, contracts=contracts)
        for table, theirs in rows.items():
            if theirs:
                tx.execute(insert(table), theirs)

    database.write_now(add)


def _live(
    rows: dict[Any, list[dict[str, Any]]],
    whom: int,
    now: datetime,
    *,
    currency: str,
    random: np.random.Generator,
    contracts: bool,
) -> None:
    joined = now - float(random.uniform(5, 700)) * DAY
    at = joined + float(random.exponential(20)) * DAY
    pace, size = random.gamma(2, 1 / 60), random.lognormal(14.5, 0.6)
    bought = list[datetime]()
    while at < now:
        bought.append(at)
        if random.random() < 0.08:
            break
        at += float(random.exponential(1 / pace)) * DAY
    gone = bought[-1] + 90 * DAY if bought and bought[-1] + 90 * DAY < now else None
    rows[customer].append(_customer(whom, joined, now, bought, gone))
    if gone is not None:
        rows[loss].append({"customer_id": whom, "lost_at": gone, "source": "silence", "reason": ""})
    rows[purchase] += [_purchase((whom, k), at, size, currency, random) for k, at in enumerate(bought)]
    if contracts:
        rows[contract] += _contracts(whom, joined, now, currency, random)
    if bought and random.random() < 0.5:
        rows[ticket].append(_ticket(whom, now, currency, random))
    rows[success_plan].append(_plan(whom, joined))
    rows[milestone] += [_milestone(whom, k, now, random) for k in range(2)]
    colour = ("red", "yellow", "green")[whom % 3]
    rows[health].append(_health(whom, now, colour, int(size), currency) | {"is_lost": gone is not None})


def _customer(
    whom: int, joined: datetime, now: datetime, bought: list[datetime], gone: datetime | None
) -> dict[str, Any]:
    return {
        "id": whom,
        "name": "Nguyễn Thị An",
        "search_name": "nguyen thi an",
        "language": "vi",
        "timezone": "Asia/Ho_Chi_Minh",
        "joined_at": joined,
        "created_at": joined,
        "last_purchase_at": bought[-1] if bought else None,
        "lost_at": gone,
    }


def _purchase(
    key: tuple[int, int], at: datetime, size: float, currency: str, random: np.random.Generator
) -> dict[str, Any]:
    whom, k = key
    amount = int(size * random.lognormal(0, 0.4)) * (-1 if k and random.random() < 0.03 else 1)
    return {
        "external_id": f"{whom}.{k}",
        "customer_id": whom,
        "purchased_at": at,
        "amount_minor": amount,
        "currency": currency,
    }


def _contracts(
    whom: int, joined: datetime, now: datetime, currency: str, random: np.random.Generator
) -> list[dict[str, Any]]:
    found, start, price = list[dict[str, Any]](), joined.date(), 12 * MILLION
    while start <= now.date() and (not found or random.random() < 0.85):
        end = start + 182 * DAY
        found.append(
            {
                "external_id": f"{whom}.{len(found)}",
                "customer_id": whom,
                "starts_on": start,
                "ends_on": end,
                "price_minor": price,
                "currency": currency,
                "renewals": len(found),
            }
        )
        start, price = end + DAY, int(price * random.choice([1, 1, 1.1]))
    return found


def _ticket(whom: int, now: datetime, currency: str, random: np.random.Generator) -> dict[str, Any]:
    opened = now - float(random.uniform(1, 120)) * DAY
    priced = random.random() < 0.9
    return {
        "external_id": f"t{whom}",
        "customer_id": whom,
        "opened_at": opened,
        "solved_at": opened + timedelta(hours=5),
        "category": "",
        "cost_minor": int(random.lognormal(12, 0.5)) if priced else None,
        "currency": currency if priced else None,
    }


def _plan(whom: int, joined: datetime) -> dict[str, Any]:
    return {
        "id": whom,
        "customer_id": whom,
        "template": "onboarding",
        "name": "Onboarding",
        "goal": "",
        "started_at": joined,
        "check_in_months": 1,
        "progress_months": 3,
    }


def _milestone(whom: int, k: int, now: datetime, random: np.random.Generator) -> dict[str, Any]:
    due = now - float(random.uniform(-20, 80)) * DAY
    done = due + float(random.normal(-2, 4)) * DAY
    return {
        "plan_id": whom,
        "position": k,
        "title": "First order",
        "due_at": due,
        "done_at": done if done < now and random.random() < 0.85 else None,
        "owner": ("customer", "company")[k],
    }


def _health(whom: int, now: datetime, colour: str, minor: int, currency: str) -> dict[str, Any]:
    return {
        "customer_id": whom,
        "day": now.date(),
        "score": 40,
        "colour": colour,
        "since": now.date(),
        "scorecard": "general",
        "version": "1",
        "parts": [],
        "value_minor": minor,
        "currency": currency,
    }
