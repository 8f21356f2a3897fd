"""Movesense: its GATT SensorData Protocol (GSP), acceleration only.

Little-endian. A command is its code, a reference that the client chooses, and a path that ends with
a zero byte. What comes back, all on one characteristic:

    01  reference  u16 status as in HTTP                         an answer
    02  reference  u32 ms of the *first* sample, then x, y, z    data, m/s²
                   of each sample as float32
    03  reference  …                                             the rest of longer data

Sources: the maker's "GATT SensorData Protocol specification" and the interface files of its device
library (meas/acc.yaml: time and unit); that nothing counts the samples, where the status stands and
that paths end with a zero was measured on sensors by movesense-commander (docs/gsp-protocol.md).
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from sensors.decoders.packet import Packet
from sensors.errors import DecodeError
from sensors.samples import MAX_ACC_MS2

TICKS_PER_S = 1000.0
TICK_SPAN = 2**32
REFERENCE = 99
"""Ours for acceleration; any but 0 will do, the maker's examples use this one."""
ANSWER = struct.Struct("<BBH")
HEADER = struct.Struct("<BBI")
SAMPLE_BYTES = 12
MOST_PAYLOAD_BYTES = 512
"""The longest attribute that Bluetooth knows; the sensors themselves send up to 158 bytes."""


class Command(IntEnum):
    """First byte of a write."""

    SUBSCRIBE = 1
    UNSUBSCRIBE = 2


class Message(IntEnum):
    """First byte of what comes back."""

    ANSWER = 1
    DATA = 2
    REST = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to the command of that reference; status: as in HTTP, 200 is well."""

    reference: int
    status: int


def subscribe(path: str) -> bytes:
    """What to write to be sent what is measured at this path."""
    return bytes([Command.SUBSCRIBE, REFERENCE]) + path.encode() + b"\0"


def unsubscribe() -> bytes:
    """What to write to be sent no more."""
    return bytes([Command.UNSUBSCRIBE, REFERENCE])


def is_answer(payload: bytes) -> bool:
    """Whether a message answers a command."""
    return payload[:1] == bytes([Message.ANSWER])


def parse_answer(payload: bytes) -> Answer:
    """Read the answer to a command; what follows its status is passed over. Raises DecodeError."""
    if not is_answer(payload) or len(payload) < ANSWER.size:
        raise DecodeError(f"an answer has {ANSWER.size} bytes, the first of them 01", payload)
    _, reference, status = ANSWER.unpack_from(payload)
    return Answer(reference, status)


def decode(payload: bytes, rate_hz: float) -> Packet:
    """Read one message of data; its tick is of its last sample, in milliseconds.

    rate_hz: by which the last sample is dated, for the message says when the first was taken.
    Raises DecodeError, also for data that came in parts: the first is no whole number of samples.
    """
    samples, rest = divmod(len(payload) - HEADER.size, SAMPLE_BYTES)
    if samples < 1 or rest or len(payload) > MOST_PAYLOAD_BYTES:
        raise DecodeError("a message has 6 bytes before its samples and 12 for each", payload)
    kind, reference, first_tick = HEADER.unpack_from(payload)
    if kind != Message.DATA or reference != REFERENCE:
        raise DecodeError(f"is no data of the subscription {REFERENCE}", payload)
    acc_ms2 = np.frombuffer(payload, "<f4", offset=HEADER.size)
    if not all(-MAX_ACC_MS2 <= value <= MAX_ACC_MS2 for value in acc_ms2.tolist()):
        raise DecodeError("holds what no sensor can measure", payload)
    last_tick = first_tick + round((samples - 1) * TICKS_PER_S / rate_hz)
    return Packet(last_tick, acc_ms2.reshape(-1, 3).astype(np.float64))
