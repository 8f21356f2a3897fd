"""TI SensorTag CC2650, its movement service: turn, acceleration and compass.

Nine int16, little-endian; the second three are the acceleration, 32768 of which is the range.
"""

import struct

from sensors.decoders.packet import Packet, one_sample
from sensors.errors import DecodeError
from sensors.samples import STANDARD_GRAVITY_MS2

PAYLOAD_BYTES = 18
ACCELERATION_AT = 6
AXES = struct.Struct("<3h")
RANGE_G = 8
FULL_SCALE = 32768


def decode(payload: bytes) -> Packet:
    """Read one sample; it has no time of its own. Raises DecodeError."""
    if len(payload) != PAYLOAD_BYTES:
        raise DecodeError(f"a sample has {PAYLOAD_BYTES} bytes", payload)
    axes = AXES.unpack_from(payload, ACCELERATION_AT)
    return one_sample(axes, RANGE_G * STANDARD_GRAVITY_MS2 / FULL_SCALE)
