"""A count that survives: the follower of a stored recording, rebuilt by following it again.

The tracker begins afresh at every start and stop, so a replay from the last of these is exact.
Without one it begins at most `limit_s` before the end; a set longer than that would lose its start.
What the replay brings about is in the store already and is not stored again.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sensors.chunks import Chunk
from server.live_set import Effect, Sensor, SetFinished
from server.record_keeping import set_id_of
from server.set_commands import SET_COMMAND
from server.set_follower import SetFollower
from server.store import commands, recordings, sets
from server.store.commands import StoredCommand
from server.store.recordings import Extent, Recording

CHUNKS_AT_ONCE = 60
"""Followed in a thread between two reads: about a minute of signal, a third of a second."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A recording's follower as it was, and where the recording goes on."""

    follower: SetFollower
    extent: Extent
    given: tuple[StoredCommand, ...]
    last_set_id: UUID | None


async def rebuild(
    database: AsyncConnection, recording: Recording, sensor: Sensor, limit_s: float
) -> Replay:
    """Follow what is stored of a recording."""
    extent = await recordings.extent(database, recording.id)
    given = await commands.of_recording(database, recording.id)
    first = await _first_sequence(database, recording.id, extent, given, limit_s)
    follower = SetFollower()
    follower.begin_stream(sensor, recording.exercise)
    replaying = _Replaying(recording, follower, _commands_from(given, first))
    chunks: list[Chunk] = []
    async for chunk in recordings.chunks_from(database, recording.id, first):
        chunks.append(chunk)
        if len(chunks) == CHUNKS_AT_ONCE:
            await asyncio.to_thread(replaying.follow, chunks)
            chunks = []
    await asyncio.to_thread(replaying.finish, chunks)
    done = await sets.count_of_recording(database, recording.id)
    follower.live = replace(follower.live, sets_done=done)
    return Replay(follower, extent, tuple(given), replaying.last_set_id)


async def _first_sequence(
    database: AsyncConnection,
    recording_id: UUID,
    extent: Extent,
    given: Sequence[StoredCommand],
    limit_s: float,
) -> int:
    fresh = [one.before_sequence for one in given if one.content["action"] != "adjust"]
    since = max(fresh, default=0)
    if extent.end_s is None:
        return since
    bound = await recordings.first_sequence_after(database, recording_id, extent.end_s - limit_s)
    return max(since, bound)


def _commands_from(given: Sequence[StoredCommand], first: int) -> Iterator[StoredCommand]:
    """From the last start or stop on: what came before it is over."""
    fresh = [one.number for one in given if one.content["action"] != "adjust"]
    last_fresh = max(fresh, default=0)
    return (one for one in given if one.number >= last_fresh and one.before_sequence >= first)


class _Replaying:
    """Chunks and commands merged in the order in which they came."""

    def __init__(
        self, recording: Recording, follower: SetFollower, given: Iterator[StoredCommand]
    ) -> None:
        self._recording = recording
        self._follower = follower
        self._given = given
        self._next = next(given, None)
        self.last_set_id: UUID | None = None

    def follow(self, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            while self._next is not None and self._next.before_sequence <= chunk.sequence:
                self._obey(self._next)
            self._note(self._follower.push(chunk.block), None)

    def finish(self, chunks: Sequence[Chunk]) -> None:
        self.follow(chunks)
        while self._next is not None:
            self._obey(self._next)

    def _obey(self, given: StoredCommand) -> None:
        command = SET_COMMAND.validate_python(given.content)
        self._note(self._follower.obey(command), given.number)
        self._next = next(self._given, None)

    def _note(self, effects: Sequence[Effect], command_number: int | None) -> None:
        for effect in effects:
            if isinstance(effect, SetFinished):
                self.last_set_id = set_id_of(effect, self._recording, command_number)
