"""Files that phone apps write: phyphox and Sensor Logger, as recordings.

What a file is, is told by what it holds and not by its name. Gravity must be in it: the counting
sees slow movement by the tilt of gravity.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path

from sensors.errors import InvalidRecording
from sensors.exports import phyphox, sensor_logger
from sensors.exports.opening import Tables, tables_of
from sensors.recording import Recording, read_recording

READERS: tuple[Callable[[Path, Tables], Recording | None], ...] = (
    sensor_logger.recording_in,
    phyphox.recording_in,
)
"""Each returns None for tables that are not of its app."""


def read_any(path: Path) -> Recording:
    """Read a recording of our own, or an export of phyphox or Sensor Logger (CSV or ZIP).

    Raises InvalidRecording with file, line and remedy in one line.
    """
    is_zip = _is_zip(path)
    if not is_zip and not _is_foreign(path):
        return read_recording(path)
    tables = tables_of(path, is_zip=is_zip)
    for recording_in in READERS:
        found = recording_in(path, tables)
        if found is not None:
            return found
    raise InvalidRecording(
        path,
        "no export that is known: of phyphox send the CSV or ZIP of “Acceleration with g”, of "
        "Sensor Logger the ZIP with Total Acceleration, or with Accelerometer and Gravity",
    )


def _is_zip(path: Path) -> bool:
    try:
        return path.is_file() and zipfile.is_zipfile(path)
    except OSError as problem:
        raise InvalidRecording(path, f"cannot be read: {problem.strerror}") from problem


def _is_foreign(path: Path) -> bool:
    """Whether the first line is one of an app's; whatever cannot be read is not."""
    try:
        with path.open("rb") as file:
            first = file.readline(1000).decode("utf-8-sig", errors="replace")
    except OSError:
        return False
    return phyphox.is_header(first) or sensor_logger.is_header(first)
