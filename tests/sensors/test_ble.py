import asyncio
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import numpy as np
import pytest

from sensors.ble import BleParams, BleSource, LinkState
from sensors.ble_discovery import Radio
from sensors.ble_link import LinkParams
from sensors.errors import SensorNotFound, SensorRefused, StreamLost
from sensors.profiles import POLAR
from sensors.recording import Recording
from sensors.samples import STANDARD_GRAVITY_MS2
from sensors.virtual.radio import Air, virtual_radio
from tests.sensors.moving_leg import RATE_HZ, a_moving_leg, assert_equals, listen
from tests.sensors.polar_firmware import Temper
from tests.sensors.virtual_polar import worn

HASTY = BleParams(
    scan_s=2.0,
    retry_s=0.01,
    longest_pause_s=0.05,
    silence_s=3.0,
    link=LinkParams(connect_s=2.0, answer_s=2.0),
)


@pytest.fixture
def air() -> Air:
    return Air()


@pytest.fixture
async def radio(air: Air) -> AsyncIterator[Radio]:
    async with virtual_radio(air) as radio:
        yield radio


def source(radio: Radio, wanted: str | None = None, params: BleParams = HASTY) -> BleSource:
    return BleSource(wanted, radio=radio, params=params)


async def test_what_comes_out_is_what_was_played(air: Air, radio: Radio) -> None:
    leg = a_moving_leg(20)
    async with worn(air, leg), source(radio) as sensor:
        assert sensor.info.rate_hz == RATE_HZ
        assert sensor.info.device == "Polar H10 0A1B2C3D"
        assert sensor.found.kind == "polar-h10"
        assert sensor.streaming.range_ms2 == pytest.approx(8 * STANDARD_GRAVITY_MS2)
        heard = await listen(sensor, until_s=19)
    assert_equals(heard, leg)
    np.testing.assert_allclose(np.diff(heard.t_s), 1 / RATE_HZ, atol=1e-6)


async def test_compressed_frames_come_out_as_played(air: Air, radio: Radio) -> None:
    leg = a_moving_leg(10, rate_hz=52.0)
    async with worn(air, leg, temper=Temper(is_compressed=True)), source(radio) as sensor:
        assert sensor.info.rate_hz == 52.0
        assert_equals(await listen(sensor, until_s=9), leg)


async def test_the_start_is_known_on_the_wall_clock(air: Air, radio: Radio) -> None:
    before = datetime.now(UTC)
    async with worn(air, a_moving_leg(3), speed=1.0), source(radio) as sensor:
        await listen(sensor, until_s=1.0)
        latency_s = abs((sensor.started_at() - before).total_seconds())
    assert latency_s < 2.0


async def test_battery_signal_and_state_are_shown(air: Air, radio: Radio) -> None:
    async with worn(air, a_moving_leg(5), temper=Temper(battery_pct=41)):
        sensor = source(radio)
        assert sensor.status.state is LinkState.IDLE
        async with sensor:
            await listen(sensor, until_s=2)
            status = sensor.status
        assert (status.state, status.battery_pct) == (LinkState.STREAMING, 41)
        assert status.rssi_dbm is not None
        assert (status.dropped, status.refused, status.gaps, status.reconnects) == (0, 0, 0, 0)
        assert sensor.status.state is LinkState.CLOSED


async def test_a_sensor_without_battery_service_streams(air: Air, radio: Radio) -> None:
    async with worn(air, a_moving_leg(5), temper=Temper(battery_pct=None)), source(radio) as sensor:
        await listen(sensor, until_s=2)
        assert sensor.status.battery_pct is None


async def test_a_dropped_link_is_a_hole_and_nothing_is_invented(air: Air, radio: Radio) -> None:
    leg = a_moving_leg(30)
    temper = Temper(drop_at_s=10.0, away_s=6.0)
    async with worn(air, leg, temper=temper) as polar, source(radio) as sensor:
        heard = await listen(sensor, until_s=28)
        status = sensor.status
        assert polar.connections == 2
    assert (status.reconnects, status.gaps, status.state) == (1, 1, LinkState.STREAMING)
    assert_equals(heard, leg)
    steps_s = np.diff(heard.t_s)
    hole = int(np.argmax(steps_s))
    assert steps_s[hole] == pytest.approx(6.0, abs=0.2)
    assert heard.t_s[hole] == pytest.approx(10.0, abs=0.2)
    np.testing.assert_allclose(np.delete(steps_s, hole), 1 / RATE_HZ, atol=1e-6)


async def test_a_clean_stop_leaves_the_sensor_not_streaming(air: Air, radio: Radio) -> None:
    async with worn(air, a_moving_leg(5)) as polar:
        async with source(radio) as sensor:
            await listen(sensor, until_s=2)
            assert polar.firmware.is_streaming
        assert not polar.firmware.is_streaming
        assert polar.firmware.writes[-1] == POLAR.stop


async def test_a_stream_left_running_by_another_program_is_taken_over(
    air: Air, radio: Radio
) -> None:
    async with worn(air, a_moving_leg(5)) as polar:
        polar.firmware.is_streaming = True
        async with source(radio) as sensor:
            await listen(sensor, until_s=2)
        assert [write[0] for write in polar.firmware.writes] == [1, 2, 3, 2, 3]


async def test_settings_in_two_parts_are_joined(air: Air, radio: Radio) -> None:
    async with worn(air, a_moving_leg(5), temper=Temper(splits_settings=True)) as polar:
        async with source(radio) as sensor:
            await listen(sensor, until_s=2)
        assert polar.firmware.writes[1] == bytes.fromhex("02020001c8000101100002010800")


@pytest.mark.parametrize("wanted", ["0a1b2c3d", "polar h10", "F0:F1:F2:F3:F4:F5"])
async def test_a_sensor_is_found_by_serial_name_or_address(
    air: Air, radio: Radio, wanted: str
) -> None:
    async with worn(air, a_moving_leg(5)), source(radio, wanted) as sensor:
        assert sensor.found.name == "Polar H10 0A1B2C3D"


async def test_another_sensor_is_not_taken(air: Air, radio: Radio) -> None:
    patience = BleParams(scan_s=0.2)
    async with worn(air, a_moving_leg(5)):
        with pytest.raises(SensorNotFound, match=r"'0BADCAFE' found in 0\.2 s"):
            await source(radio, "0BADCAFE", patience).__aenter__()


async def test_a_sensor_in_its_charger_says_so(air: Air, radio: Radio) -> None:
    async with worn(air, a_moving_leg(5), temper=Temper(is_in_charger=True)) as polar:
        with pytest.raises(SensorRefused, match="in its charger"):
            await source(radio).__aenter__()
        assert polar.connections == 1


async def test_a_silent_stream_is_given_up_with_a_reason(air: Air, radio: Radio) -> None:
    hurried = BleParams(retry_s=0.01, silence_s=0.05, silent_links=2)
    async with worn(air, a_moving_leg(5), temper=Temper(is_mute=True)) as polar:
        async with source(radio, params=hurried) as sensor:
            with pytest.raises(StreamLost, match="connects, but sends no data"):
                await listen(sensor, until_s=1)
        assert polar.connections == 2
        assert not polar.firmware.is_streaming


async def test_a_sensor_that_stays_away_ends_the_stream(air: Air, radio: Radio) -> None:
    hurried = BleParams(scan_s=1.0, retry_s=0.01, give_up_s=0.2)
    async with worn(air, a_moving_leg(60)) as polar, source(radio, params=hurried) as sensor:
        await polar.has_played(until_s=3)
        await polar.leave()
        with pytest.raises(StreamLost):
            await listen(sensor, until_s=1000)
        assert sensor.status.state is LinkState.LOST


async def test_packets_that_make_no_sense_are_counted_and_passed_over(
    air: Air, radio: Radio
) -> None:
    leg = a_moving_leg(10)
    async with worn(air, leg, temper=Temper(garbage_every=10)), source(radio) as sensor:
        heard = await listen(sensor, until_s=9)
        assert sensor.status.refused == sensor.status.gaps == 5
    assert_equals(heard, leg)


async def test_a_stream_without_gravity_is_refused(air: Air, radio: Radio) -> None:
    leg = a_moving_leg(5)
    floating = Recording(leg.t_s, leg.acc_ms2 - [0, 0, STANDARD_GRAVITY_MS2], RATE_HZ)
    async with worn(air, floating), source(radio) as sensor:
        with pytest.raises(SensorRefused, match="without gravity"):
            await listen(sensor, until_s=4)


async def test_a_slow_reader_loses_packets_and_knows_how_many(air: Air, radio: Radio) -> None:
    narrow = BleParams(link=LinkParams(capacity=4))
    leg = a_moving_leg(30)
    async with worn(air, leg) as polar, source(radio, params=narrow) as sensor:
        await asyncio.wait_for(polar.has_played(until_s=20), 20)
        heard = await listen(sensor, until_s=25)
        assert sensor.status.dropped > 50
        assert sensor.status.gaps >= 1
    assert_equals(heard, leg)


def test_before_it_is_connected_a_source_knows_nothing() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        _ = BleSource().info
    with pytest.raises(ValueError, match="nothing has arrived"):
        BleSource().started_at()


async def test_endless_speed_is_faster_than_life(air: Air, radio: Radio) -> None:
    loop = asyncio.get_running_loop()
    async with worn(air, a_moving_leg(60), speed=math.inf), source(radio) as sensor:
        began_s = loop.time()
        await listen(sensor, until_s=55)
        assert loop.time() - began_s < 10
