"""Three years of a large business, put into a migrated database in bulk: a million customers, ten million answers.

Nobody is asked by the program here: rows are written as it would have left them, with indexes built at the end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, insert, text

from bot.domain.metrics.rfm import Segment
from bot.domain.rules import ReportRules
from bot.domain.segments import Segmentation, band_names
from storage.columns import UtcDateTime
from storage.database import connect
from storage.migrate import migrate
from storage.tables import (
    answer,
    customer,
    health,
    loss,
    outbox,
    purchase,
    reason_theme,
    segmentation,
    standing,
    standing_round,
    support_case,
    survey_run,
)
from tests.bench import fates

NOW = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
"""A Friday at noon in Vietnam: the day is half over."""
ZONE = "Asia/Ho_Chi_Minh"
CUSTOMERS = 1_000_000
YEARS = 3
SEGMENTATIONS = 200_000
AT_ONCE = 50_000
SURVEYS_AT_ONCE = 500_000
ANSWERED = 0.8
"""High, so that ten million answers do not need twenty-five million surveys."""
NPS_EVERY = 105.0  # days; asked at a random moment of the first two thirds of each stretch
OTHERS_EACH = 4.6  # CES and CSAT surveys a customer
DAY = 86_400

FILLED: tuple[Table, ...] = (customer, segmentation, standing, health, purchase, loss, support_case)
FILLED += (survey_run, answer, outbox, reason_theme)

Array = np.ndarray[Any, Any]
Values = dict[str, Any]
Columns = Mapping[str, Array | str | int | None]

COUNTED_HEALTH = (
    (
        "UPDATE health SET is_lost = true, day = '2026-01-01' WHERE EXISTS"
        " (SELECT 1 FROM customer WHERE id = health.customer_id AND lost_at IS NOT NULL)"
    ),
    "INSERT INTO health_day SELECT max(day), 'complete' FROM health",
    (
        "INSERT INTO health_count SELECT day, colour, colour_before, score, count(*) FROM health WHERE NOT is_lost"
        " GROUP BY 1, 2, 3, 4"
    ),
    (
        "INSERT INTO revenue_at_risk SELECT day, currency, count(*), sum(value_minor),"
        " sum(CAST(value_minor AS FLOAT) * value_minor) FROM health WHERE colour = 'red' AND NOT is_lost GROUP BY 1, 2"
    ),
)
"""What scoring everybody would have counted; who is lost was scored for the last time on a day before."""


@dataclass(frozen=True)
class Years:
    """How much there is of what."""

    customers: int
    surveys: int
    answers: int


def fill(url: str, customers: int = CUSTOMERS) -> Years:
    """Make an empty database one of three years; the same one at every call."""
    chance = np.random.default_rng(20261127)
    migrate(url)
    with connect(url) as connection:
        _make_fast(connection)
        indexes = [index for table in FILLED for index in table.indexes]
        for index in indexes:
            index.drop(connection)
        joined = _add_customers(connection, chance, customers)
        surveys, answers = _add_surveys(connection, chance, joined)
        add_fates(connection, chance)
        for index in indexes:
            index.create(connection)
        connection.commit()
    with connect(url) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return Years(customers, surveys, answers)


def add_fates(connection: Connection, chance: np.random.Generator) -> None:
    """What the reasons are about, surveys that were never sent, and reminders of the last two months."""
    end = int(NOW.timestamp())
    fates.add_themes(connection)
    fates.add_unsent(connection, chance, _load, start=end - YEARS * 365 * DAY, end=end)
    fates.add_reminders(connection, since=NOW - timedelta(days=60))


def _make_fast(connection: Connection) -> None:
    """What keeps rows from being lost or wrong is of no use here."""
    if connection.dialect.name == "sqlite":
        connection.rollback()
        driver = connection.connection.driver_connection
        assert driver is not None
        for setting in ("foreign_keys = OFF", "synchronous = OFF", "journal_mode = OFF", "cache_size = -500000"):
            driver.execute(f"PRAGMA {setting}")
    else:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("SET maintenance_work_mem = '512MB'"))


def _add_customers(connection: Connection, chance: np.random.Generator, count: int) -> Array:
    """Half of them were there when the three years began; returns when each joined, in seconds since 1970."""
    end = int(NOW.timestamp())
    start = end - YEARS * 365 * DAY
    numbers = np.arange(1, count + 1)
    joined = np.where(chance.random(count) < 0.5, start - 1, chance.integers(start, end, count))
    bought = joined + (chance.random(count) * (end - joined)).astype(np.int64)
    never = chance.random(count) < 0.1
    plans, csms = chance.integers(0, 4, count), chance.integers(1, 21, count)
    _load(
        connection,
        customer,
        {
            "id": numbers,
            "external_id": _named("C", numbers),
            "name": _named("Khách ", numbers),
            "search_name": _named("khach ", numbers),
            "salutation": "chị",
            "language": "vi",
            "timezone": ZONE,
            "plan": _named("plan ", plans),
            "location": _named("city ", chance.integers(0, 34, count)),
            "csm_id": csms,
            "birth_year": chance.integers(1955, 2005, count),
            "birth_month": chance.integers(1, 13, count),
            "birth_day": chance.integers(1, 29, count),
            "joined_at": joined,
            "created_at": joined,
            "chat_id": numbers + 5_000_000_000,
            "linked_at": joined,
            "last_purchase_at": _some(bought, ~never),
            "lost_at": _add_losses(connection, chance, joined, end),
            "next_nps_at": end + chance.integers(0, 100 * DAY, count),
        },
    )
    _add_belongings(connection, chance, count)
    _add_purchases(connection, chance, bought[~never], numbers[~never])
    _add_cases(connection, chance, count, end)
    return joined


def _add_belongings(connection: Connection, chance: np.random.Generator, count: int) -> None:
    kinds = [_segmentation(int(chance.integers(0, 2**31))) for _ in range(min(SEGMENTATIONS, count))]
    kept = {one.digest: one for one in kinds}
    rows = [{"digest": digest, **vars(one), "tags": list(one.tags)} for digest, one in kept.items()]
    connection.execute(insert(segmentation), rows)
    numbers, today = np.arange(1, count + 1), NOW.date().isoformat()
    worth = chance.integers(0, 50_000_000, count)
    bands = 1 + worth * 4 // 50_000_000
    rfm = np.array([*Segment])[chance.integers(0, len(Segment), count)]
    value: Values = {"customer_id": numbers, "day": today, "value_minor": worth, "currency": "VND"}
    seen: Values = {"last_on": today, "sales": 2}
    _load(connection, standing, {**value, **seen, "value_band": bands, "rfm": rfm})
    score = chance.integers(0, 101, count)
    colour = np.array(["red", "yellow", "green"])[np.digitize(score, (10, 40))]
    segments = {name: _summed(worth[rfm == name]) for name in map(str, Segment)}
    ranked: Values = {"day": NOW.date(), "counted_to": None, "ranked_to": None}
    connection.execute(insert(standing_round), [{**ranked, "sums": {"currency": "VND", "segments": segments}}])
    before = np.clip(score + chance.integers(-20, 21, count), 0, 100)
    judged: Values = {"score": score, "colour": colour, "since": today, "scorecard": "default", "version": "1"}
    past: Values = {
        "score_before": before,
        "colour_before": np.array(["red", "yellow", "green"])[np.digitize(before, (10, 40))],
    }
    _load(connection, health, {**value, **judged, **past, "parts": "[]"})
    for statement in COUNTED_HEALTH:
        connection.execute(text(statement))


def _summed(worth: Array) -> tuple[int, int, float]:
    return len(worth), int(worth.sum()), float((worth.astype(float) ** 2).sum())


def _segmentation(seed: int) -> Segmentation:
    """One of the very many ways in which a customer can belong, drawn from a number."""

    def draw(name: str, among: int, step: int) -> str:
        return f"{name} {seed // step % among}"

    return Segmentation(
        plan=draw("plan", 4, 1),
        value=str(1 + seed // 4 % 4),
        csm_id=str(1 + seed // 16 % 20),
        age=band_names(ReportRules().ages)[seed // 320 % 5],
        location=draw("city", 34, 1600),
        title=draw("title", 10, 54_400),
        channel=draw("channel", 5, 544_000),
        rfm=[*Segment][seed // 7 % len(Segment)],
        tags=(draw("tag", 10, 3), f"tag {10 + seed // 30 % 10}"),
    )


def _add_purchases(connection: Connection, chance: np.random.Generator, last: Array, buyers: Array) -> None:
    """Two for each who ever bought: the last one, and one before it."""
    at = np.concatenate([last, last - chance.integers(DAY, 300 * DAY, len(last))])
    numbers = np.arange(1, len(at) + 1)
    amounts = chance.integers(100_000, 20_000_000, len(at))
    owners = np.concatenate([buyers, buyers])
    facts: Values = {"customer_id": owners, "purchased_at": at, "amount_minor": amounts, "currency": "VND"}
    _load(connection, purchase, {"id": numbers, "external_id": _named("H", numbers), **facts})


def _add_losses(connection: Connection, chance: np.random.Generator, joined: Array, end: int) -> Array:
    """A quarter of all customers were lost once, and a third of them came back; since when who is away has been."""
    lost = np.flatnonzero(chance.random(len(joined)) < 0.25)
    at = joined[lost] + (chance.random(len(lost)) * (end - joined[lost])).astype(np.int64)
    back = at + chance.integers(DAY, 200 * DAY, len(lost))
    is_back = (chance.random(len(lost)) < 1 / 3) & (back < end)
    facts: Values = {"customer_id": lost + 1, "lost_at": at, "source": "silence", "reason": ""}
    _load(connection, loss, {"id": np.arange(1, len(lost) + 1), **facts, "recovered_at": _some(back, is_back)})
    away = np.zeros(len(joined), np.int64)
    away[lost[~is_back]] = at[~is_back]
    return _some(away, away > 0)


def _add_cases(connection: Connection, chance: np.random.Generator, count: int, end: int) -> None:
    cases = count // 10
    opened = np.sort(chance.integers(end - YEARS * 365 * DAY, end, cases))
    answered = opened + chance.integers(600, 2 * DAY, cases)
    resolved = answered + chance.integers(600, 4 * DAY, cases)
    over = resolved < end
    facts: Values = {
        "customer_id": chance.permutation(count)[:cases] + 1,
        "source": "survey",
        "survey_kind": "nps",
        "score": 3,
    }
    due: Values = {"opened_at": opened, "answer_due_at": opened + DAY, "solve_due_at": opened + 2 * DAY}
    ended: Values = {column: _some(resolved, over) for column in ("resolved_at", "first_resolved_at")}
    known: Values = {
        "answered_at": _some(answered, answered < end),
        "csm_id": 1,
        "resolved_by": _some(np.ones(cases), over),
    }
    said: Values = {"words": "", "reason": "price", "outcome": "", "reopened": 0}
    _load(connection, support_case, {"id": np.arange(1, cases + 1), **facts, **due, **ended, **known, **said})


def _add_surveys(connection: Connection, chance: np.random.Generator, joined: Array) -> tuple[int, int]:
    """NPS in stretches from joining, CES and CSAT at any moment; those of the last two weeks are open."""
    end = int(NOW.timestamp())
    owners, kinds, sent = _asked(chance, joined, end)
    order = np.argsort(sent, kind="stable")
    owners, kinds, sent = owners[order], kinds[order], sent[order]
    answers = 0
    for start in range(0, len(sent), SURVEYS_AT_ONCE):
        here = slice(start, start + SURVEYS_AT_ONCE)
        answers += _add_part(connection, chance, start + 1, (owners[here], kinds[here], sent[here]), len(joined))
    return len(sent), answers


def _add_part(
    connection: Connection, chance: np.random.Generator, first: int, asked: tuple[Array, Array, Array], customers: int
) -> int:
    """Surveys from the id `first` on, with their answers; returns how many of these there are."""
    end = int(NOW.timestamp())
    owners, kinds, sent = asked
    count = len(sent)
    numbers, closes = np.arange(first, first + count), sent + 14 * DAY
    wait = (chance.random(count) ** 3 * 13.9 * DAY).astype(np.int64)
    belongs = 1 + (owners * 7919 + chance.integers(0, 2, count)) % min(SEGMENTATIONS, customers)
    theirs: Values = {
        "customer_id": owners,
        "kind": np.array(["nps", "ces", "csat"])[kinds],
        "segmentation_id": belongs,
    }
    moments: Values = {
        "planned_at": sent,
        "sent_at": sent,
        "closes_at": closes,
        "closed_at": _some(closes, closes < end),
    }
    said: Values = {"trigger": "calendar", "subject": "", "wording": "test"}
    _load(connection, survey_run, {"id": numbers, **theirs, **moments, **said})
    top, low = np.array([11, 7, 5])[kinds], np.array([0, 1, 1])[kinds]
    score = np.minimum(low + (np.sqrt(chance.random(count)) * top).astype(np.int64), low + top - 1)
    given = {"run_id": numbers, **theirs, "score": score, "answered_at": sent + wait}
    given["reason"] = fates.reasons_of(numbers)
    given["reason"][chance.random(count) >= 0.3] = None
    answered = (chance.random(count) < ANSWERED) & (sent + wait < end)
    _load(connection, answer, {**{name: column[answered] for name, column in given.items()}, "scale": "test"})
    return int(answered.sum())


def _asked(chance: np.random.Generator, joined: Array, end: int) -> tuple[Array, Array, Array]:
    """Of each survey the customer, the place of its kind among NPS, CES and CSAT, and when it was sent."""
    everybody = np.arange(1, len(joined) + 1)
    stretch = int(NPS_EVERY * DAY)
    nps = [joined + place * stretch + chance.integers(0, stretch * 2 // 3, len(joined)) for place in range(11)]
    owners, sent = np.tile(everybody, len(nps)), np.concatenate(nps)
    owners, sent = owners[sent < end], sent[sent < end]
    count = int(OTHERS_EACH * len(joined))
    others = chance.integers(1, len(joined) + 1, count)
    at = joined[others - 1] + (chance.random(count) * (end - joined[others - 1])).astype(np.int64)
    kinds = np.concatenate([np.zeros(len(sent), np.int8), chance.integers(1, 3, count)])
    return np.concatenate([owners, others]), kinds, np.concatenate([sent, at])


def _named(name: str, numbers: Array) -> Array:
    return np.char.add(name, numbers.astype("U9"))


def _some(values: Array, which: Array) -> Array:
    """The values where `which` holds, and nothing elsewhere."""
    found = values.astype(np.int64).astype(object)
    found[~which] = None
    return found


def _load(connection: Connection, table: Table, columns: Columns) -> None:
    """Write rows from columns: arrays, or one value for all; instants are seconds since 1970."""
    arrays = {name: column for name, column in columns.items() if isinstance(column, np.ndarray)}
    constants = {name: column for name, column in columns.items() if name not in arrays}
    names = ", ".join((*arrays, *constants))
    fixed = [f"'{value}'" if isinstance(value, str) else str(value) for value in constants.values()]
    if connection.dialect.name == "sqlite":
        asked = [_instant_from("?", table, name, "datetime({}, 'unixepoch') || '.000000'") for name in arrays]
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({', '.join((*asked, *fixed))})"  # noqa: S608
        driver: Any = connection.connection.driver_connection
        driver.executemany(statement, _rows(arrays))
    else:
        _copy(connection, table, names, arrays, fixed)


def _copy(connection: Connection, table: Table, names: str, arrays: Mapping[str, Any], fixed: list[str]) -> None:
    """PostgreSQL takes many rows fastest by COPY, which computes nothing: so into a table of its own first."""
    types = {
        name: "bigint"
        if isinstance(table.c[name].type, UtcDateTime)
        else str(table.c[name].type.compile(connection.dialect))
        for name in arrays
    }
    connection.execute(text(f"CREATE TEMP TABLE came ({', '.join(f'{name} {kind}' for name, kind in types.items())})"))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy("COPY came FROM STDIN") as copy:
        rows = _rows(arrays)
        while some := list(islice(rows, AT_ONCE)):
            copy.write("".join("\t".join(map(_written, row)) + "\n" for row in some))
    found = [_instant_from(name, table, name, "to_timestamp({})") for name in arrays]
    connection.execute(
        text(f"INSERT INTO {table.name} ({names}) SELECT {', '.join((*found, *fixed))} FROM came")  # noqa: S608
    )
    connection.execute(text("DROP TABLE came"))


def _written(value: object) -> str:
    return "\\N" if value is None else str(value)


def _instant_from(asked: str, table: Table, name: str, form: str) -> str:
    return form.format(asked) if isinstance(table.c[name].type, UtcDateTime) else asked


def _rows(arrays: Mapping[str, Array]) -> Iterator[tuple[Any, ...]]:
    (count,) = {len(array) for array in arrays.values()}
    for start in range(0, count, AT_ONCE):
        yield from zip(*(array[start : start + AT_ONCE].tolist() for array in arrays.values()), strict=True)
