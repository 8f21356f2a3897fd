"""Nordic Thingy:52, raw data of its motion service: acceleration, gyroscope and compass.

Nine int16, little-endian; the first three are the acceleration, 1024 a g.
"""

import struct

from sensors.decoders.packet import Packet, one_sample
from sensors.errors import DecodeError
from sensors.samples import STANDARD_GRAVITY_MS2

PAYLOAD_BYTES = 18
AXES = struct.Struct("<3h")
COUNTS_A_G = 1024


def decode(payload: bytes) -> Packet:
    """Read one sample; it has no time of its own. Raises DecodeError."""
    if len(payload) != PAYLOAD_BYTES:
        raise DecodeError(f"a sample has {PAYLOAD_BYTES} bytes", payload)
    return one_sample(AXES.unpack_from(payload), STANDARD_GRAVITY_MS2 / COUNTS_A_G)
