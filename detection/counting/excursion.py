"""One repetition alone, or two: the limb leaves the posture that it began in, and comes back.

A single repetition has no period and nothing that it looks like. What tells it is closure: the
stretch begins and ends in nearly the same posture, and in between is far from it, once or twice.
"""

import numpy as np

from detection.counting.resampling import GRID_RATE_HZ
from detection.counting.template import Segment
from sensors.samples import FloatArray

LEAST_MS2 = 0.35
"""Two degrees of tilt; a free limb at rest sways by less than one."""
POSTURE_S = 0.32
"""Averaged for the posture at either end: shorter than the rest before any movement."""
LEFT = 0.5
RETURNED = 0.25
"""Share of the largest distance from rest beyond which rest is left, and within which it is back.
What turns back at less than half way is no repetition."""
NEAR_REST = 0.1
"""Share of the largest distance from which a repetition begins and ends, as in its phases."""
MOST_OPEN = 0.5
"""The two ends differ by at most this share of it; else the limb went from one to the other."""
SHORTEST_SHARE = 0.33
"""Of the longest excursion's time; a shorter one is a bounce on arriving."""
ALONE = 0.5
"""Likeness of a repetition that has no other to be like: neither sure nor doubtful."""
MOST = 2
"""More excursions repeat, and what repeats is told by its period; or they are sway."""


def excursions(stretch_ms2: FloatArray) -> list[Segment]:
    """Return the one or two excursions from rest in a stretch, (n, 3); none where unclear."""
    away = _away_from_rest(stretch_ms2)
    top = float(away.max())
    if top < LEAST_MS2:
        return []
    apart = _runs(away > RETURNED * top)
    far = [(a, b) for a, b in apart if away[a:b].max() > LEFT * top]
    longest = max(b - a for a, b in far)
    clear = [(a, b) for a, b in far if b - a >= SHORTEST_SHARE * longest]
    if len(clear) > MOST:
        return []
    moved = _runs(away > NEAR_REST * top)
    return _separate([_around(moved, a, b) for a, b in clear], clear)


def _away_from_rest(stretch_ms2: FloatArray) -> FloatArray:
    """(n,) distance from the rest posture, which drifts from the first to the last; 0 if open."""
    n = len(stretch_ms2)
    some = max(1, min(round(POSTURE_S * GRID_RATE_HZ), n // 8))
    first, last = stretch_ms2[:some].mean(axis=0), stretch_ms2[-some:].mean(axis=0)
    rest = first + np.linspace(0, 1, n)[:, None] * (last - first)
    away = np.sqrt(((stretch_ms2 - rest) ** 2).sum(axis=1))
    is_open = np.linalg.norm(last - first) > MOST_OPEN * away.max()
    return np.zeros(n) if is_open else np.asarray(away)


def _runs(holds: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """First sample and the one after the last of every run of true ones."""
    changes = np.diff(np.concatenate(([0], holds.astype(np.int64), [0])))
    starts, ends = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _around(moved: list[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """The run that holds this one, with the sample at rest on either side."""
    first, last = next((a, b) for a, b in moved if a <= start and end <= b)
    return max(0, first - 1), last + 1


def _separate(wide: list[tuple[int, int]], narrow: list[tuple[int, int]]) -> list[Segment]:
    """Segments that do not overlap: two that never quite reach rest part halfway between."""
    segments = []
    for i, (start, end) in enumerate(wide):
        if i > 0:
            start = max(start, (narrow[i - 1][1] + narrow[i][0]) // 2)
        if i + 1 < len(wide):
            end = min(end, (narrow[i][1] + narrow[i + 1][0]) // 2)
        segments.append(Segment(float(start), float(end), ALONE))
    return segments
