"""Nothing given, the naive way: exercise is where ten seconds repeat.

Every second the vector autocorrelation of the last ten is looked at. Where its best peak is above
0.55 there is exercise; stretches that touch are one set, with as many repetitions as the median
period fits in.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from scipy.signal import find_peaks

from benchmarks.peers.autocorrelation import CUTOFF_HZ, LEAST_SHOWN, NEARLY, correlation
from benchmarks.peers.movement import SHORTEST_S, low_passed
from detection.scoring.sets import FoundRep, FoundSet
from sensors.samples import FloatArray

WINDOW_S, HOP_S = 10.0, 1.0
LIKENESS = 0.55
LEAST_REPS = 3
"""Fewer repetitions are no set, as with Steadyrep."""


def find(acc_ms2: FloatArray, rate_hz: float) -> tuple[FoundSet, ...]:
    """Return the sets of a signal, (n, 3), that begins at 0 s."""
    smooth_ms2 = low_passed(acc_ms2, rate_hz, CUTOFF_HZ)
    window, hop = round(WINDOW_S * rate_hz), round(HOP_S * rate_hz)
    begins = range(0, len(acc_ms2) - window + 1, hop)
    periods = [_period_s(smooth_ms2[begin : begin + window], rate_hz) for begin in begins]
    sets = [_set(begin_s, lasting) for begin_s, lasting in _stretches(periods)]
    return tuple(each for each in sets if len(each.reps) >= LEAST_REPS)


def _period_s(window_ms2: FloatArray, rate_hz: float) -> float | None:
    """Period of a window in which something repeats; None where nothing does."""
    likeness = correlation(window_ms2)[: int(len(window_ms2) / LEAST_SHOWN)]
    peaks, _ = find_peaks(likeness)
    peaks = peaks[peaks >= SHORTEST_S * rate_hz]
    if len(peaks) == 0 or likeness[peaks].max() <= LIKENESS:
        return None
    return float(peaks[likeness[peaks] >= NEARLY * likeness[peaks].max()][0] / rate_hz)


def _stretches(periods: Sequence[float | None]) -> list[tuple[float, list[float]]]:
    """Windows in a row in which something repeats: when the first begins, and their periods."""
    stretches: list[tuple[float, list[float]]] = []
    is_on = False
    for number, period in enumerate(periods):
        if period is not None and is_on:
            stretches[-1][1].append(period)
        elif period is not None:
            stretches.append((number * HOP_S, [period]))
        is_on = period is not None
    return stretches


def _set(begin_s: float, periods: Sequence[float]) -> FoundSet:
    end_s = begin_s + (len(periods) - 1) * HOP_S + WINDOW_S
    edges_s = np.linspace(begin_s, end_s, round((end_s - begin_s) / float(np.median(periods))) + 1)
    reps = [
        FoundRep(float(start), float(start + end) / 2, float(end), end_s)
        for start, end in itertools.pairwise(edges_s)
    ]
    return FoundSet(begin_s, end_s, tuple(reps))
