"""Exports of phyphox: a CSV, or a ZIP with the table of each sensor and meta/time.csv.

Read from phyphox's own export code and experiment files: names of columns, the five ways to
separate columns and decimals, and `meta/time.csv` (event, experiment time, system time). Its time
stands still while it is paused; the pauses are put back. Not tried with an app.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np

from sensors.errors import InvalidRecording
from sensors.exports.opening import Tables
from sensors.exports.table import columns_of, header_of
from sensors.recording import Recording, recording_of
from sensors.samples import FloatArray
from sensors.sidecar import RecordingInfo

TIME = "Time (s)"
WITH_GRAVITY = tuple(f"Acceleration {axis} (m/s^2)" for axis in "xyz")
WITHOUT_GRAVITY = "Linear Acceleration x (m/s^2)"
TIME_TABLE = "time.csv"
EVENT, EXPERIMENT_S, SYSTEM_S, SYSTEM_TEXT = (
    "event",
    "experiment time",
    "system time",
    "system time text",
)
WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) UTC(Z|[+-]\d\d:\d\d)")


def is_header(line: str) -> bool:
    """Whether a first line is one of a table of acceleration."""
    names = header_of(line)
    return TIME in names and (WITHOUT_GRAVITY in names or set(WITH_GRAVITY) <= set(names))


def recording_in(path: Path, tables: Tables) -> Recording | None:
    """The acceleration of an export, None where it has none. Raises InvalidRecording."""
    is_without = False
    for name, text in tables.items():
        content = text()
        header = header_of(content.partition("\n")[0])
        if {TIME, *WITH_GRAVITY} <= set(header):
            rows = columns_of(path, name, content, (TIME, *WITH_GRAVITY))
            starts = list(_starts(path, tables))
            rows[:, 0] = _with_pauses(rows[:, 0], starts)
            started_at = starts[0][2] if starts else None
            return recording_of(path, rows, RecordingInfo(device="phyphox", started_at=started_at))
        is_without = is_without or WITHOUT_GRAVITY in header
    if is_without:
        raise InvalidRecording(
            path,
            "acceleration without gravity, which the counting needs: record “Acceleration with g” "
            "in phyphox",
        )
    return None


def _starts(path: Path, tables: Tables) -> Iterator[tuple[float, float, datetime | None]]:
    """Of each start: seconds of the experiment, of the clock, and the moment."""
    if TIME_TABLE not in tables:
        return
    text = tables[TIME_TABLE]()
    lines = text.splitlines()
    header = header_of(lines[0]) if lines else ()
    if not {EVENT, EXPERIMENT_S, SYSTEM_S, SYSTEM_TEXT} <= set(header):
        return
    place = {name: header.index(name) for name in header}
    events = [header_of(line) for line in lines[1:] if line.strip()]
    kept = [lines[0]] + [
        line for line, fields in zip(lines[1:], events, strict=False) if fields[0] == "START"
    ]
    if len(kept) == 1:
        return
    seconds = columns_of(path, TIME_TABLE, "\n".join(kept), (EXPERIMENT_S, SYSTEM_S))
    for line, (experiment_s, system_s) in zip(kept[1:], seconds.tolist(), strict=True):
        yield experiment_s, system_s, _moment(header_of(line)[place[SYSTEM_TEXT]])


def _moment(text: str) -> datetime | None:
    """Such as `2026-02-02 20:10:00.000 UTC+05:30`; None where it is written otherwise."""
    found = WRITTEN.search(text)
    return None if found is None else datetime.fromisoformat(found[1] + found[2])


def _with_pauses(t_s: FloatArray, starts: list[tuple[float, float, datetime | None]]) -> FloatArray:
    """Seconds of the experiment with the pauses in them: no movement is joined over one."""
    if len(starts) < 2:
        return t_s
    experiment_s, system_s = (np.array([each[n] for each in starts], np.float64) for n in (0, 1))
    paused_s = np.maximum.accumulate((system_s - system_s[0]) - (experiment_s - experiment_s[0]))
    run = np.maximum(np.searchsorted(experiment_s, t_s, side="right") - 1, 0)
    return np.asarray(t_s + np.maximum(paused_s, 0.0)[run])
