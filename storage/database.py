"""The one door to the database: a use case runs in a worker thread, in one transaction, with the clock read once.

SQLite has one writer thread. It takes every use case that waits, runs each inside its own SAVEPOINT and commits them
together: one fsync serves all of them, a failure undoes only its own, and nobody hears "done" before it is on disk.
PostgreSQL has a pool of threads and a transaction for each use case.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from storage.columns import give_keys, to_json
from storage.keyring import PLAIN, Keyring, SecretError
from storage.secrets import find_row

T = TypeVar("T")

Tx = Connection
"""What a use case is given: a connection inside its transaction. No unit of work stands in between."""
Clock = Callable[[], datetime]

GROUP = 200
READERS = 4
POSTGRES_THREADS = 8
PARALLEL_SETUP_COST = 10_000  # ten times the server's own: its workers take ten milliseconds to start, of a page's 100
BUSY_TIMEOUT_MS = 10_000
SERIALIZATION_FAILURES = frozenset({"40001", "40P01"})
SERIALIZATION_TRIES = 5
SNAPSHOT = "snapshot"


class DatabaseClosedError(RuntimeError):
    """A use case was given to a database that is closing."""


def insert_for(tx: Tx) -> Callable[[Any], Any]:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert


def for_each_dialect(build: Callable[[Any], T]) -> Mapping[str, T]:
    """A statement built once for each dialect's own INSERT; the busiest ones are not worth building at every tap."""
    return {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}


def remember(tx: Tx, key: Hashable, load: Callable[[], T]) -> T:
    """What was read under a key before, if this is a read: it sees one moment, so that it need not ask again."""
    snapshot = tx.get_execution_options().get(SNAPSHOT)
    if snapshot is None:
        return load()
    if key not in snapshot:
        snapshot[key] = load()
    return cast("T", snapshot[key])


def is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def engine_for(url: str, *, read_only: bool = False, keyring: Keyring = PLAIN) -> Engine:
    """An engine with this project's settings: SQLite in WAL, durable, IMMEDIATE; PostgreSQL with a small pool.

    What people wrote is encrypted and decrypted with `keyring`, and stands in no error of the database.
    """
    size = READERS if is_sqlite(url) else POSTGRES_THREADS
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=not is_sqlite(url),
        json_serializer=to_json,
        hide_parameters=True,
    )
    give_keys(engine, keyring)
    if not is_sqlite(url):
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    event.listen(engine, "connect", partial(_prepare_sqlite, read_only=read_only))
    # Deferred transactions that read and then write fail or, by SQLAlchemy's default, lose updates.
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _prepare_postgres(connection: Any, _record: object) -> None:  # noqa: ANN401  a DBAPI connection
    with connection.cursor() as cursor:
        cursor.execute(f"SET parallel_setup_cost = {PARALLEL_SETUP_COST}")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object, *, read_only: bool) -> None:  # noqa: ANN401  a DBAPI connection
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA temp_store = MEMORY")
    if read_only:
        cursor.execute("PRAGMA query_only = ON")
    cursor.close()


class Database:
    """Runs use cases. `await write(use_case, **facts)` commits; `await read(…)` cannot write."""

    def __init__(self, url: str, *, now: Clock, keyring: Keyring = PLAIN) -> None:
        self.url = url
        self._now = now
        self._lane: _Lane = _SqliteLane(url, keyring) if is_sqlite(url) else _PostgresLane(url, keyring)

    async def write(self, use_case: Callable[..., T], /, **facts: Any) -> T:  # noqa: ANN401  the use case's own facts
        """Run a use case in one transaction; returns when it is durable."""
        return await asyncio.wrap_future(self._lane.write(self._timed(use_case, facts)))

    async def read(self, use_case: Callable[..., T], /, **facts: Any) -> T:  # noqa: ANN401  the use case's own facts
        """Run a use case that only reads; on SQLite it never waits for a writer."""
        return await asyncio.wrap_future(self._lane.read(self._timed(use_case, facts)))

    def write_now(self, use_case: Callable[..., T], /, **facts: Any) -> T:  # noqa: ANN401  the use case's own facts
        """`write` for callers without an event loop, such as the command line."""
        return self._lane.write(self._timed(use_case, facts)).result()

    def read_now(self, use_case: Callable[..., T], /, **facts: Any) -> T:  # noqa: ANN401  the use case's own facts
        """`read` for callers without an event loop."""
        return self._lane.read(self._timed(use_case, facts)).result()

    def close(self) -> None:
        """Finish what was given, then close every connection."""
        self._lane.close()

    def _timed(self, use_case: Callable[..., T], facts: dict[str, Any]) -> Callable[[Tx], T]:
        def run(tx: Tx) -> T:
            try:
                return use_case(tx, now=self._now(), **facts)
            except SecretError as error:
                find_row(tx, error)
                raise

        return run


class _Lane(Protocol):
    def write(self, job: Callable[[Tx], T]) -> Future[T]: ...
    def read(self, job: Callable[[Tx], T]) -> Future[T]: ...
    def close(self) -> None: ...


@dataclass
class _Job:
    run: Callable[[Tx], Any]
    future: Future[Any] = field(default_factory=Future)
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.cancelled():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class _SqliteLane:
    def __init__(self, url: str, keyring: Keyring) -> None:
        self._writer = engine_for(url, keyring=keyring)
        self._reader = engine_for(url, read_only=True, keyring=keyring)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="read")
        self._thread = threading.Thread(target=self._serve, name="write", daemon=True)
        self._thread.start()

    def write(self, job: Callable[[Tx], T]) -> Future[T]:
        if self._closed:
            raise DatabaseClosedError("the database is closing")
        waiting = _Job(job)
        self._jobs.put(waiting)
        return waiting.future

    def read(self, job: Callable[[Tx], T]) -> Future[T]:
        return self._readers.submit(_in_reader, self._reader, job)

    def close(self) -> None:
        self._closed = True
        self._jobs.put(None)
        self._thread.join()
        self._readers.shutdown()
        self._writer.dispose()
        self._reader.dispose()

    def _serve(self) -> None:
        while (group := self._next_group()) is not None:
            try:
                _run_group(self._writer, group)
            except BaseException as error:  # noqa: BLE001  each waiting caller must hear of it, whatever it is
                for job in group:
                    job.error = error
            for job in group:
                job.settle()

    def _next_group(self) -> list[_Job] | None:
        group: list[_Job] = []
        first = self._jobs.get()
        while first is not None:
            # A cancelled caller no longer waits, but what it asked for is still done: a tap is not lost with its task.
            first.future.set_running_or_notify_cancel()
            group.append(first)
            if len(group) == GROUP or self._jobs.empty():
                return group
            first = self._jobs.get()
        if group:
            self._jobs.put(None)
        return group or None


def _run_group(engine: Engine, group: list[_Job]) -> None:
    with engine.begin() as connection:
        for job in group:
            try:
                job.result = _in_savepoint(connection, job.run)
            except Exception as error:  # noqa: BLE001  it belongs to the caller of this job, not to its neighbours
                job.error = error


def _in_savepoint(connection: Connection, run: Callable[[Tx], T]) -> T:
    # As begin_nested() would, without its bookkeeping: at a thousand use cases a second that is a tenth of the time.
    connection.exec_driver_sql("SAVEPOINT job")
    try:
        result = run(connection)
    except BaseException:
        connection.exec_driver_sql("ROLLBACK TO job")
        connection.exec_driver_sql("RELEASE job")
        raise
    connection.exec_driver_sql("RELEASE job")
    return result


def _in_reader(engine: Engine, job: Callable[[Tx], T]) -> T:
    with engine.connect() as connection:
        return job(connection.execution_options(**{SNAPSHOT: {}}))


class _PostgresLane:
    def __init__(self, url: str, keyring: Keyring) -> None:
        self._engine = engine_for(url, keyring=keyring)
        # What a report reads in several queries is of one moment, as it is on SQLite.
        self._reader = self._engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        self._threads = ThreadPoolExecutor(POSTGRES_THREADS, thread_name_prefix="database")

    def write(self, job: Callable[[Tx], T]) -> Future[T]:
        return self._submit(_in_transaction, self._engine, job)

    def read(self, job: Callable[[Tx], T]) -> Future[T]:
        return self._submit(_in_reader, self._reader, job)

    def close(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()

    def _submit(
        self, run: Callable[[Engine, Callable[[Tx], T]], T], engine: Engine, job: Callable[[Tx], T]
    ) -> Future[T]:
        try:
            return self._threads.submit(run, engine, job)
        except RuntimeError as error:
            raise DatabaseClosedError("the database is closing") from error


def _in_transaction(engine: Engine, job: Callable[[Tx], T]) -> T:
    for left in reversed(range(SERIALIZATION_TRIES)):
        try:
            with engine.begin() as tx:
                return job(tx)
        except OperationalError as error:
            if not left or getattr(error.orig, "sqlstate", None) not in SERIALIZATION_FAILURES:
                raise
    raise AssertionError("the last try returns or raises")


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    """One connection outside any use case, for migrations and the doctor."""
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
