"""Messages to the bytes of a FIT file, and nothing about what they mean.

A file is a header, records and a CRC. A record is a definition (which fields, how wide, of which
base type) or the data that follows its definition. Little-endian. A value that is not known is
written as its base type's invalid value, as FIT wants; so is one that does not fit.
Source: Garmin, Flexible and Interoperable Data Transfer protocol, version 2.0.
"""

import struct
from dataclasses import dataclass
from enum import Enum

PROTOCOL_VERSION = 0x20
"""2.0, as high nibble and low."""
PROFILE_VERSION = 21218
"""21.218: that of the decoder which the tests read with."""
HEADER_BYTES = 14
SIGNATURE = b".FIT"
DEFINITION = 0x40
"""The bit of a record's header that says definition."""
LOCAL_TYPES = 16
CRC_POLYNOMIAL = 0xA001
"""CRC-16/ARC, reflected; starts at 0."""


class Base(Enum):
    """A base type: its number in a definition, its struct code, and its invalid value."""

    ENUM = (0x00, "B", 0xFF)
    UINT8 = (0x02, "B", 0xFF)
    UINT16 = (0x84, "H", 0xFFFF)
    UINT32 = (0x86, "I", 0xFFFFFFFF)

    @property
    def number(self) -> int:
        """As a definition names it."""
        return self.value[0]

    @property
    def code(self) -> str:
        """As struct names it."""
        return self.value[1]

    @property
    def invalid(self) -> int:
        """What stands for not known."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message by its number in the profile; value None: not known."""

    number: int
    base: Base
    value: int | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message by its number in the profile."""

    number: int
    fields: tuple[Field, ...]


def encode(messages: tuple[Message, ...]) -> bytes:
    """A FIT file. Raises ValueError for more than 16 kinds of message."""
    local: dict[bytes, int] = {}
    records = bytearray()
    for message in messages:
        layout = _layout(message)
        if layout not in local:
            if len(local) == LOCAL_TYPES:
                raise ValueError(f"a FIT file has at most {LOCAL_TYPES} kinds of message")
            local[layout] = len(local)
            records += bytes([DEFINITION | local[layout]]) + layout
        records.append(local[layout])
        records += b"".join(_value(field) for field in message.fields)
    body = _header(len(records)) + records
    return body + struct.pack("<H", crc(body))


def crc(data: bytes) -> int:
    """The CRC of a FIT header or file."""
    register = 0
    for byte in data:
        register ^= byte
        for _ in range(8):
            carry = register & 1
            register >>= 1
            if carry:
                register ^= CRC_POLYNOMIAL
    return register


def _header(data_bytes: int) -> bytes:
    start = struct.pack(
        "<BBHI4s", HEADER_BYTES, PROTOCOL_VERSION, PROFILE_VERSION, data_bytes, SIGNATURE
    )
    return start + struct.pack("<H", crc(start))


def _layout(message: Message) -> bytes:
    """A definition without its header: reserved, little-endian, message, then field by field."""
    fields = [
        struct.pack("<BBB", field.number, struct.calcsize(field.base.code), field.base.number)
        for field in message.fields
    ]
    return struct.pack("<BBHB", 0, 0, message.number, len(fields)) + b"".join(fields)


def _value(field: Field) -> bytes:
    value = field.value
    fits = value is not None and 0 <= value < field.base.invalid
    return struct.pack(f"<{field.base.code}", value if fits else field.base.invalid)
