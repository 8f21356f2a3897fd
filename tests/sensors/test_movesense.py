"""Movesense: its bytes, its dialogue, and a sensor that speaks it over the virtual radio."""

import struct
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.ble import BleSource
from sensors.decoders import movesense
from sensors.decoders.movesense import Answer, is_answer, parse_answer
from sensors.errors import DecodeError, SensorRefused
from sensors.profiles import MOVESENSE, PROFILES, Streaming
from sensors.profiles.movesense import RATE_HZ, start_movesense
from sensors.recording import Recording
from sensors.virtual.radio import Air, virtual_radio
from tests.sensors.moving_leg import a_moving_leg, listen
from tests.sensors.virtual_sensor import HASTY, Firmware, heard_whole, switched_on

decode = partial(movesense.decode, rate_hz=RATE_HZ)
SAMPLES = 8
STARTED = bytes.fromhex("0163 c800")

# Time and acceleration of an IMU9 message that movesense-commander captured from a Movesense Flash
# (src/lib/stream/live.hardware.test.ts), behind the header of a subscription.
CAPTURED = bytes.fromhex(
    "0263 159e0100 5c6e61bd 56d29cbd 8c2a1dc1 ee54e6bd ccd5febc 8c2a1dc1"
    "c987dcbd 310513bd 273e1dc1 ccd5febd ec0644bd f7a91dc1"
)
CAPTURED_MS2 = [
    (-0.055037, -0.076573, -9.822887),
    (-0.112467, -0.031108, -9.822887),
    (-0.107681, -0.035894, -9.827674),
    (-0.124431, -0.047858, -9.853995),
]


def message(tick: int, acc_ms2: object) -> bytes:
    values = np.asarray(acc_ms2, "<f4").tobytes()
    return bytes([2, movesense.REFERENCE]) + struct.pack("<I", tick) + values


def test_a_message_of_a_sensor_is_its_time_and_its_samples() -> None:
    packet = decode(CAPTURED)
    assert packet.tick == 0x19E15 + round(3000 / 104)
    np.testing.assert_allclose(packet.acc_ms2, CAPTURED_MS2, atol=5e-7, rtol=0)


def test_values_are_read_to_their_last_bit() -> None:
    acc_ms2 = np.float32([[0.1, -9.80665, 78.4532], [0.0, 1e-30, -4000.0]])
    packet = decode(message(7, acc_ms2))
    assert packet.tick == 7 + 10
    assert packet.acc_ms2.tolist() == acc_ms2.astype(float).tolist()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x02",
        CAPTURED[:6],
        CAPTURED[:17],
        CAPTURED[:-1],
        CAPTURED + b"\0",
        CAPTURED[:6] + bytes(12 * 43),
    ],
    ids=["empty", "code", "no-sample", "part-sample", "truncated", "one-more", "oversized"],
)
def test_a_message_of_the_wrong_length_is_refused_with_its_bytes(payload: bytes) -> None:
    with pytest.raises(DecodeError, match="6 bytes before its samples") as refused:
        decode(payload)
    assert refused.value.payload == payload


@pytest.mark.parametrize("head", ["0363", "0163", "0264", "0063"])
def test_what_is_not_the_beginning_of_our_data_is_refused(head: str) -> None:
    with pytest.raises(DecodeError, match="no data of the subscription 99"):
        decode(bytes.fromhex(head) + CAPTURED[2:])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -4001.0])
@pytest.mark.parametrize("place", [0, 5])
def test_what_no_sensor_can_measure_is_refused(value: float, place: int) -> None:
    values = [1.0] * 6
    values[place] = value
    with pytest.raises(DecodeError, match="no sensor can measure"):
        decode(message(0, values))


def test_a_signalling_nan_is_refused_without_a_warning() -> None:
    with pytest.raises(DecodeError, match="no sensor can measure"):
        decode(CAPTURED[:6] + bytes.fromhex("0100807f") * 3)


LIKELY = st.builds(
    lambda kind, tick, values, spare: (
        bytes([kind, 99])
        + struct.pack("<I", tick)
        + struct.pack(f"<{len(values)}f", *values)
        + spare
    ),
    st.sampled_from([2, 2, 2, 3]),
    st.integers(0, 2**32 - 1),
    st.lists(st.floats(width=32), min_size=0, max_size=27),
    st.sampled_from([b"", b"", b"\0"]),
)


@given(LIKELY | st.binary(max_size=64))
def test_any_message_is_read_to_its_last_bit_or_refused(payload: bytes) -> None:
    try:
        packet = decode(payload)
    except DecodeError:
        return
    first_tick = packet.tick - round((len(packet) - 1) * 1000 / RATE_HZ)
    assert message(first_tick, packet.acc_ms2) == payload


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("0163 c800", Answer(99, 200)),
        ("0165 9401", Answer(101, 404)),
        ("0163 c800 08 0d00", Answer(99, 200)),
    ],
)
def test_an_answer_is_its_reference_and_status(payload: str, expected: Answer) -> None:
    assert parse_answer(bytes.fromhex(payload)) == expected


@pytest.mark.parametrize("payload", ["", "01", "0163c8", "0263c800", "0363c800"])
def test_what_is_no_answer_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="an answer has 4 bytes"):
        parse_answer(bytes.fromhex(payload))


@given(st.binary(max_size=12))
def test_any_bytes_are_an_answer_or_refused(payload: bytes) -> None:
    if is_answer(payload) and len(payload) >= 4:
        answer = parse_answer(payload)
        assert payload[1:4] == struct.pack("<BH", answer.reference, answer.status)
    else:
        with pytest.raises(DecodeError):
            parse_answer(payload)


def converse(*answers: str) -> tuple[Streaming, list[object]]:
    dialogue = start_movesense()
    wrote: list[object] = [next(dialogue)]
    try:
        for answer in answers:
            wrote += [dialogue.send(bytes.fromhex(answer))]
    except StopIteration as done:
        return done.value, wrote
    raise AssertionError(f"the dialogue waits for more after {wrote}")


def test_it_is_subscribed_by_path() -> None:
    streaming, wrote = converse("0163 c800")
    assert wrote == [b"\x01\x63/Meas/Acc/104\0"]
    assert (streaming.rate_hz, streaming.range_ms2) == (104, None)
    assert streaming.decode(CAPTURED).tick == decode(CAPTURED).tick


def test_an_answer_to_something_else_is_passed_over() -> None:
    _, wrote = converse("0101 9401", "0163 c800")
    assert wrote[1:] == [None]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("0163 9401", "update its firmware"),
        ("0163 f501", "update its firmware"),
        ("0163 ad01", "take its battery out"),
        ("0163 fb01", "as many subscriptions"),
        ("0163 9101", "refused to start: status 401"),
    ],
)
def test_a_refusal_is_said_with_its_remedy(answer: str, said: str) -> None:
    with pytest.raises(SensorRefused, match=said):
        converse(answer)


def test_it_is_known_by_its_name() -> None:
    assert MOVESENSE in PROFILES
    assert MOVESENSE.kind_of("Movesense 174630000192") == "movesense"


def a_movesense(leg: Recording, status: int = 200) -> Firmware:
    """It plays the leg once subscribed, and answers as the maker's firmware does."""
    control = str(MOVESENSE.control_uuid)

    def answers(_: str, value: bytes) -> Sequence[bytes]:
        return [struct.pack("<BBH", 1, value[1], status)]

    def messages() -> Iterator[bytes]:
        for first in range(0, len(leg) - SAMPLES + 1, SAMPLES):
            tick = 123_456 + round(1000 * leg.t_s[first])
            yield message(tick, leg.acc_ms2[first : first + SAMPLES])

    return Firmware(
        name="Movesense 174630000192",
        service_uuid=MOVESENSE.service_uuid,
        data_uuid=MOVESENSE.data_uuid,
        writable_uuids=[control],
        messages=messages(),
        starts=b"\x01\x63/Meas/Acc/104\0",
        stops=b"\x02\x63",
        answers=answers,
    )


async def test_what_it_sends_is_heard_and_it_is_unsubscribed_in_the_end() -> None:
    leg = a_moving_leg(12, rate_hz=RATE_HZ)
    heard, wrote = await heard_whole(a_movesense(leg), "movesense", wanted="192")
    assert heard.rate_hz == RATE_HZ
    assert [value for _, value in wrote] == [b"\x01\x63/Meas/Acc/104\0", b"\x02\x63"]
    np.testing.assert_allclose(heard.acc_ms2, leg.acc_ms2[: len(heard)], atol=1e-5)
    np.testing.assert_allclose(heard.t_s, leg.t_s[: len(heard)], atol=1.5e-3)


async def test_a_lost_message_is_a_gap_of_its_length() -> None:
    air, leg = Air(), a_moving_leg(12, rate_hz=RATE_HZ)
    firmware = a_movesense(leg)
    kept = [each for number, each in enumerate(firmware.messages) if number != 40]
    patchy = Firmware(**{**vars(firmware), "messages": iter(kept)})
    async with (
        virtual_radio(air) as radio,
        switched_on(air, patchy),
        BleSource(None, radio=radio, params=HASTY) as sensor,
    ):
        heard = await listen(sensor, until_s=8)
        assert sensor.status.gaps == 1
    assert np.diff(heard.t_s).max() == pytest.approx((SAMPLES + 1) / RATE_HZ, abs=2e-3)


async def test_a_link_that_drops_is_made_and_subscribed_again() -> None:
    air, leg = Air(), a_moving_leg(12, rate_hz=RATE_HZ)
    firmware = a_movesense(leg)
    played = list(firmware.messages)
    broken = Firmware(**{**vars(firmware), "messages": iter([*played[:60], None, *played[78:]])})
    async with (
        virtual_radio(air) as radio,
        switched_on(air, broken) as wrote,
        BleSource(None, radio=radio, params=HASTY) as sensor,
    ):
        heard = await listen(sensor, until_s=9)
        assert (sensor.status.reconnects, sensor.status.gaps) == (1, 1)
    subscribe = b"\x01\x63/Meas/Acc/104\0"
    assert [value for _, value in wrote] == [subscribe, subscribe, b"\x02\x63"]
    assert np.diff(heard.t_s).max() == pytest.approx((18 * SAMPLES + 1) / RATE_HZ, abs=3e-3)


async def test_a_sensor_that_is_full_refuses_over_the_radio() -> None:
    air = Air()
    async with (
        virtual_radio(air) as radio,
        switched_on(air, a_movesense(a_moving_leg(2, rate_hz=RATE_HZ), status=507)),
    ):
        with pytest.raises(SensorRefused, match="as many subscriptions"):
            async with BleSource(None, radio=radio, params=HASTY):
                pass
