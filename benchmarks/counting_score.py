"""The counting against annotated recordings: figures and aims.

Two questions: how many repetitions has a set whose edges are given (the exercise is not), and
what is found where nothing is given, rest included.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from benchmarks.findings import Findings, findings
from benchmarks.recordings import Entry
from benchmarks.tables import (
    AIM_COLUMNS,
    Aim,
    Cell,
    Table,
    aim_row,
    at_least,
    at_most,
    percent,
    rounded,
)
from detection.counting.given_set import GivenSet
from detection.live_scoring import Shown, delay_figures, live_delays
from detection.scoring import AnnotatedSet, Counted, Evidence, count_figures, score_recording
from sensors.recording import Recording, estimate_rate_hz, read_recording
from sensors.samples import FloatArray

FILE_DIGITS = 4
"""A cut-out set is rounded as if it had been written to a file: 0.1 ms and 0.1 mm/s²."""
LEAST_SAMPLES = 100
"""Shorter pieces hold no set; they are slips of the annotation."""
WEAKEST = 8
COUNT_COLUMNS = (
    "data set", "sets", "exact, %", "within 1, %", "mean size of error", "bias",
    "doubled, %", "halved, %",
)  # fmt: skip
GIVEN, FREE = "Counting: edges given, exercise unknown", "Counting: nothing given"
FOUND, LIVE = "Sets and repetitions found: nothing given", "Live: when a repetition is told"
IDLE = "Nothing to count: no exercise in the recording"


@dataclass(frozen=True, slots=True)
class CountingAim:
    """What a figure of one data set should reach: which table, data set, column."""

    title: str
    dataset: str
    column: str
    aim: Aim


AIMS = (
    CountingAim(GIVEN, "ulift", "exact, %", at_least(95, " %")),
    CountingAim(GIVEN, "ulift", "within 1, %", at_least(99, " %")),
    CountingAim(FREE, "bilkent", "exact, %", at_least(99, " %")),
    CountingAim(FREE, "bilkent", "within 1, %", at_least(100, " %")),
    CountingAim(FREE, "mex", "exact, %", at_least(92, " %")),
    CountingAim(FREE, "mex", "within 1, %", at_least(98, " %")),
    CountingAim(FREE, "ulift", "exact, %", at_least(90, " %")),
    CountingAim(FREE, "ulift", "within 1, %", at_least(97, " %")),
    CountingAim(FOUND, "mex", "rep precision", at_least(0.97)),
    CountingAim(FOUND, "mex", "rep recall", at_least(0.97)),
    CountingAim(FOUND, "ulift", "set F1", at_least(0.985)),
    CountingAim(FOUND, "ulift", "false reps in 10 min of rest", at_most(0.5)),
    *(
        CountingAim(LIVE, dataset, column, aim)
        for dataset in ("bilkent", "mex", "ulift")
        for column, aim in (
            ("median delay, s", at_most(0.3, " s")),
            ("p95 delay, s", at_most(1, " s")),
            ("first three, p95, s", at_most(0.5, " s")),
            ("early, %", at_most(2, " %")),
            ("taken back, %", at_most(1, " %")),
        )
    ),
    CountingAim(IDLE, "daphnet", "sets found", at_most(0)),
)
"""Of counting.md's aims, those that these recordings can show."""


def count_given(entry: Entry) -> list[tuple[str, Counted]]:
    """Cut each annotated set out, count it as one set; exercise and count of each."""
    recording = read_recording(entry.path)
    counted = []
    for annotated, exercise in zip(entry.sets, entry.set_exercises, strict=True):
        piece = _cut(recording, annotated) if annotated.has_edges else None
        if piece is None or not annotated.is_scored:
            continue
        sets = findings(piece, GivenSet).sets
        count = sum(len(each.reps) for each in sets)
        counted.append((exercise, Counted(count, annotated.least, annotated.most)))
    return counted


def as_written(t_s: FloatArray, acc_ms2: FloatArray) -> Recording:
    """Samples as they come back from a file that states no rate."""
    t_s, acc_ms2 = np.round(t_s, FILE_DIGITS), np.round(acc_ms2, FILE_DIGITS)
    return Recording(t_s, acc_ms2, estimate_rate_hz(t_s) or 0.0)


def tables(
    found: Sequence[tuple[Entry, Findings]],
    given: Sequence[tuple[Entry, list[tuple[str, Counted]]]],
) -> list[Table]:
    """Return figures and aims of what was found and of what was counted with edges given."""
    annotated = [(entry, each) for entry, each in found if entry.sets]
    idle = [(entry, each) for entry, each in found if not entry.sets]
    evidence = _by_dataset(annotated, lambda entry, each: _evidence(entry, each), Evidence())
    by_given: dict[str, list[Counted]] = defaultdict(list)
    for entry, counts in given:
        by_given[entry.dataset] += [counted for _, counted in counts]
    figures = [
        _count_table(GIVEN, _GIVEN_MEANING, {k: v for k, v in by_given.items() if v}),
        _weakest_table(given),
        _count_table(FREE, _FREE_MEANING, {k: v.counted for k, v in evidence.items()}),
        _found_table(evidence),
        _live_table(annotated),
        _idle_table(idle),
    ]
    return [_aims_table(figures), *figures]


def _cut(recording: Recording, annotated: AnnotatedSet) -> Recording | None:
    is_in = (recording.t_s >= annotated.begin_s) & (recording.t_s < annotated.end_s)
    if is_in.sum() < LEAST_SAMPLES:
        return None
    t_s = recording.t_s[is_in]
    return as_written(t_s - t_s[0], recording.acc_ms2[is_in])


def _evidence(entry: Entry, found: Findings) -> Evidence:
    return score_recording(entry.sets, found.sets, entry.duration_s)


def _by_dataset(
    found: Iterable[tuple[Entry, Findings]],
    of_one: Callable[[Entry, Findings], Evidence],
    nothing: Evidence,
) -> dict[str, Evidence]:
    summed: dict[str, Evidence] = {}
    for entry, each in found:
        summed[entry.dataset] = summed.get(entry.dataset, nothing) + of_one(entry, each)
    return summed


_GIVEN_MEANING = """Each annotated set cut out of its recording and counted as one set
(`--one-set`). Exact: the annotated count, or inside its range where one more or less is as good.
Bias: mean of counted minus true. Doubled, halved: more than 1.7 times, fewer than 0.6 times the
true count."""

_FREE_MEANING = """Whole recordings, rest included. A set's count is the number of repetitions whose
end position lies within the annotated edges, 1.5 s more on either side, or within the stretch in
which the set is known to lie."""


def _count_table(title: str, meaning: str, counted: dict[str, Sequence[Counted]]) -> Table:
    rows = []
    for dataset, each in counted.items():
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


def _aims_table(figures: Sequence[Table]) -> Table:
    by_title = {table.title: table for table in figures}
    rows = []
    for wanted in AIMS:
        table = by_title[wanted.title]
        column = table.columns.index(wanted.column)
        row = next((row for row in table.rows if row[0] == wanted.dataset), None)
        value = row[column] if row is not None else None
        figure = f"{wanted.title}; {wanted.dataset}: {wanted.column}"
        rows.append(aim_row(figure, value if isinstance(value, int | float) else None, wanted.aim))
    return Table("Counting: figures beside their aims", AIMS_MEANING, AIM_COLUMNS, tuple(rows))


AIMS_MEANING = """The aims are for recordings on which nothing was tuned; these served for tuning,
so that reaching an aim here is necessary and not sufficient."""
