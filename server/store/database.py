"""The way to the database: many readers, one writer, and nothing said to be kept before it is.

Within the process writers queue in order; other processes' writers wait as the engine has it
(engines.py). What must not happen beside a running server is alone with the file from first to
last.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.engines import Records, records_at


class Database:
    """One open database. `async with Database.open(where) as database`."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._writer_turn = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, where: Path | str, *, is_alone: bool = False) -> AsyncIterator[Self]:
        """Open a file (made if it is missing) or a PostgreSQL URL; close it afterwards.

        The schema is brought to the newest. is_alone: of a file, nobody else can have it open
        meanwhile. Raises InUse where somebody has, Unreachable where no database answers.
        """
        records = records_at(where, is_alone=is_alone)
        try:
            await records.bring_up_to_date()
            yield cls(records)
        finally:
            await records.readers.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view; nothing written in it is kept."""
        async with self._records.readers.connect() as connection:
            yield connection

    async def probe(self) -> None:
        """Raise if the database does not answer."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, on disk when the block ends, undone if it raises."""
        async with self._writer_turn, self._records.writers.begin() as connection:
            await self._records.take_turn(connection)
            yield connection

    async def rewrite(self) -> None:
        """Write anew what holds the rows, so that what was deleted is in no free page any more.

        Of a file only for who is alone. Raises NotRewritten.
        """
        await self._records.rewrite()
