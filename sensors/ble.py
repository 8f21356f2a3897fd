"""A Bluetooth sensor as a source of samples whose link is kept alive.

Every attempt to connect scans first: a sensor that advertises is there and free, and BlueZ forgets
unpaired devices, so an object of an earlier scan may be gone. A lost link shows only after the
supervision timeout, so silence counts as loss. (Why not bleak-retry-connector: docs/decisions.)
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import Self

import numpy as np

from sensors.ble_discovery import RADIO_ERRORS, Found, Radio
from sensors.ble_link import Link, LinkParams
from sensors.clock import StreamClock
from sensors.count_clock import CountClock
from sensors.errors import (
    BluetoothUnavailable,
    DecodeError,
    SensorNotFound,
    SensorRefused,
    StreamLost,
)
from sensors.lookout import Lookout, Seeker
from sensors.profiles import Profile, Streaming
from sensors.samples import STANDARD_GRAVITY_MS2, SampleBlock
from sensors.source import StreamInfo


@dataclass(frozen=True, slots=True)
class BleParams:
    """How long to wait for what.

    scan_s: sensors advertise at least every 2.5 s, so four chances to be seen.
    attempts, retry_s: how often to connect at first, and the first pause in between; links abort
        often enough (BlueZ: le-connection-abort-by-local) that the first try proves nothing.
    longest_pause_s: pauses between attempts to reconnect double up to this.
    give_up_s: the stream ends if the sensor stays away so long.
    silence_s: streams send 4-15 packets a second; so long without one, the link is lost.
    silent_links: so many losses in a row without a packet in between, and it is given up.
    check_s: how much is looked at before anything is believed.
    """

    scan_s: float = 10.0
    attempts: int = 4
    retry_s: float = 0.25
    longest_pause_s: float = 5.0
    give_up_s: float = 900.0
    silence_s: float = 4.0
    silent_links: int = 4
    check_s: float = 1.0
    link: LinkParams = field(default_factory=LinkParams)


class LinkState(StrEnum):
    """Where the link is."""

    IDLE = "idle"
    CONNECTING = "connecting"
    STREAMING = "streaming"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """The link at this moment; battery_pct and rssi_dbm are None where the sensor says nothing.

    dropped: packets that came faster than they were taken; refused: packets that made no sense.
    """

    state: LinkState
    battery_pct: int | None
    rssi_dbm: int | None
    dropped: int
    refused: int
    gaps: int
    reconnects: int


class BleSource:
    """A stream of samples from one Bluetooth sensor; `async with` connects and disconnects.

    wanted: see `Seeker`. placement, side, exercise: how it is worn and what is done with it.
    lookout: where others share the radio; else the radio is this source's alone.
    A link that drops is made again; the hole is a jump of t_s, for the device's clock runs on.
    Entering raises SensorNotFound, SensorRefused, StreamLost or BluetoothUnavailable.
    """

    def __init__(
        self,
        wanted: str | None = None,
        *,
        placement: str | None = None,
        side: str | None = None,
        exercise: str | None = None,
        radio: Radio | None = None,
        lookout: Lookout | None = None,
        params: BleParams | None = None,
    ) -> None:
        self._worn = (placement, side, exercise)
        self._seeker = Seeker(wanted)
        self._lookout = lookout or Lookout(radio or Radio())
        self._params = params or BleParams()
        self._state = LinkState.IDLE
        self._now: _Connected | None = None
        self._clock: StreamClock | CountClock | None = None
        self._dropped = self._refused = self._reconnects = 0

    @property
    def info(self) -> StreamInfo:
        """What the stream is; raises RuntimeError before it is connected."""
        placement, side, exercise = self._worn
        return StreamInfo(self.streaming.rate_hz, self.found.name, placement, side, exercise)

    @property
    def found(self) -> Found:
        """The sensor; raises RuntimeError before it is connected."""
        return self._connected.link.found

    @property
    def streaming(self) -> Streaming:
        """What the sensor was told to send; raises RuntimeError before it is connected."""
        return self._connected.streaming

    @property
    def status(self) -> LinkStatus:
        """How the link is doing."""
        link, clock = self._now.link if self._now else None, self._clock
        return LinkStatus(
            state=self._state,
            battery_pct=link.battery_pct if link else None,
            rssi_dbm=link.found.rssi_dbm if link else None,
            dropped=self._dropped + (link.arrivals.dropped if link else 0),
            refused=self._refused,
            gaps=clock.gaps + clock.restarts if clock else 0,
            reconnects=self._reconnects,
        )

    def started_at(self) -> datetime:
        """Return the UTC time of stream second 0; raises ValueError before the first packet."""
        if self._clock is None:
            raise ValueError("nothing has arrived yet")
        ago_s = time.monotonic() - self._clock.host_s(0.0)
        return datetime.now(UTC) - timedelta(seconds=ago_s)

    async def __aenter__(self) -> Self:
        self._state = LinkState.CONNECTING
        self._now = await self._connect_repeatedly()
        self._state = LinkState.STREAMING
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._state = LinkState.CLOSED
        await self._connected.link.close()
        self._lookout.let_go(self._seeker)

    async def blocks(self) -> AsyncIterator[SampleBlock]:
        """The samples, a block a packet, once the first second proved to hold gravity.

        Raises StreamLost if the sensor stays away or silent, SensorRefused if it will not go on
        or what it sends cannot be acceleration with gravity.
        """
        held = [await self._next_block()]
        while held[-1].t_s[-1] - held[0].t_s[0] < self._params.check_s:
            held.append(await self._next_block())
        check_gravity(held, self.found.name)
        for block in held:
            yield block
        while True:
            yield await self._next_block()

    @property
    def _connected(self) -> "_Connected":
        if self._now is None:
            raise RuntimeError("not connected: use `async with`")
        return self._now

    async def _next_block(self) -> SampleBlock:
        silent_links = 0
        while True:
            try:
                stamp_s, payload = await self._connected.link.arrivals.take(self._params.silence_s)
            except StreamLost as lost:
                silent_links += 1
                if silent_links >= self._params.silent_links:
                    raise StreamLost(lost.sensor, "connects, but sends no data") from lost
                await self._reconnect(lost)
                continue
            silent_links = 0
            block = self._block(stamp_s, payload)
            if block is not None:
                return block

    def _block(self, stamp_s: float, payload: bytes) -> SampleBlock | None:
        """Decode and date; None for a packet that makes no sense or came twice."""
        rate_hz = self.streaming.rate_hz
        try:
            packet = self.streaming.decode(payload)
        except DecodeError:
            self._refused += 1
            return None
        if self._clock is None:
            self._clock = _clock_for(self.found.profile, rate_hz)
        t_s = self._clock.date_last(packet.tick, len(packet), stamp_s)
        return SampleBlock(t_s, packet.acc_ms2, rate_hz) if len(t_s) else None

    async def _reconnect(self, lost: StreamLost) -> None:
        old = self._connected
        self._state = LinkState.LOST
        await old.link.close()
        back = await self._connect_patiently(lost)
        if back.streaming.rate_hz != old.streaming.rate_hz:
            await back.link.close()
            raise SensorRefused(lost.sensor, "came back with another sampling rate")
        self._dropped += old.link.arrivals.dropped
        self._reconnects += 1
        self._now = back
        self._state = LinkState.STREAMING

    async def _connect_patiently(self, lost: StreamLost) -> "_Connected":
        """Try more and more slowly; raise `lost` if the sensor has stayed away too long."""
        give_up_at_s = time.monotonic() + self._params.give_up_s
        pause_s = self._params.retry_s
        while time.monotonic() < give_up_at_s:
            with suppress(StreamLost, SensorNotFound, BluetoothUnavailable):
                return await self._connect()
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, self._params.longest_pause_s)
        raise lost

    async def _connect_repeatedly(self) -> "_Connected":
        for _ in range(self._params.attempts - 1):
            with suppress(StreamLost):
                return await self._connect()
            await asyncio.sleep(self._params.retry_s)
        return await self._connect()

    async def _connect(self) -> "_Connected":
        """Find the sensor and start its stream; what goes wrong leaves no connection behind."""
        name = self._seeker.wanted or "sensor"
        try:
            async with self._lookout.sensor(self._seeker, self._params.scan_s) as found:
                name = found.name
                return await self._linked(found)
        except RADIO_ERRORS as problem:
            said = str(problem) or type(problem).__name__
            raise StreamLost(name, f"cannot connect ({said})") from problem
        except DecodeError as problem:
            raise SensorRefused(name, f"answers in an unknown way: {problem}") from problem

    async def _linked(self, found: Found) -> "_Connected":
        link = Link(found, self._lookout.radio, self._params.link)
        try:
            connected = _Connected(link, await link.open())
        except BaseException:
            await link.close()
            raise
        self._lookout.keep(self._seeker, found)
        return connected


def _clock_for(profile: Profile, rate_hz: float) -> StreamClock | CountClock:
    if profile.ticks_per_s is None:
        return CountClock(rate_hz)
    return StreamClock(rate_hz, profile.ticks_per_s, tick_span=profile.tick_span)


@dataclass(frozen=True, slots=True)
class _Connected:
    """A link that is open, and what comes over it."""

    link: Link
    streaming: Streaming


LEAST_GRAVITY_SHARE, MOST_GRAVITY_SHARE = 0.5, 1.5
"""A limb that moves keeps its median |a| well within this; a wrong unit (g, mg), a scale off by
two or a stream without gravity does not."""


def check_gravity(blocks: Sequence[SampleBlock], sensor: str) -> None:
    """Raise SensorRefused unless the median of |a| is near gravity."""
    magnitude_ms2 = np.linalg.norm(np.concatenate([block.acc_ms2 for block in blocks]), axis=1)
    median_ms2 = float(np.median(magnitude_ms2))
    if not LEAST_GRAVITY_SHARE < median_ms2 / STANDARD_GRAVITY_MS2 < MOST_GRAVITY_SHARE:
        reason = (
            f"its acceleration has a median of {median_ms2:.3g} m/s² where gravity alone is 9.8: "
            "a wrong scale, or a stream without gravity"
        )
        raise SensorRefused(sensor, reason)
