"""The set that is followed: its chain so far, its count, and when each count was said."""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from detection.counting.chains import Cycle, typical_hops
from detection.counting.excursion import ALONE
from detection.counting.following import BANDS, Band, Follower, band_for
from detection.counting.lattice import HOP_S, HOP_SAMPLES
from detection.counting.missed import missed_return, turns_of
from detection.counting.opening import Opened
from detection.counting.past import Past
from detection.counting.phase import Course, course_of, posture_before
from detection.counting.template import Segment
from sensors.samples import FloatArray

AROUND_PERIODS = 4.0
"""Periods before a set that are looked at with it: two cuts, each 1.3 periods wider, and rest."""
COMPLETE_AT = 0.92
"""The newest cycle counts once it has this share of the others' duration."""
LEAST_HOPS = 1.5 / HOP_S
"""Two cycles of less than 1.5 s are no reason to look closer: steps are as fast, and alike."""
LEAST_COMPLETE = 2
"""Cycles from which a typical repetition can be told."""
LEAST_TURNS = 3
"""Turns from which it can be told how far apart they usually are."""
OPENING_BAND = Band(*BANDS[0])
"""Until several repetitions show which band separates them."""
APART = 2
"""Repetitions by which following and chain may not be apart: one is what their phases explain."""


class Told(NamedTuple):
    """A repetition that was said to be done: with which sample it was, and when it was said."""

    done: int
    at_s: float


class RunningSet:
    """What is known of the set that goes on.

    is_better: its chain has been worth more than rest; before that it only promises to be a set.
    is_exercise: the gate let it through. course: its typical repetition, once two are complete.
    told: the running count, one by one.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.chain: list[Cycle] = []
        self.is_over_after = -math.inf
        self.is_announced = False
        self.is_candidate = False
        self.is_paused = False
        self.is_exercise = False
        self.is_better = False
        self.next_asked_at = 0
        self.course: Course | None = None
        self.told: list[Told] = []
        self.opened: Opened | None = None
        self._follower: Follower | None = None
        self._is_opening = False
        self._followed: list[int] = []
        self._complete: list[Cycle] = []
        self._turns: list[float] = []

    @property
    def count(self) -> int:
        """Repetitions said so far."""
        return len(self.told)

    @property
    def followed(self) -> int:
        """Repetitions seen by following the limb; 0 where nobody follows."""
        return len(self._followed) if self._follower is not None else 0

    @property
    def period(self) -> float:
        """Samples of a typical repetition, of a set that is followed or has a chain."""
        if self._follower is not None:
            return self._follower.period
        return typical_hops(self.chain) * HOP_SAMPLES

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of a set yet."""
        return not self.chain and self.opened is None

    @property
    def is_followed(self) -> bool:
        """Whether repetitions are seen by following the limb."""
        return self._follower is not None

    @property
    def begin(self) -> int:
        """Number of the sample with which the set began, as far as is known."""
        begins = [self.chain[0].start * HOP_SAMPLES] if self.chain else []
        if self.opened is not None:
            begins.append(self.opened.begin)
        return min(begins)

    @property
    def opened_until(self) -> tuple[float, float]:
        """Sample with which the last repetition since the opening was done, and a repetition's
        samples; no sample without an opening."""
        if self.opened is None:
            return -math.inf, 0.0
        period = self._follower.period if self._follower is not None else self.opened.period
        done = self._followed[-1] if self._followed else self.opened.begin + self.opened.period
        return done, period

    @property
    def excursions(self) -> list[Segment]:
        """From rest to rest, in samples of the stream, since the opening; none without one."""
        if self.opened is None:
            return []
        edges = [float(at) for at in (self.opened.begin, *self._followed)]
        return [Segment(a, b, ALONE) for a, b in pairwise(edges)]

    def open(self, opened: Opened, seen: FloatArray) -> list[int]:
        """Begin with the first repetition of a known exercise.

        seen: all samples since it began, (n, 3). Returns the numbers of those with which
        repetitions were done.
        """
        self.opened, self.course = opened, opened.course
        self._follower = Follower(opened.course, OPENING_BAND, opened.period, opened.begin)
        self._followed = self._follower.push(seen)
        self._is_opening = True
        return list(self._followed)

    def hear(self, grid_ms2: FloatArray) -> list[int]:
        """Take the next samples; numbers of those with which repetitions were done."""
        if self._follower is None:
            return []
        done = self._follower.push(grid_ms2)
        self._followed += done
        return done

    def due(self) -> list[int]:
        """Numbers of the samples with which repetitions not said yet were done."""
        if self._follower is not None:
            return self._followed[self.count :]
        return [cycle.end * HOP_SAMPLES - 1 for cycle in self._complete[self.count :]]

    def take_back(self) -> bool:
        """Unsay what the chain no longer holds, where nobody follows; whether there was any."""
        if self._follower is not None or len(self._complete) >= self.count - 1:
            return False
        del self.told[len(self._complete) :]
        return True

    def take_up(self, past: Past, at_s: float) -> bool:
        """Say what the chain holds before the repetition that opened the set; whether there was
        any: the first are missed where the limb was not held still before them."""
        count = self.count
        if not self.is_announced:
            return False
        while self.opened is not None and self._is_opening and self._has_one_before(past):
            begin, period = self.opened.begin, int(typical_hops(self.chain) * HOP_SAMPLES)
            self._followed.insert(0, begin)
            self.told.insert(0, Told(begin, at_s))
            self.opened = self.opened._replace(begin=begin - period)
        return self.count > count

    def _has_one_before(self, past: Past) -> bool:
        """Whether the chain reaches a repetition farther back than what was followed."""
        if self.opened is None or self.course is None:
            return False
        begin, period = self.opened.begin, typical_hops(self.chain) * HOP_SAMPLES
        if begin - self.chain[0].start * HOP_SAMPLES < COMPLETE_AT * period:
            return False
        away = self.course.away(past.between(begin - int(period), begin))
        return bool((away > OPENING_BAND.far).any())

    def take_up_missed(self, at_s: float) -> bool:
        """Say the return that only the chain knows of; whether there was any, and it was due."""
        count = self.count
        if self._follower is None or len(self._turns) < LEAST_TURNS:
            return False
        missed = missed_return(self._followed, self._turns)
        if missed is not None:
            self._followed.insert(missed.at, missed.done)
            if missed.at < count:
                self.told.insert(missed.at, Told(missed.done, at_s))
        return self.count > count

    def learn(self, past: Past) -> None:
        """Look anew at what a repetition is, whenever the chain has one more."""
        self._turns = []
        complete = _complete(self.chain)
        is_same = len(complete) == len(self._complete) and complete[:1] == self._complete[:1]
        is_brief = typical_hops(complete) < LEAST_HOPS and len(complete) <= LEAST_COMPLETE
        if is_same or len(complete) < LEAST_COMPLETE or is_brief:
            return
        if not self.is_announced and complete[:1] != self._complete[:1]:
            self._follower = None
        self._complete = complete
        seen, segments = around(past, complete)
        known = self.course.rest_ms2 if self.course is not None and self.course.is_known else None
        postures = posture_before(seen, segments) if known is None else [known]
        course = course_of(seen, segments, postures)
        if course is not None:
            self.course = course
            self._follow(seen, segments, past.count - len(seen))

    def _follow(self, seen: FloatArray, segments: list[Segment], first: int) -> None:
        """Go on following with what was learnt, begin to if it is possible, or give up."""
        course = self.course
        if course is None:
            return
        begin, end = (
            s.start + course.share * (s.end - s.start) for s in (segments[0], segments[-1])
        )
        band = band_for(course.away(seen[max(0, int(begin)) : int(end)]), len(segments) - 1)
        period = float(np.median([s.end - s.start for s in segments]))
        if self._follower is None and band is not None:
            at = max(0, int(begin - (segments[0].end - segments[0].start)))
            self._begin_following(seen[at:], Follower(course, band, period, first + at))
        if self._follower is None:
            return
        if self._is_apart():
            self._follower = None
        else:
            self._follower.course, self._follower.period = course, period
            self._follower.band = band or self._follower.band
            self._turns = turns_of(segments, course, first)

    def _is_apart(self) -> bool:
        """Whether following tells another count than the chain, as far as both reach back."""
        complete, followed = self._complete, self._followed
        if self._is_opening and self.opened is not None:
            begin = max(complete[0].start * HOP_SAMPLES, self.opened.begin)
            end = complete[-1].end * HOP_SAMPLES
            complete = [cycle for cycle in complete if cycle.end * HOP_SAMPLES > begin]
            followed = [done for done in followed if begin < done <= end]
        return abs(len(complete) - len(followed)) >= APART

    def _begin_following(self, seen: FloatArray, follower: Follower) -> None:
        followed = follower.push(seen)
        if abs(len(followed) - len(self._complete)) < APART and len(followed) >= self.count:
            self._follower, self._followed, self._is_opening = follower, followed, False


def told_at(told: list[Told], ends: list[float], else_s: float) -> list[float]:
    """When each final repetition, by its end in samples, was said; `else_s` if it never was.

    The running count may have begun a repetition earlier or later than the final one: the two are
    laid beside each other as they fit best.
    """
    if not told:
        return [else_s] * len(ends)
    apart = {
        shift: np.median(
            [
                abs(told[n + shift].done - end)
                for n, end in enumerate(ends)
                if 0 <= n + shift < len(told)
            ]
        )
        for shift in range(1 - len(ends), len(told))
    }
    shift = min(apart, key=lambda each: (apart[each], abs(each)))
    at = [n + shift for n in range(len(ends))]
    return [told[n].at_s if 0 <= n < len(told) else else_s for n in at]


def around(past: Past, chain: list[Cycle]) -> tuple[FloatArray, list[Segment]]:
    """All samples from well before a chain until now, (n, 3), and its cycles in them."""
    period = typical_hops(chain) * HOP_SAMPLES
    begin = chain[0].start * HOP_SAMPLES - int(AROUND_PERIODS * period)
    seen = past.between(max(0, begin), past.count)
    first = past.count - len(seen)
    segments = [
        Segment(float(c.start * HOP_SAMPLES - first), float(c.end * HOP_SAMPLES - first), 1.0)
        for c in chain
    ]
    return seen, segments


def _complete(chain: list[Cycle]) -> list[Cycle]:
    typical = typical_hops(chain[:-1])
    last = chain[-1].end - chain[-1].start
    return chain if last >= COMPLETE_AT * typical else chain[:-1]
