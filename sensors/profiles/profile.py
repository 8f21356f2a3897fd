"""What is particular to a device family: its GATT characteristics and how it is started.

Starting is a dialogue with the device's control characteristic. It is written as a generator that
knows nothing of Bluetooth: it yields what to write (or None to hear more), is sent each answer,
and returns what the stream will be. A `Setting` that it yields is written without an answer to wait
for. `sensors.ble_link` holds the conversation.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from sensors.decoders.packet import Packet


@dataclass(frozen=True, slots=True)
class Streaming:
    """A started stream: its true rate, its full scale (± m/s²; None: not stated), its decoder."""

    rate_hz: float
    range_ms2: float | None
    decode: Callable[[bytes], Packet]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is written to a characteristic, with response; the device says no more about it."""

    uuid: str
    value: bytes


Dialogue = Generator[bytes | Setting | None, bytes, Streaming]


@dataclass(frozen=True, slots=True)
class Profile:
    """A device family.

    kinds: how an advertised name begins, and what such a device is called in records.
    start: makes the dialogue that starts the stream; stop: the write that ends it and is answered,
        empty where none is.
    control_uuid: None where nothing is answered.
    is_answer: whether a message of the data characteristic is an answer, for families that answer
        there; None where the control characteristic answers itself.
    settings, parting: written first and last.
    is_stop_notice: whether a message of the control characteristic says that the device stopped.
    ticks_per_s: of the device's clock; a packet's tick is of its last sample. None where samples
        carry no time and are dated by count.
    tick_span: after so many ticks that clock begins again at 0; None: not within a lifetime.
    """

    family: str
    kinds: tuple[tuple[str, str], ...]
    service_uuid: str
    control_uuid: str | None
    data_uuid: str
    ticks_per_s: float | None
    start: Callable[[], Dialogue]
    stop: bytes
    is_stop_notice: Callable[[bytes], bool]
    settings: tuple[Setting, ...] = ()
    parting: tuple[Setting, ...] = ()
    tick_span: int | None = None
    is_answer: Callable[[bytes], bool] | None = None

    def kind_of(self, name: str) -> str | None:
        """Return what the device of this advertised name is; None if it is no such device."""
        return next((kind for start, kind in self.kinds if name.startswith(start)), None)
