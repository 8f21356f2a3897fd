"""`python -m benchmarks.check`: fail where a headline figure has fallen below the recorded one.

Recorded is what docs/benchmarks.json holds. A figure that was never recorded cannot fall: that is
said and passes. With `--recordings DIR` the counting of annotated recordings is compared as well.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.options import ONE_THREAD, RECORDINGS, Options

if TYPE_CHECKING:
    from benchmarks.tables import Table


def main() -> None:
    """Measure, compare, say so; exit code 1 where a figure has fallen."""
    asked = _arguments()
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    fallen, untold = _headline()
    if asked.recordings is not None:
        more_fallen, more_untold = _score(asked.recordings)
        fallen, untold = fallen + more_fallen, untold + more_untold
    sys.exit(verdict(untold, fallen))


def verdict(untold: Sequence[str], fallen: Sequence[str]) -> int:
    """Say what was found, and return the exit code: 1 where a figure has fallen."""
    for sentence in untold:
        print(f"passes: {sentence}.")
    for sentence in fallen:
        print(f"FALLEN: {sentence}.")
    if fallen:
        return 1
    print("No headline figure has fallen below its recorded value.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check", description=__doc__)
    parser.add_argument(
        "--recordings",
        type=Path,
        metavar="DIR",
        help=f"compare the score of annotated recordings too, such as {RECORDINGS.name}/",
    )
    return parser.parse_args()


def _headline() -> tuple[list[str], list[str]]:
    from benchmarks import headline
    from benchmarks.guard import compare
    from benchmarks.tables import markdown

    tables = headline.measure(Options())
    print("\n".join(markdown(table) for table in tables))
    recorded = headline.figures_of(_recorded("headline"))
    return compare(headline.FIGURES, recorded, headline.figures_of(tables))


def _score(recordings: Path) -> tuple[list[str], list[str]]:
    from benchmarks import score, score_guard
    from benchmarks.guard import compare

    tables = score.measure(Options(recordings=recordings))
    recorded = score_guard.figures_of(_recorded("score"))
    return compare(score_guard.FIGURES, recorded, score_guard.figures_of(tables))


def _recorded(part: str) -> Sequence["Table"]:
    from benchmarks.document import read_sections

    section = read_sections().get(part)
    return section.tables if section is not None else ()


if __name__ == "__main__":
    main()
