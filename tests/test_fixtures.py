"""Fixtures are what the manifest says, and the synthetic ones can be made again."""

import json
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from detection.pipeline import Tracker
from fixtures import make
from fixtures.manifest import FOLDER, Entry, checksum, entry_of, files_present, read_manifest
from sensors.recording import read_recording
from sensors.synthetic import RepTruth
from server.analyze.analysis import analyse

ROUNDING_MS2 = 0.003
"""Another machine's last bit may move a sample by one step of the sensor."""


def truth_of(name: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(make.truth_path_of(name).read_text(encoding="utf-8"))
    return truth


def test_every_file_is_listed_and_every_listed_file_is_there() -> None:
    assert files_present() == set(read_manifest())


@pytest.mark.parametrize("entry", read_manifest().values(), ids=lambda entry: entry.path)
def test_no_file_was_changed(entry: Entry) -> None:
    assert checksum(FOLDER / entry.path) == entry.sha256


@pytest.mark.parametrize("entry", read_manifest().values(), ids=lambda entry: entry.path)
def test_every_file_says_where_it_comes_from(entry: Entry) -> None:
    assert entry.origin
    if entry.path.endswith(".csv.gz"):
        recording = read_recording(FOLDER / entry.path)
        assert entry.rate_hz == recording.rate_hz
        assert entry.placement == recording.info.placement
        assert entry.truth in read_manifest()
        assert (FOLDER / entry.path).stat().st_size < 200_000


def test_a_changed_file_is_noticed() -> None:
    path = make.path_of("bridge")
    assert entry_of(path, "").sha256 == checksum(path)
    assert entry_of(path, "").sha256 != checksum(make.path_of("marching"))


@pytest.mark.parametrize("name", make.RECORDINGS)
def test_a_recording_can_be_made_again(name: str) -> None:
    stored, (_, again) = read_recording(make.path_of(name)), make.RECORDINGS[name]
    made = again()
    np.testing.assert_allclose(stored.t_s, made.recording.t_s, atol=1e-6)
    np.testing.assert_allclose(stored.acc_ms2, made.recording.acc_ms2, atol=ROUNDING_MS2)
    assert truth_of(name) == make.truth_payload(made.truth)


def test_the_truth_holds_every_field_of_a_repetition() -> None:
    (reps,) = truth_of("bridge")["sets"]
    assert set(reps[0]) == {field.name for field in fields(RepTruth)}


@pytest.mark.parametrize("name", ["bridge", "short-bridge-200hz", "marching", "tiring-squats"])
def test_the_program_finds_the_truth(name: str) -> None:
    analysis, truth = analyse(read_recording(make.path_of(name)), Tracker()), truth_of(name)
    assert [len(each.reps) for each in analysis.sets] == truth["counts"]
    turns = [(rep["hold_start_s"] + rep["hold_end_s"]) / 2 for rep in truth["sets"][0]]
    np.testing.assert_allclose([rep.turn_s for rep in analysis.sets[0].reps], turns, atol=0.6)
