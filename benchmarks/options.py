"""What is asked of a run."""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
RECORDINGS = PROJECT.parent / "shared" / "recordings"
"""Annotated recordings are not part of the project; this is where they are looked for."""


@dataclass(frozen=True, slots=True)
class Options:
    """recordings: folder with manifest.jsonl. rounds: repetitions of each timing, of which the
    median counts. stream_hours: length of the long stream."""

    recordings: Path = RECORDINGS
    rounds: int = 5
    stream_hours: float = 2.0
