"""A repetition's phases, tempo and range, read from the path of the acceleration.

The limb leaves the rest posture, reaches the end position, stays, and comes back. How far it is
from rest is the distance of the low-passed acceleration from its value at the ends of the
repetition. The times at which that distance passes 10 and 90 % of its largest value are sharp
even where the ends are round; from them the whole movement follows, because people move a limb
from rest to rest with nearly minimum jerk (Flash & Hogan 1985, J Neurosci 5:1688), of which the
part from 10 to 90 % takes 50.6 % of the time.
"""

from typing import NamedTuple

import numpy as np

from detection.events import Rep, Tempo
from detection.phase import begin_at_rest
from detection.resampling import GRID_RATE_HZ
from detection.template import Segment
from sensors.samples import FloatArray

NEAR_REST = 0.1
NEAR_END = 0.9
INNER_SHARE = 0.506
"""Share of a minimum-jerk movement's time between 10 and 90 % of the way."""
OUTER_SHARE = (1 - INNER_SHARE) / 2
POSTURE_SAMPLES = 3
"""Grid samples averaged for a posture: 0.12 s."""


class _Path(NamedTuple):
    """Moments of a repetition in grid samples: rest left, end reached, end left, rest reached."""

    leaves: float
    arrives: float
    departs: float
    returns: float


def describe(
    grid_ms2: FloatArray, segments: list[Segment], first_s: float, counted_at_s: list[float]
) -> list[Rep]:
    """Return the repetitions that segments of `grid_ms2`, (n, 3), are.

    first_s: stream time of the first grid sample. counted_at_s: one a segment.
    """
    if not segments:
        return []
    return [
        _describe(grid_ms2, segment, first_s, at_s)
        for segment, at_s in zip(begin_at_rest(grid_ms2, segments), counted_at_s, strict=True)
    ]


def _describe(grid_ms2: FloatArray, segment: Segment, first_s: float, at_s: float) -> Rep:
    start, end = int(segment.start), max(int(segment.end), int(segment.start) + 2)
    inner = grid_ms2[start:end]
    rest = _rest(inner)
    away = np.sqrt(((inner - rest) ** 2).sum(axis=1))
    path = _path(away)
    turn = (path.arrives + path.departs) / 2
    farthest = int(away.argmax())
    there = inner[max(0, farthest - 1) : farthest + POSTURE_SAMPLES - 1].mean(axis=0)

    def at(sample: float) -> float:
        return first_s + (start + sample) / GRID_RATE_HZ

    return Rep(
        start_s=at(path.leaves),
        turn_s=at(turn),
        end_s=at(path.returns),
        tempo=Tempo(
            concentric_s=(path.arrives - path.leaves) / GRID_RATE_HZ,
            hold_s=(path.departs - path.arrives) / GRID_RATE_HZ,
            eccentric_s=(path.returns - path.departs) / GRID_RATE_HZ,
        ),
        tilt_deg=angle_deg(rest.mean(axis=0), there),
        confidence=float(np.clip(segment.likeness, 0, 1)),
        counted_at_s=at_s,
    )


def _rest(inner: FloatArray) -> FloatArray:
    """(n, 3) the rest posture, drifting from the one before the repetition to the one after."""
    before = inner[:POSTURE_SAMPLES].mean(axis=0)
    after = inner[-POSTURE_SAMPLES:].mean(axis=0)
    share = np.linspace(0, 1, len(inner))[:, None]
    return np.asarray(before + share * (after - before))


def _path(away: FloatArray) -> _Path:
    top = float(away.max())
    at_end = np.flatnonzero(away >= NEAR_END * top)
    first, last = int(at_end[0]), int(at_end[-1])
    near_before = np.flatnonzero(away[: first + 1] <= NEAR_REST * top)
    near_after = np.flatnonzero(away[last:] <= NEAR_REST * top)
    left = int(near_before[-1]) if len(near_before) else 0
    back = last + int(near_after[0]) if len(near_after) else len(away) - 1
    up = (first - left) * OUTER_SHARE / INNER_SHARE
    down = (back - last) * OUTER_SHARE / INNER_SHARE
    middle = (first + last) / 2
    return _Path(
        leaves=max(0.0, left - up),
        arrives=min(first + up, middle),
        departs=max(last - down, middle),
        returns=min(len(away) - 1.0, back + down),
    )


def angle_deg(one: FloatArray, other: FloatArray) -> float:
    """Angle between two vectors of 3, 0..180; 0 if either is 0."""
    sizes = float(np.linalg.norm(one) * np.linalg.norm(other))
    if sizes == 0:
        return 0.0
    return float(np.degrees(np.arccos(np.clip(float(one @ other) / sizes, -1, 1))))
