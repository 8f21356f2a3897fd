"""How evenly samples came: what a result says of the signal that it was made of."""

from dataclasses import dataclass

import numpy as np

from detection.counting.resampling import GapRule
from sensors.samples import FloatArray


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the samples of a stretch came.

    effective_rate_hz: by their times, holes left out; None of fewer than two.
    jitter_ms: standard deviation of the time from one sample to the next, holes left out.
    gap_s: seconds without samples.
    """

    effective_rate_hz: float | None
    jitter_ms: float | None
    gap_s: float


def sampling(t_s: FloatArray, rate_hz: float, gaps: GapRule = GapRule()) -> Sampling:
    """Look at sample times (n,), seconds, of a stream of nominally `rate_hz`."""
    steps_s = np.diff(t_s)
    is_hole = steps_s > gaps.limit_s(rate_hz)
    even_s = steps_s[~is_hole]
    gap_s = float(steps_s[is_hole].sum())
    if not len(even_s):
        return Sampling(None, None, gap_s)
    return Sampling(float(1 / even_s.mean()), 1e3 * float(even_s.std()), gap_s)
