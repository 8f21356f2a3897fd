"""What tells a set of exercise from everything else that repeats, as a few numbers.

All but the size are free of units and of where the sensor sits: they say how a set goes, not what
is done. Exercise goes out and back the same way, and every time from and to the same posture.
Steps swing through along another way than they swing back, with two footfalls to the stride; a
fork goes to the mouth whenever the plate is ready; a knee in a car rolls from wherever it is.
"""

from typing import NamedTuple

import numpy as np

from detection.counting.periodicity import autocorrelation, peak_near
from detection.counting.template import Segment
from sensors.samples import FloatArray

PHASES = 48
"""Points of a repetition: 2 % of its duration."""
NEAR_HALF = 0.15
"""Share of half the period within which the second footfall is looked for."""

OUTSIDE_PERIODS, OUTSIDE_STEP = 0.75, 0.25
"""Stretches outside the set of so many periods, begun so far apart up to one period away: where
a set begins is known to half a repetition; less than three quarters of a breath may look still."""


class SetFeatures(NamedTuple):
    """How a set goes.

    seconds, rms_ms2: typical time and size of a repetition, the size about its own mean.
    beat_hz: how fast the movement goes, by the root of its bends (second differences) over its
        size: the rate of a pure swing, more the more swings there are to a repetition.
    footfalls: autocorrelation of the acceleration's length at half the period.
    retraced: how much the second half of the typical repetition is the first one backwards; 1 for
        there and back the same way at the same pace, 0 for a circle.
    apart: how far repetitions lie from the typical one, relative to its size.
    wander: from one repetition to the next, how far the mean posture moved, relative to the size.
    uneven: how unevenly repetitions follow each other: spread of the logarithms of the times
        between their beginnings, and share of the time that lies between two of them, together.
    outside: least movement in most of a repetition's time just before or after, relative to the
        set's; 1 where neither is known.
    """

    seconds: float
    rms_ms2: float
    beat_hz: float
    footfalls: float
    retraced: float
    apart: float
    wander: float
    uneven: float
    outside: float


def features_of(grid_ms2: FloatArray, segments: list[Segment], rate_hz: float) -> SetFeatures:
    """Look at two or more segments found in `grid_ms2`, (n, 3) at `rate_hz`."""
    stretch = grid_ms2[int(segments[0].start) : int(segments[-1].end)]
    period = float(np.median([s.end - s.start for s in segments]))
    paths = _paths(grid_ms2, segments)
    rms_ms2 = float(np.median(_sizes(paths))) + 1e-9
    return SetFeatures(
        seconds=period / rate_hz,
        rms_ms2=rms_ms2,
        beat_hz=_beats(stretch) * rate_hz,
        footfalls=_footfalls(stretch, period),
        retraced=_retraced(paths.mean(axis=0)),
        apart=_apart(paths),
        wander=_wander(paths),
        uneven=_uneven(segments, period),
        outside=_outside(grid_ms2, segments, period, rms_ms2),
    )


ONE_PAUSE_OF = 4
"""Durations of which one may be a pause; of fewer it would be a large part."""


def _rms(values: FloatArray) -> float:
    """Root mean square length of vectors, (..., 3)."""
    return float(np.sqrt((values * values).sum(axis=-1).mean()))


def _paths(grid_ms2: FloatArray, segments: list[Segment]) -> FloatArray:
    """(k, 48, 3) acceleration by phase of every segment."""
    starts = np.array([s.start for s in segments])
    lengths = np.array([s.end - s.start for s in segments])
    at = starts[:, None] + lengths[:, None] * (np.arange(PHASES) + 0.5) / PHASES
    return np.asarray(grid_ms2[np.clip(at.astype(np.int64), 0, len(grid_ms2) - 1)])


def _beats(stretch: FloatArray) -> float:
    """Beats in a sample."""
    size = _rms(stretch - stretch.mean(axis=0)) + 1e-9
    return float(np.sqrt(_rms(np.diff(stretch, 2, axis=0)) / size)) / (2 * np.pi)


def _footfalls(stretch: FloatArray, period: float) -> float:
    length = np.sqrt((stretch * stretch).sum(axis=1))
    return peak_near(autocorrelation(length[:, None]), period / 2, NEAR_HALF)[1]


def _retraced(path: FloatArray) -> float:
    """Correlation of the path, (48, 3), with itself backwards, turned where that fits best."""
    centred = path - path.mean(axis=0)
    power = float((centred * centred).sum()) + 1e-12
    back = centred[::-1]
    fits = [float((np.roll(back, shift, axis=0) * centred).sum()) for shift in range(PHASES)]
    return max(fits) / power


def _apart(paths: FloatArray) -> float:
    typical = paths.mean(axis=0)
    return _rms(paths - typical) / (_rms(typical - typical.mean(axis=0)) + 1e-9)


def _wander(paths: FloatArray) -> float:
    """Medians, so that a strap that slips once does not count; where sides take turns, by pairs."""
    mean = paths.mean(axis=1)
    moved = [mean[back:] - mean[:-back] for back in (1, 2) if len(mean) > back]
    least = min(float(np.median(np.sqrt((each**2).sum(axis=1)))) for each in moved)
    return least / (float(np.median(_sizes(paths))) + 1e-9)


def _sizes(paths: FloatArray) -> FloatArray:
    """(k,) root mean square of every path about its own mean."""
    own = paths - paths.mean(axis=1, keepdims=True)
    return np.asarray(np.sqrt((own * own).sum(axis=2).mean(axis=1)))


def _uneven(segments: list[Segment], period: float) -> float:
    starts = np.array([s.start for s in segments])
    ends = np.array([s.end for s in segments])
    between = np.maximum(starts[1:] - ends[:-1], 0.0).mean() / period
    return float(np.hypot(_spread(np.log(np.diff(starts))), between))


def _spread(logs: FloatArray) -> float:
    """Standard deviation of durations' logarithms; of many the longest is left out: people pause
    once."""
    kept = np.sort(logs)[:-1] if len(logs) >= ONE_PAUSE_OF else logs
    return float(kept.std())


def _outside(grid_ms2: FloatArray, segments: list[Segment], period: float, rms_ms2: float) -> float:
    length = int(OUTSIDE_PERIODS * period)
    before = grid_ms2[: int(segments[0].start)][::-1]
    after = grid_ms2[int(segments[-1].end) :]
    stretches = [
        side[begin : begin + length]
        for side in (before, after)
        for begin in range(0, int(period) + 1, max(1, int(OUTSIDE_STEP * period)))
    ]
    moved = [_rms(s - s.mean(axis=0)) / rms_ms2 for s in stretches if len(s) == length]
    return min([1.0, *moved])
