"""The one loop, offline and live: sample blocks in, events out."""

from detection.events import Event
from sensors.samples import SampleBlock


class Tracker:
    """Follows one stream of samples and says what it sees.

    `push` accepts blocks of any size; any partition of a recording gives identical events.
    """

    def push(self, block: SampleBlock) -> list[Event]:
        """Take the next samples and return what became known with them."""
        return []

    def flush(self) -> list[Event]:
        """End the stream: close the open set and finish the last tremor windows."""
        return []
