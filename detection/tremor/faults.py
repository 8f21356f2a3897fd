"""What is wrong with raw samples, second by second: stuck axes, clipping, nothing at all."""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from detection.tremor.history import IndexArray, Recent
from sensors.samples import FloatArray

COARSE_STEP_MS2 = 0.03
"""Sensors with steps above this (8 bit, browser phones) may rest on one value; finer ones have
noise, so a value that never changes is no signal."""
STUCK_REASONS = ("", "no signal on an axis", "no signal on an axis", "no signal")
"""By the number of axes that did not change at all."""


class Second(NamedTuple):
    """What is known of the samples of one second.

    lowest, highest: of each axis. held: samples that stayed at a large value. step_ms2: the
    smallest change up to its end.
    """

    lowest: list[float]
    highest: list[float]
    samples: int
    held: int
    step_ms2: float

    def is_suspect(self) -> bool:
        """Whether a fault could be in it."""
        return self.held > 0 or any(map(float.__eq__, self.lowest, self.highest))


class SignalFaults:
    """Keeps what is known of each second.

    clip_from_ms2: from this size on a repeated value counts as the end of the range.
    max_clipped: share of samples at the end of the range that is still accepted.
    """

    def __init__(self, clip_from_ms2: float, max_clipped: float) -> None:
        self._clip_from_ms2 = clip_from_ms2
        self._max_clipped = max_clipped
        self._seconds: Recent[Second] = Recent()
        self._last: FloatArray | None = None
        self._last_suspect = -1
        self._step_ms2 = math.inf

    @property
    def count(self) -> int:
        """Whole seconds taken in."""
        return self._seconds.count

    def push(self, rows: FloatArray, bounds: list[int]) -> None:
        """Take rows `(n, 3)` of whole seconds, the rows between each two of the `bounds`."""
        starts = np.array(bounds[:-1])
        lowest = np.minimum.reduceat(rows, starts).tolist()
        highest = np.maximum.reduceat(rows, starts).tolist()
        held, steps = [0] * len(starts), [self._step_ms2] * len(starts)
        if self._step_ms2 > COARSE_STEP_MS2 or self._is_large(lowest, highest):
            changes = np.diff(rows, axis=0, prepend=rows[:1] if self._last is None else self._last)
            held = self._held(rows, changes, starts).tolist()
            steps = self._steps(changes, starts).tolist()
        self._last = rows[-1:].copy()
        samples = [end - start for start, end in pairwise(bounds)]
        self._note(list(map(Second, lowest, highest, samples, held, steps)))

    def _is_large(self, lowest: list[list[float]], highest: list[list[float]]) -> bool:
        return max(map(max, highest)) > self._clip_from_ms2 or (
            min(map(min, lowest)) < -self._clip_from_ms2
        )

    def _note(self, seconds: list[Second]) -> None:
        """Keep them, and remember the last one that is suspect: most streams never have one."""
        for number, second in enumerate(seconds, self.count):
            if second.is_suspect():
                self._last_suspect = number
        self._seconds.extend(seconds)

    def _held(self, rows: FloatArray, changes: FloatArray, starts: IndexArray) -> IndexArray:
        held = ((changes == 0) & (np.abs(rows) > self._clip_from_ms2)).any(axis=1)
        return np.add.reduceat(held, starts, dtype=np.intp)

    def _steps(self, changes: FloatArray, starts: IndexArray) -> FloatArray:
        """The smallest change up to each second; once it is fine there is no need to look on."""
        size = np.abs(changes)
        least = np.minimum.reduceat(np.where(size > 0, size, np.inf).min(axis=1), starts)
        so_far = np.minimum.accumulate(np.minimum(least, self._step_ms2))
        self._step_ms2 = float(so_far[-1])
        return so_far

    def reason(self, first: int, window_s: int) -> str:
        """Why the window from second `first` on says nothing; empty if it may say something.

        A last second that is not whole counts as the one before it.
        """
        if self._last_suspect < first:
            return ""
        seconds = [self._seconds[min(first + n, self.count - 1)] for n in range(window_s)]
        held = sum(second.held for second in seconds)
        if held > self._max_clipped * sum(second.samples for second in seconds):
            return "clipped"
        step_ms2 = seconds[-1].step_ms2
        is_fine = step_ms2 <= COARSE_STEP_MS2 or step_ms2 == math.inf
        return STUCK_REASONS[_stuck_axes(seconds)] if is_fine else ""

    def step_ms2(self, first: int, window_s: int) -> float:
        """The smallest change up to the end of the window from second `first` on."""
        return self._seconds[min(first + window_s, self.count) - 1].step_ms2

    def forget_before(self, second: int) -> None:
        """Drop what is known of the seconds before."""
        self._seconds.forget_before(min(second, self.count))


def _stuck_axes(seconds: list[Second]) -> int:
    lowest = map(min, zip(*[second.lowest for second in seconds], strict=True))
    highest = map(max, zip(*[second.highest for second in seconds], strict=True))
    return sum(map(float.__eq__, lowest, highest))
