"""Packages that are no dependency of the project, asked in an environment of their own.

The environment is made in `.bench-venv` beside the Makefile, once; signals go there and counts
come back as .npz files. A package that cannot be installed or fails is a row that says why.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from venv import EnvBuilder

import numpy as np

from benchmarks.options import ONE_THREAD, PROJECT
from benchmarks.peers import autocorrelation
from benchmarks.peers.movement import first_component, low_passed
from sensors.samples import FloatArray

ENVIRONMENT = PROJECT / ".bench-venv"
SCRIPT = Path(__file__).with_name("foreign_counts.py")
INSTALLING_S = 600.0
COUNTING_S = 1800.0
"""Some hundred sets take a minute or two; a package that takes this long does not answer."""
MATCHED_RATE_HZ = 25.0
"""A matrix profile costs the square of the length; 25 Hz holds what passes 3 Hz many times over."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it is installed, by its name among packages and what is wanted of it."""

    name: str
    wanted: str


SKDH = Package("scikit-digital-health", "scikit-digital-health>=0.17,<0.18")
STUMPY = Package("stumpy", "stumpy>=1.14,<2")


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """What is counted in. values: (n, axes). period_s: as the autocorrelation has it."""

    values: FloatArray
    rate_hz: float
    period_s: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """For each signal the count, None where the package failed on it, and the processor's seconds;
    or why there are none at all."""

    counts: tuple[int | None, ...] = ()
    processor_s: tuple[float, ...] = ()
    version: str = ""
    refused: str = ""


def acceleration(acc_ms2: FloatArray, rate_hz: float) -> Signal:
    """All three axes, as they are."""
    return Signal(acc_ms2, rate_hz)


def component(acc_ms2: FloatArray, rate_hz: float) -> Signal:
    """The first principal component, slow enough to be matched, and its period."""
    smooth_ms2 = low_passed(acc_ms2, rate_hz, autocorrelation.CUTOFF_HZ)
    step = max(1, round(rate_hz / MATCHED_RATE_HZ))
    slow = first_component(smooth_ms2)[::step, np.newaxis]
    return Signal(slow, rate_hz / step, autocorrelation.period_s(acc_ms2, rate_hz))


def counts(
    package: Package, way: str, signals: Sequence[Signal], environment: Path = ENVIRONMENT
) -> Answer:
    """Count in each signal in one way that `foreign_counts.py` knows."""
    refused = installed(package, environment)
    if refused:
        return Answer(refused=f"not installed: {refused}")
    with TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "asked.npz", Path(folder) / "answered.npz"
        _write(asked, signals)
        failure = run(("-P", str(SCRIPT), way, str(asked), str(answered)), environment, COUNTING_S)
        return Answer(refused=f"failed: {failure}") if failure else _read(answered)


def installed(package: Package, environment: Path) -> str:
    """Install a package where it is not yet; return why not, or nothing."""
    if not _python(environment).is_file():
        try:
            EnvBuilder(with_pip=True, clear=environment.exists()).create(environment)
        except (OSError, subprocess.CalledProcessError) as error:
            return f"no environment: {error}"
    known = ("-c", f"import importlib.metadata as m; m.version({json.dumps(package.name)})")
    if not run(known, environment, INSTALLING_S):
        return ""
    # Wheels only: what needs a compiler would fail after minutes, and less clearly.
    wanted = ("-m", "pip", "install", "--quiet", "--only-binary", ":all:", package.wanted)
    return run(wanted, environment, INSTALLING_S)


def _python(environment: Path) -> Path:
    folder = "Scripts" if os.name == "nt" else "bin"
    return environment / folder / "python"


def run(arguments: Sequence[str], environment: Path, most_s: float) -> str:
    """Run the environment's Python; return the last line of its error, or nothing."""
    env = os.environ | dict.fromkeys((*ONE_THREAD, "NUMBA_NUM_THREADS"), "1")
    command = (str(_python(environment)), *arguments)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=most_s, env=env
        )
    except subprocess.TimeoutExpired:
        return f"took longer than {most_s:g} s"
    if done.returncode == 0:
        return ""
    said = [line.strip() for line in done.stderr.splitlines() if "error" in line.lower()]
    return said[-1] if said else f"{Path(sys.executable).name} ended with {done.returncode}"


def _write(path: Path, signals: Sequence[Signal]) -> None:
    lengths = [len(each.values) for each in signals]
    periods = [np.nan if each.period_s is None else each.period_s for each in signals]
    np.savez(
        path,
        values=np.concatenate([each.values for each in signals]),
        edges=np.cumsum([0, *lengths]),
        rate_hz=[each.rate_hz for each in signals],
        period_s=periods,
    )


def _read(path: Path) -> Answer:
    with np.load(path) as answered:
        told = answered["counts"]
        return Answer(
            counts=tuple(None if np.isnan(each) else int(each) for each in told),
            processor_s=tuple(answered["processor_s"].tolist()),
            version=str(answered["version"]),
        )
