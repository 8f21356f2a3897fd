"""Where in the movement a repetition begins: at rest.

Cutting a set into alike pieces leaves open where in the movement the pieces begin; any phase is as
good. The posture just before and after the set says which phase is rest: there the pieces are
made to begin, all shifted by the same share of their duration.
"""

import math
from typing import NamedTuple

import numpy as np

from detection.counting.cycles import BoolArray
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
CLOSE_ENOUGH = 0.35
"""A posture around the set farther than this from all of the movement is another posture: the
person lay down or stood up meanwhile, and nothing is known."""


class Expected(NamedTuple):
    """A running set's repetitions from rest to rest; the last may end later than now.

    rest_ms2: (3,) the rest posture, None where it cannot be told. reach_ms2: how far from it the
    typical repetition goes.
    """

    segments: list[Segment]
    rest_ms2: FloatArray | None
    reach_ms2: float


def begin_at_rest(grid_ms2: FloatArray, segments: list[Segment]) -> list[Segment]:
    """Return a finished set's segments shifted so that each begins and ends at rest.

    grid_ms2: (n, 3) samples in which the segments' positions count. Unchanged where the set fills
    the recording or was done between other movements, so that rest cannot be told.
    """
    path = _typical_path(grid_ms2, segments)
    around = [_before(grid_ms2, segments), _after(grid_ms2, segments)]
    rest = _nearest(path, [span for span in around if span is not None])
    if rest is None:
        return segments
    share, reach = _rest_phase(path, rest)
    if _begins_in_movement(grid_ms2, segments, rest, share, reach):
        share -= 1
    return _shifted(segments, share, len(grid_ms2))


def expected(
    grid_ms2: FloatArray, segments: list[Segment], rest_so_far_ms2: FloatArray | None
) -> Expected:
    """Return the repetitions of a set that goes on, as far as its cycles so far tell.

    Only the posture before the set can be rest: what comes after its last cycle is the set itself.
    rest_so_far_ms2: what was rest when the set's beginning was seen otherwise, if it could be told.
    """
    path = _typical_path(grid_ms2, segments)
    known = (_before(grid_ms2, segments), rest_so_far_ms2)
    rest = _nearest(path, [posture for posture in known if posture is not None])
    if rest is None:
        return Expected(segments, None, 0.0)
    share, reach = _rest_phase(path, rest)
    shifted = _shifted(segments, share, math.inf)
    if _begins_in_movement(grid_ms2, segments, rest, share, reach):
        shifted.insert(0, _shifted(segments[:1], share - 1, shifted[0].start)[0])
    return Expected(shifted, rest, reach)


def has_returned(
    grid_ms2: FloatArray, segment: Segment, rest_ms2: FloatArray, reach_ms2: float
) -> bool:
    """Tell whether, in what is known of a repetition, the limb has gone out and come back.

    The last of the way back is slow: from half-way to near rest takes about as long as from there
    to rest (minimum jerk: 0.21 and 0.29 of the movement), so that long is waited.
    """
    known = grid_ms2[max(0, int(segment.start)) :]
    away = np.sqrt(((known - rest_ms2) ** 2).sum(axis=1))
    out = away > HALF_WAY * reach_ms2
    if not out.any():
        return False
    near = away <= NEAR_REST * reach_ms2
    near[: int(out.argmax())] = False
    if not near.any():
        return False
    came_near = int(near.argmax())
    half_way = int(np.flatnonzero(out[:came_near])[-1])
    return len(away) - 1 - came_near >= came_near - half_way


def _typical_path(grid_ms2: FloatArray, segments: list[Segment]) -> FloatArray:
    """(48, 3) mean acceleration by phase of the segments."""
    starts = np.array([s.start for s in segments])
    lengths = np.array([s.end - s.start for s in segments])
    at = starts[:, None] + lengths[:, None] * (np.arange(PHASES) + 0.5) / PHASES
    inside = np.clip(at.astype(np.int64), 0, len(grid_ms2) - 1)
    return np.asarray(grid_ms2[inside].mean(axis=0))


def _before(grid_ms2: FloatArray, segments: list[Segment]) -> FloatArray | None:
    first, period = segments[0].start, _period(segments)
    return _posture(
        grid_ms2[_span(first - LOOK_TO * period, first - LOOK_FROM * period, first, len(grid_ms2))]
    )


def _after(grid_ms2: FloatArray, segments: list[Segment]) -> FloatArray | None:
    last, period = segments[-1].end, _period(segments)
    return _posture(
        grid_ms2[_span(last + LOOK_FROM * period, last + LOOK_TO * period, last, len(grid_ms2))]
    )


def _posture(samples: FloatArray) -> FloatArray | None:
    return np.median(samples, axis=0) if len(samples) >= LEAST_SAMPLES else None


def _period(segments: list[Segment]) -> float:
    return float(np.median([s.end - s.start for s in segments]))


def _nearest(path: FloatArray, postures: list[FloatArray]) -> FloatArray | None:
    """The posture nearest to the movement; None if there is none on it."""
    size = float(np.sqrt(((path - path.mean(axis=0)) ** 2).sum(axis=1)).max())
    away = [float(np.sqrt(((path - p) ** 2).sum(axis=1)).min()) for p in postures]
    if not away or min(away) > CLOSE_ENOUGH * size:
        return None
    return postures[int(np.argmin(away))]


def _rest_phase(path: FloatArray, rest: FloatArray) -> tuple[float, float]:
    """Phase, 0 to 1, in the middle of rest, and how far from rest the movement goes."""
    away = np.sqrt(((path - rest) ** 2).sum(axis=1))
    reach = float(away.max())
    nearest = float(away.min())
    share = _middle_of_rest(away <= nearest + NEAR_REST * (reach - nearest))
    return share, reach


def _span(begin: float, end: float, edge: float, samples: int) -> slice:
    """Samples from begin to end; where the recording has fewer, the outermost ones it has."""
    if begin < edge:
        begin = max(begin, 0.0)
        return slice(int(begin), int(min(max(end, begin + LEAST_SAMPLES), edge)))
    end = min(end, float(samples))
    return slice(int(max(min(begin, end - LEAST_SAMPLES), edge)), int(end))


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


def _begins_in_movement(
    grid_ms2: FloatArray, segments: list[Segment], rest: FloatArray, share: float, reach: float
) -> bool:
    """Whether the first piece holds movement before its rest, the end of one begun before it."""
    first = segments[0]
    end = first.start + share * (first.end - first.start)
    part = grid_ms2[max(0, int(first.start)) : int(end)]
    if len(part) == 0:
        return False
    return float(np.sqrt(((part - rest) ** 2).sum(axis=1)).max()) > HALF_WAY * reach


def _shifted(segments: list[Segment], share: float, last: float) -> list[Segment]:
    moved: list[Segment] = []
    for segment in segments:
        by = share * (segment.end - segment.start)
        begin = max(segment.start + by, moved[-1].end if moved else 0.0)
        end = min(segment.end + by, last)
        moved.append(Segment(begin, max(end, begin + 2), segment.likeness))
    return moved
