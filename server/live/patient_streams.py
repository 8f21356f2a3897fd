"""All patients' live streams, and the watch that notices when one falls silent."""

import asyncio
import logging
from collections.abc import Awaitable
from uuid import UUID

from server.clock import Clock
from server.live.patient_stream import PatientStream
from server.settings import Settings
from server.store import memories
from server.store.database import Database

WATCH_EVERY_S = 1.0
"""A third of the default silence that counts as quiet."""

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
        """After a restart: go on where every patient's set stood."""
        async with self._database.reading() as database:
            known = await memories.patients(database)
        for patient_id in known:
            await _shielded(self.of(patient_id).recall(), "taken up")

    async def watch(self) -> None:
        """Look after all streams until cancelled."""
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            await self.check_quiet()

    async def check_quiet(self) -> None:
        """Look once at every stream; one that cannot be stored now is looked at again later."""
        for stream in list(self._streams.values()):
            await _shielded(stream.check_quiet(), "looked after")


async def _shielded(work: Awaitable[None], done: str) -> None:
    """One patient's trouble, whatever it is, must not keep the server from all others."""
    try:
        await work
    except Exception as problem:
        log.error("a patient's stream could not be %s: %s", done, type(problem).__name__)
