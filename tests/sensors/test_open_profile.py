"""The open profile: its bytes, its dialogue, and a sensor that speaks it over the virtual radio."""

import asyncio
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.ble import BleParams, BleSource
from sensors.ble_link import LinkParams
from sensors.decoders.open_profile import Operation, Status, decode, parse_answer
from sensors.errors import DecodeError, SensorRefused
from sensors.profiles import OPEN, PROFILES, Streaming
from sensors.profiles.open_profile import start_open
from sensors.samples import STANDARD_GRAVITY_MS2
from sensors.virtual.board import worn_board
from sensors.virtual.radio import Air, virtual_radio
from tests.sensors.moving_leg import a_moving_leg, listen

RATE_HZ, RANGE_G = 104.0, 4
STARTED = bytes([1, 0]) + struct.pack("<HB", 1040, RANGE_G)
HASTY = BleParams(scan_s=2.0, retry_s=0.01, link=LinkParams(connect_s=2.0, answer_s=2.0))


def test_a_packet_is_its_time_and_its_samples() -> None:
    packet = decode(bytes.fromhex("e8030000 0000 0020 00e0 0080 ff7f 0000"), RANGE_G)
    assert packet.tick == 1000
    g = packet.acc_ms2 / STANDARD_GRAVITY_MS2
    np.testing.assert_allclose(g, [[0, 1, -1], [-4, 4 * 32767 / 32768, 0]])


@pytest.mark.parametrize("payload", ["", "00", "e8030000", "e8030000 0000", "e8030000" + "00" * 13])
def test_a_packet_of_the_wrong_length_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="4 bytes of time and 6 for each sample"):
        decode(bytes.fromhex(payload), RANGE_G)


def test_a_packet_longer_than_any_attribute_is_refused() -> None:
    with pytest.raises(DecodeError):
        decode(bytes(4 + 6 * 100), RANGE_G)


@pytest.mark.parametrize(
    "payload", ["", "01", "0100", "01000000 04", "0100 2003 00", "0100 2003 ff", "0900", "0107"]
)
def test_an_answer_that_is_none_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError):
        parse_answer(bytes.fromhex(payload))


PACKETS = st.builds(
    lambda samples, spare: struct.pack("<I", samples) + bytes(range(1, 7)) * samples + bytes(spare),
    st.integers(0, 90),
    st.sampled_from([0, 0, 1, 5]),
)
ANSWERS = st.builds(
    lambda start, tenths_hz, range_g, spare: (
        bytes(start) + struct.pack("<HB", tenths_hz, range_g) + bytes(spare)
    ),
    st.sampled_from([(1, 0), (1, 0), (1, 0), (1, 1), (0, 2), (2, 0), (3, 0), (0, 3)]),
    st.sampled_from([0, 1, 1040, 20_000, 20_001]),
    st.sampled_from([0, 1, 64, 64, 65]),
    st.sampled_from([0, 0, 1]),
)


@given(PACKETS | st.binary(max_size=9))
def test_any_packet_is_read_to_its_last_bit_or_refused(payload: bytes) -> None:
    samples, rest = divmod(len(payload) - 4, 6)
    if samples < 1 or rest or len(payload) > 512:
        with pytest.raises(DecodeError):
            decode(payload, RANGE_G)
        return
    packet = decode(payload, RANGE_G)
    raw = np.rint(packet.acc_ms2 * (32768 / (RANGE_G * STANDARD_GRAVITY_MS2))).astype("<i2")
    assert struct.pack("<I", packet.tick) + raw.tobytes() == payload


@given(ANSWERS | st.binary(max_size=9))
def test_any_answer_says_what_its_bytes_say_or_is_refused(payload: bytes) -> None:
    try:
        answer = parse_answer(payload)
    except DecodeError:
        assert not is_good(payload)
        return
    assert is_good(payload)
    assert payload[:2] == bytes([answer.operation, answer.status])
    if answer.rate_hz is not None and answer.range_g is not None:
        assert struct.pack("<HB", round(10 * answer.rate_hz), answer.range_g) == payload[2:]
    else:
        assert payload[:2] != b"\x01\x00"


def is_good(payload: bytes) -> bool:
    """As docs/open-profile.md says it."""
    if len(payload) < 2 or max(payload[:2]) > 2:
        return False
    if payload[:2] != b"\x01\x00":
        return True
    if len(payload) != 5:
        return False
    tenths_hz, range_g = struct.unpack("<HB", payload[2:])
    return 1 <= tenths_hz <= 20_000 and 1 <= range_g <= 64


def converse(*answers: bytes) -> tuple[Streaming, list[bytes | None]]:
    dialogue = start_open()
    wrote = [next(dialogue)]
    try:
        for answer in answers:
            wrote += [dialogue.send(answer)]
    except StopIteration as done:
        return done.value, wrote
    raise AssertionError(f"the dialogue waits for more after {wrote}")


def test_the_start_tells_rate_and_range() -> None:
    streaming, wrote = converse(STARTED)
    assert wrote == [b"\x01"]
    assert streaming.rate_hz == RATE_HZ
    assert streaming.range_ms2 == pytest.approx(RANGE_G * STANDARD_GRAVITY_MS2)


def test_a_late_answer_to_a_stop_is_passed_over() -> None:
    streaming, wrote = converse(b"\x00\x00", STARTED)
    assert streaming.rate_hz == RATE_HZ
    assert wrote == [b"\x01", None]


@pytest.mark.parametrize(
    ("status", "said"), [(Status.BUSY, "is busy"), (Status.NO_SENSOR, "finds no accelerometer")]
)
def test_a_refusal_is_said_with_its_remedy(status: Status, said: str) -> None:
    with pytest.raises(SensorRefused, match=said):
        converse(bytes([Operation.START, status]))


def test_it_is_known_by_its_name() -> None:
    assert OPEN in PROFILES
    assert OPEN.kind_of("Steadyrep leg 1") == "open-profile"
    assert OPEN.kind_of("Polar H10 1") is None


async def test_what_a_board_sends_is_heard_and_it_is_stopped_in_the_end() -> None:
    air, leg = Air(), a_moving_leg(12, rate_hz=RATE_HZ)
    async with (
        virtual_radio(air) as radio,
        worn_board(air, leg, speed=math.inf) as board,
        BleSource(None, radio=radio, params=HASTY) as sensor,
    ):
        assert sensor.found.kind == "open-profile"
        assert sensor.info.rate_hz == RATE_HZ
        heard = await listen(sensor, until_s=10)
    assert board.wrote[0] == b"\x01"
    assert board.wrote[-1] == OPEN.stop
    n = len(heard)
    np.testing.assert_allclose(heard.acc_ms2, leg.acc_ms2[:n], atol=0.002)
    np.testing.assert_allclose(np.diff(heard.t_s), 1 / RATE_HZ, atol=2e-3)


async def test_a_link_that_drops_is_a_hole_of_the_time_the_limb_lived_on() -> None:
    air, leg = Air(), a_moving_leg(60, rate_hz=RATE_HZ)
    async with (
        virtual_radio(air) as radio,
        worn_board(air, leg, speed=20.0) as board,
        BleSource(None, radio=radio, params=HASTY) as sensor,
    ):
        asyncio.get_running_loop().call_later(0.1, board.drop_link)
        heard = await listen(sensor, until_s=30)
        assert (sensor.status.reconnects, sensor.status.gaps) == (1, 1)
    assert np.diff(heard.t_s).max() > 0.2
    k = np.rint(heard.t_s * RATE_HZ).astype(int)
    np.testing.assert_allclose(heard.acc_ms2, leg.acc_ms2[k], atol=0.002)
