"""Part `long`: half a day in one file, read and analysed."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.options import Options
from benchmarks.processes import COMMAND, Run, run
from benchmarks.progress import Step, steps
from benchmarks.session import endless, session
from benchmarks.tables import Cell, Table
from sensors.recording import Recording, write_recording

HOURS = 12.0
RATE_HZ = 100.0
READ = "import sys, pathlib, sensors.recording as r; r.read_recording(pathlib.Path(sys.argv[1]))"


def measure(options: Options) -> list[Table]:
    """Make the file in a temporary folder, read it, analyse it."""
    del options
    with TemporaryDirectory() as folder, steps("long", 3) as step:
        path = Path(folder) / "half-a-day.csv.gz"
        write_recording(path, half_a_day())
        step()
        return [_table(path, _reading(path, step), _analysing(path, step))]


def half_a_day(hours: float = HOURS) -> Recording:
    """The synthetic session again and again."""
    blocks = list(endless(session(RATE_HZ), 60.0, hours * 3600))
    t_s = np.concatenate([block.t_s for block in blocks])
    acc_ms2 = np.concatenate([block.acc_ms2 for block in blocks])
    keep = t_s < hours * 3600
    return Recording(t_s[keep], acc_ms2[keep], RATE_HZ)


def _reading(path: Path, step: Step) -> Run:
    done = run(sys.executable, "-c", READ, str(path))
    step()
    return done


def _analysing(path: Path, step: Step) -> Run:
    done = run(str(COMMAND), "analyze", "--json", str(path))
    step()
    return done


def _table(path: Path, reading: Run, analysing: Run) -> Table:
    size_mb = path.stat().st_size / 1e6
    return Table(
        f"{HOURS:g} h at {RATE_HZ:g} Hz in one file",
        f"""A CSV.gz of {size_mb:.0f} MB and {HOURS * 3600 * RATE_HZ / 1e6:.2f} million lines, made
from the synthetic session; whole processes. Hours a minute: of signal, in a minute of waiting.""",
        ("what", "time, s", "of the processor, s", "hours a minute", "peak memory, MB"),
        (
            _row("reading alone", reading),
            _row("steadyrep analyze --json", analysing),
        ),
    )


def _row(what: str, done: Run) -> tuple[Cell, ...]:
    return (
        what,
        round(done.wall_s, 1),
        round(done.processor_s, 1),
        round(HOURS * 60 / done.wall_s, 1),
        round(done.peak_bytes / 1e6),
    )
