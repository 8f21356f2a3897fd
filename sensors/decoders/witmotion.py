"""WitMotion WT901BLE: frames of 20 bytes, several a notification.

`55 61`, then nine int16, little-endian: acceleration, turn and angle; 32768 of the first is 16 g.
"""

import numpy as np

from sensors.decoders.packet import Packet
from sensors.errors import DecodeError
from sensors.samples import STANDARD_GRAVITY_MS2

HEADER = b"\x55\x61"
FRAME_BYTES = 20
MOST_FRAMES = 25
RANGE_G = 16
FULL_SCALE = 32768


def decode(payload: bytes) -> Packet:
    """Read the frames of one notification; they have no time of their own. Raises DecodeError."""
    frames, rest = divmod(len(payload), FRAME_BYTES)
    if rest or not 0 < frames <= MOST_FRAMES:
        raise DecodeError(f"frames have {FRAME_BYTES} bytes", payload)
    if any(payload[at : at + 2] != HEADER for at in range(0, len(payload), FRAME_BYTES)):
        raise DecodeError("a frame begins with 55 61", payload)
    raw = np.frombuffer(payload, "<i2").reshape(frames, -1)[:, 1:4]
    return Packet(0, raw * (RANGE_G * STANDARD_GRAVITY_MS2 / FULL_SCALE))
