"""Smooth movement: along waypoints as people reach, and wandering as people sway."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sensors.samples import FloatArray


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where a movement is at rest for an instant."""

    at_s: float
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """A quantity over time with its first two derivatives, (n,) each."""

    value: FloatArray
    velocity: FloatArray
    acceleration: FloatArray

    def __add__(self, other: "Motion") -> "Motion":
        return Motion(
            self.value + other.value,
            self.velocity + other.velocity,
            self.acceleration + other.acceleration,
        )


def minimum_jerk(waypoints: Sequence[Waypoint], t_s: FloatArray) -> Motion:
    """From waypoint to waypoint, still at each, with the least jerk between.

    Before the first and after the last waypoint nothing moves. Waypoints must be in order of time.
    Source: Flash & Hogan 1985, J. Neurosci. 5:1688 (10τ³ - 15τ⁴ + 6τ⁵).
    """
    at_s = np.array([point.at_s for point in waypoints])
    value = np.array([point.value for point in waypoints])
    leg = np.clip(np.searchsorted(at_s, t_s, side="right") - 1, 0, len(at_s) - 2)
    lasts_s = np.maximum(at_s[leg + 1] - at_s[leg], 1e-9)
    tau = np.clip((t_s - at_s[leg]) / lasts_s, 0.0, 1.0)
    step = value[leg + 1] - value[leg]
    return Motion(
        value[leg] + step * tau**3 * (10 - 15 * tau + 6 * tau**2),
        step / lasts_s * 30 * tau**2 * (1 - tau) ** 2,
        step / lasts_s**2 * 60 * tau * (1 - tau) * (1 - 2 * tau),
    )


def wandering(
    t_s: FloatArray,
    band_hz: tuple[float, float],
    rms: float,
    rng: np.random.Generator,
    components: int = 12,
) -> Motion:
    """A smooth random movement of the given RMS, its power even over a band.

    A sum of sinusoids, so that it is the same movement at any sampling rate.
    """
    omega = 2 * np.pi * rng.uniform(*band_hz, components)
    angle = np.outer(t_s, omega) + rng.uniform(0, 2 * np.pi, components)
    scale = rms * np.sqrt(2 / components)
    return Motion(
        scale * np.sin(angle).sum(axis=1),
        scale * (np.cos(angle) @ omega),
        scale * -(np.sin(angle) @ omega**2),
    )


def at_random(
    t_s: FloatArray,
    every_s: tuple[float, float],
    takes_s: float,
    sd_deg: float,
    rng: np.random.Generator,
) -> list[Waypoint]:
    """From posture to posture, in radians, at random times."""
    path = [Waypoint(0.0, 0.0)]
    while path[-1].at_s < end_s(t_s):
        leave_s = path[-1].at_s + rng.uniform(*every_s)
        path.append(Waypoint(leave_s, path[-1].value))
        path.append(Waypoint(leave_s + takes_s, np.radians(rng.normal(0, sd_deg))))
    return path


def end_s(t_s: FloatArray) -> float:
    """When a path may end; never at once, so that there always is one."""
    return max(1.0, float(t_s[-1])) if len(t_s) else 1.0


def turned(vectors: FloatArray, axis: FloatArray, angle_rad: FloatArray) -> FloatArray:
    """Turn vectors about an axis, each by its own angle (Rodrigues' formula).

    vectors: (3,) or (n, 3); axis: (3,) of length 1; angle_rad: (n,). Returns (n, 3).
    """
    cos, sin = np.cos(angle_rad)[:, np.newaxis], np.sin(angle_rad)[:, np.newaxis]
    along = (vectors @ axis)[..., np.newaxis] * axis
    return np.asarray(vectors * cos + np.cross(axis, vectors) * sin + along * (1 - cos))


def random_direction(rng: np.random.Generator) -> FloatArray:
    """A direction, (3,) of length 1, all equally likely."""
    vector = rng.normal(size=3)
    return np.asarray(vector / np.linalg.norm(vector))
