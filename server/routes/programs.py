"""Programs over the API: what is prescribed, what is proposed, what was prepared, how it felt."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from server.access import Action
from server.clock import utc_offset_min
from server.documents.program_schemas import (
    Decision,
    KeptWorkout,
    NewProgram,
    NewWorkout,
    PlanDocument,
    ProgramDocument,
    plan_document,
    prescribed,
    program_document,
)
from server.guards.gate import Entry, Gate
from server.guards.problems import Problem
from server.program_standing import standing
from server.programming import NothingProposed, decide, prescribe
from server.programs.prescription import InvalidPrescription
from server.rendering import WordsHere
from server.routes.patient import MAX_NOTE_CHARS
from server.services import ServicesHere
from server.store import programs, reports, workouts
from server.store.programs import OutOfDate
from server.store.reports import Report, ReportKind
from server.store.workouts import Workout

router = APIRouter(prefix="/api/v1/patients/{patient_id}", tags=["program"])
Sees = Annotated[Entry, Depends(Gate(Action.SEE_RECORDS))]
Prescribes = Annotated[Entry, Depends(Gate(Action.PRESCRIBE))]
DoesSets = Annotated[Entry, Depends(Gate(Action.DO_SETS))]
HERE_ALREADY = "It was here already; what is kept is read back."
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description='The version that this changes, as its ETag: `"4"`.'),
]


@router.get("/program")
async def show_program(entry: Sees, services: ServicesHere, response: Response) -> ProgramDocument:
    """The newest version of the program, and what the rule proposes."""
    async with services.database.reading() as database:
        here = await standing(database, entry.whose, services.now())
    return _tagged(program_document(here), response)


@router.get("/plan")
async def show_plan(entry: Sees, services: ServicesHere) -> PlanDocument:
    """What is prescribed today, and how far it is done."""
    async with services.database.reading() as database:
        return plan_document(await standing(database, entry.whose, services.now()))


@router.put("/program", responses={412: {}, 428: {}})
async def change_program(
    new: NewProgram,
    entry: Prescribes,
    services: ServicesHere,
    response: Response,
    if_match: IfMatch = None,
) -> ProgramDocument:
    """Make a new version; the one before stays as it is."""
    after, now = _version(if_match), services.now()
    async with services.database.writing() as database:
        before = await programs.current(database, entry.whose.id)
        known = (
            {(each.exercise, each.side): each for each in before.prescriptions} if before else {}
        )
        try:
            wanted = [
                prescribed(each, known.get((each.exercise, each.side)))
                for each in new.prescriptions
            ]
            await prescribe(
                database, entry.whose, entry.person, after, new.kind, wanted, new.since, now
            )
        except InvalidPrescription as problem:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{problem}.") from problem
        except OutOfDate as problem:
            raise _out_of_date(problem) from problem
        here = await standing(database, entry.whose, now)
    return _tagged(program_document(here), response)


@router.post("/program/decision", responses={409: {}, 412: {}, 428: {}})
async def decide_proposal(
    decision: Decision,
    entry: Prescribes,
    services: ServicesHere,
    words: WordsHere,
    response: Response,
    if_match: IfMatch = None,
) -> ProgramDocument:
    """Accept what the rule proposes for a prescription, or decline it."""
    after = _version(if_match)
    async with services.database.writing() as database:
        try:
            here = await decide(
                database,
                entry.whose,
                entry.person,
                after,
                decision.position,
                services.now(),
                words,
                is_accepted=decision.is_accepted,
            )
        except OutOfDate as problem:
            raise _out_of_date(problem) from problem
        except NothingProposed:
            raise Problem(
                HTTPStatus.CONFLICT, "Nothing is proposed there any more. Read the program again."
            ) from None
    return _tagged(program_document(here), response)


@router.post(
    "/workouts",
    status_code=HTTPStatus.CREATED,
    responses={200: {"model": KeptWorkout, "description": HERE_ALREADY}, 409: {}},
)
async def begin_workout(
    new: NewWorkout, entry: DoesSets, services: ServicesHere, response: Response
) -> KeptWorkout:
    """Note that the patient came to the mat, and what was prepared."""
    now = services.now()
    async with services.database.writing() as database:
        version = await programs.current(database, entry.whose.id)
        started = Workout(
            new.id,
            entry.whose.id,
            version.id if version else None,
            now,
            utc_offset_min(now, entry.whose.timezone),
            {str(item): is_ticked for item, is_ticked in new.prepared.items()},
            new.heat_min,
        )
        if not await workouts.add(database, started):
            response.status_code = HTTPStatus.OK
        kept = await workouts.find(database, new.id)
    if kept is None or kept.patient_id != entry.whose.id:
        raise _taken()
    return KeptWorkout(
        id=kept.id,
        started_at=kept.started_at,
        prepared=dict(kept.prepared),
        heat_min=kept.heat_min,
    )


class NewCheckIn(BaseModel):
    """How it feels, 0-10 each; null where skipped. The id is made by the client."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": "5f0b6a52-77a1-4f5b-8d0a-9a3c3b0d2e44",
                    "kind": "next_day",
                    "soreness_nrs": 4,
                }
            ]
        },
    )

    id: UUID
    kind: ReportKind = Field(default=ReportKind.AFTER, description="after or next_day")
    pain_nrs: int | None = Field(default=None, ge=0, le=10, strict=True)
    soreness_nrs: int | None = Field(default=None, ge=0, le=10, strict=True)
    fatigue_nrs: int | None = Field(default=None, ge=0, le=10, strict=True)
    effort_rpe: int | None = Field(default=None, ge=0, le=10, strict=True)
    note: str = Field(default="", max_length=MAX_NOTE_CHARS)


class KeptCheckIn(BaseModel):
    """What was said as it is kept; `is_alert`: a therapist was told."""

    id: UUID
    kind: ReportKind
    pain_nrs: int | None
    soreness_nrs: int | None
    fatigue_nrs: int | None
    effort_rpe: int | None
    note: str
    reported_at: AwareDatetime
    is_alert: bool


@router.post(
    "/check-ins",
    status_code=HTTPStatus.CREATED,
    responses={200: {"model": KeptCheckIn, "description": HERE_ALREADY}, 409: {}},
)
async def check_in(
    new: NewCheckIn, entry: DoesSets, services: ServicesHere, response: Response
) -> KeptCheckIn:
    """Say how it feels after the exercises or the day after; much pain raises an alert."""
    if new.kind is ReportKind.HURTS:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "kind: pain in a set goes to /reports, which stops it."
        )
    now = services.now()
    said = Report(
        patient_id=entry.whose.id,
        set_id=None,
        reported_at=now,
        utc_offset_min=utc_offset_min(now, entry.whose.timezone),
        **new.model_dump(),
    )
    async with services.database.writing() as database:
        if not await reports.add(database, said):
            response.status_code = HTTPStatus.OK
        kept = await reports.find(database, new.id)
    if kept is None or kept.patient_id != entry.whose.id:
        raise _taken()
    return KeptCheckIn(
        id=kept.id,
        kind=kept.kind,
        pain_nrs=kept.pain_nrs,
        soreness_nrs=kept.soreness_nrs,
        fatigue_nrs=kept.fatigue_nrs,
        effort_rpe=kept.effort_rpe,
        note=kept.note,
        reported_at=kept.reported_at,
        is_alert=kept.raises_alert,
    )


def _tagged(document: ProgramDocument, response: Response) -> ProgramDocument:
    response.headers["ETag"] = f'"{document.number}"'
    return document


def _version(if_match: str | None) -> int:
    """The version that is to be changed, from its ETag."""
    if if_match is None:
        raise Problem(
            HTTPStatus.PRECONDITION_REQUIRED,
            'Say which version you change: send its ETag as If-Match, "0" for the first program.',
        )
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Problem(HTTPStatus.PRECONDITION_FAILED, 'If-Match is a version, such as "4".')
    return int(text)


def _out_of_date(problem: OutOfDate) -> Problem:
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        f"Version {problem.number} was made meanwhile. Read it, and change that one.",
    )


def _taken() -> Problem:
    return Problem(HTTPStatus.CONFLICT, "This id is taken. Make a new one and send again.")
