"""What is kept of one patient, read once, for every form that an export is written in."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue import TABLE_ALONE, Catalogue
from server.export.program_tables import Prescribed, SetPhase
from server.export.tables import SetRep, SetWindow
from server.store import (
    good_sets,
    own_exercises,
    programs,
    recordings,
    reports,
    sets,
    shaking,
    sharing,
    workouts,
)
from server.store.good_sets import GoodSet
from server.store.people import Person
from server.store.recordings import Recording
from server.store.reports import Report
from server.store.sets import StoredSet
from server.store.sharing import Sharing
from server.store.workouts import Workout

MOST = 1_000_000
"""Sets and reports: more than a lifetime has."""


@dataclass(frozen=True, slots=True)
class Records:
    """All but the signal.

    Sets, reports and workouts newest first, recordings and good sets oldest first.
    """

    person: Person
    sets: tuple[StoredSet, ...]
    reps: tuple[SetRep, ...]
    windows: tuple[SetWindow, ...]
    phases: tuple[SetPhase, ...]
    reports: tuple[Report, ...]
    prescribed: tuple[Prescribed, ...]
    workouts: tuple[Workout, ...]
    good_sets: tuple[GoodSet, ...]
    sharing: tuple[Sharing, ...]
    recordings: tuple[Recording, ...]
    catalogue: Catalogue = TABLE_ALONE


async def records_of(connection: AsyncConnection, person: Person) -> Records:
    """All that is kept of a patient, but for the signal."""
    found = await sets.of_patient(connection, person.id, limit=MOST)
    reps = [
        SetRep(one, number, rep)
        for one in found
        for number, rep in enumerate(await sets.reps_of(connection, one.id), start=1)
    ]
    windows = [
        SetWindow(one, window)
        for one in found
        for window in await shaking.windows_of(connection, one.id)
    ]
    versions = await programs.versions(connection, person.id)
    return Records(
        person=person,
        sets=tuple(found),
        reps=tuple(reps),
        windows=tuple(windows),
        phases=tuple([phase for one in found for phase in await _phases(connection, one)]),
        reports=tuple(await reports.of_patient(connection, person.id, limit=MOST)),
        prescribed=tuple(
            Prescribed(version, one) for version in versions for one in version.prescriptions
        ),
        workouts=tuple(await workouts.of_patient(connection, person.id, limit=MOST)),
        sharing=tuple(await sharing.of_patient(connection, person.id)),
        good_sets=tuple(await good_sets.of_patient(connection, person.id)),
        recordings=tuple(await recordings.of_patient(connection, person.id)),
        catalogue=await own_exercises.prescribed_to(connection, person.id),
    )


async def _phases(connection: AsyncConnection, one: StoredSet) -> list[SetPhase]:
    known = await shaking.settled_of(connection, one.id)
    if known is None or known.by_phase is None:
        return []
    return [SetPhase(one, phase) for phase in known.by_phase.phases]
