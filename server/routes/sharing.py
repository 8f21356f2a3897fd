"""Who sees a patient's records: the patient says so, by an invitation, and takes it back."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import HTMLResponse, RedirectResponse

from server.access import Action
from server.guards.gate import Entry, Gate
from server.guards.problems import Problem
from server.rendering import WordsHere, render
from server.routes.pages import desk
from server.served_at import known_origin
from server.services import Services, ServicesHere
from server.store import audit, people, sharing
from server.store.audit import Deed
from server.store.people import GrantedBy
from server.tokens import digest, new_token
from server.views.sharing_view import sharing_view

INVITATION_LASTS = timedelta(minutes=30)
"""Long enough to show it across a table, or to send it while one speaks."""
USED_UP = (
    "This invitation was used already or has run out. Ask the patient to make a new one, on the "
    "page “Who sees this”."
)

router = APIRouter()
Shares = Annotated[Entry, Depends(Gate(Action.SHARE))]
Joins = Annotated[Entry, Depends(Gate(Action.SEE_CASELOAD))]
API = "/api/v1/patients/{patient_id}/sharing"


class SharingDocument(BaseModel):
    """A therapist who sees or saw this patient's records; revoked_at: null while it stands."""

    id: UUID
    therapist: str
    granted_at: AwareDatetime
    granted_by: GrantedBy
    revoked_at: AwareDatetime | None


class SharingList(BaseModel):
    """All there ever were; those that stand first."""

    sharing: list[SharingDocument]


class InvitationDocument(BaseModel):
    """An invitation for one therapist, who opens the address while signed in."""

    address: str
    expires_at: AwareDatetime


@router.get(API, tags=["account"])
async def list_sharing(entry: Shares, services: ServicesHere) -> SharingList:
    """Who sees a patient's records, and who did."""
    async with services.database.reading() as database:
        found = await sharing.of_patient(database, entry.whose.id)
    return SharingList(
        sharing=[
            SharingDocument(
                id=one.id,
                therapist=one.therapist_name,
                granted_at=one.granted_at,
                granted_by=one.granted_by,
                revoked_at=one.revoked_at,
            )
            for one in found
        ]
    )


@router.post(API + "/invitation", tags=["account"])
async def invite(entry: Shares, services: ServicesHere) -> InvitationDocument:
    """Make an invitation for one therapist; it takes the place of any before it."""
    return await _invitation(entry, services)


@router.delete(API + "/{link_id}", status_code=204, tags=["account"])
async def withdraw(link_id: UUID, entry: Shares, services: ServicesHere) -> Response:
    """Do not let a therapist in any more, from now on; again, it changes nothing."""
    await _withdraw(link_id, entry, services)
    return Response(status_code=204)


@router.get("/patients/{patient_id}/sharing", include_in_schema=False)
async def show_sharing(entry: Shares, services: ServicesHere, words: WordsHere) -> HTMLResponse:
    """The patient's page: who sees this."""
    return await _page(entry, services, words, None)


@router.post("/patients/{patient_id}/sharing/invitation", include_in_schema=False)
async def show_invitation(entry: Shares, services: ServicesHere, words: WordsHere) -> HTMLResponse:
    """The same page with an invitation, which is shown once."""
    return await _page(entry, services, words, await _invitation(entry, services))


@router.post("/patients/{patient_id}/sharing/{link_id}/withdraw", include_in_schema=False)
async def withdraw_there(link_id: UUID, entry: Shares, services: ServicesHere) -> RedirectResponse:
    """The button beside a therapist."""
    await _withdraw(link_id, entry, services)
    return RedirectResponse(f"/patients/{entry.whose.id}/sharing", 303)


@router.get("/join/{token}", include_in_schema=False)
async def show_join(
    token: str, _entry: Joins, services: ServicesHere, words: WordsHere
) -> HTMLResponse:
    """An invitation as its therapist sees it: a button, so that a preview does not spend it."""
    async with services.database.reading() as database:
        patient_id = await sharing.invited_by(database, digest(token), services.now())
        patient = await people.find(database, patient_id) if patient_id else None
    if patient is None:
        raise Problem(HTTPStatus.GONE, USED_UP)
    shown = {
        "title": words("sharing.join.title"),
        "head": words("sharing.join.head", name=patient.display_name),
        "what": words("sharing.join.what"),
        "action": f"/join/{token}",
        "button": words("sharing.join.button"),
    }
    return render("notice.html", words, shown)


@router.post("/join/{token}", include_in_schema=False)
async def join(token: str, entry: Joins, services: ServicesHere) -> RedirectResponse:
    """Take an invitation up: the therapist sees the patient from now on."""
    async with services.database.writing() as database:
        patient_id = await sharing.accept(database, digest(token), entry.person.id, services.now())
        if patient_id is None:
            raise Problem(HTTPStatus.GONE, USED_UP)
        await _write_down(database, services, entry, patient_id)
    return RedirectResponse(f"/patients/{patient_id}", 303)


async def _invitation(entry: Entry, services: Services) -> InvitationDocument:
    token = new_token()
    async with services.database.writing() as database:
        expires_at = await sharing.invite(
            database, entry.whose.id, digest(token), services.now(), INVITATION_LASTS
        )
    address = f"{known_origin(services.settings)}/join/{token}"
    return InvitationDocument(address=address, expires_at=expires_at)


async def _withdraw(link_id: UUID, entry: Entry, services: Services) -> None:
    async with services.database.writing() as database:
        await sharing.withdraw(database, entry.whose.id, link_id, services.now())


async def _page(
    entry: Entry, services: Services, words: WordsHere, made: InvitationDocument | None
) -> HTMLResponse:
    async with services.database.reading() as database:
        found = await sharing.of_patient(database, entry.whose.id)
    address = made.address if made else None
    view = sharing_view(entry.whose, found, address, services.now(), words)
    return render("sharing.html", words, {"view": view, **desk(entry, "sharing")})


async def _write_down(
    database: AsyncConnection, services: Services, entry: Entry, patient_id: UUID
) -> None:
    """Into the audit of the patient, of whom the address says nothing."""
    deed = Deed(
        at=services.now(),
        actor_kind="person",
        actor_id=entry.person.id,
        action=Action.SHARE,
        patient_id=patient_id,
        route="/join/{token}",
        is_allowed=True,
    )
    await audit.append(database, deed)
