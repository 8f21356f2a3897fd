"""Is this set exercise, or something else that repeats?

Walking repeats better than any exercise does. What tells them apart at the same pace: steps shake
the length of the acceleration vector at twice the rhythm of the vector, with impacts; exercise
swings the vector. A logistic over six such features decides for fast sets only; nothing that
people do slower than every 1.5 s is taken for walking.
"""

from dataclasses import dataclass

import numpy as np

from detection.counting.periodicity import autocorrelation, peak_near
from detection.counting.template import Segment
from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray


@dataclass(frozen=True, slots=True)
class GateParams:
    """Which sets are exercise.

    least_reps: fewer look-alikes than this happen by chance.
    least_rms_ms2: below it nothing moved (8 mg; the smallest pelvic tilts have 15 to 20 mg).
    walking_below_s: only faster sets can be walking (slow walkers take 1.4 s for two steps).
    weights: of 1, ln period, ln rms, ln² rms, |a| share, |a| correlation at half the period, median
        likeness. Made by `python -m benchmarks.fit_gate` from 56 fast sets of annotated gym
        sessions against 82 other stretches that repeat, most of them walking; with each of twelve
        persons left out in turn, 3 sets are lost and 2 stretches let in.
    """

    least_reps: int = 3
    least_rms_ms2: float = 0.078
    walking_below_s: float = 1.5
    weights: tuple[float, ...] = (-24.956, 4.857, 2.56, 1.041, -3.569, -5.021, 29.149)


def is_exercise(
    grid_ms2: FloatArray, segments: list[Segment], rate_hz: float, params: GateParams
) -> bool:
    """Tell whether segments found in `grid_ms2`, (n, 3) at `rate_hz`, are a set of exercise."""
    if len(segments) < params.least_reps:
        return False
    stretch = grid_ms2[int(segments[0].start) : int(segments[-1].end)]
    centred = stretch - stretch.mean(axis=0)
    rms_ms2 = float(np.sqrt((centred * centred).sum(axis=1).mean()))
    if rms_ms2 < params.least_rms_ms2:
        return False
    if is_slow(segments, rate_hz, params):
        return True
    period = float(np.median([s.end - s.start for s in segments]))
    likeness = float(np.median([s.likeness for s in segments]))
    features = gate_features(stretch, period, rate_hz, rms_ms2, likeness)
    return float(np.dot(params.weights, features)) > 0


def is_slow(segments: list[Segment], rate_hz: float, params: GateParams) -> bool:
    """Tell whether these segments take too long to be steps."""
    period = float(np.median([s.end - s.start for s in segments]))
    return period / rate_hz >= params.walking_below_s


def gate_features(
    stretch: FloatArray, period: float, rate_hz: float, rms_ms2: float, likeness: float
) -> FloatArray:
    """(7,) what the gate's logistic looks at; period in samples."""
    length = np.sqrt((stretch * stretch).sum(axis=1))
    share = float(length.std()) / rms_ms2
    _, half = peak_near(autocorrelation(length[:, None]), period / 2, 0.15)
    size = np.log(rms_ms2 / STANDARD_GRAVITY_MS2)
    return np.array([1, np.log(period / rate_hz), size, size**2, share, half, likeness])
