"""The way to the database: many readers, one writer, and nothing said to be kept before it is.

SQLite runs in WAL with synchronous=FULL, since NORMAL may lose a commit that was acknowledged. A
writing transaction takes the writer's lock when it begins (BEGIN IMMEDIATE): one that started as a
reader could not wait for the lock and would fail. Within the process writers queue in order.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
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
BEGIN_OPTION = "steadyrep_begin"


class Database:
    """One open database. `async with Database.open(path) as database`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._readers = engine
        self._writers = engine.execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"})
        self._writer_turn = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[Self]:
        """Open or create the file, bring it to the newest schema, close it afterwards."""
        _make_private(path)
        engine = make_engine(path)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(migrate)
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
        async with self._readers.connect() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, on disk when the block ends, undone if it raises."""
        async with self._writer_turn, self._writers.begin() as connection:
            yield connection


def _make_private(path: Path) -> None:
    """A file and folder of its owner's alone; SQLite gives its other files the same permissions."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)


def make_engine(path: Path) -> AsyncEngine:
    """An engine over an SQLite file with the promises above; its errors repeat no health data."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(dbapi_connection: DBAPIConnection, _record: object) -> None:
    # the driver must not begin transactions by itself: _begin does
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN_OPTION, "BEGIN"))
