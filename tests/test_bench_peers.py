"""Peers of the benchmark: each counts a clean set, and one that cannot be had says why."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peer_score import PEERS, even
from benchmarks.peer_tables import Given, given_table
from benchmarks.peers import autocorrelation, foreign, naive_gate, recofit
from detection.scoring.sets import Counted
from sensors.recording import Recording
from sensors.samples import FloatArray
from sensors.synthetic import (
    LimbParams,
    SensorParams,
    SetScript,
    random_rotation_deg,
    synthesize,
)

Count = Callable[[FloatArray, float], int]
SENSOR = SensorParams(rate_hz=50, rotation_deg=random_rotation_deg(3))
SLOW = SetScript(
    reps=10, concentric_s=1.5, hold_s=0.3, eccentric_s=1.5, rest_s=0.7, jitter=0.02,
    lead_in_s=0.5, lead_out_s=0.5,
)  # fmt: skip
BRISK = SetScript(
    reps=12, concentric_s=0.6, hold_s=0.1, eccentric_s=0.6, rest_s=0.1, jitter=0.02,
    lead_in_s=0.2, lead_out_s=0.2,
)  # fmt: skip


@pytest.mark.parametrize("count", PEERS.values(), ids=PEERS)
@pytest.mark.parametrize("script", [SLOW, BRISK], ids=["slow", "brisk"])
def test_a_clean_set_is_counted(count: Count, script: SetScript) -> None:
    recording = synthesize(script, sensor=SENSOR).recording
    assert count(recording.acc_ms2, recording.rate_hz) == script.reps


@pytest.mark.parametrize("count", PEERS.values(), ids=PEERS)
def test_the_angle_of_the_sensor_does_not_matter(count: Count) -> None:
    acc_ms2 = synthesize(SLOW, sensor=SensorParams(rate_hz=50)).recording.acc_ms2
    turned = acc_ms2 @ np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    assert count(turned, 50.0) == count(acc_ms2, 50.0)


def test_the_period_is_the_earliest_that_is_nearly_the_best() -> None:
    acc_ms2 = np.sin(2 * np.pi * np.arange(0, 30, 0.02) / 3)[:, np.newaxis] * (0.0, 2.0, 1.0)
    assert autocorrelation.period_s(acc_ms2, 50.0) == pytest.approx(3.0, abs=0.05)


def test_where_nothing_repeats_there_is_no_period() -> None:
    ramp = np.linspace(0, 1, 500)[:, np.newaxis] * (1.0, 2.0, 3.0)
    assert autocorrelation.period_s(ramp, 50.0) is None
    assert autocorrelation.count(ramp, 50.0) == 0


def test_recofit_drops_peaks_below_half_of_the_usual_one() -> None:
    t_s = np.arange(0, 40, 0.02)
    signal = np.sin(2 * np.pi * t_s / 4) + 0.35 * np.exp(-(((t_s % 4) - 2.6) ** 2) / 0.02)
    assert len(recofit.repetitions(signal, 50.0)) == 10


def test_the_naive_gate_finds_a_set_and_leaves_stillness_alone() -> None:
    script = replace(SLOW, lead_in_s=40, lead_out_s=40)
    recording = synthesize(script, LimbParams(sway_deg=0), SENSOR).recording
    (found,) = naive_gate.find(recording.acc_ms2, 50.0)
    assert abs(len(found.reps) - SLOW.reps) <= 3
    assert 30 < found.start_s < 45
    assert 75 < found.end_s < 90
    assert naive_gate.find(np.zeros((2000, 3)), 50.0) == ()


def test_peers_get_even_intervals() -> None:
    t_s = np.array([0.0, 0.02, 0.05, 0.06])
    acc_ms2 = np.column_stack([t_s, 2 * t_s, 0 * t_s])
    made = even(Recording(t_s, acc_ms2, 50.0))
    assert made[:, 1] == pytest.approx([0, 0.04, 0.08, 0.12])


def environment(folder: Path, script: str) -> Path:
    """An environment whose Python is a shell script."""
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return folder


def test_a_package_that_cannot_be_installed_says_why(tmp_path: Path) -> None:
    broken = environment(tmp_path, "echo 'ERROR: No matching distribution found' >&2; exit 1")
    answer = foreign.counts(foreign.STUMPY, "motif", [], broken)
    assert answer.refused == "not installed: ERROR: No matching distribution found"
    assert answer.counts == ()


def test_a_package_that_fails_says_why(tmp_path: Path) -> None:
    """Installed by its own word, and not to be found when it is asked."""
    hollow = environment(tmp_path, f'[ "$1" = -c ] || exec {sys.executable} "$@"')
    signal = foreign.component(synthesize(BRISK, sensor=SENSOR).recording.acc_ms2, 50.0)
    answer = foreign.counts(foreign.STUMPY, "motif", [signal], hollow)
    assert answer.refused.startswith("failed: ")
    assert "stumpy" in answer.refused


def test_what_is_matched_is_slow_enough_and_has_its_period() -> None:
    recording = synthesize(SLOW, sensor=SensorParams(rate_hz=100)).recording
    signal = foreign.component(recording.acc_ms2, 100.0)
    assert signal.rate_hz == 25.0
    assert signal.values.shape == (-(-len(recording) // 4), 1)
    assert signal.period_s == pytest.approx(4.0, abs=0.3)


def test_rows_of_one_way_and_data_set_are_summed() -> None:
    rows = [
        Given("a", "way", (Counted(10, 10, 10),), 0.5, 60.0),
        Given("b", "way", (Counted(3, 3, 3),), 0.1, 60.0),
        Given("a", "way", (Counted(8, 10, 10),), 0.5, 60.0),
    ]
    table = given_table(rows)
    assert table.rows[0] == ("a", "way", 2, 50.0, 50.0, 1.0, 0.0, 0.0, 500.0)
    assert [row[0] for row in table.rows] == ["a", "b"]


def test_a_way_that_did_not_count_is_a_row_that_says_why() -> None:
    (row,) = given_table([Given("–", "stumpy", (), refused="not installed: no wheel")]).rows
    assert row[:3] == ("–", "stumpy: not installed: no wheel", 0)
    assert set(row[3:]) == {None}
