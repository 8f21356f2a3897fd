"""The counter on real recordings, where they are at hand; the figures it must not fall below.

The recordings (Bilkent physiotherapy exercises, MEx, uLift) are not part of the project; how they
are laid out and scored: docs/counting.md.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.events import Event, Rep
from sensors.recording import Recording, read_recording
from tests.detection.streams import events_of, sets_of

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
pytestmark = pytest.mark.skipif(
    not (RECORDINGS / "manifest.jsonl").is_file(), reason="the recordings are not at hand"
)
EDGE_S = 1.5
"""Annotated edges are drawn by hand: a repetition this near outside still belongs to the set."""


def _annotated(dataset: str) -> list[dict[str, Any]]:
    lines = (RECORDINGS / "manifest.jsonl").read_text().splitlines()
    return [e for e in map(json.loads, lines) if e["dataset"] == dataset and e.get("sets")]


@cache
def _reps(file: str) -> tuple[Rep, ...]:
    events = events_of(read_recording(RECORDINGS / file), [6000] * 1000)
    return tuple(rep for ended in sets_of(events) for rep in ended.reps)


def _span(annotated: dict[str, Any]) -> tuple[float, float]:
    if "start_s" in annotated:
        return annotated["start_s"] - EDGE_S, annotated["end_s"] + EDGE_S
    begin, end = annotated["within_s"]
    return begin, end


def _errors(entries: list[dict[str, Any]]) -> np.ndarray:
    errors = []
    for entry in entries:
        for annotated in entry["sets"]:
            if not annotated.get("scored", True):
                continue
            begin, end = _span(annotated)
            counted = sum(begin <= rep.turn_s < end for rep in _reps(entry["file"]))
            least, most = annotated.get("reps_range") or [annotated["reps"]] * 2
            errors.append(counted - min(max(counted, least), most))
    return np.array(errors)


@pytest.mark.parametrize(
    ("dataset", "within_one"), [("bilkent", 0.97), ("mex", 0.88), ("ulift", 0.92)]
)
def test_counts_within_one_with_nothing_given(dataset: str, within_one: float) -> None:
    errors = _errors(_annotated(dataset))
    assert (np.abs(errors) <= 1).mean() >= within_one


def test_hardly_counts_between_sets() -> None:
    false, rest_s = 0, 0.0
    for entry in _annotated("ulift"):
        spans = [_span(annotated) for annotated in entry["sets"]]
        rest_s += entry["duration_s"] - sum(end - begin for begin, end in spans)
        false += sum(
            not any(begin <= rep.turn_s < end for begin, end in spans)
            for rep in _reps(entry["file"])
        )
    assert 600 * false / rest_s <= 2


@pytest.mark.parametrize(
    "file",
    [
        "mex/bridging-thigh-s1.csv.gz",
        "bilkent/prone-leg-raise-thigh-s1.csv.gz",
        "pdkit/t-leg-agility-left-leg-2016-10-14-10-44-20-f7351.csv.gz",
    ],
)
@given(sizes=st.lists(st.integers(1, 900), max_size=40))
@settings(max_examples=6, deadline=None)
def test_any_partition_of_a_recording_gives_identical_events(file: str, sizes: list[int]) -> None:
    assert events_of(_recording(file), sizes) == _whole(file)


@cache
def _recording(file: str) -> Recording:
    return read_recording(RECORDINGS / file)


@cache
def _whole(file: str) -> list[Event]:
    return events_of(_recording(file))
