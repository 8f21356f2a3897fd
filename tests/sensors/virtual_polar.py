"""A Polar sensor on the virtual radio: it streams a recording over real ATT notifications."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bumble import ll
from bumble.core import AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import HCI_CONNECTION_TIMEOUT_ERROR

from sensors.profiles import POLAR
from sensors.recording import Recording
from sensors.virtual.radio import Air, make_device
from tests.sensors.polar_firmware import PolarFirmware, Temper

READ, WRITE = Characteristic.Properties.READ, Characteristic.Properties.WRITE
NOTIFY, INDICATE = Characteristic.Properties.NOTIFY, Characteristic.Properties.INDICATE


H10, SECOND_H10 = "Polar H10 0A1B2C3D", "Polar H10 4E5F6A7B"
ADDRESSES = {H10: "F0:F1:F2:F3:F4:F5", SECOND_H10: "F0:F1:F2:F3:F4:F6"}


class VirtualPolar:
    """Plays `recording` at `speed` (1: real time, math.inf: as fast as the link takes it).

    connections: how many were made so far. See PolarFirmware for what is inside.
    """

    def __init__(
        self,
        air: Air,
        recording: Recording,
        *,
        speed: float = math.inf,
        name: str = H10,
        address: str = "F0:F1:F2:F3:F4:F5",
        temper: Temper | None = None,
    ) -> None:
        self.firmware = PolarFirmware(recording, temper or Temper())
        self.connections = 0
        self._name = name
        self._speed = speed
        self._playing: asyncio.Task[None] | None = None
        self._moved_on = asyncio.Event()
        self._device, self._chip = make_device(air, name, address)
        self._control = Characteristic(
            POLAR.control_uuid,
            READ | WRITE | INDICATE,
            Characteristic.READABLE | Characteristic.WRITEABLE,
            CharacteristicValue(read=lambda _: b"\x0f\x04", write=self._written),
        )
        self._data = Characteristic(POLAR.data_uuid, NOTIFY, Characteristic.READABLE, b"")

    async def power_on(self) -> None:
        self._device.add_service(Service(POLAR.service_uuid, [self._control, self._data]))
        battery_pct = self.firmware.temper.battery_pct
        if battery_pct is not None:
            self._device.add_service(Service("180F", [_battery(battery_pct)]))
        name = (AdvertisingData.COMPLETE_LOCAL_NAME, self._name.encode())
        self._device.advertising_data = bytes(AdvertisingData([name]))
        self._device.on("connection", self._on_connection)
        await self._device.power_on()
        await self._device.start_advertising(
            auto_restart=True, advertising_interval_min=20, advertising_interval_max=20
        )

    async def power_off(self) -> None:
        self._stop_playing()
        await self._device.power_off()

    def drop_link(self) -> None:
        """Let the radio link time out on both sides, as when the body walks away."""
        self._stop_playing()
        for connection in list(self._chip.le_connections.values()):
            connection.send_ll_control_pdu(ll.TerminateInd(HCI_CONNECTION_TIMEOUT_ERROR))
            self._chip.on_le_disconnected(connection, HCI_CONNECTION_TIMEOUT_ERROR)
        self.firmware.live_on(self.firmware.temper.away_s)

    async def leave(self) -> None:
        """Drop the link and do not come back."""
        await self._device.stop_advertising()
        self._device.advertisement_auto_restart = False
        self.drop_link()

    async def has_played(self, until_s: float) -> None:
        """Wait until the recording has been sent up to `until_s`."""
        while self.firmware.now_s < until_s:
            self._moved_on.clear()
            await self._moved_on.wait()

    def _on_connection(self, connection: Connection) -> None:
        self.connections += 1
        connection.on(Connection.EVENT_DISCONNECTION, lambda _: self._stop_playing())

    def _stop_playing(self) -> None:
        if self._playing is not None:
            self._playing.cancel()

    async def _written(self, _: Connection, value: bytes) -> None:
        for answer in self.firmware.answers(bytes(value)):
            await self._device.indicate_subscribers(self._control, answer)
        if not self.firmware.is_streaming:
            self._stop_playing()
        elif self.firmware.starts_sending(value):
            self._playing = asyncio.create_task(self._play())

    async def _play(self) -> None:
        loop, temper = asyncio.get_running_loop(), self.firmware.temper
        began_s, began_at_s = loop.time(), self.firmware.now_s
        while True:
            frame = self.firmware.next_frame()
            due_s = began_s + (self.firmware.now_s - began_at_s) / self._speed
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            await self._device.notify_subscribers(self._data, frame)
            self._moved_on.set()
            if self.firmware.now_s > temper.drop_at_s:
                temper.drop_at_s = math.inf
                self.drop_link()


def _battery(level_pct: int) -> Characteristic[bytes]:
    return Characteristic("2A19", READ | NOTIFY, Characteristic.READABLE, bytes([level_pct]))


@asynccontextmanager
async def worn(
    air: Air,
    recording: Recording,
    *,
    speed: float = math.inf,
    temper: Temper | None = None,
    name: str = H10,
) -> AsyncIterator[VirtualPolar]:
    """A virtual H10 that is on and advertises; one of two with the name of the second."""
    polar = VirtualPolar(
        air, recording, speed=speed, temper=temper, name=name, address=ADDRESSES[name]
    )
    await polar.power_on()
    try:
        yield polar
    finally:
        await polar.power_off()
