"""What the counts of peers begin with: smooth movement, in one dimension where they want one."""

import numpy as np
from scipy.signal import butter, sosfiltfilt

from sensors.samples import FloatArray

SHORTEST_S, LONGEST_S = 0.64, 24.0
"""Seconds of one repetition that are considered: what Steadyrep considers, for all alike."""
PADDING = 15
"""Samples that sosfiltfilt sets before and after; a signal must be longer."""


def low_passed(acc_ms2: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """(n, 3) without what is faster, in both directions, so that nothing is delayed."""
    if len(acc_ms2) <= PADDING or cutoff_hz >= 0.45 * rate_hz:
        return acc_ms2
    sos = butter(2, cutoff_hz, fs=rate_hz, output="sos")
    return np.asarray(sosfiltfilt(sos, acc_ms2, axis=0))


def first_component(acc_ms2: FloatArray) -> FloatArray:
    """(n,) along the direction in which most happens, mean 0; which way is up is not known."""
    centred = acc_ms2 - acc_ms2.mean(axis=0)
    direction = np.linalg.svd(centred.T @ centred)[0][:, 0]
    return np.asarray(centred @ direction)
