"""The corpus that needs no recordings: sets and everyday life from fixed seeds, truth known.

Every combination of pace, hold, tilt, alternation and noise once; what else differs between people
(posture, strap, count, evenness, rate) is drawn from the set's own seed. Each set lies between two
stretches of everyday life and is got into and out of. It is easier than people are: its use is
that it never changes, so that a figure that falls has fallen because the program changed.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from detection.scoring.sets import AnnotatedSet
from sensors.recording import Recording
from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray
from sensors.synthetic import (
    Activity,
    LimbParams,
    SensorParams,
    SetScript,
    everyday,
    join,
    random_rotation_deg,
    synthesize,
)
from sensors.synthetic.motion import Waypoint, minimum_jerk, turned

SEED = 20_260
MOVING_S = (1.2, 2.0, 3.5, 6.0)
"""Seconds of lift, lower and rest together: from hurried to slower than is usually prescribed."""
HOLDS_S = (0.0, 1.0, 5.0)
"""None, short, and the five seconds that low-back programs ask for."""
RANGES_DEG = (5.0, 15.0, 40.0, 80.0)
"""From a pelvic tilt to a full leg raise."""
OTHER_SIDES = (None, 0.9)
"""One side only; or in turn, the other limb felt nearly as much: each side is a repetition. Sides
that move against each other are left out, as whether both are one is the exercise's definition."""
NOISES_MS2 = (0.02, 0.15)
"""A wearable's of 2020; a cheap sensor's that is loosely strapped."""
POSTURES = ((0.0, 1.0, 0.0), (0.7, 0.7, 0.1), (0.3, -0.8, 0.5))
"""Where up is at rest: lying flat, half raised, prone and turned out."""
RATES_HZ = (25.0, 50.0, 100.0)
REPS = (6, 16)
"""Least, and one more than most: the sets of usual programs."""
REST_S = 20.0
"""Of everyday life on either side of a set."""
EDGE_SD_S = 0.3
"""How far a person's mark of a set's beginning or end is off."""
IDLE_PIECE_S = 300.0
IDLE_PIECES = {
    Activity.WALKING: 9,
    Activity.STAIRS: 3,
    Activity.LYING: 6,
    Activity.VEHICLE: 6,
    Activity.TYPING: 6,
    Activity.DRINKING: 6,
}
"""Five minutes each, three hours in all; walking, the hardest to tell from exercise, most."""
IDLE_RATE_HZ = 50.0
STANDS_A_PACE = 10
STAND_S = (1.0, 1.6, 2.4)
"""Of standing up, from brisk to frail; sitting down takes as long."""
STAND_M = 0.35
"""How far a waist rises from a chair of 0.45 m."""
LEAN_DEG = 35.0
"""How far a trunk leans forward before it leaves the chair, and on its way back."""
SITTING_DEG = 20.0
"""How far a pelvis is tipped backward in a chair, against standing (Endo 2012, J. Orthop. Sci.)."""


@dataclass(frozen=True, slots=True, eq=False)
class CorpusSet:
    """One set within a recording. annotated: where and how many, as a person would mark it."""

    name: str
    recording: Recording
    annotated: AnnotatedSet
    is_standing_up: bool = False


@dataclass(frozen=True, slots=True)
class Combination:
    """What a set of the corpus is made of."""

    number: int
    moving_s: float
    hold_s: float
    range_deg: float
    other_side: float | None
    noise_ms2: float


def combinations() -> list[Combination]:
    """Return every combination once, numbered."""
    each = itertools.product(MOVING_S, HOLDS_S, RANGES_DEG, OTHER_SIDES, NOISES_MS2)
    return [Combination(number, *values) for number, values in enumerate(each)]


def make_set(made_of: Combination) -> CorpusSet:
    """Return a set within everyday life; the same for the same combination."""
    seed = SEED + made_of.number
    rng = np.random.default_rng(seed)
    sensor = SensorParams(
        rate_hz=float(rng.choice(RATES_HZ)),
        rotation_deg=random_rotation_deg(seed),
        noise_ms2=made_of.noise_ms2,
    )
    limb = LimbParams(rest_up=POSTURES[rng.integers(len(POSTURES))])
    before, after = rng.choice([Activity.LYING, Activity.WALKING, Activity.DRINKING], 2)
    whole = join(
        everyday(Activity(before), REST_S, sensor, seed),
        synthesize(_script(made_of, rng), limb, sensor, None, seed),
        everyday(Activity(after), REST_S, sensor, seed + 1),
    )
    reps = whole.truth.sets[0]
    begin_s, end_s = np.array([reps[0].start_s, reps[-1].end_s]) + rng.normal(0, EDGE_SD_S, 2)
    turns_s = tuple(rep.turn_s for rep in reps)
    annotated = AnnotatedSet(float(begin_s), float(end_s), len(reps), len(reps), turns_s=turns_s)
    return CorpusSet(_name(made_of), whole.recording, annotated)


def _script(made_of: Combination, rng: np.random.Generator) -> SetScript:
    lift, lower, rest = rng.dirichlet((12, 12, 6)) * made_of.moving_s
    return SetScript(
        reps=int(rng.integers(*REPS)),
        concentric_s=float(lift),
        hold_s=made_of.hold_s,
        eccentric_s=float(lower),
        rest_s=float(rest),
        range_deg=made_of.range_deg,
        pace_drift=float(rng.uniform(0.8, 1.4)),
        range_drift=float(rng.uniform(0.7, 1.0)),
        jitter=float(rng.uniform(0.03, 0.1)),
        other_side_share=made_of.other_side,
        lying_down_s=3.0,
        standing_up_s=3.0,
    )


def _name(made_of: Combination) -> str:
    sides = "one side" if made_of.other_side is None else "both sides"
    return (
        f"{made_of.moving_s:g} s + {made_of.hold_s:g} s, {made_of.range_deg:g}°, {sides}, "
        f"{made_of.noise_ms2:g} m/s²"
    )


def make_idle(activity: Activity, number: int) -> Recording:
    """Return five minutes of everyday life in which nothing is to be counted."""
    seed = SEED + number
    sensor = SensorParams(rate_hz=IDLE_RATE_HZ, rotation_deg=random_rotation_deg(seed))
    return everyday(activity, IDLE_PIECE_S, sensor, seed).recording


def idle_pieces() -> list[tuple[Activity, int]]:
    """Return what `make_idle` takes, for all of the corpus."""
    return [(activity, number) for activity, many in IDLE_PIECES.items() for number in range(many)]


def idle_hours() -> float:
    """Return how long all of it is."""
    return len(idle_pieces()) * IDLE_PIECE_S / 3600


def make_standing_sets() -> list[CorpusSet]:
    """Return sets of sit-to-stand with the sensor at the waist, which rises and falls."""
    numbers = range(STANDS_A_PACE)
    return [_standing_set(stand_s, number) for stand_s in STAND_S for number in numbers]


def _standing_set(stand_s: float, number: int) -> CorpusSet:
    seed = SEED + number + int(1000 * stand_s)
    rng = np.random.default_rng(seed)
    reps = int(rng.integers(5, 13))
    ups_s, downs_s = _standing_times(reps, stand_s, rng)
    sensor = SensorParams(rate_hz=100.0, placement="waist", side=None)
    t_s = sensor.times(float(downs_s[-1]) + 1.5 * stand_s + 5.0)
    recording = sensor.record(t_s, _waist_ms2(t_s, ups_s, downs_s, stand_s), rng)
    end_s = float(downs_s[-1]) + stand_s
    annotated = AnnotatedSet(float(ups_s[0]) - 0.5 * stand_s, end_s, reps, reps)
    return CorpusSet(f"sit-to-stand, {stand_s:g} s", recording, annotated, is_standing_up=True)


def _standing_times(
    reps: int, stand_s: float, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """(reps,) seconds at which a waist begins to rise, and to fall."""
    stands_s = stand_s + rng.uniform(0.8, 1.6, reps)
    sits_s = 1.5 * stand_s + rng.uniform(0.8, 1.6, reps)
    ups_s = 5.0 + np.concatenate([[0.0], np.cumsum(stands_s + sits_s)[:-1]])
    return ups_s, ups_s + stands_s


def _waist_ms2(
    t_s: FloatArray, ups_s: FloatArray, downs_s: FloatArray, stand_s: float
) -> FloatArray:
    """What a waist feels: x up, z forward; gravity turned by the lean, and the rise, (n, 3)."""
    sitting, leaning = -np.radians(SITTING_DEG), np.radians(LEAN_DEG)
    height, lean = [Waypoint(0.0, 0.0)], [Waypoint(0.0, sitting)]
    for up_s, down_s in zip(ups_s, downs_s, strict=True):
        height += _ramp(up_s, stand_s, 0.0, STAND_M) + _ramp(down_s, stand_s, STAND_M, 0.0)
        lean_s = up_s - 0.5 * stand_s
        lean += _ramp(lean_s, 0.6 * stand_s, sitting, leaning)
        lean += _ramp(lean_s + 0.7 * stand_s, 0.7 * stand_s, leaning, 0.0)
        lean += _ramp(down_s, 0.6 * stand_s, 0.0, leaning)
        lean += _ramp(down_s + 0.7 * stand_s, 0.7 * stand_s, leaning, sitting)
    up_ms2 = STANDARD_GRAVITY_MS2 + minimum_jerk(height, t_s).acceleration
    x, y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    return up_ms2[:, np.newaxis] * turned(x, y, minimum_jerk(lean, t_s).value)


def _ramp(begin_s: float, lasts_s: float, start: float, end: float) -> list[Waypoint]:
    return [Waypoint(begin_s, start), Waypoint(begin_s + lasts_s, end)]
