"""A limb that turns about its joint, and what an accelerometer that rides on it feels.

The limb's frame: x along it, away from the joint; y the way it is lifted; z its axis of turning.
At a distance r from the joint and an angle θ the accelerometer feels

    gravity turned by -θ about z   +   r·θ̈ along y   -   r·θ̇² along x

so slow repetitions show through gravity and fast ones through the limb's own acceleration.
"""

from collections.abc import Sequence

import numpy as np

from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray
from sensors.synthetic.motion import Motion, turned

X, Y, Z = np.eye(3)
LIMB_M = 0.3
"""From the joint to the sensor: halfway along a thigh or a forearm."""
STRIKE_HZ = 12.0
STRIKE_DECAY_S = 0.05
"""Soft tissue under a sensor rings at about this pitch, hardly beyond a tenth of a second.
Source: Wakeling & Nigg 2001, J. Biomech. 34:475."""
STRIKE_LASTS_S = 20 * STRIKE_DECAY_S
"""What is left by then is a billionth."""


def felt_ms2(up: FloatArray, angle: Motion, length_m: float = LIMB_M) -> FloatArray:
    """What is felt on a limb where up is `up`, (3,) or (n, 3), at angle 0; (n, 3).

    angle: in radians, (n,).
    """
    gravity_ms2 = STANDARD_GRAVITY_MS2 * turned(up, Z, -angle.value)
    tangential_ms2 = length_m * np.outer(angle.acceleration, Y)
    return np.asarray(gravity_ms2 + tangential_ms2 - length_m * np.outer(angle.velocity**2, X))


def jolts_ms2(t_s: FloatArray, strikes: Sequence[tuple[float, float]]) -> FloatArray:
    """Strikes, each `(at_s, size_ms2)`, that ring through the tissue under the sensor; (n,)."""
    total_ms2 = np.zeros(len(t_s))
    for at_s, size_ms2 in strikes:
        first, last = np.searchsorted(t_s, (at_s, at_s + STRIKE_LASTS_S))
        since_s = t_s[first:last] - at_s
        ringing = np.exp(-since_s / STRIKE_DECAY_S) * np.sin(2 * np.pi * STRIKE_HZ * since_s)
        total_ms2[first:last] += size_ms2 * ringing
    return total_ms2
