"""Exports of Sensor Logger: a ZIP of tables, or one of them.

Read from the app's own reference (units, coordinates, cross-platform differences): acceleration in
m/s²; on Android TotalAcceleration holds gravity, on iOS it is Accelerometer + Gravity, whose signs
are turned round unless units and frames are standardised. Not tried with an app.
"""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from sensors.errors import InvalidRecording
from sensors.exports.opening import Tables
from sensors.exports.table import columns_of, header_of
from sensors.recording import Recording, recording_of
from sensors.samples import FloatArray
from sensors.sidecar import RecordingInfo

COLUMNS = ("seconds_elapsed", "x", "y", "z")
TOTAL, OWN, GRAVITY, ABOUT = (
    "totalacceleration.csv",
    "accelerometer.csv",
    "gravity.csv",
    "metadata.csv",
)
MOST_SECONDS = 253_402_300_799
"""The last second of the year 9999, since 1970."""


def is_header(line: str) -> bool:
    """Whether a first line is one of a table with three axes."""
    return {"time", *COLUMNS} <= set(header_of(line))


def recording_in(path: Path, tables: Tables) -> Recording | None:
    """The acceleration of an export, None where it is of another app. Raises InvalidRecording."""
    about = _about(tables)
    if TOTAL in tables:
        rows = _rows(path, TOTAL, tables)
    elif OWN in tables and GRAVITY in tables:
        rows = _summed(_rows(path, OWN, tables), _rows(path, GRAVITY, tables))
        if about.get("platform", "").lower() == "ios" and about.get("standardisation") != "true":
            rows[:, 1:] *= -1
    elif OWN in tables and is_header(tables[OWN]().partition("\n")[0]):
        raise InvalidRecording(
            path,
            "acceleration without gravity, which the counting needs: switch on Gravity beside "
            "Accelerometer (iOS), or Total Acceleration (Android), and export the ZIP",
        )
    else:
        return None
    if len(rows) == 0:
        raise InvalidRecording(path, "Accelerometer and Gravity have no time in common")
    device = about.get("device name") or "Sensor Logger"
    return recording_of(path, rows, RecordingInfo(device=device, started_at=_started_at(about)))


def _rows(path: Path, name: str, tables: Tables) -> FloatArray:
    return columns_of(path, name, tables[name](), COLUMNS)


def _summed(own: FloatArray, gravity: FloatArray) -> FloatArray:
    """Own acceleration and gravity together, where there is gravity; it turns slowly."""
    order = np.argsort(gravity[:, 0], kind="stable")
    gravity = gravity[order]
    inside = (own[:, 0] >= gravity[0, 0]) & (own[:, 0] <= gravity[-1, 0])
    rows: FloatArray = own[inside]
    for axis in (1, 2, 3):
        rows[:, axis] += np.interp(rows[:, 0], gravity[:, 0], gravity[:, axis])
    return rows


def _about(tables: Tables) -> Mapping[str, str]:
    """What the export says of itself, by name; nothing where it says nothing."""
    if ABOUT not in tables:
        return {}
    try:
        rows = list(csv.reader(tables[ABOUT]().splitlines()[:2]))
    except csv.Error:
        return {}
    return dict(zip(*rows, strict=False)) if len(rows) == 2 else {}


def _started_at(about: Mapping[str, str]) -> datetime | None:
    """When it began, on the clock of the place where that was known."""
    try:
        seconds = int(about.get("recording epoch time", "")) / 1000
    except ValueError:
        return None
    if not 0 < seconds < MOST_SECONDS:
        return None
    try:
        zone = ZoneInfo(about.get("recording timezone", "UTC") or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return datetime.fromtimestamp(seconds, UTC)
    return datetime.fromtimestamp(seconds, zone)
