"""Annotated recordings: a folder with manifest.jsonl, a line a file, and the files.

{"file": "…csv.gz", "dataset": …, "rate_hz": …, "duration_s": …, "exercise": …, "placement": …,
 "sets": [{"start_s", "end_s" | "within_s": [begin, end], "reps", "reps_range": [least, most],
           "rep_times_s": […], "exercise", "scored"}],
 "spans": [{"start_s", "end_s", "label"}]}
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detection.scoring.sets import AnnotatedSet

MANIFEST = "manifest.jsonl"


@dataclass(frozen=True, slots=True)
class Span:
    """What was going on in `[begin_s, end_s)`."""

    begin_s: float
    end_s: float
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A recording and its annotation. set_exercises: one a set."""

    path: Path
    dataset: str
    rate_hz: float
    duration_s: float
    exercise: str
    placement: str
    sets: tuple[AnnotatedSet, ...]
    set_exercises: tuple[str, ...]
    spans: tuple[Span, ...]


def is_there(folder: Path) -> bool:
    """Tell whether annotated recordings are at hand."""
    return (folder / MANIFEST).is_file()


def entries(folder: Path) -> list[Entry]:
    """Return all that the folder's manifest lists, in its order."""
    lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    return [_entry(folder, json.loads(line)) for line in lines if line.strip()]


def _entry(folder: Path, known: dict[str, Any]) -> Entry:
    sets = known.get("sets") or []
    return Entry(
        path=folder / known["file"],
        dataset=known["dataset"],
        rate_hz=known["rate_hz"],
        duration_s=known["duration_s"],
        exercise=known["exercise"],
        placement=known["placement"],
        sets=tuple(_set(each) for each in sets),
        set_exercises=tuple(each.get("exercise") or known["exercise"] for each in sets),
        spans=tuple(
            Span(each["start_s"], each["end_s"], each["label"]) for each in known.get("spans") or []
        ),
    )


def _set(known: dict[str, Any]) -> AnnotatedSet:
    has_edges = "start_s" in known
    begin_s, end_s = (known["start_s"], known["end_s"]) if has_edges else known["within_s"]
    least, most = known.get("reps_range") or (known["reps"], known["reps"])
    return AnnotatedSet(
        begin_s=begin_s,
        end_s=end_s,
        least=least,
        most=most,
        has_edges=has_edges,
        is_scored=known.get("scored", True),
        turns_s=tuple(known.get("rep_times_s") or ()),
    )
