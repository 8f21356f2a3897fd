"""An export as Parquet, for archives: the tables with the type of each column, and the signal.

Needs pyarrow (extra `archive`), which is imported where it is used. Figures are written whole, and
the signal as it was received (axes float32, time float64), so that an analysis of the archive
gives the same answer. The meaning of a column stands in its metadata and in dictionary.parquet.
"""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sensors.samples import SampleBlock
from server.export.tables import Column, Kind, Row, Table, Value
from server.store.recordings import Recording

if TYPE_CHECKING:
    import pyarrow as pa

COMPRESSION = "zstd"
SAMPLES_A_GROUP = 131_072
"""Eleven minutes at 200 Hz in memory at once; readers like groups of this size."""
OFFSET = "utc_offset_min"
SIGNAL_MEANINGS = {
    "recording_id": "the recording that it is of",
    "t_s": "seconds on the recording's own timeline; a hole is a jump",
    "x_ms2": "acceleration with gravity, m/s²",
    "y_ms2": "acceleration with gravity, m/s²",
    "z_ms2": "acceleration with gravity, m/s²",
}
RECORDINGS: Table[Recording] = Table(
    "recordings.csv",
    "One row a recording, whose signal is the file in signal/ with its id.",
    (
        Column("recording_id", "names the recording in every file", lambda one: str(one.id)),
        Column("started_at", "the moment of t_s 0", lambda one: one.local_start, Kind.INSTANT),
        Column("rate_hz", "samples a second, as announced", lambda one: one.rate_hz, Kind.NUMBER),
        Column("exercise", "name of the exercise, if it was said", lambda one: one.exercise),
        Column("placement", "where the sensor was worn", lambda one: one.placement),
        Column("side", "on which side", lambda one: one.side),
        Column("sensor", "name of the sensor", lambda one: one.sensor_name),
        Column("sensor_kind", "what kind of sensor it is", lambda one: one.sensor_kind),
        Column("sensor_serial", "its serial number, if it told", lambda one: one.sensor_serial),
    ),
)


class NoArrow(Exception):
    """pyarrow is not installed; says what to do."""

    def __init__(self) -> None:
        super().__init__("Parquet needs pyarrow: pip install 'steadyrep[archive]'")


def require_arrow() -> None:
    """Raise NoArrow where Parquet cannot be written, before anything is."""
    if find_spec("pyarrow") is None:
        raise NoArrow


def write_table(folder: Path, table: Table[Row], rows: Iterable[Row]) -> None:
    """One table as a file; an instant is UTC, with the patient's offset in a column beside it."""
    import pyarrow as pa

    rows = list(rows)
    fields: list[pa.Field] = []
    arrays: list[pa.Array] = []
    for column in table.columns:
        values = [column.of(row) for row in rows]
        fields.append(_field(column.name, _types()[column.kind], column.meaning))
        arrays.append(pa.array([_in_utc(value) for value in values], fields[-1].type))
        if column.kind is Kind.INSTANT:
            beside = f"minutes east of UTC on the patient's clock, for {column.name}"
            fields.append(_field(f"{column.name}_{OFFSET}", pa.int16(), beside))
            arrays.append(pa.array([_offset_min(value) for value in values], pa.int16()))
    schema = pa.schema(fields, metadata={"meaning": table.meaning})
    _write(folder / f"{name_of(table)}.parquet", pa.Table.from_arrays(arrays, schema=schema))


def write_dictionary(folder: Path, tables: Iterable[Table[Any]]) -> None:
    """Every column of every file with its meaning, for readers that show no metadata."""
    import pyarrow as pa

    told = [
        {"file": f"{name_of(table)}.parquet", "column": column.name, "meaning": column.meaning}
        for table in tables
        for column in table.columns
    ]
    told += [
        {"file": "signal/", "column": name, "meaning": meaning}
        for name, meaning in SIGNAL_MEANINGS.items()
    ]
    _write(folder / "dictionary.parquet", pa.Table.from_pylist(told))


async def write_signal(folder: Path, one: Recording, blocks: AsyncIterator[SampleBlock]) -> None:
    """The signal of a recording as a file, group by group; without samples no file."""
    import pyarrow.parquet as pq

    writer = None
    try:
        async for group in _groups(blocks):
            batch = _samples(one, group)
            if writer is None:
                path = folder / f"{one.id}.parquet"
                writer = pq.ParquetWriter(path, batch.schema, compression=COMPRESSION)
            writer.write_table(batch)
    finally:
        if writer is not None:
            writer.close()


def name_of(table: Table[Any]) -> str:
    """A table's name without the ending of its CSV file."""
    return Path(table.file).stem


async def _groups(blocks: AsyncIterator[SampleBlock]) -> AsyncIterator[list[SampleBlock]]:
    group: list[SampleBlock] = []
    samples = 0
    async for block in blocks:
        group.append(block)
        samples += len(block)
        if samples >= SAMPLES_A_GROUP:
            yield group
            group, samples = [], 0
    if group:
        yield group


def _samples(one: Recording, group: list[SampleBlock]) -> "pa.Table":
    import pyarrow as pa

    t_s = np.concatenate([block.t_s for block in group])
    acc_ms2 = np.concatenate([block.acc_ms2 for block in group]).astype(np.float32)
    ids = pa.array([str(one.id)] * len(t_s)).dictionary_encode()
    arrays = [ids, pa.array(t_s), *(pa.array(np.ascontiguousarray(axis)) for axis in acc_ms2.T)]
    fields = [
        _field(name, array.type, meaning)
        for (name, meaning), array in zip(SIGNAL_MEANINGS.items(), arrays, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _types() -> "dict[Kind, pa.DataType]":
    import pyarrow as pa

    return {
        Kind.TEXT: pa.string(),
        Kind.COUNT: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.INSTANT: pa.timestamp("us", tz="UTC"),
    }


def _field(name: str, of: "pa.DataType", meaning: str) -> "pa.Field":
    import pyarrow as pa

    return pa.field(name, of, metadata={"meaning": meaning})


def _in_utc(value: Value) -> Value:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _offset_min(value: Value) -> int | None:
    offset = value.utcoffset() if isinstance(value, datetime) else None
    return None if offset is None else round(offset.total_seconds() / 60)


def _write(path: Path, table: "pa.Table") -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression=COMPRESSION)
