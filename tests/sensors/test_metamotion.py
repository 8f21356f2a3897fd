"""MbientLab MetaMotion: its bytes, its dialogue, and both its chips over the virtual radio."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.ble import BleSource
from sensors.decoders import metamotion
from sensors.decoders.metamotion import BMI160, BMI160_ONE_BY_ONE, BMI270, Chip, decode, parse_chip
from sensors.errors import DecodeError, SensorRefused
from sensors.profiles import METAMOTION, PROFILES, Setting, Streaming
from sensors.profiles.metamotion import COMMAND_UUID, start_metamotion
from sensors.recording import Recording
from sensors.samples import STANDARD_GRAVITY_MS2
from sensors.virtual.radio import Air, virtual_radio
from tests.sensors.moving_leg import a_moving_leg
from tests.sensors.virtual_sensor import HASTY, Firmware, heard_whole, switched_on

# Bytes and values of the maker's own tests (MetaWear-SDK-Cpp, test_accelerometer_bmi160.py and
# test_accelerometer_bmi270.py); the single sample is read there at ±4 g.
PACKED = "62b7 530d e9fd 16d0 4d0e 5702 8aff a105 0a01"
PACKED_G = [(-4.539, 0.833, -0.131), (-2.995, 0.894, 0.146), (-0.029, 0.352, 0.065)]
SINGLE = "0304 16c4 94a2 2ad0"
SINGLE_G = [(-1.872, -2.919, -1.495)]


@pytest.mark.parametrize("head", ["031c", "0305"], ids=["BMI160", "BMI270"])
def test_three_packed_samples_are_those_of_the_maker(head: str) -> None:
    packet = decode(bytes.fromhex(head + PACKED))
    np.testing.assert_allclose(packet.acc_ms2 / STANDARD_GRAVITY_MS2, PACKED_G, atol=5.1e-4)


def test_a_single_sample_is_that_of_the_maker() -> None:
    packet = decode(bytes.fromhex(SINGLE))
    half_range = metamotion.RANGE_G / 4
    g = packet.acc_ms2 / STANDARD_GRAVITY_MS2 / half_range
    np.testing.assert_allclose(g, SINGLE_G, atol=5.1e-4)


def test_4096_are_one_g_and_the_ends_of_the_scale_are_8() -> None:
    packet = decode(bytes.fromhex("0304 0010 0080 ff7f"))
    g = packet.acc_ms2 / STANDARD_GRAVITY_MS2
    np.testing.assert_allclose(g, [(1, -8, 8 * 32767 / 32768)], rtol=1e-15)


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "03",
        "0304",
        "0304 16c4 94a2 2a",
        "0304 16c4 94a2 2ad0 00",
        "031c 62b7 530d e9fd",
        f"0304 {PACKED}",
        f"031c {PACKED} 00",
        f"031c {PACKED[:-2]}",
        f"0305 {PACKED} {PACKED}",
        f"1305 {PACKED}",
        f"0309 {PACKED}",
        "0380 0101",
        f"8304 {SINGLE[4:]}",
    ],
)
def test_anything_else_is_refused_with_its_bytes(payload: str) -> None:
    with pytest.raises(DecodeError, match="03 04 and a sample") as refused:
        decode(bytes.fromhex(payload))
    assert refused.value.payload == bytes.fromhex(payload)


HEADS = st.sampled_from([b"\x03\x04", b"\x03\x05", b"\x03\x1c", b"\x03\x1d"])
BODIES = st.sampled_from([6, 18]).flatmap(lambda size: st.binary(min_size=size, max_size=size))
MESSAGES = st.builds(lambda head, body: head + body, HEADS, BODIES | st.binary(max_size=24))


@given(MESSAGES | st.binary(max_size=24))
def test_any_message_is_read_to_its_last_bit_or_refused(payload: bytes) -> None:
    if (payload[:2], len(payload)) not in [(b"\x03\x04", 8), (b"\x03\x05", 20), (b"\x03\x1c", 20)]:
        with pytest.raises(DecodeError):
            decode(payload)
        return
    raw = np.rint(decode(payload).acc_ms2 * 4096 / STANDARD_GRAVITY_MS2).astype("<i2")
    assert raw.tobytes() == payload[2:]


@pytest.mark.parametrize(
    ("payload", "chip"),
    [
        ("0380 0100", BMI160_ONE_BY_ONE),
        ("0380 0101", BMI160),  # MetaMotion R, in the maker's tests
        ("0380 0102", BMI160),  # MetaMotion RL
        ("0380 0400", BMI270),  # MetaMotion S
        ("0380 0001", None),  # MetaWear R: MMA8452Q
        ("0380 0301", None),  # MetaEnvironment: BMA255
        ("0380", None),
        ("0380 0400 07", BMI270),
    ],
)
def test_the_chip_is_known_by_its_implementation(payload: str, chip: Chip | None) -> None:
    assert parse_chip(bytes.fromhex(payload)) == chip


@pytest.mark.parametrize("payload", ["", "03", "0380 01", "0304 0101", "1380 0001"])
def test_what_does_not_name_a_chip_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="an implementation and a revision"):
        parse_chip(bytes.fromhex(payload))


@given(st.binary(max_size=6) | st.binary(max_size=4).map(lambda rest: b"\x03\x80" + rest))
def test_nothing_else_is_raised_whatever_is_answered(payload: bytes) -> None:
    with suppress(DecodeError):
        assert parse_chip(payload) in (None, BMI160, BMI160_ONE_BY_ONE, BMI270)


def converse(answer: str) -> tuple[Streaming, list[str]]:
    """What the dialogue comes to and what it writes without waiting, if the board answers so."""
    dialogue = start_metamotion()
    assert next(dialogue) == b"\x03\x80"
    wrote = []
    try:
        write = dialogue.send(bytes.fromhex(answer))
        while True:
            assert isinstance(write, Setting)
            assert write.uuid == COMMAND_UUID
            wrote.append(write.value.hex())
            write = dialogue.send(b"")
    except StopIteration as done:
        return done.value, wrote


@pytest.mark.parametrize(
    ("answer", "configured", "subscribed"),
    [
        ("0380 0102", "03032808", "031c01"),
        ("0380 0100", "03032808", "030401"),
        ("0380 0400", "0303a802", "030501"),
    ],
)
def test_it_is_configured_as_its_chip_asks(answer: str, configured: str, subscribed: str) -> None:
    streaming, wrote = converse(answer)
    assert wrote == ["030100", "03020001", configured, subscribed, "03020100", "030101"]
    assert (streaming.rate_hz, streaming.range_ms2) == (100.0, 8 * STANDARD_GRAVITY_MS2)


@pytest.mark.parametrize("answer", ["0380", "0380 0001"])
def test_another_accelerometer_is_refused_with_a_remedy(answer: str) -> None:
    with pytest.raises(SensorRefused, match="use a MetaMotion R, RL, C or S"):
        converse(answer)


@pytest.mark.parametrize("name", ["MetaWear", "MetaMotion S 4", "MetaWear leg"])
def test_it_is_known_by_its_name(name: str) -> None:
    assert METAMOTION in PROFILES
    assert METAMOTION.kind_of(name) == "metamotion"


def a_metamotion(leg: Recording, chip: str) -> Firmware:
    """A board that answers which chip it has and plays the leg once it is started."""
    header = {"0102": b"\x03\x1c", "0400": b"\x03\x05"}[chip]

    def answers(_: str, value: bytes) -> Sequence[bytes]:
        return [bytes.fromhex("0380" + chip)] if value == b"\x03\x80" else ()

    def messages() -> Iterator[bytes]:
        scaled = np.clip(np.rint(leg.acc_ms2 / metamotion.SCALE_MS2), -32768, 32767).astype("<i2")
        for first in range(0, len(scaled) - 2, 3):
            yield header + scaled[first : first + 3].tobytes()

    return Firmware(
        name="MetaWear",
        service_uuid=METAMOTION.service_uuid,
        data_uuid=METAMOTION.data_uuid,
        writable_uuids=[COMMAND_UUID],
        messages=messages(),
        starts=b"\x03\x01\x01",
        stops=b"\x03\x01\x00",
        answers=answers,
    )


@pytest.mark.parametrize("chip", ["0102", "0400"], ids=["BMI160", "BMI270"])
async def test_what_it_sends_is_heard_and_it_is_stopped_in_the_end(chip: str) -> None:
    leg = a_moving_leg(12, rate_hz=100)
    heard, wrote = await heard_whole(a_metamotion(leg, chip), "metamotion")
    assert [value for _, value in wrote][-2:] == [b"\x03\x01\x00", b"\x03\x02\x00\x01"]
    np.testing.assert_allclose(heard.acc_ms2, leg.acc_ms2[: len(heard)], atol=metamotion.SCALE_MS2)
    np.testing.assert_allclose(heard.t_s, leg.t_s[: len(heard)], atol=1e-9)


async def test_a_board_with_another_accelerometer_refuses_over_the_radio() -> None:
    air, old = Air(), a_metamotion(a_moving_leg(2, rate_hz=100), "0102")
    older = Firmware(**{**vars(old), "answers": lambda _uuid, _value: [b"\x03\x80\x00\x01"]})
    async with virtual_radio(air) as radio, switched_on(air, older):
        with pytest.raises(SensorRefused, match="neither a BMI160"):
            async with BleSource(None, radio=radio, params=HASTY):
                pass
