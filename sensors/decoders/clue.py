"""Adafruit CLUE, its Bluefruit accelerometer service: x, y, z in m/s² as float32, little-endian."""

import struct

import numpy as np

from sensors.decoders.packet import Packet
from sensors.errors import DecodeError
from sensors.samples import MAX_ACC_MS2

AXES = struct.Struct("<3f")


def decode(payload: bytes) -> Packet:
    """Read one sample; it has no time of its own. Raises DecodeError."""
    if len(payload) != AXES.size:
        raise DecodeError(f"a sample has {AXES.size} bytes", payload)
    acc_ms2 = AXES.unpack(payload)
    if not all(-MAX_ACC_MS2 <= each <= MAX_ACC_MS2 for each in acc_ms2):
        raise DecodeError("holds what no sensor can measure", payload)
    return Packet(0, np.array((acc_ms2,)))
