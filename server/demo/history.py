"""Six weeks of a patient who practises: made by a synthetic leg, counted by the real tracker.

Nothing here writes a result by itself: signal is synthesized, followed by the same SetFollower as a
live stream, and stored with the same functions. Sessions do not depend on each other, so they are
made in several processes.
"""

import math
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import numpy as np

from detection.pipeline import TrackerParams
from sensors.chunks import Chunk, decode_chunk, encode_chunk
from sensors.samples import SampleBlock
from sensors.synthetic import LimbParams, SensorParams, SetScript, TremorScript, synthesize
from server.live_set import Effect, Sensor
from server.record_keeping import Circumstances, keep
from server.set_commands import StartSet, StopSet
from server.set_follower import SetFollower
from server.store import recordings
from server.store.database import Database
from server.store.devices import Device
from server.store.people import Person
from server.store.recordings import Recording

EXERCISE = "bridge"
RATE_HZ = 100.0
SENSOR_NAME, SENSOR_KIND = "Simulated leg", "synthetic"
PLACEMENT, SIDE = "thigh", "left"
DAYS = (0, 2, 4)
"""Three sessions a week, with a day of rest between."""
WEEKS = 6
SETS, REPS = 2, 10
"""Two sets of ten, as home exercises are usually prescribed."""
FIRST_MS2, LAST_MS2 = 0.6, 0.16
"""From clearly visible shaking to little: as it may go, invented."""
DAY_TO_DAY = 0.15
"""How much one session differs from the next by chance, in natural logarithms (about 15 %)."""
AT_HOUR, AT_MINUTE = 7, 30
LIMB = LimbParams(length_m=0.3)
TURN_DEG = (12.0, 40.0, -8.0)
"""How the strap happens to sit."""


@dataclass(frozen=True, slots=True)
class SessionScript:
    """One session: which, when, and how much it shakes."""

    number: int
    started_at: datetime
    amp_rms_ms2: float


@dataclass(frozen=True, slots=True)
class FollowedSession:
    """A session's signal as chunks, and what following it brought about, set by set."""

    script: SessionScript
    payloads: tuple[bytes, ...]
    sets: tuple[tuple[Effect, ...], ...]
    params: TrackerParams


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


def follow(script: SessionScript) -> FollowedSession:
    """Move, and let the program look on."""
    follower = SetFollower()
    follower.begin_stream(Sensor(), EXERCISE)
    payloads: list[bytes] = []
    sets: list[tuple[Effect, ...]] = []
    start_s = 0.0
    for number in range(SETS):
        effects = follower.obey(StartSet(exercise=EXERCISE, target_reps=REPS))
        for block in set_blocks(script.number * SETS + number, script.amp_rms_ms2, start_s):
            payload = encode_chunk(Chunk(len(payloads), block))
            payloads.append(payload)
            effects += follower.push(decode_chunk(payload).block)
            start_s = float(block.t_s[-1]) + 1 / RATE_HZ
        sets.append(effects + follower.obey(StopSet(reason="done")))
    return FollowedSession(script, tuple(payloads), tuple(sets), follower.params)


def set_blocks(
    seed: int, amp_rms_ms2: float, start_s: float, block_s: float = 10.0, rest_s: float = 6.0
) -> list[SampleBlock]:
    """The signal of one set and the rest after it, from `start_s` on."""
    moved = synthesize(
        SetScript(reps=REPS, lead_in_s=3.0, lead_out_s=rest_s, jitter=0.06),
        LIMB,
        SensorParams(rate_hz=RATE_HZ, rotation_deg=TURN_DEG, placement=PLACEMENT, side=SIDE),
        TremorScript(freq_hz=7.8 + 0.1 * (seed % 5), amp_rms_ms2=amp_rms_ms2),
        seed=seed,
    ).recording
    size = round(block_s * RATE_HZ)
    return [
        SampleBlock(
            start_s + moved.t_s[first : first + size], moved.acc_ms2[first : first + size], RATE_HZ
        )
        for first in range(0, len(moved.t_s), size)
    ]


async def make_history(
    database: Database,
    patient: Person,
    device: Device,
    now: datetime,
    progress: Callable[[float], None],
) -> None:
    """Fill the store with the patient's last six weeks; `progress` is told how far it is, 0..1."""
    planned = scripts(now, patient.timezone)
    workers = min(len(planned), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for number, session in enumerate(pool.map(follow, planned), start=1):
            await _store(database, session, device)
            progress(number / len(planned))


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
        for number, effects in enumerate(session.sets):
            last = await keep(changes, effects, replace(around, command_number=number), last)
        await recordings.seal(changes, recording.id, around.now)


def _recording(script: SessionScript, device: Device) -> Recording:
    offset = script.started_at.utcoffset() or timedelta()
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
        utc_offset_min=round(offset.total_seconds() / 60),
    )
