"""A patient's shaking over weeks: sets into sessions, sessions into the verdict of detection.trend.

A session here is a day on the patient's calendar; it is worth the median of its sets. Of a phase of
the repetitions a set tells what was found when it settled; one that has not can't tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from detection.events import TremorStatus
from detection.tremor.phases import RepPhase
from detection.trend import Conditions, TremorSession, Trend, session_of, trend
from server.store import sets, shaking
from server.store.sets import StoredSet
from server.store.shaking import Measured
from server.store.tables import exset, set_tremor

MAX_SETS = 2000
"""Two sets a day for almost three years."""
NOT_SAID = "not said"
"""Sets of which something was not said are compared with each other."""


@dataclass(frozen=True, slots=True)
class TrendChoice:
    """An exercise and side with measured sets: something that a trend can be shown of."""

    exercise: str | None
    side: str | None
    sets: int


@dataclass(frozen=True, slots=True)
class StoredSession:
    """One day's shaking and the sets behind it."""

    day: date
    session: TremorSession
    set_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class TremorTrend:
    """Sessions, oldest first, and what they say together.

    phase: None for the shaking of whole sets. phases: of which something is known.
    """

    exercise: str | None
    side: str | None
    phase: RepPhase | None
    phases: tuple[RepPhase, ...]
    sessions: tuple[StoredSession, ...]
    trend: Trend


async def choices(connection: AsyncConnection, patient_id: UUID) -> list[TrendChoice]:
    """What trends can be shown of, the exercise with the most sets first."""
    how_many = func.count()
    query = (
        select(exset.c.exercise, exset.c.side, how_many)
        .join(set_tremor, set_tremor.c.set_id == exset.c.id)
        .where(exset.c.patient_id == patient_id)
        .group_by(exset.c.exercise, exset.c.side)
        .order_by(how_many.desc(), exset.c.exercise, exset.c.side)
    )
    return [TrendChoice(*row) for row in await connection.execute(query)]


async def tremor_trend(
    connection: AsyncConnection,
    patient_id: UUID,
    exercise: str | None,
    side: str | None,
    phase: RepPhase | None = None,
) -> TremorTrend:
    """The trend of one exercise on one side; None means those of which it was not said.

    phase: only of the shaking in this phase of the repetitions.
    """
    only = (_is(exset.c.exercise, exercise), _is(exset.c.side, side))
    found = await sets.of_patient(connection, patient_id, limit=MAX_SETS, only=only)
    by_phase = await shaking.phases_of_patient(connection, patient_id, only)
    known = _of_sets(found) if phase is None else by_phase.get(phase, {})
    sessions = sessions_of(found, known, phase)
    judged = trend([one.session for one in sessions])
    phases = tuple(one for one in RepPhase if one in by_phase)
    return TremorTrend(exercise, side, phase, phases, tuple(sessions), judged)


def _of_sets(found: Sequence[StoredSet]) -> Mapping[UUID, Measured]:
    return {one.id: (one.tremor.status, one.tremor.amp_rms_ms2) for one in found if one.tremor}


def _is(column: ColumnElement[str], value: str | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def sessions_of(
    found: Sequence[StoredSet], known: Mapping[UUID, Measured], phase: RepPhase | None
) -> list[StoredSession]:
    """Sets of one exercise and side as sessions, oldest first; known: what each set tells."""
    measured = [one for one in found if one.tremor is not None]
    measured.sort(key=lambda one: (one.local_start.date(), one.started_at))
    days = groupby(measured, key=lambda one: (one.local_start.date(), _conditions(one)))
    return [
        _session(day, replace(conditions, phase=phase), list(members), known)
        for (day, conditions), members in days
    ]


def _conditions(one: StoredSet) -> Conditions:
    return Conditions(
        exercise=one.exercise or NOT_SAID,
        side=one.side,
        phase=None,
        placement=one.placement or NOT_SAID,
        device=one.sensor_kind or NOT_SAID,
        load_kg=None,
        algorithm_version=one.algorithm_version,
    )


def _session(
    day: date,
    conditions: Conditions,
    members: Sequence[StoredSet],
    known: Mapping[UUID, Measured],
) -> StoredSession:
    measured = [known.get(one.id, (TremorStatus.UNKNOWN, None)) for one in members]
    session = session_of(day.toordinal(), measured, conditions)
    return StoredSession(day, session, tuple(one.id for one in members))
