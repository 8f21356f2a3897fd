"""A sensor on the virtual radio that answers what is written and plays messages while it is on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bumble.core import AdvertisingData
from bumble.gatt import Characteristic, CharacteristicValue, Service

from sensors.ble import BleParams, BleSource
from sensors.ble_link import LinkParams
from sensors.recording import Recording
from sensors.virtual.radio import Air, make_device, virtual_radio
from tests.sensors.moving_leg import listen

HASTY = BleParams(scan_s=2.0, retry_s=0.01, link=LinkParams(connect_s=2.0, answer_s=2.0))
WRITE, NOTIFY = Characteristic.Properties.WRITE, Characteristic.Properties.NOTIFY


@dataclass(frozen=True)
class Firmware:
    """What is inside a sensor, whatever carries its bytes.

    answers: what it notifies when this is written to that characteristic.
    starts, stops: the write that lets it go on with `messages`, and the one that ends it.
    messages: where one is None, it drops the link.
    """

    name: str
    service_uuid: str
    data_uuid: str
    writable_uuids: Sequence[str]
    messages: Iterator[bytes | None]
    starts: bytes
    stops: bytes
    answers: Callable[[str, bytes], Sequence[bytes]] = lambda _uuid, _value: ()
    wrote: list[tuple[str, bytes]] = field(default_factory=list)


class VirtualSensor:
    """That firmware behind real ATT writes and notifications."""

    def __init__(self, air: Air, firmware: Firmware) -> None:
        self._firmware = firmware
        self._device, _ = make_device(air, firmware.name, "F0:F1:F2:F3:F4:F8")
        self._data = Characteristic(firmware.data_uuid, NOTIFY, Characteristic.READABLE, b"")
        self._playing: asyncio.Task[None] | None = None

    async def power_on(self) -> None:
        firmware, device = self._firmware, self._device
        writable = map(self._writable, firmware.writable_uuids)
        device.add_service(Service(firmware.service_uuid, [self._data, *writable]))
        name = (AdvertisingData.COMPLETE_LOCAL_NAME, firmware.name.encode())
        device.advertising_data = bytes(AdvertisingData([name]))
        await device.power_on()
        await device.start_advertising(
            auto_restart=True, advertising_interval_min=20, advertising_interval_max=20
        )

    async def power_off(self) -> None:
        self._stop_playing()
        await self._device.power_off()

    def _writable(self, uuid: str) -> Characteristic[bytes]:
        async def written(_: object, value: bytes) -> None:
            await self._written(uuid, bytes(value))

        value = CharacteristicValue(write=written)
        return Characteristic(uuid, WRITE, Characteristic.WRITEABLE, value)

    async def _written(self, uuid: str, value: bytes) -> None:
        self._firmware.wrote.append((uuid, value))
        for answer in self._firmware.answers(uuid, value):
            await self._device.notify_subscribers(self._data, answer)
        if value == self._firmware.starts:
            self._playing = asyncio.create_task(self._play())
        elif value == self._firmware.stops:
            self._stop_playing()

    async def _play(self) -> None:
        for message in self._firmware.messages:
            if message is None:
                await self._drop_link()
                break
            await self._device.notify_subscribers(self._data, message)
            await asyncio.sleep(0)

    def _stop_playing(self) -> None:
        if self._playing is not None:
            self._playing.cancel()

    async def _drop_link(self) -> None:
        for connection in list(self._device.connections.values()):
            await connection.disconnect()


@asynccontextmanager
async def switched_on(air: Air, firmware: Firmware) -> AsyncIterator[list[tuple[str, bytes]]]:
    """A sensor of that firmware, advertising; yields what is written to it, in order."""
    sensor = VirtualSensor(air, firmware)
    await sensor.power_on()
    try:
        yield firmware.wrote
    finally:
        await sensor.power_off()


async def heard_whole(
    firmware: Firmware, kind: str, wanted: str | None = None
) -> tuple[Recording, list[tuple[str, bytes]]]:
    """Ten seconds of it as a source hears them, none refused or missing, and what was written."""
    air = Air()
    async with (
        virtual_radio(air) as radio,
        switched_on(air, firmware) as wrote,
        BleSource(wanted, radio=radio, params=HASTY) as sensor,
    ):
        assert sensor.found.kind == kind
        heard = await listen(sensor, until_s=10)
        assert sensor.status.refused == sensor.status.gaps == 0
    return heard, wrote
