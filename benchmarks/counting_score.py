"""The counting against annotated recordings.

Two questions: how many repetitions has a set whose edges are given (the exercise is not), and
what is found where nothing is given, rest included.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from benchmarks.findings import Findings
from benchmarks.recordings import Entry
from benchmarks.tables import Cell, Table, percent, rounded
from detection.scoring.live import Shown, delay_figures, live_delays
from detection.scoring.sets import Counted, Evidence, count_figures, score_recording

WEAKEST = 8
COUNT_COLUMNS = (
    "data set", "sets", "exact, %", "within 1, %", "mean size of error", "bias",
    "doubled, %", "halved, %",
)  # fmt: skip
GIVEN, FREE = "Counting: edges given, exercise unknown", "Counting: nothing given"
FOUND, LIVE = "Sets and repetitions found: nothing given", "Live: when a repetition is told"
IDLE = "Nothing to count: no exercise in the recording"


def tables(
    found: Sequence[tuple[Entry, Findings]],
    given: Sequence[tuple[Entry, list[tuple[str, Counted]]]],
) -> list[Table]:
    """Return the figures of what was found and of what was counted with edges given."""
    annotated = [(entry, each) for entry, each in found if entry.sets]
    idle = [(entry, each) for entry, each in found if not entry.sets]
    evidence: dict[str, Evidence] = defaultdict(Evidence)
    for entry, each in annotated:
        evidence[entry.dataset] += score_recording(entry.sets, each.sets, entry.duration_s)
    by_given: dict[str, list[Counted]] = defaultdict(list)
    for entry, counts in given:
        by_given[entry.dataset] += [counted for _, counted in counts]
    return [
        _count_table(GIVEN, _GIVEN_MEANING, by_given),
        _weakest_table(given),
        _count_table(FREE, _FREE_MEANING, {k: v.counted for k, v in evidence.items()}),
        _found_table(evidence),
        _live_table(annotated),
        _idle_table(idle),
    ]


_GIVEN_MEANING = """Each annotated set cut out of its recording and counted as one set
(`--one-set`). Exact: the annotated count, or inside its range where one more or less is as good.
Bias: mean of counted minus true. Doubled, halved: more than 1.7 times, fewer than 0.6 times the
true count."""

_FREE_MEANING = """Whole recordings, rest included. A set's count is the number of repetitions whose
end position lies within the annotated edges, 1.5 s more on either side, or within the stretch in
which the set is known to lie."""


def _count_table(title: str, meaning: str, counted: Mapping[str, Sequence[Counted]]) -> Table:
    rows = []
    for dataset, each in counted.items():
        if not each:
            continue
        figures = count_figures(each)
        rows.append(
            (
                dataset,
                figures.sets,
                percent(figures.exact),
                percent(figures.within_one),
                round(figures.mean_abs_error, 3),
                round(figures.bias, 3),
                percent(figures.doubled),
                percent(figures.halved),
            )
        )
    return Table(title, meaning, COUNT_COLUMNS, tuple(rows))


def _weakest_table(given: Sequence[tuple[Entry, list[tuple[str, Counted]]]]) -> Table:
    by_exercise: dict[str, list[bool]] = defaultdict(list)
    for entry, counts in given:
        for exercise, counted in counts:
            by_exercise[f"{entry.dataset}: {exercise}"].append(abs(counted.error) <= 1)
    weakest = sorted(by_exercise.items(), key=lambda item: np.mean(item[1]))[:WEAKEST]
    return Table(
        "Weakest exercises: edges given",
        "By the share of sets that are counted within one.",
        ("exercise", "sets", "within 1, %"),
        tuple((name, len(each), percent(float(np.mean(each)))) for name, each in weakest),
    )


def _found_table(evidence: dict[str, Evidence]) -> Table:
    return Table(
        FOUND,
        """A set is found if the time that it shares with the annotated one is at least half of
their joint time. False repetitions: told outside all annotated sets, for each 10 minutes of rest.
A repetition is found if its end position lies within 0.35 periods of the annotated one, after the
common shift, up to 0.6 periods, that fits best (which end is rest cannot be told blind).""",
        (
            "data set", "set precision", "set recall", "set F1", "false reps in 10 min of rest",
            "rep precision", "rep recall",
        ),
        tuple(
            (
                dataset,
                rounded(each.sets.precision, 3),
                rounded(each.sets.recall, 3),
                rounded(each.sets.f1, 3),
                rounded(each.false_reps_per_10_min, 2),
                rounded(each.turns.precision, 3),
                rounded(each.turns.recall, 3),
            )
            for dataset, each in evidence.items()
        ),
    )  # fmt: skip


def _live_table(found: Sequence[tuple[Entry, Findings]]) -> Table:
    datasets = dict.fromkeys(entry.dataset for entry, _ in found)
    return Table(
        LIVE,
        """Stream time at which a listener with blocks of 0.1 s is told, minus the end of the
repetition as known afterwards; from the fourth repetition on. First three: after the end of the
third. Early: told before the last tenth of the repetition. Taken back: steps of the running count
that a correction undid; voided: steps in what turned out to be no set; both of all steps.""",
        (
            "data set", "median delay, s", "p95 delay, s", "first three, p95, s", "early, %",
            "taken back, %", "voided, %",
        ),
        tuple(
            _live_row(dataset, [each for entry, each in found if entry.dataset == dataset])
            for dataset in datasets
        ),
    )  # fmt: skip


def _live_row(dataset: str, found: Sequence[Findings]) -> tuple[Cell, ...]:
    sets = chain.from_iterable(each.sets for each in found)
    figures = delay_figures(delay for each in sets for delay in live_delays(each))
    shown = sum((each.shown for each in found), Shown())
    voided = shown.voided / shown.steps if shown.steps else None
    return (
        dataset,
        rounded(figures.median_s, 2),
        rounded(figures.p95_s, 2),
        rounded(figures.first_p95_s, 2),
        percent(figures.early),
        percent(shown.taken_back_share),
        percent(voided),
    )


def _idle_table(found: Sequence[tuple[Entry, Findings]]) -> Table:
    datasets = dict.fromkeys(entry.dataset for entry, _ in found)
    rows = []
    for dataset in datasets:
        hours = sum(entry.duration_s for entry, _ in found if entry.dataset == dataset) / 3600
        sets = [s for entry, each in found if entry.dataset == dataset for s in each.sets]
        rows.append((dataset, round(hours, 2), len(sets), sum(len(each.reps) for each in sets)))
    return Table(
        IDLE,
        "Walking (daphnet), and a phone in the hand (phonetremor: still, moved, trembling).",
        ("data set", "hours", "sets found", "repetitions told"),
        tuple(rows),
    )
