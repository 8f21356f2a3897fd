"""A set looked at as a whole: its typical repetition, and every repetition cut against it.

The chain that was followed live compares neighbours only. With the set at hand, the mean of its
cycles is a template; the windows most like the template, none overlapping, are the repetitions;
their mean is a better template. Where in the movement a repetition begins is not known, so the
cut is tried at several phases and the one whose repetitions are most alike is kept.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detection.counting.shapes import NOISE_MS2, BoolArray, IntArray
from detection.counting.tiling import best_tilings
from detection.counting.windows import (
    LENGTHS,
    LOG_RATIOS,
    OVERHANG,
    STEPS_PER_PERIOD,
    Windows,
    make_windows,
)
from sensors.samples import FloatArray

ANY_PHASE = (-1 / 2, -1 / 3, -1 / 6, 0.0, 1 / 6, 1 / 3)
"""Where it is not known where in the movement a repetition begins."""
SAME_PHASE = (-1 / 6, 0.0, 1 / 6)
"""Where it is known but for the cut's own error."""
WHOLE = 0.999
"""Share of a window inside the stretch from which it is whole."""


@dataclass(frozen=True, slots=True)
class TemplateParams:
    """How windows are compared with the set's typical repetition.

    worth_it: likeness above which a window is a repetition.
    size_cost, duration_cost, posture_cost, posture_limit: as between neighbours (LikenessParams).
    shifts: in periods, by which the chain is moved to try other phases. rounds: template and cut,
        in turn.
    margin: periods before and after the chain in which repetitions are looked for.
    edge_loss: a first or last repetition this much less alike than the median was strapping on,
        lying down or putting the sensor away.
    alike_range: repetitions less alike than the median by more than this count against a phase.
    least_inside: share of a repetition that the recording must hold where it is cut.
    """

    worth_it: float = 0.5
    size_cost: float = 0.3
    duration_cost: float = 0.6
    posture_cost: float = 0.15
    posture_limit: float = 4.0
    noise_ms2: float = NOISE_MS2
    shifts: tuple[float, ...] = ANY_PHASE
    rounds: int = 2
    margin: float = 1.3
    edge_loss: float = 0.35
    alike_range: float = 0.2
    least_inside: float = 0.72


class Segment(NamedTuple):
    """One repetition: samples `[start, end)` of the grid and its likeness to the template."""

    start: float
    end: float
    likeness: float


class _Cut(NamedTuple):
    """The windows taken in one try, by start and length index, with their likeness."""

    start: IntArray
    length: IntArray
    likeness: FloatArray


def recut(
    grid_ms2: FloatArray, chain: list[Segment], params: TemplateParams = TemplateParams()
) -> list[Segment]:
    """Return the set's repetitions, cut against their own mean.

    grid_ms2: (n, 3), all samples there are; chain: at least two cycles found in them, whose
    positions are samples of `grid_ms2`. Returns `chain` where no better cut is found.
    """
    period = float(np.median([c.end - c.start for c in chain]))
    first = max(0, int(chain[0].start - params.margin * period))
    last = min(len(grid_ms2), int(chain[-1].end + params.margin * period))
    before = OVERHANG if first == 0 else 0.0
    after = OVERHANG if last >= len(grid_ms2) - 1 else 0.0
    windows = make_windows(grid_ms2[first:last], period, before, after)
    allowed = windows.inside >= params.least_inside
    cuts = _cuts(windows, allowed, _seeds(windows, allowed, chain, first, params), params)
    if not cuts:
        return chain
    best = _most_alike([_without_odd_edges(cut, params) for cut in cuts], params)
    starts = first + windows.start[best.start] * windows.step
    ends = starts + LENGTHS[best.length] * windows.step
    return [
        Segment(float(max(0, a)), float(min(len(grid_ms2), b)), float(s))
        for a, b, s in zip(starts, ends, best.likeness, strict=True)
    ]


def _seeds(
    windows: Windows,
    allowed: BoolArray,
    chain: list[Segment],
    first: int,
    params: TemplateParams,
) -> list[_Cut]:
    begin = (np.array([c.start for c in chain]) - first) / windows.step
    steps = np.array([c.end - c.start for c in chain]) / windows.step
    length = abs(LENGTHS - steps[:, None]).argmin(axis=1)
    seeds = []
    for shift in params.shifts:
        start = windows.nearest_start(begin + shift * STEPS_PER_PERIOD)
        ok = (start >= 0) & (start < len(windows.start))
        ok &= allowed[np.where(ok, start, 0), length]
        if ok.sum() >= 2:
            seeds.append(_Cut(start[ok], length[ok], np.ones(ok.sum())))
    return seeds


def _cuts(
    windows: Windows,
    allowed: BoolArray,
    seeds: list[_Cut],
    params: TemplateParams,
) -> list[_Cut]:
    cuts = seeds
    weight = np.where(windows.inside > WHOLE, 1.0, windows.inside)
    for _ in range(params.rounds):
        if not cuts:
            return []
        likeness = _likeness(windows, cuts, params)
        gain = np.where(allowed, (likeness - params.worth_it) * weight, -np.inf)
        _, tilings = best_tilings(gain, LENGTHS)
        cuts = [
            _Cut(tiling[:, 0], tiling[:, 1], likeness[i, tiling[:, 0], tiling[:, 1]])
            for i, tiling in enumerate(tilings)
            if len(tiling) >= 2
        ]
    return cuts


def _likeness(windows: Windows, cuts: list[_Cut], params: TemplateParams) -> FloatArray:
    """(p, s, d) likeness of every window to the mean of each of p cuts."""
    noise_ms2, size_ms2 = params.noise_ms2, windows.size_ms2
    templates = np.stack([_template(windows, cut, params) for cut in cuts])
    typical_ms2 = np.array([np.median(size_ms2[cut.start, cut.length]) for cut in cuts])
    shapes = windows.shape.reshape(-1, templates.shape[1])
    alike = (templates @ shapes.T).reshape(len(cuts), *size_ms2.shape)
    alike /= np.sqrt(size_ms2**2 + noise_ms2**2)
    size = np.log(size_ms2 + noise_ms2) - np.log(typical_ms2 + noise_ms2)[:, None, None]
    alike -= params.size_cost * size**2 + params.duration_cost * LOG_RATIOS**2
    moved = np.stack([_moved_squared(windows, cut) for cut in cuts])
    moved /= size_ms2 * typical_ms2[:, None, None] + noise_ms2**2
    alike -= params.posture_cost * np.minimum(moved, params.posture_limit)
    return np.asarray(alike)


def _template(windows: Windows, cut: _Cut, params: TemplateParams) -> FloatArray:
    """(24,) mean shape of a cut's windows, of unit size."""
    is_whole = windows.inside[cut.start, cut.length] > WHOLE
    weight = np.maximum(cut.likeness, 0.02) * np.where(is_whole, 1.0, 0.05)
    weight /= np.sqrt(windows.size_ms2[cut.start, cut.length] ** 2 + params.noise_ms2**2)
    template = weight @ windows.shape[cut.start, cut.length]
    return np.asarray(template / (np.sqrt(template @ template) + 1e-12))


def _moved_squared(windows: Windows, cut: _Cut) -> FloatArray:
    """(s, d) squared distance of each window's mean from what the cut's let one expect there."""
    known = windows.middle(cut.start, cut.length)
    first = int(windows.start[0])
    half_steps = first + np.arange(2 * len(windows.start) + LENGTHS[-1]) / 2
    at = 2 * np.arange(len(windows.start))[:, None] + LENGTHS
    squares = np.zeros(windows.size_ms2.shape)
    for axis in range(3):
        mean_ms2 = windows.mean_ms2[..., axis]
        expected = np.interp(half_steps, known, mean_ms2[cut.start, cut.length])
        moved = mean_ms2 - expected[at]
        squares += moved * moved
    return squares


def _without_odd_edges(cut: _Cut, params: TemplateParams) -> _Cut:
    least = float(np.median(cut.likeness)) - params.edge_loss
    first, last = 0, len(cut.likeness)
    while last - first > 3 and cut.likeness[first] < least:
        first += 1
    while last - first > 3 and cut.likeness[last - 1] < least:
        last -= 1
    return _Cut(cut.start[first:last], cut.length[first:last], cut.likeness[first:last])


def _most_alike(cuts: list[_Cut], params: TemplateParams) -> _Cut:
    top = max(float(np.median(cut.likeness)) for cut in cuts)
    least = top - params.alike_range
    return max(cuts, key=lambda cut: float((np.minimum(cut.likeness, top) - least).sum()))
