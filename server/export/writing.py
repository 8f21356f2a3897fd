"""Writing an export: tables, the dictionary of their columns, and the signal."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from sensors.recording import Recording as SignalFile
from sensors.recording import write_recording
from sensors.sidecar import RecordingInfo
from server.export.program_tables import PHASES, PROGRAM, WORKOUTS, Prescribed, SetPhase
from server.export.tables import (
    REPORTS,
    REPS,
    SETS,
    WINDOWS,
    Row,
    SetRep,
    SetWindow,
    Table,
    Value,
)
from server.store import programs, recordings, reports, sets, shaking, workouts
from server.store.people import Person
from server.store.recordings import Recording
from server.store.sets import StoredSet

MOST = 1_000_000
"""Sets and reports: more than a lifetime has."""
SIGNAL = "signal"
SIGNAL_MEANING = "What the sensors sent, in Steadyrep's recording format."
DICTIONARY = "dictionary.csv"
DIGITS = 6
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How text begins that a spreadsheet would run as a formula; it is written with a ' before it."""


TABLES: tuple[Table[Any], ...] = (SETS, REPS, WINDOWS, PHASES, REPORTS, PROGRAM, WORKOUTS)
"""All of them, in the order of the dictionary."""


@dataclass(frozen=True, slots=True)
class Exported:
    """How much there was."""

    sets: int
    repetitions: int
    windows: int
    reports: int
    recordings: int


async def export(
    connection: AsyncConnection,
    person: Person,
    folder: Path,
    on_progress: Callable[[float], None],
) -> Exported:
    """Write all that is kept of a patient to a new folder, which only its owner can read.

    on_progress: told the share that is done, 0 to 1. Raises OSError.
    """
    _make(folder)
    found = await sets.of_patient(connection, person.id, limit=MOST)
    said = await reports.of_patient(connection, person.id, limit=MOST)
    reps = [
        SetRep(one, number, rep)
        for one in found
        for number, rep in enumerate(await sets.reps_of(connection, one.id), start=1)
    ]
    windows = [
        SetWindow(one, window)
        for one in found
        for window in await shaking.windows_of(connection, one.id)
    ]
    signals = await recordings.of_patient(connection, person.id)
    _write(folder, SETS, found)
    _write(folder, REPS, reps)
    _write(folder, WINDOWS, windows)
    _write(folder, REPORTS, said)
    await _write_programs(connection, person, found, folder)
    _write_dictionary(folder)
    _make(folder / SIGNAL)
    for number, one in enumerate(signals, start=1):
        await _write_signal(connection, one, folder / SIGNAL)
        on_progress(number / len(signals))
    return Exported(len(found), len(reps), len(windows), len(said), len(signals))


async def _write_programs(
    connection: AsyncConnection, person: Person, found: Sequence[StoredSet], folder: Path
) -> None:
    versions = await programs.versions(connection, person.id)
    _write(
        folder,
        PROGRAM,
        [Prescribed(version, one) for version in versions for one in version.prescriptions],
    )
    _write(folder, WORKOUTS, await workouts.of_patient(connection, person.id, limit=MOST))
    phases: list[SetPhase] = []
    for one in found:
        known = await shaking.settled_of(connection, one.id)
        if known is not None and known.by_phase is not None:
            phases += [SetPhase(one, phase) for phase in known.by_phase.phases]
    _write(folder, PHASES, phases)


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700)


def _write(folder: Path, table: Table[Row], rows: Iterable[Row]) -> None:
    with (folder / table.file).open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in table.columns)
        for row in rows:
            writer.writerow(_written(column.of(row)) for column in table.columns)


def _write_dictionary(folder: Path) -> None:
    with (folder / DICTIONARY).open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "column", "meaning"))
        for table in TABLES:
            writer.writerow((table.file, "", table.meaning))
            for column in table.columns:
                writer.writerow((table.file, column.name, column.meaning))
        writer.writerow((f"{SIGNAL}/", "", SIGNAL_MEANING))


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


async def _write_signal(connection: AsyncConnection, one: Recording, folder: Path) -> None:
    """A recording file; chunks follow each other, and a hole stays a jump in time."""
    blocks = [chunk.block async for chunk in recordings.chunks_from(connection, one.id, 0)]
    if not blocks:
        return
    info = RecordingInfo(
        rate_hz=one.rate_hz,
        placement=one.placement,
        side=one.side,
        device=one.sensor_name,
        exercise=one.exercise,
        started_at=one.local_start,
    )
    t_s = np.concatenate([block.t_s for block in blocks])
    acc_ms2 = np.concatenate([block.acc_ms2 for block in blocks])
    name = f"{one.local_start:%Y-%m-%d-%H%M%S}-{str(one.id)[:8]}.csv.gz"
    write_recording(folder / name, SignalFile(t_s, acc_ms2, one.rate_hz, info))
