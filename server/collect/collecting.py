"""One session with a Bluetooth sensor: listen, count, keep, send; and end it in good order.

Four things happen at once and each has one task: listening to the sensor, sending to the server,
watching, and waiting to be stopped. Whatever ends the session, what was heard is kept.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from detection.exercises import Exercise
from detection.pipeline import Tracker, params_for
from sensors.ble import BleParams, BleSource, LinkState, LinkStatus
from sensors.ble_discovery import Radio
from sensors.errors import InvalidRecording, SensorError
from sensors.growing_recording import GrowingRecording
from sensors.lookout import Lookout
from sensors.samples import SampleBlock
from sensors.sidecar import RecordingInfo
from sensors.spool import SpoolFailed
from sensors.uplink import Hello, Report
from server.collect.delivery import Delivery, ServerAccess
from server.collect.heard import Heard


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
    """What there is to see.

    waiting: chunks that the server does not have, of earlier sessions too; None without a server.
    """

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

    counts: repetitions of each set. written: the recording; None if there is none.
    waiting: chunks on this disk that the server does not have, of earlier sessions too.
    server_problem: why. problem: what ended the session before its time; None: it ended as wished.
    """

    sensor: str | None
    samples: int
    stream_s: float
    counts: tuple[int, ...]
    written: Path | None
    waiting: int
    server_problem: str | None
    problem: SensorError | None


class Collector:
    """One session; `run` it once, `stop` it from anywhere in the loop.

    beside: another session at the same time, whose radio is shared; what earlier sessions left on
    the disk is that one's to send.
    """

    def __init__(
        self,
        wish: Wish,
        *,
        radio: Radio | None = None,
        params: BleParams | None = None,
        pace: Pace | None = None,
        beside: "Collector | None" = None,
    ) -> None:
        self._wish = wish
        self._pace = pace or Pace()
        self.lookout: Lookout = beside.lookout if beside else Lookout(radio or Radio())
        self.delivery = _delivery(wish.access, beside)
        self._source = BleSource(
            wish.device,
            placement=wish.placement,
            side=wish.side,
            exercise=wish.exercise.name if wish.exercise else None,
            lookout=self.lookout,
            params=params,
        )
        self._tracker = Tracker(params_for(wish.exercise))
        self._heard = Heard()
        self._growing: GrowingRecording | None = None
        self._written: Path | None = None
        self._is_stopped = asyncio.Event()
        self._sensor: str | None = None
        self._problem: SensorError | None = None

    def stop(self) -> None:
        """End the session as soon as it can be done in good order."""
        self._is_stopped.set()

    async def run(self, show: Callable[[Snapshot], None]) -> Collected:
        """Collect until it is enough, `stop` is called, or it cannot go on."""
        try:
            await self._collect(show)
        finally:  # whatever broke off, what was heard gets its name
            await self._finish_recording()
        show(self.snapshot())
        return self._collected()

    async def _collect(self, show: Callable[[Snapshot], None]) -> None:
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
            await self._finish_recording()
            await self._drain(sending)
            watching.cancel()

    def snapshot(self) -> Snapshot:
        """Return what there is to see now."""
        status, heard, delivery = self._source.status, self._heard, self.delivery
        return Snapshot(
            sensor=self._sensor,
            link=status,
            stream_s=heard.stream_s,
            rate_hz=heard.rate_hz() if status.state is LinkState.STREAMING else None,
            set_number=heard.set_number,
            count=heard.count,
            trace_ms2=tuple(heard.trace_ms2),
            waiting=delivery.waiting if delivery else None,
            server_problem=delivery.problem if delivery else None,
        )

    async def _watch(self, show: Callable[[Snapshot], None]) -> None:
        """Show what there is, and tell the server what it cannot see."""
        told: Report | None = None
        while True:
            show(self.snapshot())
            report = _report(self._source.status)
            if self.delivery is not None and self.delivery.has_begun and report != told:
                self.delivery.report(report)
                told = report
            await asyncio.sleep(self._pace.watch_s)

    async def _listen(self) -> None:
        try:
            async with self._source as source:
                self._sensor = source.found.name
                async for block in source.blocks():
                    self._keep(block)
                    self._heard.take(block)
                    self._heard.take_events(self._tracker.push(block))
                    await self._pass_on(block)
                    if self._wish.seconds is not None and block.t_s[-1] >= self._wish.seconds:
                        return
        except SensorError as problem:
            self._problem = problem

    def _keep(self, block: SampleBlock) -> None:
        """Append to the recording: without a thread, as a few lines for the disk's cache are."""
        if self._wish.out is None:
            return
        if self._growing is None:
            self._growing = GrowingRecording.begin(self._wish.out, self._known())
        self._growing.append(block)

    def _known(self) -> RecordingInfo:
        info = self._source.info
        return RecordingInfo(
            rate_hz=info.rate_hz,
            placement=info.placement,
            side=info.side,
            device=info.device,
            exercise=info.exercise,
            range_ms2=self._source.streaming.range_ms2,
        )

    async def _pass_on(self, block: SampleBlock) -> None:
        if self.delivery is None:
            return
        if not self.delivery.has_begun:
            await self.delivery.begin(self._hello())
        await self.delivery.put(block)

    def _hello(self) -> Hello:
        found, info = self._source.found, self._source.info
        return Hello(
            recording_id=str(uuid4()),
            rate_hz=info.rate_hz,
            device_name=found.name,
            device_kind=found.kind,
            serial=found.serial,
            placement=info.placement,
            side=info.side,
            exercise=info.exercise,
            started_at=self._source.started_at().astimezone(),
        )

    async def _send(self) -> None:
        """Send; a server that refuses today's recording ends the session."""
        if self.delivery is None:
            return
        try:
            await self.delivery.run()
        except SensorError as problem:
            self._problem = problem
            self.stop()

    async def _drain(self, sending: asyncio.Task[None]) -> None:
        """Give the server time for the last chunks, unless there is nothing to wait for."""
        if self.delivery is None:
            return
        if self.delivery.has_begun:
            with suppress(SpoolFailed):
                await self.delivery.end()
            await asyncio.wait({sending}, timeout=self._pace.drain_s)
        sending.cancel()
        self.delivery.close()

    async def _finish_recording(self) -> None:
        growing, self._growing = self._growing, None
        if growing is None:
            return
        try:
            await asyncio.to_thread(growing.finish)
            self._written = growing.path
        except InvalidRecording as problem:
            self._problem = problem

    def _collected(self) -> Collected:
        return Collected(
            sensor=self._sensor,
            samples=self._heard.samples,
            stream_s=self._heard.stream_s,
            counts=tuple(self._heard.counts),
            written=self._written,
            waiting=self.delivery.waiting if self.delivery else 0,
            server_problem=self.delivery.problem if self.delivery else None,
            problem=self._problem,
        )


def _delivery(access: ServerAccess | None, beside: Collector | None) -> Delivery | None:
    return None if access is None else Delivery(access, beside.delivery if beside else None)


def _report(status: LinkStatus) -> Report:
    link = "streaming" if status.state is LinkState.STREAMING else "lost"
    return Report(status.battery_pct, status.rssi_dbm, link)
