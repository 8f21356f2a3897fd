"""What is asked of a run."""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
RECORDINGS = PROJECT.parent / "shared" / "recordings"
"""Annotated recordings are not part of the project; this is where they are looked for."""
PICTURES = PROJECT / "docs" / "pictures"
ONE_THREAD = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""Set to 1 where speed is said of one core; libraries read them when they are first imported."""


@dataclass(frozen=True, slots=True)
class Options:
    """recordings: folder with manifest.jsonl. rounds: repetitions of each timing, of which the
    median counts. stream_hours: length of the long stream. pictures: folder they are drawn to.
    grid_cells: how many cells of the synthetic grid. everyday_hours: length of synthetic everyday
    life, all kinds together. patients: simulated, of each kind. kills: of a server, one after the
    other. fuzz: payloads thrown at decoders, all together. schedules: of
    faults."""

    recordings: Path = RECORDINGS
    rounds: int = 5
    kills: int = 100
    fuzz: int = 1_000_000
    schedules: int = 200
    stream_hours: float = 12.0
    pictures: Path = PICTURES
    grid_cells: int = 1000
    everyday_hours: float = 6.0
    patients: int = 3000
