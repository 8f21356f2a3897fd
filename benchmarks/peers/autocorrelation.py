"""Vector autocorrelation: the period of all axes together, and how often it fits in.

The autocovariances of the axes are summed, so that the sensor may sit at any angle; the earliest
peak that reaches 0.8 of the highest one is the period, because twice a period repeats as well.
"""

import numpy as np
from scipy.signal import find_peaks

from benchmarks.peers.movement import LONGEST_S, SHORTEST_S, low_passed
from sensors.samples import FloatArray

CUTOFF_HZ = 3.0
"""Repetitions take 0.64 s or more; what is faster than their second harmonic is no shape."""
NEARLY = 0.8
"""Share of the highest peak from which the earliest one is taken."""
LEAST_SHOWN = 1.5
"""A period that the signal shows fewer times than this is not seen to repeat."""


def count(acc_ms2: FloatArray, rate_hz: float) -> int:
    """Return how many periods the signal holds, 0 where nothing repeats."""
    period = period_s(acc_ms2, rate_hz)
    return 0 if period is None else round(len(acc_ms2) / rate_hz / period)


def period_s(acc_ms2: FloatArray, rate_hz: float) -> float | None:
    """Return the earliest lag that is nearly as good as the best; None where there is none."""
    smooth_ms2 = low_passed(acc_ms2, rate_hz, CUTOFF_HZ)
    likeness = correlation(smooth_ms2)[: int(min(LONGEST_S * rate_hz, len(acc_ms2) / LEAST_SHOWN))]
    peaks, _ = find_peaks(likeness)
    peaks = peaks[(peaks >= SHORTEST_S * rate_hz) & (likeness[peaks] > 0)]
    if len(peaks) == 0:
        return None
    good = peaks[likeness[peaks] >= NEARLY * likeness[peaks].max()]
    return float(good[0] / rate_hz)


def correlation(acc_ms2: FloatArray) -> FloatArray:
    """(n,) likeness at each lag, 1 at lag 0: autocovariances of the axes summed, without bias."""
    count, centred = len(acc_ms2), acc_ms2 - acc_ms2.mean(axis=0)
    spectrum = np.fft.rfft(centred, 2 * count, axis=0)
    covariance = np.fft.irfft((np.abs(spectrum) ** 2).sum(axis=1))[:count]
    unbiased = covariance * count / np.arange(count, 0, -1)
    return np.asarray(unbiased / max(unbiased[0], 1e-12))
