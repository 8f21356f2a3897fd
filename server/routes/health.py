"""Whether the server is alive, for whatever watches over it; says nothing of anybody."""

import ipaddress
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from server.access import Action
from server.guards.gate import Entry, Gate
from server.guards.problems import Problem
from server.metrics import CONTENT_TYPE
from server.services import ServicesHere

router = APIRouter()


@router.get("/metrics", tags=["operations"], include_in_schema=False)
async def metrics(
    request: Request,
    _entry: Annotated[Entry, Depends(Gate(Action.PROBE))],
    services: ServicesHere,
) -> Response:
    """The server's counts for Prometheus, to whoever asks from this machine."""
    if not _is_from_here(request):
        raise Problem(HTTPStatus.CONFLICT, "Counts are told on the server's own machine only.")
    return Response(services.metrics.text(), media_type=CONTENT_TYPE)


def _is_from_here(request: Request) -> bool:
    """Whether a program on this machine asks for itself, and not a proxy for somebody else."""
    is_passed_on = any(name in request.headers for name in ("forwarded", "x-forwarded-for"))
    host = request.client.host if request.client else ""
    return not is_passed_on and host != "" and ipaddress.ip_address(host).is_loopback


class Health(BaseModel):
    """The server answers, and so does its database."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", tags=["operations"])
async def health(
    _entry: Annotated[Entry, Depends(Gate(Action.PROBE))], services: ServicesHere
) -> Health:
    """Answer after a look into the database; what fails there is a 500."""
    await services.database.probe()
    return Health()
