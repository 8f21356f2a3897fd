"""The set that is followed: its chain so far, its count, and when each count was said."""

import math

import numpy as np

from detection.counting.chains import Cycle
from detection.counting.following import Band, Follower, band_for
from detection.counting.lattice import HOP_SAMPLES
from detection.counting.past import Past
from detection.counting.phase import Course, course_of, posture_before
from detection.counting.template import Segment
from sensors.samples import FloatArray

AROUND_PERIODS = 4.0
"""Periods before a set that are looked at with it: two cuts, each 1.3 periods wider, and rest."""
COMPLETE_AT = 0.92
"""The newest cycle counts once it has this share of the others' duration."""
APART = 2
"""Repetitions by which following and chain may not be apart: one is what their phases explain."""


class RunningSet:
    """What is known of the set that goes on.

    course: its typical repetition, once two are complete. count: repetitions said so far.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.chain: list[Cycle] = []
        self.is_over_after = math.inf
        self.is_announced = False
        self.next_asked_at = 0
        self.course: Course | None = None
        self.count = 0
        self.counted_at_s: dict[int, float] = {}
        self._follower: Follower | None = None
        self._followed = 0
        self._heard = 0
        self._complete = 0
        self._last_done = 0

    def done_with(self, grid_ms2: FloatArray) -> list[int]:
        """Numbers of the samples with which repetitions were done, among the next ones."""
        return self._follower.push(grid_ms2) if self._follower is not None else []

    def begin_next(self, sample: int) -> int:
        """Where the repetition that is done with this sample may have begun."""
        return min(max(self._last_done, self.chain[0].start * HOP_SAMPLES), sample - 2)

    def count_one(self, sample: int, at_s: float) -> None:
        """One more repetition is done."""
        self.count += 1
        self.counted_at_s[self.count] = at_s
        self._last_done = sample

    def count_to_say(self) -> int:
        """The count as far as it is known at the end of a tile.

        Who follows counts by itself; the chain counts alone, and takes back what it must, where
        nobody does.
        """
        if self._follower is not None:
            return max(self.count, self._followed)
        return (
            self._complete if self._complete < self.count - 1 else max(self.count, self._complete)
        )

    def learn(self, past: Past) -> None:
        """Look anew at what a repetition is, whenever the chain has one more."""
        complete = _complete(self.chain)
        if len(complete) == self._complete or len(complete) < 2:
            return
        self._complete = len(complete)
        seen, segments = around(past, complete)
        self._heard = past.count
        known = self.course.rest_ms2 if self.course is not None and self.course.is_known else None
        postures = posture_before(seen, segments) if known is None else [known]
        course = course_of(seen, segments, postures)
        if course is None:
            return
        self.course = course
        self._follow(seen, segments, course)

    def _follow(self, seen: FloatArray, segments: list[Segment], course: Course) -> None:
        """Go on following with what was learnt, begin to if it is possible, or give up."""
        begin, end = (
            s.start + course.share * (s.end - s.start) for s in (segments[0], segments[-1])
        )
        period = float(np.median([s.end - s.start for s in segments]))
        band = band_for(course.away(seen[max(0, int(begin)) : int(end)]), len(segments) - 1)
        if self._follower is None:
            if band is not None:
                self._begin_following(seen, segments[0], course, band, period)
        elif abs(self._complete - self.count) >= APART:
            self._follower = None
        else:
            self._follower.course, self._follower.period = course, period
            self._follower.band = band or self._follower.band

    def _begin_following(
        self, seen: FloatArray, first: Segment, course: Course, band: Band, period: float
    ) -> None:
        begin = max(0, int(first.start + (course.share - 1) * (first.end - first.start)))
        follower = Follower(course, band, period, self._heard - len(seen) + begin)
        followed = len(follower.push(seen[begin:]))
        if abs(followed - self._complete) < APART and followed >= self.count:
            self._follower, self._followed = follower, followed


def around(past: Past, chain: list[Cycle]) -> tuple[FloatArray, list[Segment]]:
    """All samples from well before a chain until now, (n, 3), and its cycles in them."""
    period = float(np.median([cycle.end - cycle.start for cycle in chain])) * HOP_SAMPLES
    begin = chain[0].start * HOP_SAMPLES - int(AROUND_PERIODS * period)
    seen = past.between(max(0, begin), past.count)
    first = past.count - len(seen)
    segments = [
        Segment(float(c.start * HOP_SAMPLES - first), float(c.end * HOP_SAMPLES - first), 1.0)
        for c in chain
    ]
    return seen, segments


def _complete(chain: list[Cycle]) -> list[Cycle]:
    typical = float(np.median([cycle.end - cycle.start for cycle in chain[:-1]]))
    last = chain[-1].end - chain[-1].start
    return chain if last >= COMPLETE_AT * typical else chain[:-1]
