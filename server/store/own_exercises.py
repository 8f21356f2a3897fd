"""Therapists' own exercises: theirs to offer, and seen where they are prescribed."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from detection.events import Tempo
from detection.exercises import Exercise, FirstPhase, Kind, Placement, Sides
from server.catalogue import Catalogue, catalogue_of
from server.programs.own_exercise import SOURCE, OwnExercise, expected_tilt_deg, own_name
from server.store.program_tables import own_exercise, prescription, program_version


async def add(
    connection: AsyncConnection,
    therapist_id: UUID,
    described: Exercise,
    counts_like: str | None,
    now: datetime,
    before: OwnExercise | None = None,
) -> OwnExercise:
    """Keep a description: of a new exercise, or as the next version of one there was.

    Its name is made here. In a writing transaction.
    """
    family = before.family if before else uuid4()
    version = await _latest(connection, family) + 1
    known = replace(described, name=own_name(family, version))
    new = OwnExercise(family, version, therapist_id, known, counts_like, now)
    await connection.execute(insert(own_exercise).values(**_columns(new)))
    return new


async def find(connection: AsyncConnection, therapist_id: UUID, name: str) -> OwnExercise | None:
    """A therapist's exercise by its name; None of another's."""
    query = select(own_exercise).where(
        own_exercise.c.name == name, own_exercise.c.therapist_id == therapist_id
    )
    row = (await connection.execute(query)).one_or_none()
    return _read(row) if row else None


async def of_therapist(connection: AsyncConnection, therapist_id: UUID) -> list[OwnExercise]:
    """Those that a therapist offers, the latest version of each, by title."""
    found: dict[UUID, OwnExercise] = {}
    query = select(own_exercise).where(own_exercise.c.therapist_id == therapist_id)
    for row in await connection.execute(query.order_by(own_exercise.c.version)):
        found[row.family] = _read(row)
    offered = [one for one in found.values() if one.put_away_at is None]
    return sorted(offered, key=lambda one: (one.known.title.casefold(), one.name))


async def prescribed_to(connection: AsyncConnection, patient_id: UUID) -> Catalogue:
    """What a patient's records may name: the table, and what any version prescribes or did."""
    return catalogue_of([_read(row) for row in await connection.execute(_named(patient_id))])


async def put_away(
    connection: AsyncConnection, therapist_id: UUID, name: str, now: datetime
) -> None:
    """Offer an exercise no more; where it is prescribed it stays. Again, it changes nothing."""
    one = await find(connection, therapist_id, name)
    if one is None:
        return
    await connection.execute(
        update(own_exercise)
        .where(own_exercise.c.family == one.family, own_exercise.c.put_away_at.is_(None))
        .values(put_away_at=now)
    )


def _named(patient_id: UUID) -> Select[tuple[Any, ...]]:
    names = (
        select(prescription.c.exercise)
        .join(program_version, program_version.c.id == prescription.c.version_id)
        .where(program_version.c.patient_id == patient_id)
    )
    return select(own_exercise).where(own_exercise.c.name.in_(names)).order_by(own_exercise.c.name)


async def _latest(connection: AsyncConnection, family: UUID) -> int:
    newest = select(func.max(own_exercise.c.version)).where(own_exercise.c.family == family)
    return (await connection.execute(newest)).scalar_one() or 0


def _columns(one: OwnExercise) -> dict[str, Any]:
    known = one.known
    return {
        "name": known.name,
        "family": one.family,
        "version": one.version,
        "therapist_id": one.therapist_id,
        "title": known.title,
        "repetition": known.repetition,
        "kind": known.kind,
        "sides": known.sides,
        "first_phase": known.first_phase,
        "placement": known.placement,
        "fastest_s": known.fastest_s,
        "slowest_s": known.slowest_s,
        "concentric_s": known.tempo.concentric_s,
        "hold_s": known.tempo.hold_s,
        "eccentric_s": known.tempo.eccentric_s,
        "equipment": list(known.equipment),
        "cautions": list(known.cautions),
        "counts_like": one.counts_like,
        "made_at": one.made_at,
        "put_away_at": one.put_away_at,
    }


def _read(row: Row[*tuple[Any, ...]]) -> OwnExercise:
    known = Exercise(
        name=row.name,
        title=row.title,
        kind=Kind(row.kind),
        sides=Sides(row.sides),
        first_phase=FirstPhase(row.first_phase),
        repetition=row.repetition,
        placement=Placement(row.placement),
        fastest_s=row.fastest_s,
        slowest_s=row.slowest_s,
        tempo=Tempo(row.concentric_s, row.hold_s, row.eccentric_s),
        equipment=tuple(row.equipment),
        cautions=tuple(row.cautions),
        sources=(SOURCE,),
        expected_tilt_deg=expected_tilt_deg(row.counts_like, row.placement),
    )
    return OwnExercise(
        row.family,
        row.version,
        row.therapist_id,
        known,
        row.counts_like,
        row.made_at,
        row.put_away_at,
    )
