"""The demo's people: a patient with six weeks behind them, and their therapist."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from server import good_sets
from server.clock import Clock
from server.demo.history import DAYS, SENSOR_NAME, WEEKS, make_history, scripts
from server.demo.session import EXERCISE, PLACEMENT, REPS, SETS, SIDE
from server.invitations import invite, local_timezone
from server.programs.prescription import Dose, Growth, Prescription, ProgramKind
from server.settings import Settings
from server.store import devices, people, programs, sets
from server.store.database import Database
from server.store.devices import Device
from server.store.people import Person, Role
from server.tokens import digest, new_token

HISTORY_SETS = WEEKS * len(DAYS) * SETS
PATIENT, THERAPIST = "Anna (demo)", "Demo therapist"


@dataclass(frozen=True, slots=True)
class Cast:
    """Ways in for the people, as paths, and the token of the leg's sensor."""

    patient_path: str
    therapist_path: str
    sensor_token: str


async def cast(
    database: Database, settings: Settings, clock: Clock, progress: Callable[[float], None]
) -> Cast:
    """Let the people in; the first time, make them and their history."""
    token = new_token()
    async with database.writing() as changes:
        is_new = not await people.known_as(changes, PATIENT)
        patient, therapist = await _people(changes, clock)
        leg = await _sensor(changes, patient, token, clock)
    if is_new:
        await make_history(database, patient, leg, clock.now(), progress)
        async with database.writing() as changes:
            await _prescribe(changes, patient, therapist, clock)
            first = (await sets.of_patient(changes, patient.id, limit=HISTORY_SETS))[-1]
            await good_sets.keep(changes, first, therapist, clock.now())
    async with database.writing() as changes:
        return Cast(
            patient_path=await invite(changes, patient, settings, clock),
            therapist_path=await invite(changes, therapist, settings, clock),
            sensor_token=token,
        )


async def _people(changes: AsyncConnection, clock: Clock) -> tuple[Person, Person]:
    patient = await _person(changes, PATIENT, Role.PATIENT, clock)
    therapist = await _person(changes, THERAPIST, Role.THERAPIST, clock)
    await people.link(changes, patient.id, therapist.id, clock.now())
    return patient, therapist


async def _prescribe(
    changes: AsyncConnection, patient: Person, therapist: Person, clock: Clock
) -> None:
    """What the six weeks were done by: the exercise, on the days of the history."""
    first = scripts(clock.now(), patient.timezone)[0]
    bridge = Prescription(
        exercise=EXERCISE,
        side=SIDE,
        dose=Dose(SETS, REPS),
        first_reps=REPS,
        weekdays=frozenset(DAYS),
        growth=Growth(step_reps=2, after_sessions=4, most_reps=15, most_sets=3),
    )
    await programs.add(
        changes,
        patient.id,
        0,
        ProgramKind.BUILDING,
        (bridge,),
        first.started_at.date(),
        therapist.id,
        clock.now(),
    )


async def _person(changes: AsyncConnection, name: str, role: Role, clock: Clock) -> Person:
    known = await people.known_as(changes, name)
    if known:
        return known[0]
    return await people.add(changes, role, name, local_timezone(), clock.now())


async def _sensor(changes: AsyncConnection, patient: Person, token: str, clock: Clock) -> Device:
    return await devices.add(
        changes, patient.id, SENSOR_NAME, digest(token), clock.now(), PLACEMENT, SIDE
    )
