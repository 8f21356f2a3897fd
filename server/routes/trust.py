"""The server's own authority, for phones on its network to trust: how, and the file itself."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse

from server.access import Action
from server.guards.gate import Entry, Gate
from server.guards.problems import Problem
from server.rendering import WordsHere, render
from server.services import ServicesHere

router = APIRouter(include_in_schema=False)
Anybody = Annotated[Entry, Depends(Gate(Action.PROBE))]


@router.get("/trust")
async def trust(_entry: Anybody, services: ServicesHere, words: WordsHere) -> HTMLResponse:
    """What to do on iOS and on Android, so that the browser takes this server's certificate."""
    has_own = services.settings.authority_path.is_file()
    return render("trust.html", words, {"has_own": has_own})


@router.get("/trust/authority.crt")
async def authority(_entry: Anybody, services: ServicesHere) -> Response:
    """The authority's certificate, of which nothing is secret."""
    path = services.settings.authority_path
    if not path.is_file():
        raise Problem(
            HTTPStatus.CONFLICT,
            "This server has no authority of its own: its certificate needs no trusting by hand.",
        )
    return Response(path.read_bytes(), media_type="application/x-x509-ca-cert")
