"""A finished set, looked at as a whole: cut again, kept only if it is exercise, and described."""

from dataclasses import replace
from itertools import compress
from typing import NamedTuple

import numpy as np

from detection.counting.doubling import DoublingParams, split_doubles
from detection.counting.gate import GateParams, is_exercise
from detection.counting.good_rep import GoodRep, cut_like
from detection.counting.partial import are_partial
from detection.counting.phase import (
    Course,
    begin_at_rest,
    course_of,
    posture_after,
    posture_before,
    reaches,
)
from detection.counting.reps import describe
from detection.counting.resampling import GRID_RATE_HZ
from detection.counting.running_set import RunningSet, told_at
from detection.counting.template import SAME_PHASE, Segment, TemplateParams, recut
from detection.events import Rep
from sensors.samples import FloatArray


class Finished(NamedTuple):
    """The repetitions of a set, those that turned back too soon, and how sure it is: 0..1."""

    reps: tuple[Rep, ...]
    partial_reps: tuple[Rep, ...]
    confidence: float


class Stretch(NamedTuple):
    """All samples around a set: (n, 3), the number of the first, and its stream time."""

    grid_ms2: FloatArray
    first: int
    first_s: float


def as_a_whole(
    grid_ms2: FloatArray,
    chain: list[Segment],
    template: TemplateParams,
    doubling: DoublingParams,
    good: GoodRep | None,
) -> list[Segment]:
    """Cut a set again against its own typical repetition, each in two if each was two.

    Where it is known what a good repetition is like, that has the last word.
    """
    about = replace(template, shifts=SAME_PHASE)
    segments = recut(grid_ms2, recut(grid_ms2, chain, template), about)
    segments = split_doubles(grid_ms2, segments, template, doubling)
    return segments if good is None else cut_like(grid_ms2, segments, good, template)


def is_exercise_split(
    grid_ms2: FloatArray, segments: list[Segment], template: TemplateParams, gate: GateParams
) -> bool:
    """Whether a set is exercise, too, if its repetitions may be as short as can be.

    Knowing the exercise shuts out repetitions that are too short for it; pairs of steps then look
    like repetitions.
    """
    halves = split_doubles(grid_ms2, segments, template, DoublingParams())
    return is_exercise(grid_ms2, halves, GRID_RATE_HZ, gate)


def finished(
    stretch: Stretch, segments: list[Segment], running: RunningSet, at_s: float
) -> Finished:
    """Describe the repetitions that segments of a stretch are; told at `at_s` if not before."""
    seen = stretch.grid_ms2
    course = _final_course(seen, segments, running)
    if course is not None:
        segments = begin_at_rest(seen, segments, course)
    counted = told_at(running.told, [stretch.first + s.end for s in segments], at_s)
    described = describe(seen, segments, stretch.first_s, counted, course)
    is_partial = np.zeros(len(described), dtype=bool)
    if course is not None:
        is_partial = are_partial(reaches(seen, segments, course))
    reps, partial = (tuple(compress(described, chosen)) for chosen in (~is_partial, is_partial))
    confidence = float(np.clip(np.median([s.likeness for s in segments]), 0, 1))
    return Finished(reps, partial, confidence)


def _final_course(seen: FloatArray, segments: list[Segment], running: RunningSet) -> Course | None:
    """The typical repetition: from the rest that was followed, else from that around the set."""
    if running.course is not None:
        postures = [running.course.rest_ms2]
    else:
        postures = posture_before(seen, segments) + posture_after(seen, segments)
    return course_of(seen, segments, postures)
