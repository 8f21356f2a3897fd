"""All patients' live streams, and the watch that notices when one falls silent."""

import asyncio
import logging
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from sensors.errors import SensorError
from server.clock import Clock
from server.patient_stream import PatientStream
from server.settings import Settings
from server.store import recordings
from server.store.database import Database

WATCH_EVERY_S = 1.0
"""A third of the default silence that counts as quiet."""
RECOVERED = timedelta(hours=1)
"""After a restart, recordings heard of in the last hour are taken up: a session lasts less."""

log = logging.getLogger(__name__)


class PatientStreams:
    """The live stream of each patient, made when it is first asked for."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._streams: dict[UUID, PatientStream] = {}

    def of(self, patient_id: UUID) -> PatientStream:
        """This patient's stream."""
        if patient_id not in self._streams:
            self._streams[patient_id] = PatientStream(
                patient_id, self._settings, self._database, self._clock
            )
        return self._streams[patient_id]

    async def recover(self) -> None:
        """After a restart: take up what was coming in, before the collectors are back."""
        since = self._clock.now() - RECOVERED
        async with self._database.reading() as database:
            unfinished = await recordings.unsealed_since(database, since)
        for recording in unfinished:
            try:
                await self.of(recording.patient_id).recover(recording)
            except (SQLAlchemyError, SensorError) as problem:
                log.error("recording %s is not recovered: %s", recording.id, type(problem).__name__)

    async def watch(self) -> None:
        """Look after all streams until cancelled."""
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            await self.check_quiet()

    async def check_quiet(self) -> None:
        """Look once at every stream; one that cannot be stored now is looked at again later."""
        for stream in list(self._streams.values()):
            try:
                await stream.check_quiet()
            except SQLAlchemyError as problem:
                log.error("a silent stream could not be closed: %s", type(problem).__name__)
