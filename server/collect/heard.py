"""What a collecting session has heard so far: the signal, its rate, and the count."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from detection.events import Event, RepCorrection, RepEvent, SetDiscarded, SetEnded, SetStarted
from sensors.samples import SampleBlock


@dataclass(frozen=True, slots=True)
class HeardParams:
    """rate_window_s: the rate is measured over so much stream time. trace_blocks: how many blocks
    the little picture of the signal shows."""

    rate_window_s: float = 5.0
    trace_blocks: int = 24


class Heard:
    """Takes blocks and events, and keeps none of them.

    set_number, count: of the set that is going on or was the last; None before the first.
    counts: final counts of the sets that have ended.
    trace_ms2: how far the acceleration went within each of the last blocks.
    """

    def __init__(self, params: HeardParams | None = None) -> None:
        params = params or HeardParams()
        self._rate_window_s = params.rate_window_s
        self._recent: deque[SampleBlock] = deque()
        self.samples = 0
        self.stream_s = 0.0
        self.set_number: int | None = None
        self.count: int | None = None
        self.counts: list[int] = []
        self.trace_ms2: deque[float] = deque(maxlen=params.trace_blocks)

    def take(self, block: SampleBlock) -> None:
        """Note the next samples."""
        self.samples += len(block)
        self.stream_s = float(block.t_s[-1])
        self.trace_ms2.append(float(np.linalg.norm(np.ptp(block.acc_ms2, axis=0))))
        self._recent.append(block)
        while self.stream_s - self._recent[0].t_s[-1] > self._rate_window_s:
            self._recent.popleft()

    def take_events(self, events: Iterable[Event]) -> None:
        """Note what became known."""
        for event in events:
            match event:
                case SetStarted():
                    self.set_number, self.count = event.set_number, 0
                case RepEvent() | RepCorrection():
                    self.set_number, self.count = event.set_number, event.count
                case SetDiscarded():
                    self.set_number = self.count = None
                case SetEnded():
                    self.set_number, self.count = event.set_number, len(event.reps)
                    self.counts.append(len(event.reps))
                case _:
                    pass

    def rate_hz(self) -> float | None:
        """Samples a second over the last seconds; None before there are two blocks."""
        if len(self._recent) < 2:
            return None
        n = sum(map(len, self._recent)) - len(self._recent[0])
        elapsed_s = self.stream_s - float(self._recent[0].t_s[-1])
        return n / elapsed_s
