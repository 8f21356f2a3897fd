"""How far a spectrum stands out at a frequency, from afar and from near.

Exercise fills the tremor band with the repetition's harmonics: a slope that falls with frequency.
Tremor is a rise on that slope. Two views of it are weighed together:

- the *hump*, in the median of eight seconds of short spectra, against anchors at about half and
  one and a half times the frequency: what keeps shaking, whether or not its pitch wanders;
- the *line*, in the window's own fine spectrum, against its neighbours within 2.4 Hz: what keeps
  its pitch, however small.
"""

import math
from dataclasses import dataclass

import numpy as np

from detection.tremor.spectrum import averaging, interpolating
from sensors.samples import FloatArray

DB_PER_NEPER = 10 / math.log(10)
"""From the natural log of a power to decibels."""

PEAK, LEFT, RIGHT = 0, 1, 2
"""Places in the middle axis of levels: at the frequency, below it, above it."""


@dataclass(frozen=True, slots=True)
class ScoreWeights:
    """How the contrasts (dB) make a score; fitted on development recordings, rounded.

    Each term is the weight, the least and the most that counts. Being under the background on the
    left costs a term of its own: a slope's shoulder is not a peak. `line_head_start_db`: a line is
    taken to stand so much less out than the hump it sits on.
    """

    hump_left: tuple[float, float, float] = (0.2, -6.0, 8.0)
    hump_right: tuple[float, float, float] = (0.55, 0.0, 16.0)
    line_left: tuple[float, float, float] = (0.07, -2.0, 10.0)
    line_right: tuple[float, float, float] = (0.14, 0.0, 12.0)
    sunk: tuple[float, float, float] = (0.6, -math.inf, 0.0)
    line_head_start_db: float = 2.0

    def by_term(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Weights `(1, 5)`, least and most `(5, 1)`, for contrasts in nepers, as levels are."""
        terms = (self.hump_left, self.hump_right, self.line_left, self.line_right, self.sunk)
        weight, least, most = np.array(terms).T[:, :, None]
        return DB_PER_NEPER * weight.T, least / DB_PER_NEPER, most / DB_PER_NEPER


class Contrasts:
    """Reads levels off short and long spectra over one grid of candidate frequencies.

    grid_hz: those of the long spectrum's frequencies from `low_hz` to `high_hz`.
    grid_from: place of the grid's first frequency among the long spectrum's.
    """

    def __init__(
        self, short_hz: FloatArray, long_hz: FloatArray, low_hz: float, high_hz: float
    ) -> None:
        inside = np.flatnonzero((long_hz >= low_hz) & (long_hz <= high_hz))
        self.grid_from = int(inside[0])
        self.grid_hz = long_hz[inside]
        self._hump_matrix = _hump_levels(short_hz, self.grid_hz)
        self._line_matrix = _line_levels(long_hz, self.grid_hz)
        weights = ScoreWeights()
        self._weight, self._least, self._most = weights.by_term()
        self._head_start = weights.line_head_start_db / DB_PER_NEPER

    def hump_levels(self, context: FloatArray) -> FloatArray:
        """Log levels `(n, 3, grid)` at, below and above, from median spectra `(n, short)`."""
        return self._levels(context, self._hump_matrix)

    def line_levels(self, window: FloatArray) -> FloatArray:
        """Log levels `(n, 3, grid)` at, below and above, from windows' spectra `(n, long)`."""
        return self._levels(window, self._line_matrix)

    def score(self, humps: FloatArray, lines: FloatArray, ahead: int) -> FloatArray:
        """How much each frequency looks like an oscillation: about 7 where it does.

        humps: levels `(n, 3, grid)` of contexts. lines: levels `(n + ahead, 3, grid)` of the
        windows from the first context's on. Returns `(n, 2, grid)`: each context with its own
        window, and with the one so many ahead.
        """
        contrast = np.empty((len(humps), 2, 5, len(self.grid_hz)))
        np.subtract(humps[:, None, :LEFT], humps[:, None, LEFT:], out=contrast[:, :, :2])
        line = lines[:, :LEFT] - lines[:, LEFT:]
        contrast[:, 0, 2:4], contrast[:, 1, 2:4] = line[: len(humps)], line[ahead:]
        sunk = contrast[:, :, 4]
        np.subtract(contrast[:, :, 2], self._head_start, out=sunk)
        np.maximum(sunk, contrast[:, :, 0], out=sunk)
        np.maximum(contrast, self._least, out=contrast)
        np.minimum(contrast, self._most, out=contrast)
        return np.asarray((self._weight @ contrast)[:, :, 0], np.float64)

    def _levels(self, log_power: FloatArray, matrix: FloatArray) -> FloatArray:
        # One row times the matrix at a time: a product of many rows may round differently.
        levels = log_power[:, None, :] @ matrix
        return np.asarray(levels.reshape(len(log_power), 3, -1), np.float64)


def _hump_levels(short_hz: FloatArray, grid_hz: FloatArray) -> FloatArray:
    """Anchors in proportion to the frequency, as harmonics are; above, no more than 5 to 7 Hz."""
    left = averaging(short_hz, short_hz / 2, short_hz / 1.6)
    right = averaging(
        short_hz,
        np.minimum(1.6 * short_hz, short_hz + 5),
        np.minimum(2 * short_hz, short_hz + 7),
    )
    to_grid = interpolating(short_hz, grid_hz)
    return np.concatenate([to_grid, left @ to_grid, right @ to_grid], axis=1)


def _line_levels(long_hz: FloatArray, grid_hz: FloatArray) -> FloatArray:
    """Neighbours from 1.1 Hz: a 4 s window with these tapers blurs a line to ± 0.5 Hz."""
    at = averaging(long_hz, grid_hz - 0.4, grid_hz + 0.4)
    left = averaging(long_hz, np.maximum(grid_hz - 2.4, 1.3), grid_hz - 1.1)
    right = averaging(long_hz, grid_hz + 1.1, grid_hz + 2.4)
    return np.concatenate([at, left, right], axis=1)
