"""A personal reference: one good set, done in the clinic, that later sets are compared with.

How alike the movement is, how long it takes, how far it goes. A difference is only told where it is
larger than what people differ by from one repetition to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.counting.good_rep import GoodRep, fit_to
from detection.counting.phase import typical_path
from detection.counting.resampling import GRID_RATE_HZ, Grid, GridParams, delay_s
from detection.counting.template import Segment
from detection.events import Rep, Tempo
from detection.summary import median_tempo
from sensors.samples import FloatArray, SampleBlock

FEWEST = 3
"""Repetitions from which a typical one can be told."""


class NoReference(Exception):
    """A set that cannot be a reference; the message says why."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One good set. exercise: its name, None where it was not known.

    good_rep: its typical repetition. tempo: medians of the phases. tilt_deg: median range.
    reps: how many there were. likeness: median of its repetitions with the typical one, 0..1.
    """

    exercise: str | None
    good_rep: GoodRep
    tempo: Tempo
    tilt_deg: float
    reps: int
    likeness: float


@dataclass(frozen=True, slots=True)
class RepComparison:
    """One repetition beside the reference.

    likeness: 0..1, of the movement, wherever the strap sits and however far it goes.
    duration_ratio: its seconds over the reference's. hold_s: its hold less the reference's.
    range_ratio: its tilt over the reference's; None where the reference hardly tilts.
    """

    likeness: float
    duration_ratio: float
    hold_s: float
    range_ratio: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A set beside the reference: of each repetition, and the medians."""

    reps: tuple[RepComparison, ...]
    likeness: float
    duration_ratio: float
    hold_s: float
    range_ratio: float | None


LEAST_TILT_DEG = 3.0
"""A range smaller than this is not compared: a degree of sway would be a third of it."""


def reference_of(block: SampleBlock, reps: Sequence[Rep], exercise: str | None = None) -> Reference:
    """Make a reference of a set's repetitions; block: all samples around it.

    Raises NoReference if there are fewer than three, or they lie outside the samples.
    """
    tempo = median_tempo(reps)
    if len(reps) < FEWEST or tempo is None:
        raise NoReference(f"{len(reps)} repetitions; a reference needs {FEWEST} at least")
    paths = _paths(block, reps)
    good = GoodRep(_points(paths.mean(axis=0)), _median_s(reps))
    fit = fit_to(good, paths.mean(axis=0))
    return Reference(
        exercise,
        good,
        tempo,
        float(np.median([rep.tilt_deg for rep in reps])),
        len(reps),
        float(np.median([fit.likeness_of(good, path) for path in paths])),
    )


def compare(reference: Reference, block: SampleBlock, reps: Sequence[Rep]) -> Comparison | None:
    """Put a set's repetitions beside a reference; None without any.

    block: all samples around the set. Raises NoReference if the set lies outside the samples.
    """
    if not reps:
        return None
    good, paths = reference.good_rep, _paths(block, reps)
    fit = fit_to(good, paths.mean(axis=0))
    each = tuple(
        RepComparison(
            max(0.0, fit.likeness_of(good, path)),
            (rep.end_s - rep.start_s) / good.seconds,
            rep.tempo.hold_s - reference.tempo.hold_s,
            _ratio(rep.tilt_deg, reference.tilt_deg),
        )
        for rep, path in zip(reps, paths, strict=True)
    )
    ranges = [one.range_ratio for one in each if one.range_ratio is not None]
    return Comparison(
        each,
        float(np.median([one.likeness for one in each])),
        float(np.median([one.duration_ratio for one in each])),
        float(np.median([one.hold_s for one in each])),
        float(np.median(ranges)) if ranges else None,
    )


def _median_s(reps: Sequence[Rep]) -> float:
    return float(np.median([rep.end_s - rep.start_s for rep in reps]))


def _ratio(tilt_deg: float, usual_deg: float) -> float | None:
    return tilt_deg / usual_deg if usual_deg >= LEAST_TILT_DEG else None


def _paths(block: SampleBlock, reps: Sequence[Rep]) -> FloatArray:
    """(k, 48, 3) low-passed acceleration by phase of each repetition."""
    params = GridParams()
    grid_ms2 = Grid(block.rate_hz, params).push(block)
    first_s = (float(block.t_s[0]) if len(block) else 0.0) - delay_s(params)
    begins = np.array([(rep.start_s - first_s) * GRID_RATE_HZ for rep in reps])
    ends = np.array([(rep.end_s - first_s) * GRID_RATE_HZ for rep in reps])
    if begins.min() < -GRID_RATE_HZ or ends.max() > len(grid_ms2) + GRID_RATE_HZ:
        raise NoReference("the samples do not hold the whole set")
    segments = [Segment(a, b, 1.0) for a, b in zip(begins, ends, strict=True)]
    return np.array([typical_path(grid_ms2, [segment]) for segment in segments])


def _points(path_ms2: FloatArray) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(x), float(y), float(z)) for x, y, z in path_ms2)
