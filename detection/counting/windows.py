"""All windows of a stretch of movement that could be one repetition near a given period.

Starts every 1/24 period, lengths 0.62 to 1.6 periods, each in the same comparable shape as a
cycle. Windows may overhang the stretch where the stretch is cut by the recording's edge; there
the first or last posture is taken to go on.
"""

from dataclasses import dataclass

import numpy as np

from detection.counting.cycles import POINTS, IntArray
from sensors.samples import FloatArray

STARTS_PER_PERIOD = 24
SCALES: FloatArray = np.exp(np.linspace(np.log(0.62), np.log(1.6), 15))
"""Window lengths in periods: people vary by half, a double must not fit."""
OVERHANG = 0.45
"""Periods by which a window may reach beyond a recording that begins or ends in mid-repetition."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The windows of one stretch, s starts by d lengths.

    start: (s,) samples, negative where overhanging. step: samples between starts.
    length: (d,) in steps. inside: (s, d) share of the window inside the stretch.
    shape: (s, d, 60) mean-free, not normalised. size: (s, d) root of its sum of squares.
    mean_ms2: (s, d, 3).
    """

    period: float
    start: IntArray
    step: int
    length: IntArray
    inside: FloatArray
    shape: FloatArray
    size: FloatArray
    mean_ms2: FloatArray

    @property
    def log_ratio(self) -> FloatArray:
        """(d,) log of the length over the period."""
        return np.asarray(np.log(self.length * self.step / self.period))

    def middle(self, start: IntArray, length: IntArray) -> FloatArray:
        """Middle of the windows of these start and length indices, in samples."""
        return np.asarray(self.start[start] + self.length[length] * self.step / 2)


def make_windows(stretch_ms2: FloatArray, period: float, overhang: float) -> Windows:
    """Return the windows of `stretch_ms2`, (n, 3), near `period` samples.

    overhang: periods by which a window may reach beyond the stretch.
    """
    n = len(stretch_ms2)
    step = max(1, round(period / STARTS_PER_PERIOD))
    over = int(overhang * period / step) * step
    start = np.arange(-over, n, step)
    length = np.unique(np.maximum(1, np.round(period * SCALES / step)).astype(np.int64))
    samples = length * step
    ends = start[:, None] + samples[None]
    inside = (np.minimum(ends, n) - np.maximum(start, 0)[:, None]) / samples[None]
    points = _points(stretch_ms2, over, start + over, samples)
    mean = points.mean(axis=2)
    shape = points - mean[:, :, None]
    size = np.sqrt((shape * shape).sum(axis=(2, 3)))
    flat = shape.reshape(len(start), len(length), 3 * POINTS)
    return Windows(period, start, step, length, inside, flat, size, mean)


def _points(stretch_ms2: FloatArray, over: int, start: IntArray, samples: IntArray) -> FloatArray:
    after = int(samples.max()) + 2
    padded = np.pad(stretch_ms2, ((over, after), (0, 0)), mode="edge")
    sums = np.concatenate((np.zeros((1, 3)), np.cumsum(padded, axis=0)))
    edges = np.arange(POINTS + 1)[None] * samples[:, None] / POINTS
    whole = edges.astype(np.int64)
    share = (edges - whole)[None, :, :, None]
    at = start[:, None, None] + whole[None]
    low = sums[at]
    area = np.diff(low + share * (sums[at + 1] - low), axis=2)
    return np.asarray(area * (POINTS / samples)[None, :, None, None])
