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

from detection.counting.phase import Course
from detection.counting.resampling import GRID_RATE_HZ
from detection.counting.template import Segment
from detection.events import Rep, Tempo
from sensors.samples import FloatArray

NEAR_REST = 0.1
AROUND = 0.25
"""Share of a segment that is looked at before and after it: where it is cut is not that sure."""
FAR_OUT = 0.7
"""Share of the largest distance beyond which the limb may be at its end position."""
SLOW = 0.15
"""Share of the movement's top speed below which the limb holds."""
LEAVING_SHARE = 0.247
"""Share of a minimum-jerk movement's time until it has gone 10 % of the way."""
ARRIVING_SHARE = 0.112
"""Share of its time that is left when its speed has fallen to 15 % of the top."""
SMOOTHED = 7
"""Grid samples over which speed is smoothed: 0.28 s, a third of the fastest movement out."""
POSTURE_SAMPLES = 3
"""Grid samples averaged for a posture: 0.12 s."""
KERNEL: FloatArray = np.full(SMOOTHED, 1 / SMOOTHED)


class _Path(NamedTuple):
    """Moments of a repetition in grid samples: rest left, end reached, end left, rest reached."""

    leaves: float
    arrives: float
    departs: float
    returns: float


def describe(
    grid_ms2: FloatArray,
    segments: list[Segment],
    first_s: float,
    counted_at_s: list[float],
    course: Course | None = None,
) -> list[Rep]:
    """Return the repetitions that segments of `grid_ms2`, (n, 3), are.

    first_s: stream time of the first grid sample. counted_at_s: one a segment. course: the set's
    typical repetition, whose rest is that of all; without it, each has the rest at its own ends.
    """
    return [
        _describe(grid_ms2, _Piece.of(segment, len(grid_ms2), course), first_s, at_s)
        for segment, at_s in zip(segments, counted_at_s, strict=True)
    ]


class _Piece(NamedTuple):
    """Samples `[begin, end)` around a segment that lies in `[start, stop)`."""

    segment: Segment
    begin: int
    end: int
    start: int
    stop: int
    course: Course | None

    @classmethod
    def of(cls, segment: Segment, samples: int, course: Course | None) -> "_Piece":
        start = min(int(segment.start), samples - 2)
        stop = min(max(int(segment.end), start + 2), samples)
        around = int(AROUND * (stop - start)) if course is not None else 0
        begin, end = max(0, start - around), min(samples, stop + around)
        return cls(segment, begin, end, start - begin, stop - begin, course)


def _describe(grid_ms2: FloatArray, piece: _Piece, first_s: float, at_s: float) -> Rep:
    inner = grid_ms2[piece.begin : piece.end]
    rest = _rest(inner) if piece.course is None else piece.course.rest_ms2
    away = np.sqrt(((inner - rest) ** 2).sum(axis=1))
    farthest = piece.start + int(away[piece.start : piece.stop].argmax())
    path = _path(away, farthest)
    there = inner[max(0, farthest - 1) : farthest + POSTURE_SAMPLES - 1].mean(axis=0)

    def at(sample: float) -> float:
        return first_s + (piece.begin + sample) / GRID_RATE_HZ

    return Rep(
        start_s=at(path.leaves),
        turn_s=at((path.arrives + path.departs) / 2),
        end_s=at(path.returns),
        tempo=Tempo(
            concentric_s=(path.arrives - path.leaves) / GRID_RATE_HZ,
            hold_s=(path.departs - path.arrives) / GRID_RATE_HZ,
            eccentric_s=(path.returns - path.departs) / GRID_RATE_HZ,
        ),
        tilt_deg=angle_deg(np.atleast_2d(rest).mean(axis=0), there),
        confidence=float(np.clip(piece.segment.likeness, 0, 1)),
        counted_at_s=at_s,
    )


def _rest(inner: FloatArray) -> FloatArray:
    """(n, 3) the rest posture, drifting from the one before the repetition to the one after."""
    before = inner[:POSTURE_SAMPLES].mean(axis=0)
    after = inner[-POSTURE_SAMPLES:].mean(axis=0)
    share = np.linspace(0, 1, len(inner))[:, None]
    return np.asarray(before + share * (after - before))


def _path(away: FloatArray, farthest: int) -> _Path:
    top = float(away[farthest])
    speed = np.gradient(np.convolve(np.pad(away, SMOOTHED // 2, mode="edge"), KERNEL, "valid"))
    arrives = _arrival(away, speed, farthest, top)
    departs = len(away) - 1 - _arrival(away[::-1], -speed[::-1], len(away) - 1 - farthest, top)
    leaves = _departure(away[: arrives + 1], top)
    returns = len(away) - 1 - _departure(away[departs:][::-1], top)
    whole = 1 - LEAVING_SHARE - ARRIVING_SHARE
    up, down = (arrives - leaves) / whole, (returns - departs) / whole
    middle = (arrives + departs) / 2
    return _Path(
        leaves=max(0.0, leaves - LEAVING_SHARE * up),
        arrives=min(arrives + ARRIVING_SHARE * up, middle),
        departs=max(departs - ARRIVING_SHARE * down, middle),
        returns=min(len(away) - 1.0, returns + LEAVING_SHARE * down),
    )


def _arrival(away: FloatArray, speed: FloatArray, farthest: int, top: float) -> int:
    """The first slow sample far out, after the fastest on the way; else the farthest."""
    fastest = int(speed[: farthest + 1].argmax())
    on_the_way = slice(fastest, farthest + 1)
    holds = (speed[on_the_way] < SLOW * speed[fastest]) & (away[on_the_way] >= FAR_OUT * top)
    return fastest + int(holds.argmax()) if holds.any() else farthest


def _departure(away: FloatArray, top: float) -> int:
    """The last sample as near to rest as it gets on the way out, or nearly."""
    nearest = float(away.min())
    return int(np.flatnonzero(away <= nearest + NEAR_REST * max(0.0, top - nearest))[-1])


def angle_deg(one: FloatArray, other: FloatArray) -> float:
    """Angle between two vectors of 3, 0..180; 0 if either is 0."""
    sizes = float(np.linalg.norm(one) * np.linalg.norm(other))
    if sizes == 0:
        return 0.0
    return float(np.degrees(np.arccos(np.clip(float(one @ other) / sizes, -1, 1))))
