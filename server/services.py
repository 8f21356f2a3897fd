"""What a running server has at hand; routes get it from the connection, never from a global."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from server.clock import Clock
from server.guards.rates import Rates
from server.live.patient_streams import PatientStreams
from server.metrics import Metrics
from server.settings import Settings
from server.store.database import Database
from server.store.logins import SessionLimits


@dataclass(frozen=True, slots=True)
class Services:
    """The settings, the store, the clock, the live streams and the counts of a running server."""

    settings: Settings
    database: Database
    clock: Clock
    streams: PatientStreams
    metrics: Metrics
    rates: Rates = field(default_factory=Rates)

    def now(self) -> datetime:
        """This moment."""
        return self.clock.now()

    @property
    def session_limits(self) -> SessionLimits:
        """How long sessions live here."""
        return SessionLimits(
            timedelta(days=self.settings.session_idle_days),
            timedelta(days=self.settings.session_max_days),
        )


def services_of(connection: HTTPConnection) -> Services:
    """The services of the server that this connection reached."""
    services: Services = connection.app.state.services
    return services


ServicesHere = Annotated[Services, Depends(services_of)]
