"""Annotated sets cut out of their recordings, each counted as one set."""

import numpy as np

from benchmarks.findings import findings
from benchmarks.recordings import Entry
from detection.pipeline import one_set_tracker
from detection.scoring.sets import AnnotatedSet, Counted
from sensors.recording import Recording, estimate_rate_hz, read_recording
from sensors.samples import FloatArray

FILE_DIGITS = 4
"""A cut-out set is rounded as if it had been written to a file: 0.1 ms and 0.1 mm/s²."""
LEAST_SAMPLES = 100
"""Shorter pieces hold no set; they are slips of the annotation."""


def count_given(entry: Entry) -> list[tuple[str, Counted]]:
    """Cut each annotated set out, count it as one set; exercise and count of each."""
    recording = read_recording(entry.path)
    counted = []
    for annotated, exercise in zip(entry.sets, entry.set_exercises, strict=True):
        piece = cut_out(recording, annotated) if annotated.has_edges else None
        if piece is None or not annotated.is_scored:
            continue
        sets = findings(piece, one_set_tracker()).sets
        count = sum(len(each.reps) for each in sets)
        counted.append((exercise, Counted(count, annotated.least, annotated.most)))
    return counted


def as_written(t_s: FloatArray, acc_ms2: FloatArray) -> Recording:
    """Samples as they come back from a file that states no rate."""
    t_s, acc_ms2 = np.round(t_s, FILE_DIGITS), np.round(acc_ms2, FILE_DIGITS)
    return Recording(t_s, acc_ms2, estimate_rate_hz(t_s) or 0.0)


def cut_out(recording: Recording, annotated: AnnotatedSet) -> Recording | None:
    """Return what lies between a set's edges; None where that is too little to hold one."""
    is_in = (recording.t_s >= annotated.begin_s) & (recording.t_s < annotated.end_s)
    if is_in.sum() < LEAST_SAMPLES:
        return None
    t_s = recording.t_s[is_in]
    return as_written(t_s - t_s[0], recording.acc_ms2[is_in])
