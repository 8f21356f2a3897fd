"""The benchmark: it scores what is there, says what is not, and keeps what was measured before."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import fit_gate, score, synthetic_grid
from benchmarks.document import Section, read_sections, render, write_sections
from benchmarks.gate_examples import Example
from benchmarks.machine import this_machine
from benchmarks.options import Options
from benchmarks.session import endless, session
from benchmarks.synthetic_cells import cells
from benchmarks.tables import AIM_COLUMNS, Table, aim_row, at_least, at_most, markdown
from detection.counting.set_features import SetFeatures
from sensors.recording import write_recording
from sensors.synthetic import SensorParams, SetScript, synthesize


def section(figure: float) -> Section:
    table = Table("Speed", "What it means.", ("what", "figure"), (("all", figure), ("some", None)))
    return Section("2026-11-22", "python -m benchmarks", "2026.11", this_machine(), (table,))


def annotated_folder(folder: Path) -> Path:
    """Two synthetic recordings of one set: its edges known, and where it lies known."""
    lines = []
    for number, dataset in enumerate(("edges", "within")):
        made = synthesize(SetScript(reps=8), sensor=SensorParams(rate_hz=100), seed=number)
        path = folder / f"{dataset}.csv.gz"
        write_recording(path, made.recording)
        reps = made.truth.sets[0]
        begin_s, end_s = reps[0].start_s, reps[-1].end_s
        where = {"start_s": begin_s, "end_s": end_s} if number == 0 else {"within_s": [0, 100]}
        known = {
            "file": path.name,
            "dataset": dataset,
            "rate_hz": 100,
            "duration_s": made.recording.duration_s,
            "exercise": "leg-raise",
            "placement": "thigh",
            "sets": [{**where, "reps": 8, "rep_times_s": [rep.turn_s for rep in reps]}],
            "spans": [{"start_s": 0, "end_s": 100, "label": "exercise"}],
        }
        lines.append(json.dumps(known))
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def test_scores_recordings_with_and_without_edges(tmp_path: Path) -> None:
    tables = score.measure(Options(recordings=annotated_folder(tmp_path)))
    by_title = {table.title: table for table in tables}
    given = by_title["Counting: edges given, exercise unknown"]
    assert given.rows == (("edges", 1, 100.0, 100.0, 0.0, 0.0, 0.0, 0.0),)
    free = by_title["Counting: nothing given"]
    assert [row[:4] for row in free.rows] == [("edges", 1, 100.0, 100.0), ("within", 1, 100, 100)]
    found = by_title["Sets and repetitions found: nothing given"]
    assert found.rows[0] == ("edges", 1.0, 1.0, 1.0, 0.0, 1.0, 1.0)
    assert found.rows[1] == ("within", None, None, None, None, 1.0, 1.0)


def test_says_so_where_recordings_are_not_at_hand(tmp_path: Path) -> None:
    (table,) = score.measure(Options(recordings=tmp_path))
    assert table.title == "No annotated recordings"


def test_the_grid_is_counted_by_every_axis() -> None:
    tables = synthetic_grid.measure(Options(grid_cells=4, everyday_hours=0))
    by_title = {table.title: table for table in tables}
    grid = by_title["Synthetic grid: counting with nothing given"]
    assert grid.rows[0][:3] == ("all", "", 4)
    for axis in {row[0] for row in grid.rows}:
        assert sum(row[2] for row in grid.rows if row[0] == axis) == 4
    few = by_title["Synthetic grid: one and two repetitions"]
    assert sum(row[1] for row in few.rows) == 1
    everyday = by_title["Synthetic everyday life: nothing to count"]
    assert everyday.rows == (("all", 0.0, 0, 0),)


def test_a_cell_of_the_grid_is_the_same_recording_whatever_else_is_counted() -> None:
    one, other = cells(2), cells(50)
    assert one == other[:2]
    made = one[0].made()
    assert made.truth.counts == (one[0].reps,)
    np.testing.assert_array_equal(other[0].made().recording.acc_ms2, made.recording.acc_ms2)


def test_a_found_set_counts_only_if_it_is_one_and_exact() -> None:
    cell = cells(1)[0]
    n = cell.reps
    judged = [
        (each.is_exact, each.is_within_one)
        for found in ((n,), (n - 1,), (n - 1, 1), (), (n, n))
        for each in [synthetic_grid.Counted(cell, found, None)]
    ]
    assert judged == [(True, True), (False, True), (False, True), (False, False), (False, False)]


def test_measuring_one_part_keeps_the_others(tmp_path: Path) -> None:
    results, document = tmp_path / "benchmarks.json", tmp_path / "BENCHMARKS.md"
    write_sections({"speed": section(1.0), "memory": section(2.0)}, results, document)
    kept = read_sections(results)
    write_sections(kept | {"speed": section(3.0)}, results, document)
    assert read_sections(results) == {"speed": section(3.0), "memory": section(2.0)}
    assert document.read_text() == render(read_sections(results))


def test_a_part_that_was_never_measured_is_named() -> None:
    assert "## Memory\n\nNot measured yet." in render({"speed": section(1.0)})


def test_a_missing_figure_is_a_dash() -> None:
    lines = markdown(section(12345.5).tables[0]).splitlines()
    assert lines[-2:] == ["| all | 12 345.5 |", "| some | – |"]


@pytest.mark.parametrize(
    ("value", "verdict"), [(95.0, "reached"), (94.9, "**missed**"), (None, "not measured")]
)
def test_an_aim_from_below(value: float | None, verdict: str) -> None:
    row = aim_row("exact", value, at_least(95, " %"))
    assert row[2:] == ("≥ 95 %", verdict)
    assert len(row) == len(AIM_COLUMNS)


def test_an_aim_from_above() -> None:
    assert aim_row("early", 2.1, at_most(2, " %")) == ("early", "2.1 %", "≤ 2 %", "**missed**")


def test_an_endless_stream_has_no_holes() -> None:
    recording = session(50.0)
    last_s = -1 / 50
    for block in endless(recording, 1.0, 2 * recording.duration_s):
        assert block.t_s[0] - last_s == pytest.approx(1 / 50)
        last_s = float(block.t_s[-1])
    assert last_s >= 2 * recording.duration_s


def test_the_gate_is_fitted_to_what_tells_exercise_from_the_rest() -> None:
    swing = SetFeatures(2.0, 2.0, 0.8, 0.0, 0.95, 0.3, 0.1, 0.05, 0.1)
    examples = [
        Example(
            f"person {i % 4}",
            "any",
            seen._replace(footfalls=i % 5 / 10),
            is_exercise=is_exercise,
            is_recorded=i % 2 == 0,
        )
        for i in range(40)
        for is_exercise, seen in ((True, swing), (False, swing._replace(retraced=0.5)))
    ]
    weights = fit_gate.fit(fit_gate.STEPS, examples)
    retraced, footfalls = map(fit_gate.STEPS.term_names.index, ("retraced²", "footfalls"))
    assert weights[retraced] > 1
    assert abs(weights[footfalls]) < 0.01
    scores = fit_gate.left_out(fit_gate.STEPS, examples)
    assert list(scores > 0) == [each.is_exercise for each in examples]
