"""A limb that does a set: it turns about its joint, and an accelerometer rides on it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sensors.samples import FloatArray
from sensors.synthetic.limb import X, Z, felt_ms2
from sensors.synthetic.manner import Manner
from sensors.synthetic.motion import (
    Waypoint,
    minimum_jerk,
    random_direction,
    turned,
    wandering,
)
from sensors.synthetic.mounting import SensorParams
from sensors.synthetic.tremor import TremorScript, shaking
from sensors.synthetic.truth import RepTruth, Synthetic, Truth

SWAY_BAND_HZ = (0.05, 0.4)
"""A held limb drifts and is corrected at this pace; breathing lies in it too."""
PLACING_BAND_HZ = (0.5, 4.0)
PLACING_RMS_MS2 = 0.8
PLACING_DEG = 80.0
OVERSHOOT_DEG = 15.0
"""Lying down and getting up: a thigh turns by about a right angle, too far and back, with jolts."""


@dataclass(frozen=True, slots=True)
class LimbParams:
    """A limb and its posture at rest.

    length_m: from the joint to the sensor.
    rest_up: where up is in the limb's frame at rest, any length; (0, 1, 0) is a leg lying flat,
    (1, 0, 0) one that points up, (0, 0, 1) turns about the vertical and hardly shows.
    sway_deg: how far it wanders by itself, RMS, along the lift and about its own length.
    """

    length_m: float = 0.3
    rest_up: tuple[float, float, float] = (0.0, 1.0, 0.0)
    sway_deg: float = 0.3


@dataclass(frozen=True, slots=True)
class SetScript:
    """What is done in a set.

    pace_drift, range_drift: the last repetition's duration and range relative to the first's.
    jitter: how much durations and ranges of single repetitions vary, relative standard deviation.
    dip: share of the range by which the limb sinks and rises again while it holds (two bumps).
    other_side_share: with alternating sides, how much of the other limb's movement is felt here;
    negative where it goes the other way; None for one side only.
    partial_rep, paused_rep: which repetition (from 0) turns back at `partial_share` of the range,
    and which one stops halfway up for `pause_s`.
    lying_down_s, standing_up_s: time taken to get into place and up again; 0 for neither.
    """

    reps: int = 10
    concentric_s: float = 1.5
    hold_s: float = 1.0
    eccentric_s: float = 1.5
    rest_s: float = 1.0
    range_deg: float = 40.0
    pace_drift: float = 1.0
    range_drift: float = 1.0
    jitter: float = 0.05
    dip: float = 0.0
    other_side_share: float | None = None
    partial_rep: int | None = None
    partial_share: float = 0.4
    paused_rep: int | None = None
    pause_s: float = 2.0
    lead_in_s: float = 5.0
    lead_out_s: float = 5.0
    lying_down_s: float = 0.0
    standing_up_s: float = 0.0


def synthesize(
    script: SetScript | None = None,
    limb: LimbParams | None = None,
    sensor: SensorParams | None = None,
    tremor: TremorScript | None = None,
    seed: int = 0,
    manner: Manner = Manner(),
) -> Synthetic:
    """A set as a sensor sees it, with the truth; from time 0, the same for the same seed."""
    script, limb, sensor = script or SetScript(), limb or LimbParams(), sensor or SensorParams()
    rng = np.random.default_rng(seed)
    path, reps = _plan(script, limb, rng)
    duration_s = path[-1].at_s + script.lead_out_s + script.standing_up_s
    t_s = sensor.times(duration_s)
    habits = np.random.default_rng([seed, 1])
    path = manner.path(path, script.range_deg, habits)
    acc_ms2 = _limb_ms2(script, limb, manner, path, duration_s, t_s, rng, habits)
    acc_ms2 += manner.jolts_ms2(reps, t_s, habits)
    course = tremor.course(reps) if tremor is not None else ()
    if tremor is not None:
        acc_ms2 += shaking(tremor, course, t_s, rng)
    sets = (tuple(reps),) if reps else ()
    return Synthetic(sensor.record(t_s, acc_ms2, rng), Truth(sets, course))


def _plan(
    script: SetScript, limb: LimbParams, rng: np.random.Generator
) -> tuple[list[Waypoint], list[RepTruth]]:
    """The limb's angle in degrees as waypoints, and the repetitions that they make."""
    begin_s = script.lying_down_s + script.lead_in_s
    path, reps = [Waypoint(0.0, 0.0), Waypoint(begin_s, 0.0)], []
    for number in range(script.reps):
        lasts_s = _durations_s(script, number, rng)
        height_deg = _height_deg(script, number, rng)
        points, rep = _one_rep(script, limb, number, path[-1].at_s, lasts_s, height_deg)
        path += points
        reps.append(rep)
        if number < script.reps - 1:
            path.append(Waypoint(rep.end_s + float(lasts_s[3]), 0.0))
    return path, reps


def _durations_s(script: SetScript, number: int, rng: np.random.Generator) -> FloatArray:
    """Seconds of concentric, hold, eccentric and the rest after it."""
    asked_s = np.array([script.concentric_s, script.hold_s, script.eccentric_s, script.rest_s])
    drift = _drifted(script.pace_drift, number, script.reps)
    return np.asarray(asked_s * drift * np.exp(rng.normal(0, script.jitter, 4)))


def _height_deg(script: SetScript, number: int, rng: np.random.Generator) -> float:
    drift = _drifted(script.range_drift, number, script.reps)
    height_deg = script.range_deg * drift * float(np.exp(rng.normal(0, script.jitter)))
    if number == script.partial_rep:
        height_deg *= script.partial_share
    if _is_other_side(script, number):
        height_deg *= script.other_side_share or 0.0
    return height_deg


def _drifted(last: float, number: int, count: int) -> float:
    return 1.0 + (last - 1.0) * number / max(1, count - 1)


def _is_other_side(script: SetScript, number: int) -> bool:
    return script.other_side_share is not None and number % 2 == 1


def _one_rep(
    script: SetScript,
    limb: LimbParams,
    number: int,
    begin_s: float,
    lasts_s: FloatArray,
    height_deg: float,
) -> tuple[list[Waypoint], RepTruth]:
    pause_s = script.pause_s if number == script.paused_rep else 0.0
    up_s = begin_s + float(lasts_s[0]) + pause_s
    down_s = up_s + float(lasts_s[1])
    end_s = down_s + float(lasts_s[2])
    halfway_s = begin_s + float(lasts_s[0]) / 2
    points = [Waypoint(up_s, height_deg), Waypoint(down_s, height_deg), Waypoint(end_s, 0.0)]
    if script.dip > 0:
        points.insert(1, Waypoint((up_s + down_s) / 2, height_deg * (1 - script.dip)))
    if pause_s > 0:
        half_deg = height_deg / 2
        points[:0] = [Waypoint(halfway_s, half_deg), Waypoint(halfway_s + pause_s, half_deg)]
    tilt_deg = _tilt_deg(limb, height_deg)
    is_partial, is_other_side = number == script.partial_rep, _is_other_side(script, number)
    return points, RepTruth(begin_s, up_s, down_s, end_s, tilt_deg, is_partial, is_other_side)


def _tilt_deg(limb: LimbParams, angle_deg: float) -> float:
    """How far gravity turns in the limb's frame when the limb turns by an angle."""
    up = _unit(limb.rest_up)
    end = turned(up, Z, np.array([-np.radians(angle_deg)]))[0]
    return float(np.degrees(np.arccos(np.clip(up @ end, -1.0, 1.0))))


def _limb_ms2(
    script: SetScript,
    limb: LimbParams,
    manner: Manner,
    path: list[Waypoint],
    duration_s: float,
    t_s: FloatArray,
    rng: np.random.Generator,
    habits: np.random.Generator,
) -> FloatArray:
    """What the limb's frame feels, gravity included, (n, 3)."""
    radians = [Waypoint(point.at_s, np.radians(point.value)) for point in path]
    lift = manner.motion(radians, t_s, habits)
    angle = lift + wandering(t_s, SWAY_BAND_HZ, np.radians(limb.sway_deg), rng)
    resting_up, jolts_ms2 = _placing(script, limb, duration_s, t_s, rng)
    roll = wandering(t_s, SWAY_BAND_HZ, np.radians(limb.sway_deg), rng)
    resting_up = turned(resting_up, X, roll.value + manner.roll_share * lift.value)
    return felt_ms2(resting_up, angle, limb.length_m) + jolts_ms2


def _placing(
    script: SetScript,
    limb: LimbParams,
    duration_s: float,
    t_s: FloatArray,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """Getting into place and up again: where up is at rest (n, 3), and the jolts of it (n, 3)."""
    up = _unit(limb.rest_up)
    axis = _unit(np.cross(up, random_direction(rng)))
    rise_s = duration_s - script.standing_up_s
    posture = minimum_jerk(
        [
            Waypoint(0.0, np.radians(PLACING_DEG)),
            Waypoint(script.lying_down_s * 0.7, -np.radians(OVERSHOOT_DEG)),
            Waypoint(script.lying_down_s, 0.0),
            Waypoint(rise_s, 0.0),
            Waypoint(rise_s + script.standing_up_s, np.radians(PLACING_DEG)),
        ],
        t_s,
    )
    is_placing = (t_s < script.lying_down_s) | (t_s > rise_s)
    jolts = [wandering(t_s, PLACING_BAND_HZ, PLACING_RMS_MS2, rng).value for _ in range(3)]
    return turned(up, axis, posture.value), np.column_stack(jolts) * is_placing[:, np.newaxis]


def _unit(vector: npt.ArrayLike) -> FloatArray:
    array = np.asarray(vector, dtype=np.float64)
    return np.asarray(array / np.linalg.norm(array))
