"""The plan's days for the patient's own calendar, at a secret address."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse

from server.access import Action
from server.guards.gate import Entry, Gate
from server.guards.problems import not_found
from server.programs.adherence import InForce
from server.programs.calendar_feed import feed
from server.rendering import WordsHere, render
from server.served_at import known_origin
from server.services import ServicesHere
from server.store import calendar_feeds, programs
from server.tokens import digest, new_token

router = APIRouter(include_in_schema=False)


@router.post("/patients/{patient_id}/calendar")
async def open_feed(
    entry: Annotated[Entry, Depends(Gate(Action.DO_SETS))],
    services: ServicesHere,
    words: WordsHere,
) -> HTMLResponse:
    """A new secret address, told once; the one before leads nowhere any more."""
    token = new_token()
    async with services.database.writing() as database:
        await calendar_feeds.open_feed(database, entry.whose.id, digest(token), services.now())
    address = f"{known_origin(services.settings)}/calendar/{token}"
    shown = {
        "title": words("calendar.title"),
        "head": words("calendar.head"),
        "what": words("calendar.what", address=address),
        "action": None,
        "href": f"/patients/{entry.whose.id}",
        "button": words("calendar.back"),
    }
    return render("notice.html", words, shown)


@router.get("/calendar/{token}")
async def calendar(
    token: str,
    _entry: Annotated[Entry, Depends(Gate(Action.ENTER))],
    services: ServicesHere,
    words: WordsHere,
) -> Response:
    """The feed, to whoever knows its address: days, and that there are exercises."""
    async with services.database.reading() as database:
        patient_id = await calendar_feeds.whose(database, digest(token))
        if patient_id is None:
            raise not_found()
        versions = await programs.versions(database, patient_id)
    in_force = [InForce(each.since, each.prescriptions) for each in versions]
    text = feed(patient_id, in_force, words("calendar.event"), services.now())
    return Response(text, media_type="text/calendar; charset=utf-8")
