"""BBC micro:bit, its accelerometer service: x, y, z in mg as int16, little-endian."""

import struct

from sensors.decoders.packet import Packet, one_sample
from sensors.errors import DecodeError
from sensors.samples import STANDARD_GRAVITY_MS2

AXES = struct.Struct("<3h")
MG_TO_MS2 = STANDARD_GRAVITY_MS2 / 1000


def decode(payload: bytes) -> Packet:
    """Read one sample; it has no time of its own. Raises DecodeError."""
    if len(payload) != AXES.size:
        raise DecodeError(f"a sample has {AXES.size} bytes", payload)
    return one_sample(AXES.unpack(payload), MG_TO_MS2)
