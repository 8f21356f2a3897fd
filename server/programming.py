"""Changing a program: a new version, or a decision on what the rule proposes."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.program_standing import Standing, local_day, standing
from server.programs.own_exercise import is_own
from server.programs.prescription import InvalidPrescription, Prescription, ProgramKind
from server.programs.progression import Step
from server.store import own_exercises, programs
from server.store.people import Person
from server.store.programs import OutOfDate, ProgramVersion
from server.words import Words


class NothingProposed(Exception):
    """There is no such proposal: it was decided, or what it rested on has changed."""


async def prescribe(
    connection: AsyncConnection,
    patient: Person,
    therapist: Person,
    after: int,
    kind: ProgramKind,
    prescriptions: Sequence[Prescription],
    since: date | None,
    now: datetime,
) -> ProgramVersion:
    """Make the version that follows version `after`. Raises OutOfDate, InvalidPrescription."""
    await _check_exercises(connection, patient, therapist, prescriptions)
    begins = since or local_day(patient, now)
    return await programs.add(
        connection, patient.id, after, kind, prescriptions, begins, therapist.id, now
    )


async def _check_exercises(
    connection: AsyncConnection,
    patient: Person,
    therapist: Person,
    prescriptions: Sequence[Prescription],
) -> None:
    """Raises InvalidPrescription for an own exercise that is neither theirs nor the patient's."""
    known = await own_exercises.prescribed_to(connection, patient.id)
    for name in {one.exercise for one in prescriptions if is_own(one.exercise)}:
        is_theirs = await own_exercises.find(connection, therapist.id, name) is not None
        if not is_theirs and name not in known.own:
            raise InvalidPrescription(f"{name} is none of your exercises: describe it first")


async def decide(
    connection: AsyncConnection,
    patient: Person,
    therapist: Person,
    after: int,
    position: int,
    now: datetime,
    words: Words,
    *,
    is_accepted: bool,
) -> Standing:
    """Take up a proposal as a new version, or note that it is not wanted.

    Raises OutOfDate, NothingProposed.
    """
    here = await standing(connection, patient, now)
    version, proposal = here.version, here.proposals.get(position)
    if version is None or proposal is None:
        raise NothingProposed
    if version.number != after:
        raise OutOfDate(version.number)
    if not is_accepted or proposal.step is Step.HOLD:
        await programs.note_declined(connection, version.id, position, here.day, therapist.id, now)
        return await standing(connection, patient, now)
    why = words(f"why.{proposal.reason}", n=proposal.sessions, reps=proposal.dose.reps)
    changed = list(version.prescriptions)
    changed[position] = changed[position].with_dose(proposal.dose, why)
    await prescribe(connection, patient, therapist, after, version.kind, changed, None, now)
    return await standing(connection, patient, now)
