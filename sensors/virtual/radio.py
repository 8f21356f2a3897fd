"""bleak without a radio: its public API over bumble's host, controller and link, all in memory.

Needs bumble, the extra `virtual`.

The bytes go through real HCI, L2CAP and ATT. What is our own: a link and a controller that mend two
faults of bumble 0.0.236, and the three backend classes that bleak asks for.
"""

# ruff: noqa: ANN401, ARG002, FBT001 -- these signatures are bumble's and bleak's

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, ClassVar, TypeVar

from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str
from bumble import core, hci
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData, ProtocolError
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.host import Host
from bumble.link import LocalLink

from sensors.ble_discovery import Radio

CENTRAL_ADDRESS = "C0:C1:C2:C3:C4:C5"
LONGEST_LE_PACKET = 251
T = TypeVar("T")


class Air(LocalLink):
    """What devices meet on. bumble stamps data with a controller's present random address; a scan
    may have changed that since the connection was made, so the connection's own is used."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: core.PhysicalTransport,
        data: bytes,
    ) -> None:
        """Hand over what one device sends another."""
        connection = sender_controller.le_connections.get(destination_address)
        receiver = self.find_le_controller(destination_address)
        if connection is not None and receiver is not None:
            deliver = receiver.on_link_acl_data
            asyncio.get_running_loop().call_soon(deliver, connection.self_address, transport, data)


class _Chip(Controller):
    """bumble accepts that a connection attempt is cancelled, but never completes the attempt."""

    def on_hci_le_create_connection_cancel_command(
        self, command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        ended = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, ended)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)


def make_device(air: Air, name: str, address: str) -> tuple[Device, Controller]:
    """A device on `air`, and the controller in it."""
    chip = _Chip(name, link=air)
    chip.le_acl_data_packet_length = LONGEST_LE_PACKET
    host = Host()
    host.controller = chip
    return Device(name=name, address=hci.Address(address), host=host), chip


@asynccontextmanager
async def virtual_radio(air: Air) -> AsyncIterator[Radio]:
    """A powered adapter on `air`, as backends that bleak accepts."""
    central, _ = make_device(air, "central", CENTRAL_ADDRESS)
    await central.power_on()
    bound: dict[str, Any] = {"central": central}
    yield Radio(
        scanner=type("VirtualScanner", (_Scanner,), bound),
        adapter=_Adapter,
        client=type("VirtualClient", (_Client,), bound),
    )
    await central.power_off()


class _Adapter(BaseBleakAdapter):
    @classmethod
    async def get(cls, **_: Any) -> "_Adapter":
        return cls()

    async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
        return []


class _Scanner(BaseBleakScanner):
    central: ClassVar[Device]

    def __init__(self, callback: Any, service_uuids: list[str] | None, *_: Any, **__: Any) -> None:
        super().__init__(callback, service_uuids)

    async def start(self) -> None:
        self.seen_devices = {}
        self.central.on(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.central.start_scanning(filter_duplicates=False)

    async def stop(self) -> None:
        self.central.remove_listener(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.central.stop_scanning()

    def _heard(self, heard: Advertisement) -> None:
        name = heard.data.get(AdvertisingData.COMPLETE_LOCAL_NAME)
        address = str(heard.address).partition("/")[0]
        advertised = AdvertisementData(str(name), {}, {}, [], None, heard.rssi, (heard,))
        device = self.create_or_update_device(
            address, address, str(name), heard.address, advertised
        )
        self.call_detection_callbacks(device, advertised)


class _Client(BaseBleakClient):
    central: ClassVar[Device]

    def __init__(self, device: BLEDevice | str, **kwargs: Any) -> None:
        if isinstance(device, str):
            raise BleakError("needs a device that was seen, not an address")
        super().__init__(
            device,
            disconnected_callback=kwargs["disconnected_callback"],
            timeout=kwargs["timeout"],
        )
        self._device = device
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._subscribers: dict[int, Any] = {}

    @property
    def name(self) -> str:
        return self._device.name or self._device.address

    @property
    def mtu_size(self) -> int:
        return self._peer.gatt_client.mtu if self._peer else 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **_: Any) -> None:
        try:
            connection = await self.central.connect(self._device.details, timeout=self._timeout)
        except core.TimeoutError as late:
            raise BleakDeviceNotFoundError(self.address, "not there") from late
        self._connection = connection
        connection.on(Connection.EVENT_DISCONNECTION, self._on_disconnection)
        self._peer = Peer(connection)
        await self._peer.request_mtu(517)
        await self._peer.discover_all()  # type: ignore[no-untyped-call]
        self.services = self._discovered(self._peer)

    def _discovered(self, peer: Peer) -> BleakGATTServiceCollection:
        services = BleakGATTServiceCollection()
        for there in peer.services:
            service = BleakGATTService(there, there.handle, _uuid(there.uuid))
            services.add_service(service)
            for char in there.characteristics:
                properties = _properties(int(char.properties))
                services.add_characteristic(
                    BleakGATTCharacteristic(
                        char, char.handle, _uuid(char.uuid), properties, self._room, service
                    )
                )
        return services

    def _room(self) -> int:
        return self.mtu_size - 3

    def _on_disconnection(self, _: int) -> None:
        self._connection = self._peer = None
        if self._disconnected_callback:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        if self._connection:
            await self._connection.disconnect()

    async def pair(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    @property
    def _there(self) -> Peer:
        if self._peer is None:
            raise BleakError("Not connected")
        return self._peer

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_: Any) -> bytearray:
        return bytearray(await _att(self._there.read_value(characteristic.obj)))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: Any, response: bool
    ) -> None:
        await _att(self._there.write_value(characteristic.obj, bytes(data), response))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_: Any
    ) -> None:
        def subscriber(value: bytes) -> None:
            callback(bytearray(value))

        self._subscribers[characteristic.handle] = subscriber
        await _att(self._there.subscribe(characteristic.obj, subscriber))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        subscriber = self._subscribers.pop(characteristic.handle)
        await _att(self._there.unsubscribe(characteristic.obj, subscriber))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_: Any) -> bytearray:
        raise NotImplementedError

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        raise NotImplementedError


async def _att(request: Awaitable[T]) -> T:
    try:
        return await request
    except ProtocolError as problem:
        raise BleakGATTProtocolError(problem.error_code or 0) from problem


def _uuid(uuid: UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-")).lower()


def _properties(bits: int) -> list[Any]:
    named = {2: "read", 4: "write-without-response", 8: "write", 16: "notify", 32: "indicate"}
    return [name for bit, name in named.items() if bits & bit]
