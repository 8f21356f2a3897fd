"""Movella DOT: its bytes, what is written to it, and one that streams over the virtual radio."""

import struct
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.ble import BleSource
from sensors.decoders import dot
from sensors.decoders.dot import decode
from sensors.errors import DecodeError, SensorRefused
from sensors.profiles import DOT, PROFILES, Setting
from sensors.profiles.dot import DEVICE_CONTROL_UUID, MEASUREMENT_UUID, start_dot
from sensors.recording import Recording
from sensors.samples import STANDARD_GRAVITY_MS2
from sensors.virtual.radio import Air, virtual_radio
from tests.sensors.moving_leg import a_moving_leg, listen
from tests.sensors.virtual_sensor import HASTY, Firmware, heard_whole, switched_on

# Two messages of a sensor in the mode "free acceleration" at 60 Hz, with the values that were read
# of them (protobioengineering/xsens-dot-python-examples, stream_free_acceleration_data.py): time,
# three numbers and zeros, as in our mode, but 20 bytes long.
CAPTURED = [
    ("d8052244 af964040 6b2aa740 5add14c0 00000000", 1143080408, (3.009197, 5.223928, -2.3260102)),
    ("f3462244 0da53c40 9c13a640 f01009c0 00000000", 1143097075, (2.947574, 5.1898937, -2.1416588)),
]
TURN = "0000803f 000000c0 0000f041"


def as_rate_quantities(captured: str) -> bytes:
    """The same time and numbers in the mode of table 15: a rate of turn behind them, then zeros."""
    return bytes.fromhex(captured)[:16] + bytes.fromhex(TURN) + bytes(12)


def message(tick: int, acc_ms2: object) -> bytes:
    values = np.asarray(acc_ms2, "<f4").tobytes()
    return struct.pack("<I", tick % 2**32) + values + bytes.fromhex(TURN) + bytes(12)


@pytest.mark.parametrize(("captured", "tick", "acc_ms2"), CAPTURED)
def test_time_and_acceleration_are_what_others_read(
    captured: str, tick: int, acc_ms2: tuple[float, float, float]
) -> None:
    packet = decode(as_rate_quantities(captured))
    assert packet.tick == tick
    np.testing.assert_allclose(packet.acc_ms2, [acc_ms2], rtol=1e-7)


def test_the_ticks_of_a_sensor_at_60_hz_are_microseconds() -> None:
    first, second = (decode(as_rate_quantities(captured)).tick for captured, _, _ in CAPTURED)
    assert second - first == round(dot.TICKS_PER_S / dot.RATE_HZ)


def test_a_message_without_its_zeros_is_read_as_well() -> None:
    padded = as_rate_quantities(CAPTURED[0][0])
    assert decode(padded[:28]).acc_ms2.tolist() == decode(padded).acc_ms2.tolist()


def test_a_captured_message_of_free_acceleration_is_refused_with_its_bytes() -> None:
    """Gravity is not in it; shaking could be measured, posture and repetitions not."""
    payload = bytes.fromhex(CAPTURED[0][0])
    with pytest.raises(DecodeError, match="28 bytes") as refused:
        decode(payload)
    assert refused.value.payload == payload


@pytest.mark.parametrize("size", [0, 1, 4, 16, 20, 27, 29, 32, 34, 36, 39, 41, 44, 63])
def test_messages_of_other_modes_and_cut_ones_are_refused(size: int) -> None:
    with pytest.raises(DecodeError, match="28 bytes"):
        decode(bytes(size))


@pytest.mark.parametrize("place", [28, 33, 39])
def test_custom_mode_1_is_as_long_but_has_no_zeros_behind(place: int) -> None:
    payload = bytearray(40)
    payload[place] = 1
    with pytest.raises(DecodeError, match="nothing but zeros"):
        decode(bytes(payload))


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), 4001.0])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_what_no_sensor_can_measure_is_refused(value: float, axis: int) -> None:
    acc_ms2 = [0.0, 9.8, 0.0]
    acc_ms2[axis] = value
    with pytest.raises(DecodeError, match="no sensor can measure"):
        decode(message(0, acc_ms2))


def test_a_signalling_nan_is_refused_without_a_warning() -> None:
    with pytest.raises(DecodeError, match="no sensor can measure"):
        decode(bytes(4) + bytes.fromhex("0100807f") + bytes(20))


LIKELY = st.builds(
    lambda tick, axes, rest: struct.pack("<I3f", tick, *axes) + rest,
    st.integers(0, 2**32 - 1),
    st.tuples(*[st.floats(-4000, 4000, width=32) | st.floats(width=32)] * 3),
    st.sampled_from([bytes(12), bytes(24), bytes(11), bytes(23) + b"\1"]),
)


@given(LIKELY | st.binary(max_size=64))
def test_any_message_is_read_to_its_last_bit_or_refused(payload: bytes) -> None:
    try:
        packet = decode(payload)
    except DecodeError:
        return
    assert len(payload) in (28, 40)
    assert not any(payload[28:])
    assert struct.pack("<I", packet.tick) + packet.acc_ms2.astype("<f4").tobytes() == payload[:16]


def test_the_rate_is_written_as_table_7_has_it() -> None:
    """Only the bit of the output rate is set, so the sensor passes over all other fields."""
    write = dot.request_rate()
    assert len(write) == 32
    assert write[0] == 0b00010000
    assert struct.unpack_from("<H", write, 24) == (60,)
    assert not any(write[1:24])
    assert not any(write[26:])


def test_the_start_is_written_as_table_13_has_it() -> None:
    dialogue = start_dot()
    assert next(dialogue) == Setting(MEASUREMENT_UUID, bytes([1, 1, 21]))
    with pytest.raises(StopIteration) as done:
        dialogue.send(b"")
    assert (done.value.value.rate_hz, done.value.value.range_ms2) == (60, None)
    assert DOT.parting == (Setting(MEASUREMENT_UUID, bytes([1, 0, 21])),)


@pytest.mark.parametrize("name", ["Movella DOT", "Movella Dot", "Xsens DOT", "Xsens Dot"])
def test_it_is_known_by_both_its_names(name: str) -> None:
    assert DOT in PROFILES
    assert DOT.kind_of(name) == "movella-dot"


def a_dot(leg: Recording, first_tick: int = 0) -> Firmware:
    """It plays the leg once it is started."""

    def messages() -> Iterator[bytes]:
        for t_s, acc_ms2 in zip(leg.t_s, leg.acc_ms2, strict=True):
            yield message(first_tick + round(1e6 * t_s), acc_ms2)

    return Firmware(
        name="Movella DOT",
        service_uuid=DOT.service_uuid,
        data_uuid=DOT.data_uuid,
        writable_uuids=[MEASUREMENT_UUID, DEVICE_CONTROL_UUID],
        messages=messages(),
        starts=bytes([1, 1, 21]),
        stops=bytes([1, 0, 21]),
    )


@pytest.mark.parametrize("first_tick", [0, 2**32 - 3_000_000], ids=["young", "begins-anew"])
async def test_what_it_sends_is_heard_and_it_is_stopped_in_the_end(first_tick: int) -> None:
    """Also where its clock begins again at 0 after three seconds."""
    leg = a_moving_leg(12, rate_hz=60)
    heard, wrote = await heard_whole(a_dot(leg, first_tick), "movella-dot")
    assert wrote == [
        (MEASUREMENT_UUID, bytes([1, 0, 21])),
        (DEVICE_CONTROL_UUID, dot.request_rate()),
        (MEASUREMENT_UUID, bytes([1, 1, 21])),
        (MEASUREMENT_UUID, bytes([1, 0, 21])),
    ]
    np.testing.assert_allclose(heard.acc_ms2, leg.acc_ms2[: len(heard)], atol=1e-5)
    np.testing.assert_allclose(heard.t_s, leg.t_s[: len(heard)], atol=2e-6)


async def test_a_stream_that_gravity_was_taken_out_of_is_refused() -> None:
    air, leg = Air(), a_moving_leg(3, rate_hz=60)
    free = Recording(leg.t_s, leg.acc_ms2 - STANDARD_GRAVITY_MS2 * np.array([0, 0, 1]), 60)
    async with (
        virtual_radio(air) as radio,
        switched_on(air, a_dot(free)),
        BleSource(None, radio=radio, params=HASTY) as sensor,
    ):
        with pytest.raises(SensorRefused, match="without gravity"):
            await listen(sensor, until_s=2)
