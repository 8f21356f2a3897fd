"""A bluetoothd that is not there: org.bluez on a private D-Bus, so that bleak's own Linux backend
runs unchanged, with the faults that only BlueZ has.

What it does follows BlueZ's D-Bus documentation: objects appear with InterfacesAdded, properties
change with PropertiesChanged, an unpaired device is forgotten when its link is gone.
"""

# ruff: noqa: N802 -- methods are named as in D-Bus, whose values have any type

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from sensors.profiles import POLAR
from tests.sensors.polar_firmware import PolarFirmware

ADAPTER_PATH = "/org/bluez/hci0"
DEVICE_PATH = f"{ADAPTER_PATH}/dev_F0_F1_F2_F3_F4_F5"
SERVICE_PATH = f"{DEVICE_PATH}/service0010"
CONTROL_PATH, DATA_PATH = f"{SERVICE_PATH}/char0011", f"{SERVICE_PATH}/char0014"
ADAPTER, DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
SERVICE, CHARACTERISTIC = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
OBJECTS, PROPERTIES = "org.freedesktop.DBus.ObjectManager", "org.freedesktop.DBus.Properties"

BUS_CONFIG = """<busconfig><type>system</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/>
<allow own="*"/><allow user="*"/></policy></busconfig>"""


@asynccontextmanager
async def private_bus() -> AsyncIterator[str]:
    """A D-Bus of our own, in the place of the system's for as long as it lasts."""
    with tempfile.TemporaryDirectory() as folder:
        config, address = Path(folder, "bus.conf"), f"unix:path={folder}/bus"
        config.write_text(BUS_CONFIG.format(f"{folder}/bus"))
        daemon = await asyncio.create_subprocess_exec(
            "dbus-daemon",
            f"--config-file={config}",
            "--nofork",
            "--print-address",
            stdout=asyncio.subprocess.PIPE,
        )
        assert daemon.stdout is not None
        await daemon.stdout.readline()
        before = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address
        try:
            yield address
        finally:
            if before is None:
                del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
            else:
                os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = before
            daemon.terminate()
            await daemon.wait()


@dataclass
class Faults:
    """What goes wrong. refusals: the error text of each Connect that fails, in order."""

    refusals: list[str] = field(default_factory=list)
    has_adapter: bool = True
    is_powered: bool = True
    is_left_connected: bool = False


class FakeBluez:
    """One adapter and one Polar sensor. `calls` lists the methods called, in order."""

    def __init__(self, firmware: PolarFirmware, faults: Faults | None = None) -> None:
        self._firmware = firmware
        self._faults = faults or Faults()
        self._objects: dict[str, dict[str, dict[str, Variant]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._advertising: asyncio.Task[None] | None = None
        self._playing: asyncio.Task[None] | None = None
        self.calls: list[str] = []

    async def start(self, address: str) -> None:
        self._bus = MessageBus(bus_address=address)
        await self._bus.connect()
        self._bus.add_message_handler(self._handle)
        if self._faults.has_adapter:
            self._objects[ADAPTER_PATH] = {ADAPTER: _adapter(self._faults.is_powered)}
        if self._faults.is_left_connected:
            self._objects |= {DEVICE_PATH: {DEVICE: _device(is_connected=True)}, **_gatt()}
        await self._bus.request_name("org.bluez")

    async def stop(self) -> None:
        running = [t for t in (self._advertising, self._playing, *self._tasks) if t is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()

    @property
    def is_connected(self) -> bool:
        device = self._objects.get(DEVICE_PATH)
        return device is not None and bool(device[DEVICE]["Connected"].value)

    def drop_link(self) -> None:
        """What BlueZ says when the supervision timeout passed: and then it forgets the device."""
        self._disconnected()
        self._firmware.live_on(self._firmware.temper.away_s)
        gone = [path for path in self._objects if path.startswith(DEVICE_PATH)]
        for path in gone:
            interfaces = list(self._objects.pop(path))
            self._signal("/", OBJECTS, "InterfacesRemoved", "oas", [path, interfaces])

    def _disconnected(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
        self._change(DEVICE_PATH, DEVICE, ServicesResolved=Variant("b", False))
        self._change(DEVICE_PATH, DEVICE, Connected=Variant("b", False))

    def _handle(self, message: Message) -> Message | bool | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        method = getattr(self, f"_on_{message.member}", None)
        if method is None or message.destination == "org.freedesktop.DBus":
            return None
        self.calls.append(str(message.member))
        answer: Message | bool = method(message)
        return answer

    def _on_GetManagedObjects(self, message: Message) -> Message:
        return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._objects])

    def _on_SetDiscoveryFilter(self, message: Message) -> Message:
        return Message.new_method_return(message)

    def _on_StartDiscovery(self, message: Message) -> Message:
        self._change(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", True))
        self._advertising = asyncio.create_task(self._advertise())
        return Message.new_method_return(message)

    def _on_StopDiscovery(self, message: Message) -> Message:
        if self._advertising is not None:
            self._advertising.cancel()
        self._change(ADAPTER_PATH, ADAPTER, Discovering=Variant("b", False))
        return Message.new_method_return(message)

    async def _advertise(self) -> None:
        while True:
            if DEVICE_PATH not in self._objects:
                self._add(DEVICE_PATH, {DEVICE: _device(is_connected=False)})
            elif not self.is_connected:
                self._change(DEVICE_PATH, DEVICE, RSSI=Variant("n", -61))
            await asyncio.sleep(0.02)

    def _on_Connect(self, message: Message) -> Message:
        if self._faults.refusals:
            refusal = self._faults.refusals.pop(0)
            if refusal == "le-connection-abort-by-local":  # BlueZ had connected, and takes it back
                self._change(DEVICE_PATH, DEVICE, Connected=Variant("b", True))
                self._change(DEVICE_PATH, DEVICE, Connected=Variant("b", False))
            return Message.new_error(message, "org.bluez.Error.Failed", refusal)
        self._change(DEVICE_PATH, DEVICE, Connected=Variant("b", True))
        for path, interfaces in _gatt().items():
            self._add(path, interfaces)
        self._change(DEVICE_PATH, DEVICE, ServicesResolved=Variant("b", True))
        return Message.new_method_return(message)

    def _on_Disconnect(self, message: Message) -> Message:
        if self.is_connected:
            self._disconnected()
        return Message.new_method_return(message)

    def _on_StartNotify(self, message: Message) -> Message:
        self._change(str(message.path), CHARACTERISTIC, Notifying=Variant("b", True))
        return Message.new_method_return(message)

    def _on_StopNotify(self, message: Message) -> Message:
        self._change(str(message.path), CHARACTERISTIC, Notifying=Variant("b", False))
        return Message.new_method_return(message)

    def _on_WriteValue(self, message: Message) -> Message:
        write = bytes(message.body[0])
        for answer in self._firmware.answers(write):
            self._change(CONTROL_PATH, CHARACTERISTIC, Value=Variant("ay", answer))
        if not self._firmware.is_streaming and self._playing is not None:
            self._playing.cancel()
        elif self._firmware.starts_sending(write):
            self._playing = asyncio.create_task(self._play())
        return Message.new_method_return(message)

    async def _play(self) -> None:
        while True:
            frame = Variant("ay", self._firmware.next_frame())
            await self._change(DATA_PATH, CHARACTERISTIC, Value=frame)
            await asyncio.sleep(0.001)
            temper = self._firmware.temper
            if self._firmware.now_s > temper.drop_at_s:
                temper.drop_at_s = float("inf")
                self.drop_link()

    def _add(self, path: str, interfaces: dict[str, dict[str, Variant]]) -> None:
        self._objects[path] = interfaces
        self._signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", [path, interfaces])

    def _change(self, path: str, interface: str, **properties: Variant) -> "asyncio.Future[Any]":
        self._objects[path][interface].update(properties)
        body = [interface, properties, []]
        return self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)

    def _signal(
        self, path: str, interface: str, member: str, signature: str, body: list[Any]
    ) -> "asyncio.Future[Any]":
        return self._bus.send(
            Message(
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
                message_type=MessageType.SIGNAL,
            )
        )


def _adapter(is_powered: bool) -> dict[str, Variant]:
    return {
        "Address": Variant("s", "00:11:22:33:44:55"),
        "Powered": Variant("b", is_powered),
        "Discovering": Variant("b", False),
        "Roles": Variant("as", ["central", "peripheral"]),
    }


def _device(is_connected: bool) -> dict[str, Variant]:
    return {
        "Address": Variant("s", "F0:F1:F2:F3:F4:F5"),
        "AddressType": Variant("s", "random"),
        "Name": Variant("s", "Polar H10 0A1B2C3D"),
        "Alias": Variant("s", "Polar H10 0A1B2C3D"),
        "Adapter": Variant("o", ADAPTER_PATH),
        "Paired": Variant("b", False),
        "Connected": Variant("b", is_connected),
        "ServicesResolved": Variant("b", is_connected),
        "UUIDs": Variant("as", [POLAR.service_uuid] if is_connected else []),
        "RSSI": Variant("n", -60),
    }


def _gatt() -> dict[str, dict[str, dict[str, Variant]]]:
    service = {
        "UUID": Variant("s", POLAR.service_uuid),
        "Device": Variant("o", DEVICE_PATH),
        "Primary": Variant("b", True),
        "Includes": Variant("ao", []),
    }
    return {
        SERVICE_PATH: {SERVICE: service},
        CONTROL_PATH: _characteristic(POLAR.control_uuid, ["read", "write", "indicate"]),
        DATA_PATH: _characteristic(POLAR.data_uuid, ["notify"]),
    }


def _characteristic(uuid: str, flags: list[str]) -> dict[str, dict[str, Variant]]:
    return {
        CHARACTERISTIC: {
            "UUID": Variant("s", uuid),
            "Service": Variant("o", SERVICE_PATH),
            "Value": Variant("ay", b""),
            "Flags": Variant("as", flags),
            "MTU": Variant("q", 247),
            "Notifying": Variant("b", False),
        }
    }


@asynccontextmanager
async def fake_bluez(
    firmware: PolarFirmware, faults: Faults | None = None
) -> AsyncIterator[FakeBluez]:
    async with private_bus() as address:
        bluez = FakeBluez(firmware, faults)
        await bluez.start(address)
        try:
            yield bluez
        finally:
            await bluez.stop()
