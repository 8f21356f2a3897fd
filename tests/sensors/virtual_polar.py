"""A Polar sensor that is not there: it lives through a recording and streams it over real ATT.

Its clock is the recording's: when the link drops, the body moves on unheard for `away_s`, and the
stream that follows continues from there. After the recording's end it lies still.
"""

import asyncio
import math
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np
from bumble import ll
from bumble.core import AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import HCI_CONNECTION_TIMEOUT_ERROR

from sensors.decoders.polar import Operation, Status
from sensors.profiles import POLAR
from sensors.recording import Recording
from tests.sensors.polar_frames import (
    compressed_frame,
    factor_setting,
    raw_frame,
    response,
    setting,
)
from tests.sensors.virtual_radio import Air, make_device

DEVICE_EPOCH_NS = 599_616_000 * 10**9
"""2019-01-01 in Polar's count: what an H10 believes when it wakes up."""
SAMPLES_PER_FRAME = 36
FACTOR = 0.5


@dataclass
class Temper:
    """What this sensor does differently from a well-behaved H10."""

    is_compressed: bool = False
    is_mute: bool = False
    is_in_charger: bool = False
    splits_settings: bool = False
    drop_at_s: float = math.inf
    away_s: float = 0.0
    battery_pct: int | None = 82
    garbage_every: int = 0


class VirtualPolar:
    """Plays `recording` at `speed` (1: real time, math.inf: as fast as the link takes it).

    is_streaming: between a start and a stop, whatever the link does, as an H10.
    writes: everything written to its control point.
    """

    def __init__(
        self,
        air: Air,
        recording: Recording,
        *,
        speed: float = math.inf,
        name: str = "Polar H10 0A1B2C3D",
        address: str = "F0:F1:F2:F3:F4:F5",
        temper: Temper | None = None,
    ) -> None:
        self.name = name
        self.temper = temper or Temper()
        self.is_streaming = False
        self.writes: list[bytes] = []
        self.connections = 0
        self._speed = speed
        self._rate_hz = round(recording.rate_hz)
        self._mg = np.rint(recording.acc_ms2 / 9.80665 * 1000).astype(np.int64)
        self._t_s = recording.t_s - recording.t_s[0]
        self._next = 0
        self._frames = 0
        self._moved_on = asyncio.Event()
        self._playing: asyncio.Task[None] | None = None
        self._device, self._chip = make_device(air, name, address)
        self._control, self._data = _control(self._written), _notifying(POLAR.data_uuid)

    async def power_on(self) -> None:
        self._device.add_service(Service(POLAR.service_uuid, [self._control, self._data]))
        if self.temper.battery_pct is not None:
            self._device.add_service(Service("180F", [_battery(self.temper.battery_pct)]))
        advertised = [(AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())]
        self._device.advertising_data = bytes(AdvertisingData(advertised))
        self._device.on("connection", self._on_connection)
        await self._device.power_on()
        await self.advertise()

    async def power_off(self) -> None:
        self._stop_playing()
        await self._device.power_off()

    async def advertise(self) -> None:
        await self._device.start_advertising(
            auto_restart=True, advertising_interval_min=20, advertising_interval_max=20
        )

    async def leave(self) -> None:
        """Drop the link and do not come back."""
        await self._device.stop_advertising()
        self._device.advertisement_auto_restart = False
        self.drop_link()

    async def has_played(self, until_s: float) -> None:
        """Wait until the recording has been sent up to `until_s`."""
        while self._time_s(self._next) < until_s:
            self._moved_on.clear()
            await self._moved_on.wait()

    def drop_link(self) -> None:
        """Let the radio link time out on both sides, as when the body walks away."""
        self._stop_playing()
        for connection in list(self._chip.le_connections.values()):
            connection.send_ll_control_pdu(ll.TerminateInd(HCI_CONNECTION_TIMEOUT_ERROR))
            self._chip.on_le_disconnected(connection, HCI_CONNECTION_TIMEOUT_ERROR)
        self._live_on(self.temper.away_s)

    def _live_on(self, unheard_s: float) -> None:
        now_s = self._t_s[min(self._next, len(self._t_s) - 1)] + unheard_s
        self._next = max(self._next, int(np.searchsorted(self._t_s, now_s)))

    def _on_connection(self, connection: Connection) -> None:
        self.connections += 1
        connection.on(Connection.EVENT_DISCONNECTION, lambda _: self._stop_playing())

    def _stop_playing(self) -> None:
        if self._playing is not None:
            self._playing.cancel()

    async def _written(self, _: Connection, value: bytes) -> None:
        self.writes.append(bytes(value))
        for answer in self._answers(Operation(value[0]), bytes(value[2:])):
            await self._device.indicate_subscribers(self._control, answer)
        if self.is_streaming and value[0] == Operation.START and not self.temper.is_mute:
            self._playing = asyncio.create_task(self._play())

    def _answers(self, operation: Operation, parameters: bytes) -> list[bytes]:
        if operation is Operation.SETTINGS:
            return self._offer()
        if operation is Operation.STOP:
            self._stop_playing()
            self.is_streaming = False
            return [response(operation)]
        if self.temper.is_in_charger:
            return [response(operation, Status.IN_CHARGER)]
        if self.is_streaming:
            return [response(operation, Status.ALREADY_IN_STATE)]
        if parameters[:4] != setting(0, [self._rate_hz], 2):
            return [response(operation, Status.INVALID_RATE)]
        self.is_streaming = True
        return [
            response(operation, 0, factor_setting(FACTOR) if self.temper.is_compressed else b"")
        ]

    def _offer(self) -> list[bytes]:
        parts = [setting(0, [self._rate_hz], 2), setting(1, [16], 2) + setting(2, [2, 4, 8], 2)]
        if not self.temper.splits_settings:
            return [response(Operation.SETTINGS, 0, b"".join(parts))]
        return [
            response(Operation.SETTINGS, 0, parts[0], more=1),
            response(Operation.SETTINGS, 0, parts[1]),
        ]

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        began_s, began_at = loop.time(), self._time_s(self._next)
        while True:
            indices = np.arange(self._next, self._next + SAMPLES_PER_FRAME)
            last_s = self._time_s(int(indices[-1]))
            due_s = began_s + (last_s - began_at) / self._speed
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            self._next += SAMPLES_PER_FRAME
            await self._device.notify_subscribers(self._data, self._frame(indices, last_s))
            self._moved_on.set()
            if last_s >= self.temper.drop_at_s:
                self.temper.drop_at_s = math.inf
                self.drop_link()

    def _time_s(self, index: int) -> float:
        beyond = index - (len(self._t_s) - 1)
        return float(self._t_s[min(index, len(self._t_s) - 1)] + max(0, beyond) / self._rate_hz)

    def _frame(self, indices: np.ndarray, last_s: float) -> bytes:
        mg = self._mg[np.minimum(indices, len(self._mg) - 1)]
        tick = DEVICE_EPOCH_NS + round(last_s * 1e9)
        self._frames += 1
        if self.temper.garbage_every and self._frames % self.temper.garbage_every == 0:
            return b"\x02" + bytes(8) + b"\x7f" + bytes(20)
        if self.temper.is_compressed:
            return compressed_frame(tick, np.rint(mg / FACTOR).astype(np.int64))
        return raw_frame(tick, mg)


@asynccontextmanager
async def worn(
    air: Air, recording: Recording, *, speed: float = math.inf, temper: Temper | None = None
) -> AsyncIterator[VirtualPolar]:
    """A virtual H10 that is on and advertises."""
    polar = VirtualPolar(air, recording, speed=speed, temper=temper)
    await polar.power_on()
    try:
        yield polar
    finally:
        await polar.power_off()


def _control(written: object) -> Characteristic[bytes]:
    return Characteristic(
        POLAR.control_uuid,
        Characteristic.Properties.READ
        | Characteristic.Properties.WRITE
        | Characteristic.Properties.INDICATE,
        Characteristic.READABLE | Characteristic.WRITEABLE,
        CharacteristicValue(read=lambda _: b"\x0f\x04", write=written),
    )


def _notifying(uuid: str) -> Characteristic[bytes]:
    return Characteristic(uuid, Characteristic.Properties.NOTIFY, Characteristic.READABLE, b"")


def _battery(level_pct: int) -> Characteristic[bytes]:
    properties = Characteristic.Properties.READ | Characteristic.Properties.NOTIFY
    return Characteristic("2A19", properties, Characteristic.READABLE, struct.pack("B", level_pct))
