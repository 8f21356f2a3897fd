"""Stream seconds for sensors that do not date their samples: by count.

A sample is one nominal period after the one before it. A stall of the radio delivers late what was
measured in time, and is none of the stream's; only a silence so long that the radio itself gives
the link up has lost something, and is a gap of its true length by the host's clock. A loss shorter
than that cannot be seen, and a rate that is off by some per cent shifts the pitch of shaking by as
much.
"""

from dataclasses import dataclass

import numpy as np

from sensors.clock import LowerEnvelope
from sensors.samples import FloatArray


@dataclass(frozen=True, slots=True)
class CountClockParams:
    """lost_after_s: so long without a packet, and samples were lost: links are given up after 4 s
    of silence, and stalls of up to 2 s are common."""

    lost_after_s: float = 3.5


class CountClock:
    """Gives the samples of successive packets their stream time; as StreamClock does by ticks."""

    def __init__(self, rate_hz: float, params: CountClockParams | None = None) -> None:
        self._params = params or CountClockParams()
        self._period_s = 1.0 / rate_hz
        self._envelope = LowerEnvelope()
        self._last_s: float | None = None
        self._last_host_s = 0.0
        self.gaps = 0
        self.restarts = 0

    def date_last(self, tick: int, n: int, host_s: float) -> FloatArray:  # noqa: ARG002
        """Return the stream times of the next `n` samples; they increase strictly.

        tick: means nothing here. host_s: the host's monotonic clock on arrival.
        """
        t_s = self._next_s(n, host_s) + self._period_s * np.arange(n, dtype=np.float64)
        self._last_s, self._last_host_s = float(t_s[-1]), host_s
        self._envelope.add(self._last_s, host_s)
        return np.asarray(t_s)

    def host_s(self, stream_s: float) -> float:
        """Return the host's monotonic time at `stream_s`; raises ValueError before any packet."""
        return self._envelope.host_s(stream_s)

    def _next_s(self, n: int, host_s: float) -> float:
        """Time of the first of the next samples."""
        if self._last_s is None:
            return 0.0
        silent_s = host_s - self._last_host_s
        if silent_s <= self._params.lost_after_s:
            return self._last_s + self._period_s
        self.gaps += 1
        # two periods at least, so that whoever looks at the times sees the seam
        return self._last_s + max(silent_s - (n - 1) * self._period_s, 2 * self._period_s)
