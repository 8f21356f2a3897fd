"""What a patient pressed, in order: what has to be followed again starts at the last of these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.tables import command


@dataclass(frozen=True, slots=True)
class StoredCommand:
    """A command's content as JSON.

    It was given before the chunk `before_sequence` of a recording came; both are None where it was
    given while no recording came in.
    """

    content: dict[str, Any]
    recording_id: UUID | None = None
    before_sequence: int | None = None
    idempotency_key: UUID | None = None


async def add(
    connection: AsyncConnection, patient_id: UUID, given: StoredCommand, now: datetime
) -> None:
    """Keep a command, numbered on from the patient's last; for use where nobody else writes."""
    last = select(func.max(command.c.number)).where(command.c.patient_id == patient_id)
    number = (await connection.execute(last)).scalar_one()
    await connection.execute(
        insert(command).values(
            patient_id=patient_id,
            number=0 if number is None else number + 1,
            recording_id=given.recording_id,
            before_sequence=given.before_sequence,
            content=given.content,
            idempotency_key=given.idempotency_key,
            given_at=now,
        )
    )


async def of_recording(connection: AsyncConnection, recording_id: UUID) -> list[StoredCommand]:
    """What was given during a recording, in order."""
    query = (
        select(
            command.c.content,
            command.c.recording_id,
            command.c.before_sequence,
            command.c.idempotency_key,
        )
        .where(command.c.recording_id == recording_id)
        .order_by(command.c.number)
    )
    rows = (await connection.execute(query)).mappings()
    return [StoredCommand(**row) for row in rows]


async def last_keys(connection: AsyncConnection, patient_id: UUID, limit: int) -> Sequence[UUID]:
    """The keys of a patient's last commands, oldest first."""
    query = (
        select(command.c.idempotency_key)
        .where(command.c.patient_id == patient_id, command.c.idempotency_key.is_not(None))
        .order_by(command.c.number.desc())
        .limit(limit)
    )
    return (await connection.execute(query)).scalars().all()[::-1]
