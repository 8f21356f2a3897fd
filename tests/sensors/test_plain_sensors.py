"""Sensors that stream when they are listened to: their bytes, and each over the virtual radio."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import numpy as np
import pytest
from bumble.core import AdvertisingData
from bumble.gatt import Characteristic, CharacteristicValue, Service
from hypothesis import given
from hypothesis import strategies as st

from sensors.ble import BleParams, BleSource
from sensors.ble_link import LinkParams
from sensors.count_clock import CountClock
from sensors.decoders import clue, microbit, pinetime, sensortag, thingy, witmotion
from sensors.decoders.packet import Packet
from sensors.errors import DecodeError
from sensors.profiles import PLAIN, PROFILES, Profile
from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray
from sensors.virtual.radio import Air, make_device, virtual_radio
from tests.sensors.moving_leg import a_moving_leg, listen

HASTY = BleParams(scan_s=2.0, retry_s=0.01, link=LinkParams(connect_s=2.0, answer_s=2.0))
WRITE, NOTIFY = Characteristic.Properties.WRITE, Characteristic.Properties.NOTIFY
Decode = Callable[[bytes], Packet]


def _int16(scale: float, before: int = 0, after: int = 0) -> Callable[[FloatArray], bytes]:
    """What a sensor sends of one sample: so many other numbers before and after it."""

    def encode(acc_ms2: FloatArray) -> bytes:
        raw = np.clip(np.rint(acc_ms2 / STANDARD_GRAVITY_MS2 * scale), -32768, 32767)
        return bytes(2 * before) + raw.astype("<i2").tobytes() + bytes(2 * after)

    return encode


def _witmotion(acc_ms2: FloatArray) -> bytes:
    return b"\x55\x61" + _int16(2048, after=6)(acc_ms2)


ENCODE: dict[str, Callable[[FloatArray], bytes]] = {
    "Adafruit CLUE": lambda acc_ms2: acc_ms2.astype("<f4").tobytes(),
    "BBC micro:bit": _int16(1000),
    "PineTime with InfiniTime": _int16(1024),
    "Nordic Thingy:52": _int16(1024, after=6),
    "WitMotion WT901BLE": _witmotion,
    "TI SensorTag CC2650": _int16(4096, before=3, after=3),
}
DECODE: dict[str, Decode] = {
    "Adafruit CLUE": clue.decode,
    "BBC micro:bit": microbit.decode,
    "PineTime with InfiniTime": pinetime.decode,
    "Nordic Thingy:52": thingy.decode,
    "WitMotion WT901BLE": witmotion.decode,
    "TI SensorTag CC2650": sensortag.decode,
}
every_family = pytest.mark.parametrize("profile", PLAIN, ids=lambda profile: profile.family)


@pytest.mark.parametrize(
    ("decode", "payload", "g"),
    [
        (clue.decode, struct.pack("<3f", 0.0, 9.80665, -4.903325), (0, 1, -0.5)),
        (microbit.decode, bytes.fromhex("0000e80318fc"), (0, 1, -1)),
        (pinetime.decode, bytes.fromhex("0000000400fc"), (0, 1, -1)),
        (thingy.decode, bytes.fromhex("f6030000 00fc" + "01" * 12), (0.990234, 0, -1)),
        (witmotion.decode, bytes.fromhex("5561 0000 0008 00f8" + "00" * 12), (0, 1, -1)),
        (sensortag.decode, bytes.fromhex("010203040506 0000 0010 00f0" + "07" * 6), (0, 1, -1)),
    ],
    ids=DECODE,
)
def test_known_bytes_are_read_to_the_last_digit(
    decode: Decode, payload: bytes, g: tuple[float, float, float]
) -> None:
    np.testing.assert_allclose(decode(payload).acc_ms2[0] / STANDARD_GRAVITY_MS2, g, atol=1e-6)


def test_several_frames_in_one_notification_are_several_samples() -> None:
    one = bytes.fromhex("5561 0008 0000 0000" + "00" * 12)
    assert len(witmotion.decode(3 * one)) == 3
    assert len(pinetime.decode(bytes(24))) == 4


def test_a_frame_with_another_header_is_refused() -> None:
    with pytest.raises(DecodeError, match="begins with 55 61"):
        witmotion.decode(bytes.fromhex("5571") + bytes(18))


def test_what_no_sensor_can_measure_is_refused() -> None:
    with pytest.raises(DecodeError, match="no sensor can measure"):
        clue.decode(struct.pack("<3f", 0.0, float("nan"), 1.0))


@every_family
@pytest.mark.parametrize("size", [0, 1, 5, 7, 11, 13, 17, 19, 21, 600])
def test_a_payload_of_the_wrong_length_is_refused(profile: Profile, size: int) -> None:
    with pytest.raises(DecodeError):
        DECODE[profile.family](bytes(size))


@every_family
@given(payload=st.binary(max_size=64))
def test_nothing_else_is_raised_whatever_comes(profile: Profile, payload: bytes) -> None:
    with suppress(DecodeError):
        assert len(DECODE[profile.family](payload)) >= 1


def test_no_two_families_take_the_same_name() -> None:
    names = [start for profile in PROFILES for start, _ in profile.kinds]
    for name in names:
        known = [profile.family for profile in PROFILES if profile.kind_of(name + " 1")]
        assert len(known) == 1, (name, known)


@asynccontextmanager
async def switched_on(air: Air, profile: Profile) -> AsyncIterator[list[tuple[str, bytes]]]:
    """A sensor of that family on a moving leg; yields what was written to it."""
    name = profile.kinds[0][0]
    device, _ = make_device(air, name, "F0:F1:F2:F3:F4:F7")
    wrote: list[tuple[str, bytes]] = []
    playing: list[asyncio.Task[None]] = []
    data = Characteristic(profile.data_uuid, NOTIFY, Characteristic.READABLE, b"")

    def writable(uuid: str) -> Characteristic[bytes]:
        def written(_: object, value: bytes) -> None:
            wrote.append((uuid, bytes(value)))

        value = CharacteristicValue(write=written)
        return Characteristic(uuid, WRITE, Characteristic.WRITEABLE, value)

    async def play() -> None:
        streaming_hz = next_rate(profile)
        for acc_ms2 in a_moving_leg(30, rate_hz=streaming_hz).acc_ms2:
            await device.notify_subscribers(data, ENCODE[profile.family](acc_ms2))
            await asyncio.sleep(0)

    uuids = dict.fromkeys(setting.uuid for setting in profile.settings)
    device.add_service(Service(profile.service_uuid, [data, *map(writable, uuids)]))
    device.advertising_data = bytes(
        AdvertisingData([(AdvertisingData.COMPLETE_LOCAL_NAME, name.encode())])
    )

    def begin(*_: object) -> None:
        playing.append(asyncio.create_task(play()))

    data.on(Characteristic.EVENT_SUBSCRIPTION, begin)
    await device.power_on()
    await device.start_advertising(
        auto_restart=True, advertising_interval_min=20, advertising_interval_max=20
    )
    try:
        yield wrote
    finally:
        for task in playing:
            task.cancel()
        await device.power_off()


def next_rate(profile: Profile) -> float:
    """The rate that the profile says, for nobody asks these sensors."""
    try:
        next(profile.start())
    except StopIteration as done:
        return float(done.value.rate_hz)
    raise AssertionError("a plain sensor has no dialogue")


@every_family
async def test_what_is_played_is_heard_after_the_settings_were_written(profile: Profile) -> None:
    air = Air()
    async with (
        virtual_radio(air) as radio,
        switched_on(air, profile) as wrote,
        BleSource(None, radio=radio, params=HASTY) as sensor,
    ):
        assert sensor.found.kind == profile.kinds[0][1]
        heard = await listen(sensor, until_s=5)
        rate_hz = sensor.info.rate_hz
    assert [(one.uuid, one.value) for one in profile.settings] == wrote
    leg = a_moving_leg(30, rate_hz=rate_hz)
    n = len(heard)
    np.testing.assert_allclose(heard.acc_ms2, leg.acc_ms2[:n], atol=0.02)
    np.testing.assert_allclose(np.diff(heard.t_s), 1 / rate_hz, atol=1e-9)


def test_samples_are_dated_by_count_whatever_the_radio_does() -> None:
    """A stall of two seconds and a burst after it are no gap."""
    clock = CountClock(50.0)
    t_s = [clock.date_last(0, 1, host_s) for host_s in (0.0, 0.02, 2.02, 2.03, 2.04, 2.1)]
    np.testing.assert_allclose(np.concatenate(t_s), 0.02 * np.arange(6))
    assert clock.gaps == 0


def test_a_long_silence_is_a_gap_of_its_length() -> None:
    clock = CountClock(50.0)
    clock.date_last(0, 5, 1.0)
    t_s = clock.date_last(0, 5, 11.0)
    assert t_s[-1] == pytest.approx(0.08 + 10.0)
    assert clock.gaps == 1
    assert (np.diff(t_s) > 0).all()


def test_a_packet_longer_than_its_silence_keeps_time_going_forward() -> None:
    clock = CountClock(10.0)
    first = clock.date_last(0, 1, 0.0)
    second = clock.date_last(0, 80, 4.0)
    assert second[0] > first[-1]
