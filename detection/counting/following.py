"""The running count: a repetition is done when the limb has come back to rest.

The chain says how many repetitions there were and what a typical one is; when the next one is done
is seen much sooner in the distance from rest: it goes beyond `far` and comes back within `near`.
The two shares are chosen so that every repetition so far went out and came back exactly once, the
widest pair that does; a movement that cannot be seen in this way is counted by its chain alone.
"""

from typing import NamedTuple

import numpy as np

from detection.counting.phase import Course
from detection.counting.shapes import BoolArray
from sensors.samples import FloatArray

BANDS = ((0.5, 0.15), (0.5, 0.25), (0.6, 0.35), (0.7, 0.3), (0.75, 0.5), (0.85, 0.65))
"""Pairs of far and near that are tried, the widest and lowest first: near rest the end of the
movement is least early, and what never leaves the lower half is no repetition."""


LONGEST_WAIT = 0.2
"""Periods for which is waited at most: as long as the slowest way back from there takes."""
SETTLED, SETTLED_SAMPLES = 0.1, 15
"""Periods, and samples, after which a limb that stops short of rest, on the nearer half of the
band, has settled there."""
LEAST_PERIODS = 0.5
"""Nobody does a repetition in less than half the time of the others: it is the same one."""


class Band(NamedTuple):
    """Beyond `far` the limb is away, within `near` it is back, as shares of the reach."""

    far: float
    near: float


def band_for(away: FloatArray, cycles: int) -> Band | None:
    """Return the first band in which the distance, (n,), goes out and back `cycles` times."""
    for far, near in BANDS:
        if times_out(away > far, away <= near) == cycles:
            return Band(far, near)
    return None


def times_out(is_far: BoolArray, is_near: BoolArray) -> int:
    """How often, after being near, it got far."""
    state = np.where(is_far, 1, np.where(is_near, -1, 0))
    known = state[state != 0]
    return int((np.diff(known) == 2).sum()) + int(len(known) > 0 and known[0] == 1)


class Follower:
    """Samples of a running set in, the moments at which a repetition was done out.

    The last of the way back is slow: from far to near takes about as long as from there to rest
    (minimum jerk: from half-way to 15 % 0.21 of the movement, from there 0.29), so that long is
    waited.
    """

    def __init__(self, course: Course, band: Band, period: float, first: int) -> None:
        self.course = course
        self.band = band
        self.period = period
        self._last_done = first - int(period)
        self._at = first
        self._is_away = False
        self._last_far = self._last_high = first
        self._due: int | None = None

    def push(self, grid_ms2: FloatArray) -> list[int]:
        """Take the next samples, (n, 3); return the numbers of those at which one was done."""
        away = self.course.away(grid_ms2)
        is_far = away > self.band.far
        is_near = (away <= self.band.near) | self._has_settled(away)
        first, end = self._at, self._at + len(away)
        done: list[int] = []
        while self._at < end:
            found = self._next(is_far[self._at - first :], is_near[self._at - first :])
            if found is not None:
                done.append(found)
        return done

    def _has_settled(self, away: FloatArray) -> BoolArray:
        """(n,) where the limb has been nearer than half of the band for a while."""
        number = self._at + np.arange(len(away))
        is_high = away > (self.band.far + self.band.near) / 2
        last_high = np.maximum.accumulate(np.where(is_high, number, self._last_high))
        if len(away):
            self._last_high = int(last_high[-1])
        return np.asarray(number - last_high >= max(SETTLED_SAMPLES, SETTLED * self.period))

    def _next(self, is_far: BoolArray, is_near: BoolArray) -> int | None:
        """Go on to the next change of state, or to the end; a repetition done there, if any."""
        if self._due is not None:
            return self._wait(is_far, self._due)
        if self._is_away:
            self._come_back(is_far, is_near)
        elif is_far.any():
            self._at += int(is_far.argmax())
            self._is_away, self._last_far = True, self._at
        else:
            self._at += len(is_far)
        return None

    def _come_back(self, is_far: BoolArray, is_near: BoolArray) -> None:
        back = int(is_near.argmax()) if is_near.any() else len(is_near)
        far = np.flatnonzero(is_far[:back])
        if len(far):
            self._last_far = self._at + int(far[-1])
        self._at += back
        if back < len(is_near):
            self._due = self._at + int(min(self._at - self._last_far, LONGEST_WAIT * self.period))

    def _wait(self, is_far: BoolArray, due: int) -> int | None:
        """It is back: done when it stays for a moment, or when it leaves again."""
        until = min(due - self._at, len(is_far) - 1)
        leaves = bool(is_far[: until + 1].any())
        if not leaves and self._at + until < due:
            self._at += len(is_far)
            return None
        done = self._at + int(is_far.argmax()) if leaves else due
        self._due, self._is_away, self._at = None, False, done
        if not leaves:
            self._at += 1
        if done - self._last_done < LEAST_PERIODS * self.period:
            return None
        self._last_done = done
        return done
