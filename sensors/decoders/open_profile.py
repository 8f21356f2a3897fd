"""The open profile: what sensors that one builds oneself send (docs/open-profile.md).

Little-endian. An answer on the control characteristic: operation, status, and after a start the
rate in tenths of a hertz (u16) and the range in g (u8). A packet on the data characteristic: the
device's clock at its last sample, ms (u32, may wrap), then x, y, z (int16) of each sample, of which
32768 is the range.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from sensors.decoders.packet import Packet
from sensors.errors import DecodeError
from sensors.samples import STANDARD_GRAVITY_MS2

TICKS_PER_S = 1000.0
TICK_SPAN = 2**32
FULL_SCALE = 32768.0
TICK = struct.Struct("<I")
STARTED = struct.Struct("<HB")
SAMPLE_BYTES = 6
MOST_PAYLOAD_BYTES = 512
"""The longest attribute that Bluetooth knows."""
MOST_RATE_HZ, MOST_RANGE_G = 2000.0, 64
"""Beyond these it is no sensor for a limb, but a mistake in the sketch."""


class Operation(IntEnum):
    """First byte of a write and of its answer; STOPPED is said unasked."""

    STOP = 0
    START = 1
    STOPPED = 2


class Status(IntEnum):
    """Second byte of an answer."""

    OK = 0
    BUSY = 1
    NO_SENSOR = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; rate_hz and range_g are those of a stream that was started, else None."""

    operation: Operation
    status: Status
    rate_hz: float | None = None
    range_g: int | None = None


def request(operation: Operation) -> bytes:
    """What to write to the control characteristic."""
    return bytes([operation])


def parse_answer(payload: bytes) -> Answer:
    """Read what the control characteristic says. Raises DecodeError."""
    try:
        operation, status = Operation(payload[0]), Status(payload[1])
    except (IndexError, ValueError) as problem:
        raise DecodeError("an answer has a known operation and status", payload) from problem
    if operation is not Operation.START or status is not Status.OK:
        return Answer(operation, status)
    if len(payload) != 2 + STARTED.size:
        raise DecodeError(f"the answer to a start has {2 + STARTED.size} bytes", payload)
    tenths_hz, range_g = STARTED.unpack_from(payload, 2)
    if not 0 < tenths_hz <= 10 * MOST_RATE_HZ or not 0 < range_g <= MOST_RANGE_G:
        raise DecodeError("names no rate up to 2000 Hz or no range up to 64 g", payload)
    return Answer(operation, status, tenths_hz / 10, range_g)


def decode(payload: bytes, range_g: int) -> Packet:
    """Read one packet; its tick is of its last sample, in milliseconds. Raises DecodeError."""
    samples = len(payload) - TICK.size
    if not 0 < samples <= MOST_PAYLOAD_BYTES - TICK.size or samples % SAMPLE_BYTES:
        raise DecodeError("a packet has 4 bytes of time and 6 for each sample", payload)
    (tick,) = TICK.unpack_from(payload)
    raw = np.frombuffer(payload, "<i2", offset=TICK.size).reshape(-1, 3)
    return Packet(tick, raw * (range_g * STANDARD_GRAVITY_MS2 / FULL_SCALE))
