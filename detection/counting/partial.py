"""Which repetitions of a set were only partial: turned back before half of the way.

A partial repetition is shown, not counted. It is measured against those around it, not against the
whole set: a range that fades over a set is tiredness, and every repetition of it counts.
"""

import numpy as np

from detection.counting.shapes import BoolArray
from sensors.samples import FloatArray

PARTIAL_BELOW = 0.5
"""Share of the reach of those around it: nearer to none than to a whole one."""
AROUND = 2
"""Repetitions before and after that are compared with: where sides alternate, one of each side."""


def are_partial(reach: FloatArray) -> BoolArray:
    """Tell, from how far from rest each repetition went, (n,), which were partial."""
    n = len(reach)
    around = [
        np.concatenate((reach[max(0, i - AROUND) : i], reach[i + 1 : i + 1 + AROUND]))
        for i in range(n)
    ]
    return np.array(
        [
            len(others) > 0 and own < PARTIAL_BELOW * np.median(others)
            for own, others in zip(reach, around, strict=True)
        ],
        dtype=bool,
    )
