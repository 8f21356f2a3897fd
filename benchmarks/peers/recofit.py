"""The counting of RecoFit, written afresh from the paper's description.

Morris, Saponas, Guillory & Kelner 2014, "RecoFit: Using a Wearable Sensor to Find, Recognize, and
Count Repetitive Exercises", CHI '14: band-pass of 0.15-11 Hz, first principal component, local
maxima taken from the highest down unless one is nearer than the shortest period; around each the
autocorrelation tells the period there, and from the highest down again one nearer than 0.75 of it
is dropped; last, those below half the one at the 40th percentile are dropped.

Deviations: shortest and longest period are the paper's own for each exercise it has recognised;
here the exercise is unknown and all share the range of the other peers. The paper's filter is
elliptic of unstated order; here order 4, 0.5 dB and 40 dB. Which way is up is not known: that of
the longer tail is taken, as a limb is at rest for longer than at the end of its way.
"""

from collections.abc import Sequence

import numpy as np
from scipy.signal import ellip, find_peaks, sosfiltfilt

from benchmarks.peers.movement import LONGEST_S, SHORTEST_S, first_component
from sensors.samples import FloatArray

BAND_HZ = (0.15, 11.0)
ORDER, RIPPLE_DB, STOP_DB = 2, 0.5, 40.0
"""Of each edge; two edges make order 4."""
APART = 0.75
PERCENTILE = 40
LEAST_OF_IT = 0.5
AROUND = 2.0
"""Of the longest period considered, to either side of a peak."""


def count(acc_ms2: FloatArray, rate_hz: float) -> int:
    """Return how many peaks of the first component stand for repetitions."""
    signal = first_component(_band_passed(acc_ms2, rate_hz))
    upward = signal if np.mean(signal**3) >= 0 else -signal
    return len(repetitions(upward, rate_hz))


def repetitions(signal: FloatArray, rate_hz: float) -> list[int]:
    """Return the samples of the upward peaks that stand for repetitions, in order."""
    maxima, _ = find_peaks(signal)
    rising = maxima[signal[maxima] > 0].tolist()
    shortest = SHORTEST_S * rate_hz
    candidates = _apart(signal, rising, dict.fromkeys(rising, shortest))
    periods = {peak: _period(signal, peak, rate_hz) or shortest for peak in candidates}
    kept = _apart(signal, candidates, {peak: APART * periods[peak] for peak in candidates})
    if not kept:
        return []
    least = LEAST_OF_IT * np.percentile(signal[kept], PERCENTILE)
    return sorted(peak for peak in kept if signal[peak] >= least)


def _band_passed(acc_ms2: FloatArray, rate_hz: float) -> FloatArray:
    top_hz = min(BAND_HZ[1], 0.45 * rate_hz)
    sos = ellip(ORDER, RIPPLE_DB, STOP_DB, (BAND_HZ[0], top_hz), "band", fs=rate_hz, output="sos")
    return np.asarray(sosfiltfilt(sos, acc_ms2, axis=0))


def _apart(signal: FloatArray, peaks: Sequence[int], apart: dict[int, float]) -> list[int]:
    """From the highest down, those that are at least their own distance from all taken before."""
    taken: list[int] = []
    for peak in sorted(peaks, key=lambda each: -signal[each]):
        if all(abs(peak - other) >= apart[peak] for other in taken):
            taken.append(peak)
    return taken


def _period(signal: FloatArray, peak: int, rate_hz: float) -> int | None:
    """The lag of the highest peak of the autocorrelation around a peak, in samples."""
    reach = int(AROUND * LONGEST_S * rate_hz)
    around = signal[max(0, peak - reach) : peak + reach]
    spectrum = np.fft.rfft(around - around.mean(), 2 * len(around))
    covariance = np.fft.irfft(np.abs(spectrum) ** 2)[: int(LONGEST_S * rate_hz)]
    lags, _ = find_peaks(covariance[: len(around)])
    lags = lags[lags >= SHORTEST_S * rate_hz]
    return int(lags[covariance[lags].argmax()]) if len(lags) else None
