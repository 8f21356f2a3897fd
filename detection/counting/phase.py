"""Where in the movement a repetition begins: at rest.

Cutting a set into alike pieces leaves open where in the movement the pieces begin; any phase is as
good. The posture just before and after the set says which phase is rest; where it says nothing, the
phase in which the movement dwells longest. There the pieces are made to begin, all shifted by the
same share of their duration.
"""

from typing import NamedTuple

import numpy as np

from detection.counting.shapes import BoolArray
from detection.counting.template import Segment
from sensors.samples import FloatArray

PHASES = 48
"""Points of the typical repetition: 2 % of its duration."""
NEAR_REST = 0.15
"""Share of the way to the farthest posture that still is rest."""
INTO_SET = 0.5
"""Periods into the set in which the rest before it may still be seen."""
HELD_SAMPLES, HELD_PERIODS = 10, 0.1
"""A posture is held if the limb stays 0.4 s, or a tenth of a repetition, where it was."""
HELD_SIZE = 0.05
"""Share of the path's extent within which it is where it was."""
ON_PATH = 0.175
"""Share of the path's extent within which a sample is on it."""
HALF_WAY = 0.5
"""Share of the way to the farthest posture that is movement, not sway; and half a repetition."""
CLOSE, CONTRAST = 0.9, 0.5
"""A posture off the path says which end is rest if it is less than nine tenths of the path's extent
away from one end, and half of it farther from the other."""


class Course(NamedTuple):
    """The typical repetition: its path, (48, 3), and where on it rest is.

    rest_ms2: (3,). share: phase, 0 to 1, in the middle of rest. reach_ms2: how far from rest the
    path goes. is_known: False where rest is only the posture held longest.
    """

    path_ms2: FloatArray
    rest_ms2: FloatArray
    share: float
    reach_ms2: float
    is_known: bool

    def away(self, grid_ms2: FloatArray) -> FloatArray:
        """(n,) distance of samples, (n, 3), from rest as a share of the reach."""
        moved = grid_ms2 - self.rest_ms2
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", moved, moved)) / self.reach_ms2)


def course_of(
    grid_ms2: FloatArray, segments: list[Segment], postures: list[FloatArray]
) -> Course | None:
    """Return the typical repetition; None if nothing moves.

    grid_ms2: (n, 3) samples in which the segments' positions count. postures: those that may be
    rest; the one nearest to the path is, if it is near enough.
    """
    path = typical_path(grid_ms2, segments)
    rest = _nearest(path, postures)
    is_known = rest is not None
    if rest is None:
        rest = path[_dwelling(path)]
    away = np.sqrt(((path - rest) ** 2).sum(axis=1))
    reach, nearest = float(away.max()), float(away.min())
    if reach <= 0:
        return None
    share = _middle_of_rest(away <= nearest + NEAR_REST * (reach - nearest))
    return Course(path, rest, share, reach, is_known)


def posture_before(grid_ms2: FloatArray, segments: list[Segment]) -> list[FloatArray]:
    """The posture from which the set began, if one was held; (3,)."""
    path, period = typical_path(grid_ms2, segments), _period(segments)
    first = max(0, int(segments[0].start))
    return _held_outside(grid_ms2[: first + int(INTO_SET * period)], first, path, period)


def posture_after(grid_ms2: FloatArray, segments: list[Segment]) -> list[FloatArray]:
    """The posture in which the set ended, if one was held; (3,)."""
    path, period = typical_path(grid_ms2, segments), _period(segments)
    last = min(len(grid_ms2), int(segments[-1].end))
    backwards = grid_ms2[max(0, last - int(INTO_SET * period)) :][::-1]
    return _held_outside(backwards, len(grid_ms2) - last, path, period)


def _held_outside(
    until: FloatArray, outside: int, path: FloatArray, period: float
) -> list[FloatArray]:
    """The posture held outside a set, of samples that lead from there into it.

    From the set outwards as long as the movement's path is not left. A posture held just before it
    is entered is rest if it is clearly nearer to one end of the path; else the first held on it.
    """
    extent = _extent(path)
    apart = np.sqrt(((until[:, None] - path[None]) ** 2).sum(axis=2))
    left = np.flatnonzero(apart[:outside].min(axis=1) > ON_PATH * extent)
    entered = int(left[-1]) + 1 if len(left) else 0
    held = int(max(HELD_SAMPLES, HELD_PERIODS * period))
    if len(until) <= held:
        return []
    still = np.ones(len(until), dtype=bool)
    moved = np.sqrt(((until[held:] - until[:-held]) ** 2).sum(axis=1)) / extent
    still[: len(until) - held] = moved < HELD_SIZE
    still[max(0, len(until) - held) :] = False
    before = np.flatnonzero(still[max(0, entered - 2 * held) : max(0, entered - held)])
    if len(before):
        at = max(0, entered - 2 * held) + int(before[-1])
        posture = np.median(until[at : at + held], axis=0)
        if _is_clear(posture, path, extent):
            return [posture]
    on_path = np.flatnonzero(still[entered:])
    if len(on_path) == 0:
        return []
    at = entered + int(on_path[0])
    return [np.median(until[at : at + held], axis=0)]


def _is_clear(posture: FloatArray, path: FloatArray, extent: float) -> bool:
    """Whether a posture off the path is near it and says which end of it is rest."""
    away = np.sqrt(((path - posture) ** 2).sum(axis=1))
    return bool(away.min() < CLOSE * extent and away.max() - away.min() > CONTRAST * extent)


def _extent(path: FloatArray) -> float:
    """Largest distance between two points of the path, at least a little."""
    return float(np.sqrt(((path[:, None] - path[None]) ** 2).sum(axis=2)).max()) + 1e-9


def begin_at_rest(grid_ms2: FloatArray, segments: list[Segment], course: Course) -> list[Segment]:
    """Return a finished set's segments shifted so that each begins and ends at rest.

    Later or earlier, by which the outermost repetition holds movement; where both do, by the
    smaller shift.
    """
    later = _shifted(segments, course.share, len(grid_ms2))
    earlier = _shifted(segments, course.share - 1, len(grid_ms2))
    first, last = (_farthest(grid_ms2, outermost, course) for outermost in (earlier[0], later[-1]))
    if min(first, last) > HALF_WAY:
        return later if course.share <= HALF_WAY else earlier
    return earlier if first >= last else later


def typical_path(grid_ms2: FloatArray, segments: list[Segment]) -> FloatArray:
    """(48, 3) mean acceleration by phase of segments, whose positions count in `grid_ms2`."""
    starts = np.array([s.start for s in segments])
    lengths = np.array([s.end - s.start for s in segments])
    at = starts[:, None] + lengths[:, None] * (np.arange(PHASES) + 0.5) / PHASES
    inside = np.clip(at.astype(np.int64), 0, len(grid_ms2) - 1)
    return np.asarray(grid_ms2[inside].mean(axis=0))


def _period(segments: list[Segment]) -> float:
    return float(np.median([s.end - s.start for s in segments]))


def _nearest(path: FloatArray, postures: list[FloatArray]) -> FloatArray | None:
    """The point of the path nearest to the posture that is nearest to it; None without any."""
    if not postures:
        return None
    away = [np.sqrt(((path - p) ** 2).sum(axis=1)) for p in postures]
    nearest = min(away, key=lambda each: float(each.min()))
    return np.asarray(path[int(nearest.argmin())])


def _dwelling(path: FloatArray) -> int:
    """The phase around which most others are close: where the movement stays longest."""
    apart = np.sqrt(((path[:, None] - path[None]) ** 2).sum(axis=2))
    return int((apart <= NEAR_REST * apart.max()).sum(axis=1).argmax())


def _middle_of_rest(is_rest: BoolArray) -> float:
    """Phase, 0 to 1, in the middle of the longest stretch of rest on the circle of phases."""
    if is_rest.all():
        return 0.0
    begin = int(np.flatnonzero(~is_rest)[0])
    turned = np.roll(is_rest, -begin)
    edges = np.diff(np.concatenate(([0], turned.astype(np.int64), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    longest = int((ends - starts).argmax())
    middle = begin + (float(starts[longest]) + float(ends[longest])) / 2
    return middle / PHASES % 1.0


def reaches(grid_ms2: FloatArray, segments: list[Segment], course: Course) -> FloatArray:
    """(n,) how far from rest the limb gets within each segment, as shares of the usual reach."""
    return np.array([_farthest(grid_ms2, segment, course) for segment in segments])


def _farthest(grid_ms2: FloatArray, segment: Segment, course: Course) -> float:
    """How far from rest the limb gets within a segment, as a share of the reach."""
    part = grid_ms2[int(segment.start) : int(segment.end)]
    return float(course.away(part).max()) if len(part) else 0.0


def _shifted(segments: list[Segment], share: float, last: float) -> list[Segment]:
    moved: list[Segment] = []
    for segment in segments:
        by = share * (segment.end - segment.start)
        begin = max(segment.start + by, moved[-1].end if moved else 0.0)
        end = min(segment.end + by, last)
        moved.append(Segment(begin, max(end, begin + 2), segment.likeness))
    return moved
