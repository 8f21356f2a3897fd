"""All windows of a stretch of movement that could be one repetition near a given period.

The stretch is averaged into steps of a 24th of the period; a window begins at any step and lasts
0.62 to 1.6 periods, in the same comparable shape as a cycle. Windows may overhang the stretch
where it is cut by the recording's edge; there the first or last posture is taken to go on.
"""

import math
from dataclasses import dataclass

import numpy as np

from detection.counting.shapes import COSINES, IntArray, shape_matrix, soft_limited
from sensors.samples import FloatArray

STEPS_PER_PERIOD = 24
LENGTHS: IntArray = np.unique(
    np.round(STEPS_PER_PERIOD * np.exp(np.linspace(np.log(0.62), np.log(1.6), 15))).astype(np.int64)
)
"""Window lengths in steps: people vary by half, a double must not fit."""
LOG_RATIOS: FloatArray = np.log(LENGTHS / STEPS_PER_PERIOD)
OVERHANG = 0.45
"""Periods by which a window may reach beyond a recording that begins or ends in mid-repetition."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The windows of one stretch, s starts by d lengths.

    step: samples between starts. start: (s,) in steps, negative where overhanging. inside: (s, d)
    share of the window inside the stretch, 0 where it reaches too far beyond. shape: (s, d, 24)
    mean-free, not normalised. size_ms2: (s, d) its RMS. mean_ms2: (s, d, 3).
    """

    step: float
    start: IntArray
    inside: FloatArray
    shape: FloatArray
    size_ms2: FloatArray
    mean_ms2: FloatArray

    def middle(self, start: IntArray, length: IntArray) -> FloatArray:
        """Middle of the windows of these start and length indices, in steps."""
        return np.asarray(self.start[start] + LENGTHS[length] / 2)

    def nearest_start(self, steps: FloatArray) -> IntArray:
        """Index of the start nearest to each of these positions, which may be out of range."""
        return np.asarray(np.round(steps).astype(np.int64) - self.start[0])


def make_windows(
    stretch_ms2: FloatArray, period: float, before: float = OVERHANG, after: float = OVERHANG
) -> Windows:
    """Return the windows of `stretch_ms2`, (n, 3), near `period` samples.

    before, after: periods by which a window may reach beyond the stretch.
    """
    step = period / STEPS_PER_PERIOD
    path = _in_steps(soft_limited(stretch_ms2), step)
    earlier, later = int(before * STEPS_PER_PERIOD), int(LENGTHS[-1])
    start = np.arange(-earlier, len(path))
    padded = np.pad(path, ((earlier, later), (0, 0)), mode="edge")
    longest = np.lib.stride_tricks.sliding_window_view(padded, later, axis=0)[: len(start)]
    terms = (longest.reshape(-1, later) @ MATRIX).reshape(len(start), 3, len(LENGTHS), 1 + COSINES)
    shape = np.concatenate([terms[:, axis, :, 1:] for axis in range(3)], axis=2)
    mean_ms2 = terms[:, :, :, 0].transpose(0, 2, 1)
    end = start[:, None] + LENGTHS
    inside = (np.minimum(end, len(path)) - np.maximum(start, 0)[:, None]) / LENGTHS
    size_ms2 = np.sqrt(np.einsum("sdi,sdi->sd", shape, shape))
    inside[end > len(path) + int(after * STEPS_PER_PERIOD)] = 0.0
    return Windows(step, start, inside, shape, size_ms2, mean_ms2)


def _in_steps(samples_ms2: FloatArray, step: float) -> FloatArray:
    """(n, 3) samples as means over steps; the last step may hold less than a whole one."""
    n = len(samples_ms2)
    edges = np.minimum(np.arange(math.ceil(n / step) + 1) * step, n)
    whole = np.minimum(edges.astype(np.int64), n - 1)
    sums = np.concatenate((np.zeros((1, 3)), np.cumsum(samples_ms2, axis=0)))
    at_edges = sums[whole] + (edges - whole)[:, None] * (sums[whole + 1] - sums[whole])
    return np.asarray(np.diff(at_edges, axis=0) / np.maximum(np.diff(edges), 1e-9)[:, None])


def _all_lengths() -> FloatArray:
    """(38, 15 * 9) that turns the longest window into the terms of all that begin with it."""
    matrix = np.zeros((LENGTHS[-1], len(LENGTHS), 1 + COSINES))
    for index, length in enumerate(LENGTHS):
        matrix[:length, index] = shape_matrix(int(length))
    return matrix.reshape(len(matrix), -1)


MATRIX = _all_lengths()
