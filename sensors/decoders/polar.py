"""Polar Measurement Data (PMD): acceleration of the Polar H10, Verity Sense and OH1.

A data frame, little-endian:

    offset  size
         0     1  measurement type in the low six bits, 2 is acceleration
         1     8  u64 nanoseconds since 2000-01-01 on the device's clock, of the *last* sample
         9     1  frame type; bit 7 set: compressed
        10     …  raw type 0/1/2: x, y, z of each sample as int8 / int16 / int24, mg
                  compressed: x, y, z of the first sample as int16, then groups
                  [bits u8][count u8][count times three signed deltas of so many bits, LSB first];
                  type 1: mg times the factor, type 0: g times the factor

The control point answers `F0 operation type status [more] [settings …]`; settings are
`[kind u8][count u8][count values]`. Source: Polar BLE SDK, PMD client.
"""

import math
import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from sensors.decoders.packet import Packet
from sensors.errors import DecodeError
from sensors.samples import MAX_ACC_MS2, STANDARD_GRAVITY_MS2, FloatArray

TICKS_PER_S = 1_000_000_000
ACCELERATION = 2
HEADER = struct.Struct("<BQB")
MG_TO_MS2 = STANDARD_GRAVITY_MS2 / 1000.0

MAX_PAYLOAD_BYTES = 512
"""The longest attribute value there is (Bluetooth Core, Vol 3 Part F, 3.2.9)."""
MAX_FRAME_SAMPLES = 1400
"""Slightly more than one payload can hold with deltas of one bit; more is a corrupt count."""
MAX_DELTA_BITS = 16
"""Samples have 16 bits, so no delta needs more."""

RESPONSE = 0xF0
STOPPED_BY_DEVICE = 0x01
IntArray = npt.NDArray[np.int64]


class Operation(IntEnum):
    """What a control point write asks for."""

    SETTINGS = 1
    START = 2
    STOP = 3


class Status(IntEnum):
    """How the device answered."""

    OK = 0
    INVALID_OPERATION = 1
    INVALID_TYPE = 2
    NOT_SUPPORTED = 3
    INVALID_LENGTH = 4
    INVALID_PARAMETER = 5
    ALREADY_IN_STATE = 6
    INVALID_RESOLUTION = 7
    INVALID_RATE = 8
    INVALID_RANGE = 9
    INVALID_MTU = 10
    INVALID_CHANNELS = 11
    INVALID_STATE = 12
    IN_CHARGER = 13


@dataclass(frozen=True, slots=True)
class Settings:
    """What the device offers, or with one value each, what it was told; empty: not stated.

    rates_hz: sampling rates; ranges_g: full scale, ± g; factor: scale of compressed samples.
    """

    rates_hz: tuple[int, ...] = ()
    resolutions_bits: tuple[int, ...] = ()
    ranges_g: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    factor: float | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The device's answer to a control point write; `more`: another follows with more settings."""

    operation: Operation
    status: Status
    more: bool
    parameters: bytes


def decode(payload: bytes, factor: float = 1.0) -> Packet:
    """Read one acceleration frame; `factor` is the one of the start response.

    The packet's tick is of its last sample, in nanoseconds.
    Raises DecodeError for anything but one well-formed frame of plausible values.
    """
    if not HEADER.size < len(payload) <= MAX_PAYLOAD_BYTES:
        raise DecodeError(f"a frame has {HEADER.size + 1} to {MAX_PAYLOAD_BYTES} bytes", payload)
    kind, tick, frame_type = HEADER.unpack_from(payload)
    if kind & 0x3F != ACCELERATION:
        raise DecodeError(f"measurement type {kind & 0x3F} is not acceleration", payload)
    acc_ms2 = _values_mg(payload, frame_type, factor) * MG_TO_MS2
    if not (np.abs(acc_ms2) <= MAX_ACC_MS2).all():
        raise DecodeError(f"holds {np.abs(acc_ms2).max():.4g} m/s², beyond any sensor", payload)
    return Packet(tick, acc_ms2)


def _values_mg(payload: bytes, frame_type: int, factor: float) -> FloatArray:
    match frame_type:
        case 0 | 1 | 2:
            return _raw(payload, width=frame_type + 1).astype(np.float64)
        case 0x80:
            return _uncompressed(payload).astype(np.float64) * (factor * 1000.0)
        case 0x81:
            return _uncompressed(payload).astype(np.float64) * factor
    raise DecodeError(f"unknown frame type 0x{frame_type:02x}", payload)


def _raw(payload: bytes, width: int) -> IntArray:
    """Samples of `width` bytes an axis, shape (n, 3)."""
    body = np.frombuffer(payload, np.uint8, offset=HEADER.size)
    if len(body) % (3 * width):
        raise DecodeError(f"{len(body)} bytes are not whole samples of 3 × {width} bytes", payload)
    by_byte = body.reshape(-1, 3, width).astype(np.int64)
    values: IntArray = by_byte @ (1 << 8 * np.arange(width, dtype=np.int64))
    return _signed(values, 8 * width)


def _uncompressed(payload: bytes) -> IntArray:
    """The reference sample and all deltas added up, shape (n, 3)."""
    start = HEADER.size + 6
    if len(payload) < start:
        raise DecodeError("ends within the reference sample", payload)
    steps = [np.frombuffer(payload, "<i2", 3, HEADER.size).astype(np.int64).reshape(1, 3)]
    while start < len(payload):
        group, start = _group(payload, start)
        steps.append(group)
        if sum(map(len, steps)) > MAX_FRAME_SAMPLES:
            raise DecodeError(f"claims more than {MAX_FRAME_SAMPLES} samples", payload)
    return np.cumsum(np.concatenate(steps), axis=0)


def _group(payload: bytes, start: int) -> tuple[IntArray, int]:
    """The deltas of the group at `start`, shape (count, 3), and where the next one starts."""
    if len(payload) - start < 2:
        raise DecodeError("ends within the head of a delta group", payload)
    bits, count = payload[start], payload[start + 1]
    if bits > MAX_DELTA_BITS or count == 0:
        raise DecodeError(f"a delta group of {count} samples with {bits} bits", payload)
    end = start + 2 + (3 * bits * count + 7) // 8
    if end > len(payload):
        raise DecodeError("ends within a delta group", payload)
    if bits == 0:
        return np.zeros((count, 3), np.int64), end
    body = np.frombuffer(payload[start + 2 : end], np.uint8)
    by_bit = np.unpackbits(body, bitorder="little", count=3 * bits * count).astype(np.int64)
    values: IntArray = by_bit.reshape(count, 3, bits) @ (1 << np.arange(bits, dtype=np.int64))
    return _signed(values, bits), end


def _signed(values: IntArray, bits: int) -> IntArray:
    """Two's complement of `bits` bits."""
    sign = np.int64(1 << (bits - 1))
    return (values ^ sign) - sign


def parse_response(payload: bytes) -> Response:
    """Read an answer of the control point.

    Raises DecodeError if it is none, or speaks of another measurement than acceleration.
    """
    if not 4 <= len(payload) <= MAX_PAYLOAD_BYTES or payload[0] != RESPONSE:
        raise DecodeError("not an answer of the control point", payload)
    try:
        operation, status = Operation(payload[1]), Status(payload[3])
    except ValueError as problem:
        raise DecodeError(f"unknown operation or status: {problem}", payload) from problem
    if payload[2] & 0x3F != ACCELERATION:
        raise DecodeError(f"answers for measurement type {payload[2] & 0x3F}", payload)
    return Response(operation, status, len(payload) > 4 and payload[4] != 0, payload[5:])


def is_stop_notice(payload: bytes) -> bool:
    """Tell whether the device says that it stopped streaming acceleration by itself."""
    return len(payload) > 1 and payload[0] == STOPPED_BY_DEVICE and ACCELERATION in payload[1:]


_VALUE_BYTES = {0: 2, 1: 2, 2: 2, 3: 4, 4: 1, 5: 4, 6: 16}
"""Width of one value of each kind: rate, resolution, range, range in milli-units, channels,
factor, security."""


def parse_settings(parameters: bytes) -> Settings:
    """Read the settings of a response, all its parts joined.

    Raises DecodeError if a kind is unknown, a value is cut off or the factor is no scale.
    """
    values: dict[int, tuple[int, ...]] = {}
    start = 0
    while start < len(parameters):
        kind, items, start = _setting(parameters, start)
        values[kind] = items
    rates, resolutions, ranges, channels = (values.get(kind, ()) for kind in (0, 1, 2, 4))
    factor = _factor(values[5][0], parameters) if values.get(5) else None
    return Settings(rates, resolutions, ranges, channels, factor)


def _setting(parameters: bytes, start: int) -> tuple[int, tuple[int, ...], int]:
    width = _VALUE_BYTES.get(parameters[start])
    if width is None:
        raise DecodeError(f"unknown kind of setting {parameters[start]}", parameters)
    if len(parameters) - start < 2:
        raise DecodeError("ends within the head of a setting", parameters)
    first = start + 2
    end = first + width * parameters[start + 1]
    if end > len(parameters):
        raise DecodeError("ends within a setting", parameters)
    items = (parameters[at : at + width] for at in range(first, end, width))
    return parameters[start], tuple(int.from_bytes(item, "little") for item in items), end


def _factor(bits: int, parameters: bytes) -> float:
    (factor,) = struct.unpack("<f", bits.to_bytes(4, "little"))
    if not (math.isfinite(factor) and factor > 0):
        raise DecodeError(f"a factor of {factor} is no scale", parameters)
    return float(factor)


def request_settings() -> bytes:
    """Return the write that asks what the device offers."""
    return bytes([Operation.SETTINGS, ACCELERATION])


def request_start(chosen: Settings) -> bytes:
    """Return the write that starts the stream; `chosen` holds at most one value of each."""
    stated = (
        (0, 2, chosen.rates_hz),
        (1, 2, chosen.resolutions_bits),
        (2, 2, chosen.ranges_g),
        (4, 1, chosen.channels),
    )
    settings = (
        bytes([kind, 1]) + value.to_bytes(width, "little")
        for kind, width, values in stated
        for value in values
    )
    return bytes([Operation.START, ACCELERATION]) + b"".join(settings)


def request_stop() -> bytes:
    """Return the write that stops the stream."""
    return bytes([Operation.STOP, ACCELERATION])
