"""What legs and trunk do at rest: lying, breathing, sitting, riding along, holding a posture."""

import numpy as np

from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray
from sensors.synthetic.limb import X, Y, felt_ms2, jolts_ms2
from sensors.synthetic.motion import (
    Motion,
    Waypoint,
    at_random,
    end_s,
    minimum_jerk,
    random_direction,
    turned,
    wandering,
)
from sensors.synthetic.rhythm import beating, bouts_at_random

TREMBLE_HZ = (6.0, 11.0)
"""Tired muscle: physiological tremor, enhanced (Deuschl et al. 1998, Mov. Disord. 13 S3:2)."""


def lying(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Breath, and now and then another posture."""
    breath = wandering(t_s, (0.2, 0.3), np.radians(0.3), rng)
    shifts = minimum_jerk(at_random(t_s, (20.0, 60.0), 1.5, 10.0, rng), t_s)
    return felt_ms2(Y, breath + shifts)


def breathing(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A sensor on the belly of somebody who lies still: 12 to 18 breaths a minute of 1 to 2°.

    In within 40 % of the time, out, a short pause; durations vary by 7 % and depths by 12 %, as of
    quiet breathing (Tobin et al. 1988, Chest 94:1019); now and then a sigh of twice the depth.
    """
    usual_s, usual_deg = 1 / rng.uniform(0.2, 0.3), rng.uniform(1.0, 2.0)
    path = [Waypoint(0.0, 0.0)]
    while path[-1].at_s < end_s(t_s):
        lasts_s, depth_deg = np.exp(rng.normal(0, (0.07, 0.12))) * (usual_s, usual_deg)
        depth_deg *= 2.0 if rng.uniform() < 0.02 else 1.0
        begin_s, back_rad = path[-1].at_s, np.radians(rng.normal(0, 0.05))
        path += [
            Waypoint(begin_s + 0.4 * lasts_s, np.radians(depth_deg)),
            Waypoint(begin_s + 0.9 * lasts_s, back_rad),
            Waypoint(begin_s + lasts_s, back_rad),
        ]
    shifts = minimum_jerk(at_random(t_s, (60.0, 180.0), 1.5, 3.0, rng), t_s)
    return felt_ms2(Y, minimum_jerk(path, t_s) + shifts, 0.1)


def vehicle(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Road and engine from 1 to 25 Hz, bends and brakes beneath 0.2 Hz, a knee that sways along."""
    road = [wandering(t_s, (1.0, 25.0), 0.4, rng, components=60).value for _ in range(3)]
    bends = [wandering(t_s, (0.02, 0.2), 0.6, rng).value for _ in range(3)]
    sway = wandering(t_s, (0.3, 1.2), np.radians(1.5), rng)
    return felt_ms2(Y, sway) + np.column_stack(road) + np.column_stack(bends)


def riding_along(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A passenger's knee that rolls with the car in its own slow rhythm, swelling and fading.

    The body of a car bounces at 1.2 to 1.6 Hz (Griffin 1990, Handbook of Human Vibration).
    """
    road = [wandering(t_s, (2.0, 25.0), 0.3, rng, components=60).value for _ in range(3)]
    bends = [wandering(t_s, (0.02, 0.2), 0.8, rng).value for _ in range(3)]
    bounce = wandering(t_s, (1.2, 1.6), 0.4, rng).value
    pace_hz = rng.uniform(0.3, 0.7)
    sway = wandering(t_s, (0.85 * pace_hz, 1.15 * pace_hz), np.radians(3.0), rng)
    return felt_ms2(Y, sway) + np.column_stack(road) + np.column_stack(bends) + np.outer(bounce, Y)


def bouncing_a_leg(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A heel that bobs under a table at 4 to 7 Hz, in bouts of 5 to 60 s."""
    bobs = bouts_at_random(t_s, (5.0, 60.0), (3.0, 30.0), (4.0, 7.0), (1.5, 5.0), rng)
    shifts = minimum_jerk(at_random(t_s, (20.0, 90.0), 1.2, 8.0, rng), t_s)
    return felt_ms2(Y, shifts) + np.outer(beating(bobs, t_s, rng)[:, 0], Y + 0.3 * X)


def crossing_legs(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Sitting: one leg over the other and back, every 15 to 90 s, the thigh lifted and rolled."""
    lift = minimum_jerk(at_random(t_s, (15.0, 90.0), 1.3, 15.0, rng), t_s)
    roll = minimum_jerk(at_random(t_s, (15.0, 90.0), 1.3, 20.0, rng), t_s)
    sway = wandering(t_s, (0.05, 0.6), np.radians(0.6), rng)
    return felt_ms2(turned(Y, X, roll.value), lift + sway)


def holding(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Plank, wall sit, bridge hold: taken up, held for 20 to 60 s, let go, a rest, once more.

    The longer it is held, the more it sways (to 0.8°) and shakes (to 0.6 m/s²).
    """
    path, tired = [Waypoint(0.0, 0.0)], [Waypoint(0.0, 0.0)]
    while path[-1].at_s < end_s(t_s):
        up_s = path[-1].at_s + rng.uniform(8.0, 40.0)
        takes_s, lasts_s = rng.uniform(1.0, 2.5), rng.uniform(20.0, 60.0)
        height_rad = np.radians(rng.uniform(25, 60))
        for at_s, value, is_tired in (
            (up_s, 0.0, 0.0),
            (up_s + takes_s, height_rad, 0.2),
            (up_s + takes_s + lasts_s, 0.95 * height_rad, 1.0),
            (up_s + 2 * takes_s + lasts_s, 0.0, 0.0),
        ):
            path.append(Waypoint(at_s, value))
            tired.append(Waypoint(at_s, is_tired))
    share = minimum_jerk(tired, t_s).value
    sway = wandering(t_s, (0.2, 1.2), np.radians(0.8), rng)
    swaying = Motion(sway.value * share, sway.velocity * share, sway.acceleration * share)
    breath = wandering(t_s, (0.25, 0.4), np.radians(0.3), rng)
    shaking_ms2 = wandering(t_s, TREMBLE_HZ, 0.6, rng, components=32).value * share
    moved = minimum_jerk(path, t_s) + swaying + breath
    return felt_ms2(Y, moved) + np.outer(shaking_ms2, random_direction(rng))


def handling_the_sensor(t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """On the table, picked up and strapped on, worn by somebody who lies, taken off, put down."""
    tumble, knocks = [Waypoint(0.0, 0.0)], []
    busy = [Waypoint(0.0, 0.0)]
    while busy[-1].at_s < end_s(t_s):
        begin_s = busy[-1].at_s + rng.uniform(10.0, 40.0)
        stop_s = begin_s + rng.uniform(5.0, 20.0)
        tumble.append(Waypoint(begin_s, tumble[-1].value))
        while tumble[-1].at_s < stop_s:
            at_s = tumble[-1].at_s + rng.uniform(0.4, 2.5)
            tumble.append(Waypoint(at_s, np.radians(rng.normal(0, 60))))
        stop_s = tumble[-1].at_s
        busy += [Waypoint(at, on) for at, on in ((begin_s, 0), (begin_s + 0.3, 1), (stop_s, 0))]
        knocks.append((stop_s, float(rng.uniform(5, 20))))
    turning = minimum_jerk(tumble, t_s)
    share = minimum_jerk(busy, t_s).value[:, np.newaxis]
    jostle = [wandering(t_s, (0.5, 6.0), 1.0, rng).value for _ in range(3)]
    up = turned(
        turned(Y, random_direction(rng), turning.value), random_direction(rng), turning.value
    )
    knocks_ms2 = np.outer(jolts_ms2(t_s, knocks), random_direction(rng))
    return STANDARD_GRAVITY_MS2 * up + np.column_stack(jostle) * share + knocks_ms2
