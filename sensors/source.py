"""What every source of samples offers, whatever is behind it: a radio, a phone, a recording."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from sensors.samples import SampleBlock


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What is known of a stream before its first sample; None where it is not."""

    rate_hz: float
    device: str | None = None
    placement: str | None = None
    side: str | None = None
    exercise: str | None = None


class SampleSource(Protocol):
    """A stream of samples from one sensor."""

    @property
    def info(self) -> StreamInfo:
        """What the stream is."""
        ...

    def blocks(self) -> AsyncIterator[SampleBlock]:
        """The samples as they arrive, in order; the iterator ends with the stream."""
        ...
