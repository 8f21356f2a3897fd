"""What a wrist does that is no exercise: writing, eating and drinking, brushing, stirring."""

import numpy as np

from sensors.samples import FloatArray
from sensors.synthetic.limb import X, Y, felt_ms2, jolts_ms2
from sensors.synthetic.motion import (
    Waypoint,
    at_random,
    end_s,
    minimum_jerk,
    random_direction,
    turned,
    wandering,
)
from sensors.synthetic.rhythm import Bout, beating, bouts_at_random


def typing(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A wrist over keys: taps at an uneven pace, pauses for thought, the hand moved at times."""
    hand = minimum_jerk(at_random(t_s, (4.0, 20.0), 0.8, 8.0, rng), t_s)
    taps_s = np.cumsum(rng.gamma(2.0, 0.1, int(end_s(t_s) * 6)))
    is_writing = np.sin(0.35 * taps_s + rng.uniform(0, 6)) > -0.3
    sizes_ms2 = 0.8 * np.exp(rng.normal(0, 0.4, int(is_writing.sum())))
    taps_ms2 = jolts_ms2(t_s, list(zip(taps_s[is_writing], sizes_ms2, strict=True)))
    return felt_ms2(Y, hand) + np.outer(taps_ms2, random_direction(rng))


def drinking(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A wrist that takes a cup to the mouth every so often, never twice alike."""
    path = [Waypoint(0.0, 0.0)]
    while path[-1].at_s < end_s(t_s):
        begin_s = path[-1].at_s + rng.uniform(8.0, 45.0)
        up_s, sip_s, down_s = rng.uniform((0.8, 1.0, 0.8), (2.0, 6.0, 2.5))
        tip_rad = np.radians(rng.uniform(35, 80))
        path += [
            Waypoint(begin_s, path[-1].value),
            Waypoint(begin_s + up_s, tip_rad),
            Waypoint(begin_s + up_s + sip_s, tip_rad * rng.uniform(0.8, 1.3)),
            Waypoint(begin_s + up_s + sip_s + down_s, np.radians(rng.normal(0, 8))),
        ]
    return felt_ms2(Y, minimum_jerk(path, t_s) + wandering(t_s, (0.02, 0.6), np.radians(0.5), rng))


def sipping(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A cup kept in the hand: a sip about every 20 s, between them it is put down or held."""
    return _to_the_mouth(t_s, 20.0, 55.0, (1.2, 2.0, 1.3), 6.0, rng)


def eating(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A fork to the mouth about every 9 s, between them it cuts and gathers on the plate.

    Source of pace and its spread: Dong et al. 2012, Appl. Psychophysiol. Biofeedback 37:205.
    """
    return _to_the_mouth(t_s, 9.0, 40.0, (0.9, 0.6, 1.0), 14.0, rng)


def _to_the_mouth(
    t_s: FloatArray,
    every_s: float,
    tip_deg: float,
    takes_s: tuple[float, float, float],
    fumble_deg: float,
    rng: np.random.Generator,
) -> FloatArray:
    """Up, there, down again, the next after `every_s` give or take a quarter, busy in between."""
    path, roll = [Waypoint(0.0, 0.0)], [Waypoint(0.0, 0.0)]
    while path[-1].at_s < end_s(t_s):
        gap_s = max(1.5, every_s * float(np.exp(rng.normal(0, 0.25))) - sum(takes_s))
        begin_s = path[-1].at_s + gap_s
        while begin_s - path[-1].at_s > 2.5:
            at_s = path[-1].at_s + rng.uniform(0.6, 2.0)
            path.append(Waypoint(at_s, np.radians(rng.normal(0, fumble_deg / 2))))
            roll.append(Waypoint(at_s, np.radians(rng.normal(0, fumble_deg))))
        up_s, there_s, down_s = np.array(takes_s) * np.exp(rng.normal(0, 0.2, 3))
        tip_rad = np.radians(tip_deg) * np.exp(rng.normal(0, 0.12))
        path += [
            Waypoint(begin_s, path[-1].value),
            Waypoint(begin_s + up_s, tip_rad),
            Waypoint(begin_s + up_s + there_s, tip_rad * rng.uniform(0.9, 1.15)),
            Waypoint(begin_s + up_s + there_s + down_s, np.radians(rng.normal(0, 5))),
        ]
    lift = minimum_jerk(path, t_s) + wandering(t_s, (0.02, 0.6), np.radians(0.5), rng)
    return felt_ms2(turned(Y, X, minimum_jerk(roll, t_s).value), lift)


def brushing_teeth(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Strokes of a centimetre at 3 to 5 Hz, another place every few seconds.

    Source: Huang & Lin 2016, UbiComp (toothbrushing on a smartwatch).
    """
    strokes = bouts_at_random(t_s, (2.0, 8.0), (0.4, 1.0), (3.0, 5.0), (3.0, 8.0), rng)
    return _rubbing(strokes, 25.0, 1.5, t_s, rng)


def scratching(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A few seconds at 4 to 6 Hz, then rest for half a minute."""
    strokes = bouts_at_random(t_s, (1.5, 5.0), (15.0, 40.0), (4.0, 6.0), (2.0, 6.0), rng)
    return _rubbing(strokes, 60.0, 0.3, t_s, rng)


def _rubbing(
    strokes: list[Bout],
    reach_deg: float,
    sway_deg: float,
    t_s: FloatArray,
    rng: np.random.Generator,
) -> FloatArray:
    """The hand goes to a place, rubs there along one line, and goes on to the next."""
    path = [Waypoint(0.0, 0.0)]
    for each in strokes:
        there_rad = np.radians(rng.normal(0, reach_deg))
        leave_s = max(path[-1].at_s, each.start_s - 1.0)
        path += [
            Waypoint(leave_s, path[-1].value),
            Waypoint(each.start_s, there_rad),
            Waypoint(each.end_s, there_rad),
        ]
    path.append(Waypoint(path[-1].at_s + 1.0, 0.0))
    rubbed_ms2 = beating(strokes, t_s, rng)[:, 0]
    place = minimum_jerk(path, t_s) + wandering(t_s, (0.1, 1.0), np.radians(sway_deg), rng)
    return felt_ms2(Y, place) + np.outer(rubbed_ms2, random_direction(rng))


def stirring(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A spoon in circles of 5 cm at 0.9 to 1.8 Hz, 2 to 6 m/s², with pauses to add something."""
    circles = bouts_at_random(t_s, (15.0, 60.0), (3.0, 15.0), (0.9, 1.8), (1.5, 5.0), rng)
    around_ms2 = beating(circles, t_s, rng)
    hand = minimum_jerk(at_random(t_s, (8.0, 30.0), 1.0, 10.0, rng), t_s)
    tipping = wandering(t_s, (0.1, 0.8), np.radians(2.0), rng)
    one, other = random_direction(rng), random_direction(rng)
    return (
        felt_ms2(Y, hand + tipping)
        + np.outer(around_ms2[:, 0], one)
        + np.outer(around_ms2[:, 1], np.cross(one, other))
    )
