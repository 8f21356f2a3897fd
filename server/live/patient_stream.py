"""One patient's live stream: chunks and commands in, one at a time; records and states out.

A chunk, what it brought about, and its acknowledgement belong together: the tracker sees the chunk,
then chunk and results are committed in one transaction, then the caller may acknowledge. Should
the commit fail, the tracker knows more than the store, so the stream is read anew from the store
before anything else is done; so it is after a restart.

One recording is live: its set is on the pages, and commands are about it. Recordings of another
time are followed aside.

The tracker runs in a thread: a push takes milliseconds, but one that closes a set takes 0.1 s, and
no patient's set may delay another's socket.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sensors.chunks import Chunk
from server.clock import Clock
from server.live.admission import Refused, check_fits, is_caught_up, is_fresh, is_late
from server.live.broadcast import Channel
from server.live.following import Following, sensor_of, take_up
from server.live.live_memory import memory_of
from server.live.live_set import Effect, Link, NothingToAdjust, Sensor, SetPhase
from server.live.live_state import LiveState, live_state
from server.live.recall import KEYS_KEPT, recall
from server.live.record_keeping import Circumstances, keep
from server.live.set_commands import AdjustCount, StartSet, StopSet
from server.live.set_follower import SetFollower
from server.settings import Settings
from server.store import commands, memories, recordings, reports
from server.store.commands import StoredCommand
from server.store.database import Database
from server.store.memories import Memory
from server.store.recordings import Recording
from server.store.reports import Report


class Superseded(Exception):
    """This connection does not bring a recording any more; it may connect again."""


class Incomplete(Exception):
    """A recording was said to be complete that is not; what is missing is to be sent first."""


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
        self._is_as_stored = False
        self._here = Following(SetFollower())
        self._aside: dict[UUID, Following] = {}
        self._remembered: Memory | None = None
        self._obeyed: deque[UUID | None] = deque(maxlen=KEYS_KEPT)
        self._version = 0
        self.channel = Channel()

    @property
    def state(self) -> LiveState:
        """The state as pages see it."""
        return live_state(self._here.live, self._version)

    async def recall(self) -> None:
        """After a restart: know the count as it was, whether or not its collector is back."""
        async with self._at_work():
            pass

    async def attach(self, recording_id: UUID, connection: object) -> int:
        """A connection brings this recording: the sequence number to go on with.

        A recording has one connection, the newest; an older one gets Superseded from now on.
        Raises Refused while another recording is live.
        """
        async with self._at_work():
            if self._here.recording_id == recording_id:
                attached = self._here
            else:
                attached = self._aside.get(recording_id) or await self._admit(recording_id)
            attached.connection = connection
            attached.heard_at_s = self._clock.monotonic_s()
            if attached is self._here:
                self._link(Link.STREAMING)
            return attached.next_sequence

    async def take(self, chunk: Chunk, payload: bytes, connection: object) -> int:
        """Take a chunk; the highest sequence that is on disk.

        Raises Refused if the chunk cannot be taken, Superseded if nothing can.
        """
        async with self._at_work():
            followed = self._brought_by(connection)
            followed.heard_at_s = self._clock.monotonic_s()
            if chunk.sequence < followed.next_sequence:
                await self._check_repeated(followed, chunk.sequence, payload)
                return followed.next_sequence - 1
            check_fits(followed, chunk)
            await self._take_next(followed, chunk, payload)
            return chunk.sequence

    async def obey(
        self, command: StartSet | StopSet | AdjustCount, key: UUID | None = None
    ) -> LiveState:
        """Do what the patient said, and keep it; the same key again changes nothing.

        Raises NothingToAdjust.
        """
        async with self._at_work():
            if key is None or key not in self._obeyed:
                await self._obey(command, key)
            return self.state

    async def hurts(self, report: Report) -> LiveState:
        """Stop the set because it hurts; keep the report and raise its alert."""
        async with self._at_work():
            await self._obey(StopSet(reason="pain"), report=report)
            return self.state

    async def see_status(self, connection: object, battery_pct: int | None, link: Link) -> None:
        """The collector said something of its sensor. Raises Superseded."""
        async with self._at_work():
            if self._brought_by(connection) is not self._here:
                return
            sensor = self._here.live.sensor
            if battery_pct is not None:
                sensor = replace(sensor, battery_pct=battery_pct)
            self._see(replace(sensor, link=link))

    async def end(self, connection: object, chunks: int | None = None) -> None:
        """The recording is over: close what is open and seal it.

        chunks: how many it has, where that is known. Raises Superseded; Incomplete where some of
        them have not come: sealed, it could not take them any more.
        """
        async with self._at_work():
            followed = self._brought_by(connection)
            if chunks is not None and followed.next_sequence < chunks:
                raise Incomplete
            if followed.recording is not None and followed.recording.sealed_at is None:
                await self._seal(followed, followed.recording)

    async def lose(self, connection: object) -> None:
        """The connection went away; a set on the pages stays open for the next one."""
        async with self._turn:
            if self._here.connection is connection:
                self._here.connection = None
                self._link(Link.LOST)
            self._aside = {
                recording_id: one
                for recording_id, one in self._aside.items()
                if one.connection is not connection
            }

    async def check_quiet(self) -> None:
        """Say so when samples stay away, and close the set when they stay away for long."""
        if self._here.recording is None or self._turn.locked():
            return
        async with self._at_work():
            here = self._here
            silent_s = self._clock.monotonic_s() - here.heard_at_s
            if silent_s > self._settings.quiet_after_s and here.live.sensor.link is Link.STREAMING:
                self._link(Link.QUIET)
            if silent_s > self._settings.abandon_after_s:
                await (self._leave() if here.connection is None else self._give_up())

    @asynccontextmanager
    async def _at_work(self) -> AsyncIterator[None]:
        """One thing at a time. If it fails halfway, the next one begins at what the store knows."""
        async with self._turn:
            if not self._is_as_stored:
                await self._recall()
            try:
                yield
            except (NothingToAdjust, Refused, Superseded, Incomplete):
                raise
            except BaseException:
                self._is_as_stored = False
                raise

    async def _recall(self) -> None:
        """Take up what the store knows, with the connection that is open."""
        async with self._database.reading() as database:
            known = await recall(database, self._patient_id, self._settings.replay_limit_s)
        before, self._here = self._here, known.following
        if before.recording_id == self._here.recording_id:
            self._here.connection = before.connection
            self._see(before.live.sensor)
        self._here.heard_at_s = self._clock.monotonic_s()
        self._aside = {}
        self._obeyed = deque(known.keys, maxlen=KEYS_KEPT)
        self._remembered = known.memory
        self._is_as_stored = True
        self._publish()

    async def _admit(self, recording_id: UUID) -> Following:
        """Where a recording belongs that is not coming in yet. Raises Refused."""
        async with self._database.reading() as database:
            recording = await recordings.get(database, recording_id)
            extent = await recordings.extent(database, recording_id)
        if recording.sealed_at is not None:
            done = Following(SetFollower(), recording, extent.next_sequence, extent.end_s)
            self._aside[recording_id] = done
            return done
        if is_late(recording, extent.end_s, self._clock.now()):
            self._aside[recording_id] = late = await self._resumed(recording)
            return late
        if self._is_busy():
            raise Refused("another recording of this patient is coming in: end it first")
        await self._leave()
        await self._go_on_with(recording, extent.next_sequence)
        return self._here

    async def _resumed(self, recording: Recording) -> Following:
        async with self._database.reading() as database:
            return await take_up(database, recording, None, self._settings.replay_limit_s)

    async def _go_on_with(self, recording: Recording, next_sequence: int) -> None:
        """Make a recording the live one; a set that waits for samples goes on into it."""
        here = self._here
        is_waiting = here.live.was_started and here.live.phase in (
            SetPhase.READY,
            SetPhase.COUNTING,
        )
        self._here = await self._resumed(recording)
        if is_waiting or next_sequence == 0:
            good_reps = self._here.follower.good_reps
            here.follower.begin_stream(sensor_of(recording), recording.exercise, good_reps)
            self._here.follower = here.follower
        async with self._database.writing() as database:
            await self._remember(database)

    async def _leave(self) -> None:
        """No recording comes in any more; the one that did may come back."""
        if self._here.recording is None:
            return
        await self._give_up()
        self._close_stream()
        async with self._database.writing() as database:
            await self._remember(database)
        self._publish()

    async def _give_up(self) -> None:
        """Samples stay away: close the set that they were for, once."""
        if self._here.is_given_up:
            return
        self._here.is_given_up = True
        if self._here.live.phase not in (SetPhase.READY, SetPhase.STOPPED):
            await self._obey(StopSet(reason="sensor_lost"))

    def _close_stream(self) -> None:
        follower, last_set_id = self._here.follower, self._here.last_set_id
        follower.leave_stream()
        self._here = Following(follower, last_set_id=last_set_id)

    async def _seal(self, followed: Following, recording: Recording) -> None:
        around = self._around(followed)
        effects = await asyncio.to_thread(followed.follower.end_stream)
        async with self._database.writing() as database:
            await self._keep(database, followed, effects, around)
            await recordings.seal(database, recording.id, around.now)
            if self._aside.pop(recording.id, None) is None:
                self._close_stream()
                await self._remember(database)
        self._publish()

    async def _take_next(self, followed: Following, chunk: Chunk, payload: bytes) -> None:
        around = self._around(followed)
        effects = await asyncio.to_thread(followed.follower.push, chunk.block)
        async with self._database.writing() as database:
            if around.recording is not None:
                new = (around.recording.id, chunk, payload, around.now)
                await recordings.add_chunk(database, *new)
            await self._keep(database, followed, effects, around)
            await self._remember(database)
        followed.took(chunk.block)
        if followed is self._here:
            self._link(Link.STREAMING)
        elif is_caught_up(followed, around.now) and not self._is_busy():
            # its next chunk is Superseded, and when it has connected again it is live
            self._aside = {key: one for key, one in self._aside.items() if one is not followed}

    def _is_busy(self) -> bool:
        return is_fresh(self._here, self._clock.monotonic_s())

    async def _check_repeated(self, followed: Following, sequence: int, payload: bytes) -> None:
        if followed.recording is None:
            return
        async with self._database.reading() as database:
            stored = await recordings.fingerprint_of(database, followed.recording.id, sequence)
        if stored != recordings.fingerprint(payload):
            raise Refused("conflict")

    async def _obey(
        self,
        command: StartSet | StopSet | AdjustCount,
        key: UUID | None = None,
        report: Report | None = None,
    ) -> None:
        here = self._here
        around = self._around(here)
        effects = await asyncio.to_thread(here.follower.obey, command)
        before = None if here.recording is None else here.next_sequence
        given = StoredCommand(command.model_dump(), here.recording_id, before, key)
        async with self._database.writing() as database:
            await self._keep(database, here, effects, around)
            await commands.add(database, self._patient_id, given, around.now)
            if report is not None:
                set_id = here.last_set_id if here.live.is_kept else None
                await reports.add(database, replace(report, set_id=set_id))
            await self._remember(database)
        self._obeyed.append(key)
        self._publish()

    async def _keep(
        self,
        database: AsyncConnection,
        followed: Following,
        effects: tuple[Effect, ...],
        around: Circumstances,
    ) -> None:
        if effects:
            followed.last_set_id = await keep(database, effects, around, followed.last_set_id)

    async def _remember(self, database: AsyncConnection) -> None:
        """Note where the set stands, in the transaction of what brought it there."""
        here = self._here
        content = memory_of(here.live).model_dump(mode="json")
        memory = Memory(content, here.recording_id, here.last_set_id)
        if memory != self._remembered:
            await memories.keep(database, self._patient_id, memory, self._clock.now())
            self._remembered = memory

    def _around(self, followed: Following) -> Circumstances:
        return Circumstances(
            patient_id=self._patient_id,
            recording=followed.recording,
            now=self._clock.now(),
            params=followed.follower.params,
        )

    def _brought_by(self, connection: object) -> Following:
        for followed in (self._here, *self._aside.values()):
            if followed.connection is connection:
                return followed
        raise Superseded

    def _link(self, link: Link) -> None:
        self._see(replace(self._here.live.sensor, link=link))

    def _see(self, sensor: Sensor) -> None:
        self._here.follower.see_sensor(sensor)
        self._publish()

    def _publish(self) -> None:
        self._version += 1
        self.channel.publish(self.state)
