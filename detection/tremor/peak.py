"""Where a window's strongest oscillation is and how large it is above what else moves there."""

from typing import NamedTuple

import numpy as np

from detection.tremor.contrast import DB_PER_NEPER, LEFT, PEAK, RIGHT, Contrasts
from detection.tremor.history import IndexArray
from detection.tremor.spectrum import LEAST_POWER, averaging
from sensors.samples import FloatArray

REFINE_HZ = 0.6
"""The hump's top is looked for on the fine spectrum within this."""
BAND_HZ = 1.5
"""The amplitude is that of the power within this of the peak: tremor's pitch wanders by 1 Hz."""
CENTROID_HZ = 0.8
"""The pitch is the centre of gravity of the excess power within this of the peak."""
ANCHOR_HZ = 1.75
"""Centre of the near neighbours (1.1 to 2.4 Hz)."""
ANCHOR_RATIO = 1.79
"""Centre of the far anchors (1.6 to 2 times), as a ratio; above, no more than FAR_ABOVE_HZ."""
FAR_ABOVE_HZ = 6.0
NEAR_BIAS = 0.095
FAR_BIAS = 0.5
"""How much more power there is than on the power law between the anchors, natural log: a mean of
logs lies under the log of the mean, and movement's spectrum bulges. Medians over untouched exercise
(nine people, 5 to 14 Hz): 0.02 to 0.13 near, 0.1 to 0.66 far."""
NARROW_FROM_DB, NARROW_TO_DB = 3.0, 6.0
"""From not at all to wholly a line: how far it stands out over its nearest neighbours."""


class Peak(NamedTuple):
    """The strongest oscillation of one window.

    amp_ms2: RMS over all axes, the background removed. displacement_mm: the same as a path.
    contrast_db: its power over the background's. line_contrast_db: how far it stands out over the
    higher of its neighbours. rhythm_*: the strongest movement just below the band, how far that
    stands out over the higher of its neighbours, and how far it is above the oscillation.
    """

    score: float
    freq_hz: float
    is_at_edge: bool
    amp_ms2: float
    displacement_mm: float
    contrast_db: float
    line_contrast_db: float
    rhythm_hz: float
    rhythm_contrast_db: float
    rhythm_over_peak_db: float


class PeakMeter:
    """Measures peaks on the grid of `contrasts`.

    rhythm_hz: range in which rhythmic movement below the band is looked for.
    """

    def __init__(
        self, contrasts: Contrasts, long_hz: FloatArray, rhythm_hz: tuple[float, float]
    ) -> None:
        self._contrasts = contrasts
        self._long_hz = long_hz
        self._step_hz = float(long_hz[1] - long_hz[0])
        self._refine = self._steps(REFINE_HZ)
        self._band = self._steps(BAND_HZ)
        self._in_centroid = (np.abs(self._band) * self._step_hz <= CENTROID_HZ).astype(np.float64)
        inside = np.flatnonzero((long_hz >= rhythm_hz[0]) & (long_hz <= rhythm_hz[1]))
        self._rhythm = slice(inside[0], inside[-1] + 1)
        self._rhythm_matrix = _rhythm_levels(long_hz, long_hz[self._rhythm])

    def measure(
        self, score: FloatArray, hump: FloatArray, line: FloatArray, power: FloatArray
    ) -> list[Peak]:
        """Find and measure the peak of each of n windows.

        score `(n, grid)`, hump and line levels `(n, 3, grid)`, power `(n, long)`.
        """
        row = np.arange(len(score))
        place = self._place(score, line)
        log_power = np.log(power + LEAST_POWER)
        far, near = hump[row, :, place], line[row, :, place]
        freq_hz = self._contrasts.grid_hz[place]
        band = self._contrasts.grid_from + place[:, None] + self._band
        background = self._background(freq_hz, near, far, self._long_hz[band])
        total = power[row[:, None], band]
        columns = (
            score[row, place],
            *self._size(total, background, self._long_hz[band]),
            _standing_out(near),
            *self._rhythm_of(log_power, log_power[row, self._contrasts.grid_from + place]),
        )
        edge = (place <= 1) | (place >= score.shape[1] - 2)
        return [
            Peak(s, f, is_at_edge, *rest)
            for (s, f, *rest), is_at_edge in zip(
                np.stack(columns, axis=1).tolist(), edge.tolist(), strict=True
            )
        ]

    def _steps(self, within_hz: float) -> IndexArray:
        reach = int(within_hz / self._step_hz)
        return np.arange(-reach, reach + 1)

    def _place(self, score: FloatArray, line: FloatArray) -> IndexArray:
        near = score.argmax(axis=1)[:, None] + self._refine
        near = np.minimum(np.maximum(near, 0), score.shape[1] - 1)
        best = np.take_along_axis(line[:, PEAK], near, axis=1).argmax(axis=1)
        return np.asarray(near[np.arange(len(near)), best], np.intp)

    def _background(
        self, freq_hz: FloatArray, near: FloatArray, far: FloatArray, band_hz: FloatArray
    ) -> FloatArray:
        """Power under the peak: a power law between its neighbours, near ones if it is a line."""
        weight = (_standing_out(near) - NARROW_FROM_DB) / (NARROW_TO_DB - NARROW_FROM_DB)
        weight = np.minimum(np.maximum(weight, 0.0), 1.0)[:, None]
        near_law = _power_law(
            near, np.maximum(freq_hz - ANCHOR_HZ, 1.5), freq_hz + ANCHOR_HZ, band_hz
        )
        above = np.minimum(freq_hz * ANCHOR_RATIO, freq_hz + FAR_ABOVE_HZ)
        far_law = _power_law(far, freq_hz / ANCHOR_RATIO, above, band_hz)
        return np.exp(weight * (near_law + NEAR_BIAS) + (1 - weight) * (far_law + FAR_BIAS))

    def _size(
        self, total: FloatArray, background: FloatArray, band_hz: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Pitch, amplitude, displacement and contrast of what exceeds the background."""
        excess = total - background
        amp2 = excess.sum(axis=1) * self._step_hz
        path2 = (excess / (2 * np.pi * band_hz) ** 4).sum(axis=1) * self._step_hz
        weight = np.maximum(excess, 0.0) * self._in_centroid + 1e-12
        freq_hz = (weight * band_hz).sum(axis=1) / weight.sum(axis=1)
        ratio = total.sum(axis=1) / (background.sum(axis=1) + 1e-12)
        return (
            freq_hz,
            np.sqrt(np.maximum(amp2, 0.0)),
            1e3 * np.sqrt(np.maximum(path2, 0.0)),
            DB_PER_NEPER * np.log(ratio + 1e-9),
        )

    def _rhythm_of(
        self, log_power: FloatArray, peak_level: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        lines = log_power[:, self._rhythm]
        strongest = lines.argmax(axis=1)
        levels = (log_power[:, None, :] @ self._rhythm_matrix).reshape(len(lines), 3, -1)
        level = levels[np.arange(len(lines)), :, strongest]
        over = lines[np.arange(len(lines)), strongest] - peak_level
        hz = self._long_hz[self._rhythm][strongest]
        return hz, _standing_out(level), DB_PER_NEPER * over


def _standing_out(levels: FloatArray) -> FloatArray:
    """Decibels over the higher of the two neighbours; a slope stands out on one side only."""
    beside = np.maximum(levels[:, LEFT], levels[:, RIGHT])
    return np.asarray(DB_PER_NEPER * (levels[:, PEAK] - beside), np.float64)


def _power_law(
    levels: FloatArray, low_hz: FloatArray, high_hz: FloatArray, at_hz: FloatArray
) -> FloatArray:
    """Straight line in log power over log frequency through the left and right levels."""
    low, high = np.log(low_hz)[:, None], np.log(high_hz)[:, None]
    left, right = levels[:, LEFT, None], levels[:, RIGHT, None]
    slope = (right - left) / (high - low)
    return np.asarray(left + slope * (np.log(at_hz) - low), np.float64)


def _rhythm_levels(long_hz: FloatArray, rhythm_hz: FloatArray) -> FloatArray:
    at = averaging(long_hz, rhythm_hz - 0.4, rhythm_hz + 0.4)
    left = averaging(long_hz, rhythm_hz - 1.2, rhythm_hz - 0.7)
    right = averaging(long_hz, rhythm_hz + 0.7, rhythm_hz + 1.2)
    return np.concatenate([at, left, right], axis=1)
