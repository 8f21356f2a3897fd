"""Packages that measure tremor, each asked in an environment of its own, as `foreign` does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.peers import foreign
from benchmarks.peers.foreign import Package
from sensors.samples import FloatArray

SCRIPT = Path(__file__).with_name("foreign_tremor.py")
LOOKING_S = 1800.0


@dataclass(frozen=True, slots=True)
class Way:
    """How a package is asked. has_decision: it says itself whether there is tremor."""

    way: str
    title: str
    package: Package
    needs_gyroscope: bool = False
    has_decision: bool = False


WAYS = (
    Way(
        "resting-tremor",
        "ParaDigMa, tremor at rest",
        Package("paradigma", "paradigma>=1.1,<2"),
        needs_gyroscope=True,
        has_decision=True,
    ),
    Way("band-power", "neurokit2, signal_power", Package("neurokit2", "neurokit2>=0.2,<1")),
    Way("dominant", "scikit-digital-health, DominantFrequencyValue", foreign.SKDH),
    Way("freeze", "freeze-index, multitaper", Package("freeze-index", "freeze-index>=1,<2")),
)


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """A piece of movement. gyro_dps: None where there was no gyroscope."""

    acc_ms2: FloatArray
    gyro_dps: FloatArray | None
    rate_hz: float


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Of each window of a motion, (k,): measure, pitch, amplitude; NaN where none is told."""

    measure: FloatArray
    freq_hz: FloatArray
    amp: FloatArray
    processor_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a package said of each motion, or why it said nothing."""

    said: tuple[Said, ...] = ()
    version: str = ""
    refused: str = ""


def ask(way: Way, motions: Sequence[Motion]) -> Answer:
    """Ask a package about motions; those without a gyroscope only if it needs none."""
    environment = foreign.ENVIRONMENT.with_name(f"{foreign.ENVIRONMENT.name}-{way.package.name}")
    refused = foreign.installed(way.package, environment)
    if refused:
        return Answer(refused=f"not installed: {refused}")
    with TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "asked.npz", Path(folder) / "answered.npz"
        _write(asked, motions)
        arguments = ("-P", str(SCRIPT), way.way, str(asked), str(answered))
        failure = foreign.run(arguments, environment, LOOKING_S)
        return Answer(refused=f"failed: {failure}") if failure else _read(answered)


def _write(path: Path, motions: Sequence[Motion]) -> None:
    lengths = [len(each.acc_ms2) for each in motions]
    gyros = [
        np.full_like(each.acc_ms2, np.nan) if each.gyro_dps is None else each.gyro_dps
        for each in motions
    ]
    np.savez(
        path,
        acc_ms2=np.concatenate([each.acc_ms2 for each in motions]),
        gyro_dps=np.concatenate(gyros),
        edges=np.cumsum([0, *lengths]),
        rate_hz=[each.rate_hz for each in motions],
    )


def _read(path: Path) -> Answer:
    with np.load(path) as answered:
        pieces = np.split(answered["told"], answered["edges"][1:-1])
        said = tuple(
            Said(*piece.T, processor_s=float(spent_s))
            for piece, spent_s in zip(pieces, answered["processor_s"], strict=True)
        )
        return Answer(said, str(answered["version"]))
