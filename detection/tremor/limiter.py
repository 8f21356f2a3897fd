"""Knocks, steps and rattling are held to the size of the movement around them.

A knock is short and large and has power at every frequency, tremor's included. Its samples are
scaled down to a multiple of what is usual within about two seconds either way; what goes on for
longer than that, such as tremor itself, is what is usual and stays as it is.
"""

import math
from collections.abc import Iterable

import numpy as np

from detection.tremor.history import History, IndexArray, mirrored
from sensors.samples import FloatArray

TINY_MS2 = 1e-9
AXES, ENERGY = slice(0, 3), 3
"""Rows of samples: the axes, and the sum of their squares as it was before."""


class Limiter:
    """Scales outstanding samples of a high-passed stream down, with a fixed delay.

    block_samples: the size of a sample is taken as the median over blocks of so many.
    half_width: blocks either side that say what is usual.
    quantile: which of them is taken as usual.
    times_usual: samples larger than so many times the usual are scaled down to it.
    """

    def __init__(
        self, block_samples: int, half_width: int, quantile: float, times_usual: float
    ) -> None:
        self._block = block_samples
        self._around = np.arange(-half_width, half_width + 1)
        self._rank = int(quantile * 2 * half_width)
        self._times_usual = times_usual
        self._lead = block_samples // 2
        self._slope = (np.arange(block_samples) + 0.5 * (block_samples % 2)) / block_samples
        self._samples = History(rows=4)
        self._sizes = History()
        self._limits = History()
        self.count = 0

    def push(self, moving_ms2: FloatArray) -> None:
        """Take samples `(n, 3)`, m/s², and limit those that are ready; `count` says how many."""
        columns = self._samples.grow(len(moving_ms2))
        columns[AXES] = moving_ms2.T
        np.add.reduce(columns[AXES] ** 2, axis=0, out=columns[ENERGY])
        self._measure_blocks()
        ready = np.arange(self._limits.count, self._sizes.count - int(self._around[-1]))
        self._find_limits(np.abs(ready[:, None] + self._around))
        self._limit_between_centres()

    def flush(self) -> None:
        """Limit the samples that are left; beyond the end the stream is taken as mirrored."""
        left = np.arange(self._limits.count, self._sizes.count)
        self._find_limits(mirrored(left[:, None] + self._around, self._sizes.count))
        if self._limits.count:
            self._limit_between_centres()
            rest = self._samples.since(self.count)
            self._limit(rest, self._limits.stretch(self._limits.count - 1, 1))
        self.count = self._samples.count

    def stretches(self, starts: Iterable[int], samples: int) -> FloatArray:
        """Copy out stretches of limited samples, `(starts, 4, samples)`."""
        return np.array([self._samples.stretch(start, samples) for start in starts])

    def forget_before(self, sample: int) -> None:
        """Drop the limited samples before this one."""
        self._samples.forget_before(min(sample, self.count))

    def _measure_blocks(self) -> None:
        start = self._sizes.count * self._block
        blocks = (self._samples.count - start) // self._block
        if blocks <= 0:
            return
        energy = self._samples.stretch(start, blocks * self._block)[ENERGY].copy()
        ordered = energy.reshape(blocks, self._block)
        ordered.sort(axis=1)
        middle = np.sqrt(ordered[:, (self._block - 1) // 2 : self._block // 2 + 1])
        self._sizes.grow(blocks)[:] = 0.5 * (middle[:, 0] + middle[:, -1])

    def _find_limits(self, around: IndexArray) -> None:
        """A limit for each of the next blocks, from what is usual in the blocks around it."""
        if not len(around):
            return
        near = self._sizes.at(around)
        near.sort(axis=1)
        self._limits.grow(len(near))[:] = self._times_usual * near[:, self._rank] + TINY_MS2
        self._sizes.forget_before(self._limits.count - len(self._around))

    def _limit_between_centres(self) -> None:
        """Limit the samples before the centre of the last block that has a limit."""
        if self._limits.count < 2:
            return
        if not self.count:
            self._limit(self._samples.stretch(0, self._lead), self._limits.stretch(0, 1))
        known = self._limits.since((self.count - self._lead) // self._block)
        columns = self._samples.stretch(self.count, (len(known) - 1) * self._block)
        if columns.size and math.sqrt(columns[ENERGY].max()) > known.min():
            ramps = known[:-1, None] + (known[1:] - known[:-1])[:, None] * self._slope
            self._limit(columns, ramps.reshape(-1))
        else:  # nothing stands out, as nearly always
            self.count += columns.shape[1]
        self._limits.forget_before((self.count - self._lead) // self._block)

    def _limit(self, columns: FloatArray, limits: FloatArray) -> None:
        size = np.sqrt(columns[ENERGY])
        columns[AXES] *= np.minimum(1.0, limits / np.maximum(size, TINY_MS2))
        self.count += columns.shape[1]
