"""Rhythmic movement just below the band, whose harmonics could pass for shaking."""

from typing import NamedTuple

import numpy as np

from detection.tremor.contrast import DB_PER_NEPER
from detection.tremor.spectrum import averaging
from sensors.samples import FloatArray


class Rhythm(NamedTuple):
    """The strongest rhythm of one window.

    level: natural log of its power, (m/s²)²/Hz. contrast_db: how far it stands out over the higher
    of its neighbours.
    """

    freq_hz: float
    level: float
    contrast_db: float


class RhythmFinder:
    """Finds the strongest rhythm from `low_hz` to `high_hz` in spectra over `long_hz`."""

    def __init__(self, long_hz: FloatArray, low_hz: float, high_hz: float) -> None:
        inside = np.flatnonzero((long_hz >= low_hz) & (long_hz <= high_hz))
        self._inside = slice(inside[0], inside[-1] + 1)
        self._freq_hz: list[float] = long_hz[self._inside].tolist()
        self._levels = _levels(long_hz, long_hz[self._inside])

    def find(self, log_power: FloatArray) -> Rhythm:
        """The strongest rhythm in the log spectrum of a window, `(long,)`."""
        lines = log_power[self._inside]
        strongest = int(lines.argmax())
        at, below, above = (self._levels[strongest] @ log_power).tolist()
        contrast_db = DB_PER_NEPER * (at - max(below, above))
        return Rhythm(self._freq_hz[strongest], float(lines[strongest]), contrast_db)


def _levels(long_hz: FloatArray, rhythm_hz: FloatArray) -> FloatArray:
    """For each rhythm a matrix `(3, long)` that reads the levels at, below and above it."""
    at = averaging(long_hz, rhythm_hz - 0.4, rhythm_hz + 0.4)
    below = averaging(long_hz, rhythm_hz - 1.2, rhythm_hz - 0.7)
    above = averaging(long_hz, rhythm_hz + 0.7, rhythm_hz + 1.2)
    return np.ascontiguousarray(np.stack([at, below, above]).transpose(2, 0, 1))
