"""Programs: each change is a new version, and no version is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.programs.prescription import (
    Dose,
    Growth,
    Pace,
    Prescription,
    ProgramKind,
)
from server.store.program_tables import decline, prescription, program_version


class OutOfDate(Exception):
    """Somebody else has made a newer version meanwhile; carries its number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"version {number} was made meanwhile")
        self.number = number


@dataclass(frozen=True, slots=True)
class ProgramVersion:
    """A version of a patient's program. since: its first day on the patient's calendar.

    dose_since: of each prescription the day since which its dose is the same.
    """

    id: UUID
    patient_id: UUID
    number: int
    kind: ProgramKind
    since: date
    made_by: UUID
    made_at: datetime
    prescriptions: tuple[Prescription, ...]
    dose_since: tuple[date, ...]


async def add(
    connection: AsyncConnection,
    patient_id: UUID,
    after: int,
    kind: ProgramKind,
    prescriptions: Sequence[Prescription],
    since: date,
    made_by: UUID,
    now: datetime,
) -> ProgramVersion:
    """Make the version that follows version `after` (0: the first). In a writing transaction.

    Raises OutOfDate.
    """
    latest = await current(connection, patient_id)
    number = latest.number if latest else 0
    if number != after:
        raise OutOfDate(number)
    new = ProgramVersion(
        uuid4(),
        patient_id,
        number + 1,
        kind,
        since,
        made_by,
        now,
        tuple(prescriptions),
        tuple(_dose_since(latest, each, since) for each in prescriptions),
    )
    await connection.execute(
        insert(program_version).values(
            id=new.id,
            patient_id=patient_id,
            number=new.number,
            kind=new.kind,
            since=since,
            made_by=made_by,
            made_at=now,
        )
    )
    if new.prescriptions:
        rows = [
            {"version_id": new.id, "position": n, "dose_since": day, **_columns(each)}
            for n, (each, day) in enumerate(zip(new.prescriptions, new.dose_since, strict=True))
        ]
        await connection.execute(insert(prescription), rows)
    return new


def _dose_since(latest: ProgramVersion | None, new: Prescription, since: date) -> date:
    """Since when the dose is the same, whatever else a version changed."""
    if latest is None:
        return since
    for old, day in zip(latest.prescriptions, latest.dose_since, strict=True):
        if (old.exercise, old.side, old.dose) == (new.exercise, new.side, new.dose):
            return day
    return since


async def current(connection: AsyncConnection, patient_id: UUID) -> ProgramVersion | None:
    """The newest version; None where nothing was ever prescribed."""
    newest = select(func.max(program_version.c.number)).where(
        program_version.c.patient_id == patient_id
    )
    query = select(program_version).where(
        program_version.c.patient_id == patient_id,
        program_version.c.number == newest.scalar_subquery(),
    )
    row = (await connection.execute(query)).one_or_none()
    return await _version(connection, row) if row else None


async def versions(connection: AsyncConnection, patient_id: UUID) -> list[ProgramVersion]:
    """All versions, the first first."""
    query = (
        select(program_version)
        .where(program_version.c.patient_id == patient_id)
        .order_by(program_version.c.number)
    )
    return [await _version(connection, row) for row in await connection.execute(query)]


async def note_declined(
    connection: AsyncConnection,
    version_id: UUID,
    position: int,
    on_day: date,
    declined_by: UUID,
    now: datetime,
) -> None:
    """Note that what is proposed is not wanted; the first to say so stays on record."""
    if position in await declined(connection, version_id):
        return
    await connection.execute(
        insert(decline).values(
            version_id=version_id,
            position=position,
            on_day=on_day,
            declined_by=declined_by,
            declined_at=now,
        )
    )


async def declined(connection: AsyncConnection, version_id: UUID) -> Mapping[int, date]:
    """Of which prescriptions of a version a proposal was declined, and on which day."""
    query = select(decline.c.position, decline.c.on_day).where(decline.c.version_id == version_id)
    return {row.position: row.on_day for row in await connection.execute(query)}


async def _version(connection: AsyncConnection, row: Row[*tuple[Any, ...]]) -> ProgramVersion:
    query = (
        select(prescription)
        .where(prescription.c.version_id == row.id)
        .order_by(prescription.c.position)
    )
    found = (await connection.execute(query)).all()
    return ProgramVersion(
        row.id,
        row.patient_id,
        row.number,
        ProgramKind(row.kind),
        row.since,
        row.made_by,
        row.made_at,
        tuple(_prescription(each) for each in found),
        tuple(each.dose_since for each in found),
    )


def _columns(one: Prescription) -> dict[str, Any]:
    growth = one.growth
    return {
        "exercise": one.exercise,
        "side": one.side,
        "sets": one.dose.sets,
        "reps": one.dose.reps,
        "first_reps": one.first_reps,
        "concentric_s": one.pace.concentric_s,
        "hold_s": one.pace.hold_s,
        "eccentric_s": one.pace.eccentric_s,
        "rest_s": one.rest_s,
        "load_kg": one.load_kg,
        "weekdays": sorted(one.weekdays),
        "step_reps": growth.step_reps if growth else None,
        "after_sessions": growth.after_sessions if growth else None,
        "most_reps": growth.most_reps if growth else None,
        "most_sets": growth.most_sets if growth else None,
        "why": one.why,
    }


def _prescription(row: Row[*tuple[Any, ...]]) -> Prescription:
    growth = (
        None
        if row.step_reps is None
        else Growth(row.step_reps, row.after_sessions, row.most_reps, row.most_sets)
    )
    return Prescription(
        exercise=row.exercise,
        side=row.side,
        dose=Dose(row.sets, row.reps),
        first_reps=row.first_reps,
        pace=Pace(row.concentric_s, row.hold_s, row.eccentric_s),
        rest_s=row.rest_s,
        load_kg=row.load_kg,
        weekdays=frozenset(row.weekdays),
        growth=growth,
        why=row.why,
    )
