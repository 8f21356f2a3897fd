"""The tables in an export: one CSV, or a ZIP of them, read with a bound on what is unpacked."""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from sensors.errors import InvalidRecording

MOST_BYTES = 400_000_000
"""Unpacked, of one table: two hours at 400 Hz, in 80 bytes a line, have 230 MB."""
MOST_FILES = 1000
"""In one ZIP; an export of all that a phone senses holds about fifty."""

Tables = Mapping[str, Callable[[], str]]
"""By file name without folder, in small letters: how to get a table's text."""


def tables_of(path: Path, *, is_zip: bool) -> Tables:
    """What is in an export. Raises InvalidRecording; so may getting one of the texts."""
    if not is_zip:
        return {path.name.lower(): lambda: _text(path, path.name, _bytes(path))}
    try:
        with zipfile.ZipFile(path) as file:
            entries = file.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
        raise _damaged(path) from problem
    if len(entries) > MOST_FILES:
        raise InvalidRecording(
            path, f"holds {len(entries)} files: it is no export of one recording"
        )
    return {
        PurePosixPath(entry.filename).name.lower(): _getter(path, entry)
        for entry in entries
        if entry.filename.lower().endswith(".csv") and "__macosx" not in entry.filename.lower()
    }


def _getter(path: Path, entry: zipfile.ZipInfo) -> Callable[[], str]:
    return lambda: _text(path, entry.filename, _unpacked(path, entry))


def _unpacked(path: Path, entry: zipfile.ZipInfo) -> bytes:
    """What an entry holds; never more than MOST_BYTES, whatever it says of itself."""
    try:
        with zipfile.ZipFile(path) as file, file.open(entry) as table:
            content = table.read(MOST_BYTES + 1)
    except RuntimeError as problem:  # what zipfile raises for a password
        raise InvalidRecording(
            path, "is locked with a password: export it without one"
        ) from problem
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as problem:
        raise _damaged(path) from problem
    return _bounded(path, content)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(path, file.read(MOST_BYTES + 1))
    except OSError as problem:
        raise InvalidRecording(path, f"cannot be read: {problem.strerror}") from problem


def _bounded(path: Path, content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise InvalidRecording(path, f"holds more than {most} MB of text: export it in parts")
    return content


def _text(path: Path, name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InvalidRecording(path, f"{name} is not UTF-8 text: export it again") from problem


def _damaged(path: Path) -> InvalidRecording:
    return InvalidRecording(path, "the ZIP is damaged or cut off: copy or export it again")
