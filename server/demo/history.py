"""Six weeks of a patient who practises: made by a synthetic leg, counted by the real tracker.

Nothing here writes a result by itself: signal is synthesized, followed by the same SetFollower as a
live stream, and stored with the same functions. Sessions do not depend on each other, so they are
made in several processes.
"""

import asyncio
import math
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing import active_children, get_context
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import numpy as np

from sensors.chunks import decode_chunk
from server.clock import utc_offset_min
from server.demo.session import (
    EXERCISE,
    PLACEMENT,
    RATE_HZ,
    SIDE,
    FollowedSession,
    SessionScript,
    follow,
)
from server.live.record_keeping import Circumstances, keep
from server.store import recordings
from server.store.database import Database
from server.store.devices import Device
from server.store.people import Person
from server.store.recordings import Recording

SENSOR_NAME, SENSOR_KIND = "Simulated leg", "synthetic"
DAYS = (0, 2, 4)
"""Three sessions a week, with a day of rest between."""
WEEKS = 6
FIRST_MS2, LAST_MS2 = 0.6, 0.16
"""From clearly visible shaking to little: as it may go, invented."""
DAY_TO_DAY = 0.15
"""How much one session differs from the next by chance, in natural logarithms (about 15 %)."""
AT_HOUR, AT_MINUTE = 7, 30


def scripts(now: datetime, timezone: str) -> list[SessionScript]:
    """Sessions of the last six weeks, the newest at least half a day ago."""
    local = (now - timedelta(hours=12)).astimezone(ZoneInfo(timezone))
    monday = local.date() - timedelta(days=local.weekday())
    days = [monday + timedelta(days=7 * week + day) for week in range(-WEEKS, 1) for day in DAYS]
    begun = [
        datetime(day.year, day.month, day.day, AT_HOUR, AT_MINUTE, tzinfo=local.tzinfo)
        for day in days
    ]
    past = [moment for moment in begun if moment <= local][-WEEKS * len(DAYS) :]
    chance = np.random.default_rng(18).normal(0, DAY_TO_DAY, len(past))
    return [
        SessionScript(number, moment, _amp_ms2(number / (len(past) - 1), float(chance[number])))
        for number, moment in enumerate(past)
    ]


def _amp_ms2(share: float, chance: float) -> float:
    """Shaking falls by the same share each session, give or take."""
    return FIRST_MS2 * math.exp(share * math.log(LAST_MS2 / FIRST_MS2) + chance)


async def make_history(
    database: Database,
    patient: Person,
    device: Device,
    now: datetime,
    progress: Callable[[float], None],
) -> None:
    """Fill the store with the patient's last six weeks; `progress` is told how far it is, 0..1."""
    planned = scripts(now, patient.timezone)
    with _followed(planned) as sessions:
        for number, session in enumerate(sessions, start=1):
            await _store(database, await asyncio.wrap_future(session), device)
            progress(number / len(planned))


@contextmanager
def _followed(planned: list[SessionScript]) -> Iterator[list[Future[FollowedSession]]]:
    """Sessions in the making; left early, what makes them is ended at once.

    A terminal sends Ctrl-C to all processes. The workers are born deaf to it: only the parent has
    something to say.
    """
    workers = min(len(planned), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        sessions = [pool.submit(follow, one) for one in planned]
        signal.signal(signal.SIGINT, before)
        try:
            yield sessions
        except BaseException:
            for worker in active_children():
                worker.terminate()
            raise


async def _store(database: Database, session: FollowedSession, device: Device) -> None:
    recording = _recording(session.script, device)
    around = Circumstances(device.patient_id, recording, session.script.started_at, session.params)
    async with database.writing() as changes:
        await recordings.add(changes, recording)
        for payload in session.payloads:
            chunk = decode_chunk(payload)
            at = recording.instant(float(chunk.block.t_s[-1]))
            await recordings.add_chunk(changes, recording.id, chunk, payload, at)
        last: UUID | None = None
        for effects in session.sets:
            last = await keep(changes, effects, around, last)
        await recordings.seal(changes, recording.id, around.now)


def _recording(script: SessionScript, device: Device) -> Recording:
    return Recording(
        id=uuid4(),
        patient_id=device.patient_id,
        device_id=device.id,
        sensor_name=SENSOR_NAME,
        sensor_kind=SENSOR_KIND,
        sensor_serial=None,
        rate_hz=RATE_HZ,
        placement=PLACEMENT,
        side=SIDE,
        exercise=EXERCISE,
        started_at=script.started_at,
        utc_offset_min=utc_offset_min(script.started_at),
    )
