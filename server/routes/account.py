"""Coming in by a one-time link, leaving, and who one is."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse

from server.access import Action
from server.guards.gate import Entry, Gate, cookie_name, session_token
from server.guards.problems import Problem
from server.services import Services, ServicesHere
from server.settings import Settings
from server.store import logins
from server.store.people import Role
from server.tokens import digest, new_token

router = APIRouter()


class Account(BaseModel):
    """The person who is signed in."""

    id: UUID
    role: Role
    display_name: str
    timezone: str


@router.get("/api/v1/me", tags=["account"])
async def who_am_i(entry: Annotated[Entry, Depends(Gate(Action.USE_ACCOUNT))]) -> Account:
    """Say who is signed in."""
    person = entry.person
    return Account(
        id=person.id,
        role=person.role,
        display_name=person.display_name,
        timezone=person.timezone,
    )


@router.get("/api/v1/openapi.json", include_in_schema=False)
async def describe_api(
    _entry: Annotated[Entry, Depends(Gate(Action.ENTER))], request: Request
) -> dict[str, Any]:
    """What this API offers, as OpenAPI."""
    description: dict[str, Any] = request.app.openapi()
    return description


@router.post("/enter/{token}", include_in_schema=False, dependencies=[Depends(Gate(Action.ENTER))])
async def enter(token: str, request: Request, services: ServicesHere) -> RedirectResponse:
    """Spend a one-time link and open a session; a session of before is closed, not reused."""
    opened = new_token()
    now = services.now()
    async with services.database.writing() as database:
        user_id = await logins.use_link(database, digest(token), now)
        if user_id is None:
            raise Problem(
                HTTPStatus.NOT_FOUND,
                "This link was used already or has run out. Ask for a new one "
                "(`steadyrep link NAME` on the server makes it).",
            )
        await _close_session(database, request, services)
        await logins.add_session(database, digest(opened), user_id, now, services.session_limits)
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    _set_cookie(response, opened, services.settings)
    return response


@router.post("/leave", include_in_schema=False, dependencies=[Depends(Gate(Action.ENTER))])
async def leave(request: Request, services: ServicesHere) -> RedirectResponse:
    """Close the session."""
    async with services.database.writing() as database:
        await _close_session(database, request, services)
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    response.delete_cookie(cookie_name(services.settings), secure=services.settings.is_secure)
    return response


async def _close_session(database: AsyncConnection, request: Request, services: Services) -> None:
    token = session_token(request, services.settings)
    if token:
        await logins.end_session(database, digest(token))


def _set_cookie(response: RedirectResponse, token: str, settings: Settings) -> None:
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=round(settings.session_max_days * 86_400),
        path="/",
        secure=settings.is_secure,
        httponly=True,
        samesite="lax",
    )
