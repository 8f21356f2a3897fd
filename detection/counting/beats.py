"""The posture of the limb, five times a second: what is left of the grid without its shaking.

A mean over 0.2 s takes the movement of a slow repetition or a hold as it is, and most of a
tremor (5 Hz and its multiples altogether) out of it.
"""

import numpy as np

from detection.counting.resampling import GRID_RATE_HZ
from sensors.samples import FloatArray

BEAT_SAMPLES = 5
BEAT_S = BEAT_SAMPLES / GRID_RATE_HZ


class Beats:
    """Grid samples in, their means over 0.2 s out."""

    def __init__(self) -> None:
        self._waiting: FloatArray = np.zeros((0, 3))

    def push(self, grid_ms2: FloatArray) -> FloatArray:
        """Take grid samples, (n, 3), and return the means that they complete, (m, 3)."""
        waiting = np.concatenate((self._waiting, grid_ms2))
        whole = len(waiting) // BEAT_SAMPLES * BEAT_SAMPLES
        self._waiting = waiting[whole:]
        # added one after the other: the order, and so the last bit, is that of any other block
        total: FloatArray = sum(
            (waiting[sample:whole:BEAT_SAMPLES] for sample in range(1, BEAT_SAMPLES)),
            start=waiting[0:whole:BEAT_SAMPLES],
        )
        return total / BEAT_SAMPLES


def direction(vector: FloatArray) -> FloatArray:
    """The vector at length 1, (3,); as it is where it has none."""
    size = float(np.sqrt(vector @ vector))
    return vector / size if size > 0 else vector
