"""The first repetition of an exercise that is known: the limb leaves rest, and comes back to it.

Nothing is alike yet; what is known of the exercise stands in for it. A limb that was held still,
went at least as far as the exercise goes, straight there and back, and is where it had been within
the time that one repetition may take, has done one. What leaves rest for good (lying down, standing
up) has not, and what wanders about (reaching, walking) neither.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detection.counting.excursion import ALONE
from detection.counting.lattice import TILE_SAMPLES
from detection.counting.phase import Course, typical_path
from detection.counting.resampling import GRID_RATE_HZ
from detection.counting.template import Segment
from sensors.samples import FloatArray

HELD_SAMPLES = 10
"""A posture held for 0.4 s may be rest."""
HELD_SIZE = 0.15
"""Share of the least reach within which it is held."""
HELD_TILES = 2
"""Times, a tile apart, that a posture was seen held before it is rest: settling down takes less."""
NEAR, FAR = 0.25, 0.5
"""Shares of the least reach within which the limb is at rest, and beyond which it has left."""
RETURNED = 0.2
"""Share of the way to the farthest posture within which it has come back."""
MOST_RESTS = 4
"""Postures held lately that are remembered as rest: the one before lying down, the one after, and
those held while settling."""
LEAST_S = 2.0
"""What is faster alone may be a step: a stride takes up to 2 s where feet shuffle."""
STRAIGHT = 1.7
"""Times the way there and back that the limb may go in all: an arc is longer than its chord."""
SURE_REACH = 0.9
"""Share of the least reach that means of 0.4 s reach: a jerk has a peak, but does not stay."""


@dataclass(frozen=True, slots=True)
class OpeningParams:
    """What one repetition of the exercise may be.

    shortest_s, longest_s: of one repetition. least_ms2, most_ms2: how far it moves the
        acceleration from where it is at rest.
    """

    shortest_s: float
    longest_s: float
    least_ms2: float
    most_ms2: float


class Opened(NamedTuple):
    """A first repetition: its course, the sample at which rest was left, and its samples."""

    course: Course
    begin: int
    period: float


class Candidate(NamedTuple):
    """What may be a first repetition: the samples with which rest was left, and reached again."""

    left: int
    back: int


class Opening:
    """Samples in, candidates for a first repetition out, as soon as the limb has come back."""

    def __init__(self, params: OpeningParams, first: int) -> None:
        self._params = params
        self._at = first
        self._last: FloatArray = np.zeros((0, 3))
        self._rests: list[_Rest] = []

    def push(self, grid_ms2: FloatArray) -> list[Candidate]:
        """Take samples of one tile, (n, 3); return what came back with them, the first first."""
        found: list[Candidate] = []
        for rest in self._rests:
            found += rest.push(grid_ms2, self._at, self._params)
        self._at += len(grid_ms2)
        self._last = np.concatenate((self._last, grid_ms2))[-HELD_SAMPLES:]
        if self._at % TILE_SAMPLES == 0:
            self._remember()
        return sorted(found, key=lambda each: (each.back, each.left))

    def _remember(self) -> None:
        """At the end of a tile, know a posture that is held now as one that may be rest."""
        longest = self._params.longest_s * GRID_RATE_HZ
        self._rests = [each for each in self._rests if self._at - each.left <= longest]
        held = self._last.mean(axis=0)
        moved = float(np.sqrt(((self._last - held) ** 2).sum(axis=1)).max())
        if len(self._last) < HELD_SAMPLES or moved > HELD_SIZE * self._params.least_ms2:
            return
        near = NEAR * self._params.least_ms2
        for rest in self._rests:
            if np.linalg.norm(rest.posture_ms2 - held) <= near:
                rest.posture_ms2 = held
                rest.tiles += 1
                return
        self._rests = [*self._rests, _Rest(held, self._at - 1)][-MOST_RESTS:]


class _Rest:
    """A posture that may be rest, and how far from it the limb is."""

    def __init__(self, posture_ms2: FloatArray, at: int) -> None:
        self.posture_ms2 = posture_ms2
        self.left = at
        self.tiles = 1
        self._is_away = False
        self._farthest = 0.0

    def push(self, grid_ms2: FloatArray, first: int, params: OpeningParams) -> list[Candidate]:
        """Take samples, (n, 3), the first of number `first`; return what came back with them."""
        moved = grid_ms2 - self.posture_ms2
        away = np.sqrt(np.einsum("ij,ij->i", moved, moved))
        found: list[Candidate] = []
        at = 0
        while at < len(away):
            if not self._is_away:
                at = self._leave(away, at, first, params)
                continue
            top = np.maximum.accumulate(np.maximum(away[at:], self._farthest))
            is_back = away[at:] <= RETURNED * top
            if not is_back.any():
                self._farthest = float(top[-1])
                break
            back = int(is_back.argmax())
            at += back
            self._is_away = False
            if self._may_be_one(float(top[back]), first + at, params):
                found.append(Candidate(self.left, first + at))
        return found

    def _leave(self, away: FloatArray, at: int, first: int, params: OpeningParams) -> int:
        """Go on to where the limb has left, or to the end."""
        is_far = away[at:] > FAR * params.least_ms2
        until = int(is_far.argmax()) if is_far.any() else len(is_far)
        near = np.flatnonzero(away[at : at + until] <= NEAR * params.least_ms2)
        if len(near):
            self.left = first + at + int(near[-1])
        if until < len(is_far):
            self._is_away, self._farthest = True, 0.0
        return at + until

    def _may_be_one(self, reach_ms2: float, back: int, params: OpeningParams) -> bool:
        """Whether the limb left rest, went far enough and took as long as one repetition."""
        took_s = (back - self.left) / GRID_RATE_HZ
        return (
            self.tiles >= HELD_TILES
            and params.least_ms2 <= reach_ms2 <= params.most_ms2
            and max(LEAST_S, params.shortest_s) <= took_s <= params.longest_s
        )


def first_repetition(
    seen: FloatArray, first: int, back: int, params: OpeningParams
) -> Opened | None:
    """The first repetition as something to follow; None if the limb did not go straight.

    seen: (n, 3) samples from the candidate's beginning on, the first of number `first`. back: of
    that with which it came back.
    """
    one = Segment(0.0, float(back - first), ALONE)
    path = typical_path(seen, [one])
    rest = path[0]
    if not is_straight(seen, one, rest, params):
        return None
    reach = float(np.sqrt(((path - rest) ** 2).sum(axis=1)).max())
    return Opened(Course(path, rest, 0.0, reach, is_known=True), first, one.end)


def is_straight(
    grid_ms2: FloatArray, segment: Segment, rest_ms2: FloatArray, params: OpeningParams
) -> bool:
    """Whether the limb went from rest, (3,), far enough and back with few detours."""
    inner = grid_ms2[int(segment.start) : int(segment.end)]
    if len(inner) < params.shortest_s * GRID_RATE_HZ:
        return False
    parts = np.array_split(inner, max(2, len(inner) // HELD_SAMPLES))
    means = np.array([inner[0], *(part.mean(axis=0) for part in parts), inner[-1]])
    reach = float(np.sqrt(((means - rest_ms2) ** 2).sum(axis=1)).max())
    went = float(np.sqrt((np.diff(means, axis=0) ** 2).sum(axis=1)).sum())
    return reach >= SURE_REACH * params.least_ms2 and went <= STRAIGHT * 2 * reach
