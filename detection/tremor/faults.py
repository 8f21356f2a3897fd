"""What is wrong with raw samples, second by second: stuck axes, clipping, nothing at all."""

import numpy as np

from detection.tremor.history import History, IndexArray
from sensors.samples import FloatArray

COARSE_STEP_MS2 = 0.03
"""Sensors with steps above this (8 bit, browser phones) may rest on one value; finer ones have
noise, so a value that never changes is no signal."""
STUCK_REASONS = ("", "no signal on an axis", "no signal on an axis", "no signal")
"""By the number of axes that did not change at all."""
LOWEST, HIGHEST, HELD, SAMPLES, STEP = slice(0, 3), slice(3, 6), 6, 7, 8


class SignalFaults:
    """Keeps for each second the axes' extremes, the samples that stayed at a large value, the step.

    clip_from_ms2: from this size on a repeated value counts as the end of the range.
    max_clipped: share of samples at the end of the range that is still accepted.
    """

    def __init__(self, clip_from_ms2: float, max_clipped: float) -> None:
        self._clip_from_ms2 = clip_from_ms2
        self._max_clipped = max_clipped
        self._seconds = History((9,))
        self._last: FloatArray | None = None
        self._last_suspect = -1
        self._step_ms2 = np.inf

    @property
    def count(self) -> int:
        """Whole seconds taken in."""
        return self._seconds.count

    def push(self, rows: FloatArray, bounds: IndexArray) -> None:
        """Take rows `(n, 3)` of whole seconds, the rows between each two of the `bounds`."""
        starts = bounds[:-1]
        seconds = np.zeros((len(starts), 9))
        seconds[:, LOWEST] = np.minimum.reduceat(rows, starts, axis=0)
        seconds[:, HIGHEST] = np.maximum.reduceat(rows, starts, axis=0)
        seconds[:, SAMPLES] = bounds[1:] - starts
        changes = rows - np.concatenate([rows[:1] if self._last is None else self._last, rows[:-1]])
        self._last = rows[-1:].copy()
        if max(seconds[:, HIGHEST].max(), -seconds[:, LOWEST].min()) > self._clip_from_ms2:
            seconds[:, HELD] = self._held(rows, changes, starts)
        seconds[:, STEP] = self._steps(changes, starts)
        self._seconds.append(seconds)
        self._note_suspects(seconds)

    def _note_suspects(self, seconds: FloatArray) -> None:
        """Remember the last second that a fault could be in: most streams never have one."""
        is_suspect = (seconds[:, HELD] > 0) | (seconds[:, HIGHEST] == seconds[:, LOWEST]).any(
            axis=1
        )
        if is_suspect.any():
            first = self._seconds.count - len(seconds)
            self._last_suspect = first + int(np.flatnonzero(is_suspect)[-1])

    def _held(self, rows: FloatArray, changes: FloatArray, starts: IndexArray) -> IndexArray:
        held = ((changes == 0) & (np.abs(rows) > self._clip_from_ms2)).any(axis=1)
        return np.add.reduceat(held, starts, dtype=np.intp)

    def _steps(self, changes: FloatArray, starts: IndexArray) -> FloatArray:
        """The smallest change up to each second; once it is fine there is no need to look on."""
        if self._step_ms2 <= COARSE_STEP_MS2:
            return np.full(len(starts), self._step_ms2)
        size = np.abs(changes)
        least = np.minimum.reduceat(np.where(size > 0, size, np.inf).min(axis=1), starts)
        so_far = np.minimum.accumulate(np.minimum(least, self._step_ms2))
        self._step_ms2 = float(so_far[-1])
        return so_far

    def reasons(self, first: int, windows: int, window_s: int) -> list[str]:
        """Why windows from second `first` on, each a second later, say nothing; empty if they may.

        A last second that is not whole counts as the one before it.
        """
        if self._last_suspect < first:
            return [""] * windows
        number = first + np.arange(windows)[:, None] + np.arange(window_s)
        seconds = self._seconds.rows(np.minimum(number, self.count - 1))
        held, samples = seconds[..., HELD].sum(axis=1), seconds[..., SAMPLES].sum(axis=1)
        is_clipped = held > self._max_clipped * samples
        ranges = seconds[..., HIGHEST].max(axis=1) - seconds[..., LOWEST].min(axis=1)
        step_ms2 = seconds[:, -1, STEP]
        is_fine = (step_ms2 <= COARSE_STEP_MS2) | (step_ms2 == np.inf)
        stuck = (ranges == 0).sum(axis=1) * is_fine
        return [
            "clipped" if clipped else STUCK_REASONS[axes]
            for clipped, axes in zip(is_clipped.tolist(), stuck.tolist(), strict=True)
        ]

    def forget_before(self, second: int) -> None:
        """Drop what is known of the seconds before."""
        self._seconds.forget_before(second)
