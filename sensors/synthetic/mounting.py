"""How a sensor on the body sees it: turned, noisy, in steps, up to its range."""

import math
from dataclasses import dataclass

import numpy as np

from sensors.recording import Recording
from sensors.samples import FloatArray
from sensors.sidecar import RecordingInfo
from sensors.synthetic.motion import random_direction, turned


@dataclass(frozen=True, slots=True)
class SensorParams:
    """An accelerometer and its place on the body.

    rotation_deg: its turn against the limb, a rotation vector in degrees (see random_rotation_deg).
    noise_ms2: white noise, RMS of each axis; 0.02 is a wearable's of 2020 at 100 Hz.
    step_ms2: the smallest step that it reports; 0.0024 is 16 bit over ±8 g, 0.153 is 15.6 mg.
    range_ms2: larger values are cut to it.
    The samples are instants of the movement: no filter keeps higher frequencies out.
    """

    rate_hz: float = 100.0
    rotation_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    noise_ms2: float = 0.02
    step_ms2: float = 0.0024
    range_ms2: float = 78.5
    placement: str | None = "thigh"
    side: str | None = "left"

    def times(self, duration_s: float) -> FloatArray:
        """The instants at which it samples, from 0."""
        return np.arange(math.floor(duration_s * self.rate_hz)) / self.rate_hz

    def record(self, t_s: FloatArray, limb_ms2: FloatArray, rng: np.random.Generator) -> Recording:
        """What it reports of an acceleration given in the limb's frame, (n, 3)."""
        seen = _mounted(limb_ms2, self.rotation_deg)
        seen = seen + rng.normal(0, self.noise_ms2, seen.shape)
        if self.step_ms2 > 0:
            seen = np.round(seen / self.step_ms2) * self.step_ms2
        seen = np.clip(seen, -self.range_ms2, self.range_ms2)
        info = RecordingInfo(
            rate_hz=self.rate_hz,
            placement=self.placement,
            side=self.side,
            device="synthetic",
            range_ms2=self.range_ms2,
        )
        return Recording(t_s, seen, self.rate_hz, info)


def random_rotation_deg(seed: int) -> tuple[float, float, float]:
    """A strap put on anyhow: a rotation about a random axis by up to half a turn."""
    rng = np.random.default_rng(seed)
    x, y, z = random_direction(rng) * rng.uniform(0, 180)
    return (float(x), float(y), float(z))


def _mounted(limb_ms2: FloatArray, rotation_deg: tuple[float, float, float]) -> FloatArray:
    angle_deg = float(np.linalg.norm(rotation_deg))
    if angle_deg == 0:
        return limb_ms2
    axis = np.array(rotation_deg) / angle_deg
    return turned(limb_ms2, axis, np.full(len(limb_ms2), np.radians(angle_deg)))
