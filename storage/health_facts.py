"""What was known of customers at an instant: one query a source for many customers, and nothing later than it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Row, RowMapping, Select, and_, case, func, or_, select, union_all

from bot.domain.health_measures import MONTH, SLICES, WEEKS, HealthFacts, LastAnswer
from bot.domain.touchpoints import Kind
from storage.database import Tx
from storage.severity import is_severe
from storage.strangers import STRANGER
from storage.tables import (
    answer,
    cancellation,
    customer,
    interaction,
    loss,
    milestone,
    purchase,
    success_plan,
    support_case,
    survey_run,
    usage_event,
)

YEAR = timedelta(days=365)
SPOKEN = ("message", "feedback", "request")
WRITTEN = ("message", "feedback")

Found = Mapping[int, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Of whom, and as of when. `silent_after`: who has not bought for so long was lost at `at`, told or not.

    `events` names the events that are use of the product (none named: all but `occasions`, which ask a survey); None is
    none at all.
    """

    ids: Sequence[int]
    at: datetime
    window: timedelta
    silent_after: timedelta | None
    events: Sequence[str] | None = ()
    occasions: Sequence[str] = ()

    def theirs(self, owner: ColumnElement[Any], at: ColumnElement[Any], *, within: timedelta) -> list[Any]:
        """The rows of these customers in the time before `at`, half-open as all windows are."""
        return [owner.in_(self.ids), at <= self.at, at > self.at - within]


def load(tx: Tx, asked: Asked) -> list[HealthFacts]:
    """The facts of those who were customers then: joined, not lost, not forgotten since."""
    if not asked.ids:
        return []
    kept = {
        "tracks_usage": tx.execute(select(purchase.c.id).limit(1)).first() is not None,
        "events_since": (events_since := _events_since(tx, asked)),
    }
    sources: list[Callable[[Tx, Asked], Found]] = [_purchases, _values, _answers, _surveys, _words]
    sources += [_milestones, _cases, _cancellations, _texts]
    sources += [_events] if events_since is not None else []
    found = [source(tx, asked) for source in sources]
    facts = [_facts(row, found, kept) for row in tx.execute(_customers(asked)).mappings()]
    return [one for one in facts if not _is_silent(one, asked)]


def _facts(row: RowMapping, found: Iterable[Found], kept: Mapping[str, Any]) -> HealthFacts:
    known = {name: value for source in found for name, value in source.get(row["customer_id"], {}).items()}
    return HealthFacts(**row, **kept, **known)


def _is_silent(one: HealthFacts, asked: Asked) -> bool:
    silent = asked.silent_after is not None and one.last_purchase_at is not None
    return silent and asked.at - one.last_purchase_at > asked.silent_after  # type: ignore[operator]


def _customers(asked: Asked) -> Select[Any]:
    """Who they are. Of a stop or a block only the present one is kept, so that an earlier one is not seen.

    When a stranger became a customer is not kept either: who is one now is taken as one of all their past.
    """
    was_lost = and_(
        loss.c.customer_id == customer.c.id,
        loss.c.lost_at <= asked.at,
        or_(loss.c.recovered_at.is_(None), loss.c.recovered_at > asked.at),
    )
    columns = (customer.c.id.label("customer_id"), customer.c.joined_at, customer.c.plan, customer.c.location)
    silenced = or_(customer.c.stopped_at <= asked.at, customer.c.unreachable_at <= asked.at)
    linked = func.coalesce(customer.c.linked_at <= asked.at, False)
    return select(
        *columns,
        STRANGER.label("is_stranger"),
        func.coalesce(silenced, False).label("silenced"),
        case((linked, customer.c.linked_at)).label("linked_at"),
    ).where(
        customer.c.id.in_(asked.ids),
        customer.c.joined_at <= asked.at,
        customer.c.forgotten_at.is_(None),
        ~select(loss.c.id).where(was_lost).exists(),
    )


def _by_customer(tx: Tx, statement: Select[Any]) -> dict[int, dict[str, Any]]:
    rows = tx.execute(statement).mappings()
    return {row["customer_id"]: {name: row[name] for name in row if name != "customer_id"} for row in rows}


def _gathered(tx: Tx, statement: Select[Any]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in tx.execute(statement):
        found.setdefault(row.customer_id, []).append(row)
    return found


def _purchases(tx: Tx, asked: Asked) -> Found:
    at, start = purchase.c.purchased_at, asked.at - asked.window
    statement = select(
        purchase.c.customer_id,
        func.count().filter(at > start).label("bought"),
        func.count().filter(at <= start, at > start - asked.window).label("bought_before"),
        _active_slices(at, asked, SLICES).label("active_slices"),
        func.max(at).label("last_purchase_at"),
    ).where(purchase.c.customer_id.in_(asked.ids), purchase.c.amount_minor > 0, at <= asked.at)
    return _by_customer(tx, statement.group_by(purchase.c.customer_id))


def _active_slices(at: ColumnElement[Any], asked: Asked, slices: int) -> ColumnElement[int]:
    """In how many of so many equal slices of the window something happened."""
    start, part = asked.at - asked.window, asked.window / slices
    bounds = [(start + place * part, start + (place + 1) * part) for place in range(slices)]
    active = [func.coalesce(func.max(case((and_(at > since, at <= until), 1))), 0) for since, until in bounds]
    return reduce(add, active)


def _events_since(tx: Tx, asked: Asked) -> datetime | None:
    """When the events that are use of the product began, once they have been kept for a month; None before."""
    if asked.events is None:
        return None
    first = select(usage_event.c.happened_at).where(_is_use(asked)).order_by(usage_event.c.happened_at).limit(1)
    since: datetime | None = tx.execute(first).scalar()
    return since if since is not None and since <= asked.at - MONTH else None


def _is_use(asked: Asked) -> ColumnElement[bool]:
    return usage_event.c.name.in_(asked.events) if asked.events else usage_event.c.name.not_in(asked.occasions)


def _events(tx: Tx, asked: Asked) -> Found:
    at, quantity, start = usage_event.c.happened_at, usage_event.c.quantity, asked.at - asked.window
    statement = select(
        usage_event.c.customer_id,
        func.coalesce(func.sum(quantity).filter(at > start), 0).label("used"),
        func.coalesce(func.sum(quantity).filter(at <= start, at > start - asked.window), 0).label("used_before"),
        _active_slices(at, asked, WEEKS).label("active_weeks"),
        func.count(case((at > start, usage_event.c.name)).distinct()).label("kinds_used"),
        func.max(at).label("last_used_at"),
    ).where(usage_event.c.customer_id.in_(asked.ids), _is_use(asked), at <= asked.at)
    return _by_customer(tx, statement.group_by(usage_event.c.customer_id))


def _values(tx: Tx, asked: Asked) -> Found:
    """What each spent in a year, in the currency in which they buy most often."""
    columns = (purchase.c.customer_id, purchase.c.currency, func.sum(purchase.c.amount_minor).label("minor"))
    statement = select(*columns).where(*asked.theirs(purchase.c.customer_id, purchase.c.purchased_at, within=YEAR))
    statement = statement.group_by(purchase.c.customer_id, purchase.c.currency).order_by(func.count())
    return {row.customer_id: {"value": (row.currency, int(row.minor))} for row in tx.execute(statement)}


def _answers(tx: Tx, asked: Asked) -> Found:
    latest = func.row_number().over(
        partition_by=(answer.c.customer_id, answer.c.kind), order_by=answer.c.answered_at.desc()
    )
    columns = (answer.c.customer_id, answer.c.kind, answer.c.score, answer.c.answered_at, latest.label("place"))
    given = select(*columns).where(*asked.theirs(answer.c.customer_id, answer.c.answered_at, within=YEAR)).subquery()
    found = _gathered(tx, select(given).where(given.c.place == 1).order_by(given.c.kind))
    return {
        customer_id: {"answers": tuple(LastAnswer(Kind(row.kind), row.score, row.answered_at) for row in rows)}
        for customer_id, rows in found.items()
    }


def _surveys(tx: Tx, asked: Asked) -> Found:
    """Surveys of a year that were sent and are over: answered, or closed without."""
    answered = answer.c.answered_at <= asked.at
    over = or_(answered, survey_run.c.closed_at <= asked.at, survey_run.c.closes_at <= asked.at)
    statement = (
        select(
            survey_run.c.customer_id,
            func.count().label("asked"),
            func.count().filter(answered).label("answered"),
        )
        .outerjoin(answer, answer.c.run_id == survey_run.c.id)
        .where(*asked.theirs(survey_run.c.customer_id, survey_run.c.sent_at, within=YEAR), over)
    )
    return _by_customer(tx, statement.group_by(survey_run.c.customer_id))


def _words(tx: Tx, asked: Asked) -> Found:
    """When each was last heard in chat: by a score, or by words."""
    scored = select(answer.c.customer_id, answer.c.answered_at.label("at")).where(
        *asked.theirs(answer.c.customer_id, answer.c.answered_at, within=YEAR)
    )
    said = select(interaction.c.customer_id, interaction.c.happened_at.label("at")).where(
        *asked.theirs(interaction.c.customer_id, interaction.c.happened_at, within=YEAR),
        interaction.c.kind.in_(SPOKEN),
    )
    heard = union_all(scored, said).subquery()
    statement = select(heard.c.customer_id, func.max(heard.c.at).label("last_word_at"))
    return _by_customer(tx, statement.group_by(heard.c.customer_id))


def _milestones(tx: Tx, asked: Asked) -> Found:
    done = milestone.c.done_at <= asked.at
    statement = (
        select(
            success_plan.c.customer_id,
            func.count().label("milestones_due"),
            func.count().filter(done).label("milestones_done"),
        )
        .join(milestone, milestone.c.plan_id == success_plan.c.id)
        .where(
            success_plan.c.customer_id.in_(asked.ids),
            success_plan.c.status != "cancelled",
            or_(milestone.c.due_at <= asked.at, done),
        )
    )
    return _by_customer(tx, statement.group_by(success_plan.c.customer_id))


def _cases(tx: Tx, asked: Asked) -> Found:
    """Open cases, those solved in the window, and whether an open one is severe."""
    resolved = support_case.c.resolved_at
    is_open = or_(resolved.is_(None), resolved > asked.at)
    solved = and_(resolved <= asked.at, resolved > asked.at - asked.window)
    severe = and_(is_open, is_severe(support_case.c.solve_escalated_at <= asked.at, at=asked.at))
    recent = or_(is_open, resolved > asked.at - 2 * asked.window)
    statement = select(
        support_case.c.customer_id,
        func.count().filter(is_open).label("open_cases"),
        func.count().filter(solved).label("solved_cases"),
        func.count().filter(severe).label("severe_cases"),
    ).where(support_case.c.customer_id.in_(asked.ids), support_case.c.opened_at <= asked.at, recent)
    return {
        row.customer_id: {
            "had_cases": True,
            "open_cases": row.open_cases,
            "solved_cases": row.solved_cases,
            "severe_case": row.severe_cases > 0,
        }
        for row in tx.execute(statement.group_by(support_case.c.customer_id))
    }


def _cancellations(tx: Tx, asked: Asked) -> Found:
    still = or_(cancellation.c.withdrawn_at.is_(None), cancellation.c.withdrawn_at > asked.at)
    statement = select(cancellation.c.customer_id).where(
        cancellation.c.customer_id.in_(asked.ids), cancellation.c.asked_at <= asked.at, still
    )
    return {customer_id: {"cancels": True} for customer_id in tx.execute(statement).scalars()}


def _texts(tx: Tx, asked: Asked) -> Found:
    """What each wrote in the window: reasons for scores, messages and feedback."""
    reasons = select(answer.c.customer_id, answer.c.reason.label("body")).where(
        *asked.theirs(answer.c.customer_id, answer.c.reason_at, within=asked.window), answer.c.reason != ""
    )
    written = select(interaction.c.customer_id, interaction.c.body).where(
        *asked.theirs(interaction.c.customer_id, interaction.c.happened_at, within=asked.window),
        interaction.c.kind.in_(WRITTEN),
        interaction.c.body != "",
    )
    found: dict[int, list[str]] = {}
    for statement in (reasons, written):
        for row in tx.execute(statement):
            found.setdefault(row.customer_id, []).append(row.body)
    return {customer_id: {"texts": tuple(texts)} for customer_id, texts in found.items()}
