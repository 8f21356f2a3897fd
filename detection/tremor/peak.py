"""Where a window's strongest oscillation is and how large it is above what else moves there."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from detection.tremor.contrast import DB_PER_NEPER, LEFT, PEAK, RIGHT, Contrasts
from detection.tremor.spectrum import LEAST_POWER
from sensors.samples import FloatArray

Law = tuple[float, float, float]
"""Weights of near slope, far slope and constant in the logarithm of a background."""
BoolArray = npt.NDArray[np.bool_]

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
LEAST_RATIO = 1e-9
"""Added to a ratio of powers before its logarithm: -90 dB is as good as nothing."""
NEAR_SCATTER, FAR_SCATTER = 0.32, 0.65
"""Standard deviation of the natural log of the power in a band over the background laid under it,
in recorded exercise with nothing added (38 recordings of ten people, 5 to 14 Hz)."""
GAIN_SCATTER = 0.12
"""Standard error of a peak's power beside its background. 0.11: the tapers weigh a window's middle
more than its ends, so of an oscillation that swells and fades at random they see so much more or
less than there was (largest where it is 0.2 Hz wide; from the tapers and such a process's
correlation). 0.06: tremors of 4.5 to 12 Hz read 3 % small or less."""
TWO_SIDED_95 = 1.96
TINY = 1e-12
"""Power at a line that is as good as none, (m/s²)²/Hz; lets a silent band be divided by."""


class Peak(NamedTuple):
    """The strongest oscillation of one window.

    amp_ms2: RMS over all axes, the background removed. amp_low_ms2, amp_high_ms2: 95 % interval.
    displacement_mm: the same as a path. bandwidth_hz: between the half-power points about its top.
    band_ms2: RMS of all that moves in the tremor band.
    contrast_db: its power over the background's. line_contrast_db: how far it stands out over the
    higher of its neighbours. level: natural log of the power at its top, (m/s²)²/Hz.
    """

    score: float
    freq_hz: float
    is_at_edge: bool
    amp_ms2: float
    amp_low_ms2: float
    amp_high_ms2: float
    displacement_mm: float
    bandwidth_hz: float
    band_ms2: float
    contrast_db: float
    line_contrast_db: float
    level: float


class Background(NamedTuple):
    """What is laid under a peak: its law, and how far that may be off (natural log)."""

    law: Law
    scatter: float


class Spectra(NamedTuple):
    """What a peak is measured on: hump and line levels `(3, grid)` and power `(long,)`."""

    hump: FloatArray
    line: FloatArray
    power: FloatArray


class PeakMeter:
    """Measures peaks on the grid of `contrasts`, a part of the long spectrum's frequencies.

    For each place on the grid it knows the lines of the band about it, and over these lines: a
    basis of the background, and the sums to be taken.
    """

    def __init__(self, contrasts: Contrasts, long_hz: FloatArray, window_s: float) -> None:
        self._window_s = window_s
        self._grid_from = contrasts.grid_from
        self._grid_hz: list[float] = contrasts.grid_hz.tolist()
        self._step_hz = float(long_hz[1] - long_hz[0])
        self._refine = int(REFINE_HZ / self._step_hz)
        self._reach = int(BAND_HZ / self._step_hz)
        band = np.arange(-self._reach, self._reach + 1)
        place = contrasts.grid_from + np.arange(len(contrasts.grid_hz))
        band_hz = long_hz[place[:, None] + band]
        self._basis = _background_basis(contrasts.grid_hz, band_hz)
        in_centroid = np.abs(band) * self._step_hz <= CENTROID_HZ
        self._sums = _sums(band_hz, in_centroid, self._step_hz)
        self._whole_band = slice(self._grid_from, self._grid_from + len(self._grid_hz))

    def measure(self, scores: FloatArray, spectra: Sequence[Spectra]) -> list[Peak]:
        """Find and measure the peak of each of n windows; scores `(n, grid)`."""
        tops: list[int] = scores.argmax(axis=1).tolist()
        places = [self._refined(top, each.line) for top, each in zip(tops, spectra, strict=True)]
        levels = [
            (each.hump[:, place].tolist(), each.line[:, place].tolist())
            for place, each in zip(places, spectra, strict=True)
        ]
        under = [_background(*each) for each in levels]
        bands, sums = self._band_sums(places, [each.law for each in under], spectra)
        return [
            self._peak(float(score[place]), place, line, background.scatter, band, sum_, each.power)
            for score, place, (_, line), background, band, sum_, each in zip(
                scores, places, levels, under, bands, sums, spectra, strict=True
            )
        ]

    def _refined(self, top: int, line: FloatArray) -> int:
        first = max(0, top - self._refine)
        return first + int(line[PEAK, first : top + self._refine + 1].argmax())

    def _band_sums(
        self, places: list[int], laws: list[Law], spectra: Sequence[Spectra]
    ) -> tuple[list[list[float]], list[list[list[float]]]]:
        """For each window the excess of each line, and sums over the band.

        These are over total power, background, excess where there is any, and excess times
        background.
        """
        parts = np.empty((len(places), 4, 2 * self._reach + 1))
        total, background, excess, crossed = (parts[:, row] for row in range(4))
        for row, place, each in zip(total, places, spectra, strict=True):
            middle = self._grid_from + place
            row[:] = each.power[middle - self._reach : middle + self._reach + 1]
        np.exp((np.array(laws)[:, None] @ self._basis[places])[:, 0], out=background)
        np.maximum(total - background, 0.0, out=excess)
        np.multiply(excess, background, out=crossed)
        bands: list[list[float]] = excess.tolist()
        sums: list[list[list[float]]] = (parts @ self._sums[places]).tolist()
        return bands, sums

    def _peak(
        self,
        score: float,
        place: int,
        line: list[float],
        scatter: float,
        band: list[float],
        sums: list[list[float]],
        power: FloatArray,
    ) -> Peak:
        (total, total_path, *_), (background, background_path, *_), *rest = sums
        (*_, excess, excess_hz), (crossed, *_) = rest
        least, all_least = TINY * self._step_hz, TINY * self._step_hz * (2 * self._reach + 1)
        low_ms2, high_ms2 = _interval(
            total - background, background, scatter, 2 * crossed / self._window_s
        )
        return Peak(
            score=score,
            freq_hz=(excess_hz + all_least * self._grid_hz[place]) / (excess + all_least),
            is_at_edge=not 1 < place < len(self._grid_hz) - 2,
            amp_ms2=math.sqrt(max(total - background, 0.0)),
            amp_low_ms2=low_ms2,
            amp_high_ms2=high_ms2,
            displacement_mm=1e3 * math.sqrt(max(total_path - background_path, 0.0)),
            bandwidth_hz=self._step_hz * _half_power_lines(band),
            band_ms2=math.sqrt(self._step_hz * float(power[self._whole_band].sum())),
            contrast_db=DB_PER_NEPER * math.log(total / (background + least) + LEAST_RATIO),
            line_contrast_db=_standing_out(line),
            level=math.log(float(power[self._grid_from + place]) + LEAST_POWER),
        )


def _interval(
    excess: float, background: float, scatter: float, crossed: float
) -> tuple[float, float]:
    """The 95 % interval of an amplitude, m/s² RMS, from powers (m/s²)².

    Three things make it uncertain: the background under the peak may be off by its scatter; it adds
    to the oscillation or takes away from it as their phases fall (`crossed`, the variance of twice
    the mean of their product, both in one direction); and the gain.
    """
    by_chance = TWO_SIDED_95**2 * (crossed + (GAIN_SCATTER * excess) ** 2)
    factor = math.exp(TWO_SIDED_95 * scatter)
    down = math.hypot(math.sqrt(by_chance), background * (factor - 1))
    up = math.hypot(math.sqrt(by_chance), background * (1 - 1 / factor))
    return math.sqrt(max(excess - down, 0.0)), math.sqrt(max(excess + up, 0.0))


def _half_power_lines(band: list[float]) -> float:
    """Lines of a spectrum between the half-power points about its top, counted in parts of one."""
    top = max(range(len(band)), key=band.__getitem__)
    half = band[top] / 2
    return _lines_down_to(half, band[top:]) + _lines_down_to(half, band[top::-1])


def _lines_down_to(half: float, falling: list[float]) -> float:
    """Lines from the first one to where the power falls under `half`; to the end if nowhere."""
    for number, (here, after) in enumerate(pairwise(falling)):
        if after < half:
            return number + (here - half) / (here - after)
    return len(falling) - 1.0


def _background_basis(freq_hz: FloatArray, band_hz: FloatArray) -> FloatArray:
    """What a background's logarithm is made of, `(grid, 3, band)`, as `_law` weighs it.

    The way from the left to the right neighbour in log frequency, near and far, and a constant.
    """
    near = _way(np.maximum(freq_hz - ANCHOR_HZ, 1.5), freq_hz + ANCHOR_HZ, band_hz)
    above_hz = np.minimum(freq_hz * ANCHOR_RATIO, freq_hz + FAR_ABOVE_HZ)
    far = _way(freq_hz / ANCHOR_RATIO, above_hz, band_hz)
    return np.stack([near, far, np.ones_like(near)], axis=1)


def _way(low_hz: FloatArray, high_hz: FloatArray, at_hz: FloatArray) -> FloatArray:
    low, high = np.log(low_hz)[:, None], np.log(high_hz)[:, None]
    return np.asarray((np.log(at_hz) - low) / (high - low), np.float64)


def _background(hump: list[float], line: list[float]) -> Background:
    """Power under the peak: a power law between its neighbours, near ones if it is a line."""
    near = (_standing_out(line) - NARROW_FROM_DB) / (NARROW_TO_DB - NARROW_FROM_DB)
    near = min(max(near, 0.0), 1.0)
    far = 1 - near
    law = (
        near * (line[RIGHT] - line[LEFT]),
        far * (hump[RIGHT] - hump[LEFT]),
        near * (line[LEFT] + NEAR_BIAS) + far * (hump[LEFT] + FAR_BIAS),
    )
    return Background(law, near * NEAR_SCATTER + far * FAR_SCATTER)


def _sums(band_hz: FloatArray, in_centroid: BoolArray, step_hz: float) -> FloatArray:
    """Weights `(grid, band, 4)`: for power, power as a path, the centroid's power and moment."""
    power = np.full_like(band_hz, step_hz)
    path = step_hz / (2 * np.pi * band_hz) ** 4
    return np.stack([power, path, in_centroid * power, in_centroid * power * band_hz], axis=-1)


def _standing_out(levels: list[float]) -> float:
    """Decibels over the higher of the two neighbours; a slope stands out on one side only."""
    return DB_PER_NEPER * (levels[PEAK] - max(levels[LEFT], levels[RIGHT]))
