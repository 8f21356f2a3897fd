"""Fast rhythms of a body: a hand that stirs or rubs, a leg that bounces."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sensors.samples import FloatArray
from sensors.synthetic.motion import wandering

RAMP_S = 0.3
"""A rhythm swells and fades within one or two beats."""
UNEVEN_BAND_HZ = (0.05, 0.5)
PHASE_RMS_RAD = 0.5
"""Makes the pitch wander by 0.1 Hz: a tenth for a stirring hand, little for a bouncing leg."""
SIZE_RMS = 0.15


@dataclass(frozen=True, slots=True)
class Bout:
    """A rhythm in `[start_s, end_s)`; size: its amplitude, in the unit of what it moves."""

    start_s: float
    end_s: float
    freq_hz: float
    size: float


def beating(bouts: Sequence[Bout], t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The rhythm of all bouts and the same a quarter of a beat later, (n, 2)."""
    phase = wandering(t_s, UNEVEN_BAND_HZ, PHASE_RMS_RAD, rng).value
    unevenness = 1 + wandering(t_s, UNEVEN_BAND_HZ, SIZE_RMS, rng).value
    total = np.zeros((len(t_s), 2))
    for bout in bouts:
        inside_s = np.minimum(t_s - bout.start_s, bout.end_s - t_s)
        swell = bout.size * np.clip(inside_s / RAMP_S, 0, 1) * unevenness
        angle = 2 * np.pi * bout.freq_hz * (t_s - bout.start_s) + phase
        total += swell[:, np.newaxis] * np.column_stack([np.sin(angle), np.cos(angle)])
    return total


def bouts_at_random(
    t_s: FloatArray,
    lasts_s: tuple[float, float],
    pause_s: tuple[float, float],
    freq_hz: tuple[float, float],
    size: tuple[float, float],
    rng: np.random.Generator,
) -> list[Bout]:
    """Bouts with pauses between until the end; each of the ranges is drawn from evenly."""
    bouts: list[Bout] = []
    start_s = rng.uniform(*pause_s)
    while len(t_s) and start_s < t_s[-1]:
        end_s = start_s + rng.uniform(*lasts_s)
        bouts.append(Bout(start_s, end_s, rng.uniform(*freq_hz), rng.uniform(*size)))
        start_s = end_s + rng.uniform(*pause_s)
    return bouts
