"""Adafruit CLUE, its Bluefruit accelerometer service: x, y, z in m/s² as float32, little-endian."""

import numpy as np

from sensors.decoders.packet import Packet
from sensors.errors import DecodeError
from sensors.samples import MAX_ACC_MS2

PAYLOAD_BYTES = 12


def decode(payload: bytes) -> Packet:
    """Read one sample; it has no time of its own. Raises DecodeError."""
    if len(payload) != PAYLOAD_BYTES:
        raise DecodeError(f"a sample has {PAYLOAD_BYTES} bytes", payload)
    acc_ms2 = np.frombuffer(payload, "<f4").reshape(1, 3).astype(np.float64)
    if not (np.abs(acc_ms2) <= MAX_ACC_MS2).all():
        raise DecodeError("holds what no sensor can measure", payload)
    return Packet(0, acc_ms2)
