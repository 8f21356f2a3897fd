"""The period of a movement: autocorrelation of the acceleration vector.

The three axes' autocovariances are summed, so the result does not change when the sensor turns,
and up and down do not look alike as they do in the vector's length.
"""

import numpy as np
from scipy import signal

from detection.counting.resampling import GRID_RATE_HZ
from sensors.samples import FloatArray

SHORTEST_PERIOD_S = 0.6
"""Faster than any exercise; what repeats faster is shaking or noise."""
PEAK_PROMINENCE = 0.02
"""By which a peak stands out of the correlation, whose noise is about 0.01 over a set."""
SAME = 0.1
"""Lags that differ by less, relatively, are one period: a window may last 0.62 to 1.6 of it."""
LONGEST_LAG = 0.6
"""Share of the stretch: beyond, too few cycles overlap."""
HALVED_FROM = 0.9
"""A peak this high, against the highest, may be two periods: its half is tried, too."""


def autocorrelation(values: FloatArray) -> FloatArray:
    """Unbiased autocorrelation of (n, c) values over lags 0..n-1; 1 at lag 0, all 0 if constant."""
    n = len(values)
    centred = values - values.mean(axis=0)
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(centred, size, axis=0)
    power = (spectrum.real**2 + spectrum.imag**2).sum(axis=1)
    sums = np.fft.irfft(power, size)[:n]
    if sums[0] <= 0:
        return np.zeros(n)
    return np.asarray(sums / sums[0] * (n / (n - np.arange(n))))


def peak_near(correlation: FloatArray, lag: float, spread: float) -> tuple[int, float]:
    """Lag in samples and height of the highest value at `lag` × (1 ± spread); (0, 0) if none."""
    low, high = int(lag * (1 - spread)), int(lag * (1 + spread)) + 2
    part = correlation[low:high]
    if low >= len(correlation) or len(part) == 0:
        return 0, 0.0
    best = int(part.argmax())
    return low + best, float(part[best])


def candidate_periods(correlation: FloatArray) -> list[float]:
    """Lags in samples that may be the period, shortest first: peaks, and halves of high ones."""
    shortest = SHORTEST_PERIOD_S * GRID_RATE_HZ
    peaks, _ = signal.find_peaks(
        correlation[: int(LONGEST_LAG * len(correlation))], prominence=PEAK_PROMINENCE
    )
    peaks = peaks[peaks >= shortest]
    if len(peaks) == 0:
        return []
    high = peaks[correlation[peaks] > HALVED_FROM * correlation[peaks].max()]
    halves = [p / 2 for p in high if p / 2 >= shortest]
    return _apart([float(p) for p in peaks[np.argsort(-correlation[peaks])]] + halves)


def _apart(lags: list[float]) -> list[float]:
    """These lags, sorted, without those that an earlier one of them stands for."""
    kept: list[float] = []
    for lag in lags:
        if all(abs(lag / other - 1) > SAME for other in kept):
            kept.append(lag)
    return sorted(kept)
