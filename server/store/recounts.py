"""What a later algorithm finds in the signal of a set, kept beside what was found at the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from detection.events import Rep, TremorWindow
from server.store import sets, shaking
from server.store.shaking import Settled, SetTremor
from server.store.shown import SHOWN_ALGORITHM
from server.store.tables import algorithm, exset, recount


@dataclass(frozen=True, slots=True)
class Recount:
    """A set's results by one algorithm."""

    set_id: UUID
    algorithm_id: UUID
    auto_reps: int
    start_s: float
    end_s: float
    confidence: float | None
    reps: Sequence[Rep]
    windows: Sequence[TremorWindow]
    tremor: SetTremor
    settled: Settled


async def keep(connection: AsyncConnection, new: Recount, now: datetime) -> None:
    """Keep results and show them; those of the algorithm that counted at the time stay as is."""
    if await sets.made_by(connection, new.set_id) == new.algorithm_id:
        await _show(connection, new.set_id, None)
        return
    keys = {"set_id": new.set_id, "algorithm_id": new.algorithm_id}
    theirs = (recount.c.set_id == new.set_id) & (recount.c.algorithm_id == new.algorithm_id)
    await connection.execute(delete(recount).where(theirs))
    await connection.execute(
        insert(recount).values(
            **keys,
            auto_reps=new.auto_reps,
            start_s=new.start_s,
            end_s=new.end_s,
            confidence=new.confidence,
            made_at=now,
        )
    )
    await sets.replace_reps(connection, new.set_id, new.algorithm_id, new.reps)
    await shaking.replace(connection, new.set_id, new.windows, new.tremor, new.algorithm_id)
    await shaking.settle(connection, new.set_id, new.algorithm_id, new.settled, now)
    await _show(connection, new.set_id, new.algorithm_id)


async def _show(connection: AsyncConnection, set_id: UUID, algorithm_id: UUID | None) -> None:
    await connection.execute(
        update(exset).where(exset.c.id == set_id).values(shown_algorithm_id=algorithm_id)
    )


async def due(
    connection: AsyncConnection, version: str | None, patient_id: UUID | None
) -> list[UUID]:
    """Recordings with sets that show results of another version, oldest first.

    version: None for all recordings with sets. patient_id: None for everybody's.
    """
    query = (
        select(exset.c.recording_id)
        .join(algorithm, algorithm.c.id == SHOWN_ALGORITHM)
        .where(exset.c.recording_id.is_not(None), exset.c.auto_reps.is_not(None))
        .order_by(exset.c.started_at)
    )
    if version is not None:
        query = query.where(algorithm.c.version != version)
    if patient_id is not None:
        query = query.where(exset.c.patient_id == patient_id)
    return list(dict.fromkeys((await connection.execute(query)).scalars()))
