"""The server put together: store, services, routes, headers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import APIRouter, FastAPI

from server import problems
from server.headers import SecurityHeaders
from server.routes import account
from server.services import Services, utc_now
from server.settings import Settings
from server.store.database import Database

ROUTERS: tuple[APIRouter, ...] = (account.router,)
"""Every router; each of their routes has a Gate, which a test checks."""


def create_app(settings: Settings, now: Callable[[], datetime] = utc_now) -> FastAPI:
    """The server as an ASGI app; it opens its store when it starts and closes it when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with Database.open(settings.database_path) as database:
            app.state.services = Services(settings, database, now)
            yield

    app = FastAPI(
        title="Steadyrep",
        version="1",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(SecurityHeaders, is_secure=settings.is_secure)
    return app
