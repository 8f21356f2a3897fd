"""Is this set exercise, or something else that repeats?

Four questions, each about another kind of everyday life, in `set_features`' terms; a set must pass
them all. Did enough move (breath does not)? Does it swing as slowly as limbs do (brushing,
scratching and a bobbing leg do not)? Are these steps (asked of what is fast)? Does it come back to
the same posture at an even pace (eating, sipping and sitting in a car do not)?
"""

from dataclasses import dataclass

import numpy as np

from detection.counting.set_features import SetFeatures, features_of
from detection.counting.template import Segment
from sensors.samples import FloatArray


@dataclass(frozen=True, slots=True)
class GateParams:
    """Which sets are exercise.

    least_reps: fewer look-alikes than this happen by chance.
    least_rms_ms2: below it nothing moved (8 mg; a pelvic tilt of 1.5 degrees has 10).
    breath_ms2, breath_below_s, still_outside: what moves less than a breathing belly (15 mg, a tilt
        of 0.9 degrees RMS; the smallest pelvic tilts recorded have 20 to 30 mg) and no slower than
        anybody breathes at rest (9 a minute) is exercise only if just before or just after it there
        is at most this share of its movement: breath goes on.
    fastest_s: nobody repeats anything faster (jumping jacks take 0.7 to 1 s); a spoon does.
    steps_below_s: only faster sets are asked whether they are steps (a stride takes 0.9 to 1.4 s,
        shuffled 2 s).
    most_beats_hz: what swings faster is a hand that rubs or a foot that bobs; jumping jacks reach
        2.5 Hz, those are at 3 to 5 Hz.
    steps_weights, even_weights: of the logistics' terms, see steps_terms and even_terms; positive
        sums are exercise. Made by `python -m benchmarks.fit_gate` from 691 sets of exercise and 411
        other stretches, recorded and synthetic. Each person, activity and exercise left out in
        turn, the steps' lose 6 of 339 fast sets (gym sets of 0.9 to 2 s on a wrist) and let in 4 of
        205; the even's lose 2 of 691 and let in 12 of 23, more being bought with patients' sets.
    doubt: while a set still goes on, it is taken for exercise as long as the odds against it are
        below e to this.
    """

    least_reps: int = 3
    least_rms_ms2: float = 0.078
    breath_ms2: float = 0.147
    breath_below_s: float = 6.5
    still_outside: float = 0.5
    fastest_s: float = 0.65
    steps_below_s: float = 3.0
    most_beats_hz: float = 2.65
    steps_weights: tuple[float, ...] = (-19.78, 10.59, 20.54, -6.65, 17.15, 16.44, -9.58)
    even_weights: tuple[float, ...] = (5.75, -13.02, -14.14)
    doubt: float = 1.0


def is_exercise(
    grid_ms2: FloatArray, segments: list[Segment], rate_hz: float, params: GateParams
) -> bool:
    """Tell whether segments found in `grid_ms2`, (n, 3) at `rate_hz`, are a set of exercise."""
    return len(segments) >= params.least_reps and passes(
        features_of(grid_ms2, segments, rate_hz), params
    )


def may_be_exercise(
    grid_ms2: FloatArray, segments: list[Segment], rate_hz: float, params: GateParams
) -> bool:
    """Tell whether the segments may become a set of exercise when there are more of them."""
    return len(segments) >= params.least_reps and passes(
        features_of(grid_ms2, segments, rate_hz), params, params.doubt
    )


def is_slow(segments: list[Segment], rate_hz: float, params: GateParams) -> bool:
    """Tell whether these segments take too long to be steps."""
    period = float(np.median([s.end - s.start for s in segments]))
    return period / rate_hz >= params.steps_below_s


def passes(features: SetFeatures, params: GateParams, doubt: float = 0.0) -> bool:
    """Tell whether all questions are answered for exercise, or against it by less than `doubt`."""
    if not moved(features, params):
        return False
    if float(np.dot(params.even_weights, even_terms(features))) <= -doubt:
        return False
    if features.seconds >= params.steps_below_s:
        return True
    if is_too_fast(features, params):
        return False
    return float(np.dot(params.steps_weights, steps_terms(features))) > -doubt


def moved(features: SetFeatures, params: GateParams) -> bool:
    """Tell whether more moved than nothing or breath."""
    is_like_breath = (
        features.rms_ms2 < params.breath_ms2 and features.seconds < params.breath_below_s
    )
    if is_like_breath and features.outside > params.still_outside:
        return False
    return features.rms_ms2 >= params.least_rms_ms2


def is_too_fast(features: SetFeatures, params: GateParams) -> bool:
    """Tell whether no limb exercises so fast."""
    return features.seconds < params.fastest_s or features.beat_hz > params.most_beats_hz


def steps_terms(features: SetFeatures) -> FloatArray:
    """(7,) what tells exercise from steps."""
    paced = np.log(features.seconds)
    return np.array(
        [
            1.0,
            paced,
            paced**2,
            features.footfalls,
            features.retraced**2,
            np.log(features.beat_hz + 1e-9),
            features.apart,
        ]
    )


def even_terms(features: SetFeatures) -> FloatArray:
    """(3,) what tells exercise from busy hands and from being moved.

    Unevenness counts the more the slower: nobody keeps the pace of a fast movement from one to the
    next by chance.
    """
    slowness = max(0.0, float(np.log(features.seconds)))
    return np.array([1.0, features.wander**2, (features.uneven * slowness) ** 2])
