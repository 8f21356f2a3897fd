"""Part `score`: annotated recordings through the core, both cores at work."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from benchmarks import counting_score, tremor_score
from benchmarks.counting_aims import aims_table
from benchmarks.findings import Findings, findings
from benchmarks.given_sets import count_given
from benchmarks.options import Options
from benchmarks.progress import Step, steps
from benchmarks.recordings import Entry, entries, is_there
from benchmarks.tables import Table
from detection.pipeline import Tracker
from sensors.recording import read_recording

WORKERS = 2
Task = TypeVar("Task")
Result = TypeVar("Result")


def measure(options: Options) -> list[Table]:
    """Score counting and shaking; without recordings, say so."""
    if not is_there(options.recordings):
        return [_absent()]
    listed = entries(options.recordings)
    labelled = [entry for entry in listed if entry.sets or entry.spans]
    with_edges = [entry for entry in listed if any(each.has_edges for each in entry.sets)]
    shaken = tremor_score.injections(listed)
    total = len(labelled) + len(with_edges) + len(shaken)
    # The progress bar is a thread, and a process with threads must not be forked.
    workers = ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"))
    with workers as pool, steps("score", total) as step:
        found = _all(pool, _found, labelled, step)
        given = _all(pool, count_given, with_edges, step)
        injected = _all(pool, tremor_score.shaken, shaken, step)
    pairs = list(zip(labelled, found, strict=True))
    counting = counting_score.tables(pairs, list(zip(with_edges, given, strict=True)))
    return [aims_table(counting), *counting, *tremor_score.tables(pairs, injected)]


def _found(entry: Entry) -> Findings:
    return findings(read_recording(entry.path), Tracker())


def _all(
    pool: ProcessPoolExecutor,
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    step: Step,
) -> list[Result]:
    results = []
    for result in pool.map(work, tasks):
        results.append(result)
        step()
    return results


def _absent() -> Table:
    return Table(
        "No annotated recordings",
        """The annotated recordings are not part of the project and were not at hand on this
machine; `--recordings DIR` says where they are.""",
        ("figure", "measured"),
        (),
    )
