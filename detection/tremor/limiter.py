"""Knocks, steps and rattling are held to the size of the movement around them.

A knock is short and large and has power at every frequency, tremor's included. Its samples are
scaled down to a multiple of what is usual within about two seconds either way; what goes on for
longer than that, such as tremor itself, is what is usual and stays as it is.
"""

import numpy as np

from detection.tremor.history import History, mirrored
from sensors.samples import FloatArray

TINY_MS2 = 1e-9


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
        self._waiting = History((3,))
        self._sizes = History(())
        self._limits = History(())
        self._done = 0

    def push(self, values: FloatArray) -> FloatArray:
        """Take rows `(n, 3)`; give the limited rows that are ready, in order."""
        self._waiting.append(values)
        self._measure_blocks()
        self._find_limits(self._sizes.count - int(self._around[-1]), self._sizes.count)
        return self._scaled(self._between_centres())

    def flush(self) -> FloatArray:
        """Give the rows that are left; beyond the end the stream is taken as mirrored."""
        self._find_limits(self._sizes.count, self._sizes.count)
        if not self._limits.count:
            return np.asarray(self._waiting.since(self._done), np.float64)
        limits = self._between_centres()
        rest = self._waiting.count - self._done - len(limits)
        held = np.repeat(self._limits.row(self._limits.count - 1), rest)
        return self._scaled(np.concatenate([limits, held]))

    def _measure_blocks(self) -> None:
        start = self._sizes.count * self._block
        blocks = (self._waiting.count - start) // self._block
        if blocks <= 0:
            return
        rows = self._waiting.since(start)[: blocks * self._block]
        ordered = np.sort(_size(rows).reshape(blocks, self._block), axis=1)
        lower, upper = (self._block - 1) // 2, self._block // 2
        self._sizes.append(0.5 * (ordered[:, lower] + ordered[:, upper]))

    def _find_limits(self, upto: int, blocks: int) -> None:
        if upto <= self._limits.count:
            return
        centres = np.arange(self._limits.count, upto)
        near = self._sizes.rows(mirrored(centres[:, None] + self._around, blocks))
        self._limits.append(self._times_usual * np.sort(near, axis=1)[:, self._rank] + TINY_MS2)
        self._sizes.forget_before(upto - len(self._around))

    def _between_centres(self) -> FloatArray:
        """A limit for each row that lies before the centre of the last limited block."""
        if self._limits.count < 2:
            return np.empty(0)
        first = max(0, (self._done - self._lead) // self._block)
        known = self._limits.since(first)
        ramps = known[:-1, None] + (known[1:] - known[:-1])[:, None] * self._slope
        if self._done:
            return np.asarray(ramps.ravel(), np.float64)
        return np.concatenate([np.repeat(known[0], self._lead), ramps.ravel()])

    def _scaled(self, limits: FloatArray) -> FloatArray:
        rows = self._waiting.since(self._done)[: len(limits)]
        scale = np.minimum(1.0, limits / np.maximum(_size(rows), TINY_MS2))
        limited = np.asarray(rows * scale[:, None], np.float64)
        self._done += len(limits)
        self._waiting.forget_before(min(self._done, self._sizes.count * self._block))
        self._limits.forget_before(max(0, (self._done - self._lead) // self._block))
        return limited


def _size(rows: FloatArray) -> FloatArray:
    x, y, z = rows[:, 0], rows[:, 1], rows[:, 2]
    return np.asarray(np.sqrt(x * x + y * y + z * z), np.float64)
