"""What a patient does: start, stop and correct a set, and say that it hurts."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from server.access import Action
from server.clock import utc_offset_min
from server.guards.gate import Entry, Gate
from server.guards.problems import Problem
from server.live.live_set import NothingToAdjust
from server.live.live_state import LiveState
from server.live.set_commands import SetCommand
from server.services import Services, ServicesHere
from server.store import reports
from server.store.reports import Report

MAX_NOTE_CHARS = 2000
"""A page of text; more belongs into a conversation."""

router = APIRouter(prefix="/api/v1/patients/{patient_id}", tags=["patient"])
DoesSets = Annotated[Entry, Depends(Gate(Action.DO_SETS))]


@router.post("/set", responses={409: {}})
async def command_set(
    command: Annotated[SetCommand, Body()],
    entry: DoesSets,
    services: ServicesHere,
    idempotency_key: Annotated[
        UUID | None, Header(description="Made by the client; sent again, it changes nothing.")
    ] = None,
) -> LiveState:
    """Start a set, stop it with a reason, or correct its count by one."""
    try:
        return await services.streams.of(entry.whose.id).obey(command, idempotency_key)
    except NothingToAdjust:
        raise Problem(HTTPStatus.CONFLICT, "There is no set to adjust. Start one first.") from None


class NewReport(BaseModel):
    """ "It hurts". The id is made by the client, so that sending it again changes nothing."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": "7a1d4c1e-52f8-4a0e-b1c5-6f1f3a9d8c02",
                    "pain_nrs": 6,
                    "note": "left knee, on the way down",
                }
            ]
        },
    )

    id: UUID
    pain_nrs: int | None = Field(
        default=None,
        ge=0,
        le=10,
        strict=True,
        description="Pain 0-10; null if the question was skipped.",
    )
    note: str = Field(default="", max_length=MAX_NOTE_CHARS)


class KeptReport(BaseModel):
    """A report as it is kept, and the live state after it."""

    id: UUID
    set_id: UUID | None
    pain_nrs: int | None
    note: str
    reported_at: AwareDatetime
    state: LiveState


@router.post(
    "/reports",
    status_code=HTTPStatus.CREATED,
    responses={
        200: {"model": KeptReport, "description": "It was here already."},
        409: {},
    },
)
async def report_pain(
    new: NewReport, entry: DoesSets, services: ServicesHere, response: Response
) -> KeptReport:
    """Stop the set, keep the report, raise an alert; the same report again is only read back."""
    stream = services.streams.of(entry.whose.id)
    kept = await _find(services, new.id, entry)
    if kept is None:
        await stream.hurts(_report(new, entry, services))
        kept = await _find(services, new.id, entry)
    else:
        response.status_code = HTTPStatus.OK
    assert kept is not None  # noqa: S101 -- just stored, and reports are never deleted
    return KeptReport(
        id=kept.id,
        set_id=kept.set_id,
        pain_nrs=kept.pain_nrs,
        note=kept.note,
        reported_at=kept.reported_at,
        state=stream.state,
    )


async def _find(services: Services, report_id: UUID, entry: Entry) -> Report | None:
    async with services.database.reading() as database:
        found = await reports.find(database, report_id)
    if found is not None and found.patient_id != entry.whose.id:
        raise Problem(HTTPStatus.CONFLICT, "This id is taken. Make a new one and send again.")
    return found


def _report(new: NewReport, entry: Entry, services: Services) -> Report:
    now = services.now()
    return Report(
        id=new.id,
        patient_id=entry.whose.id,
        set_id=None,
        pain_nrs=new.pain_nrs,
        note=new.note,
        reported_at=now,
        utc_offset_min=utc_offset_min(now, entry.whose.timezone),
    )
