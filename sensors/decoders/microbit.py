"""BBC micro:bit, its accelerometer service: x, y, z in mg as int16, little-endian."""

import numpy as np

from sensors.decoders.packet import Packet
from sensors.errors import DecodeError
from sensors.samples import STANDARD_GRAVITY_MS2

PAYLOAD_BYTES = 6
MG_TO_MS2 = STANDARD_GRAVITY_MS2 / 1000


def decode(payload: bytes) -> Packet:
    """Read one sample; it has no time of its own. Raises DecodeError."""
    if len(payload) != PAYLOAD_BYTES:
        raise DecodeError(f"a sample has {PAYLOAD_BYTES} bytes", payload)
    return Packet(0, np.frombuffer(payload, "<i2").reshape(1, 3) * MG_TO_MS2)
