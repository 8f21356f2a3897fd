"""PineTime with InfiniTime, its motion service: x, y, z as int16, little-endian, 1024 a g."""

import numpy as np

from sensors.decoders.packet import Packet
from sensors.errors import DecodeError
from sensors.samples import STANDARD_GRAVITY_MS2

SAMPLE_BYTES = 6
MOST_BYTES = 512
COUNTS_A_G = 1024


def decode(payload: bytes) -> Packet:
    """Read the samples of one notification; they have no time of their own. Raises DecodeError."""
    if not 0 < len(payload) <= MOST_BYTES or len(payload) % SAMPLE_BYTES:
        raise DecodeError(f"a sample has {SAMPLE_BYTES} bytes", payload)
    raw = np.frombuffer(payload, "<i2").reshape(-1, 3)
    return Packet(0, raw * (STANDARD_GRAVITY_MS2 / COUNTS_A_G))
