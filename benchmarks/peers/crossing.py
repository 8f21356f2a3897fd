"""Crossings of the mean after a low-pass of 1 Hz.

Of three simple ways, the best one without tuning in Zelman et al. 2020, "Accelerometer-Based
Automated Counting of Ten Exercises without Exercise-Specific Training or Tuning" (threshold
crossing with a low-pass). On the first principal component instead of a chosen axis.
"""

import numpy as np

from benchmarks.peers.movement import first_component, low_passed
from sensors.samples import FloatArray

CUTOFF_HZ = 1.0
LEAST_SWING = 0.2
"""In standard deviations: a crossing counts once the signal was this far on either side."""


def count(acc_ms2: FloatArray, rate_hz: float) -> int:
    """Return how often the signal rises through its mean or falls through it, whichever is more:
    a set that begins on one side of the mean crosses once less in that direction."""
    signal = first_component(low_passed(acc_ms2, rate_hz, CUTOFF_HZ))
    far = LEAST_SWING * float(np.std(signal))
    side = np.sign(signal) * (np.abs(signal) > far)
    turns = np.diff(side[side != 0])
    return int(max((turns > 0).sum(), (turns < 0).sum()))
