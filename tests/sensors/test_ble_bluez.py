"""bleak's own BlueZ backend, unmodified, with BlueZ's faults; needs the program dbus-daemon."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from sensors.ble import BleParams, BleSource
from sensors.ble_link import LinkParams
from sensors.errors import BluetoothUnavailable, StreamLost
from sensors.profiles import POLAR
from tests.sensors.fake_bluez import Faults, fake_bluez
from tests.sensors.moving_leg import RATE_HZ, a_moving_leg, assert_equals, listen
from tests.sensors.polar_firmware import PolarFirmware, Temper

needs_dbus = pytest.mark.skipif(
    shutil.which("dbus-daemon") is None,
    reason="dbus-daemon is not installed (Debian package dbus-daemon)",
)
HASTY = BleParams(
    scan_s=5.0, retry_s=0.01, silence_s=3.0, link=LinkParams(connect_s=3.0, answer_s=2.0)
)


@needs_dbus
async def test_aborted_connections_are_tried_again_and_a_forgotten_device_is_found_again() -> None:
    leg = a_moving_leg(20)
    firmware = PolarFirmware(leg, Temper(drop_at_s=8.0, away_s=3.0))
    faults = Faults(
        refusals=["Software caused connection abort", "le-connection-abort-by-local", "br-busy"]
    )
    async with fake_bluez(firmware, faults) as bluez:
        async with BleSource(params=HASTY) as sensor:
            heard = await listen(sensor, until_s=18)
            status = sensor.status
        assert not firmware.is_streaming
        assert not bluez.is_connected
    assert (status.reconnects, status.gaps) == (1, 1)
    assert_equals(heard, leg)
    assert np.diff(heard.t_s).max() == pytest.approx(3.0, abs=0.2)
    assert bluez.calls.count("Connect") == 5
    assert bluez.calls.index("StopDiscovery") < bluez.calls.index("Connect")


@needs_dbus
async def test_a_sensor_left_connected_is_found_though_it_does_not_advertise() -> None:
    firmware = PolarFirmware(a_moving_leg(20), Temper())
    firmware.is_streaming = True
    async with fake_bluez(firmware, Faults(is_left_connected=True)) as bluez:
        async with BleSource(params=HASTY) as sensor:
            heard = await listen(sensor, until_s=3)
        assert "StartDiscovery" not in bluez.calls
        assert firmware.writes[-1] == POLAR.stop
    np.testing.assert_allclose(np.diff(heard.t_s), 1 / RATE_HZ, atol=1e-6)


@needs_dbus
@pytest.mark.parametrize(
    ("faults", "said"),
    [
        (Faults(has_adapter=False), "no Bluetooth adapter: plug one in"),
        (Faults(is_powered=False), "Bluetooth is off: turn it on"),
    ],
)
async def test_no_bluetooth_is_said_with_its_remedy(faults: Faults, said: str) -> None:
    async with fake_bluez(PolarFirmware(a_moving_leg(1), Temper()), faults):
        with pytest.raises(BluetoothUnavailable, match=said):
            await BleSource(params=HASTY).__aenter__()


@needs_dbus
async def test_a_sensor_that_never_lets_itself_be_connected_is_given_up() -> None:
    faults = Faults(refusals=["Software caused connection abort"] * 9)
    async with fake_bluez(PolarFirmware(a_moving_leg(1), Temper()), faults) as bluez:
        with pytest.raises(StreamLost, match=r"cannot connect .*connection abort"):
            await BleSource(params=HASTY).__aenter__()
        assert bluez.calls.count("Connect") == HASTY.attempts


async def test_no_dbus_is_said_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    with pytest.raises(BluetoothUnavailable, match="no system D-Bus: start dbus"):
        await BleSource(params=HASTY).__aenter__()
