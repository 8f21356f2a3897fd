"""The device's timeline becomes the counter's uniform grid; holes are found here.

The counter looks at movement, not at shaking or impacts: 25 samples a second of the acceleration,
low-passed at 3 Hz with gravity kept, hold everything that tells one repetition from the next
(the recordings' repetitions last 0.9 to 22 s). Filter and interpolation are causal and carry
their state, so that the grid does not depend on how the samples were cut into blocks.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import signal

from sensors.samples import FloatArray, SampleBlock

GRID_RATE_HZ = 25.0
"""Four times the low-pass's edge and then some; the rate of the slowest recordings there are."""


@dataclass(frozen=True, slots=True)
class GridParams:
    """How samples reach the grid.

    low_pass_hz: movement above it is not a repetition (fastest: 0.6 s, with four harmonics 6.6 Hz
        less what a limb's inertia takes; 2-4 Hz count alike).
    bridged_s: a hole up to this long is crossed by a straight line on the grid, so that a lost
        link does not cut a set in two; a longer one begins a new stream. On recorded bridges and
        knee rolls of 6 to 8 s, holes of 3 s leave the count as it was, of 6 s half of the time. The
        hole is reported either way.
    """

    low_pass_hz: float = 3.0
    bridged_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Hole:
    """No samples from `start_s` to `end_s`."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class GapRule:
    """When two neighbouring samples have lost something between them.

    least_s: shorter holes hide less than a quarter of a 4 Hz oscillation.
    intervals: in units of the nominal interval; radio stacks jitter stamps by more than one.
    """

    least_s: float = 0.06
    intervals: float = 2.5

    def limit_s(self, rate_hz: float) -> float:
        """Seconds between two samples above which there is a hole."""
        return max(self.least_s, self.intervals / rate_hz)


def delay_s(params: GridParams) -> float:
    """Seconds by which the low-pass, a second-order Butterworth, lags behind slow movement."""
    return math.sqrt(2) / (2 * math.pi * params.low_pass_hz)


class Grid:
    """Samples in, uniformly spaced low-passed samples out, in m/s².

    The first grid sample is at the first sample's time. A grid sample comes out with the first
    sample at or after its time.
    """

    def __init__(self, rate_hz: float, params: GridParams = GridParams()) -> None:
        edge_hz = min(params.low_pass_hz, 0.45 * rate_hz)
        self._sos: FloatArray = signal.butter(2, edge_hz, fs=rate_hz, output="sos")
        self._at_rest: FloatArray = signal.sosfilt_zi(self._sos)[:, :, None]
        self._state: FloatArray | None = None
        self._last_t_s = 0.0
        self._last_acc_ms2: FloatArray = np.zeros(3)
        self._start_s = 0.0
        self._next = 0

    def push(self, block: SampleBlock) -> FloatArray:
        """Return the grid samples, shape (n, 3), that `block` completes."""
        if len(block) == 0:
            return np.zeros((0, 3))
        if self._state is None:
            self._begin(block)
        smooth, self._state = signal.sosfilt(self._sos, block.acc_ms2, axis=0, zi=self._state)
        t_s = np.concatenate(([self._last_t_s], block.t_s))
        values = np.concatenate((self._last_acc_ms2[None], smooth))
        self._last_t_s, self._last_acc_ms2 = float(t_s[-1]), values[-1]
        return self._interpolate(t_s, values)

    def bridge(self, block: SampleBlock) -> FloatArray:
        """Like push, for the first block after a hole, which a straight line crosses."""
        self._state = self._at_rest * block.acc_ms2[0]
        return self.push(block)

    def time_s(self, index: int) -> float:
        """Stream time of grid sample `index`."""
        return self._start_s + index / GRID_RATE_HZ

    def _begin(self, block: SampleBlock) -> None:
        self._state = self._at_rest * block.acc_ms2[0]
        self._start_s = self._last_t_s = float(block.t_s[0])
        self._last_acc_ms2 = block.acc_ms2[0]

    def _interpolate(self, t_s: FloatArray, values: FloatArray) -> FloatArray:
        end = int(np.floor((t_s[-1] - self._start_s) * GRID_RATE_HZ)) + 2
        grid_s = self._start_s + np.arange(self._next, end) / GRID_RATE_HZ
        grid_s = grid_s[grid_s <= t_s[-1]]
        self._next += len(grid_s)
        after = np.clip(np.searchsorted(t_s, grid_s, side="left"), 1, len(t_s) - 1)
        width_s = np.maximum(t_s[after] - t_s[after - 1], 1e-9)
        share = np.clip((grid_s - t_s[after - 1]) / width_s, 0.0, 1.0)[:, None]
        return np.asarray(values[after - 1] + share * (values[after] - values[after - 1]))
