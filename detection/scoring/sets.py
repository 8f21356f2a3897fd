"""Detected against annotated: how good the counting is.

A recording's annotation and what was found in it make Evidence; evidence of many recordings adds
up, and figures are read from the sum, so that a long session weighs what it holds. When a live
listener is told: `detection.scoring.live`; shaking: `detection.scoring.tremor`; how the figures
compare with the aims: docs/BENCHMARKS.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sensors.samples import FloatArray


@dataclass(frozen=True, slots=True)
class ScoringParams:
    """When something found counts as something annotated.

    edge_s: annotated edges are drawn by hand; a repetition this near outside belongs to the set.
    least_overlap: shared time over joint time from which a set is found.
    near_periods: a repetition is found within this share of the period.
    shift_periods, shift_step: which end of a movement is rest cannot be told blind, so the
        common shift that fits best is allowed, up to this share of the period.
    doubled_from, halved_to: counted over true; between 1 and 2, and between 0.5 and 1.
    """

    edge_s: float = 1.5
    least_overlap: float = 0.5
    near_periods: float = 0.35
    shift_periods: float = 0.6
    shift_step: float = 0.1
    doubled_from: float = 1.7
    halved_to: float = 0.6


@dataclass(frozen=True, slots=True)
class AnnotatedSet:
    """A set as a person saw it.

    begin_s, end_s: its edges if `has_edges`, else a stretch in which it lies somewhere.
    least, most: its count; two numbers where one more or less is as good.
    turns_s: middles of the end positions, where they were noted.
    is_scored: False where it is only to be ignored.
    """

    begin_s: float
    end_s: float
    least: int
    most: int
    has_edges: bool = True
    is_scored: bool = True
    turns_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundRep:
    """A repetition that was found; heard_at_s: when a live listener was told."""

    start_s: float
    turn_s: float
    end_s: float
    heard_at_s: float


@dataclass(frozen=True, slots=True)
class FoundSet:
    """A set that was found."""

    start_s: float
    end_s: float
    reps: tuple[FoundRep, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A set's count beside its true range."""

    count: int
    least: int
    most: int

    @property
    def error(self) -> int:
        """How many too many (or, negative, too few); 0 inside the range."""
        return self.count - min(max(self.count, self.least), self.most)

    @property
    def ratio(self) -> float:
        """Counted over true."""
        return 2 * self.count / (self.least + self.most)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were found, found but not there, there but not found."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.hits + other.hits, self.false + other.false, self.missed + other.missed)

    @property
    def precision(self) -> float | None:
        """Share of what was found that is there; None where nothing was found."""
        return _share(self.hits, self.hits + self.false)

    @property
    def recall(self) -> float | None:
        """Share of what is there that was found; None where nothing is there."""
        return _share(self.hits, self.hits + self.missed)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None where there is nothing at all."""
        return _share(2 * self.hits, 2 * self.hits + self.false + self.missed)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What recordings show of the counting. Sets, false repetitions and rest: only where
    sets are annotated with edges; turns: only where they were noted."""

    counted: tuple[Counted, ...] = ()
    sets: Tally = field(default_factory=Tally)
    turns: Tally = field(default_factory=Tally)
    false_reps: int = 0
    rest_s: float = 0.0

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(
            self.counted + other.counted,
            self.sets + other.sets,
            self.turns + other.turns,
            self.false_reps + other.false_reps,
            self.rest_s + other.rest_s,
        )

    @property
    def false_reps_per_10_min(self) -> float | None:
        """Repetitions told during rest; None where rest is not known."""
        return None if self.rest_s <= 0 else 600 * self.false_reps / self.rest_s


@dataclass(frozen=True, slots=True)
class CountFigures:
    """Counts of sets against their truth. Shares are 0..1; bias is the mean error."""

    sets: int
    exact: float
    within_one: float
    mean_abs_error: float
    bias: float
    doubled: float
    halved: float


def score_recording(
    annotated: Sequence[AnnotatedSet],
    found: Sequence[FoundSet],
    duration_s: float,
    params: ScoringParams = ScoringParams(),
) -> Evidence:
    """Return what one recording shows; all of its sets have edges, or none has."""
    reps = [rep for each in found for rep in each.reps]
    turns_s = np.array([rep.turn_s for rep in reps])
    spans = [_span(each, params) for each in annotated]
    has_edges = bool(annotated) and all(each.has_edges for each in annotated)
    rest_s = duration_s - sum(end_s - begin_s for begin_s, end_s in spans)
    noted = [each.turns_s for each in annotated if each.turns_s]
    return Evidence(
        counted=tuple(
            Counted(int(_within(turns_s, span).sum()), each.least, each.most)
            for each, span in zip(annotated, spans, strict=True)
            if each.is_scored
        ),
        sets=match_sets(annotated, found, params) if has_edges else Tally(),
        turns=sum((match_turns(true_s, turns_s, params) for true_s in noted), Tally()),
        false_reps=_outside(turns_s, spans) if has_edges else 0,
        rest_s=rest_s if has_edges else 0.0,
    )


def count_figures(counted: Sequence[Counted]) -> CountFigures:
    """Return the figures over sets, at least one."""
    errors = np.array([each.error for each in counted])
    ratios = np.array([each.ratio for each in counted])
    params = ScoringParams()
    return CountFigures(
        sets=len(counted),
        exact=float((errors == 0).mean()),
        within_one=float((np.abs(errors) <= 1).mean()),
        mean_abs_error=float(np.abs(errors).mean()),
        bias=float(errors.mean()),
        doubled=float((ratios > params.doubled_from).mean()),
        halved=float((ratios < params.halved_to).mean()),
    )


def match_sets(
    annotated: Sequence[AnnotatedSet],
    found: Sequence[FoundSet],
    params: ScoringParams = ScoringParams(),
) -> Tally:
    """Give each annotated set the found one that overlaps it most; found ones that touch a set
    to be ignored are ignored."""
    ignored = [each for each in annotated if not each.is_scored]
    wanted = [each for each in annotated if each.is_scored]
    left = [one for one in found if not any(_overlap(each, one) > 0 for each in ignored)]
    hits = 0
    for each in wanted:
        best = max(left, key=lambda one: _overlap(each, one), default=None)
        if best is not None and _overlap(each, best) >= params.least_overlap:
            left.remove(best)
            hits += 1
    return Tally(hits, len(left), len(wanted) - hits)


def match_turns(
    true_s: Sequence[float],
    found_s: Sequence[float] | FloatArray,
    params: ScoringParams = ScoringParams(),
) -> Tally:
    """Match turning points one to one, all shifted by the one share of the period fitting best."""
    true, found = np.array(true_s), np.array(found_s)
    if len(true) < 2:
        raise ValueError(f"a period takes two annotated repetitions, got {len(true)}")
    period_s = float(np.median(np.diff(true)))
    reach = params.shift_periods + params.shift_step / 10
    shifts = np.arange(-params.shift_periods, reach, params.shift_step)
    near_s = params.near_periods * period_s
    hits = max(_pairs(true + shift * period_s, found, near_s) for shift in shifts)
    return Tally(hits, len(found) - hits, len(true) - hits)


def _span(annotated: AnnotatedSet, params: ScoringParams) -> tuple[float, float]:
    margin_s = params.edge_s if annotated.has_edges else 0.0
    return annotated.begin_s - margin_s, annotated.end_s + margin_s


def _within(turns_s: FloatArray, span: tuple[float, float]) -> FloatArray:
    return np.asarray((turns_s >= span[0]) & (turns_s < span[1]), dtype=np.float64)


def _outside(turns_s: FloatArray, spans: Sequence[tuple[float, float]]) -> int:
    inside = sum((_within(turns_s, span) for span in spans), np.zeros(len(turns_s)))
    return int((inside == 0).sum())


def _overlap(annotated: AnnotatedSet, found: FoundSet) -> float:
    """Shared time over joint time; 0 where they do not touch."""
    shared_s = min(annotated.end_s, found.end_s) - max(annotated.begin_s, found.start_s)
    joint_s = max(annotated.end_s, found.end_s) - min(annotated.begin_s, found.start_s)
    return max(0.0, shared_s) / joint_s


def _pairs(true_s: FloatArray, found_s: FloatArray, near_s: float) -> int:
    """How many of `true_s`, in turn, have a nearest one of `found_s` left within `near_s`."""
    left, hits = sorted(found_s.tolist()), 0
    for true in true_s:
        nearest = min(left, key=lambda found: abs(found - true), default=None)
        if nearest is not None and abs(nearest - true) <= near_s:
            left.remove(nearest)
            hits += 1
    return hits


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
