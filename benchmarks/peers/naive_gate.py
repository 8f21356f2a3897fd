"""Nothing given, the naive way: exercise is where ten seconds repeat.

Every second the vector autocorrelation of ten seconds is looked at. Where its best peak is above
0.55 there is exercise in the middle five; stretches less than five seconds apart are one set, with
as many repetitions as the median period fits in. Middle and bridge are what did best on gym
sessions; a period must be shown twice, so that none above five seconds is seen.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from scipy.signal import find_peaks

from benchmarks.peers.autocorrelation import CUTOFF_HZ, NEARLY, correlation
from benchmarks.peers.movement import SHORTEST_S, low_passed
from detection.scoring.sets import FoundRep, FoundSet
from sensors.samples import FloatArray

WINDOW_S, HOP_S, MIDDLE_S, BRIDGED_S = 10.0, 1.0, 5.0, 5.0
LEAST_SHOWN = 2.0
LIKENESS = 0.55
LEAST_REPS = 3
"""Fewer repetitions are no set, as with Steadyrep."""


def find(acc_ms2: FloatArray, rate_hz: float) -> tuple[FoundSet, ...]:
    """Return the sets of a signal, (n, 3), that begins at 0 s."""
    smooth_ms2 = low_passed(acc_ms2, rate_hz, CUTOFF_HZ)
    window = round(WINDOW_S * rate_hz)
    hops = int((len(acc_ms2) - window) / (HOP_S * rate_hz)) + 1
    begins = [round(number * HOP_S * rate_hz) for number in range(hops)]
    periods = [_period_s(smooth_ms2[begin : begin + window], rate_hz) for begin in begins]
    sets = [_set(lasting) for lasting in _stretches(periods)]
    return tuple(each for each in sets if len(each.reps) >= LEAST_REPS)


def _period_s(window_ms2: FloatArray, rate_hz: float) -> float | None:
    """Period of a window in which something repeats; None where nothing does."""
    likeness = correlation(window_ms2)[: int(len(window_ms2) / LEAST_SHOWN)]
    peaks, _ = find_peaks(likeness)
    peaks = peaks[peaks >= SHORTEST_S * rate_hz]
    if len(peaks) == 0 or likeness[peaks].max() <= LIKENESS:
        return None
    return float(peaks[likeness[peaks] >= NEARLY * likeness[peaks].max()][0] / rate_hz)


def _stretches(periods: Sequence[float | None]) -> list[dict[float, float]]:
    """Windows near each other in which something repeats: seconds of their middle, and periods."""
    stretches: list[dict[float, float]] = []
    for number, period in enumerate(periods):
        middle_s = number * HOP_S + WINDOW_S / 2
        if period is None:
            continue
        if not stretches or middle_s - max(stretches[-1]) > BRIDGED_S:
            stretches.append({})
        stretches[-1][middle_s] = period
    return stretches


def _set(periods: dict[float, float]) -> FoundSet:
    begin_s, end_s = min(periods) - MIDDLE_S / 2, max(periods) + MIDDLE_S / 2
    many = round((end_s - begin_s) / float(np.median(list(periods.values()))))
    edges_s = np.linspace(begin_s, end_s, many + 1)
    reps = [
        FoundRep(float(start), float(start + end) / 2, float(end), end_s)
        for start, end in itertools.pairwise(edges_s)
    ]
    return FoundSet(begin_s, end_s, tuple(reps))
