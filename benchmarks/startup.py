"""Part `startup`: what a short command takes from the prompt to the answer."""

import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.options import Options
from benchmarks.processes import COMMAND, Run, run
from benchmarks.progress import steps
from benchmarks.tables import AIM_COLUMNS, Table, aim_row, at_most
from sensors.recording import write_recording
from sensors.synthetic import synthesize

HELP = "steadyrep --help"
HELP_AIM_S = at_most(0.5, " s")
RUNS_A_ROUND = 2


def measure(options: Options) -> list[Table]:
    """Time whole processes, file cache warm."""
    with TemporaryDirectory() as folder:
        recording = synthesize().recording
        path = Path(folder) / "set.csv.gz"
        write_recording(path, recording)
        commands = {
            "an empty Python program": (sys.executable, "-c", "pass"),
            HELP: (str(COMMAND), "--help"),
            f"steadyrep analyze --json, {recording.duration_s:.0f} s of signal": (
                str(COMMAND), "analyze", "--json", str(path),
            ),
        }  # fmt: skip
        runs = _runs(commands, options.rounds * RUNS_A_ROUND)
    return [_table(runs), _aims(runs)]


def _runs(commands: dict[str, tuple[str, ...]], times: int) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    with steps("startup", len(commands) * (times + 1)) as step:
        for number in range(times + 1):
            for name, command in commands.items():
                done = run(*command)
                if number > 0:  # The first one fills the file cache.
                    runs[name].append(done)
                step()
    return runs


def _table(runs: dict[str, list[Run]]) -> Table:
    return Table(
        "Whole processes",
        """The whole process, from start to end, with the files in the cache: median and longest
time, and the most memory that was resident.""",
        ("command", "median, s", "longest, s", "peak memory, MB"),
        tuple(
            (
                name,
                round(_median_s(each), 3),
                round(max(run.wall_s for run in each), 3),
                round(max(run.peak_bytes for run in each) / 1e6, 1),
            )
            for name, each in runs.items()
        ),
    )


def _aims(runs: dict[str, list[Run]]) -> Table:
    median_s = round(_median_s(runs[HELP]), 3)
    return Table(
        "Start-up beside its aim",
        "A command that only tells what it can do must feel immediate.",
        AIM_COLUMNS,
        (aim_row(f"{HELP}, median", median_s, HELP_AIM_S),),
    )


def _median_s(runs: list[Run]) -> float:
    return statistics.median(run.wall_s for run in runs)
