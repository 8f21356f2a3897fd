"""The grid samples that may still be asked for, by their number in the stream."""

import numpy as np

from sensors.samples import FloatArray

QUANTA_PER_MS2 = 512.0
"""Kept samples are whole numbers of 2 mm/s², a twentieth of the noise; up to 64 m/s²."""
LARGEST = np.iinfo(np.int16).max
ROOM = 512
"""Samples by which the array is longer than what is kept, so that it seldom moves."""


class Past:
    """Grid samples in; any stretch of the last `kept` of them out."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._samples = np.zeros((kept + ROOM, 3), np.int16)
        self._first = 0
        self.count = 0

    def push(self, grid_ms2: FloatArray) -> None:
        """Keep samples, (n, 3); n of at most ROOM at a time."""
        end = self.count + len(grid_ms2)
        if end - self._first > len(self._samples):
            self._move()
        quanta = np.clip(np.rint(grid_ms2 * QUANTA_PER_MS2), -LARGEST, LARGEST)
        self._samples[self.count - self._first : end - self._first] = quanta
        self.count = end

    def oldest(self, end: int) -> int:
        """Number of the oldest sample that is sure to be there when `end` samples were heard."""
        return max(0, end - self._kept)

    def between(self, begin: int, end: int) -> FloatArray:
        """Return samples `[begin, end)`, as far back as there are any, as (n, 3)."""
        begin = max(begin, self.oldest(end))
        return self._samples[begin - self._first : end - self._first] / QUANTA_PER_MS2

    def _move(self) -> None:
        first = max(0, self.count - self._kept)
        kept = self._samples[first - self._first : self.count - self._first].copy()
        self._samples[: len(kept)] = kept
        self._first = first
