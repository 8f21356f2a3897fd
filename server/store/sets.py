"""Sets: what was counted, what a person said it was, its repetitions and its shaking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from detection.events import Rep, Tempo, TremorStatus, TremorWindow
from server.store.tables import algorithm, exset, recording, rep, set_tremor, tremor_window


@dataclass(frozen=True, slots=True)
class SetTremor:
    """The shaking of a whole set; fractions are of the set's windows and add up to one.

    amp_rms_ms2, freq_hz: medians over the windows with tremor; None where there was none.
    """

    status: TremorStatus
    reason: str
    amp_rms_ms2: float | None
    freq_hz: float | None
    tremor_fraction: float | None
    none_fraction: float | None
    unknown_fraction: float | None


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
    """A set as it is read back."""

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
    algorithm_version: str
    tremor: SetTremor | None

    @property
    def reps(self) -> int | None:
        """The count to show: the person's where there is one, else the automatic one."""
        return self.auto_reps if self.confirmed_reps is None else self.confirmed_reps

    @property
    def local_start(self) -> datetime:
        """When the set began, on the patient's clock."""
        return self.started_at.astimezone(timezone(timedelta(minutes=self.utc_offset_min)))


async def add(connection: AsyncConnection, new: NewSet, algorithm_id: UUID) -> None:
    """Keep a set and its repetitions; a set that is there already stays as it is."""
    if await _exists(connection, new.id):
        return
    await connection.execute(insert(exset).values(_columns(new, algorithm_id)))
    if new.reps:
        rows = [
            _rep_columns(new.id, algorithm_id, number, one)
            for number, one in enumerate(new.reps, start=1)
        ]
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


async def replace_tremor(
    connection: AsyncConnection,
    set_id: UUID,
    windows: Sequence[TremorWindow],
    summary: SetTremor,
    algorithm_id: UUID,
) -> None:
    """Keep the shaking of a set; the last windows become final seconds after the set's end."""
    await connection.execute(delete(tremor_window).where(tremor_window.c.set_id == set_id))
    await connection.execute(delete(set_tremor).where(set_tremor.c.set_id == set_id))
    if windows:
        rows = [
            _window_columns(set_id, algorithm_id, number, window)
            for number, window in enumerate(windows, start=1)
        ]
        await connection.execute(insert(tremor_window), rows)
    await connection.execute(
        insert(set_tremor).values(
            set_id=set_id,
            algorithm_id=algorithm_id,
            status=summary.status,
            reason=summary.reason,
            amp_rms_ms2=summary.amp_rms_ms2,
            freq_hz=summary.freq_hz,
            tremor_fraction=summary.tremor_fraction,
            none_fraction=summary.none_fraction,
            unknown_fraction=summary.unknown_fraction,
        )
    )


def _window_columns(
    set_id: UUID, algorithm_id: UUID, number: int, window: TremorWindow
) -> dict[str, Any]:
    return {
        "set_id": set_id,
        "number": number,
        "algorithm_id": algorithm_id,
        "start_s": window.start_s,
        "end_s": window.end_s,
        "status": window.status,
        "reason": window.reason,
        "amp_rms_ms2": window.amp_rms_ms2,
        "freq_hz": window.freq_hz,
        "confidence": window.confidence,
    }


TREMOR_COLUMNS = (
    set_tremor.c.status.label("tremor_status"),
    set_tremor.c.reason.label("tremor_reason"),
    set_tremor.c.amp_rms_ms2,
    set_tremor.c.freq_hz,
    set_tremor.c.tremor_fraction,
    set_tremor.c.none_fraction,
    set_tremor.c.unknown_fraction,
)


def _stored() -> Select[*tuple[Any, ...]]:
    return (
        select(
            exset,
            recording.c.sensor_name,
            recording.c.sensor_kind,
            algorithm.c.version.label("algorithm_version"),
            *TREMOR_COLUMNS,
        )
        .join(algorithm, algorithm.c.id == exset.c.algorithm_id)
        .outerjoin(recording, recording.c.id == exset.c.recording_id)
        .outerjoin(set_tremor, set_tremor.c.set_id == exset.c.id)
    )


async def find(connection: AsyncConnection, set_id: UUID) -> StoredSet | None:
    """The set with this id."""
    row = (await connection.execute(_stored().where(exset.c.id == set_id))).one_or_none()
    return _stored_set(row) if row else None


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
        algorithm_version=row.algorithm_version,
        tremor=_tremor_of(row),
    )


def _tremor_of(row: Row[*tuple[Any, ...]]) -> SetTremor | None:
    if row.tremor_status is None:
        return None
    return SetTremor(
        TremorStatus(row.tremor_status),
        row.tremor_reason,
        row.amp_rms_ms2,
        row.freq_hz,
        row.tremor_fraction,
        row.none_fraction,
        row.unknown_fraction,
    )


async def reps_of(connection: AsyncConnection, set_id: UUID) -> list[Rep]:
    """The repetitions of a set, in order."""
    query = select(rep).where(rep.c.set_id == set_id).order_by(rep.c.number)
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


async def windows_of(connection: AsyncConnection, set_id: UUID) -> list[TremorWindow]:
    """The windows of shaking of a set, in order."""
    query = (
        select(tremor_window)
        .where(tremor_window.c.set_id == set_id)
        .order_by(tremor_window.c.number)
    )
    return [
        TremorWindow(
            row.start_s,
            row.end_s,
            TremorStatus(row.status),
            row.reason,
            row.amp_rms_ms2,
            row.freq_hz,
            row.confidence,
        )
        for row in await connection.execute(query)
    ]
