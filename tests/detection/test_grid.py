"""Exact over a grid of paces, holds, tilts, sensors, rates and lengths; nothing given.

Of the grid in benchmarks/synthetic_cells.py, which `python -m benchmarks --only grid` samples
widely, so few cells that every two values of any two axes still meet in one.
"""

import random
from dataclasses import astuple
from itertools import combinations

import pytest

from benchmarks.synthetic_cells import Grade, GridCell, Hold, all_cells
from tests.detection.streams import counts

LONGEST_SET_S = 80.0
"""Longer sets are the benchmark's; one of them is below."""
BETWEEN_PACES_S, BETWEEN_TILTS_DEG, BETWEEN_REPS = {3.0, 4.0, 15.0}, {6.0, 45.0}, {4, 15}
"""Left out, to keep the cells few."""
TRIES = 40


def name_of(cell: GridCell) -> str:
    """In ASCII, as names of tests are printed."""
    return (
        f"{cell.reps} of {cell.pace_s:g} s, {cell.tilt_deg:g} degrees, "
        f"hold {cell.hold.name.lower()}, {cell.grade.name.lower()} sensor, {cell.rate_hz:g} Hz"
    )


def pairs_of(cell: GridCell) -> set[tuple[object, ...]]:
    """Every two values of the cell, with the axes they are of; its seed is no axis."""
    return set(combinations(enumerate(astuple(cell)[:-1]), 2))


def covering(cells: list[GridCell]) -> list[GridCell]:
    """Few cells in which all pairs that occur in any cell occur; greedily, the same every time."""
    drawn = random.Random(1)
    missing = set().union(*(pairs_of(cell) for cell in cells))
    chosen: list[GridCell] = []
    while missing:
        wanted = min(missing, key=repr)
        able = [cell for cell in cells if wanted in pairs_of(cell)]
        tried = drawn.sample(able, min(TRIES, len(able)))
        chosen.append(max(tried, key=lambda cell: len(pairs_of(cell) & missing)))
        missing -= pairs_of(chosen[-1])
    return chosen


def _cells() -> list[GridCell]:
    return covering(
        [
            cell
            for cell in all_cells()
            if cell.pace_s * cell.reps <= LONGEST_SET_S
            and cell.pace_s not in BETWEEN_PACES_S
            and cell.tilt_deg not in BETWEEN_TILTS_DEG
            and cell.reps not in BETWEEN_REPS
        ]
    )


@pytest.mark.parametrize("cell", _cells(), ids=name_of)
def test_counts_exactly(cell: GridCell) -> None:
    assert counts(cell.made().recording) == [cell.reps]


def test_counts_twenty_repetitions_of_twenty_seconds() -> None:
    cell = GridCell(20.0, Hold.END_5_S, 25.0, Grade.GOOD, 50.0, reps=20, seed=1)
    assert counts(cell.made().recording) == [20]
