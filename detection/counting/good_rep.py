"""What one good repetition is like, wherever the strap sits: it decides where a set leaves open
whether one movement is half a repetition or two.

Two typical repetitions are compared as movements about their own mean, after the rotation that lays
one best upon the other (Kabsch 1976, Acta Cryst A32:922) and from the phase from which they fit
best: the strap may have been put on otherwise, and where in the movement a set is cut is not known.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from detection.counting.doubling import halved
from detection.counting.periodicity import autocorrelation, peak_near
from detection.counting.phase import PHASES, typical_path
from detection.counting.resampling import GRID_RATE_HZ
from detection.counting.template import SAME_PHASE, Segment, TemplateParams, recut
from sensors.samples import FloatArray

DURATION_COST = 0.6
"""Taken off per squared logarithm of the ratio of durations, as between neighbours in a chain: half
or double costs 0.29, a third slower 0.05."""
CLEARLY = 0.1
"""By as much another cut must be more like the good repetition than the set's own."""
HALF_ALIKE, NEAR = 0.4, 0.12
"""Autocorrelation at half the period over that at the period from which a set leaves open whether
it is halves, and the share of the period within which they are looked for."""
ALTERNATING = 4.0
"""Standard errors by which odd and even intervals, or postures between, differ where two make
one."""
FEWEST = 4
"""Of fewer repetitions pairs are no evidence."""


@dataclass(frozen=True, slots=True)
class GoodRep:
    """The typical repetition of a good set.

    path_ms2: 48 points of 3, the low-passed acceleration by phase, from rest to rest, gravity
        included. seconds: how long it takes.
    """

    path_ms2: tuple[tuple[float, float, float], ...]
    seconds: float

    def __post_init__(self) -> None:
        if np.shape(self.path_ms2) != (PHASES, 3):
            raise ValueError(
                f"path_ms2 must have shape ({PHASES}, 3), not {np.shape(self.path_ms2)}"
            )
        if not np.isfinite(self.path_ms2).all() or not self.seconds > 0:
            raise ValueError("path_ms2 must be finite, and seconds positive")


class Fit(NamedTuple):
    """How a path lies best upon the good one: turned, (3, 3), and begun `shift` phases later.

    likeness: 0..1 between them then, 1 the same but for its size.
    """

    turn: FloatArray
    shift: int
    likeness: float

    def likeness_of(self, good: GoodRep, path_ms2: FloatArray) -> float:
        """-1..1 between another path, (48, 3), laid in the same way, and the good one."""
        laid = np.roll(_centred(path_ms2), -self.shift, axis=0) @ self.turn
        typical = _centred(np.array(good.path_ms2))
        sizes = float(np.linalg.norm(laid) * np.linalg.norm(typical))
        return float((laid * typical).sum()) / sizes if sizes > 0 else 0.0


def fit_to(good: GoodRep, path_ms2: FloatArray) -> Fit:
    """Lay a path, (48, 3) by phase, upon the good one."""
    own, typical = _centred(path_ms2), _centred(np.array(good.path_ms2))
    later = (np.arange(PHASES)[:, None] + np.arange(PHASES)) % PHASES
    left, values, right = np.linalg.svd(np.swapaxes(own[later], 1, 2) @ typical)
    # the last axis turned round where the best fit would be a mirror image
    values[:, 2] *= np.linalg.det(left) * np.linalg.det(right)
    shift = int(values.sum(axis=1).argmax())
    kept = np.diag([1.0, 1.0, np.linalg.det(left[shift]) * np.linalg.det(right[shift])])
    sizes = float(np.linalg.norm(own) * np.linalg.norm(typical))
    likeness = float(values[shift].sum()) / sizes if sizes > 0 else 0.0
    return Fit(left[shift] @ kept @ right[shift], shift, likeness)


def cut_like(
    grid_ms2: FloatArray, segments: list[Segment], good: GoodRep, template: TemplateParams
) -> list[Segment]:
    """A set's repetitions, joined by two or halved where that is clearly more like the good one.

    grid_ms2: (n, 3) samples in which the segments' positions count.
    """
    if len(segments) < 2:
        return segments
    others = []
    if _halves_are_alike(grid_ms2, segments):
        others.append(halved(segments))
    if len(segments) >= FEWEST and _alternate(grid_ms2, segments):
        others += [_joined(segments), _joined(segments[1:])]
    about = replace(template, shifts=SAME_PHASE)
    cuts = [recut(grid_ms2, other, about) for other in others]
    scores = [_score(grid_ms2, cut, good) for cut in cuts]
    best = max(scores, default=-np.inf)
    if best <= _score(grid_ms2, segments, good) + CLEARLY:
        return segments
    # pairs may be joined from the first or from the second on: where more are found is right
    return max(
        (cut for cut, score in zip(cuts, scores, strict=True) if score > best - CLEARLY), key=len
    )


def _score(grid_ms2: FloatArray, segments: list[Segment], good: GoodRep) -> float:
    period_s = float(np.median([s.end - s.start for s in segments])) / GRID_RATE_HZ
    longer = float(np.log(period_s / good.seconds))
    return fit_to(good, typical_path(grid_ms2, segments)).likeness - DURATION_COST * longer**2


def _halves_are_alike(grid_ms2: FloatArray, segments: list[Segment]) -> bool:
    """Whether half the period is not far from being one."""
    stretch = grid_ms2[int(segments[0].start) : int(segments[-1].end)]
    period = float(np.median([s.end - s.start for s in segments]))
    correlation = autocorrelation(stretch)
    one, half = (peak_near(correlation, p, NEAR)[1] for p in (period, period / 2))
    return half >= HALF_ALIKE * one


def _alternate(grid_ms2: FloatArray, segments: list[Segment]) -> bool:
    """Whether every other interval, or posture between two, is another: as where two make one."""
    starts = np.array([s.start for s in segments])
    between = grid_ms2[np.clip(starts.astype(np.int64), 0, len(grid_ms2) - 1)]
    return _differ(np.diff(starts)[:, None]) or _differ(between)


def _differ(values: FloatArray) -> bool:
    """Whether odd and even ones of values, (n, k), differ by more than their spread explains."""
    odd, even = values[::2], values[1::2]
    if min(len(odd), len(even)) < 2:
        return False
    apart = float(np.linalg.norm(odd.mean(axis=0) - even.mean(axis=0)))
    spread = [float(each.var(axis=0, ddof=1).sum()) / len(each) for each in (odd, even)]
    return apart > ALTERNATING * float(np.sqrt(sum(spread)))


def _centred(path_ms2: FloatArray) -> FloatArray:
    return np.asarray(path_ms2 - path_ms2.mean(axis=0))


def _joined(segments: list[Segment]) -> list[Segment]:
    """By two; one that is left over at the end is left out, to be found again by the cut."""
    return [
        one._replace(end=other.end)
        for one, other in zip(segments[::2], segments[1::2], strict=False)
    ]
