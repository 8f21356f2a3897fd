"""The counting where the exercise is chosen: what it gains, and what it may not cost.

The recordings' exercises are looked up in the program's own table by the names below; arms and
punches are not in it.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from benchmarks.findings import Findings, findings
from benchmarks.recordings import Entry
from benchmarks.tables import Cell, Table, percent, rounded
from detection.exercises import exercise_named
from detection.pipeline import Tracker, params_for
from detection.scoring.live import FIRST_TOGETHER, delay_figures, live_delays
from detection.scoring.sets import Counted, count_figures, score_recording
from sensors.recording import read_recording

CHOSEN = {
    "seated-knee-extension": "knee-extension",
    "straight-leg-raise": "straight-leg-raise",
    "side-lying-leg-raise": "side-leg-raise",
    "prone-leg-raise": "prone-leg-raise",
    "bridging": "bridge",
    "knee-rolling": "knee-rolling",
    "pelvic-tilt": "pelvic-tilt",
    "prone-extension": "prone-extension",
    "superman": "superman",
    "walking": "squat",
}
"""Whoever walks has a squat chosen: the widest range of seconds a standing exercise has."""


def has_chosen(entry: Entry) -> bool:
    """Tell whether the program knows the exercise that a recording is of."""
    return entry.exercise in CHOSEN


def find_chosen(entry: Entry) -> Findings:
    """Follow a recording with its exercise chosen."""
    params = params_for(exercise_named(CHOSEN[entry.exercise]))
    return findings(read_recording(entry.path), Tracker(params))


def chosen_table(found: Sequence[tuple[Entry, Findings]]) -> Table:
    """Return how many repetitions were counted, and when the first three were told."""
    by_dataset: dict[str, list[tuple[Entry, Findings]]] = defaultdict(list)
    for entry, each in found:
        by_dataset[entry.dataset].append((entry, each))
    return Table(
        "Counting: the exercise chosen",
        """As with nothing given, with `--exercise`; a squat while walking (daphnet). Delay of the
first three: told after the end of that very repetition.""",
        (
            "data set", "sets", "exact, %", "within 1, %", "sets found",
            "first three, median delay, s", "later, median, s", "p95, s", "early, %",
        ),
        tuple(_row(dataset, each) for dataset, each in by_dataset.items()),
    )  # fmt: skip


def _row(dataset: str, found: Sequence[tuple[Entry, Findings]]) -> tuple[Cell, ...]:
    counted: list[Counted] = []
    for entry, each in found:
        if entry.sets:
            counted += score_recording(entry.sets, each.sets, entry.duration_s).counted
    sets = [each for _, one in found for each in one.sets]
    later = delay_figures(delay for each in sets for delay in live_delays(each))
    first_s = [
        rep.heard_at_s - rep.end_s
        for each in sets
        if len(each.reps) >= FIRST_TOGETHER
        for rep in each.reps[:FIRST_TOGETHER]
    ]
    figures = count_figures(counted) if counted else None
    return (
        dataset,
        figures.sets if figures else 0,
        percent(figures.exact) if figures else None,
        percent(figures.within_one) if figures else None,
        len(sets),
        rounded(float(np.median(first_s)) if first_s else None, 2),
        rounded(later.median_s, 2),
        rounded(later.p95_s, 2),
        percent(later.early),
    )
