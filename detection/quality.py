"""What is wrong with a stream, said once for each kind.

Looked at in stretches of five seconds, cut by number of samples, so that what is said does not
depend on the blocks.
"""

import numpy as np

from detection.events import Quality, QualityFlag
from sensors.samples import FloatArray, SampleBlock

STRETCH_S = 5.0
LEAST_STRETCH_S = 1.0
"""What is left at the end is looked at from here on; fewer samples tell no rate."""
LOWEST_RATE_HZ = 12.5
"""Below it the fastest repetitions have fewer than eight samples."""
HIGHEST_RATE_HZ = 1000.0
"""Above it no body-worn accelerometer delivers; the rate is more likely misread."""
RATE_TOLERANCE = 0.05
"""Share by which samples may arrive faster or slower than stated (crystals: 0.0001)."""
LEAST_GRAVITY_MS2 = 5.0
"""Mean |a| over five seconds is gravity, unless a sensor reports motion without it."""
MOST_MEAN_MS2 = 50.0
"""Five times gravity over five seconds: nobody exercises so, the numbers are in another unit."""
UNITS = {"g": 1.0, "mg": 1000.0}
"""What gravity is in other units."""
UNIT_TOLERANCE = 0.15
"""A sensor's error and slow movement; linear acceleration of that very size is not steady."""
STEADY = 0.3
"""Spread of |a| over its mean: below 0.2 in slow exercise, above 0.4 without gravity."""
CLIPPED_FROM_MS2 = 15.0
"""The smallest range in use is 2 g = 19.6 m/s²; less cannot be a range's end."""
CLIPPED_RUN = 4
"""Equal extreme values in a row: a real peak has one or two."""
MOVED_MS2 = 2.0
"""Another axis moved this much (12° of tilt) while one did not move at all."""
SHORTEST_S = 2.0
"""Shorter recordings hold no three repetitions."""


class QualityMonitor:
    """Sample blocks in, flags out; each kind once."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._length = max(8, round(STRETCH_S * rate_hz))
        self._t_s: FloatArray = np.zeros(0)
        self._acc_ms2: FloatArray = np.zeros((0, 3))
        self._said: set[Quality] = set()
        self._first_s: float | None = None
        self._last_s = 0.0

    def push(self, block: SampleBlock) -> list[QualityFlag]:
        """Take samples without a hole in them; return what is newly wrong."""
        flags: list[QualityFlag] = []
        if self._first_s is None and len(block):
            self._first_s = float(block.t_s[0])
            flags += self._rate(self._first_s)
        if len(block):
            self._last_s = float(block.t_s[-1])
        self._t_s = np.concatenate((self._t_s, block.t_s))
        self._acc_ms2 = np.concatenate((self._acc_ms2, block.acc_ms2))
        whole = len(self._t_s) // self._length
        for first in range(0, whole * self._length, self._length):
            part = slice(first, first + self._length)
            flags += self._stretch(self._t_s[part], self._acc_ms2[part])
        self._t_s = self._t_s[whole * self._length :]
        self._acc_ms2 = self._acc_ms2[whole * self._length :]
        return flags

    def hole(self, at_s: float, hole_s: float) -> list[QualityFlag]:
        """Samples were lost; what was collected of the running stretch is dropped."""
        self._t_s, self._acc_ms2 = self._t_s[:0], self._acc_ms2[:0]
        return self._say(at_s, Quality.GAP, f"{hole_s:.2f} s without samples")

    def once(self, flags: list[QualityFlag]) -> list[QualityFlag]:
        """Those of the flags whose kind has not been said yet."""
        new = list({flag.flag: flag for flag in flags if flag.flag not in self._said}.values())
        self._said.update(flag.flag for flag in new)
        return new

    def flush(self) -> list[QualityFlag]:
        """End the stream: look at what is left of it."""
        flags: list[QualityFlag] = []
        if self._first_s is None or self._last_s - self._first_s < SHORTEST_S:
            lasted_s = 0.0 if self._first_s is None else self._last_s - self._first_s
            flags += self._say(self._last_s, Quality.TOO_SHORT, f"{lasted_s:.2f} s")
        if len(self._t_s) >= max(2, LEAST_STRETCH_S * self._rate_hz):
            flags += self._stretch(self._t_s, self._acc_ms2)
        return flags

    def _rate(self, at_s: float) -> list[QualityFlag]:
        if self._rate_hz < LOWEST_RATE_HZ:
            return self._say(at_s, Quality.LOW_RATE, f"{self._rate_hz:g} Hz")
        if self._rate_hz > HIGHEST_RATE_HZ:
            return self._say(at_s, Quality.HIGH_RATE, f"{self._rate_hz:g} Hz")
        return []

    def _stretch(self, t_s: FloatArray, acc_ms2: FloatArray) -> list[QualityFlag]:
        at_s = float(t_s[-1])
        flags: list[QualityFlag] = []
        arrived_hz = (len(t_s) - 1) / float(t_s[-1] - t_s[0])
        if abs(arrived_hz / self._rate_hz - 1) > RATE_TOLERANCE:
            detail = f"{arrived_hz:.1f} Hz arrive, {self._rate_hz:g} Hz stated"
            flags += self._say(at_s, Quality.RATE_MISMATCH, detail)
        flags += self._gravity(at_s, np.sqrt((acc_ms2 * acc_ms2).sum(axis=1)))
        spread = np.ptp(acc_ms2, axis=0)
        if spread.max() == 0:
            flags += self._say(at_s, Quality.NO_SIGNAL, "no axis changes, not even by noise")
        elif spread.max() > MOVED_MS2 and spread.min() == 0:
            axis = "xyz"[int(spread.argmin())]
            flags += self._say(at_s, Quality.AXIS_STUCK, f"{axis} does not change")
        if any(_longest_extreme_run(acc_ms2[:, axis]) >= CLIPPED_RUN for axis in range(3)):
            detail = f"values stay at ±{np.abs(acc_ms2).max():.1f} m/s²"
            flags += self._say(at_s, Quality.CLIPPED, detail)
        return flags

    def _gravity(self, at_s: float, size_ms2: FloatArray) -> list[QualityFlag]:
        mean_ms2, spread_ms2 = float(size_ms2.mean()), float(size_ms2.std())
        is_steady = spread_ms2 <= STEADY * mean_ms2
        for unit, gravity in UNITS.items():
            if is_steady and abs(mean_ms2 / gravity - 1) <= UNIT_TOLERANCE:
                detail = f"mean |a| is {mean_ms2:.4g}, as gravity is in {unit}; m/s² are expected"
                return self._say(at_s, Quality.WRONG_UNIT, detail)
        detail = f"mean |a| is {mean_ms2:.2f} m/s²; gravity alone is 9.8"
        if mean_ms2 < LEAST_GRAVITY_MS2:
            return self._say(at_s, Quality.NO_GRAVITY, detail)
        if mean_ms2 > MOST_MEAN_MS2:
            return self._say(at_s, Quality.WRONG_UNIT, detail)
        return []

    def _say(self, at_s: float, flag: Quality, detail: str) -> list[QualityFlag]:
        return self.once([QualityFlag(at_s, flag, detail)])


def _longest_extreme_run(values: FloatArray) -> int:
    """Longest run of the largest absolute value, if that could be a range's end; else 0."""
    top = np.abs(values).max()
    if top < CLIPPED_FROM_MS2:
        return 0
    edges = np.diff(np.concatenate(([0], (np.abs(values) == top).astype(np.int64), [0])))
    return int((np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)).max())
