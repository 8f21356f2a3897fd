"""Where in the movement a repetition begins: at rest.

Cutting a set into alike pieces leaves open where in the movement the pieces begin; any phase is as
good. The posture just before and after the set says which phase is rest: there the pieces are
made to begin, all shifted by the same share of their duration.
"""

import numpy as np

from detection.cycles import BoolArray
from detection.template import Segment
from sensors.samples import FloatArray

PHASES = 48
"""Points of the typical repetition: 2 % of its duration."""
NEAR_REST = 0.15
"""Share of the way to the farthest posture that still is rest."""
LOOK_FROM, LOOK_TO = 0.5, 1.0
"""Periods from the set at which the posture around it is read: a piece that begins in
mid-movement is at most half a period from rest."""
LEAST_SAMPLES = 25
"""One second of the grid: shorter, and a posture is only passed through."""
CLOSE_ENOUGH = 0.35
"""A posture around the set farther than this from all of the movement is another posture: the
person lay down or stood up meanwhile, and nothing is known."""


def begin_at_rest(grid_ms2: FloatArray, segments: list[Segment]) -> list[Segment]:
    """Return the segments shifted so that each begins and ends at rest.

    grid_ms2: (n, 3) samples in which the segments' positions count. Unchanged where the set fills
    the recording or was done between other movements, so that rest cannot be told.
    """
    path = _typical_path(grid_ms2, segments)
    rest = _posture_around(grid_ms2, segments, path)
    if rest is None:
        return segments
    away = np.sqrt(((path - rest) ** 2).sum(axis=1))
    share = _middle_of_rest(away <= away.min() + NEAR_REST * (away.max() - away.min()))
    return _shifted(segments, _direction(grid_ms2, segments, rest, share), len(grid_ms2))


def _typical_path(grid_ms2: FloatArray, segments: list[Segment]) -> FloatArray:
    """(48, 3) mean acceleration by phase of the segments."""
    starts = np.array([s.start for s in segments])
    lengths = np.array([s.end - s.start for s in segments])
    at = starts[:, None] + lengths[:, None] * (np.arange(PHASES) + 0.5) / PHASES
    inside = np.clip(at.astype(np.int64), 0, len(grid_ms2) - 1)
    return np.asarray(grid_ms2[inside].mean(axis=0))


def _posture_around(
    grid_ms2: FloatArray, segments: list[Segment], path: FloatArray
) -> FloatArray | None:
    """The posture before or after the set, whichever is nearer to the movement; None if neither."""
    period = float(np.median([s.end - s.start for s in segments]))
    first, last = segments[0].start, segments[-1].end
    spans = (
        _span(first - LOOK_TO * period, first - LOOK_FROM * period, first, len(grid_ms2)),
        _span(last + LOOK_FROM * period, last + LOOK_TO * period, last, len(grid_ms2)),
    )
    reach = float(np.sqrt(((path - path.mean(axis=0)) ** 2).sum(axis=1)).max())
    found: list[tuple[float, FloatArray]] = []
    for span in spans:
        around = grid_ms2[span]
        if len(around) >= LEAST_SAMPLES:
            posture = np.median(around, axis=0)
            nearest = float(np.sqrt(((path - posture) ** 2).sum(axis=1)).min())
            found.append((nearest, posture))
    if not found or min(found, key=lambda f: f[0])[0] > CLOSE_ENOUGH * reach:
        return None
    return min(found, key=lambda f: f[0])[1]


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


def _direction(
    grid_ms2: FloatArray, segments: list[Segment], rest: FloatArray, share: float
) -> float:
    """The shift, -1 to 1 of a repetition: towards the side on which movement was cut off."""
    first, last = segments[0], segments[-1]
    before = first.start - (1 - share) * (first.end - first.start)
    after = last.end + share * (last.end - last.start)
    moved_before = _farthest(grid_ms2, before, first.start, rest)
    moved_after = _farthest(grid_ms2, last.end, after, rest)
    return share if moved_after >= moved_before else share - 1


def _farthest(grid_ms2: FloatArray, begin: float, end: float, rest: FloatArray) -> float:
    if begin < 0 or end > len(grid_ms2):
        return -1.0
    part = grid_ms2[int(begin) : int(end) + 1]
    return float(np.sqrt(((part - rest) ** 2).sum(axis=1)).max()) if len(part) else 0.0


def _shifted(segments: list[Segment], share: float, samples: int) -> list[Segment]:
    moved: list[Segment] = []
    for segment in segments:
        by = share * (segment.end - segment.start)
        begin = max(segment.start + by, moved[-1].end if moved else 0.0)
        end = min(segment.end + by, float(samples))
        moved.append(Segment(begin, max(end, begin + 2), segment.likeness))
    return moved
