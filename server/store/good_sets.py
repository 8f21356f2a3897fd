"""Good sets: the one of an exercise that a therapist keeps for others to be like.

There is one for each side and placement: another part of the body moves otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, Select, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from detection.counting.good_rep import GoodRep
from detection.reference import Reference
from server.analyze.reference_file import parse_reference, reference_json
from server.store.program_tables import good_set


@dataclass(frozen=True, slots=True)
class GoodSet:
    """A set that was kept as good. side, placement: None where they were not said."""

    set_id: UUID
    patient_id: UUID
    exercise: str
    side: str | None
    placement: str | None
    reference: Reference
    kept_by: UUID
    kept_at: datetime
    dropped_at: datetime | None = None


async def keep(connection: AsyncConnection, new: GoodSet) -> None:
    """Keep a set as good, in place of the one before; again, it changes nothing."""
    before = await standing(connection, new.patient_id, new.exercise, new.side, new.placement)
    if before is not None and before.set_id == new.set_id:
        return
    if before is not None:
        await drop(connection, before.set_id, new.kept_at)
    await connection.execute(
        insert(good_set).values(
            id=uuid4(),
            patient_id=new.patient_id,
            set_id=new.set_id,
            exercise=new.exercise,
            side=new.side,
            placement=new.placement,
            reference=reference_json(new.reference),
            kept_by=new.kept_by,
            kept_at=new.kept_at,
        )
    )


async def drop(connection: AsyncConnection, set_id: UUID, now: datetime) -> None:
    """Let a set not be the good one any more; again, it changes nothing."""
    await connection.execute(
        update(good_set)
        .where(good_set.c.set_id == set_id, good_set.c.dropped_at.is_(None))
        .values(dropped_at=now)
    )


async def standing(
    connection: AsyncConnection,
    patient_id: UUID,
    exercise: str,
    side: str | None,
    placement: str | None,
) -> GoodSet | None:
    """The one that sets of an exercise, with the sensor there, are compared with now."""
    query = _of(patient_id).where(
        good_set.c.exercise == exercise,
        *_at(side, placement),
        good_set.c.dropped_at.is_(None),
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _read(row)


async def good_reps_at(
    connection: AsyncConnection,
    patient_id: UUID,
    side: str | None,
    placement: str | None,
    moment: datetime,
) -> Mapping[str, GoodRep]:
    """By exercise, what a good repetition was known to be like, with the sensor there."""
    query = _of(patient_id).where(
        *_at(side, placement),
        good_set.c.kept_at <= moment,
        or_(good_set.c.dropped_at.is_(None), good_set.c.dropped_at > moment),
    )
    found = [_read(row) for row in await connection.execute(query)]
    return {each.exercise: each.reference.good_rep for each in found}


async def of_patient(connection: AsyncConnection, patient_id: UUID) -> list[GoodSet]:
    """All that were ever kept, the oldest first."""
    return [_read(row) for row in await connection.execute(_of(patient_id))]


def _of(patient_id: UUID) -> Select[tuple[object, ...]]:
    columns = [good_set.c[name] for name in GoodSet.__dataclass_fields__]
    query = select(*columns).where(good_set.c.patient_id == patient_id)
    return query.order_by(good_set.c.kept_at, good_set.c.id)


def _at(side: str | None, placement: str | None) -> tuple[ColumnElement[bool], ...]:
    return (
        good_set.c.side.is_not_distinct_from(side),
        good_set.c.placement.is_not_distinct_from(placement),
    )


def _read(row: Row[tuple[object, ...]]) -> GoodSet:
    kept = dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it
    return GoodSet(**{**kept, "reference": parse_reference(kept["reference"])})
