"""A therapist's patients at a glance: who needs a look first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.done_once import Doing, once
from server.store.people import Person, patients_of
from server.store.tables import alert, exset, report

RECENT = timedelta(days=7)
"""Adherence at a glance is about the last week, as plans are written by the week."""


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """One patient of a therapist. `latest_pain_nrs`: of the newest report that gave a number."""

    patient: Person
    last_set_at: datetime | None
    recent_sets: int
    open_alerts: int
    latest_pain_nrs: int | None


async def caseload(
    connection: AsyncConnection, therapist_id: UUID, now: datetime
) -> list[CaseloadRow]:
    """A therapist's patients: open alerts first, then who has been away the longest."""
    people = await patients_of(connection, therapist_id)
    rows = [await _row(connection, person, now) for person in people]
    return sorted(rows, key=_urgency)


def _urgency(row: CaseloadRow) -> tuple[int, float, str]:
    last = row.last_set_at.timestamp() if row.last_set_at else float("-inf")
    return (-row.open_alerts, last, row.patient.display_name)


async def _row(connection: AsyncConnection, person: Person, now: datetime) -> CaseloadRow:
    last = select(func.max(exset.c.started_at)).where(exset.c.patient_id == person.id)
    recent = select(
        exset.c.exercise, exset.c.started_at, exset.c.end_s - exset.c.start_s, exset.c.auto_reps
    ).where(exset.c.patient_id == person.id, exset.c.started_at >= now - RECENT)
    done = [Doing(*row) for row in await connection.execute(recent)]
    alerts = select(func.count()).where(
        alert.c.patient_id == person.id, alert.c.resolved_at.is_(None)
    )
    pain = (
        select(report.c.pain_nrs)
        .where(report.c.patient_id == person.id, report.c.pain_nrs.is_not(None))
        .order_by(report.c.reported_at.desc())
        .limit(1)
    )
    return CaseloadRow(
        person,
        (await connection.execute(last)).scalar_one(),
        len(once(done, lambda one: one)),
        (await connection.execute(alerts)).scalar_one(),
        (await connection.execute(pain)).scalar_one_or_none(),
    )
