"""Cutting a stretch of time into windows that do not overlap, so that their scores sum highest.

Each window starts at one of s positions and has one of d lengths; gaps between windows are free.
Exact, by dynamic programming over the end positions; positions nearer together than the shortest
window cannot depend on each other and are done in one step.
"""

import numpy as np

from detection.counting.shapes import IntArray
from sensors.samples import FloatArray

NONE = -1


def best_tilings(scores: FloatArray, lengths: IntArray) -> tuple[FloatArray, list[IntArray]]:
    """Return the best sum and the chosen windows of each of p independent problems.

    scores: (p, s, d), the gain of the window that starts at position s with `lengths[d]`
        positions; -inf where there is no such window.
    Returns sums (p,) and for each problem an (m, 2) array of (start, length index), in order.
    """
    problems, starts, _ = scores.shape
    end = starts + int(lengths.max())
    gains = np.full((problems, end + 1, len(lengths)), -np.inf)
    for index, length in enumerate(lengths):
        gains[:, length : length + starts, index] = scores[:, :, index]
    value = np.zeros((problems, end + 1))
    choice = np.full((problems, end + 1), NONE)
    step = int(lengths.min())
    for first in range(1, end + 1, step):
        ends = np.arange(first, min(first + step, end + 1))
        sums = value[:, ends[:, None] - lengths[None]] + gains[:, ends]
        best = sums.max(axis=2)
        so_far = np.maximum.accumulate(np.concatenate((value[:, first - 1 : first], best), 1), 1)
        value[:, ends] = so_far[:, 1:]
        choice[:, ends] = np.where(best > so_far[:, :-1], sums.argmax(axis=2), NONE)
    return value[:, end], [_trace(choice[p], lengths) for p in range(problems)]


def _trace(choice: IntArray, lengths: IntArray) -> IntArray:
    windows: list[tuple[int, int]] = []
    end = len(choice) - 1
    taken = np.flatnonzero(choice != NONE)
    while True:
        at = int(np.searchsorted(taken, end, side="right")) - 1
        if at < 0:
            return np.array(windows[::-1], dtype=np.int64).reshape(-1, 2)
        end = int(taken[at])
        index = int(choice[end])
        end -= int(lengths[index])
        windows.append((end, index))
