"""MbientLab MetaMotion (MetaWear boards): its accelerometer module, BMI160 or BMI270.

Every write and every message begins with a module and a register; 80 added to a register reads it.

    03 80  implementation  revision  …     which chip the accelerometer is; nothing if none
    03 04  x y z                           a sample
    03 1c  x y z  x y z  x y z             three samples of a BMI160, from revision 1 on
    03 05  x y z  x y z  x y z             three samples of a BMI270

Axes are int16, little-endian, 32768 the range. Nothing says when a sample was taken.

Source: the maker's MetaWear-SDK-Cpp (accelerometer_bosch.cpp, module.h and its tests, whose bytes
ours repeat).
"""

import struct
from dataclasses import dataclass

from sensors.decoders.packet import Packet, some_samples
from sensors.errors import DecodeError
from sensors.samples import STANDARD_GRAVITY_MS2

RATE_HZ = 100.0
RANGE_G = 8
SCALE_MS2 = RANGE_G * STANDARD_GRAVITY_MS2 / 32768
READ_CHIP = b"\x03\x80"
START, STOP = b"\x03\x01\x01", b"\x03\x01\x00"
ENABLE, DISABLE = b"\x03\x02\x01\x00", b"\x03\x02\x00\x01"
HEADER_BYTES = 2
ONE, THREE = struct.Struct("<2x3h"), struct.Struct("<2x9h")
AXES = {b"\x03\x04": ONE, b"\x03\x05": THREE, b"\x03\x1c": THREE}
"""What a message of samples holds, by how it begins."""


@dataclass(frozen=True, slots=True)
class Chip:
    """What to write to such a chip.

    configure: 100 Hz, filtered by the chip for that rate, and ±8 g.
    subscribe: to three samples a message.
    """

    configure: bytes
    subscribe: bytes


BMI160 = Chip(configure=b"\x03\x03\x28\x08", subscribe=b"\x03\x1c\x01")
BMI160_ONE_BY_ONE = Chip(configure=BMI160.configure, subscribe=b"\x03\x04\x01")
BMI270 = Chip(configure=b"\x03\x03\xa8\x02", subscribe=b"\x03\x05\x01")
PACKED_REVISION = 1


def is_answer(payload: bytes) -> bool:
    """Whether a message tells which chip the accelerometer is."""
    return payload[:HEADER_BYTES] == READ_CHIP


def parse_chip(payload: bytes) -> Chip | None:
    """Read which chip the accelerometer is; None for one that is not known here, and for none.

    Raises DecodeError.
    """
    if not is_answer(payload) or len(payload) == HEADER_BYTES + 1:
        raise DecodeError("the answer to 03 80 has an implementation and a revision", payload)
    if len(payload) == HEADER_BYTES:
        return None
    implementation, revision = payload[2], payload[3]
    if implementation == 1:
        return BMI160 if revision >= PACKED_REVISION else BMI160_ONE_BY_ONE
    return BMI270 if implementation == 4 else None


def decode(payload: bytes) -> Packet:
    """Read one message of samples at ±8 g; they have no time of their own. Raises DecodeError."""
    axes = AXES.get(payload[:HEADER_BYTES])
    if axes is None or len(payload) != axes.size:
        raise DecodeError("a message has 03 04 and a sample, or 03 05 or 03 1c and three", payload)
    return some_samples(axes.unpack(payload), SCALE_MS2)
