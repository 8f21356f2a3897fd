"""What a Polar sensor would send: the wire format of sensors.decoders.polar, written not read."""

import struct

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


def raw_frame(tick_ns: int, mg: IntArray, width: int = 2) -> bytes:
    """mg: (n, 3) integers; width: bytes per axis."""
    body = b"".join(int(v).to_bytes(width, "little", signed=True) for v in mg.reshape(-1))
    return struct.pack("<BQB", 2, tick_ns, width - 1) + body


def compressed_frame(tick_ns: int, units: IntArray, frame_type: int = 1, group: int = 10) -> bytes:
    """units: (n, 3) integers as they are before the factor; `group` deltas a group."""
    head = struct.pack("<BQB3h", 2, tick_ns, 0x80 | frame_type, *(int(v) for v in units[0]))
    deltas = np.diff(units, axis=0)
    groups = (deltas[at : at + group] for at in range(0, len(deltas), group))
    return head + b"".join(map(_group, groups))


def _group(deltas: IntArray) -> bytes:
    bits = max((int(d).bit_length() if d >= 0 else int(~d).bit_length()) + 1 for d in deltas.flat)
    packed = 0
    for place, delta in enumerate(deltas.reshape(-1)):
        packed |= (int(delta) & ((1 << bits) - 1)) << (place * bits)
    return bytes([bits, len(deltas)]) + packed.to_bytes((bits * deltas.size + 7) // 8, "little")


def response(operation: int, status: int = 0, parameters: bytes = b"", more: int = 0) -> bytes:
    head = bytes([0xF0, operation, 2, status])
    return head if status else head + bytes([more]) + parameters


def setting(kind: int, values: list[int], width: int) -> bytes:
    return bytes([kind, len(values)]) + b"".join(v.to_bytes(width, "little") for v in values)


def factor_setting(factor: float) -> bytes:
    return bytes([5, 1]) + struct.pack("<f", factor)


H10_SETTINGS = setting(0, [25, 50, 100, 200], 2) + setting(1, [16], 2) + setting(2, [2, 4, 8], 2)
VERITY_SETTINGS = (
    setting(0, [52], 2) + setting(1, [16], 2) + setting(2, [8], 2) + setting(4, [3], 1)
)
