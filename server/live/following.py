"""A stream that is followed, and how one is taken up in its middle.

The count itself is remembered (`live_memory`). What the tracker knows is not: it is made
again by following the stored signal once more. The tracker begins afresh at every start and stop,
so from the last of these on it ends up exactly as it was. Longer ago than `limit_s` it is enough
to begin there, but never within the set that goes on. What following again brings about is in the
store already and is not stored again.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sensors.chunks import Chunk
from sensors.samples import SampleBlock
from server.catalogue import Catalogue
from server.live.live_memory import LiveMemory, recalled
from server.live.live_set import Link, LiveSet, Sensor
from server.live.set_follower import GoodReps, SetFollower
from server.store import commands, good_sets, own_exercises, recordings, sets
from server.store.commands import StoredCommand
from server.store.recordings import Recording

CHUNKS_AT_ONCE = 60
"""Followed in a thread between two reads: about a minute of signal, a third of a second."""
WARM_UP_S = 60.0
"""Before a set that goes on: the tracker looks back less than this to find where it began."""

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Following:
    """A follower, the recording that it follows (None: taps alone), and how far that has come.

    connection: what brings the recording at the moment. heard_at_s: when samples came last, by the
    server's clock. is_given_up: they stayed away for so long that the set was closed.
    """

    follower: SetFollower
    recording: Recording | None = None
    next_sequence: int = 0
    end_s: float | None = None
    last_set_id: UUID | None = None
    connection: object | None = None
    heard_at_s: float = 0.0
    is_given_up: bool = False

    @property
    def live(self) -> LiveSet:
        """The state of the set."""
        return self.follower.live

    @property
    def recording_id(self) -> UUID | None:
        """Which recording comes in, if any."""
        return self.recording.id if self.recording else None

    def took(self, block: SampleBlock) -> None:
        """Note that the next chunk is on disk."""
        self.next_sequence += 1
        self.end_s = float(block.t_s[-1])
        self.is_given_up = False


def sensor_of(recording: Recording) -> Sensor:
    """What a recording says of its sensor, before anything is heard of it."""
    return Sensor(Link.LOST, None, recording.sensor_name, recording.placement, recording.side)


async def take_up(
    database: AsyncConnection, recording: Recording, memory: LiveMemory | None, limit_s: float
) -> Following:
    """Go on with a recording where the store ends.

    Signal that cannot be followed again does not stop it from going on: the tracker then begins
    afresh, and the count is the remembered one.
    """
    extent = await recordings.extent(database, recording.id)
    fresh = await _starts_and_stops(database, recording.id)
    exercise = memory.exercise if memory else _exercise(recording, fresh)
    first = fresh[-1].before_sequence or 0 if fresh else 0
    if extent.end_s is not None:
        oldest_s = _oldest_s(extent.end_s - limit_s, memory)
        first = max(first, await recordings.first_sequence_after(database, recording.id, oldest_s))
    good_reps = await good_sets.good_reps_at(
        database,
        recording.patient_id,
        recording.side,
        recording.placement,
        recording.started_at,
    )
    catalogue = await own_exercises.prescribed_to(database, recording.patient_id)
    follower = _prepared(recording, exercise, good_reps, catalogue)
    try:
        await _follow(database, recording.id, first, follower)
    except Exception as problem:  # whatever it is, the patient can go on
        log.error("recording %s cannot be followed: %s", recording.id, type(problem).__name__)
        follower = _prepared(recording, exercise, good_reps, catalogue)
    done = await sets.of_recording(database, recording.id)
    seen = replace(follower.live, sets_done=len(done), stream_s=extent.end_s)
    follower.live = seen if memory is None else recalled(seen, memory)
    last_set_id = done[-1] if done else None
    return Following(follower, recording, extent.next_sequence, extent.end_s, last_set_id)


async def _starts_and_stops(
    database: AsyncConnection, recording_id: UUID
) -> Sequence[StoredCommand]:
    given = await commands.of_recording(database, recording_id)
    return [one for one in given if one.content["action"] != "adjust"]


def _exercise(recording: Recording, fresh: Sequence[StoredCommand]) -> str | None:
    named = [one.content.get("exercise") for one in fresh if one.content["action"] == "start"]
    return named[-1] or recording.exercise if named else recording.exercise


def _oldest_s(limit_s: float, memory: LiveMemory | None) -> float:
    since_s = memory.open_since_s if memory else None
    return limit_s if since_s is None else min(limit_s, since_s - WARM_UP_S)


def _prepared(
    recording: Recording, exercise: str | None, good_reps: GoodReps, catalogue: Catalogue
) -> SetFollower:
    follower = SetFollower(None, catalogue)
    follower.take_up_stream(sensor_of(recording), recording.exercise, exercise, good_reps)
    return follower


async def _follow(
    database: AsyncConnection, recording_id: UUID, first: int, follower: SetFollower
) -> None:
    chunks: list[Chunk] = []
    async for chunk in recordings.chunks_from(database, recording_id, first):
        chunks.append(chunk)
        if len(chunks) == CHUNKS_AT_ONCE:
            await asyncio.to_thread(_push, follower, chunks)
            chunks = []
    await asyncio.to_thread(_push, follower, chunks)


def _push(follower: SetFollower, chunks: Sequence[Chunk]) -> None:
    for chunk in chunks:
        follower.push(chunk.block)
