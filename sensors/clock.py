"""Device ticks to stream seconds.

Notifications arrive in bursts, late and uneven (125 ms RMS at a 45 ms connection interval), so a
sample's time is what the *device's* clock says of it, never when it arrived. Stream time begins at
0 with the first sample. A hole in the device's time is a jump in stream time; nothing is stretched
over it and nothing is made up. A clock that starts again (the device rebooted) continues where the
host's clock says.

The other direction, stream time to the host's clock, is the lower envelope: delays only ever add,
so the least delayed packet of each second shows the true offset (1.5 ms RMS in simulation).
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from sensors.samples import FloatArray


@dataclass(frozen=True, slots=True)
class ClockParams:
    """Limits of what counts as the same, uninterrupted device clock.

    rate_tolerance: relative error of the nominal rate that is no gap; Polar's sensors run up to
        2 % off, a lost packet of a 36-sample stream is 100 %.
    gap_periods: a step of more sample periods than this is a gap, for streams of single samples.
    least_share: a packet that took less than this share of its nominal time cannot be from the
        same clock.
    max_lead_s: the device's clock may run this far ahead of the host's between two packets
        (stalls deliver late, replays run fast) before it counts as set anew.
    """

    rate_tolerance: float = 0.05
    gap_periods: float = 1.5
    least_share: float = 0.5
    max_lead_s: float = 60.0


class StreamClock:
    """Gives the samples of successive packets their stream time.

    rate_hz: the stream's nominal rate; ticks_per_s: of the device's clock.
    tick_span: after so many ticks that clock begins again at 0, which is no restart; a step is the
        shorter way round, so a hole of more than half the span goes by the host's clock.
    `gaps` and `restarts` count what was found so far.
    """

    def __init__(
        self,
        rate_hz: float,
        ticks_per_s: float,
        params: ClockParams | None = None,
        *,
        tick_span: int | None = None,
    ) -> None:
        self._params = params or ClockParams()
        self._period_s = 1.0 / rate_hz
        self._ticks_per_s = ticks_per_s
        self._tick_span = tick_span
        self._envelope = LowerEnvelope()
        self._last: _Last | None = None
        self.gaps = 0
        self.restarts = 0

    def date_last(self, tick: int, n: int, host_s: float) -> FloatArray:
        """Return the stream times of `n` samples of which the last was taken at `tick`.

        host_s: the host's monotonic clock on arrival. The times increase strictly, also across
        calls. A packet seen before (the same tick) has no new samples: the result is empty.
        """
        if self._last is not None and tick == self._last.tick:
            return np.empty(0)
        t_s = self._times(tick, n, host_s)
        self._last = _Last(tick, float(t_s[-1]), host_s)
        self._envelope.add(self._last.stream_s, host_s)
        return t_s

    def host_s(self, stream_s: float) -> float:
        """Return the host's monotonic time at `stream_s`; raises ValueError before any packet."""
        return self._envelope.host_s(stream_s)

    def _times(self, tick: int, n: int, host_s: float) -> FloatArray:
        last = self._last
        if last is None:
            return self._period_s * np.arange(n, dtype=np.float64)
        step_s = self._step(last.tick, tick) / self._ticks_per_s
        expected_s = n * self._period_s
        lead_s = step_s - (host_s - last.host_s)
        least_s = self._params.least_share * expected_s
        if step_s < least_s or lead_s > self._params.max_lead_s:
            self.restarts += 1
            return self._continued_by_host(last, n, host_s)
        if step_s - expected_s > self._slack_s(expected_s):
            self.gaps += 1
            return self._back_dated(last.stream_s + step_s, n)
        return last.stream_s + step_s * np.arange(1, n + 1, dtype=np.float64) / n

    def _step(self, before: int, after: int) -> int:
        """Ticks from one to the other, the shorter way round where the clock begins again."""
        if self._tick_span is None:
            return after - before
        half = self._tick_span // 2
        return (after - before + half) % self._tick_span - half

    def _slack_s(self, expected_s: float) -> float:
        by_period = (self._params.gap_periods - 1.0) * self._period_s
        return max(by_period, self._params.rate_tolerance * expected_s)

    def _back_dated(self, end_s: float, n: int) -> FloatArray:
        return end_s - self._period_s * np.arange(n - 1, -1, -1, dtype=np.float64)

    def _continued_by_host(self, last: "_Last", n: int, host_s: float) -> FloatArray:
        """Two periods at least, so that whoever looks at the times sees the seam."""
        end_s = last.stream_s + max(host_s - last.host_s, (n + 1) * self._period_s)
        return self._back_dated(end_s, n)


@dataclass(frozen=True, slots=True)
class _Last:
    """The last sample of the last packet."""

    tick: int
    stream_s: float
    host_s: float


@dataclass(frozen=True, slots=True)
class EnvelopeParams:
    """How the least delayed packets are turned into a line.

    bucket_s, window_s: one packet, the least delayed, is kept of each bucket over the window.
    slope_after_s: below this span only the offset is fitted; a slope would be noise.
    max_drift: crystals differ by tens of ppm; more than 300 ppm is a bad fit.
    refits: how often the later half is dropped and the line fitted again.
    offset_percentile: of the remaining delays, the one that sets the offset; 0 would trust a
        single outlier.
    """

    bucket_s: float = 1.0
    window_s: float = 60.0
    slope_after_s: float = 10.0
    max_drift: float = 300e-6
    refits: int = 3
    offset_percentile: float = 5.0


class LowerEnvelope:
    """Maps stream time to the host's clock from arrivals that are late by unknown amounts."""

    def __init__(self, params: EnvelopeParams | None = None) -> None:
        self._params = params or EnvelopeParams()
        self._least: deque[tuple[float, float]] = deque()
        self._bucket = 0

    def add(self, stream_s: float, host_s: float) -> None:
        """Take note that what was measured at `stream_s` arrived at `host_s`."""
        bucket = int(host_s // self._params.bucket_s)
        if not self._least or bucket != self._bucket:
            self._bucket = bucket
            self._least.append((stream_s, host_s))
        elif host_s - stream_s < self._least[-1][1] - self._least[-1][0]:
            self._least[-1] = (stream_s, host_s)
        while self._least[0][1] < host_s - self._params.window_s:
            self._least.popleft()

    def host_s(self, stream_s: float) -> float:
        """Return the host's time at `stream_s`; raises ValueError before the first arrival."""
        if not self._least:
            raise ValueError("nothing has arrived yet")
        x0, (offset_s, drift) = self._least[0][0], self._fit()
        return stream_s + offset_s + drift * (stream_s - x0)

    def _fit(self) -> tuple[float, float]:
        """Return the offset at the oldest kept arrival, s, and the drift, s/s."""
        stream_s, host_s = np.array(self._least).T
        x, delay_s = stream_s - stream_s[0], host_s - stream_s
        if x[-1] < self._params.slope_after_s:
            return float(delay_s.min()), 0.0
        drift, offset_s = np.polyfit(x, delay_s, 1)
        for _ in range(self._params.refits):
            late_s = delay_s - (offset_s + drift * x)
            early = late_s <= np.median(late_s)
            if early.sum() < 5 or np.ptp(x[early]) == 0:
                break
            drift, offset_s = np.polyfit(x[early], delay_s[early], 1)
        drift = float(np.clip(drift, -self._params.max_drift, self._params.max_drift))
        return float(np.percentile(delay_s - drift * x, self._params.offset_percentile)), drift
