"""The two engines the records live on: SQLite, embedded, and PostgreSQL, for more than one machine.

What the store promises is the same on both: a commit is on disk before it is acknowledged, a reader
sees one moment, and writers take turns. How each is made to keep it stands here.

SQLite runs in WAL with synchronous=FULL, since NORMAL may lose a commit that was acknowledged. A
writing transaction takes the writer's lock when it begins (BEGIN IMMEDIATE): one that started as a
reader could not wait for the lock and would fail.

PostgreSQL commits synchronously by default; it is asked to all the same. Rows are numbered by
counting on from the last, so writers take one lock of the database's own (an advisory lock, held to
the end of the transaction), and see all that was committed before they got it.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from server.store.migrate import migrate
from server.store.refusals import InUse, NotRewritten, Unreachable

BUSY_TIMEOUT_MS = 10_000
"""Another process (a backup, the command line) may hold the writer's lock this long."""

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
)
ALONE = "PRAGMA locking_mode=EXCLUSIVE"
"""Lets nobody else open the file; refused while anybody has it open, be they ever so idle."""
ALONE_TIMEOUT_S = 1.0
"""A command that only looks is over by then; a server is not worth waiting for."""
BEGIN_OPTION = "steadyrep_begin"
WRITERS_LOCK, SCHEMA_LOCK = 0x57EAD1, 0x57EAD2
"""Keys of PostgreSQL's advisory locks: any numbers, the same in every process."""
POSTGRESQL = "postgresql+asyncpg"


class Records(Protocol):
    """An engine, opened, as the store uses it."""

    @property
    def readers(self) -> AsyncEngine:
        """Connections for a consistent view."""

    @property
    def writers(self) -> AsyncEngine:
        """Connections for transactions that change something."""

    async def bring_up_to_date(self) -> None:
        """Bring the schema to the newest. Raises InUse, Unreachable."""

    async def take_turn(self, connection: AsyncConnection) -> None:
        """Wait for other processes' writers; in the transaction that is to write."""

    async def rewrite(self) -> None:
        """Write anew what holds the rows, so that deleted ones are gone. Raises NotRewritten."""


def records_at(where: Path | str, *, is_alone: bool = False) -> Records:
    """The engine for a file, or for the URL of a PostgreSQL database."""
    if isinstance(where, Path):
        return SqliteRecords(where, is_alone=is_alone)
    return PostgresRecords.at(where)


class SqliteRecords:
    """An SQLite file. is_alone: nobody else can have it open meanwhile."""

    def __init__(self, path: Path, *, is_alone: bool) -> None:
        _make_private(path)
        self._is_alone = is_alone
        self.readers = make_engine(path, is_alone=is_alone)
        self.writers = self.readers.execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"})

    async def bring_up_to_date(self) -> None:
        """Bring the schema to the newest. Raises InUse."""
        try:
            async with self.readers.connect() as connection:
                await connection.run_sync(migrate)
        except OperationalError as problem:
            if self._is_alone and _is_busy(problem.orig):
                raise InUse("another program has the database open") from problem
            raise

    async def take_turn(self, connection: AsyncConnection) -> None:
        """BEGIN IMMEDIATE has waited already."""

    async def rewrite(self) -> None:
        """VACUUM, and empty the log; beside a reader the log would keep what was deleted."""
        async with self.readers.connect() as connection:
            # not through the engine, which would begin a transaction: VACUUM is refused in one
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                await driver.execute("VACUUM")
                await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as problem:
                raise NotRewritten(str(problem)) from problem


@dataclass(frozen=True, slots=True)
class PostgresRecords:
    """A PostgreSQL database."""

    readers: AsyncEngine
    writers: AsyncEngine

    @classmethod
    def at(cls, url: str) -> "PostgresRecords":
        """The database at a URL such as postgresql://steadyrep@db.example/steadyrep."""
        engine = create_async_engine(
            make_url(url).set(drivername=POSTGRESQL),
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"server_settings": {"synchronous_commit": "on", "timezone": "UTC"}},
        )
        return cls(
            engine.execution_options(isolation_level="REPEATABLE READ"),
            engine.execution_options(isolation_level="READ COMMITTED"),
        )

    async def bring_up_to_date(self) -> None:
        """Bring the schema to the newest, one process at a time. Raises Unreachable."""
        await self._check_answers()
        lock = {"key": SCHEMA_LOCK}
        async with self.writers.connect() as connection:
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), lock)
            await connection.commit()
            await connection.run_sync(migrate)
            await connection.execute(text("SELECT pg_advisory_unlock(:key)"), lock)
            await connection.commit()

    async def _check_answers(self) -> None:
        try:
            async with self.readers.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (OSError, DBAPIError) as problem:
            shown = self.readers.url.render_as_string(hide_password=True)
            reason = problem.orig if isinstance(problem, DBAPIError) else problem
            raise Unreachable(f"{shown}: {reason}") from problem

    async def take_turn(self, connection: AsyncConnection) -> None:
        """Take the writers' lock, until the transaction ends."""
        lock = {"key": WRITERS_LOCK}
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), lock)

    async def rewrite(self) -> None:
        """VACUUM FULL writes every table anew; the write-ahead log and its copies stay."""
        async with self.writers.connect() as connection:
            # not through the engine, which would begin a transaction: VACUUM is refused in one
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                await driver.execute("VACUUM FULL")
            except OSError as problem:
                raise NotRewritten(str(problem)) from problem


def is_in_use(path: Path) -> bool:
    """Whether another program has a file open, be it ever so idle; a broken one is not."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        connection.execute(ALONE)
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as problem:
        return _is_busy(problem)
    finally:
        connection.close()
    return False


def _is_busy(problem: BaseException | None) -> bool:
    return getattr(problem, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY


def _make_private(path: Path) -> None:
    """A file and folder of its owner's alone; SQLite gives its other files the same permissions."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)


def make_engine(path: Path, *, is_alone: bool = False) -> AsyncEngine:
    """An engine over an SQLite file with the promises above; its errors repeat no health data."""
    alone: dict[str, Any] = {
        "pool_size": 1,
        "max_overflow": 0,
        "connect_args": {"timeout": ALONE_TIMEOUT_S},
    }
    url, options = f"sqlite+aiosqlite:///{path}", alone if is_alone else {}
    engine = create_async_engine(url, hide_parameters=True, **options)
    pragmas = (ALONE, *PRAGMAS) if is_alone else PRAGMAS

    def prepare(dbapi_connection: DBAPIConnection, _record: object) -> None:
        # the driver must not begin transactions by itself: _begin does
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN_OPTION, "BEGIN"))
