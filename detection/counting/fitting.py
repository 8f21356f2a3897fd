"""How well a period explains a stretch: the stretch cut into windows like their own mean.

At each phase of the period a first template is the window that most others look like; the best cut
by it gives a better template, and so on.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detection.counting.periodicity import SHORTEST_PERIOD_S
from detection.counting.shapes import IntArray
from detection.counting.template import Segment
from detection.counting.tiling import best_tilings
from detection.counting.windows import (
    LENGTHS,
    LOG_RATIOS,
    STEPS_PER_PERIOD,
    Windows,
    make_windows,
)
from sensors.samples import FloatArray

WHOLE = 0.97
"""Share of a window inside the stretch from which it may shape a template."""
HARDLY_ALIKE = 0.2
"""A window this little alike has next to no say in the next template."""
MOST_TRIED = 60
"""Windows tried as first templates: two or three for each phase of a set of ten or more."""
LARGER = 75
"""Percentile of the windows' sizes that even a set with as much stillness around it moves by."""


@dataclass(frozen=True, slots=True)
class FitParams:
    """How well a period explains a stretch.

    worth_it: likeness above which a window is a repetition. size_cost, duration_cost: per squared
    log ratio to the typical one. phases, rounds: tries and repetitions of template and cut, of
    which the `kept` best are gone on with.
    least_inside: share of a window that the stretch must hold.
    still_share: of the size of the larger windows, below which a window is mere stillness, whose
        sway looks like anything; 0 where no stillness is about. 0.3 to 0.4 count alike.
    alike_enough, explains_enough: a period stands for the best one if its autocorrelation and its
    explained value reach these shares; 0.5 to 0.6 and 0.7 to 0.8 count alike.
    shortest_s, longest_s: periods considered; no repetition takes a minute.
    A window here is compared with nothing but the template, and what is asked is how well a period
    explains the stretch, not whether there is a set: so less is asked of a window than in
    TemplateParams, and more of its duration.
    """

    worth_it: float = 0.42
    size_cost: float = 0.3
    duration_cost: float = 1.0
    phases: int = 6
    rounds: int = 2
    least_inside: float = 0.6
    still_share: float = 0.4
    kept: int = 2
    alike_enough: float = 0.55
    explains_enough: float = 0.75
    shortest_s: float = SHORTEST_PERIOD_S
    longest_s: float = 60.0


class Fit(NamedTuple):
    """A stretch cut at one period: how much is explained, the segments."""

    period: float
    explained: float
    segments: list[Segment]


def fit_period(
    stretch_ms2: FloatArray, period: float, params: FitParams = FitParams()
) -> Fit | None:
    """Cut a stretch, (n, 3), into repetitions near `period` samples; None where nothing repeats."""
    windows = make_windows(stretch_ms2, period)
    templates = _first_templates(windows, params)
    if templates is None:
        return None
    for _ in range(params.rounds - 1):
        cut = _cut(windows, templates, params)
        templates = _best(_next_templates(windows, cut, templates), cut.value, params.kept)
    cut = _cut(windows, templates, params)
    best = int(cut.value.argmax())
    if len(cut.tilings[best]) == 0:
        return None
    segments = _segments(windows, cut.tilings[best], cut.likeness[best], len(stretch_ms2))
    return Fit(period, float(cut.value[best]) * period / len(stretch_ms2), segments)


class _Cuts(NamedTuple):
    """(p,) values and the tilings they are of; (p, s, d) likeness of every window."""

    value: FloatArray
    tilings: list[IntArray]
    likeness: FloatArray


def _cut(windows: Windows, templates: "_Templates", params: FitParams) -> _Cuts:
    """The best cut by each template."""
    likeness, score = _score(windows, templates, params)
    share = LENGTHS / STEPS_PER_PERIOD * np.clip(windows.inside, 0, 1)
    allowed = windows.inside >= params.least_inside
    value, tilings = best_tilings(
        np.where(allowed, (score - params.worth_it) * share, -np.inf), LENGTHS
    )
    return _Cuts(value, tilings, likeness)


def _best(templates: "_Templates", value: FloatArray, kept: int) -> "_Templates":
    """The templates of the highest values, in their order if that is all of them."""
    if len(value) <= kept:
        return templates
    best_first = np.argsort(-value, kind="stable")[:kept]
    return _Templates(templates.shape[best_first], templates.size[best_first])


class _Templates(NamedTuple):
    """(p, 24) shapes and their (p,) typical sizes."""

    shape: FloatArray
    size: FloatArray


def _first_templates(windows: Windows, params: FitParams) -> _Templates | None:
    """At each phase, the window of one period that most other windows look like."""
    one = int(abs(LENGTHS - STEPS_PER_PERIOD).argmin())
    whole = np.flatnonzero(windows.inside[:, one] > WHOLE)
    if len(whole) < 2:
        return None
    size = windows.size_ms2[:, one]
    still = _still_ms2(windows, params)
    unit = windows.shape[:, one] / np.hypot(size[:, None] + 1e-6, still)
    tried = whole[:: max(1, len(whole) // MOST_TRIED)]
    alike = -np.sort(-(unit[tried] @ unit[whole].T), axis=1)
    cycles = max(1, len(whole) // STEPS_PER_PERIOD)
    support = alike[:, : 2 * cycles].mean(axis=1)
    phase = (tried % STEPS_PER_PERIOD) * params.phases // STEPS_PER_PERIOD
    seeds = [
        int(tried[phase == p][support[phase == p].argmax()]) for p in sorted(set(phase.tolist()))
    ]
    return _Templates(windows.shape[seeds, one], windows.size_ms2[seeds, one] + 1e-6)


def _still_ms2(windows: Windows, params: FitParams) -> float:
    """The size below which a window is stillness."""
    return params.still_share * float(np.percentile(windows.size_ms2[:, -1], LARGER))


def _score(
    windows: Windows, templates: _Templates, params: FitParams
) -> tuple[FloatArray, FloatArray]:
    norm = np.sqrt((templates.shape**2).sum(axis=1)) + 1e-9
    unit = templates.shape / norm[:, None]
    still = _still_ms2(windows, params)
    size = np.hypot(windows.size_ms2 + 1e-6, still)
    likeness = np.moveaxis(windows.shape @ unit.T, -1, 0) / size[None]
    log_size = np.log(size[None] / np.hypot(templates.size, still)[:, None, None])
    cost = params.size_cost * log_size**2 + params.duration_cost * LOG_RATIOS**2
    return likeness, likeness - cost


def _next_templates(windows: Windows, cut: _Cuts, last: _Templates) -> _Templates:
    shapes, sizes = last.shape.copy(), last.size.copy()
    for i, tiling in enumerate(cut.tilings):
        if len(tiling) == 0:
            continue
        start, length = tiling.T
        is_whole = windows.inside[start, length] > WHOLE
        weight = np.maximum(cut.likeness[i, start, length] - HARDLY_ALIKE, 0.01) * is_whole + 1e-6
        shapes[i] = (windows.shape[start, length] * weight[:, None]).sum(axis=0) / weight.sum()
        sizes[i] = np.median(windows.size_ms2[start, length]) + 1e-6
    return _Templates(shapes, sizes)


def _segments(windows: Windows, tiling: IntArray, likeness: FloatArray, n: int) -> list[Segment]:
    start = windows.start[tiling[:, 0]] * windows.step
    end = start + LENGTHS[tiling[:, 1]] * windows.step
    alike = likeness[tiling[:, 0], tiling[:, 1]]
    return [
        Segment(float(max(0, a)), float(min(n, b)), float(s))
        for a, b, s in zip(start, end, alike, strict=True)
    ]
