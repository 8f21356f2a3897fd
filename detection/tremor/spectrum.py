"""Power spectra of three axes together.

The axes' powers are summed, never the axes: the norm of the vector doubles or halves a frequency,
and one axis sees what the sensor's orientation lets it. The sum does not change under rotation.
"""

from collections.abc import Callable

import numpy as np
from scipy import fft

from detection.tremor.history import IndexArray
from sensors.samples import FloatArray

Response = Callable[[FloatArray], FloatArray]
"""From frequencies to the share of power that the filter before the spectrum let through."""

LEAST_POWER = 1e-9
"""Added before a logarithm, (m/s²)²/Hz: far under any sensor's noise; a dead axis stays finite."""
LEAST_RESPONSE = 1e-2
"""Spectra are not divided by less than this, so that nothing is blown up below the high-pass."""
SHORT_STEP_HZ = 0.4
SHORT_FROM_HZ = 1.4
LONG_STEP_HZ = 0.195
LONG_FROM_HZ = 0.7


class ShortSpectra:
    """Spectra of stretches of about a second: coarse in frequency, many to take a median of.

    Two sine tapers (Riedel & Sidorenko 1995) and the transform are one matrix, the mean's removal
    included, applied to the stretches of one second at a time: always the same shape, so that the
    same samples give the same bits however they arrived. Tapers and waves are even or odd about a
    stretch's middle, so each meets only the half that the stretch folds to: half the work.
    """

    def __init__(self, samples: int, rate_hz: float, high_hz: float, response: Response) -> None:
        self.samples = samples
        self.freq_hz = np.arange(SHORT_FROM_HZ, high_hz, SHORT_STEP_HZ)
        scale = 1.0 / rate_hz / np.maximum(response(self.freq_hz), LEAST_RESPONSE)
        even, odd = _tapered_waves(samples, self.freq_hz / rate_hz)
        self._half = (samples + 1) // 2
        self._matrix = np.stack([even, odd])[:, None, : self._half] * np.tile(np.sqrt(scale), 2)
        if samples % 2:
            self._matrix[..., -1, :] /= 2  # folded onto itself, the middle sample counts twice

    def log_power(self, stretches: FloatArray) -> FloatArray:
        """Natural log of the power of stretches `(seconds, per_second, samples, 3)`.

        Returns `(seconds * per_second, frequencies)`, log (m/s²)²/Hz.
        """
        seconds, per_second = stretches.shape[:2]
        parts = self._folded(stretches.swapaxes(2, 3)) @ self._matrix
        parts *= parts
        both = (parts[0] + parts[1]).reshape(seconds * per_second, -1, len(self.freq_hz))
        return np.asarray(np.log(both.sum(axis=1) + LEAST_POWER), np.float64)

    def _folded(self, rows: FloatArray) -> FloatArray:
        """Sums and differences of samples as far before the middle as after it."""
        seconds, per_second, axes, _ = rows.shape
        before, after = rows[..., : self._half], rows[..., : -self._half - 1 : -1]
        folded = np.empty((2, *before.shape))
        np.add(before, after, out=folded[0])
        np.subtract(before, after, out=folded[1])
        return folded.reshape(2, seconds, per_second * axes, self._half)


class LongSpectra:
    """Spectra of whole windows: fine in frequency, for the pitch and size of a peak.

    tapers: `(tapers, samples)`, Slepian's (Thomson 1982). Zero-padded to steps of about 0.2 Hz.
    """

    def __init__(
        self, rate_hz: float, high_hz: float, tapers: FloatArray, response: Response
    ) -> None:
        self.samples = tapers.shape[1]
        self._points = int(
            fft.next_fast_len(max(self.samples, round(rate_hz / LONG_STEP_HZ)), real=True)
        )
        freq_hz = np.arange(self._points // 2 + 1, dtype=np.float64) * (rate_hz / self._points)
        used = np.flatnonzero((freq_hz >= LONG_FROM_HZ) & (freq_hz <= high_hz))
        self._used = slice(used[0], used[-1] + 1)
        self.freq_hz: FloatArray = np.asarray(freq_hz[self._used], np.float64)
        self.step_hz = float(freq_hz[1])
        self._tapers = tapers[:, None, :]
        self._scale = (
            2 / (len(tapers) * rate_hz) / np.maximum(response(self.freq_hz), LEAST_RESPONSE)
        )

    def power(self, stretches: FloatArray) -> FloatArray:
        """Power `(windows, frequencies)`, (m/s²)²/Hz, of stretches `(windows, samples, 3)`."""
        rows = stretches.transpose(0, 2, 1)
        centred = rows - rows.sum(axis=-1, keepdims=True) * (1 / self.samples)
        tapered = (centred[:, None] * self._tapers).reshape(len(rows), -1, self.samples)
        lines = np.fft.rfft(tapered, self._points)[..., self._used]
        power = (lines.real**2 + lines.imag**2).sum(axis=1)
        return np.asarray(power * self._scale, np.float64)


def averaging(freq_hz: FloatArray, low_hz: FloatArray, high_hz: FloatArray) -> FloatArray:
    """Matrix `(frequencies, bands)` that turns spectra into their means over bands."""
    first = _nearest(freq_hz, low_hz)
    last = np.maximum(first, _nearest(freq_hz, high_hz))
    number = np.arange(len(freq_hz))[:, None]
    inside = (number >= first) & (number <= last)
    return np.asarray(inside / inside.sum(axis=0), np.float64)


def interpolating(freq_hz: FloatArray, at_hz: FloatArray) -> FloatArray:
    """Matrix `(frequencies, at)` that reads spectra between their lines."""
    place = (at_hz - freq_hz[0]) / (freq_hz[1] - freq_hz[0])
    below = np.clip(place.astype(int), 0, len(freq_hz) - 2)
    matrix = np.zeros((len(freq_hz), len(at_hz)))
    column = np.arange(len(at_hz))
    matrix[below, column] = 1 - (place - below)
    matrix[below + 1, column] = place - below
    return matrix


def _nearest(freq_hz: FloatArray, wanted_hz: FloatArray) -> IndexArray:
    place = np.round((wanted_hz - freq_hz[0]) / (freq_hz[1] - freq_hz[0])).astype(np.intp)
    return np.asarray(np.clip(place, 0, len(freq_hz) - 1), np.intp)


def _tapered_waves(samples: int, freq_per_sample: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The waves of two tapers that are even about the middle, and those that are odd.

    Each `(samples, 2 * frequencies)`, one taper after the other; the even ones without their mean.
    """
    turns = np.outer(np.arange(samples) - (samples - 1) / 2, 2 * np.pi * freq_per_sample)
    hill, swing = _sine_tapers(samples, 2)[..., None]
    even = np.concatenate([hill * np.cos(turns), swing * np.sin(turns)], axis=1)
    odd = np.concatenate([hill * np.sin(turns), swing * np.cos(turns)], axis=1)
    return even - even.mean(axis=0), odd


def _sine_tapers(samples: int, count: int) -> FloatArray:
    place = np.pi * np.arange(1, samples + 1) / (samples + 1)
    tapers = np.sin(np.outer(np.arange(1, count + 1), place))
    return np.asarray(np.sqrt(2 / (samples + 1)) * tapers, np.float64)
