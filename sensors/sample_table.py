"""A CSV of samples as numbers, and the exact place where one is not.

Reading is fast and knows nothing of lines. Only when something is wrong is the file read a second
time, line by line, to say where and what: good files never pay for good errors.
"""

import gzip
import io
import itertools
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

import numpy as np

from sensors.errors import InvalidRecording
from sensors.samples import MAX_ACC_MS2, FloatArray

GZIP_MAGIC = b"\x1f\x8b"
SHOWN_CHARACTERS = 60
"""How much of a wrong line an error repeats: enough to recognise it, still one line."""


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """How the header calls time (s) and the three axes; the defaults are the format's own."""

    t: str = "t_s"
    x: str = "ax_ms2"
    y: str = "ay_ms2"
    z: str = "az_ms2"

    def in_order(self) -> tuple[str, str, str, str]:
        """Time first, then x, y, z."""
        return (self.t, self.x, self.y, self.z)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the header puts the four columns, and how many columns a line has."""

    header: tuple[str, ...]
    used: tuple[int, int, int, int]

    @property
    def has_extras(self) -> bool:
        return len(self.header) > len(self.used)


def read_table(path: Path, names: ColumnNames, max_acc: float = MAX_ACC_MS2) -> FloatArray:
    """Read the time and axis columns of a CSV or CSV.gz.

    max_acc: the largest magnitude that can be a measurement, in the unit of the file.
    Returns shape (n, 4), n ≥ 1: time, x, y, z; finite; time never decreasing.
    Raises InvalidRecording, naming the line, for anything else.
    """
    with _open_text(path, names) as text:
        layout = _read_header(path, text, names)
        rows = _read_rows(path, text, layout, names)
    if rows is None or not _is_sound(rows, max_acc):
        _raise_first_fault(path, names, max_acc)
    return rows


@contextmanager
def _open_text(path: Path, names: ColumnNames) -> Iterator[TextIO]:
    try:
        with path.open("rb") as raw:
            is_gzip = raw.peek(2)[:2] == GZIP_MAGIC
            _check_suffix(path, is_gzip=is_gzip)
            content = io.BufferedReader(gzip.GzipFile(fileobj=raw)) if is_gzip else raw
            with io.TextIOWrapper(content, encoding="utf-8-sig") as text:
                yield text
    except UnicodeDecodeError as problem:
        wanted = f"export it as a UTF-8 CSV whose first line is {_expected(names)}"
        raise InvalidRecording(path, f"not UTF-8 text: {wanted}") from problem
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise InvalidRecording(
            path, "the gzip data are damaged or cut off: copy the file again"
        ) from problem
    except OSError as problem:
        raise InvalidRecording(path, f"cannot be read: {problem.strerror}") from problem


def _check_suffix(path: Path, *, is_gzip: bool) -> None:
    if path.suffix == ".gz" and not is_gzip:
        raise InvalidRecording(
            path, "named .gz but not compressed: remove .gz from its name, or compress it"
        )
    if path.suffix != ".gz" and is_gzip:
        raise InvalidRecording(path, "compressed with gzip but not named .gz: add .gz to its name")


def _read_header(path: Path, text: TextIO, names: ColumnNames) -> _Layout:
    line = text.readline()
    if not line.strip():
        raise InvalidRecording(path, f"empty: the first line must be {_expected(names)}", 1)
    if not line.rstrip("\r\n\t ").isprintable() and "\t" not in line:
        wanted = f"export it as a CSV whose first line is {_expected(names)}"
        raise InvalidRecording(path, f"binary data, not a CSV: {wanted}")
    header = tuple(name.strip().strip('"') for name in line.split(","))
    if any(header.count(name) != 1 for name in names.in_order()):
        problem = f"the header must name {_expected(names)} once each, got {_shown(line)}"
        raise InvalidRecording(path, problem, 1)
    t, x, y, z = (header.index(name) for name in names.in_order())
    return _Layout(header, (t, x, y, z))


def _expected(names: ColumnNames) -> str:
    return ",".join(names.in_order())


def _shown(line: str) -> str:
    line = line.strip()
    return repr(line if len(line) <= SHOWN_CHARACTERS else line[:SHOWN_CHARACTERS] + "…")


def _read_rows(path: Path, text: TextIO, layout: _Layout, names: ColumnNames) -> FloatArray | None:
    """All rows, shape (n, 4), or None where a line is not what the header promises."""
    first = next((line for line in text if line.strip()), None)
    if first is None:
        problem = f"a header but no samples: lines of {_expected(names)} must follow it"
        raise InvalidRecording(path, problem)
    lines: Iterator[str] = itertools.chain((first,), text)
    try:
        if layout.has_extras:
            lines = _with_width(lines, len(layout.header))
            return np.loadtxt(lines, delimiter=",", comments=None, ndmin=2, usecols=layout.used)
        rows = np.loadtxt(lines, delimiter=",", comments=None, ndmin=2)
    except UnicodeDecodeError:
        raise
    except ValueError:
        return None
    if rows.shape[1] != len(layout.used):
        return None
    return rows if layout.used == (0, 1, 2, 3) else rows[:, layout.used]


def _with_width(lines: Iterator[str], width: int) -> Iterator[str]:
    """Hold extra columns to the header too: a decimal comma would shift every later one."""
    for line in lines:
        if line.count(",") + 1 != width and line.strip():
            raise ValueError
        yield line


def _is_sound(rows: FloatArray, max_acc: float) -> bool:
    return bool(
        np.isfinite(rows).all()
        and (rows[1:, 0] >= rows[:-1, 0]).all()
        and rows[:, 1:].max() <= max_acc
        and rows[:, 1:].min() >= -max_acc
    )


def _raise_first_fault(path: Path, names: ColumnNames, max_acc: float) -> NoReturn:
    with _open_text(path, names) as text:
        layout = _read_header(path, text, names)
        last_t_s = -np.inf
        for number, line in enumerate(text, start=2):
            if not line.strip():
                continue
            fields = line.rstrip("\r\n").split(",")
            problem = _fault(fields, layout, last_t_s, max_acc)
            if problem is not None:
                raise InvalidRecording(path, problem, number)
            last_t_s = float(fields[layout.used[0]])
    raise InvalidRecording(path, "holds something that is not a plain number: export it again")


def _fault(fields: list[str], layout: _Layout, last_t_s: float, max_acc: float) -> str | None:
    """What is wrong with one line, and the remedy; None if nothing is."""
    if len(fields) != len(layout.header):
        return (
            f"{len(fields)} columns where the header has {len(layout.header)}: "
            "complete or remove this line (decimals take a point)"
        )
    for column in layout.used:
        problem = _number_fault(fields[column])
        if problem is not None:
            return f"{layout.header[column]} {problem}"
    t_s, *acc = (float(fields[column]) for column in layout.used)
    if t_s < last_t_s:
        return (
            f"time goes back from {last_t_s:.6f} s to {t_s:.6f} s: "
            "sort the lines, or split the file where the clock was reset"
        )
    if max(map(abs, acc)) > max_acc:
        return f"{max(acc, key=abs):g} is more than any body-worn sensor measures: check the unit"
    return None


def _number_fault(field: str) -> str | None:
    try:
        value = float(field)
    except ValueError:
        return f"is {_shown(field)}, not a number: correct or remove this line"
    if not np.isfinite(value):
        return f"is {field.strip()}: leave out a line whose value is missing"
    if "_" in field:
        return f"is {_shown(field)}, not a plain number: write it without underscores"
    return None
