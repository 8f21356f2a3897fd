"""Was a return missed that the chain knows of?

Between two returns to rest that were followed lies one turn, the far end of a repetition. The chain
knows where the turns were: two of them between returns that are far apart mean that the limb came
back between them, too, but not as near to rest as usual.
"""

from typing import NamedTuple

import numpy as np

from detection.counting.phase import Course
from detection.counting.template import Segment

FAR_APART = 1.6
"""Periods between two returns: the longest that one repetition takes of the time of others, as for
neighbours in a chain."""

LEAST_PERIOD = 75
"""Samples, 3 s: a chain knows its turns to a tile, 0.64 s, over a fifth of what is quicker."""


class Missed(NamedTuple):
    """A return that was not seen: number `at` of them, with about the sample `done`."""

    at: int
    done: int


def turns_of(segments: list[Segment], course: Course, first: int) -> list[float]:
    """Numbers of the samples with which each segment is farthest from rest.

    first: number of the sample from which the segments' positions count.
    """
    away = course.away(course.path_ms2)
    share = (int(away.argmax()) + 0.5) / len(away)
    return [first + s.start + share * (s.end - s.start) for s in segments]


def missed_return(done: list[int], turns: list[float]) -> Missed | None:
    """Return the first return that is missing among those done, after the first turn, if any.

    done, turns: numbers of samples, both rising; turns: at least three.
    """
    period = float(np.median(np.diff(turns)))
    if period < LEAST_PERIOD:
        return None
    before = np.searchsorted(turns, done)
    far_apart = np.diff(done) > FAR_APART * period
    missing = np.flatnonzero((np.diff(before) == 2) & (before[:-1] > 0) & far_apart)
    if len(missing) == 0:
        return None
    last = int(missing[0])
    return Missed(last + 1, (done[last] + done[last + 1]) // 2)
