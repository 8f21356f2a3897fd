"""Where each patient's set stood at the last commit: what a restarted server goes on from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.tables import live_memory


@dataclass(frozen=True, slots=True)
class Memory:
    """The live set as JSON, the recording that came in (None: none), the set that ended last."""

    content: dict[str, Any]
    recording_id: UUID | None
    last_set_id: UUID | None


async def keep(
    connection: AsyncConnection, patient_id: UUID, memory: Memory, now: datetime
) -> None:
    """Keep this in place of what was remembered before."""
    await connection.execute(delete(live_memory).where(live_memory.c.patient_id == patient_id))
    await connection.execute(
        insert(live_memory).values(
            patient_id=patient_id,
            recording_id=memory.recording_id,
            last_set_id=memory.last_set_id,
            content=memory.content,
            remembered_at=now,
        )
    )


async def find(connection: AsyncConnection, patient_id: UUID) -> Memory | None:
    """What is remembered of this patient."""
    query = select(
        live_memory.c.content, live_memory.c.recording_id, live_memory.c.last_set_id
    ).where(live_memory.c.patient_id == patient_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return Memory(**row) if row else None


async def patients(connection: AsyncConnection) -> list[UUID]:
    """Everybody of whom something is remembered, the latest first."""
    query = select(live_memory.c.patient_id).order_by(live_memory.c.remembered_at.desc())
    return list((await connection.execute(query)).scalars())
