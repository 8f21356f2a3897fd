"""The way to the database: many readers, one writer, and nothing said to be kept before it is.

SQLite runs in WAL with synchronous=FULL, since NORMAL may lose a commit that was acknowledged. A
writing transaction takes the writer's lock when it begins (BEGIN IMMEDIATE): one that started as a
reader could not wait for the lock and would fail. Within the process writers queue in order. What
must not happen beside a running server is alone with the file from first to last.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from server.store.migrate import migrate

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


class InUse(Exception):
    """Another program has the database open."""


class NotRewritten(Exception):
    """The file could not be written anew; says why."""


class Database:
    """One open database. `async with Database.open(path) as database`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._readers = engine
        self._writers = engine.execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"})
        self._writer_turn = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, *, is_alone: bool = False) -> AsyncIterator[Self]:
        """Open or create the file, bring it to the newest schema, close it afterwards.

        is_alone: nobody else can have it open meanwhile. Raises InUse where somebody has.
        """
        _make_private(path)
        engine = make_engine(path, is_alone=is_alone)
        try:
            await _bring_up_to_date(engine, is_alone=is_alone)
            yield cls(engine)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view; nothing written in it is kept."""
        async with self._readers.connect() as connection:
            yield connection

    async def probe(self) -> None:
        """Raise if the database does not answer."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, on disk when the block ends, undone if it raises."""
        async with self._writer_turn, self._writers.begin() as connection:
            yield connection

    async def rewrite(self) -> None:
        """Write the file anew, so that what was deleted is in no free page and no log any more.

        Only for who is alone: beside a reader the log would keep it. Raises NotRewritten.
        """
        async with self._readers.connect() as connection:
            # not through the engine, which would begin a transaction: VACUUM is refused in one
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                await driver.execute("VACUUM")
                await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as problem:
                raise NotRewritten(str(problem)) from problem


async def _bring_up_to_date(engine: AsyncEngine, *, is_alone: bool) -> None:
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
    except OperationalError as problem:
        if is_alone and _is_busy(problem.orig):
            raise InUse("another program has the database open") from problem
        raise


def is_in_use(path: Path) -> bool:
    """Whether another program has the database open, be it ever so idle; a broken one is not."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute(ALONE)
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as problem:
            return _is_busy(problem)
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
