"""A sample block as bytes: what a collector sends, a server acknowledges and an archive keeps.

    offset  size  little-endian
         0     4  magic b"SRC1"
         4     4  u32  sequence number, from 0, without holes within a recording
         8     8  f64  rate_hz
        16     8  f64  time of the first sample, s
        24     4  u32  n, samples
        28   4·n  u32  microseconds since the first sample
       ...  12·n  f32  x, y, z of each sample, m/s²

Microseconds and float32 are finer than any sensor here (a 16-bit, 8 g range resolves 2.4 mm/s²).
What a server analyses is what `decode_chunk` returns, so an archive gives the same answer again.
"""

import struct
from dataclasses import dataclass

import numpy as np

from sensors.errors import DecodeError, InvalidSamples
from sensors.samples import SampleBlock

MAGIC = b"SRC1"
HEADER = struct.Struct("<4sIddI")
BYTES_PER_SAMPLE = 16
MAX_CHUNK_SAMPLES = 4096
"""Twenty seconds at 200 Hz: longer than any sensible batch, small enough to refuse floods."""
MAX_CHUNK_BYTES = HEADER.size + MAX_CHUNK_SAMPLES * BYTES_PER_SAMPLE
MAX_SEQUENCE = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """One numbered block of a recording."""

    sequence: int
    block: SampleBlock


def encode_chunk(chunk: Chunk) -> bytes:
    """Lay a chunk out as bytes.

    Raises ValueError if the block is empty, too long, or spans more than 71 minutes.
    """
    block = chunk.block
    if not 0 < len(block) <= MAX_CHUNK_SAMPLES:
        raise ValueError(f"a chunk holds 1 to {MAX_CHUNK_SAMPLES} samples, got {len(block)}")
    offset_us = np.rint((block.t_s - block.t_s[0]) * 1e6)
    if offset_us[-1] > 2**32 - 1:
        raise ValueError("a chunk spans at most 71 minutes")
    header = HEADER.pack(MAGIC, chunk.sequence, block.rate_hz, block.t_s[0], len(block))
    times, axes = offset_us.astype("<u4"), block.acc_ms2.astype("<f4")
    return bytes(header + times.tobytes() + axes.tobytes())


def decode_chunk(payload: bytes) -> Chunk:
    """Read a chunk back.

    Raises DecodeError for anything but exactly one well-formed chunk.
    """
    if len(payload) > MAX_CHUNK_BYTES:
        raise DecodeError(f"a chunk has at most {MAX_CHUNK_BYTES} bytes", payload)
    if len(payload) < HEADER.size or payload[:4] != MAGIC:
        raise DecodeError("not a sample chunk", payload)
    _, sequence, rate_hz, t0_s, n = HEADER.unpack_from(payload)
    if n == 0 or len(payload) != HEADER.size + n * BYTES_PER_SAMPLE:
        raise DecodeError(f"a chunk of {n} samples has another length", payload)
    offset_us = np.frombuffer(payload, "<u4", n, HEADER.size)
    acc_ms2 = np.frombuffer(payload, "<f4", 3 * n, HEADER.size + 4 * n)
    try:
        block = SampleBlock(t0_s + offset_us * 1e-6, acc_ms2.reshape(n, 3), rate_hz)
    except InvalidSamples as problem:
        raise DecodeError(str(problem), payload) from problem
    return Chunk(sequence, block)
