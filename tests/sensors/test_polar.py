import contextlib
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.decoders import polar
from sensors.decoders.polar import Operation, Response, Settings, Status
from sensors.errors import DecodeError
from tests.sensors.polar_frames import compressed_frame, raw_frame

PACKETS = Path(__file__).parents[2] / "fixtures" / "packets" / "polar.txt"


def packets() -> dict[str, bytes]:
    lines = (line for line in PACKETS.read_text().splitlines() if line and line[0] != "#")
    named = (line.split(":") for line in lines)
    return {name: bytes.fromhex(octets) for name, octets in named}


PACKET = packets()


def milli_g(packet: polar.Packet) -> list[list[float]]:
    return (packet.acc_ms2 / 9.80665 * 1000).round(6).tolist()


@pytest.mark.parametrize(
    ("name", "factor", "tick", "expected_mg"),
    [
        ("raw-int8", 1.0, 100_000_000, [[1, -1, 64], [2, -2, 63]]),
        ("raw-int16", 1.0, 200_000_000, [[100, -100, 1000], [0, 1, -1000]]),
        ("raw-int24", 1.0, 300_000_000, [[100, -100, 1000]]),
        ("compressed-mg", 1.0, 0x65, [[-15, 20, 1008], [-20, 17, 1008]]),
        ("compressed-mg", 0.5, 0x65, [[-7.5, 10, 504], [-10, 8.5, 504]]),
        (
            "compressed-g",
            1 / 4096,
            400_000_000,
            [[0, 0, 1000], [-0.244141, 0.244141, 999.511719], [-0.244141, 0.244141, 999.755859]],
        ),
        ("still", 1.0, 500_000_000, [[0, 0, 1000]] * 4),
    ],
)
def test_a_frame_decodes_to_its_whole_value(
    name: str, factor: float, tick: int, expected_mg: list[list[float]]
) -> None:
    packet = polar.decode(PACKET[name], factor)
    assert packet.tick == tick
    assert milli_g(packet) == expected_mg


@pytest.mark.parametrize("name", [name for name in PACKET if name.startswith("bad-")])
def test_a_bad_frame_is_refused_with_its_bytes(name: str) -> None:
    with pytest.raises(DecodeError) as refused:
        polar.decode(PACKET[name])
    assert refused.value.payload == PACKET[name]


def test_an_oversized_frame_is_refused() -> None:
    with pytest.raises(DecodeError, match="513 bytes"):
        polar.decode(PACKET["raw-int8"].ljust(513, b"\0"))


def test_a_flood_of_still_samples_is_refused() -> None:
    with pytest.raises(DecodeError, match="more than 1400"):
        polar.decode(PACKET["still"] + b"\x00\xff" * 6)


def test_a_factor_that_is_no_number_is_refused() -> None:
    with pytest.raises(DecodeError, match="beyond any sensor"):
        polar.decode(PACKET["compressed-mg"], math.nan)


@pytest.mark.parametrize("name", ["raw-int16", "compressed-mg", "compressed-g"])
def test_every_truncation_is_refused_or_whole_samples(name: str) -> None:
    for length in range(len(PACKET[name])):
        try:
            packet = polar.decode(PACKET[name][:length])
        except DecodeError:
            continue
        assert packet.acc_ms2.shape == (len(packet), 3)


def samples(limit: int, most: int) -> st.SearchStrategy[np.ndarray]:
    triple = st.lists(st.integers(-limit, limit - 1), min_size=3, max_size=3)
    return st.lists(triple, min_size=1, max_size=most).map(lambda rows: np.array(rows, np.int64))


@given(samples(8000, 36), st.integers(2, 3), st.integers(0, 2**64 - 1))
def test_raw_samples_come_back(mg: np.ndarray, width: int, tick: int) -> None:
    packet = polar.decode(raw_frame(tick, mg, width))
    assert packet.tick == tick
    assert np.array_equal(np.rint(packet.acc_ms2 / 9.80665 * 1000), mg)


@given(samples(2**14, 60), st.integers(1, 255))
def test_compressed_samples_come_back(units: np.ndarray, group: int) -> None:
    packet = polar.decode(compressed_frame(1, units, group=group))
    assert np.array_equal(np.rint(packet.acc_ms2 / 9.80665 * 1000), units)


@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    for read in (polar.decode, polar.parse_response, polar.parse_settings):
        with contextlib.suppress(DecodeError):
            assert read(payload) is not None
    assert polar.is_stop_notice(payload) in (True, False)


@given(
    st.sampled_from([0, 1, 2, 0x80, 0x81]),
    st.binary(max_size=560),
    st.floats(width=32) | st.just(1.0),
)
def test_any_body_decodes_or_is_refused(frame_type: int, body: bytes, factor: float) -> None:
    try:
        packet = polar.decode(b"\x02" + bytes(8) + bytes([frame_type]) + body, factor)
    except DecodeError:
        return
    assert 1 <= len(packet) <= polar.MAX_FRAME_SAMPLES
    assert np.isfinite(packet.acc_ms2).all()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("already-started", Response(Operation.START, Status.ALREADY_IN_STATE, False, b"")),
        ("in-charger", Response(Operation.START, Status.IN_CHARGER, False, b"")),
        ("started-h10", Response(Operation.START, Status.OK, False, b"")),
        ("stopped", Response(Operation.STOP, Status.OK, False, b"")),
    ],
)
def test_an_answer_is_read_whole(name: str, expected: Response) -> None:
    assert polar.parse_response(PACKET[name]) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("settings-h10", Settings((25, 50, 100, 200), (16,), (2, 4, 8))),
        ("settings-verity", Settings((52,), (16,), (8,), (3,))),
        ("started-verity", Settings(factor=0.24496093392372131)),
    ],
)
def test_settings_are_read_whole(name: str, expected: Settings) -> None:
    assert polar.parse_settings(polar.parse_response(PACKET[name]).parameters) == expected


@pytest.mark.parametrize(
    "payload",
    [b"", b"\xf0\x02\x02", b"\x0f\x02\x02\x00", b"\xf0\x09\x02\x00", b"\xf0\x02\x02\x63"],
    ids=["empty", "short", "other", "operation", "status"],
)
def test_what_is_no_answer_is_refused(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        polar.parse_response(payload)


def test_an_answer_about_the_heart_rate_is_refused() -> None:
    with pytest.raises(DecodeError, match="measurement type 0"):
        polar.parse_response(bytes.fromhex("f002000000"))


@pytest.mark.parametrize("parameters", ["09 01 00", "00", "00 02 1900", "05 01 0000807f"])
def test_bad_settings_are_refused(parameters: str) -> None:
    with pytest.raises(DecodeError):
        polar.parse_settings(bytes.fromhex(parameters))


def test_starting_an_h10_writes_the_documented_bytes() -> None:
    chosen = Settings((200,), (16,), (8,))
    assert polar.request_start(chosen) == bytes.fromhex("02020001c8000101100002010800")
    assert polar.request_settings() == bytes.fromhex("0102")
    assert polar.request_stop() == bytes.fromhex("0302")


def test_a_stop_by_the_device_is_noticed() -> None:
    assert polar.is_stop_notice(bytes.fromhex("010002"))
    assert not polar.is_stop_notice(bytes.fromhex("0100"))
    assert not polar.is_stop_notice(PACKET["stopped"])
