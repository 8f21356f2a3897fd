"""Is each repetition found really two? Decided by evidence over the whole set.

Left and right that look alike, or a bounce at the end position, make a cycle of two repetitions
look as good as a cycle of one. A set is split only if half its period is nearly as periodic as
the period, and if cutting the set at half the period explains it nearly as well.
"""

from dataclasses import dataclass

import numpy as np

from detection.counting.fitting import FitParams, fit_period
from detection.counting.periodicity import SHORTEST_PERIOD_S, autocorrelation, peak_near
from detection.counting.resampling import GRID_RATE_HZ
from detection.counting.template import Segment, TemplateParams, recut
from sensors.samples import FloatArray

FEWEST_PERIODS = 2.5
"""Shorter stretches do not show whether a period repeats."""


@dataclass(frozen=True, slots=True)
class DoublingParams:
    """When a set's repetitions are split in two.

    alike_enough: autocorrelation at half the period over that at the period.
    explains_enough: explained value of the cut at half the period over that at the period.
    more_enough: repetitions after the split over before; fewer means that halves were dropped.
    least_reps: fewer repetitions than this are not evidence.
    spread: the period is searched within this share of the median.
    shortest_s: no half is shorter than this.
    """

    alike_enough: float = 0.6
    explains_enough: float = 0.6
    more_enough: float = 1.6
    least_reps: int = 4
    spread: float = 0.12
    shortest_s: float = SHORTEST_PERIOD_S
    fit: FitParams = FitParams(worth_it=0.35, phases=4, rounds=3, kept=4, still_share=0.0)


def split_doubles(
    grid_ms2: FloatArray,
    segments: list[Segment],
    template: TemplateParams = TemplateParams(),
    params: DoublingParams = DoublingParams(),
) -> list[Segment]:
    """Return the repetitions of a set, each split in two where the evidence says so.

    grid_ms2: (n, 3) samples in which the segments' positions count.
    """
    if len(segments) < params.least_reps or not _halves_repeat(grid_ms2, segments, params):
        return segments
    split = recut(grid_ms2, halved(segments), template)
    return split if len(split) >= params.more_enough * len(segments) else segments


def _halves_repeat(grid_ms2: FloatArray, segments: list[Segment], params: DoublingParams) -> bool:
    stretch = grid_ms2[int(segments[0].start) : int(segments[-1].end)]
    period = float(np.median([s.end - s.start for s in segments]))
    if period / 2 < params.shortest_s * GRID_RATE_HZ or len(stretch) < FEWEST_PERIODS * period:
        return False
    correlation = autocorrelation(stretch)
    one, two = (peak_near(correlation, p, params.spread) for p in (period, period / 2))
    if two[1] < params.alike_enough * one[1]:
        return False
    fits = [fit_period(stretch, float(lag), params.fit) for lag, _ in (one, two)]
    explained = [fit.explained if fit else 0.0 for fit in fits]
    return explained[1] >= params.explains_enough * explained[0] > 0


def halved(segments: list[Segment]) -> list[Segment]:
    """Each segment cut in the middle."""
    halves = []
    for segment in segments:
        middle = (segment.start + segment.end) / 2
        halves += [segment._replace(end=middle), segment._replace(start=middle)]
    return halves
