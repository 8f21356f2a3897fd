"""From a quantity to a place on paper, and which quantities deserve a label."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

ROUND_STEPS = (1.0, 2.0, 5.0)
"""Steps that people count in, times a power of ten."""

ROUND_SECONDS = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)
"""Steps of a time axis: whole parts of a minute, then minutes."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Maps [low, high] evenly onto [start, end]; `high` must be above `low`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value; outside [low, high] it lies outside [start, end]."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Logarithmic:
    """Maps [low, high], both positive, onto [start, end] so that equal ratios are equal lengths."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value; outside [low, high] it lies outside [start, end]."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Frame:
    """The plotting area inside a picture of `width` by `height`."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float


def linear_ticks(scale: Linear, at_most: int) -> tuple[Tick, ...]:
    """Ticks at round values inside the scale, no more than `at_most`."""
    step = round_step((scale.high - scale.low) / at_most)
    return ticks_every(scale, step)


def seconds_ticks(scale: Linear, at_most: int) -> tuple[Tick, ...]:
    """Ticks of a time axis in seconds, no more than `at_most` where a listed step allows it."""
    span = scale.high - scale.low
    steps = [step for step in ROUND_SECONDS if span / step <= at_most]
    return ticks_every(scale, steps[0] if steps else ROUND_SECONDS[-1])


def ticks_every(scale: Linear, step: float) -> tuple[Tick, ...]:
    """Ticks at the multiples of `step` inside the scale."""
    first = math.ceil(scale.low / step - 1e-9)
    last = math.floor(scale.high / step + 1e-9)
    return tuple(Tick(scale(n * step), n * step) for n in range(first, last + 1))


def octave_ticks(scale: Logarithmic, around: float) -> tuple[Tick, ...]:
    """Ticks at `around` times powers of two inside the scale."""
    first = math.ceil(math.log2(scale.low / around) - 1e-9)
    last = math.floor(math.log2(scale.high / around) + 1e-9)
    values = [around * 2.0**n for n in range(first, last + 1)]
    return tuple(Tick(scale(value), value) for value in values)


def round_step(smallest: float) -> float:
    """The smallest step of ROUND_STEPS times a power of ten that is at least `smallest`."""
    power = 10.0 ** math.floor(math.log10(smallest))
    return next(
        (step * power for step in ROUND_STEPS if step * power >= smallest * (1 - 1e-9)),
        10.0 * power,
    )


def line_path(points: Sequence[tuple[float, float]]) -> str:
    """SVG path data through the points; empty for none."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""
