"""Recordings as files: a CSV of samples and, beside it, a JSON of what is known of them.

    bridge.csv.gz   t_s,ax_ms2,ay_ms2,az_ms2     (seconds; m/s², gravity included)
    bridge.json     {"rate_hz": 200, "placement": "thigh", "side": "left", …}

Nothing is repaired silently: what cannot be a measurement is refused with its line, and what was
dropped is flagged. A forward jump of time stays in `t_s` and is a gap to whoever reads on.
"""

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import numpy as np

from sensors.errors import InvalidRecording
from sensors.sample_table import ColumnNames, read_table
from sensors.samples import MAX_ACC_MS2, STANDARD_GRAVITY_MS2, FloatArray, SampleBlock
from sensors.sidecar import (
    MAX_RATE_HZ,
    MIN_RATE_HZ,
    RecordingInfo,
    check_sidecar_free,
    read_sidecar,
    sidecar_path,
    write_sidecar,
)

UNIT_TOLERANCE = 0.25
"""A median of |a| this near to 1 g in another unit shows that the file is in that unit: 0.81-1.05 g
over 130 public recordings of exercise, gym, gait and tremor, each median over the whole file."""

GAP_INTERVALS = 3.0
"""An interval above this many medians is a gap and says nothing of the rate."""
BURST_S = 0.25
"""Radios that deliver in bursts pause at most this long in between (BLE: 4-8 packets a second)."""
BURST_RATIO = 1.5
"""Where counting pauses up to BURST_S slows the rate by more than this, samples came in bursts."""
ROWS_AT_ONCE = 10_000
"""So many lines are laid out in memory at a time: half a megabyte."""
STATED_RATE_FACTOR = 2.1
"""A stated rate further than this from what `t_s` shows is wrong: half and double are borne, as
stamps rounded to 10 ms show 100 Hz of a sensor of 200 Hz, and a little more for their jitter."""
TOO_SHORT_S = 2.0
"""No repetition can be told in less: it takes neighbours, and the fastest take 0.6 s each."""


class RecordingFlag(StrEnum):
    """What the file had that makes its results less certain."""

    REPEATED_TIMES = "repeated_times"
    TOO_SHORT = "too_short"


class Unit(StrEnum):
    """The unit of the axes in a file."""

    MS2 = "ms2"
    G = "g"
    MG = "mg"


UNIT_MS2 = {Unit.MS2: 1.0, Unit.G: STANDARD_GRAVITY_MS2, Unit.MG: STANDARD_GRAVITY_MS2 / 1000}


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Samples and what is known of them.

    t_s: (n,) seconds, strictly increasing; acc_ms2: (n, 3), gravity included; both not writeable.
    rate_hz: the sensor's nominal rate where known, else estimated from `t_s`.
    Raises InvalidSamples where a SampleBlock would.
    """

    t_s: FloatArray
    acc_ms2: FloatArray
    rate_hz: float
    info: RecordingInfo = RecordingInfo()
    flags: tuple[RecordingFlag, ...] = ()

    def __post_init__(self) -> None:
        block = SampleBlock(self.t_s, self.acc_ms2, self.rate_hz)
        object.__setattr__(self, "t_s", block.t_s)
        object.__setattr__(self, "acc_ms2", block.acc_ms2)
        object.__setattr__(self, "rate_hz", block.rate_hz)

    def __len__(self) -> int:
        return len(self.t_s)

    @property
    def duration_s(self) -> float:
        """From the first sample to the last."""
        return float(self.t_s[-1] - self.t_s[0]) if len(self) else 0.0

    def blocks(self, block_s: float) -> Iterator[SampleBlock]:
        """The samples in blocks of `block_s` seconds, counted from the first; empty ones left out.

        Nothing is copied.
        """
        if not block_s > 0:
            raise ValueError(f"block_s must be positive, got {block_s}")
        if len(self) == 0:
            return
        # The tolerance keeps 0.3 / 0.1 = 2.9999… in the block where it belongs.
        number = np.floor((self.t_s - self.t_s[0]) / block_s + 1e-9)
        edges = np.flatnonzero(np.diff(number)) + 1
        for begin, end in zip((0, *edges), (*edges, len(self)), strict=True):
            yield SampleBlock(self.t_s[begin:end], self.acc_ms2[begin:end], self.rate_hz)


def read_recording(
    path: Path, columns: ColumnNames | None = None, unit: Unit = Unit.MS2
) -> Recording:
    """Read a CSV or CSV.gz and the sidecar beside it, if there is one.

    columns: the header's names where they are foreign; unit: the unit of the axes in the file.
    Raises InvalidRecording with file, line and remedy in one line.
    """
    info = read_sidecar(path)
    rows = read_table(path, columns or ColumnNames(), MAX_ACC_MS2 / UNIT_MS2[unit])
    return recording_of(path, rows, info, unit)


def recording_of(
    path: Path, rows: FloatArray, info: RecordingInfo, unit: Unit = Unit.MS2
) -> Recording:
    """The recording of rows that were read from a file, (n, 4): seconds, and three axes in unit.

    Raises InvalidRecording where time goes back, or unit or rate cannot be.
    """
    scale = UNIT_MS2[unit]
    _check_rows(path, rows, scale)
    _check_unit(path, rows[:, 1:], unit)
    is_new = np.concatenate(([True], rows[1:, 0] > rows[:-1, 0]))
    flags = []
    if not is_new.all():
        rows = rows[is_new]
        flags.append(RecordingFlag.REPEATED_TIMES)
    t_s, acc_ms2 = rows[:, 0].copy(), rows[:, 1:] * scale
    if t_s[-1] - t_s[0] < TOO_SHORT_S:
        flags.append(RecordingFlag.TOO_SHORT)
    t_s.flags.writeable = acc_ms2.flags.writeable = False
    return Recording(t_s, acc_ms2, _rate_of(path, t_s, info.rate_hz), info, tuple(flags))


def write_recording(path: Path, recording: Recording) -> None:
    """Write a CSV, or a CSV.gz where the name ends so, and its sidecar.

    Times keep a microsecond and values 1 µm/s². The same recording always gives the same bytes.
    Raises InvalidRecording, before anything is written, if the name of the sidecar is taken.
    """
    check_sidecar_free(path)
    with path.open("wb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile(
                filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0
            ) as packed:
                _write_rows(packed, recording)
        else:
            _write_rows(raw, recording)
    write_sidecar(path, recording.info)


def csv_rows(t_s: FloatArray, acc_ms2: FloatArray) -> bytes:
    """Samples as the lines of a recording, without the header: (n,) seconds, (n, 3) m/s²."""
    text = io.BytesIO()
    np.savetxt(text, np.column_stack((t_s, acc_ms2)), fmt="%.6f", delimiter=",")
    return text.getvalue()


def csv_header() -> bytes:
    """The first line of a recording."""
    return (",".join(ColumnNames().in_order()) + "\n").encode()


def estimate_rate_hz(t_s: FloatArray) -> float | None:
    """The sampling rate that time stamps show; None for fewer than two.

    t_s: (n,) strictly increasing. The mean over intervals that are no gaps: stamps rounded to 10 ms
    have a useless median but a right mean, and a pause must not slow the rest.
    """
    if len(t_s) < 2:
        return None
    interval_s = np.diff(t_s)
    gap_s = GAP_INTERVALS * float(np.median(interval_s))
    steady_s = float(interval_s[interval_s <= gap_s].mean())
    bursty_s = float(interval_s[interval_s <= max(gap_s, BURST_S)].mean())
    return 1.0 / (bursty_s if bursty_s > BURST_RATIO * steady_s else steady_s)


def _check_rows(path: Path, rows: FloatArray, scale: float) -> None:
    back = np.flatnonzero(rows[1:, 0] < rows[:-1, 0])
    if len(back):
        n = int(back[0])
        problem = f"time goes back from {rows[n, 0]:.6f} s to {rows[n + 1, 0]:.6f} s"
        raise InvalidRecording(path, f"{problem}: sort the lines, or split the file there")
    most = float(np.abs(rows[:, 1:]).max())
    if most * scale > MAX_ACC_MS2:
        problem = f"{most:g} is more than any body-worn sensor measures: check the unit"
        raise InvalidRecording(path, problem)


def _rate_of(path: Path, t_s: FloatArray, stated_hz: float | None) -> float:
    """The stated rate, where `t_s` does not contradict it, else the one that `t_s` shows."""
    shown_hz = estimate_rate_hz(t_s)
    if stated_hz is not None:
        if shown_hz is not None:
            _check_stated_rate(sidecar_path(path), stated_hz, shown_hz)
        return stated_hz
    if shown_hz is None:
        problem = f"a single sample has no rate: give rate_hz in {sidecar_path(path).name}"
        raise InvalidRecording(path, problem)
    if not MIN_RATE_HZ <= shown_hz <= MAX_RATE_HZ:
        problem = f"{shown_hz:.3g} samples a second: is the time in seconds? t_s must be"
        raise InvalidRecording(path, problem)
    return shown_hz


def _check_stated_rate(sidecar: Path, stated_hz: float, shown_hz: float) -> None:
    if not 1 / STATED_RATE_FACTOR <= shown_hz / stated_hz <= STATED_RATE_FACTOR:
        problem = (
            f"rate_hz is {stated_hz:g}, but t_s shows {shown_hz:.3g} samples a second: correct "
            "rate_hz or leave it out, and give t_s in seconds"
        )
        raise InvalidRecording(sidecar, problem)


def _check_unit(path: Path, acc: FloatArray, unit: Unit) -> None:
    """Refuse a file whose gravity shows that it is in another unit."""
    magnitude = float(np.median(np.sqrt(np.einsum("ij,ij->i", acc, acc))))
    for other, scale in UNIT_MS2.items():
        likeness = magnitude * scale / STANDARD_GRAVITY_MS2
        if other is not unit and abs(likeness - 1.0) < UNIT_TOLERANCE:
            problem = (
                f"the median of |a| is {magnitude:.3g}, so the values look like {other} and not "
                f"{unit}: convert them, or read them with --units {other}"
            )
            raise InvalidRecording(path, problem)


def _write_rows(file: BinaryIO | gzip.GzipFile, recording: Recording) -> None:
    file.write(csv_header())
    for begin in range(0, len(recording), ROWS_AT_ONCE):
        part = slice(begin, begin + ROWS_AT_ONCE)
        file.write(csv_rows(recording.t_s[part], recording.acc_ms2[part]))
