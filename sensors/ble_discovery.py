"""Seeing sensors by Bluetooth, and saying in one line why that cannot be done.

A device is known by its name or serial number; addresses are not the same on every system. Who may
scan when: `lookout`.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from bleak import BleakAdapter, BleakScanner
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
)

from sensors.errors import BluetoothUnavailable
from sensors.profiles import PROFILES, Profile

RADIO_ERRORS = (BleakError, OSError, EOFError)
"""What talking to a radio can fail with; TimeoutError is an OSError, EOFError a dying D-Bus."""
FAMILIES = " / ".join(profile.family for profile in PROFILES)
"""Of sensors that the program knows, for who asked for none in particular."""


@dataclass(frozen=True, slots=True)
class Radio:
    """The bleak backend to use; None is the platform's own."""

    scanner: type[BaseBleakScanner] | None = None
    adapter: type[BaseBleakAdapter] | None = None
    client: type[BaseBleakClient] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A sensor that can be connected to; rssi_dbm is None if it did not have to advertise."""

    device: BLEDevice
    profile: Profile
    name: str
    kind: str
    rssi_dbm: int | None

    @property
    def serial(self) -> str:
        """What tells it from others of its kind: the serial number that makers put at the end of
        the name; where that has no digit, such as of a "Movella DOT", its address is all there is.
        """
        last = self.name.rpartition(" ")[2]
        return last if any(map(str.isdigit, last)) else self.device.address

    def answers_to(self, wanted: str | None) -> bool:
        """Whether its name contains this, in any case, or it is its address; None: always."""
        text = (wanted or "").casefold()
        return text in self.name.casefold() or text == self.device.address.casefold()


@dataclass(frozen=True, slots=True)
class Seen:
    """A device that advertised; kind: of sensor, None where the program does not know it."""

    name: str
    kind: str | None
    rssi_dbm: int


async def look_around(scan_s: float, radio: Radio) -> list[Seen]:
    """Return what advertises a name within `scan_s` seconds, known sensors and the nearest first.

    Raises BluetoothUnavailable if this computer cannot scan.
    """
    seen: dict[str, Seen] = {}

    def look(device: BLEDevice, advertised: AdvertisementData) -> None:
        name = advertised.local_name or device.name
        if name:
            seen[device.address] = Seen(name, _kind_of(name), advertised.rssi)

    with _plain_words():
        async with BleakScanner(look, backend=radio.scanner):
            await asyncio.sleep(scan_s)
    return sorted(seen.values(), key=lambda one: (one.kind is None, -one.rssi_dbm, one.name))


def _kind_of(name: str) -> str | None:
    return next((kind for profile in PROFILES if (kind := profile.kind_of(name))), None)


async def first_seen(
    is_wanted: Callable[[Found], bool], scan_s: float, radio: Radio
) -> Found | None:
    """Return the first known sensor that is wanted; None if none is seen within `scan_s`.

    Raises BluetoothUnavailable if this computer cannot scan.
    """
    with _plain_words():
        left = await _left_connected(is_wanted, radio)
        return left or await _advertising(is_wanted, scan_s, radio)


async def _advertising(
    is_wanted: Callable[[Found], bool], scan_s: float, radio: Radio
) -> Found | None:
    seen: list[Found] = []
    noticed = asyncio.Event()

    def look(device: BLEDevice, advertised: AdvertisementData) -> None:
        found = _known(device, advertised.local_name or device.name, advertised.rssi)
        if found is not None and is_wanted(found):
            seen.append(found)
            noticed.set()

    async with BleakScanner(look, backend=radio.scanner):
        with suppress(TimeoutError):
            async with asyncio.timeout(scan_s):
                await noticed.wait()
    return seen[0] if seen else None


async def _left_connected(is_wanted: Callable[[Found], bool], radio: Radio) -> Found | None:
    """A sensor that a program which died left connected: it no longer advertises."""
    try:
        adapter = await BleakAdapter.get(backend=radio.adapter)
        services = [profile.service_uuid for profile in PROFILES]
        devices = await adapter.get_connected_devices(services)
    except NotImplementedError:  # not every platform can say
        return None
    known = (found for device in devices if (found := _known(device, device.name, None)))
    return next(filter(is_wanted, known), None)


def _known(device: BLEDevice, name: str | None, rssi_dbm: int | None) -> Found | None:
    """A device as a sensor; None where the program does not know its kind."""
    if name is None:
        return None
    for profile in PROFILES:
        kind = profile.kind_of(name)
        if kind is not None:
            return Found(device, profile, name, kind, rssi_dbm)
    return None


_UNAVAILABLE = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: (
        "no Bluetooth adapter",
        "plug one in, or pass it through if this is a virtual machine",
    ),
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: (
        "the Bluetooth adapter is too old for Bluetooth Low Energy",
        "use one of version 4.0 or later",
    ),
    BleakBluetoothNotAvailableReason.POWERED_OFF: ("Bluetooth is off", "turn it on"),
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: (
        "no permission to use Bluetooth",
        "allow it for this terminal in the privacy settings",
    ),
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: (
        "no permission to use Bluetooth",
        "join the group 'bluetooth', or ask whoever looks after this computer",
    ),
}


@contextmanager
def _plain_words() -> Iterator[None]:
    """Turn what bleak raises where there is no Bluetooth into a sentence with a remedy."""
    try:
        yield
    except BleakBluetoothNotAvailableError as problem:
        said = _UNAVAILABLE.get(problem.reason, (str(problem.args[0]), "check its settings"))
        raise BluetoothUnavailable(*said) from problem
    except BleakDBusError as problem:
        raise _by_dbus_name(problem) from problem
    except (FileNotFoundError, ConnectionRefusedError) as problem:
        remedy = "start dbus and bluetoothd (in a container: share /run/dbus)"
        raise BluetoothUnavailable("no system D-Bus", remedy) from problem


def _by_dbus_name(problem: BleakDBusError) -> Exception:
    name = problem.dbus_error.rpartition(".")[2]
    if name in {"ServiceUnknown", "NameHasNoOwner", "NoReply"}:
        return BluetoothUnavailable("bluetoothd does not answer", "start the service 'bluetooth'")
    if name in {"AccessDenied", "NotAuthorized", "NotPermitted"}:
        return BluetoothUnavailable(
            *_UNAVAILABLE[BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM]
        )
    if name == "NotReady":
        return BluetoothUnavailable(*_UNAVAILABLE[BleakBluetoothNotAvailableReason.POWERED_OFF])
    return problem
