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
HALF_WAY = 0.5
"""Share of the way to the farthest posture that is movement, not sway."""
LOOK_FROM, LOOK_TO = 0.5, 1.0
"""Periods from the set at which the posture around it is read: a piece that begins in
mid-movement is at most half a period from rest."""
LEAST_SAMPLES = 25
"""One second of the grid: shorter, and a posture is only passed through."""
BEGINS_WITHIN = 0.5
"""Periods into the first segment in which the set's rest may still be seen."""
HELD_SAMPLES, HELD_PERIODS = 10, 0.1
"""A posture is held if the limb is where it was 0.4 s, or a tenth of a repetition, before."""
HELD_SIZE = 0.1
"""Share of the movement's size within which it is where it was."""
CLOSE_ENOUGH = 0.35
"""A posture around the set farther than this from all of the movement is another posture: the
person lay down or stood up meanwhile, and nothing is known."""


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
    path = _typical_path(grid_ms2, segments)
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
    """The posture from which the set began: the first that was held on the movement's path.

    From the first segment back as long as the path is not left; none where nothing was held.
    """
    path, period = _typical_path(grid_ms2, segments), _period(segments)
    size = float(np.sqrt(((path - path.mean(axis=0)) ** 2).sum(axis=1)).max())
    first = int(segments[0].start)
    until = grid_ms2[: max(0, first + int(BEGINS_WITHIN * period))]
    apart = np.sqrt(((until[:, None] - path[None]) ** 2).sum(axis=2)).min(axis=1)
    left = np.flatnonzero(apart[: max(0, first)] > CLOSE_ENOUGH * size)
    entered = int(left[-1]) + 1 if len(left) else 0
    held = int(max(HELD_SAMPLES, HELD_PERIODS * period))
    on_path = until[entered:]
    if len(on_path) <= held:
        return []
    moved = np.sqrt(((on_path[held:] - on_path[:-held]) ** 2).sum(axis=1))
    still = np.flatnonzero(moved < HELD_SIZE * size)
    if len(still) == 0:
        return []
    return [np.median(on_path[still[0] : still[0] + held], axis=0)]


def posture_after(grid_ms2: FloatArray, segments: list[Segment]) -> list[FloatArray]:
    """The posture held just after the last segment, if there was time to hold one."""
    last, period, n = segments[-1].end, _period(segments), float(len(grid_ms2))
    end = min(last + LOOK_TO * period, n)
    begin = max(min(last + LOOK_FROM * period, end - LEAST_SAMPLES), last)
    return _posture(grid_ms2[int(begin) : int(end)])


def begin_at_rest(grid_ms2: FloatArray, segments: list[Segment], course: Course) -> list[Segment]:
    """Return a finished set's segments shifted so that each begins and ends at rest."""
    share = course.share
    if _begins_in_movement(grid_ms2, segments, course):
        share -= 1
    return _shifted(segments, share, len(grid_ms2))


def _typical_path(grid_ms2: FloatArray, segments: list[Segment]) -> FloatArray:
    """(48, 3) mean acceleration by phase of the segments."""
    starts = np.array([s.start for s in segments])
    lengths = np.array([s.end - s.start for s in segments])
    at = starts[:, None] + lengths[:, None] * (np.arange(PHASES) + 0.5) / PHASES
    inside = np.clip(at.astype(np.int64), 0, len(grid_ms2) - 1)
    return np.asarray(grid_ms2[inside].mean(axis=0))


def _posture(samples: FloatArray) -> list[FloatArray]:
    return [np.median(samples, axis=0)] if len(samples) >= LEAST_SAMPLES else []


def _period(segments: list[Segment]) -> float:
    return float(np.median([s.end - s.start for s in segments]))


def _nearest(path: FloatArray, postures: list[FloatArray]) -> FloatArray | None:
    """The posture nearest to the movement; None if there is none on it."""
    size = float(np.sqrt(((path - path.mean(axis=0)) ** 2).sum(axis=1)).max())
    away = [float(np.sqrt(((path - p) ** 2).sum(axis=1)).min()) for p in postures]
    if not away or min(away) > CLOSE_ENOUGH * size:
        return None
    return postures[int(np.argmin(away))]


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


def _begins_in_movement(grid_ms2: FloatArray, segments: list[Segment], course: Course) -> bool:
    """Whether the first piece holds movement before its rest, the end of one begun before it."""
    first = segments[0]
    end = first.start + course.share * (first.end - first.start)
    part = grid_ms2[max(0, int(first.start)) : int(end)]
    return len(part) > 0 and float(course.away(part).max()) > HALF_WAY


def _shifted(segments: list[Segment], share: float, last: float) -> list[Segment]:
    moved: list[Segment] = []
    for segment in segments:
        by = share * (segment.end - segment.start)
        begin = max(segment.start + by, moved[-1].end if moved else 0.0)
        end = min(segment.end + by, last)
        moved.append(Segment(begin, max(end, begin + 2), segment.likeness))
    return moved
