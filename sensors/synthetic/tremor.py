"""A tremor of known pitch, size and time course."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sensors.samples import FloatArray
from sensors.synthetic.motion import random_direction
from sensors.synthetic.truth import Phase, RepTruth, TremorSpan

RAMP_S = 0.05
"""A tremor swells and fades this long outside its span; a hard edge would ring at every pitch."""
COMPONENTS = 32
"""Sinusoids that make up a tremor with a bandwidth; from about 20 on they beat like noise."""
SIGMA_OF_FWHM = 1 / 2.355
"""Standard deviation of a normal distribution over its full width at half maximum."""


@dataclass(frozen=True, slots=True)
class TremorScript:
    """Shaking during a set.

    amp_rms_ms2: m/s² RMS over all axes. bandwidth_hz: full width at half maximum of its spectrum;
    0 is a pure tone.
    phases: only in these phases of each repetition. spans_s: only in these `(start, end)` instead.
    Neither: from the first repetition's start to the last one's end.
    growth: the amplitude at the end relative to the start, changing evenly; fatigue is above 1.
    """

    freq_hz: float = 8.0
    amp_rms_ms2: float = 0.3
    bandwidth_hz: float = 0.6
    phases: tuple[Phase, ...] = ()
    spans_s: tuple[tuple[float, float], ...] = ()
    growth: float = 1.0

    def course(self, reps: Sequence[RepTruth]) -> tuple[TremorSpan, ...]:
        """When it shakes, and how much."""
        times_s = sorted(self.spans_s or self._times_s(reps))
        sizes = np.linspace(1.0, self.growth, len(times_s)) * self.amp_rms_ms2
        return tuple(
            TremorSpan(start_s, end_s, float(size), self.freq_hz)
            for (start_s, end_s), size in zip(times_s, sizes, strict=True)
            if end_s > start_s
        )

    def _times_s(self, reps: Sequence[RepTruth]) -> tuple[tuple[float, float], ...]:
        if self.phases:
            return tuple(rep.phase_s(phase) for rep in reps for phase in self.phases)
        if self.growth != 1.0:
            return tuple((rep.start_s, rep.end_s) for rep in reps)
        return ((reps[0].start_s, reps[-1].end_s),) if reps else ()


def shaking(
    script: TremorScript, course: Sequence[TremorSpan], t_s: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """The acceleration of a tremor along one direction of the limb, (n, 3).

    Over the spans together its RMS is exact; within one it beats, as tremor does.
    """
    carrier = _carrier(script, t_s, rng)
    is_on = np.zeros(len(t_s), bool)
    size = np.zeros(len(t_s))
    for span in course:
        is_on |= (t_s >= span.start_s) & (t_s < span.end_s)
        size = np.maximum(size, span.amp_rms_ms2 * _window(t_s, span))
    if is_on.any():
        carrier = carrier / np.sqrt(np.mean(carrier[is_on] ** 2))
    return np.outer(carrier * size, random_direction(rng))


def _carrier(script: TremorScript, t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    count = COMPONENTS if script.bandwidth_hz > 0 else 1
    freq_hz = rng.normal(script.freq_hz, script.bandwidth_hz * SIGMA_OF_FWHM, count)
    angle = 2 * np.pi * np.outer(t_s, freq_hz) + rng.uniform(0, 2 * np.pi, count)
    return np.asarray(np.sin(angle).sum(axis=1))


def _window(t_s: FloatArray, span: TremorSpan) -> FloatArray:
    """1 inside the span, falling to 0 within RAMP_S outside."""
    outside_s = np.maximum(span.start_s - t_s, t_s - span.end_s)
    away = np.clip(outside_s / RAMP_S, 0.0, 1.0)
    return np.asarray((1 + np.cos(np.pi * away)) / 2)
