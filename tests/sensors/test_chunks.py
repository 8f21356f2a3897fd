"""A chunk survives the wire exactly, and nothing else passes for one."""

import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.chunks import HEADER, MAX_CHUNK_SAMPLES, Chunk, decode_chunk, encode_chunk
from sensors.errors import DecodeError
from sensors.samples import SampleBlock


def chunk_of(n: int, t0_s: float = 0.0, rate_hz: float = 100.0, sequence: int = 0) -> Chunk:
    t_s = t0_s + np.arange(n) / rate_hz
    acc_ms2 = np.random.default_rng(n).normal(0, 9.8, (n, 3))
    return Chunk(sequence, SampleBlock(t_s, acc_ms2, rate_hz))


@given(
    n=st.integers(1, 300),
    t0_s=st.floats(0, 1e6),
    rate_hz=st.floats(1, 2000),
    sequence=st.integers(0, 2**32 - 1),
)
def test_a_chunk_comes_back_to_the_microsecond(
    n: int, t0_s: float, rate_hz: float, sequence: int
) -> None:
    sent = chunk_of(n, t0_s, rate_hz, sequence)
    got = decode_chunk(encode_chunk(sent))
    assert got.sequence == sequence
    assert got.block.rate_hz == rate_hz
    np.testing.assert_allclose(got.block.t_s, sent.block.t_s, rtol=0, atol=0.6e-6)
    np.testing.assert_array_equal(got.block.acc_ms2, sent.block.acc_ms2.astype("f4"))


@given(n=st.integers(1, 50))
def test_sending_again_what_was_received_changes_nothing(n: int) -> None:
    once = encode_chunk(chunk_of(n))
    assert encode_chunk(decode_chunk(once)) == once


def test_the_layout_is_the_documented_one() -> None:
    block = SampleBlock(np.array([2.0, 2.01]), np.array([[1.0, 2, 3], [4, 5, 6]]), 100.0)
    expected = b"SRC1" + struct.pack("<IddI2I6f", 7, 100.0, 2.0, 2, 0, 10_000, 1, 2, 3, 4, 5, 6)
    assert encode_chunk(Chunk(7, block)) == expected


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(payload: bytes) -> None:
    with pytest.raises(DecodeError):
        decode_chunk(payload)


@given(cut=st.integers(0, 10), keep=st.integers(0, 200))
def test_a_truncated_or_padded_chunk_is_refused(cut: int, keep: int) -> None:
    whole = encode_chunk(chunk_of(10))
    for payload in (whole[: min(keep, len(whole) - 1)], whole + b"\0" * (cut + 1)):
        with pytest.raises(DecodeError):
            decode_chunk(payload)


@given(at=st.integers(0, HEADER.size + 10 * 16 - 1), value=st.integers(0, 255))
def test_a_corrupt_byte_gives_a_valid_chunk_or_a_refusal(at: int, value: int) -> None:
    payload = bytearray(encode_chunk(chunk_of(10)))
    payload[at] = value
    with suppress(DecodeError):
        assert len(decode_chunk(bytes(payload)).block) == 10


@pytest.mark.parametrize("bits", [0x7FC00000, 0x7FA00000], ids=["quiet", "signalling"])
def test_nan_in_a_chunk_is_refused(bits: int) -> None:
    payload = encode_chunk(chunk_of(1))[:-4] + struct.pack("<I", bits)
    with pytest.raises(DecodeError, match="finite"):
        decode_chunk(payload)


def test_a_flood_is_refused_before_it_is_read() -> None:
    with pytest.raises(DecodeError, match="at most"):
        decode_chunk(b"SRC1" + b"\0" * 100_000)


@pytest.mark.parametrize("n", [0, MAX_CHUNK_SAMPLES + 1])
def test_a_chunk_of_the_wrong_size_cannot_be_made(n: int) -> None:
    with pytest.raises(ValueError, match="holds 1 to"):
        encode_chunk(chunk_of(n))


def test_a_chunk_cannot_span_hours() -> None:
    block = SampleBlock(np.array([0.0, 7200.0]), np.zeros((2, 3)), 100.0)
    with pytest.raises(ValueError, match="71 minutes"):
        encode_chunk(Chunk(0, block))
