"""Workouts: when somebody came to the mat, and what they had prepared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.program_tables import workout


@dataclass(frozen=True, slots=True)
class Workout:
    """A visit to the mat. prepared: by item whether it was ticked (True) or skipped (False).

    heat_min: minutes of warmth before it; None where that was not said.
    """

    id: UUID
    patient_id: UUID
    version_id: UUID | None
    started_at: datetime
    utc_offset_min: int
    prepared: Mapping[str, bool]
    heat_min: float | None


async def add(connection: AsyncConnection, new: Workout) -> bool:
    """Keep a workout; False if one of this id is there already."""
    if await find(connection, new.id) is not None:
        return False
    await connection.execute(
        insert(workout).values(
            id=new.id,
            patient_id=new.patient_id,
            version_id=new.version_id,
            started_at=new.started_at,
            utc_offset_min=new.utc_offset_min,
            prepared=dict(new.prepared),
            heat_min=new.heat_min,
        )
    )
    return True


async def find(connection: AsyncConnection, workout_id: UUID) -> Workout | None:
    """The workout with this id."""
    query = select(workout).where(workout.c.id == workout_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return Workout(**row) if row else None


async def of_patient(
    connection: AsyncConnection, patient_id: UUID, limit: int = 100
) -> list[Workout]:
    """A patient's workouts, newest first."""
    query = (
        select(workout)
        .where(workout.c.patient_id == patient_id)
        .order_by(workout.c.started_at.desc())
        .limit(limit)
    )
    return [Workout(**row) for row in (await connection.execute(query)).mappings()]
