"""The server put together: store, services, routes, headers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.staticfiles import StaticFiles

from server.clock import Clock
from server.documents.api_description import describe
from server.guards import problems
from server.guards.body_limit import BodyLimit
from server.guards.gate import cookie_name
from server.guards.headers import SecurityHeaders
from server.live.patient_streams import PatientStreams
from server.metrics import CountRequests, Metrics
from server.rendering import STATIC_DIR
from server.routes import (
    account,
    calendars,
    exercise_pages,
    exercises,
    health,
    ingest,
    live,
    pages,
    patient,
    program_pages,
    programs,
    sensors,
    sharing,
    therapist,
    trust,
)
from server.services import Services
from server.settings import Settings
from server.settling import Settling
from server.store.database import Database

ROUTERS: tuple[APIRouter, ...] = (
    account.router,
    calendars.router,
    exercise_pages.router,
    exercises.router,
    health.router,
    ingest.router,
    live.router,
    pages.router,
    patient.router,
    program_pages.router,
    programs.router,
    sensors.router,
    sharing.router,
    therapist.router,
    trust.router,
)
"""Every router; each of their routes has a Gate, which a test checks."""

MAX_BODY_BYTES = 65_536
"""Every request body here is a short JSON document; signal comes over the WebSocket."""
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
"""Addresses here name patients: nothing of a request goes to a collector of traces."""


def create_app(settings: Settings, clock: Clock = Clock()) -> FastAPI:
    """The server as an ASGI app; it opens its store when it starts and closes it when it ends."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with Database.open(settings.database) as database, asyncio.TaskGroup() as tasks:
            streams = PatientStreams(settings, database, clock)
            settling = Settling(database, clock)
            app.state.services = Services(settings, database, clock, streams, metrics)
            chores = [
                tasks.create_task(chore)
                for chore in (streams.recover(), streams.watch(), settling.watch())
            ]
            yield
            for chore in chores:
                chore.cancel()

    app = FastAPI(
        title="Steadyrep",
        version="1",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )
    problems.install(app, ROUTERS)
    app.openapi = cache(lambda: describe(app, ROUTERS, cookie_name(settings)))  # type: ignore[method-assign]
    app.state.problem_page = pages.problem_page
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC_DIR), name="static")
    app.add_middleware(BodyLimit, most_bytes=MAX_BODY_BYTES)
    app.add_middleware(problems.UnforeseenErrors)
    app.add_middleware(CountRequests, metrics=metrics)
    app.add_middleware(SecurityHeaders, is_secure=settings.is_secure)
    return app
