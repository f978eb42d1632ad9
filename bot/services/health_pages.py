"""Customers' health as staff look at it, and what staff know of it that no data say."""

from datetime import datetime

import storage.customers
import storage.health
import storage.health_lists
import storage.health_scoring
import storage.portfolio
from bot.domain import health_messages
from bot.domain.health import COMPARED_WITH
from bot.domain.health_messages import MOVERS, PAGE, Portfolio
from bot.domain.health_trend import LEAST_DAYS, SHOWN, HealthTrend, daily
from bot.domain.local_time import local_date
from bot.domain.messages import Language, Message
from bot.domain.names import cut
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from bot.domain.taps import SwitchCancellation
from storage.database import Tx
from storage.health_scoring import Occasion


def show_portfolio(tx: Tx, *, now: datetime, by: Staff) -> Message:
    """`/health`: customers by colour, and who moved most; of those who have a CSM's own customers, these first."""
    own = storage.health_lists.count_colours(tx, csm_id=by.user_id)
    csm_id = by.user_id if any(own.now.values()) else None
    movers = {
        falls: storage.health_lists.list_movers(tx, csm_id=csm_id, falls=falls, limit=MOVERS) for falls in (True, False)
    }
    found = Portfolio(
        own=own if csm_id is not None else None,
        everybody=storage.health_lists.count_colours(tx, csm_id=None),
        falls=movers[True],
        rises=movers[False],
    )
    return health_messages.portfolio_message(found, by.language)


def show_risks(tx: Tx, *, now: datetime, rules: Rules, by: Staff, page: int) -> Message:
    """`/risks`: who is red and why, a page of them."""
    total = storage.health_lists.count_risks(tx)
    page = health_messages.read_page(page, total)
    risks = storage.health_lists.list_risks(
        tx, csm_id=by.user_id, currency=rules.currency, offset=page * PAGE, limit=PAGE
    )
    return health_messages.risks_message(risks, page=page, total=total, staff_id=by.user_id, language=by.language)


def show_customer(tx: Tx, *, now: datetime, rules: Rules, customer_id: int, language: Language) -> Message:
    """`/health CUSTOMER`: the score, its parts, what moved it and since when."""
    customer = storage.customers.load(tx, customer_id)
    if customer is None:
        return Message("portfolio/nobody", language, {"command": "health", "query": ""})
    standing = storage.health.load_standings(tx, [customer_id]).get(customer_id)
    month_ago = local_date(now, rules.timezone) - COMPARED_WITH
    return health_messages.customer_message(
        customer.name,
        standing,
        storage.health.load_health_on(tx, customer_id, day=month_ago),
        customer_id=customer_id,
        cancels_since=storage.health.cancellation_since(tx, customer_id),
        language=language,
    )


def load_trend(tx: Tx, *, now: datetime, rules: Rules, customer_id: int, language: Language) -> HealthTrend | None:
    """A customer's score of the last half year as a picture; None while there is no more than one day of it."""
    customer, today = storage.customers.load(tx, customer_id), local_date(now, rules.timezone)
    points = storage.health.list_history(tx, customer_id, since=today - SHOWN)
    shown = daily(points, first=today - SHOWN, last=today)
    if customer is None or len({point.day for point in shown}) < LEAST_DAYS:
        return None
    facts = {"customer": cut(customer.name, health_messages.NAME), "first": shown[0].day, "last": today}
    return HealthTrend(
        points=shown,
        red_up_to=rules.health.red_up_to,
        yellow_up_to=rules.health.yellow_up_to,
        words=Message("health/picture", language, facts),
    )


def switch_cancellation(
    tx: Tx, *, now: datetime, rules: Rules, staff_id: int, language: Language, tap: SwitchCancellation
) -> Message:
    """Note that a customer asked to cancel, or that they stay, and score them anew; nobody needs to be told."""
    if storage.customers.load(tx, tap.customer_id) is not None:
        if tap.on:
            storage.health.note_cancellation(tx, tap.customer_id, staff_id=staff_id, now=now)
        else:
            storage.health.withdraw_cancellation(tx, tap.customer_id, now=now)
        today = Occasion(day=local_date(now, rules.timezone), at=now, alerts=False)
        storage.health_scoring.score(tx, [tap.customer_id], today, rules)
    return show_customer(tx, now=now, rules=rules, customer_id=tap.customer_id, language=language)
