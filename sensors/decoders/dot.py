"""Movella DOT (Xsens DOT), payload mode "Rate quantities": one sample a message.

Little-endian. A message of the medium payload characteristic:

    offset  size
         0     4  u32 microseconds on the sensor's clock, which begins again at 0 after 72 minutes
         4    12  calibrated acceleration x, y, z, m/s², float32: gravity is in it
        16    12  rate of turn x, y, z, float32
        28    12  zeros: what the characteristic is longer than the mode

The modes with "free acceleration" have taken gravity out and are refused where their length tells
them apart. Source: the maker's "Movella DOT BLE Service Specification" XD0506P, revision C, tables
13, 15 and 17; that messages come with their zeros is seen in bytes captured by
protobioengineering/xsens-dot-python-examples. Not padded ones are read as well.
"""

import struct

from sensors.decoders.packet import Packet, one_row
from sensors.errors import DecodeError
from sensors.samples import MAX_ACC_MS2

TICKS_PER_S = 1e6
TICK_SPAN = 2**32
RATE_HZ = 60
"""The fastest that it streams; 120 Hz is for its own memory only."""
SAMPLE = struct.Struct("<I3f")
MODE_BYTES = 28
ENDS = (b"", bytes(12))

RATE_QUANTITIES = 21
START = bytes([1, 1, RATE_QUANTITIES])
STOP = bytes([1, 0, RATE_QUANTITIES])
OUTPUT_RATE = 1 << 4


def request_rate() -> bytes:
    """What to write to the device control characteristic for `RATE_HZ`, all else left as it is."""
    return bytes([OUTPUT_RATE]) + bytes(23) + RATE_HZ.to_bytes(2, "little") + bytes(6)


def decode(payload: bytes) -> Packet:
    """Read one sample; its tick is in microseconds. Raises DecodeError."""
    if len(payload) < MODE_BYTES or payload[MODE_BYTES:] not in ENDS:
        raise DecodeError(f"a message has {MODE_BYTES} bytes and nothing but zeros behind", payload)
    tick, x, y, z = SAMPLE.unpack_from(payload)
    if not (abs(x) <= MAX_ACC_MS2 and abs(y) <= MAX_ACC_MS2 and abs(z) <= MAX_ACC_MS2):
        raise DecodeError("holds what no sensor can measure", payload)
    return Packet(tick, one_row(x, y, z))
