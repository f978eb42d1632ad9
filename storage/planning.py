"""What the planners of surveys and birthdays look for, and how they note that it is planned."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.domain import greetings
from bot.domain.audiences import HASH_FACTOR, HASH_RANGE
from bot.domain.birthdays import dedupe_key
from bot.domain.contact import UNSETTLED_FOR, Rule
from bot.domain.planning import Candidate, Contact
from bot.domain.rules import Rules
from bot.domain.touchpoints import OUTSIDE_CLOCKS, POLICIES, Kind
from storage import preferences
from storage.database import Tx
from storage.due import REACHABLE, Agenda, Due, Window, select_due
from storage.outbox import load_sent
from storage.severity import is_unsettled
from storage.strangers import STRANGER
from storage.tables import answer, customer, inbox, interaction, milestone, outbox, rate, success_plan, survey_run
from storage.wave_members import asked_by_wave

BY_CALENDAR = "calendar"
SERVICE_KINDS = [kind for kind in Kind if POLICIES[kind].group in OUTSIDE_CLOCKS]


def list_nps(tx: Tx, window: Window) -> list[Due]:
    """Customers whose NPS by calendar is due, in a stable order that has nothing to do with who they are.

    Who waits to be asked by a wave is left to it; once they are asked, the clock of the kind counts. Nobody is asked
    about a relationship that is not there: a stranger is due once there is one.
    """
    return (_NEXT_NPS if window.after else _NPS).list(tx, window)


_nps = select_due(customer.c.id, customer.c.next_nps_at).where(REACHABLE, ~STRANGER, ~asked_by_wave(Kind.NPS))
_NPS = Agenda(_nps, customer.c.next_nps_at, order=customer.c.id * HASH_FACTOR % HASH_RANGE)
_NEXT_NPS = Agenda(_nps, customer.c.next_nps_at)


def count_by_calendar(tx: Tx, kind: Kind, *, since: datetime) -> int:
    """How many runs of a kind the calendar has planned since an instant."""
    statement = select(func.count()).where(
        survey_run.c.kind == kind, survey_run.c.trigger == BY_CALENDAR, survey_run.c.planned_at >= since
    )
    return int(tx.execute(statement).scalar_one())


def move_nps(tx: Tx, due: Due, *, until: datetime) -> bool:
    """Set when a customer's next NPS is due; False when another planner was first."""
    return _moved(
        tx,
        update(customer).where(customer.c.id == due.row_id, customer.c.next_nps_at == due.at),
        next_nps_at=until,
    )


def list_closed_interactions(tx: Tx, window: Window) -> list[Due]:
    """Interactions that were closed and not asked about (CES)."""
    return _CLOSED_INTERACTIONS.list(tx, window)


_CLOSED_INTERACTIONS = Agenda(
    select_due(interaction.c.id, interaction.c.closed_at)
    .join(interaction, interaction.c.customer_id == customer.c.id)
    .where(interaction.c.ces_planned_at.is_(None)),
    interaction.c.closed_at,
)


def mark_interaction_asked(tx: Tx, interaction_id: int, *, now: datetime) -> bool:
    """Note that a closed interaction needs no more planning; False when another planner was first."""
    statement = update(interaction).where(interaction.c.id == interaction_id, interaction.c.ces_planned_at.is_(None))
    return _moved(tx, statement, ces_planned_at=now)


def list_done_milestones(tx: Tx, window: Window) -> list[Due]:
    """Milestones that were reached and not asked about (CSAT); the subject is the milestone."""
    return _DONE_MILESTONES.list(tx, window)


_DONE_MILESTONES = Agenda(
    select_due(milestone.c.id, milestone.c.done_at, milestone.c.title)
    .join(success_plan, success_plan.c.customer_id == customer.c.id)
    .join(milestone, milestone.c.plan_id == success_plan.c.id)
    .where(milestone.c.csat_planned_at.is_(None)),
    milestone.c.done_at,
)


def mark_milestone_asked(tx: Tx, milestone_id: int, *, now: datetime) -> bool:
    """Note that a milestone reached needs no more planning; False when another planner was first."""
    statement = update(milestone).where(milestone.c.id == milestone_id, milestone.c.csat_planned_at.is_(None))
    return _moved(tx, statement, csat_planned_at=now)


def list_reminders(tx: Tx, window: Window) -> list[Due]:
    """Open survey runs whose reminder's time comes and who have no answer; the subject is the survey's kind."""
    return _REMINDERS.list(tx, window)


def list_closings(tx: Tx, window: Window) -> list[Due]:
    """Open survey runs whose end comes; the subject is the survey's kind."""
    return _CLOSINGS.list(tx, window)


def _of_runs(at: ColumnElement[Any], *where: ColumnElement[bool]) -> Agenda:
    statement = select_due(survey_run.c.id, at, survey_run.c.kind)
    statement = statement.join(survey_run, survey_run.c.customer_id == customer.c.id)
    statement = statement.outerjoin(answer, answer.c.run_id == survey_run.c.id)
    return Agenda(statement.where(survey_run.c.closed_at.is_(None), *where), at)


_REMINDERS = _of_runs(survey_run.c.remind_at, answer.c.run_id.is_(None))
_CLOSINGS = _of_runs(survey_run.c.closes_at)


def mark_reminded(tx: Tx, run_id: int) -> None:
    """Note that a run's one reminder is planned."""
    tx.execute(update(survey_run).where(survey_run.c.id == run_id).values(remind_at=None))


def _moved(tx: Tx, statement: Any, **values: Any) -> bool:  # noqa: ANN401  an UPDATE and columns of its row
    return tx.execute(statement.values(**values).returning(literal(1))).first() is not None


def list_zones_of(tx: Tx, born: Collection[tuple[int, int]], *, customer_id: int | None = None) -> list[str]:
    """The time zones of customers with one of these (month, day) of birth."""
    statement = select(customer.c.timezone).where(REACHABLE, _born(born))
    if customer_id is not None:
        statement = statement.where(customer.c.id == customer_id)
    return list(tx.execute(statement.distinct().order_by(customer.c.timezone)).scalars())


def list_ungreeted(
    tx: Tx, *, born: Collection[tuple[int, int]], timezone: str, day: date, limit: int, customer_id: int | None = None
) -> list[int]:
    """Customers in a zone with one of these (month, day) of birth, who have no greeting for that date yet."""
    before, after = dedupe_key(0, day).split("0", 1)
    key = literal(before) + cast(customer.c.id, String) + literal(after)
    greeted = select(outbox.c.id).where(outbox.c.dedupe_key == key).exists()
    statement = select(customer.c.id).where(REACHABLE, _born(born), customer.c.timezone == timezone, ~greeted)
    if customer_id is not None:
        statement = statement.where(customer.c.id == customer_id)
    return list(tx.execute(statement.order_by(customer.c.id).limit(limit)).scalars())


def _born(born: Collection[tuple[int, int]]) -> ColumnElement[bool]:
    return or_(
        false(),
        *(and_(customer.c.birth_month == month, customer.c.birth_day == day) for month, day in sorted(born)),
    )


def list_births(tx: Tx, customer_id: int) -> list[tuple[int, int]]:
    """The month and day of a customer's birth, if they are known."""
    statement = select(customer.c.birth_month, customer.c.birth_day).where(
        customer.c.id == customer_id, customer.c.birth_month.is_not(None)
    )
    return [(row.birth_month, row.birth_day) for row in tx.execute(statement)]


def any_birthday(tx: Tx) -> bool:
    """Whether anybody who can be reached has told a birthday."""
    statement = select(customer.c.id).where(REACHABLE, customer.c.birth_month.is_not(None)).limit(1)
    return tx.execute(statement).first() is not None


def list_queued(tx: Tx, window: Window) -> list[Candidate]:
    """What waits in the outbox for customers, outside the service messages, with the rule that holds it."""
    columns = (outbox.c.customer_id, outbox.c.kind, outbox.c.due_at, outbox.c.expires_at, outbox.c.hold_rule)
    statement = (
        select(*columns, outbox.c.facts, survey_run.c.trigger)
        .outerjoin(survey_run, survey_run.c.id == outbox.c.run_id)
        .where(outbox.c.status == "pending", outbox.c.due_at <= window.before, outbox.c.customer_id.is_not(None))
        .where(outbox.c.kind.not_in(SERVICE_KINDS))
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(window.limit)
    )
    if window.customer_id is not None:
        statement = statement.where(outbox.c.customer_id == window.customer_id)
    return [
        Candidate(
            customer_id=row.customer_id,
            kind=Kind(row.kind),
            due_at=row.due_at,
            expires_at=row.expires_at,
            held_by=Rule(row.hold_rule) if row.hold_rule else None,
            cause=row.trigger or "",
            subject=_subject(row.facts),
        )
        for row in tx.execute(statement)
    ]


def _subject(facts: Mapping[str, object]) -> str:
    """What a message is about: the subject of a survey, a milestone's title, a plan's name, a greeting's key."""
    found = (facts.get(name) for name in ("subject", "title", "plan", "greeting"))
    return next((str(one) for one in found if one), "")


def load_contacts(
    tx: Tx, customer_ids: Sequence[int], *, rules: Rules, now: datetime, until: datetime | None = None
) -> dict[int, Contact]:
    """Customers as the contact policy sees them, with their greetings until then, or of the next weeks."""
    if not customer_ids:
        return {}
    sent = load_sent(tx, customer_ids, now=now)
    statement = select(
        customer.c.id,
        customer.c.name,
        customer.c.timezone,
        customer.c.chat_id,
        customer.c.stopped_at,
        customer.c.unreachable_at,
        customer.c.lost_at,
        customer.c.birth_month,
        customer.c.birth_day,
        is_unsettled(customer.c.id).label("unsettled"),
        *preferences.COLUMNS,
    ).where(customer.c.id.in_(customer_ids))
    return {
        row.id: Contact(
            name=row.name,
            timezone=row.timezone,
            linked=row.chat_id is not None,
            stopped=row.stopped_at is not None,
            unreachable=row.unreachable_at is not None,
            lost=row.lost_at is not None,
            sent=sent.get(row.id, ()),
            greetings=greetings.instants(
                (row.birth_month, row.birth_day) if row.birth_month else None, row.timezone, rules, now=now, until=until
            ),
            unsettled_until=now + UNSETTLED_FOR if row.unsettled else None,
            preferences=preferences.read(row),
        )
        for row in tx.execute(statement)
    }


def list_delivery_instants(tx: Tx, *, now: datetime) -> list[datetime]:
    """The next instants after `now` at which sending or handling updates goes on by itself."""
    found = tx.execute(_DELIVERY_INSTANTS, {"now": now}).one()
    return [instant for instant in found if instant is not None]


_now: BindParameter[datetime] = bindparam("now", type_=outbox.c.due_at.type)
_overdue = select(outbox.c.id).where(outbox.c.status == "pending", outbox.c.due_at <= _now).exists()
_DELIVERY_INSTANTS = select(
    *(
        statement.scalar_subquery()
        for statement in (
            select(func.min(outbox.c.due_at)).where(outbox.c.status == "pending", outbox.c.due_at > _now),
            select(func.min(outbox.c.lease_until)).where(outbox.c.status == "sending", outbox.c.lease_until > _now),
            select(func.min(rate.c.arrival_at)).where(rate.c.arrival_at > _now, _overdue),
            select(func.min(rate.c.paused_until)).where(rate.c.paused_until > _now, _overdue),
            select(func.min(inbox.c.next_at)).where(inbox.c.next_at > _now),
        )
    )
)
