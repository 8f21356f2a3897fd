"""Which repetitions of a set were only partial: turned back before half of the way.

A partial repetition is shown, not counted. It is measured against those around it, not against the
whole set: a range that fades over a set is tiredness, and every repetition of it counts.
"""

import numpy as np

from detection.counting.shapes import BoolArray
from sensors.samples import FloatArray

PARTIAL_BELOW = 0.5
"""Share of the reach of those around it: nearer to none than to a whole one."""
DISTANCES = (1, 2)
"""Compared with those next to it, and with the next but one: of alternating sides, its own."""


def are_partial(reach: FloatArray) -> BoolArray:
    """Tell, from how far from rest each repetition went, (n,), which were partial."""
    n = len(reach)
    is_partial = np.full(n, n > 1)
    for distance in DISTANCES:
        before = np.concatenate((np.full(distance, np.nan), reach))[:n]
        after = np.concatenate((reach, np.full(distance, np.nan)))[distance : n + distance]
        nearer = np.fmin(before, after)
        is_partial &= ~(reach >= PARTIAL_BELOW * nearer)
    return is_partial
