"""A sensor on the virtual radio that answers what is written and plays messages while it is on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bumble.core import AdvertisingData
from bumble.gatt import Characteristic, CharacteristicValue, Service

from sensors.ble import BleParams
from sensors.ble_link import LinkParams
from tests.sensors.virtual_radio import Air, make_device

HASTY = BleParams(scan_s=2.0, retry_s=0.01, link=LinkParams(connect_s=2.0, answer_s=2.0))
WRITE, NOTIFY = Characteristic.Properties.WRITE, Characteristic.Properties.NOTIFY


@dataclass(frozen=True)
class Firmware:
    """What is inside a sensor, whatever carries its bytes.

    answers: what it notifies when this is written to that characteristic.
    starts, stops: the write that lets it play `messages` from their beginning, that ends it.
    """

    name: str
    service_uuid: str
    data_uuid: str
    writable_uuids: Sequence[str]
    messages: Iterable[bytes]
    starts: bytes
    stops: bytes
    answers: Callable[[str, bytes], Sequence[bytes]] = lambda _uuid, _value: ()
    wrote: list[tuple[str, bytes]] = field(default_factory=list)


@asynccontextmanager
async def switched_on(air: Air, firmware: Firmware) -> AsyncIterator[list[tuple[str, bytes]]]:
    """That sensor, advertising; yields what is written to it, in order."""
    device, _ = make_device(air, firmware.name, "F0:F1:F2:F3:F4:F8")
    playing: list[asyncio.Task[None]] = []
    data = Characteristic(firmware.data_uuid, NOTIFY, Characteristic.READABLE, b"")

    def writable(uuid: str) -> Characteristic[bytes]:
        async def written(_: object, value: bytes) -> None:
            firmware.wrote.append((uuid, bytes(value)))
            for answer in firmware.answers(uuid, bytes(value)):
                await device.notify_subscribers(data, answer)
            if value == firmware.starts:
                playing.append(asyncio.create_task(play()))
            elif value == firmware.stops:
                cancel()

        value = CharacteristicValue(write=written)
        return Characteristic(uuid, WRITE, Characteristic.WRITEABLE, value)

    async def play() -> None:
        for message in firmware.messages:
            await device.notify_subscribers(data, message)
            await asyncio.sleep(0)

    def cancel() -> None:
        for task in playing:
            task.cancel()

    uuids = map(writable, firmware.writable_uuids)
    device.add_service(Service(firmware.service_uuid, [data, *uuids]))
    name = (AdvertisingData.COMPLETE_LOCAL_NAME, firmware.name.encode())
    device.advertising_data = bytes(AdvertisingData([name]))
    await device.power_on()
    await device.start_advertising(
        auto_restart=True, advertising_interval_min=20, advertising_interval_max=20
    )
    try:
        yield firmware.wrote
    finally:
        cancel()
        await device.power_off()
