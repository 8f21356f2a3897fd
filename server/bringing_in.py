"""A recorded file into a patient's records, as if it had come in live when it was recorded.

The same follower counts it, with what was known as a good repetition then. All of it is stored in
one transaction, under an id that its content gives: the same file again changes nothing.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from sensors.chunks import Chunk, decode_chunk, encode_chunk
from sensors.recording import Recording as RecordedFile
from sensors.samples import SampleBlock
from server.clock import utc_offset_min
from server.live.following import sensor_of
from server.live.live_set import Effect, SetFinished
from server.live.record_keeping import Circumstances, keep
from server.live.set_follower import GoodReps, SetFollower
from server.store import devices, good_sets, recordings
from server.store.database import Database
from server.store.people import Person
from server.store.recordings import Recording

SENSOR_NAME = "Imported file"
KIND = "file"
BY_CONTENT = UUID("b9b4b3f1-6a0e-4b0e-9d3a-2f4a5c1b7d60")
"""Namespace of recordings' ids that come of what is in them; any number, always the same."""
BLOCK_S, MOST_IN_BLOCK = 10.0, 4000
"""Of signal in a chunk."""
MOST_KIND_CHARS = 64


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What became of a file. counts: of its sets; is_new: whether it was not here before."""

    recording_id: UUID
    counts: tuple[int, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Followed:
    payloads: tuple[bytes, ...]
    effects: tuple[Effect, ...]
    around: Circumstances


async def bring_in(
    database: Database,
    patient: Person,
    file: RecordedFile,
    started_at: datetime,
    now: datetime,
    on_progress: Callable[[float], None],
) -> BroughtIn:
    """Follow a file and keep it; file: with what is known of exercise, placement and side.

    started_at: the moment of its first sample. on_progress: told the share that is followed, 0..1.
    """
    recording_id = _id(patient, file, started_at)
    async with database.writing() as connection:
        if await recordings.find(connection, recording_id) is not None:
            return BroughtIn(recording_id, (), is_new=False)
        device = await devices.without_token(connection, patient.id, SENSOR_NAME, now)
        info = file.info
        good_reps = await good_sets.good_reps_at(
            connection, patient.id, info.side, info.placement, started_at
        )
    recording = _recording(recording_id, patient, device.id, file, started_at)
    followed = await asyncio.to_thread(_follow, file, recording, good_reps, now, on_progress)
    async with database.writing() as connection:
        if await recordings.find(connection, recording_id) is not None:
            return BroughtIn(recording_id, (), is_new=False)
        await recordings.add(connection, recording)
        for payload in followed.payloads:
            await recordings.add_chunk(
                connection, recording_id, decode_chunk(payload), payload, now
            )
        await keep(connection, followed.effects, followed.around, None)
        await recordings.seal(connection, recording_id, now)
    counts = [each.auto_reps for each in followed.effects if isinstance(each, SetFinished)]
    return BroughtIn(recording_id, tuple(count or 0 for count in counts), is_new=True)


def _id(patient: Person, file: RecordedFile, started_at: datetime) -> UUID:
    content = hashlib.sha256(file.t_s.tobytes() + file.acc_ms2.tobytes()).hexdigest()
    return uuid5(BY_CONTENT, f"{patient.id} {started_at.timestamp():.3f} {content}")


def _recording(
    recording_id: UUID, patient: Person, device_id: UUID, file: RecordedFile, started_at: datetime
) -> Recording:
    name = file.info.device or SENSOR_NAME
    return Recording(
        id=recording_id,
        patient_id=patient.id,
        device_id=device_id,
        sensor_name=name,
        sensor_kind=f"{KIND}: {name}"[:MOST_KIND_CHARS],
        sensor_serial=None,
        rate_hz=file.rate_hz,
        placement=file.info.placement,
        side=file.info.side,
        exercise=file.info.exercise,
        started_at=started_at,
        utc_offset_min=utc_offset_min(started_at, patient.timezone),
    )


def _follow(
    file: RecordedFile,
    recording: Recording,
    good_reps: GoodReps,
    now: datetime,
    on_progress: Callable[[float], None],
) -> _Followed:
    follower = SetFollower()
    follower.begin_stream(sensor_of(recording), recording.exercise, good_reps)
    around = Circumstances(recording.patient_id, recording, now, follower.params)
    payloads: list[bytes] = []
    effects: tuple[Effect, ...] = ()
    first_s = float(file.t_s[0])
    for block in file.blocks(min(BLOCK_S, MOST_IN_BLOCK / file.rate_hz)):
        from_start = SampleBlock(block.t_s - first_s, block.acc_ms2, block.rate_hz)
        payloads.append(encode_chunk(Chunk(len(payloads), from_start)))
        effects += follower.push(decode_chunk(payloads[-1]).block)
        on_progress((float(block.t_s[-1]) - first_s) / max(file.duration_s, 1e-9))
    effects += follower.end_stream()
    return _Followed(tuple(payloads), effects, replace(around, params=follower.params))
