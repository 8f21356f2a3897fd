"""Adafruit CLUE, its Bluefruit accelerometer service: x, y, z in m/s² as float32, little-endian."""

import struct

from sensors.decoders.packet import Packet, one_sample
from sensors.errors import DecodeError
from sensors.samples import MAX_ACC_MS2

AXES = struct.Struct("<3f")


def decode(payload: bytes) -> Packet:
    """Read one sample; it has no time of its own. Raises DecodeError."""
    if len(payload) != AXES.size:
        raise DecodeError(f"a sample has {AXES.size} bytes", payload)
    x, y, z = axes = AXES.unpack(payload)
    if not (abs(x) <= MAX_ACC_MS2 and abs(y) <= MAX_ACC_MS2 and abs(z) <= MAX_ACC_MS2):
        raise DecodeError("holds what no sensor can measure", payload)
    return one_sample(axes, 1.0)
