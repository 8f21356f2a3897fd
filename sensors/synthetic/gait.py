"""Walking and stairs, stride by stride, as different parts of the body feel them.

Sizes after Winter 1991, The Biomechanics and Motor Control of Human Gait; lengths and paces of
everyday bouts after Orendurff et al. 2008, J. Rehabil. Res. Dev. 45:1077 (most are short).
"""

import itertools
from dataclasses import dataclass

import numpy as np

from sensors.samples import FloatArray
from sensors.synthetic.limb import X, Z, felt_ms2, jolts_ms2
from sensors.synthetic.motion import Waypoint, end_s, minimum_jerk, turned, wandering


@dataclass(frozen=True, slots=True)
class Gait:
    """How a thigh swings: strides a second, swing to one side, jolt of a foot, pause for a turn.

    bounce_ms2: the whole body rises and falls with each step. Turns every `flight` strides as on a
    staircase, never where it is None.
    """

    stride_hz: float
    swing_deg: float
    strike_ms2: float
    bounce_ms2: float
    flight: int | None = None
    turn_s: float = 2.5


WALK = Gait(stride_hz=0.9, swing_deg=20.0, strike_ms2=4.0, bounce_ms2=2.5)
CLIMB = Gait(stride_hz=0.7, swing_deg=30.0, strike_ms2=3.0, bounce_ms2=2.0, flight=6)
LEADING_FOOT, OTHER_FOOT = (0.45, 1.0), (0.95, 0.4)
"""When in a stride each foot lands, and what share of its jolt is felt."""


@dataclass(frozen=True, slots=True)
class Part:
    """How a part of the body goes along with a stride.

    course: share of the stride and angle there, relative to swing_deg. sway_ms2: to the side, once
    a stride. The rest as in Gait.
    """

    course: tuple[tuple[float, float], ...]
    swing_deg: float
    strike_ms2: float
    bounce_ms2: float
    sway_ms2: float
    length_m: float


PARTS = {
    "thigh": Part(((0.4, 1.0), (1.0, -0.5)), 20.0, 4.0, 2.5, 0.5, 0.3),
    "shank": Part(((0.1, 0.3), (0.62, -1.0), (0.95, 0.5)), 45.0, 8.0, 2.5, 0.5, 0.3),
    "ankle": Part(((0.1, 0.3), (0.62, -1.0), (0.95, 0.5)), 45.0, 10.0, 2.5, 0.5, 0.4),
    "waist": Part(((0.25, 1.0), (0.5, -1.0), (0.75, 1.0), (1.0, -1.0)), 2.5, 2.0, 3.0, 1.2, 0.1),
    "wrist": Part(((0.5, 1.0), (1.0, -0.6)), 25.0, 0.8, 2.0, 0.4, 0.6),
}
STRIDE_HZ = (0.7, 1.1)
SHUFFLE_HZ = (0.5, 0.65)
SHUFFLE_SIZE = 0.35
SHUFFLE_SHARE = 0.2
"""One bout of five is short slow steps about a room."""
BOUT_S = (10.0, 300.0)
STAND_S = (2.0, 15.0)
STRIDES_TO_A_TURN = (4, 40)
TURN_SIZE = 0.4
"""A turn is two or three small quick steps."""


@dataclass(frozen=True, slots=True)
class Stride:
    """One stride: when, how long, how large relative to an ordinary one."""

    begin_s: float
    lasts_s: float
    size: float


def stepping(gait: Gait, t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A thigh that swings stride by stride, each a little different, and feels both feet land."""
    path, strides = [Waypoint(0.0, 0.0)], []
    for number in itertools.count(1):
        if path[-1].at_s >= end_s(t_s):
            break
        stride_s, swing_deg = np.exp(rng.normal(0, 0.04, 2)) * (1 / gait.stride_hz, gait.swing_deg)
        begin_s = path[-1].at_s
        strides.append(Stride(begin_s, stride_s, 1.0))
        path.append(Waypoint(begin_s + 0.4 * stride_s, np.radians(swing_deg)))
        path.append(Waypoint(begin_s + stride_s, -0.5 * np.radians(swing_deg)))
        if gait.flight is not None and number % gait.flight == 0:
            path.append(Waypoint(path[-1].at_s + gait.turn_s, 0.0))
    swing = minimum_jerk(path, t_s) + wandering(t_s, (0.1, 0.8), np.radians(2.0), rng)
    rising_ms2 = gait.bounce_ms2 * _each(strides, t_s, beats=2)
    return (
        felt_ms2(X, swing)
        + rising_ms2[:, np.newaxis] * turned(X, Z, -swing.value)
        + np.outer(jolts_ms2(t_s, _landings(strides, gait.strike_ms2)), X + 0.3 * Z)
    )


def walking_about(part: Part, t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Bouts of 10 to 300 s about a house: each at its pace, with turns, shuffles and standing."""
    strides = _about(t_s, rng)
    swing_rad = np.radians(part.swing_deg)
    path = [Waypoint(0.0, 0.0)]
    for each in strides:
        if each.begin_s - path[-1].at_s > 1.0:
            path += [Waypoint(path[-1].at_s + 0.5, 0.0), Waypoint(each.begin_s, 0.0)]
        path += [
            Waypoint(each.begin_s + share * each.lasts_s, height * swing_rad * each.size)
            for share, height in part.course
        ]
    swing = minimum_jerk([*path, Waypoint(path[-1].at_s + 0.5, 0.0)], t_s)
    swing = swing + wandering(t_s, (0.1, 0.8), np.radians(1.5), rng)
    rising_ms2 = part.bounce_ms2 * _each(strides, t_s, beats=2)
    return (
        felt_ms2(X, swing, part.length_m)
        + rising_ms2[:, np.newaxis] * turned(X, Z, -swing.value)
        + np.outer(part.sway_ms2 * _each(strides, t_s, beats=1), Z)
        + np.outer(jolts_ms2(t_s, _landings(strides, part.strike_ms2)), X + 0.3 * Z)
    )


def _about(t_s: FloatArray, rng: np.random.Generator) -> list[Stride]:
    strides: list[Stride] = []
    at_s = rng.uniform(*STAND_S)
    while at_s < end_s(t_s):
        strides += _one_bout(at_s, rng)
        at_s = strides[-1].begin_s + strides[-1].lasts_s + rng.uniform(*STAND_S)
    return strides


def _one_bout(at_s: float, rng: np.random.Generator) -> list[Stride]:
    is_shuffle = rng.uniform() < SHUFFLE_SHARE
    stride_hz = rng.uniform(*(SHUFFLE_HZ if is_shuffle else STRIDE_HZ))
    usual = SHUFFLE_SIZE if is_shuffle else rng.uniform(0.8, 1.1)
    stop_s = at_s + np.exp(rng.uniform(*np.log(BOUT_S)))
    to_a_turn = int(rng.integers(*STRIDES_TO_A_TURN))
    strides: list[Stride] = []
    while at_s < stop_s:
        lasts_s, size = np.exp(rng.normal(0, (0.03, 0.08))) * (1 / stride_hz, usual)
        if (len(strides) + 1) % to_a_turn < int(rng.integers(2, 4)):
            lasts_s, size = lasts_s * rng.uniform(0.6, 1.0), size * TURN_SIZE
        strides.append(Stride(at_s, float(lasts_s), float(size)))
        at_s += float(lasts_s)
    return strides


def _each(strides: list[Stride], t_s: FloatArray, beats: int) -> FloatArray:
    """A wave of so many beats over each stride, as large as the stride, 0 while standing."""
    if not strides:
        return np.zeros(len(t_s))
    begin_s = np.array([each.begin_s for each in strides])
    number = np.searchsorted(begin_s, t_s, side="right") - 1
    lasts_s, size = (np.array([(s.lasts_s, s.size) for s in strides])[number]).T
    share = (t_s - begin_s[number]) / lasts_s
    is_in = (number >= 0) & (share < 1)
    return np.where(is_in, size * np.sin(2 * np.pi * beats * share), 0.0)


def _landings(strides: list[Stride], strike_ms2: float) -> list[tuple[float, float]]:
    return [
        (each.begin_s + when * each.lasts_s, strike_ms2 * each.size * share)
        for each in strides
        for when, share in (LEADING_FOOT, OTHER_FOOT)
    ]
