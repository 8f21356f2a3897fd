"""Whether the server is alive, for whatever watches over it; says nothing of anybody."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from server.access import Action
from server.guards.gate import Entry, Gate
from server.services import ServicesHere

router = APIRouter()


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
