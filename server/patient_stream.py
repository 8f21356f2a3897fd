"""One patient's live stream: chunks and commands in, one at a time; records and states out.

A chunk, what it brought about, and its acknowledgement belong together: the tracker sees the chunk,
then chunk and results are committed in one transaction, then the caller may acknowledge. Should
the commit fail, the tracker knows more than the store, so it is thrown away and rebuilt from the
store by the next connection.

The tracker runs in a thread: a push takes milliseconds, but one that closes a set takes 0.1 s, and
no patient's set may delay another's socket.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sensors.chunks import Chunk
from server.broadcast import Channel
from server.clock import Clock
from server.live_set import Effect, Link, NothingToAdjust, Sensor, SetPhase
from server.live_state import LiveState, live_state
from server.record_keeping import Circumstances, keep
from server.replay import Replay, rebuild
from server.set_commands import AdjustCount, StartSet, StopSet
from server.set_follower import SetFollower
from server.settings import Settings
from server.store import commands, recordings, reports
from server.store.commands import StoredCommand
from server.store.database import Database
from server.store.recordings import Recording
from server.store.reports import Report

MAX_STREAM_S = 7 * 86_400.0
"""A recording is a session, not a week; a larger stream time is a clock gone wrong."""


KEYS_KEPT = 200
"""Commands that may still be sent again: many more than a page holds back while offline."""


class Refused(Exception):
    """A chunk that cannot be taken; the stream goes on without it."""


class Superseded(Exception):
    """This connection does not bring the patient's signal any more."""


@dataclass(slots=True)
class OpenRecording:
    """How far the recording that is coming in has come, and which connection brings it."""

    recording: Recording
    next_sequence: int
    end_s: float | None
    next_command: int
    heard_at_s: float
    connection: object | None


class PatientStream:
    """Everything live about one patient; made on first use, kept while the server runs."""

    def __init__(
        self, patient_id: UUID, settings: Settings, database: Database, clock: Clock
    ) -> None:
        self._patient_id = patient_id
        self._settings = settings
        self._database = database
        self._clock = clock
        self._turn = asyncio.Lock()
        self._follower = SetFollower()
        self._open: OpenRecording | None = None
        self._last_set_id: UUID | None = None
        self._obeyed: deque[UUID | None] = deque(maxlen=KEYS_KEPT)
        self._version = 0
        self.channel = Channel()

    @property
    def state(self) -> LiveState:
        """The state as pages see it."""
        return live_state(self._follower.live, self._version)

    async def attach(self, recording: Recording, connection: object) -> int:
        """A connection brings this recording: the sequence number to go on with.

        The newest connection counts: an older one gets Superseded from now on.
        """
        async with self._turn, self._all_or_nothing():
            opened = self._open
            if opened is None or opened.recording.id != recording.id:
                await self._leave()
                opened = self._open = await self._resumed(recording)
            opened.connection = connection
            opened.heard_at_s = self._clock.monotonic_s()
            self._link(Link.STREAMING)
            return opened.next_sequence

    async def recover(self, recording: Recording) -> None:
        """After a restart: show the count as it was, until the recording's collector is back."""
        async with self._turn, self._all_or_nothing():
            if self._open is None:
                self._open = await self._resumed(recording)
                self._link(Link.LOST)

    async def take(self, chunk: Chunk, payload: bytes, connection: object) -> int:
        """Take a chunk; the highest sequence that is on disk.

        Raises Refused if the chunk cannot be taken, Superseded if nothing can.
        """
        async with self._turn:
            opened = self._opened_by(connection)
            opened.heard_at_s = self._clock.monotonic_s()
            if chunk.sequence < opened.next_sequence:
                await self._check_repeated(opened, chunk.sequence, payload)
                return opened.next_sequence - 1
            _check_fits(opened, chunk)
            async with self._all_or_nothing():
                await self._take_next(opened, chunk, payload)
            return chunk.sequence

    async def obey(
        self, command: StartSet | StopSet | AdjustCount, key: UUID | None = None
    ) -> LiveState:
        """Do what the patient said, and keep it; the same key again changes nothing.

        Raises NothingToAdjust.
        """
        async with self._turn, self._all_or_nothing():
            if key is None or key not in self._obeyed:
                await self._obey(command, key)
            return self.state

    async def hurts(self, report: Report) -> LiveState:
        """Stop the set because it hurts; keep the report and raise its alert."""
        async with self._turn, self._all_or_nothing():
            await self._obey(StopSet(reason="pain"), report=report)
            return self.state

    async def see_status(self, connection: object, battery_pct: int | None, link: Link) -> None:
        """The collector said something of its sensor. Raises Superseded."""
        async with self._turn:
            self._opened_by(connection)
            if battery_pct is not None:
                self._see(replace(self._follower.live.sensor, battery_pct=battery_pct))
            self._link(link)

    async def end(self, connection: object) -> None:
        """The recording is over: close what is open and seal it. Raises Superseded."""
        async with self._turn, self._all_or_nothing():
            opened = self._opened_by(connection)
            around = self._around(None)
            effects = await asyncio.to_thread(self._follower.end_stream)
            async with self._database.writing() as database:
                await self._keep(database, effects, around)
                await recordings.seal(database, opened.recording.id, around.now)
            self._open = None
            self._see(Sensor())

    async def lose(self, connection: object) -> None:
        """The connection went away; the set stays open for the next one."""
        async with self._turn:
            if self._open is not None and self._open.connection is connection:
                self._open.connection = None
                self._link(Link.LOST)

    async def check_quiet(self) -> None:
        """Say so when samples stay away, and close the set when they stay away for long."""
        if self._open is None or self._turn.locked():
            return
        async with self._turn, self._all_or_nothing():
            silent_s = self._clock.monotonic_s() - self._open.heard_at_s
            is_streaming = self._follower.live.sensor.link is Link.STREAMING
            if silent_s > self._settings.abandon_after_s:
                await self._leave()
                self._see(Sensor())
            elif silent_s > self._settings.quiet_after_s and is_streaming:
                self._link(Link.QUIET)

    async def _resumed(self, recording: Recording) -> OpenRecording:
        """Take up a recording, new or known, as far as it is stored."""
        sensor = Sensor(
            device=recording.sensor_name, placement=recording.placement, side=recording.side
        )
        limit_s = 0.0 if recording.sealed_at is not None else self._settings.replay_limit_s
        async with self._database.reading() as database:
            rebuilt = await rebuild(database, recording, sensor, limit_s)
        if rebuilt.extent.next_sequence == 0 and not rebuilt.given:
            self._follower.begin_stream(sensor, recording.exercise)
        else:
            self._follower = rebuilt.follower
            self._last_set_id = rebuilt.last_set_id
            self._obeyed.extend(one.idempotency_key for one in rebuilt.given)
        return _opened(recording, rebuilt, self._clock.monotonic_s())

    async def _leave(self) -> None:
        """Close the recording that came in until now, for this server; it may come back."""
        if self._open is None:
            return
        if self._follower.live.phase not in (SetPhase.READY, SetPhase.STOPPED):
            await self._obey(StopSet(reason="sensor_lost"))
        self._open = None

    async def _take_next(self, opened: OpenRecording, chunk: Chunk, payload: bytes) -> None:
        around = self._around(None)
        effects = await asyncio.to_thread(self._follower.push, chunk.block)
        async with self._database.writing() as database:
            await recordings.add_chunk(database, opened.recording.id, chunk, payload, around.now)
            await self._keep(database, effects, around)
        opened.next_sequence = chunk.sequence + 1
        opened.end_s = float(chunk.block.t_s[-1])
        self._link(Link.STREAMING)

    async def _check_repeated(self, opened: OpenRecording, sequence: int, payload: bytes) -> None:
        async with self._database.reading() as database:
            stored = await recordings.fingerprint_of(database, opened.recording.id, sequence)
        if stored != recordings.fingerprint(payload):
            raise Refused("conflict")

    async def _obey(
        self,
        command: StartSet | StopSet | AdjustCount,
        key: UUID | None = None,
        report: Report | None = None,
    ) -> None:
        opened = self._open
        around = self._around(opened.next_command if opened else None)
        effects = await asyncio.to_thread(self._follower.obey, command)
        async with self._database.writing() as database:
            await self._keep(database, effects, around)
            if opened is not None:
                given = StoredCommand(
                    opened.next_command, opened.next_sequence, command.model_dump(), key
                )
                await commands.add(database, opened.recording.id, given, around.now)
                opened.next_command += 1
            if report is not None:
                set_id = self._last_set_id if self._follower.live.is_kept else None
                await reports.add(database, replace(report, set_id=set_id))
        self._obeyed.append(key)
        self._publish()

    async def _keep(
        self, database: AsyncConnection, effects: tuple[Effect, ...], around: Circumstances
    ) -> None:
        if effects:
            self._last_set_id = await keep(database, effects, around, self._last_set_id)

    def _around(self, command_number: int | None) -> Circumstances:
        return Circumstances(
            patient_id=self._patient_id,
            recording=self._open.recording if self._open else None,
            now=self._clock.now(),
            params=self._follower.params,
            command_number=command_number,
        )

    def _opened_by(self, connection: object) -> OpenRecording:
        if self._open is None or self._open.connection is not connection:
            raise Superseded
        return self._open

    def _link(self, link: Link) -> None:
        self._see(replace(self._follower.live.sensor, link=link))

    def _see(self, sensor: Sensor) -> None:
        self._follower.see_sensor(sensor)
        self._publish()

    def _publish(self) -> None:
        self._version += 1
        self.channel.publish(self.state)

    @asynccontextmanager
    async def _all_or_nothing(self) -> AsyncIterator[None]:
        """If this fails halfway, forget what the store does not know."""
        try:
            yield
        except (NothingToAdjust, Superseded):
            raise
        except BaseException:
            self._follower, self._open = SetFollower(), None
            self._see(Sensor())
            raise


def _opened(recording: Recording, rebuilt: Replay, now_s: float) -> OpenRecording:
    return OpenRecording(
        recording=recording,
        next_sequence=rebuilt.extent.next_sequence,
        end_s=rebuilt.extent.end_s,
        next_command=len(rebuilt.given),
        heard_at_s=now_s,
        connection=None,
    )


def _check_fits(opened: OpenRecording, chunk: Chunk) -> None:
    recording = opened.recording
    if recording.sealed_at is not None:
        raise Refused("the recording was ended")
    if chunk.sequence > opened.next_sequence:
        raise Refused(f"out of order: {opened.next_sequence} is next")
    if chunk.block.rate_hz != recording.rate_hz:
        raise Refused(f"the recording's rate is {recording.rate_hz:g} Hz")
    if not (chunk.block.t_s[0] >= 0 and chunk.block.t_s[-1] <= MAX_STREAM_S):
        raise Refused(f"stream time must be between 0 and {MAX_STREAM_S:g} s")
    if opened.end_s is not None and chunk.block.t_s[0] <= opened.end_s:
        raise Refused(f"time goes back to before {opened.end_s:.6f} s")
