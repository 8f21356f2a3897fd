"""Where each patient's set stood at the last commit: what a restarted server goes on from.

One memory for each recording that came in: first that on the page, then that beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.tables import live_memory


@dataclass(frozen=True, slots=True)
class Memory:
    """The live set as JSON, the recording that came in (None: none), the set that ended last."""

    content: dict[str, Any]
    recording_id: UUID | None
    last_set_id: UUID | None


async def keep(
    connection: AsyncConnection, patient_id: UUID, all_of_it: Sequence[Memory], now: datetime
) -> None:
    """Keep these in place of what was remembered before."""
    await connection.execute(delete(live_memory).where(live_memory.c.patient_id == patient_id))
    for position, memory in enumerate(all_of_it):
        await connection.execute(
            insert(live_memory).values(
                patient_id=patient_id,
                position=position,
                recording_id=memory.recording_id,
                last_set_id=memory.last_set_id,
                content=memory.content,
                remembered_at=now,
            )
        )


async def of_patient(connection: AsyncConnection, patient_id: UUID) -> tuple[Memory, ...]:
    """What is remembered of this patient."""
    query = (
        select(live_memory.c.content, live_memory.c.recording_id, live_memory.c.last_set_id)
        .where(live_memory.c.patient_id == patient_id)
        .order_by(live_memory.c.position)
    )
    rows = (await connection.execute(query)).mappings()
    return tuple(Memory(**row) for row in rows)


async def patients(connection: AsyncConnection) -> list[UUID]:
    """Everybody of whom something is remembered, the latest first."""
    query = (
        select(live_memory.c.patient_id)
        .group_by(live_memory.c.patient_id)
        .order_by(func.max(live_memory.c.remembered_at).desc())
    )
    return list((await connection.execute(query)).scalars())
