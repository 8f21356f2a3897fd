"""What a therapist sees and answers: the caseload, a patient's sets and alerts, one set."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel

from detection.reference import NoReference
from detection.tremor.phases import RepPhase
from server import good_sets
from server.access import Action
from server.documents.set_schemas import (
    GoodSetView,
    SetDetail,
    SetDocument,
    good_set_view,
    set_detail,
    set_document,
)
from server.documents.trend_schemas import TrendDocument, trend_document
from server.guards.gate import Entry, Gate
from server.guards.problems import Problem, not_found
from server.live.set_commands import EXERCISE_NAME
from server.services import ServicesHere
from server.store import own_exercises, reports, sets, shaking, signals, trends
from server.store.caseload import caseload
from server.store.good_sets import drop

MAX_SETS = 500
"""Half a year of three sets a day; more is asked for in pages, with `before`."""

router = APIRouter(prefix="/api/v1", tags=["records"])
SeesRecords = Annotated[Entry, Depends(Gate(Action.SEE_RECORDS))]
Prescribes = Annotated[Entry, Depends(Gate(Action.PRESCRIBE))]
ResolvesAlert = Annotated[Entry, Depends(Gate(Action.RESOLVE_ALERT))]


def _in_utc(moment: datetime) -> datetime:
    """In UTC; raises ValueError where the years 1 to 9999 do not reach."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("this moment is outside of the calendar") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class PatientRow(BaseModel):
    """A patient of the caseload; recent_sets counts the last seven days."""

    id: UUID
    display_name: str
    last_set_at: AwareDatetime | None
    recent_sets: int
    open_alerts: int
    latest_pain_nrs: int | None


class Caseload(BaseModel):
    """The patients of a therapist, those who need a look first."""

    patients: list[PatientRow]


class ResolvedAlert(BaseModel):
    """An alert that a therapist has dealt with: the first one to say so, and when."""

    id: UUID
    patient_id: UUID
    report_id: UUID
    kind: str
    raised_at: AwareDatetime
    resolved_at: AwareDatetime
    resolved_by: UUID


class SetList(BaseModel):
    """Sets, newest first."""

    sets: list[SetDocument]


@router.get("/patients")
async def list_patients(
    entry: Annotated[Entry, Depends(Gate(Action.SEE_CASELOAD))], services: ServicesHere
) -> Caseload:
    """The patients who let this therapist in."""
    async with services.database.reading() as database:
        rows = await caseload(database, entry.person.id, services.now())
    return Caseload(
        patients=[
            PatientRow(
                id=row.patient.id,
                display_name=row.patient.display_name,
                last_set_at=row.last_set_at,
                recent_sets=row.recent_sets,
                open_alerts=row.open_alerts,
                latest_pain_nrs=row.latest_pain_nrs,
            )
            for row in rows
        ]
    )


@router.get("/patients/{patient_id}/sets")
async def list_sets(
    entry: SeesRecords,
    services: ServicesHere,
    before: Annotated[Moment | None, Query(description="Only sets started before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_SETS)] = 100,
) -> SetList:
    """A patient's sets, newest first; go on with `before` = the last one's started_at."""
    async with services.database.reading() as database:
        found = await sets.of_patient(database, entry.whose.id, before, limit)
        catalogue = await own_exercises.prescribed_to(database, entry.whose.id)
    return SetList(sets=[set_document(stored, catalogue) for stored in found])


@router.get("/patients/{patient_id}/trend")
async def show_trend(
    entry: SeesRecords,
    services: ServicesHere,
    exercise: Annotated[str | None, Query(pattern=EXERCISE_NAME)] = None,
    side: Annotated[Literal["left", "right"] | None, Query()] = None,
    phase: Annotated[
        RepPhase | None, Query(description="Only the shaking in this phase of the repetitions")
    ] = None,
) -> TrendDocument:
    """Shaking over weeks for one exercise and side; without them, for those with the most sets."""
    async with services.database.reading() as database:
        choices = await trends.choices(database, entry.whose.id)
        if exercise is None and side is None and choices:
            exercise, chosen_side = choices[0].exercise, choices[0].side
        else:
            chosen_side = side
        judged = await trends.tremor_trend(database, entry.whose.id, exercise, chosen_side, phase)
        catalogue = await own_exercises.prescribed_to(database, entry.whose.id)
    return trend_document(judged, choices, catalogue)


@router.get("/sets/{set_id}")
async def show_set(set_id: UUID, entry: SeesRecords, services: ServicesHere) -> SetDetail:
    """One set: its repetitions, its windows of shaking, its tilt."""
    async with services.database.reading() as database:
        stored = await sets.find(database, set_id)
        if stored is None:
            raise not_found()
        reps = await sets.reps_of(database, set_id)
        windows = await shaking.windows_of(database, set_id)
        known = await shaking.settled_of(database, set_id)
        curve = await signals.tilt(database, stored)
        compared = await good_sets.compared(database, stored)
        catalogue = await own_exercises.prescribed_to(database, entry.whose.id)
    return set_detail(stored, reps, windows, known, curve, compared, catalogue)


@router.put("/sets/{set_id}/good")
async def keep_good_set(set_id: UUID, entry: Prescribes, services: ServicesHere) -> GoodSetView:
    """Keep a set as the good one of its exercise and place; again, it changes nothing.

    Later sets are compared with it, and recordings that begin from now on are counted by it. It
    takes the place of the one before.
    """
    async with services.database.writing() as database:
        stored = await sets.find(database, set_id)
        if stored is None:
            raise not_found()
        try:
            good = await good_sets.keep(database, stored, entry.person, services.now())
        except NoReference as problem:
            raise no_reference(problem) from problem
    return good_set_view(good)


@router.delete("/sets/{set_id}/good", status_code=204)
async def drop_good_set(set_id: UUID, _entry: Prescribes, services: ServicesHere) -> Response:
    """Let a set not be the good one any more; again, it changes nothing."""
    async with services.database.writing() as database:
        await drop(database, set_id, services.now())
    return Response(status_code=204)


def no_reference(problem: NoReference) -> Problem:
    """Why a set cannot be the good one."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"This set cannot be the good one: {problem}.")


@router.post("/alerts/{alert_id}/resolve")
async def resolve_alert(
    alert_id: UUID, entry: ResolvesAlert, services: ServicesHere
) -> ResolvedAlert:
    """Say that an alert was seen; again, it changes nothing."""
    async with services.database.writing() as database:
        await reports.resolve_alert(database, alert_id, entry.person.id, services.now())
        resolved = await reports.find_alert(database, alert_id)
    return ResolvedAlert.model_validate(resolved, from_attributes=True)
