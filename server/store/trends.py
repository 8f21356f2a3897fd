"""A patient's shaking over weeks: sets into sessions, sessions into the verdict of detection.trend.

A session here is a day on the patient's calendar; it is worth the median of its sets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from detection.trend import Conditions, TremorSession, Trend, session_of, trend
from server.store import sets
from server.store.sets import StoredSet
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
    """Sessions, oldest first, and what they say together."""

    exercise: str | None
    side: str | None
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
    connection: AsyncConnection, patient_id: UUID, exercise: str | None, side: str | None
) -> TremorTrend:
    """The trend of one exercise on one side; None means those of which it was not said."""
    found = await sets.of_patient(
        connection,
        patient_id,
        limit=MAX_SETS,
        only=(_is(exset.c.exercise, exercise), _is(exset.c.side, side)),
    )
    sessions = sessions_of(found)
    judged = trend([one.session for one in sessions])
    return TremorTrend(exercise, side, tuple(sessions), judged)


def _is(column: ColumnElement[str], value: str | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def sessions_of(found: Sequence[StoredSet]) -> list[StoredSession]:
    """Sets of one exercise and side as sessions, oldest first."""
    measured = [one for one in found if one.tremor is not None]
    measured.sort(key=lambda one: (one.local_start.date(), one.started_at))
    days = groupby(measured, key=lambda one: (one.local_start.date(), _conditions(one)))
    return [_session(day, conditions, list(members)) for (day, conditions), members in days]


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


def _session(day: date, conditions: Conditions, members: Sequence[StoredSet]) -> StoredSession:
    measured = [(one.tremor.status, one.tremor.amp_rms_ms2) for one in members if one.tremor]
    session = session_of(day.toordinal(), measured, conditions)
    return StoredSession(day, session, tuple(one.id for one in members))
