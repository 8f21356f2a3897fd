"""One patient's live stream: chunks and commands in, one at a time; records and states out.

A chunk, what it brought about, and its acknowledgement belong together: the tracker sees the chunk,
then chunk and results are committed in one transaction, then the caller may acknowledge. Should
the commit fail, the tracker knows more than the store, so the stream is read anew from the store
before anything else is done; so it is after a restart.

One recording is live, or two from sensors worn in two places (`live_pair`): their sets are on the
pages, and commands are about them. Recordings of another time are followed aside.

The tracker runs in a thread: a push takes milliseconds, but one that closes a set takes 0.1 s, and
no patient's set may delay another's socket.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from sensors.chunks import Chunk
from server.catalogue import Catalogue
from server.clock import Clock
from server.live.admission import Refused, check_fits, is_caught_up, is_late
from server.live.broadcast import Channel
from server.live.following import Following, sensor_of, take_up
from server.live.live_memory import memory_of
from server.live.live_pair import LivePair
from server.live.live_set import Effect, Link, NothingToAdjust, Sensor, SetPhase
from server.live.live_state import LiveState, live_state
from server.live.recall import KEYS_KEPT, recall
from server.live.record_keeping import Circumstances, keep
from server.live.set_commands import AdjustCount, StartSet, StopSet
from server.live.set_follower import SetFollower
from server.settings import Settings
from server.store import commands, memories, own_exercises, recordings, reports
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
        self._pair = LivePair(Following(SetFollower()))
        self._aside: dict[UUID, Following] = {}
        self._remembered: tuple[Memory, ...] = ()
        self._obeyed: deque[UUID] = deque(maxlen=KEYS_KEPT)
        self._version = 0
        self.channel = Channel()

    @property
    def state(self) -> LiveState:
        """The state as pages see it."""
        front, beside = self._pair.front, self._pair.beside
        beside_live = None if beside is None else beside.live
        return live_state(front.live, self._version, beside_live, front.follower.catalogue)

    async def recall(self) -> None:
        """After a restart: know the count as it was, whether or not its collector is back."""
        async with self._at_work():
            pass

    async def attach(self, recording_id: UUID, connection: object) -> int:
        """A connection brings this recording: the sequence number to go on with.

        A recording has one connection, the newest; an older one gets Superseded from now on.
        Raises Refused while other recordings keep it out.
        """
        async with self._at_work():
            attached = self._followed(recording_id) or await self._admit(recording_id)
            attached.connection = connection
            attached.heard_at_s = self._clock.monotonic_s()
            if attached in self._pair.both:
                self._link(attached, Link.STREAMING)
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

        A start or stop is for both sensors, a correction for the one in front.
        Raises NothingToAdjust.
        """
        async with self._at_work():
            if key is None or key not in self._obeyed:
                is_correction = isinstance(command, AdjustCount)
                whom = (self._pair.front,) if is_correction else self._pair.both
                await self._obey(command, whom, key)
            return self.state

    async def hurts(self, report: Report) -> LiveState:
        """Stop the set because it hurts; keep the report and raise its alert."""
        async with self._at_work():
            await self._obey(StopSet(reason="pain"), self._pair.both, report=report)
            return self.state

    async def see_status(self, connection: object, battery_pct: int | None, link: Link) -> None:
        """The collector said something of its sensor. Raises Superseded."""
        async with self._at_work():
            followed = self._brought_by(connection)
            if followed not in self._pair.both:
                return
            sensor = followed.live.sensor
            if battery_pct is not None:
                sensor = replace(sensor, battery_pct=battery_pct)
            self._see(followed, replace(sensor, link=link))

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
            for followed in self._pair.both:
                if followed.connection is connection:
                    followed.connection = None
                    self._link(followed, Link.LOST)
            self._aside = {
                recording_id: one
                for recording_id, one in self._aside.items()
                if one.connection is not connection
            }

    async def check_quiet(self) -> None:
        """Say so when samples stay away, and close the set when they stay away for long."""
        if not self._pair.coming_in or self._turn.locked():
            return
        async with self._at_work():
            for followed, _ in self._pair.coming_in:
                await self._look_after(followed)

    async def _look_after(self, followed: Following) -> None:
        silent_s = self._clock.monotonic_s() - followed.heard_at_s
        is_streaming = followed.live.sensor.link is Link.STREAMING
        if silent_s > self._settings.quiet_after_s and is_streaming:
            self._link(followed, Link.QUIET)
        if silent_s > self._settings.abandon_after_s:
            is_gone = followed.connection is None
            await (self._leave(followed) if is_gone else self._give_up(followed))

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
        """Take up what the store knows, with the connections that are open."""
        async with self._database.reading() as database:
            known = await recall(database, self._patient_id, self._settings.replay_limit_s)
        before, self._pair = self._pair, known.pair
        for followed in self._pair.both:
            followed.heard_at_s = self._clock.monotonic_s()
            for same in before.both:
                if same.recording_id == followed.recording_id:
                    followed.connection = same.connection
                    followed.follower.see_sensor(same.live.sensor)
        self._aside = {}
        self._obeyed = deque(known.keys, maxlen=KEYS_KEPT)
        self._remembered = known.memories
        self._is_as_stored = True
        self._publish()

    def _followed(self, recording_id: UUID) -> Following | None:
        live = (one for one in self._pair.both if one.recording_id == recording_id)
        return next(live, None) or self._aside.get(recording_id)

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
        now_s = self._clock.monotonic_s()
        reason = self._pair.kept_out(recording, now_s)
        if reason is not None:
            raise Refused(reason)
        for silent in self._pair.in_the_way(recording, now_s):
            await self._leave(silent)
        if self._pair.front.recording is None:
            await self._go_on_with(recording, extent.next_sequence)
            new = self._pair.front
        else:
            self._pair.beside = new = await self._resumed(recording)
        await self._take_part(new)
        return new

    async def _resumed(self, recording: Recording) -> Following:
        async with self._database.reading() as database:
            return await take_up(database, recording, None, self._settings.replay_limit_s)

    async def _go_on_with(self, recording: Recording, next_sequence: int) -> None:
        """Put a recording in front; a set that waits for samples goes on into it."""
        before = self._pair.front.follower
        self._pair.front = await self._resumed(recording)
        if before.live.is_started or next_sequence == 0:
            good_reps = self._pair.front.follower.good_reps
            before.catalogue = self._pair.front.follower.catalogue
            before.begin_stream(sensor_of(recording), recording.exercise, good_reps)
            self._pair.front.follower = before

    async def _take_part(self, new: Following) -> None:
        """A set that was started while the other sensor came in is for this one, too."""
        started = [one.live for one in self._pair.both if one is not new and one.live.is_started]
        if started and not new.live.is_started:
            exercise, target_reps = started[0].exercise, started[0].target_reps
            await self._obey(StartSet(exercise=exercise, target_reps=target_reps), (new,))
        async with self._database.writing() as database:
            await self._remember(database)

    async def _leave(self, followed: Following) -> None:
        """A recording does not come in any more, but may come back."""
        await self._give_up(followed)
        self._close_stream(followed)
        async with self._database.writing() as database:
            await self._remember(database)
        self._publish()

    async def _give_up(self, followed: Following) -> None:
        """Samples stay away: close the set that they were for, once."""
        if followed.is_given_up:
            return
        followed.is_given_up = True
        if followed.live.phase not in (SetPhase.READY, SetPhase.STOPPED):
            await self._obey(StopSet(reason="sensor_lost"), (followed,))

    def _close_stream(self, followed: Following) -> None:
        """Nothing comes in here any more; the set in front stays on the page."""
        if followed is self._pair.beside:
            self._pair.beside = None
        elif followed is self._pair.front:
            followed.follower.leave_stream()
            self._pair.front = Following(followed.follower, last_set_id=followed.last_set_id)
        self._pair.bring_forward()

    async def _seal(self, followed: Following, recording: Recording) -> None:
        around = self._around(followed)
        effects = await asyncio.to_thread(followed.follower.end_stream)
        async with self._database.writing() as database:
            await self._keep(database, followed, effects, around)
            await recordings.seal(database, recording.id, around.now)
            if self._aside.pop(recording.id, None) is None:
                self._close_stream(followed)
                await self._remember(database)
        self._publish()

    async def _take_next(self, followed: Following, chunk: Chunk, payload: bytes) -> None:
        around = self._around(followed)
        effects = await asyncio.to_thread(followed.follower.push, chunk.block)
        self._pair.bring_forward()
        async with self._database.writing() as database:
            if around.recording is not None:
                new = (around.recording.id, chunk, payload, around.now)
                await recordings.add_chunk(database, *new)
            await self._keep(database, followed, effects, around)
            await self._remember(database)
        followed.took(chunk.block)
        if followed in self._pair.both:
            self._link(followed, Link.STREAMING)
        elif self._may_be_live(followed, around.now):
            # its next chunk is Superseded, and when it has connected again it is live
            self._aside = {key: one for key, one in self._aside.items() if one is not followed}

    def _may_be_live(self, followed: Following, now: datetime) -> bool:
        """Whether a recording of another time has come to the present, and there is room."""
        if followed.recording is None or not is_caught_up(followed, now):
            return False
        return self._pair.kept_out(followed.recording, self._clock.monotonic_s()) is None

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
        whom: Sequence[Following],
        key: UUID | None = None,
        report: Report | None = None,
    ) -> None:
        arounds = [self._around(followed) for followed in whom]
        if isinstance(command, StartSet):  # the program may have changed meanwhile
            catalogue = await self._catalogue()
            for followed in whom:
                followed.follower.catalogue = catalogue
        effects = [await asyncio.to_thread(followed.follower.obey, command) for followed in whom]
        self._pair.bring_forward()
        async with self._database.writing() as database:
            for followed, around, brought in zip(whom, arounds, effects, strict=True):
                await self._keep(database, followed, brought, around)
                given = _given(command, followed, key if followed is whom[0] else None)
                await commands.add(database, self._patient_id, given, around.now)
            if report is not None:
                await reports.add(database, replace(report, set_id=_set_id_of(whom)))
            await self._remember(database)
        if key is not None:
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
        """Note where the sets stand, in the transaction of what brought them there."""
        now_known = tuple(
            Memory(memory_of(one.live).model_dump(mode="json"), one.recording_id, one.last_set_id)
            for one in self._pair.both
        )
        if now_known != self._remembered:
            await memories.keep(database, self._patient_id, now_known, self._clock.now())
            self._remembered = now_known

    async def _catalogue(self) -> Catalogue:
        async with self._database.reading() as database:
            return await own_exercises.prescribed_to(database, self._patient_id)

    def _around(self, followed: Following) -> Circumstances:
        return Circumstances(
            patient_id=self._patient_id,
            recording=followed.recording,
            now=self._clock.now(),
            params=followed.follower.params,
        )

    def _brought_by(self, connection: object) -> Following:
        for followed in (*self._pair.both, *self._aside.values()):
            if followed.connection is connection:
                return followed
        raise Superseded

    def _link(self, followed: Following, link: Link) -> None:
        self._see(followed, replace(followed.live.sensor, link=link))

    def _see(self, followed: Following, sensor: Sensor) -> None:
        followed.follower.see_sensor(sensor)
        self._publish()

    def _publish(self) -> None:
        self._version += 1
        self.channel.publish(self.state)


def _given(
    command: StartSet | StopSet | AdjustCount, followed: Following, key: UUID | None
) -> StoredCommand:
    """A command as it is kept of one recording; its key stands once, with the first."""
    before = None if followed.recording is None else followed.next_sequence
    return StoredCommand(command.model_dump(), followed.recording_id, before, key)


def _set_id_of(whom: Sequence[Following]) -> UUID | None:
    """The set that a report is about: that in front, or where there is none, that beside it."""
    return next((one.last_set_id for one in whom if one.live.is_kept), None)
