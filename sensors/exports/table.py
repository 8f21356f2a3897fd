"""A table of numbers with a header, however its app separates columns and writes decimals."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sensors.errors import InvalidRecording
from sensors.samples import FloatArray

SEPARATORS = "\t;,"
"""In the order in which they are looked for: a comma may be in a number where another separates."""
SHOWN_CHARACTERS = 60


def header_of(line: str) -> tuple[str, ...]:
    """The names in a header, without quotes."""
    return tuple(name.strip().strip('"') for name in line.strip().split(_separator(line)))


def columns_of(path: Path, name: str, text: str, wanted: Sequence[str]) -> FloatArray:
    """The wanted columns of a table, (n, k) float64, n ≥ 1, finite.

    name: of the table in the export, for errors. Raises InvalidRecording, naming the line.
    """
    first, _, rest = text.partition("\n")
    header, separator = header_of(first), _separator(first)
    missing = [each for each in wanted if header.count(each) != 1]
    if missing:
        raise InvalidRecording(path, f"{name} has no column {missing[0]!r}: export it again", 1)
    if not rest.strip():
        raise InvalidRecording(path, f"{name} has a header but no samples: record for longer")
    if separator != ",":
        rest = rest.replace(",", ".")
    used = [header.index(each) for each in wanted]
    try:
        rows = np.loadtxt(
            io.StringIO(rest), delimiter=separator, comments=None, ndmin=2, usecols=used
        )
    except ValueError:
        raise _fault(path, name, rest, separator, used) from None
    if not np.isfinite(rows).all():
        raise _fault(path, name, rest, separator, used)
    return rows


def _separator(header: str) -> str:
    return next((each for each in SEPARATORS if each in header), ",")


def _fault(
    path: Path, name: str, rest: str, separator: str, used: Sequence[int]
) -> InvalidRecording:
    """Where a table holds something that is no number."""
    for number, line in enumerate(rest.splitlines(), start=2):
        fields = line.split(separator)
        if line.strip() and not all(n < len(fields) and _is_number(fields[n]) for n in used):
            shown = line.strip()[:SHOWN_CHARACTERS]
            problem = f"{name} holds {shown!r}, not numbers: correct or remove this line"
            return InvalidRecording(path, problem, number)
    return InvalidRecording(path, f"{name} holds something that is no number: export it again")


def _is_number(field: str) -> bool:
    try:
        return bool(np.isfinite(float(field))) and "_" not in field
    except ValueError:
        return False
