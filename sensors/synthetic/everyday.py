"""What a limb does all day that is no exercise and must not be counted."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray
from sensors.synthetic.motion import (
    Motion,
    Waypoint,
    minimum_jerk,
    random_direction,
    turned,
    wandering,
)
from sensors.synthetic.mounting import SensorParams
from sensors.synthetic.truth import Synthetic, Truth

X, Y, Z = np.eye(3)
LIMB_M = 0.3


class Activity(StrEnum):
    """What is done."""

    WALKING = "walking"
    STAIRS = "stairs"
    LYING = "lying"
    VEHICLE = "vehicle"
    TYPING = "typing"
    DRINKING = "drinking"


@dataclass(frozen=True, slots=True)
class Gait:
    """How a thigh swings: strides a second, swing to one side, jolt of a foot, pause for a turn.

    bounce_ms2: the whole body rises and falls with each step.

    Sizes after Winter 1991, The Biomechanics and Motor Control of Human Gait; turns every `flight`
    strides as on a staircase, never where it is None.
    """

    stride_hz: float
    swing_deg: float
    strike_ms2: float
    bounce_ms2: float
    flight: int | None = None
    turn_s: float = 2.5


WALK = Gait(stride_hz=0.9, swing_deg=20.0, strike_ms2=4.0, bounce_ms2=2.5)
CLIMB = Gait(stride_hz=0.7, swing_deg=30.0, strike_ms2=3.0, bounce_ms2=2.0, flight=6)
STRIKE_HZ = 12.0
STRIKE_DECAY_S = 0.05


def everyday(
    activity: Activity, duration_s: float, sensor: SensorParams | None = None, seed: int = 0
) -> Synthetic:
    """A stretch of everyday life as a sensor on a limb sees it; nothing in it is to be counted."""
    sensor, rng = sensor or SensorParams(), np.random.default_rng(seed)
    t_s = sensor.times(duration_s)
    acc_ms2 = _DOES[activity](t_s, rng)
    return Synthetic(sensor.record(t_s, acc_ms2, rng), Truth())


def _walking(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    return _stepping(WALK, t_s, rng)


def _stairs(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    return _stepping(CLIMB, t_s, rng)


def _stepping(gait: Gait, t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A thigh that swings stride by stride, each a little different, and feels both feet land."""
    path, strikes, bounce_ms2 = [Waypoint(0.0, 0.0)], [], np.zeros(len(t_s))
    for number in itertools.count(1):
        if path[-1].at_s >= _end_s(t_s):
            break
        stride_s, swing_deg = np.exp(rng.normal(0, 0.04, 2)) * (1 / gait.stride_hz, gait.swing_deg)
        begin_s = path[-1].at_s
        path.append(Waypoint(begin_s + 0.4 * stride_s, np.radians(swing_deg)))
        path.append(Waypoint(begin_s + stride_s, -0.5 * np.radians(swing_deg)))
        bounce_ms2 += _bounce(t_s - begin_s, stride_s, gait.bounce_ms2)
        strikes += [(begin_s + 0.45 * stride_s, 1.0), (begin_s + 0.95 * stride_s, 0.4)]
        if gait.flight is not None and number % gait.flight == 0:
            path.append(Waypoint(path[-1].at_s + gait.turn_s, 0.0))
    swing = minimum_jerk(path, t_s) + wandering(t_s, (0.1, 0.8), np.radians(2.0), rng)
    jolts_ms2 = sum(
        (_strike(t_s - at_s, gait.strike_ms2 * share) for at_s, share in strikes),
        np.zeros(len(t_s)),
    )
    rising_ms2 = bounce_ms2[:, np.newaxis] * turned(X, Z, -swing.value)
    return _swinging(X, swing) + rising_ms2 + np.outer(jolts_ms2, X + 0.3 * Z)


def _bounce(since_s: FloatArray, stride_s: float, size_ms2: float) -> FloatArray:
    """Two rises a stride: highest over each foot, lowest between."""
    is_now = (since_s >= 0) & (since_s < stride_s)
    return np.asarray(np.where(is_now, size_ms2 * np.sin(4 * np.pi * since_s / stride_s), 0.0))


def _strike(after_s: FloatArray, size_ms2: float) -> FloatArray:
    """A foot that lands rings through the leg and is gone in a tenth of a second."""
    since_s = np.maximum(after_s, 0.0)
    ringing = np.exp(-since_s / STRIKE_DECAY_S) * np.sin(2 * np.pi * STRIKE_HZ * since_s)
    return np.asarray(size_ms2 * ringing)


def _swinging(up: FloatArray, angle: Motion) -> FloatArray:
    """A limb that turns about z, where up is `up` at angle 0."""
    gravity_ms2 = STANDARD_GRAVITY_MS2 * turned(up, Z, -angle.value)
    tangential_ms2 = LIMB_M * np.outer(angle.acceleration, Y)
    return gravity_ms2 + tangential_ms2 - LIMB_M * np.outer(angle.velocity**2, X)


def _lying(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Breath, and now and then another posture."""
    breath = wandering(t_s, (0.2, 0.3), np.radians(0.3), rng)
    shifts = minimum_jerk(_at_random(t_s, (20.0, 60.0), 1.5, 10.0, rng), t_s)
    return _swinging(Y, breath + shifts)


def _vehicle(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Road and engine from 1 to 25 Hz, bends and brakes beneath 0.2 Hz, a knee that sways along."""
    road = [wandering(t_s, (1.0, 25.0), 0.4, rng, components=60).value for _ in range(3)]
    bends = [wandering(t_s, (0.02, 0.2), 0.6, rng).value for _ in range(3)]
    sway = wandering(t_s, (0.3, 1.2), np.radians(1.5), rng)
    return _swinging(Y, sway) + np.column_stack(road) + np.column_stack(bends)


def _typing(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A wrist over keys: taps at an uneven pace, pauses for thought, the hand moved at times."""
    hand = minimum_jerk(_at_random(t_s, (4.0, 20.0), 0.8, 8.0, rng), t_s)
    taps_s = np.cumsum(rng.gamma(2.0, 0.1, int(_end_s(t_s) * 6)))
    is_writing = np.sin(0.35 * taps_s + rng.uniform(0, 6)) > -0.3
    jolts_ms2 = sum(
        (_strike(t_s - at_s, size) for at_s, size in _sized(taps_s[is_writing], 0.8, rng)),
        np.zeros(len(t_s)),
    )
    return _swinging(Y, hand) + np.outer(jolts_ms2, random_direction(rng))


def _drinking(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A wrist that takes a cup to the mouth every so often, never twice alike."""
    path = [Waypoint(0.0, 0.0)]
    while path[-1].at_s < _end_s(t_s):
        begin_s = path[-1].at_s + rng.uniform(8.0, 45.0)
        up_s, sip_s, down_s = rng.uniform((0.8, 1.0, 0.8), (2.0, 6.0, 2.5))
        tip_rad = np.radians(rng.uniform(35, 80))
        path += [
            Waypoint(begin_s, path[-1].value),
            Waypoint(begin_s + up_s, tip_rad),
            Waypoint(begin_s + up_s + sip_s, tip_rad * rng.uniform(0.8, 1.3)),
            Waypoint(begin_s + up_s + sip_s + down_s, np.radians(rng.normal(0, 8))),
        ]
    return _swinging(Y, minimum_jerk(path, t_s) + wandering(t_s, (0.02, 0.6), np.radians(0.5), rng))


def _at_random(
    t_s: FloatArray,
    every_s: tuple[float, float],
    takes_s: float,
    sd_deg: float,
    rng: np.random.Generator,
) -> list[Waypoint]:
    """From posture to posture, at random times."""
    path = [Waypoint(0.0, 0.0)]
    while path[-1].at_s < _end_s(t_s):
        leave_s = path[-1].at_s + rng.uniform(*every_s)
        path.append(Waypoint(leave_s, path[-1].value))
        path.append(Waypoint(leave_s + takes_s, np.radians(rng.normal(0, sd_deg))))
    return path


def _end_s(t_s: FloatArray) -> float:
    """When a path may end; never at once, so that there always is one."""
    return max(1.0, float(t_s[-1])) if len(t_s) else 1.0


def _sized(
    at_s: FloatArray, size_ms2: float, rng: np.random.Generator
) -> list[tuple[float, float]]:
    sizes = size_ms2 * np.exp(rng.normal(0, 0.4, len(at_s)))
    return [(float(at), float(size)) for at, size in zip(at_s, sizes, strict=True)]


_DOES: dict[Activity, Callable[[FloatArray, np.random.Generator], FloatArray]] = {
    Activity.WALKING: _walking,
    Activity.STAIRS: _stairs,
    Activity.LYING: _lying,
    Activity.VEHICLE: _vehicle,
    Activity.TYPING: _typing,
    Activity.DRINKING: _drinking,
}
