"""`python -m benchmarks`: measure, keep the results, write docs/BENCHMARKS.md."""

import argparse
import os
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.options import ONE_THREAD, RECORDINGS, Options

MODULES = {
    "headline": "benchmarks.headline",
    "score": "benchmarks.score",
    "grid": "benchmarks.synthetic_grid",
    "peers": "benchmarks.peer_score",
    "tremor-peers": "benchmarks.tremor_peers",
    "trend": "benchmarks.trend_power",
    "speed": "benchmarks.speed",
    "stream": "benchmarks.stream",
    "memory": "benchmarks.memory",
    "startup": "benchmarks.startup",
    "devices": "benchmarks.device_figures",
    "faults": "benchmarks.fault_schedules",
    "load": "benchmarks.server_load",
    "power-cut": "benchmarks.power_cut",
    "long": "benchmarks.long_recording",
}


def main() -> None:
    """Run the parts that are asked for; each is kept as soon as it is done."""
    asked = _arguments()
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    options = Options(
        recordings=asked.recordings,
        rounds=asked.rounds,
        stream_hours=asked.stream_hours,
        grid_cells=asked.grid_cells,
        everyday_hours=asked.everyday_hours,
        patients=asked.patients,
        kills=asked.kills,
        fuzz=asked.fuzz,
        schedules=asked.schedules,
    )
    for part in _parts(asked):
        _measure(part, options, asked)
        print(f"{part}: kept")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        nargs="+",
        choices=tuple(MODULES),
        metavar="PART",
        help=f"only these parts: {', '.join(MODULES)}; the others are kept",
    )
    parser.add_argument(
        "--recordings",
        type=Path,
        default=RECORDINGS,
        metavar="DIR",
        help="annotated recordings, a folder with manifest.jsonl",
    )
    parser.add_argument("--rounds", type=int, default=5, help="repetitions of each timing")
    parser.add_argument(
        "--stream-hours", type=float, default=12.0, metavar="H", help="length of the long stream"
    )
    parser.add_argument(
        "--grid-cells", type=int, default=1000, metavar="N", help="cells of the synthetic grid"
    )
    parser.add_argument(
        "--everyday-hours", type=float, default=6.0, metavar="H", help="of synthetic everyday life"
    )
    parser.add_argument(
        "--patients", type=int, default=3000, metavar="N", help="simulated patients of each kind"
    )
    parser.add_argument("--kills", type=int, default=100, metavar="N", help="kills of a server")
    parser.add_argument(
        "--schedules", type=int, default=200, metavar="N", help="random schedules of faults"
    )
    parser.add_argument(
        "--fuzz", type=int, default=1_000_000, metavar="N", help="payloads thrown at decoders"
    )
    parser.add_argument("--long", action="store_true", help="also the part `long`")
    return parser.parse_args()  # fmt: skip


def _parts(asked: argparse.Namespace) -> list[str]:
    if asked.only:
        return [part for part in MODULES if part in asked.only]
    return [part for part in MODULES if part != "long" or asked.long]


def _measure(part: str, options: Options, asked: argparse.Namespace) -> None:
    from benchmarks.document import Section, read_sections, write_sections
    from benchmarks.machine import this_machine
    from detection import ALGORITHM_VERSION

    tables = import_module(MODULES[part]).measure(options)
    section = Section(
        date=datetime.now(UTC).date().isoformat(),
        command=_command(part, asked),
        algorithm=ALGORITHM_VERSION,
        machine=this_machine(),
        tables=tuple(tables),
    )
    write_sections(read_sections() | {part: section})


def _command(part: str, asked: argparse.Namespace) -> str:
    """The command that measures this part again; where recordings lie is each machine's own."""
    words = ["python -m benchmarks", f"--only {part}"]
    if part in ("speed", "startup"):
        words.append(f"--rounds {asked.rounds}")
    if part == "grid":
        words.append(f"--grid-cells {asked.grid_cells} --everyday-hours {asked.everyday_hours:g}")
    if part == "trend":
        words.append(f"--patients {asked.patients}")
    if part == "devices":
        words.append(f"--fuzz {asked.fuzz}")
    if part == "faults":
        words.append(f"--schedules {asked.schedules}")
    if part == "load":
        words.append(f"--kills {asked.kills}")
    if part == "stream":
        words.append(f"--stream-hours {asked.stream_hours:g}")
    return " ".join(words)


if __name__ == "__main__":
    main()
