"""What was pressed during a recording, in order, so that a replay can press it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.tables import command


@dataclass(frozen=True, slots=True)
class StoredCommand:
    """A command's content as JSON; it was given before the chunk `before_sequence` came."""

    number: int
    before_sequence: int
    content: dict[str, Any]
    idempotency_key: UUID | None = None


async def add(
    connection: AsyncConnection, recording_id: UUID, given: StoredCommand, now: datetime
) -> None:
    """Keep a command."""
    await connection.execute(
        insert(command).values(
            recording_id=recording_id,
            number=given.number,
            before_sequence=given.before_sequence,
            content=given.content,
            idempotency_key=given.idempotency_key,
            given_at=now,
        )
    )


async def of_recording(connection: AsyncConnection, recording_id: UUID) -> list[StoredCommand]:
    """A recording's commands, in order."""
    query = (
        select(
            command.c.number,
            command.c.before_sequence,
            command.c.content,
            command.c.idempotency_key,
        )
        .where(command.c.recording_id == recording_id)
        .order_by(command.c.number)
    )
    rows = (await connection.execute(query)).mappings()
    return [StoredCommand(**row) for row in rows]
