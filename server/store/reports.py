"""What patients say of pain, and the alerts that it raises for their therapists."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.tables import alert, report

ALERT_PAIN_NRS = 5
"""Asked afterwards; moderate on most scales. During a set any pain that is reported is an alert."""


class ReportKind(StrEnum):
    """When it was said: "It hurts" in a set, after the exercises, or on the day after."""

    HURTS = "hurts"
    AFTER = "after"
    NEXT_DAY = "next_day"


@dataclass(frozen=True, slots=True)
class Report:
    """How it feels, 0-10 each; None where the patient skipped the question.

    effort_rpe: how hard it was (Borg CR10).
    """

    id: UUID
    patient_id: UUID
    set_id: UUID | None
    pain_nrs: int | None
    note: str
    reported_at: datetime
    utc_offset_min: int
    kind: ReportKind = ReportKind.HURTS
    soreness_nrs: int | None = None
    fatigue_nrs: int | None = None
    effort_rpe: int | None = None

    @property
    def raises_alert(self) -> bool:
        """Whether a therapist has to look: it hurt during a set, or it hurts much."""
        return self.kind is ReportKind.HURTS or (self.pain_nrs or 0) >= ALERT_PAIN_NRS

    @property
    def local_day(self) -> date:
        """The day on the patient's own calendar."""
        offset = timezone(timedelta(minutes=self.utc_offset_min))
        return self.reported_at.astimezone(offset).date()


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
    """Keep a report and raise its alert if it does; False if one of this id is there already."""
    if await find(connection, new.id) is not None:
        return False
    await connection.execute(insert(report).values(**asdict(new)))
    if new.raises_alert:
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
    return _report(row) if row else None


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
    return [_report(row) for row in (await connection.execute(query)).mappings()]


def _report(row: RowMapping) -> Report:
    return Report(**{**row, "kind": ReportKind(row["kind"])})


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
