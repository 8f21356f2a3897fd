"""Sets: what was counted, what a person said it was, and its repetitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from detection.events import Rep, Tempo
from server.done_once import Doing
from server.store.shaking import TREMOR_COLUMNS, SetTremor, tremor_of
from server.store.shown import SHOWN_ALGORITHM, is_shown
from server.store.tables import algorithm, exset, recording, recount, rep, set_tremor


@dataclass(frozen=True, slots=True)
class NewSet:
    """A set as it is first kept; `auto_reps` None means that no sensor counted."""

    id: UUID
    patient_id: UUID
    recording_id: UUID | None
    started_at: datetime
    utc_offset_min: int
    start_s: float | None
    end_s: float | None
    exercise: str | None
    placement: str | None
    side: str | None
    target_reps: int | None
    auto_reps: int | None
    confirmed_reps: int | None
    confirmed_by: UUID | None
    end_reason: str
    confidence: float | None
    flags: tuple[str, ...]
    reps: tuple[Rep, ...]


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A set as it is read back.

    algorithm_id, algorithm_version, tremor: of the algorithm whose results are shown.
    recounted_reps: what that one counts, where it is a later one than counted at the time.
    """

    id: UUID
    patient_id: UUID
    recording_id: UUID | None
    started_at: datetime
    utc_offset_min: int
    start_s: float | None
    end_s: float | None
    exercise: str | None
    placement: str | None
    side: str | None
    target_reps: int | None
    auto_reps: int | None
    confirmed_reps: int | None
    end_reason: str
    confidence: float | None
    flags: tuple[str, ...]
    sensor_name: str | None
    sensor_kind: str | None
    algorithm_id: UUID
    algorithm_version: str
    recounted_reps: int | None
    tremor: SetTremor | None

    @property
    def reps(self) -> int | None:
        """The count to show: the person's where there is one, else the automatic one."""
        return self.auto_reps if self.confirmed_reps is None else self.confirmed_reps

    @property
    def lasted_s(self) -> float | None:
        """How long it took; None where no sensor timed it."""
        return None if self.start_s is None or self.end_s is None else self.end_s - self.start_s

    @property
    def doing(self) -> Doing:
        """What was done and when, by which what two sensors saw is known to be one set."""
        return Doing(self.exercise, self.started_at, self.lasted_s, self.reps)

    @property
    def local_start(self) -> datetime:
        """When the set began, on the patient's clock."""
        return self.started_at.astimezone(timezone(timedelta(minutes=self.utc_offset_min)))


async def add(connection: AsyncConnection, new: NewSet, algorithm_id: UUID) -> None:
    """Keep a set and its repetitions; a set that is there already stays as it is."""
    if await _exists(connection, new.id):
        return
    await connection.execute(insert(exset).values(_columns(new, algorithm_id)))
    await replace_reps(connection, new.id, algorithm_id, new.reps)


async def replace_reps(
    connection: AsyncConnection, set_id: UUID, algorithm_id: UUID, reps: Sequence[Rep]
) -> None:
    """Keep the repetitions that an algorithm finds in a set, in place of what it found before."""
    theirs = (rep.c.set_id == set_id) & (rep.c.algorithm_id == algorithm_id)
    await connection.execute(delete(rep).where(theirs))
    if reps:
        rows = [_rep_columns(set_id, algorithm_id, n, one) for n, one in enumerate(reps, start=1)]
        await connection.execute(insert(rep), rows)


async def _exists(connection: AsyncConnection, set_id: UUID) -> bool:
    query = select(func.count()).select_from(exset).where(exset.c.id == set_id)
    return bool((await connection.execute(query)).scalar_one())


def _columns(new: NewSet, algorithm_id: UUID) -> dict[str, Any]:
    return {
        "id": new.id,
        "algorithm_id": algorithm_id,
        "patient_id": new.patient_id,
        "recording_id": new.recording_id,
        "started_at": new.started_at,
        "utc_offset_min": new.utc_offset_min,
        "start_s": new.start_s,
        "end_s": new.end_s,
        "exercise": new.exercise,
        "placement": new.placement,
        "side": new.side,
        "target_reps": new.target_reps,
        "auto_reps": new.auto_reps,
        "confirmed_reps": new.confirmed_reps,
        "confirmed_by": new.confirmed_by,
        "end_reason": new.end_reason,
        "confidence": new.confidence,
        "flags": list(new.flags),
    }


def _rep_columns(set_id: UUID, algorithm_id: UUID, number: int, one: Rep) -> dict[str, Any]:
    return {
        "set_id": set_id,
        "number": number,
        "algorithm_id": algorithm_id,
        "start_s": one.start_s,
        "turn_s": one.turn_s,
        "end_s": one.end_s,
        "concentric_s": one.tempo.concentric_s,
        "hold_s": one.tempo.hold_s,
        "eccentric_s": one.tempo.eccentric_s,
        "tilt_deg": one.tilt_deg,
        "confidence": one.confidence,
        "counted_at_s": one.counted_at_s,
    }


async def confirm(
    connection: AsyncConnection, set_id: UUID, confirmed_reps: int, confirmed_by: UUID
) -> None:
    """Note what a person says the count was; the automatic count stays beside it."""
    await connection.execute(
        update(exset)
        .where(exset.c.id == set_id)
        .values(confirmed_reps=confirmed_reps, confirmed_by=confirmed_by)
    )


def _stored() -> Select[*tuple[Any, ...]]:
    return (
        select(
            exset,
            recording.c.sensor_name,
            recording.c.sensor_kind,
            algorithm.c.id.label("shown_by"),
            algorithm.c.version.label("algorithm_version"),
            recount.c.auto_reps.label("recounted_reps"),
            *TREMOR_COLUMNS,
        )
        .join(algorithm, algorithm.c.id == SHOWN_ALGORITHM)
        .outerjoin(recording, recording.c.id == exset.c.recording_id)
        .outerjoin(set_tremor, (set_tremor.c.set_id == exset.c.id) & is_shown(set_tremor))
        .outerjoin(recount, (recount.c.set_id == exset.c.id) & is_shown(recount))
    )


async def find(connection: AsyncConnection, set_id: UUID) -> StoredSet | None:
    """The set with this id."""
    row = (await connection.execute(_stored().where(exset.c.id == set_id))).one_or_none()
    return _stored_set(row) if row else None


async def made_by(connection: AsyncConnection, set_id: UUID) -> UUID:
    """The algorithm that counted a set, which is known to be there, at the time."""
    query = select(exset.c.algorithm_id).where(exset.c.id == set_id)
    algorithm_id: UUID = (await connection.execute(query)).scalar_one()
    return algorithm_id


async def owner(connection: AsyncConnection, set_id: UUID) -> UUID | None:
    """Whose set this is."""
    query = select(exset.c.patient_id).where(exset.c.id == set_id)
    patient_id: UUID | None = (await connection.execute(query)).scalar_one_or_none()
    return patient_id


async def of_recording(connection: AsyncConnection, recording_id: UUID) -> list[UUID]:
    """The sets that this recording has given, in the order of their ends."""
    query = select(exset.c.id).where(exset.c.recording_id == recording_id).order_by(exset.c.end_s)
    return list((await connection.execute(query)).scalars())


async def of_patient(
    connection: AsyncConnection,
    patient_id: UUID,
    before: datetime | None = None,
    limit: int = 100,
    only: tuple[ColumnElement[bool], ...] = (),
) -> list[StoredSet]:
    """A patient's sets, newest first; `before` continues where a page of them ended."""
    query = _stored().where(exset.c.patient_id == patient_id, *only)
    if before is not None:
        query = query.where(exset.c.started_at < before)
    query = query.order_by(exset.c.started_at.desc()).limit(limit)
    return [_stored_set(row) for row in await connection.execute(query)]


def _stored_set(row: Row[*tuple[Any, ...]]) -> StoredSet:
    return StoredSet(
        id=row.id,
        patient_id=row.patient_id,
        recording_id=row.recording_id,
        started_at=row.started_at,
        utc_offset_min=row.utc_offset_min,
        start_s=row.start_s,
        end_s=row.end_s,
        exercise=row.exercise,
        placement=row.placement,
        side=row.side,
        target_reps=row.target_reps,
        auto_reps=row.auto_reps,
        confirmed_reps=row.confirmed_reps,
        end_reason=row.end_reason,
        confidence=row.confidence,
        flags=tuple(row.flags),
        sensor_name=row.sensor_name,
        sensor_kind=row.sensor_kind,
        algorithm_id=row.shown_by,
        algorithm_version=row.algorithm_version,
        recounted_reps=row.recounted_reps,
        tremor=tremor_of(row),
    )


async def reps_of(connection: AsyncConnection, set_id: UUID) -> list[Rep]:
    """The repetitions of a set, in order."""
    query = (
        select(rep)
        .join(exset, exset.c.id == rep.c.set_id)
        .where(rep.c.set_id == set_id, is_shown(rep))
        .order_by(rep.c.number)
    )
    return [
        Rep(
            row.start_s,
            row.turn_s,
            row.end_s,
            Tempo(row.concentric_s, row.hold_s, row.eccentric_s),
            row.tilt_deg,
            row.confidence,
            row.counted_at_s,
        )
        for row in await connection.execute(query)
    ]
