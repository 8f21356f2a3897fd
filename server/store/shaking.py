"""The shaking of sets: windows, what they sum up to, and what is known once a set has settled.

Each algorithm's rows stand beside the others'; readers are given those that the set shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from detection import ALGORITHM_VERSION
from detection.events import TremorStatus, TremorWindow
from detection.sampling import Sampling
from detection.tremor.phases import PhaseShaking, RepPhase, SetShaking, ShakingCourse
from server.store.shown import is_shown
from server.store.tables import (
    FIGURES_OF_SET,
    FIGURES_OF_WINDOW,
    algorithm,
    chunk,
    exset,
    phase_tremor,
    recording,
    set_tremor,
    tremor_window,
)


@dataclass(frozen=True, slots=True)
class SetTremor:
    """The shaking of a whole set; fractions are of the set's windows and add up to one.

    All other figures as in detection.summary.TremorSummary; None also where an earlier version of
    the program did not keep them.
    """

    status: TremorStatus
    reason: str
    amp_rms_ms2: float | None
    freq_hz: float | None
    tremor_fraction: float | None
    none_fraction: float | None
    unknown_fraction: float | None
    below_floor_fraction: float | None = None
    windows: int | None = None
    amp_low_ms2: float | None = None
    amp_high_ms2: float | None = None
    displacement_mm: float | None = None
    freq_spread_hz: float | None = None
    bandwidth_hz: float | None = None
    band_rms_ms2: float | None = None
    contrast_db: float | None = None
    confidence: float | None = None
    noise_floor_ms2: float | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known of a set when the signal around it is there.

    by_phase: None where it cannot be measured.
    """

    by_phase: SetShaking | None
    sampling: Sampling


TREMOR_COLUMNS = (
    set_tremor.c.status.label("tremor_status"),
    set_tremor.c.reason.label("tremor_reason"),
    set_tremor.c.windows.label("tremor_windows"),
    *(set_tremor.c[name].label(f"tremor_{name}") for name in FIGURES_OF_SET),
)


def tremor_of(row: Row[*tuple[Any, ...]]) -> SetTremor | None:
    """The shaking of a set, from a row with TREMOR_COLUMNS; None where nothing was measured."""
    if row.tremor_status is None:
        return None
    figures = {name: getattr(row, f"tremor_{name}") for name in ("windows", *FIGURES_OF_SET)}
    return SetTremor(TremorStatus(row.tremor_status), row.tremor_reason, **figures)


async def replace(
    connection: AsyncConnection,
    set_id: UUID,
    windows: Sequence[TremorWindow],
    summary: SetTremor,
    algorithm_id: UUID,
) -> None:
    """Keep the shaking of a set in place of what this algorithm said of it before.

    The last windows become final seconds after the set's end.
    """
    keys = {"set_id": set_id, "algorithm_id": algorithm_id}
    for table in (tremor_window, set_tremor, phase_tremor):
        await _forget(connection, table, set_id, algorithm_id)
    if windows:
        rows = [{**keys, "number": n, **asdict(one)} for n, one in enumerate(windows, start=1)]
        await connection.execute(insert(tremor_window), rows)
    await connection.execute(insert(set_tremor).values(**keys, **asdict(summary)))


async def _forget(
    connection: AsyncConnection, table: Table, set_id: UUID, algorithm_id: UUID
) -> None:
    theirs = (table.c.set_id == set_id) & (table.c.algorithm_id == algorithm_id)
    await connection.execute(delete(table).where(theirs))


async def settle(
    connection: AsyncConnection, set_id: UUID, algorithm_id: UUID, known: Settled, now: datetime
) -> None:
    """Keep what is known of a set that has settled; its shaking was measured before."""
    course = known.by_phase.course if known.by_phase else None
    await connection.execute(
        update(set_tremor)
        .where(set_tremor.c.set_id == set_id, set_tremor.c.algorithm_id == algorithm_id)
        .values(
            settled_at=now,
            **asdict(known.sampling),
            course_amp_rms_ms2=list(course.amp_rms_ms2) if course else None,
            course_slope_log10=course.slope_log10 if course else None,
            course_low_log10=course.low_log10 if course else None,
            course_high_log10=course.high_log10 if course else None,
        )
    )
    await _forget(connection, phase_tremor, set_id, algorithm_id)
    if known.by_phase:
        keys = {"set_id": set_id, "algorithm_id": algorithm_id}
        rows = [{**keys, **asdict(phase)} for phase in known.by_phase.phases]
        await connection.execute(insert(phase_tremor), rows)


async def unsettled(connection: AsyncConnection, around_s: float, limit: int) -> list[UUID]:
    """Sets of today's version of which more can be known: the signal after their end is there."""
    last_s = select(func.max(chunk.c.end_s)).where(chunk.c.recording_id == recording.c.id)
    query = (
        select(exset.c.id)
        .join(set_tremor, (set_tremor.c.set_id == exset.c.id) & is_shown(set_tremor))
        .join(algorithm, algorithm.c.id == set_tremor.c.algorithm_id)
        .join(recording, recording.c.id == exset.c.recording_id)
        .where(
            algorithm.c.version == ALGORITHM_VERSION,
            set_tremor.c.settled_at.is_(None),
            exset.c.end_s.is_not(None),
            or_(
                recording.c.sealed_at.is_not(None),
                last_s.scalar_subquery() >= exset.c.end_s + around_s,
            ),
        )
        .limit(limit)
    )
    return list((await connection.execute(query)).scalars())


async def windows_of(connection: AsyncConnection, set_id: UUID) -> list[TremorWindow]:
    """The windows of shaking of a set, in order."""
    query = (
        select(tremor_window)
        .join(exset, exset.c.id == tremor_window.c.set_id)
        .where(tremor_window.c.set_id == set_id, is_shown(tremor_window))
        .order_by(tremor_window.c.number)
    )
    return [
        TremorWindow(
            row.start_s,
            row.end_s,
            TremorStatus(row.status),
            row.reason,
            **{name: getattr(row, name) for name in FIGURES_OF_WINDOW},
        )
        for row in await connection.execute(query)
    ]


async def settled_of(connection: AsyncConnection, set_id: UUID) -> Settled | None:
    """What is known of a set that has settled; None before."""
    query = (
        select(set_tremor)
        .join(exset, exset.c.id == set_tremor.c.set_id)
        .where(set_tremor.c.set_id == set_id, is_shown(set_tremor))
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None or row.settled_at is None:
        return None
    phases = await _phases(connection, set_id)
    by_phase = SetShaking(phases, _course(row)) if phases else None
    return Settled(by_phase, Sampling(row.effective_rate_hz, row.jitter_ms, row.gap_s))


Measured = tuple[TremorStatus, float | None]
"""What is said of the shaking somewhere, and its amplitude in m/s² RMS where it shakes."""


async def phases_of_patient(
    connection: AsyncConnection, patient_id: UUID, only: Sequence[ColumnElement[bool]]
) -> Mapping[RepPhase, Mapping[UUID, Measured]]:
    """By phase and set the shaking of a patient's sets that have settled."""
    row = phase_tremor.c
    query = (
        select(row.phase, row.set_id, row.status, row.amp_rms_ms2)
        .join(exset, exset.c.id == row.set_id)
        .where(exset.c.patient_id == patient_id, is_shown(phase_tremor), *only)
    )
    found: dict[RepPhase, dict[UUID, Measured]] = {}
    for phase, set_id, status, amp_ms2 in await connection.execute(query):
        found.setdefault(RepPhase(phase), {})[set_id] = (TremorStatus(status), amp_ms2)
    return found


async def _phases(connection: AsyncConnection, set_id: UUID) -> tuple[PhaseShaking, ...]:
    query = (
        select(phase_tremor)
        .join(exset, exset.c.id == phase_tremor.c.set_id)
        .where(phase_tremor.c.set_id == set_id, is_shown(phase_tremor))
    )
    found = {
        RepPhase(row.phase): PhaseShaking(
            RepPhase(row.phase),
            TremorStatus(row.status),
            row.reason,
            row.amp_rms_ms2,
            row.freq_hz,
            row.score,
        )
        for row in await connection.execute(query)
    }
    return tuple(found[phase] for phase in RepPhase if phase in found)


def _course(row: Row[*tuple[Any, ...]]) -> ShakingCourse | None:
    if row.course_slope_log10 is None:
        return None
    return ShakingCourse(
        tuple(row.course_amp_rms_ms2),
        row.course_slope_log10,
        row.course_low_log10,
        row.course_high_log10,
    )
