"""What patients say of pain, and the alerts that it raises for their therapists."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.tables import alert, report


@dataclass(frozen=True, slots=True)
class Report:
    """ "It hurts": `pain_nrs` 0-10, None if the patient skipped the question."""

    id: UUID
    patient_id: UUID
    set_id: UUID | None
    pain_nrs: int | None
    note: str
    reported_at: datetime
    utc_offset_min: int


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a therapist should look at; open until one has (`resolved_by`)."""

    id: UUID
    patient_id: UUID
    report_id: UUID
    kind: str
    raised_at: datetime
    resolved_at: datetime | None
    resolved_by: UUID | None


async def add(connection: AsyncConnection, new: Report) -> bool:
    """Keep a report and raise its alert; False if a report of this id is there already."""
    if await find(connection, new.id) is not None:
        return False
    await connection.execute(
        insert(report).values(
            id=new.id,
            patient_id=new.patient_id,
            set_id=new.set_id,
            pain_nrs=new.pain_nrs,
            note=new.note,
            reported_at=new.reported_at,
            utc_offset_min=new.utc_offset_min,
        )
    )
    await connection.execute(
        insert(alert).values(
            id=uuid4(),
            patient_id=new.patient_id,
            report_id=new.id,
            kind="pain",
            raised_at=new.reported_at,
        )
    )
    return True


async def find(connection: AsyncConnection, report_id: UUID) -> Report | None:
    """The report with this id."""
    query = select(report).where(report.c.id == report_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return Report(**row) if row else None


async def of_patient(
    connection: AsyncConnection, patient_id: UUID, limit: int = 100
) -> list[Report]:
    """A patient's reports, newest first."""
    query = (
        select(report)
        .where(report.c.patient_id == patient_id)
        .order_by(report.c.reported_at.desc())
        .limit(limit)
    )
    return [Report(**row) for row in (await connection.execute(query)).mappings()]


async def open_alerts(connection: AsyncConnection, patient_id: UUID) -> list[Alert]:
    """A patient's alerts that nobody has resolved, newest first."""
    query = (
        select(alert)
        .where(alert.c.patient_id == patient_id, alert.c.resolved_at.is_(None))
        .order_by(alert.c.raised_at.desc())
    )
    return [Alert(**row) for row in (await connection.execute(query)).mappings()]


async def find_alert(connection: AsyncConnection, alert_id: UUID) -> Alert | None:
    """The alert with this id."""
    query = select(alert).where(alert.c.id == alert_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return Alert(**row) if row else None


async def resolve_alert(
    connection: AsyncConnection, alert_id: UUID, resolved_by: UUID, now: datetime
) -> None:
    """Note who has dealt with an alert, and when; the first to do so stays on record."""
    await connection.execute(
        update(alert)
        .where(alert.c.id == alert_id, alert.c.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=resolved_by)
    )
