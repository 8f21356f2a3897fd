"""One session with a Bluetooth sensor: listen, count, keep, send; and end it in good order.

Four things happen at once and each has one task: listening to the sensor, sending to the server,
watching, and waiting to be stopped. Whatever ends the session, what was heard is kept.
"""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from detection.exercises import Exercise
from detection.pipeline import Tracker, params_for
from sensors.ble import BleParams, BleSource, LinkState, LinkStatus
from sensors.ble_discovery import Radio
from sensors.errors import InvalidRecording, SensorError
from sensors.recording import Recording, RecordingInfo, write_recording
from sensors.samples import SampleBlock
from sensors.spool import Spool, SpoolFailed, left_over
from sensors.uplink import Hello, Report, Uplink, UplinkRefused, ingest_url, new_spool
from server.heard import Heard


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """Where signal is sent, with which token, and where it waits until it has arrived."""

    server: str
    token: str
    spool_root: Path

    @property
    def spool_folder(self) -> Path:
        """What waits for one server and device must never reach another."""
        whose = hashlib.sha256(f"{self.server}\n{self.token}".encode()).hexdigest()
        return self.spool_root / whose[:16]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be collected.

    device: part of the sensor's name; None: any. seconds: of stream time; None: until stopped.
    out: a file to write. access: a server to send to.
    """

    device: str | None = None
    seconds: float | None = None
    out: Path | None = None
    access: ServerAccess | None = None
    placement: str | None = None
    side: str | None = None
    exercise: Exercise | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """watch_s: between two looks. drain_s: so long the server gets to take the last chunks; what
    is left then stays on disk and goes with the next session."""

    watch_s: float = 0.25
    drain_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What there is to see. waiting: chunks that the server does not have; None without one."""

    sensor: str | None
    link: LinkStatus
    stream_s: float
    rate_hz: float | None
    set_number: int | None
    count: int | None
    trace_ms2: tuple[float, ...]
    waiting: int | None
    server_problem: str | None


@dataclass(frozen=True, slots=True)
class Collected:
    """What a session brought.

    counts: repetitions of each set. waiting: chunks on this disk that the server does not have.
    problem: what ended the session before its time; None if it ended as wished.
    """

    sensor: str | None
    samples: int
    stream_s: float
    counts: tuple[int, ...]
    waiting: int
    problem: SensorError | None


class Collector:
    """One session; `run` it once, `stop` it from anywhere in the loop."""

    def __init__(
        self,
        wish: Wish,
        *,
        radio: Radio | None = None,
        params: BleParams | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._wish = wish
        self._pace = pace or Pace()
        self._source = BleSource(
            wish.device,
            placement=wish.placement,
            side=wish.side,
            exercise=wish.exercise.name if wish.exercise else None,
            radio=radio,
            params=params,
        )
        self._tracker = Tracker(params_for(wish.exercise))
        self._heard = Heard(keeps_blocks=wish.out is not None)
        self._is_stopped = asyncio.Event()
        self._uplink: Uplink | None = None
        self._has_uplink = asyncio.Event()
        self._sensor: str | None = None
        self._problem: SensorError | None = None

    def stop(self) -> None:
        """End the session as soon as it can be done in good order."""
        self._is_stopped.set()

    async def run(self, show: Callable[[Snapshot], None]) -> Collected:
        """Collect until it is enough, `stop` is called, or it cannot go on."""
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch(show))
            sending = tasks.create_task(self._send())
            listening = tasks.create_task(self._listen())
            stopping = tasks.create_task(self._is_stopped.wait())
            await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            listening.cancel()
            await asyncio.wait({listening})
            self._heard.take_events(self._tracker.flush())
            await asyncio.to_thread(self._write)
            await self._drain(sending)
            watching.cancel()
        show(self.snapshot())
        return self._collected()

    def snapshot(self) -> Snapshot:
        """Return what there is to see now."""
        status, heard, uplink = self._source.status, self._heard, self._uplink
        return Snapshot(
            sensor=self._sensor,
            link=status,
            stream_s=heard.stream_s,
            rate_hz=heard.rate_hz() if status.state is LinkState.STREAMING else None,
            set_number=heard.set_number,
            count=heard.count,
            trace_ms2=tuple(heard.trace_ms2),
            waiting=uplink.waiting if uplink else None,
            server_problem=uplink.problem if uplink else None,
        )

    async def _watch(self, show: Callable[[Snapshot], None]) -> None:
        """Show what there is, and tell the server what it cannot see."""
        told: Report | None = None
        while True:
            show(self.snapshot())
            report = _report(self._source.status)
            if self._uplink is not None and report != told:
                self._uplink.report(report)
                told = report
            await asyncio.sleep(self._pace.watch_s)

    async def _listen(self) -> None:
        try:
            async with self._source as source:
                self._sensor = source.found.name
                async for block in source.blocks():
                    self._heard.take(block)
                    self._heard.take_events(self._tracker.push(block))
                    await self._pass_on(block)
                    if self._wish.seconds is not None and block.t_s[-1] >= self._wish.seconds:
                        return
        except SensorError as problem:
            self._problem = problem

    async def _pass_on(self, block: SampleBlock) -> None:
        access = self._wish.access
        if access is None:
            return
        if self._uplink is None:
            spool = await asyncio.to_thread(new_spool, access.spool_folder, self._hello())
            self._uplink = Uplink(ingest_url(access.server), access.token, spool)
            self._has_uplink.set()
        await self._uplink.put(block)

    def _hello(self) -> Hello:
        found, info = self._source.found, self._source.info
        return Hello(
            recording_id=str(uuid4()),
            rate_hz=info.rate_hz,
            device_name=found.name,
            device_kind=found.kind,
            serial=found.name.rpartition(" ")[2],
            placement=info.placement,
            side=info.side,
            exercise=info.exercise,
            started_at=self._source.started_at().astimezone(),
        )

    async def _send(self) -> None:
        """Send first what earlier sessions left; a server that refuses this one ends it."""
        access = self._wish.access
        if access is None:
            return
        for spool in await asyncio.to_thread(left_over, access.spool_folder):
            await self._send_left_over(spool, access)
        await self._has_uplink.wait()
        try:
            if self._uplink is not None:
                await self._uplink.run()
        except SensorError as problem:
            self._problem = problem
            self.stop()

    async def _send_left_over(self, spool: Spool, access: ServerAccess) -> None:
        uplink = Uplink(ingest_url(access.server), access.token, spool)
        try:
            await uplink.end()
            await uplink.run()
        except UplinkRefused:  # it stays on disk; today's session must not suffer from it
            return
        finally:
            uplink.close()

    async def _drain(self, sending: asyncio.Task[None]) -> None:
        """Give the server time for the last chunks, unless there is nothing to wait for."""
        if self._uplink is None:
            sending.cancel()
        else:
            with suppress(SpoolFailed):
                await self._uplink.end()
        await asyncio.wait({sending}, timeout=self._pace.drain_s)
        sending.cancel()
        if self._uplink is not None:
            self._uplink.close()

    def _write(self) -> None:
        if self._wish.out is None or not self._heard.kept:
            return
        info, streaming = self._source.info, self._source.streaming
        known = RecordingInfo(
            rate_hz=info.rate_hz,
            placement=info.placement,
            side=info.side,
            device=info.device,
            exercise=info.exercise,
            range_ms2=streaming.range_ms2,
        )
        t_s = np.concatenate([block.t_s for block in self._heard.kept])
        acc_ms2 = np.concatenate([block.acc_ms2 for block in self._heard.kept])
        try:
            write_recording(self._wish.out, Recording(t_s, acc_ms2, info.rate_hz, known))
        except OSError as problem:
            said = f"cannot be written: {problem.strerror}"
            self._problem = InvalidRecording(self._wish.out, said)

    def _collected(self) -> Collected:
        return Collected(
            sensor=self._sensor,
            samples=self._heard.samples,
            stream_s=self._heard.stream_s,
            counts=tuple(self._heard.counts),
            waiting=self._uplink.waiting if self._uplink else 0,
            problem=self._problem,
        )


def _report(status: LinkStatus) -> Report:
    link = "streaming" if status.state is LinkState.STREAMING else "lost"
    return Report(status.battery_pct, status.rssi_dbm, link)
