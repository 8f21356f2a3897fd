"""WitMotion WT901BLE: frames of 20 bytes, several a notification.

`55 61`, then nine int16, little-endian: acceleration, turn and angle; 32768 of the first is 16 g.
"""

import struct

from sensors.decoders.packet import Packet, some_samples
from sensors.errors import DecodeError
from sensors.samples import STANDARD_GRAVITY_MS2

HEADER = b"\x55\x61"
FRAME_BYTES = 20
MOST_FRAMES = 25
AXES = tuple(struct.Struct("<" + frames * "2x3h12x") for frames in range(MOST_FRAMES + 1))
"""The accelerations of so many frames."""
RANGE_G = 16
SCALE_MS2 = RANGE_G * STANDARD_GRAVITY_MS2 / 32768


def decode(payload: bytes) -> Packet:
    """Read the frames of one notification; they have no time of their own. Raises DecodeError."""
    frames, rest = divmod(len(payload), FRAME_BYTES)
    if rest or not 0 < frames <= MOST_FRAMES:
        raise DecodeError(f"frames have {FRAME_BYTES} bytes", payload)
    if (
        payload[::FRAME_BYTES] != HEADER[:1] * frames
        or payload[1::FRAME_BYTES] != HEADER[1:] * frames
    ):
        raise DecodeError("a frame begins with 55 61", payload)
    return some_samples(AXES[frames].unpack(payload), SCALE_MS2)
