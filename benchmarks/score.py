"""Part `score`: annotated recordings through the core, both cores at work."""

from benchmarks import counting_score, tremor_score
from benchmarks.chosen_score import chosen_table, find_chosen, has_chosen
from benchmarks.counting_aims import aims_table
from benchmarks.findings import Findings, findings
from benchmarks.given_sets import count_given
from benchmarks.options import Options
from benchmarks.phase_score import by_phase, can_be_scored, phase_table
from benchmarks.progress import steps
from benchmarks.recordings import Entry, entries, is_there
from benchmarks.tables import Table
from benchmarks.workers import each_done, workers
from detection.pipeline import Tracker
from sensors.recording import read_recording


def measure(options: Options) -> list[Table]:
    """Score counting and shaking; without recordings, say so."""
    if not is_there(options.recordings):
        return [_absent()]
    listed = entries(options.recordings)
    labelled = [entry for entry in listed if entry.sets or entry.spans]
    with_edges = [entry for entry in listed if any(each.has_edges for each in entry.sets)]
    shaken = tremor_score.injections(listed)
    chosen = [entry for entry in labelled if has_chosen(entry)]
    phased = [entry for entry in listed if can_be_scored(entry)]
    parts = (labelled, chosen, with_edges, shaken, phased)
    total = sum(map(len, parts))
    with workers() as pool, steps("score", total) as step:
        found = each_done(pool, _found, labelled, step)
        by_choice = each_done(pool, find_chosen, chosen, step)
        given = each_done(pool, count_given, with_edges, step)
        phases = each_done(pool, by_phase, phased, step)
        injected = each_done(pool, tremor_score.shaken, shaken, step)
    pairs = list(zip(labelled, found, strict=True))
    counting = counting_score.tables(pairs, list(zip(with_edges, given, strict=True)))
    counting.append(chosen_table(list(zip(chosen, by_choice, strict=True))))
    shaking = [*tremor_score.tables(pairs, injected), phase_table(phases)]
    return [aims_table(counting), *counting, *shaking]


def _found(entry: Entry) -> Findings:
    return findings(read_recording(entry.path), Tracker())


def _absent() -> Table:
    return Table(
        "No annotated recordings",
        """The annotated recordings are not part of the project and were not at hand on this
machine; `--recordings DIR` says where they are.""",
        ("figure", "measured"),
        (),
    )
