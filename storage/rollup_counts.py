"""Counting a business day of a series, or some hours of one, and keeping what was counted."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import repeat
from typing import Any

from sqlalchemy import (
    BindParameter,
    Executable,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    false,
    func,
    insert,
    not_,
    select,
    true,
)

from bot.domain.calendar_units import Unit, first_of
from bot.domain.local_time import local_date
from bot.domain.reports import EVERYBODY
from bot.domain.rollups import (
    MEMBERS,
    REPEATS,
    STANDING,
    SURVEYS,
    TAKINGS,
    THEME,
    THEMES,
    UNSENT,
    Part,
    reasons_of,
    sent,
)
from bot.domain.segments import Dimension
from bot.domain.touchpoints import Kind
from storage import dimensions, membership, reason_counts, repeats, survey_funnels, takings
from storage.database import Tx, for_each_dialect
from storage.raw_reports import superseded, was_reminded
from storage.rollup_sums import SLOTS
from storage.tables import answer, rollup, rollup_change, rollup_mark, rollup_pair, segmentation, survey_run

TOLD = [dimensions.then(by).label(by) for by in Dimension]
"""The segment of each dimension; `keys` reads them."""
NOBODYS = (EVERYBODY, EVERYBODY)
SURVEYS_SENT = {sent(kind): kind for kind in SURVEYS}
REASONS = {reasons_of(kind): kind for kind in SURVEYS}


def count(tx: Tx, series: str, day: Part, *, now: datetime) -> int:
    """Count a business day anew, as much of it as is counted; returns how much there was to count."""
    forget_changes(tx, series, day.start, day.end)
    for statement in _FORGET:
        tx.execute(statement, {"series": series, "day": day.first_day})
    return add(tx, series, day, now=now)


def add(tx: Tx, series: str, day: Part, *, now: datetime) -> int:
    """Count a part of a business day that is not counted yet; returns how much there was to count."""
    if series == REPEATS:
        told = repeats.tell(tx, day)
        _save_pairs(tx, series, day, told)
        return len(told)
    if series == MEMBERS:
        return _count_members(tx, day)
    if series == UNSENT:
        return _count_unsent(tx, day)
    if series == TAKINGS:
        return _count_takings(tx, day)
    if series in REASONS:
        return _count_reasons(tx, series, day)
    told = _told(tx, series, day, now)
    _save(tx, series, day, _count_slots(told))
    if series in SURVEYS_SENT:
        _mark_next_closing(tx, series, day, now)
    return len(told)


def _count_members(tx: Tx, day: Part) -> int:
    found = membership.events(tx, day)
    if found.slots.total():
        _save(tx, MEMBERS, day, {NOBODYS: found.slots})
    _save_pairs(tx, MEMBERS, day, [(came, one) for (came, _), one in found.ended])
    return found.slots.total()


def _count_unsent(tx: Tx, day: Part) -> int:
    fates = survey_funnels.count_fates(tx, day)
    _save(tx, UNSENT, day, {(survey_funnels.FATE, fate): counts for fate, counts in fates.items()})
    return sum(counts.total() for counts in fates.values())


def _count_takings(tx: Tx, day: Part) -> int:
    found = takings.by_currency(tx, day)
    _save(tx, TAKINGS, day, {(takings.CURRENCY, currency): slots for currency, slots in found.items()})
    return sum(slots[takings.PURCHASES] for slots in found.values()) // takings.COUNTED_AT_ONCE


def _count_reasons(tx: Tx, series: str, day: Part) -> int:
    together = reason_counts.tell(tx, REASONS[series], day)
    told = {(THEMES, named): scores for named, scores in together.items()}
    told |= {(THEME, named): scores for named, scores in reason_counts.by_theme(together).items()}
    _save(tx, series, day, told)
    return sum(scores.total() for scores in together.values())


def first_after(tx: Tx, series: str, instant: datetime) -> datetime | None:
    """When something of a series happened first, then or later."""
    if series == MEMBERS:
        return membership.first_after(tx, instant)
    if series == UNSENT:
        return survey_funnels.first_planned(tx, instant)
    if series == TAKINGS:
        return takings.first_after(tx, instant)
    if series in SURVEYS_SENT:
        statement, kind = _FIRST_SENT, str(SURVEYS_SENT[series])
    else:
        statement, kind = _FIRST_ANSWERED, str(series if series in SURVEYS else REASONS.get(series, Kind.NPS))
    found: datetime | None = tx.execute(statement, {"kind": kind, "start": instant}).scalar()
    return found


def forget_changes(tx: Tx, series: str, start: datetime, end: datetime) -> None:
    """Forget what has changed of what was between two instants: it is counted as it is now."""
    for statement in _FORGET_CHANGES:
        tx.execute(statement, {"series": series, "start": start, "end": end})


def _told(tx: Tx, series: str, day: Part, now: datetime) -> list[tuple[Sequence[Any], Sequence[int]]]:
    """Of each answer or survey of a day the columns of its segmentation, and the slots in which it counts."""
    width = len(TOLD)
    within = {"start": day.start, "end": day.end, "now": now}
    if series not in SURVEYS_SENT:
        statement = _STANDING if series == STANDING else _ANSWERS
        kind = Kind.NPS if series == STANDING else series
        return [(row[:width], row[width:]) for row in tx.execute(statement, {"kind": kind} | within).all()]
    found = tx.execute(_SURVEYS, {"kind": SURVEYS_SENT[series]} | within).all()
    rows = [(row[:width], row[width:]) for row in found]
    slots = {
        steps: tuple(slot for slot, counts in enumerate(steps) if counts) for steps in {steps for _, steps in rows}
    }
    return [(columns, slots[steps]) for columns, steps in rows]


def _mark_next_closing(tx: Tx, series: str, day: Part, now: datetime) -> None:
    """From when the first open survey closes by itself, what was counted is no longer so."""
    within = {"kind": SURVEYS_SENT[series], "start": day.start, "end": day.end, "now": now}
    if (since := tx.execute(_NEXT_CLOSING, within).scalar()) is not None:
        tx.execute(insert(rollup_mark).values(series=series, at=day.start, until=day.end, since=since))


def _save(tx: Tx, series: str, day: Part, counts: Mapping[tuple[str, str], Counter[int]]) -> None:
    """Keep what was counted of a day in each slot, by dimension and segment."""
    add_slots(tx, series, {(day.first_day, *named): here for named, here in counts.items()})


def _count_slots(told: Sequence[tuple[Sequence[Any], Sequence[int]]]) -> dict[tuple[str, str], Counter[int]]:
    """By dimension and segment how many count in each slot; column by column, since most rows of a day are alike."""
    counts: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    slots = [slots for _, slots in told]
    columns = zip(*(columns for columns, _ in told), strict=True)
    for by, column in zip((None, *Dimension), (repeat(EVERYBODY, len(told)), *columns), strict=bool(told)):
        for (segment, counted), n in Counter(zip(column, slots, strict=True)).items():
            for name in dimensions.read(by, segment):
                here = counts[by or EVERYBODY, name]
                for slot in counted:
                    here[slot] += n
    return counts


def keys(columns: Sequence[Any]) -> list[tuple[str, str]]:
    """The dimensions and segments in which something counts, by the columns of its segmentation."""
    theirs = zip(Dimension, columns, strict=True)
    return [NOBODYS, *((by, segment) for by, told in theirs for segment in dimensions.read(by, told))]


def _save_pairs(tx: Tx, series: str, day: Part, began: Sequence[Sequence[Any]]) -> None:
    """`began`: when what was followed up on this day began, its slot, and the columns of its segmentation, if any."""
    counts: dict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
    instants, slots, *columns = zip(*began, strict=True) if began else ((), ())
    days = [local_date(instant, day.timezone) for instant in instants]
    months = [first_of(Unit.MONTH, first_day) for first_day in days]
    for (first_day, slot), n in Counter(zip(days, slots, strict=True)).items():
        counts[Unit.DAY, EVERYBODY, first_day, day.first_day, EVERYBODY][slot] += n
    for by, column in ((None, repeat(EVERYBODY, len(days))), *zip(Dimension, columns, strict=False)):
        for (month, segment, slot), n in Counter(zip(months, column, slots, strict=True)).items():
            for name in dimensions.read(by, segment):
                counts[Unit.MONTH, by or EVERYBODY, month, day.first_day, name][slot] += n
    _add_rows(tx, rollup_pair, series, ("unit", "dimension", "first_day", "last_day", "segment"), counts)


def add_slots(tx: Tx, series: str, counts: Mapping[tuple[date, str, str], Counter[int]]) -> None:
    """Add to what is kept in each slot, by day, dimension and segment."""
    _add_rows(tx, rollup, series, ("day", "dimension", "segment"), counts)


def _add_rows(
    tx: Tx, table: Table, series: str, names: Sequence[str], counts: Mapping[tuple[Any, ...], Counter[int]]
) -> None:
    rows = [
        {"series": series}
        | dict(zip(names, known, strict=True))
        | {name: here[slot] for slot, name in enumerate(SLOTS)}
        for known, here in counts.items()
    ]
    if rows:
        tx.execute(_ADD[table][tx.dialect.name], rows)


def _adding(table: Table, insert: Callable[[Any], Any]) -> Executable:
    statement = insert(table)
    sums = {slot: table.c[slot] + statement.excluded[slot] for slot in SLOTS}
    adding: Executable = statement.on_conflict_do_update(index_elements=[*table.primary_key.columns], set_=sums)
    return adding


def _surveys() -> Select[Any]:
    """The steps of each survey in the order of `bot.domain.reports.Funnel`."""
    answered = answer.c.run_id.is_not(None)
    closed = not_(_open)
    return (
        select(
            *TOLD,
            true(),
            answered,
            answer.c.reason.is_not(None),
            closed,
            and_(closed, answered),
            was_reminded(),
            was_reminded(answer.c.answered_at),
        )
        .select_from(survey_run)
        .outerjoin(segmentation, segmentation.c.id == survey_run.c.segmentation_id)
        .outerjoin(answer, answer.c.run_id == survey_run.c.id)
        .where(*_sent_on_day)
    )


# Built once: each is asked of every day of every series, and building took longer than answering.
_ADD = {table: for_each_dialect(partial(_adding, table)) for table in (rollup, rollup_pair)}
_start: BindParameter[datetime] = bindparam("start")
_end: BindParameter[datetime] = bindparam("end")
_kind: BindParameter[str] = bindparam("kind")
_closes_later = func.coalesce(survey_run.c.closes_at > bindparam("now"), false())
_open = and_(survey_run.c.closed_at.is_(None), _closes_later)
_sent_on_day = (survey_run.c.kind == _kind, survey_run.c.sent_at >= _start, survey_run.c.sent_at < _end)
_SURVEYS = _surveys()
_NEXT_CLOSING = select(func.min(survey_run.c.closes_at)).where(*_sent_on_day, _open)
_ANSWERS = (
    select(*TOLD, answer.c.score)
    .select_from(answer)
    .outerjoin(segmentation, segmentation.c.id == answer.c.segmentation_id)
    .where(answer.c.kind == _kind, answer.c.answered_at >= _start, answer.c.answered_at < _end)
)
_STANDING = _ANSWERS.where(~superseded())
_FIRST_SENT = select(func.min(survey_run.c.sent_at)).where(survey_run.c.sent_at >= _start)
_FIRST_ANSWERED = select(func.min(answer.c.answered_at)).where(answer.c.kind == _kind, answer.c.answered_at >= _start)


_FORGET_CHANGES = tuple(
    delete(table).where(table.c.series == bindparam("series"), table.c.at >= _start, table.c.at < _end)
    for table in (rollup_mark, rollup_change)
)
_dimensions = rollup.c.dimension.in_((EVERYBODY, survey_funnels.FATE, takings.CURRENCY, *Dimension, THEME, THEMES))
_FORGET = (
    delete(rollup).where(rollup.c.series == bindparam("series"), rollup.c.day == bindparam("day"), _dimensions),
    delete(rollup_pair).where(rollup_pair.c.series == bindparam("series"), rollup_pair.c.last_day == bindparam("day")),
)
