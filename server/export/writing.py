"""Writing an export: tables with their dictionary and the signal, or the forms others ask for."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from sensors.recording import Recording as SignalFile
from sensors.recording import write_recording
from sensors.sidecar import RecordingInfo
from server.export import parquet
from server.export.fhir.bundle import bundle_of
from server.export.fhir.json_text import json_text
from server.export.fit.activity import messages_of, visits
from server.export.fit.encoding import encode
from server.export.program_tables import (
    GOOD_SETS,
    OWN_EXERCISES,
    PHASES,
    PROGRAM,
    SHARING,
    WORKOUTS,
)
from server.export.records import Records, records_of
from server.export.tables import (
    REPORTS,
    REPS,
    SETS,
    WINDOWS,
    Row,
    Table,
    Value,
)
from server.store import recordings
from server.store.people import Person
from server.store.recordings import Recording

SIGNAL = "signal"
SIGNAL_MEANING = "What the sensors sent, in Steadyrep's recording format."
DICTIONARY = "dictionary.csv"
FHIR = "bundle.fhir.json"
FIT = "fit"
PARQUET = "parquet"
DIGITS = 6
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How text begins that a spreadsheet would run as a formula; it is written with a ' before it."""


TABLES: tuple[Table[Any], ...] = (
    SETS,
    REPS,
    WINDOWS,
    PHASES,
    REPORTS,
    PROGRAM,
    OWN_EXERCISES,
    WORKOUTS,
    GOOD_SETS,
    SHARING,
)
"""All of them, in the order of the dictionary."""


class Form(StrEnum):
    """In which form an export is written; several may stand in one folder."""

    CSV = "csv"
    FHIR = "fhir"
    FIT = "fit"
    PARQUET = "parquet"


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
    forms: frozenset[Form],
    now: datetime,
    on_progress: Callable[[float], None],
) -> Exported:
    """Write what is kept of a patient to a new folder, which only its owner can read.

    now: when it is written. on_progress: told the share that is done, 0 to 1. Raises OSError, and
    NoArrow before anything is written.
    """
    if Form.PARQUET in forms:
        parquet.require_arrow()
    _make(folder)
    records = await records_of(connection, person)
    if Form.FHIR in forms:
        _write_fhir(folder, records, now)
    if Form.FIT in forms:
        _write_fit(folder / FIT, records)
    if Form.CSV in forms:
        _write_tables(folder, records)
        await _write_signals(connection, records.recordings, folder / SIGNAL, on_progress)
    if Form.PARQUET in forms:
        await _write_parquet(connection, folder / PARQUET, records, on_progress)
    return Exported(
        len(records.sets),
        len(records.reps),
        len(records.windows),
        len(records.reports),
        len(records.recordings),
    )


def _write_fhir(folder: Path, records: Records, now: datetime) -> None:
    with (folder / FHIR).open("x", encoding="utf-8") as file:
        file.write(json_text(bundle_of(records, now)))


def _write_fit(folder: Path, records: Records) -> None:
    """A file a visit; no two begin in the same second."""
    _make(folder)
    for visit in visits(records.sets):
        name = f"{visit[0].local_start:%Y-%m-%d-%H%M%S}.fit"
        with (folder / name).open("xb") as file:
            file.write(encode(messages_of(visit, records.catalogue)))


def _write_tables(folder: Path, records: Records) -> None:
    for table, rows in _rows(records):
        _write(folder, table, rows)
    _write_dictionary(folder)


def _rows(records: Records) -> Iterator[tuple[Table[Any], Sequence[object]]]:
    """Each table with what stands in it."""
    yield SETS, records.sets
    yield REPS, records.reps
    yield WINDOWS, records.windows
    yield PHASES, records.phases
    yield REPORTS, records.reports
    yield PROGRAM, records.prescribed
    yield OWN_EXERCISES, tuple(records.catalogue.own.values())
    yield WORKOUTS, records.workouts
    yield GOOD_SETS, records.good_sets
    yield SHARING, records.sharing


async def _write_parquet(
    connection: AsyncConnection,
    folder: Path,
    records: Records,
    on_progress: Callable[[float], None],
) -> None:
    _make(folder)
    for table, rows in _rows(records):
        parquet.write_table(folder, table, rows)
    parquet.write_table(folder, parquet.RECORDINGS, records.recordings)
    parquet.write_dictionary(folder, (*TABLES, parquet.RECORDINGS))
    _make(folder / SIGNAL)
    for number, one in enumerate(records.recordings, start=1):
        stored = recordings.chunks_from(connection, one.id, 0)
        await parquet.write_signal(folder / SIGNAL, one, (chunk.block async for chunk in stored))
        on_progress(number / len(records.recordings))


async def _write_signals(
    connection: AsyncConnection,
    found: Sequence[Recording],
    folder: Path,
    on_progress: Callable[[float], None],
) -> None:
    _make(folder)
    for number, one in enumerate(found, start=1):
        await _write_signal(connection, one, folder)
        on_progress(number / len(found))


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
