"""Counting when the whole stretch is one set, exercise unknown.

For each period that the autocorrelation proposes, the stretch is cut into windows like their own
mean; of the periods whose cut explains the stretch nearly as well as the best, the shortest is
the repetition (twice the period explains as much, half of it does not). What has no period may
be one repetition or two, told by their way out and back.
"""

import numpy as np

from detection.counting.excursion import excursions
from detection.counting.fitting import Fit, FitParams, fit_period
from detection.counting.good_rep import GoodRep, cut_like
from detection.counting.periodicity import autocorrelation, candidate_periods
from detection.counting.reps import describe
from detection.counting.resampling import GRID_RATE_HZ, GridParams, delay_s
from detection.counting.shapes import POINTS
from detection.counting.template import Segment, TemplateParams
from detection.events import Event, SetDiscarded, SetEnded
from sensors.samples import FloatArray

LONGEST_SET_S = 900.0
"""Fifteen minutes: longer than any set, short enough to look at as a whole."""
LAG_S = delay_s(GridParams())
"""By which the grid lags behind the movement."""


def count_given(stretch_ms2: FloatArray, params: FitParams = FitParams()) -> list[Segment]:
    """Return the repetitions of a stretch, (n, 3) at the grid's rate, that is one set."""
    repeating = _repeating(stretch_ms2, params)
    return repeating if len(repeating) >= 2 else excursions(stretch_ms2) or repeating


def _repeating(stretch_ms2: FloatArray, params: FitParams) -> list[Segment]:
    """The cut at the shortest good period: from the shortest on, until one is not much bettered."""
    chosen: Fit | None = None
    for period in _periods(stretch_ms2, params):
        fit = fit_period(stretch_ms2, period, params)
        if fit is None:
            continue
        if chosen and chosen.explained >= params.explains_enough * fit.explained:
            break
        chosen = fit
    return chosen.segments if chosen else []


def _periods(stretch_ms2: FloatArray, params: FitParams) -> list[float]:
    """Periods in samples after which the stretch is nearly as alike as it ever is.

    Each lag counts by how much of the stretch it compares: over a few cycles of careless timing a
    long lag is alike by chance.
    """
    n = len(stretch_ms2)
    correlation = autocorrelation(stretch_ms2)
    seen = correlation * (1 - np.arange(n) / n)
    shortest, longest = params.shortest_s * GRID_RATE_HZ, params.longest_s * GRID_RATE_HZ
    periods = [p for p in candidate_periods(correlation) if shortest <= p <= longest]
    top = max((float(seen[round(p)]) for p in periods), default=0.0)
    return [p for p in periods if seen[round(p)] >= params.alike_enough * top]


class GivenSet:
    """Grid samples in; at the end of the stream, all of it as one set."""

    def __init__(
        self,
        start_s: float,
        first_set: int,
        params: FitParams = FitParams(),
        good_rep: GoodRep | None = None,
    ) -> None:
        self._start_s = start_s
        self._params = params
        self._good_rep = good_rep
        self._pieces: list[FloatArray] = []
        self.next_set = first_set

    def push(self, grid_ms2: FloatArray) -> list[Event]:
        """Keep grid samples, (n, 3); nothing is known before the end."""
        self._pieces.append(grid_ms2)
        return []

    def flush(self) -> list[Event]:
        """Count what was kept."""
        stretch = np.concatenate([np.zeros((0, 3)), *self._pieces])
        self._pieces = []
        end_s = self._start_s + len(stretch) / GRID_RATE_HZ
        if end_s - self._start_s > LONGEST_SET_S:
            reason = f"longer than {LONGEST_SET_S / 60:.0f} minutes is not one set"
            return [SetDiscarded(end_s, self.next_set, reason)]
        segments = self._count(stretch) if len(stretch) >= POINTS else []
        lagging_s = self._start_s - LAG_S
        reps = tuple(describe(stretch, segments, lagging_s, [end_s] * len(segments)))
        likeness = [s.likeness for s in segments]
        confidence = float(np.clip(np.median(likeness), 0, 1)) if likeness else 0.0
        self.next_set += 1
        return [SetEnded(end_s, self.next_set - 1, self._start_s, end_s, reps, confidence)]

    def _count(self, stretch: FloatArray) -> list[Segment]:
        segments = count_given(stretch, self._params)
        if self._good_rep is None:
            return segments
        return cut_like(stretch, segments, self._good_rep, TemplateParams())
