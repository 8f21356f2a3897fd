"""A limb that tilts back and forth, shakes, knocks and is measured with noise; seeded."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from detection.events import TremorReading, TremorStatus, TremorWindow
from detection.tremor.meter import TremorMeter, TremorParams
from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray, SampleBlock

OBLIQUE = np.array([0.6, 0.64, 0.48])


def seconds(duration_s: float, rate_hz: float = 100.0) -> FloatArray:
    return np.arange(round(duration_s * rate_hz)) / rate_hz


def resting(t_s: FloatArray, noise_ms2: float = 0.02, seed: int = 0) -> FloatArray:
    noise = np.random.default_rng(seed).normal(0, noise_ms2, (len(t_s), 3))
    return np.array([0.0, 0.0, STANDARD_GRAVITY_MS2]) + noise


def tilting(
    t_s: FloatArray, reps_hz: float, range_deg: float, noise_ms2: float = 0.02, seed: int = 0
) -> FloatArray:
    """Gravity as a thigh sees it that goes up and down, plus what its length adds (0.3 m)."""
    angle = np.deg2rad(range_deg) * np.sin(np.pi * reps_hz * t_s) ** 2
    rate_hz = 1 / (t_s[1] - t_s[0])
    turning = np.gradient(angle, 1 / rate_hz)
    along, across = 0.3 * turning**2, 0.3 * np.gradient(turning, 1 / rate_hz)
    acc = np.stack(
        [
            STANDARD_GRAVITY_MS2 * np.sin(angle) - along,
            np.zeros_like(t_s),
            STANDARD_GRAVITY_MS2 * np.cos(angle) + across,
        ],
        axis=1,
    )
    return acc + np.random.default_rng(seed).normal(0, noise_ms2, acc.shape)


def shaking(t_s: FloatArray, freq_hz: float, rms_ms2: float, seed: int = 0) -> FloatArray:
    """A tremor whose pitch wanders a little (half-power width about 0.3 Hz)."""
    steps = np.random.default_rng(seed).normal(0, 1, len(t_s))
    phase = 2 * np.pi * freq_hz * t_s + np.cumsum(steps) * np.sqrt(0.9 * np.diff(t_s).mean())
    return np.sqrt(2) * rms_ms2 * np.sin(phase)[:, None] * OBLIQUE


def knocks(t_s: FloatArray, per_minute: float, seed: int = 0) -> FloatArray:
    rng, acc = np.random.default_rng(seed), np.zeros((len(t_s), 3))
    for at_s in rng.uniform(0, t_s[-1], round(per_minute * t_s[-1] / 60)):
        since = np.maximum(t_s - at_s, 0.0)
        ring = np.exp(-since / 0.04) * np.sin(2 * np.pi * 14 * since)
        acc += ring[:, None] * rng.normal(0, 8, 3)
    return acc


def readings(
    t_s: FloatArray,
    acc_ms2: FloatArray,
    cuts: Iterable[int] = (),
    params: TremorParams | None = None,
    rate_hz: float | None = None,
) -> list[TremorReading]:
    rate_hz = rate_hz or (len(t_s) - 1) / (t_s[-1] - t_s[0])
    meter = TremorMeter(rate_hz, params)
    bounds = [0, *sorted(cuts), len(t_s)]
    found = []
    for start, stop in pairwise(bounds):
        found += meter.push(SampleBlock(t_s[start:stop], acc_ms2[start:stop], rate_hz))
    return found + meter.flush()


def finals(
    t_s: FloatArray, acc_ms2: FloatArray, params: TremorParams | None = None
) -> list[TremorWindow]:
    return [reading.window for reading in readings(t_s, acc_ms2, (), params) if reading.is_final]


def share(windows: list[TremorWindow], status: TremorStatus) -> float:
    return float(np.mean([window.status is status for window in windows]))


def median_amp_ms2(windows: list[TremorWindow]) -> float:
    return float(np.median([window.amp_rms_ms2 or 0.0 for window in windows]))
