"""`steadyrep export --parquet`: typed tables, and the signal to the last bit."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import Result

from server.export import parquet
from server.export.tables import Kind
from server.export.writing import TABLES
from server.store import recordings
from tests.server.house import REPS as COUNTED
from tests.server.house import STARTED_AT, House
from tests.server.terminal import run

NOTE = "=HYPERLINK(evil), café"
ALL = (*TABLES, parquet.RECORDINGS)


async def exported(house: House, out: Path) -> Result:
    data = house.settings.data_dir
    return await asyncio.to_thread(
        run, "export", house.anna.id, "--out", out, "--parquet", "--data", data
    )


def rows(out: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / "parquet" / f"{name}.parquet").to_pylist()
    return found


async def test_tables_hold_one_patients_records_with_their_types(
    house: House, tmp_path: Path
) -> None:
    for person in (house.anna, house.ben):
        await house.a_set_that_hurts(person, NOTE)
    ran = await exported(house, tmp_path / "a")
    assert ran.exit_code == 0, ran.output
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["parquet"]
    (one,) = rows(tmp_path / "a", "sets")
    assert one["auto_reps"] == COUNTED
    assert one["started_at_utc_offset_min"] == 60
    assert abs(one["started_at"] - STARTED_AT) < timedelta(minutes=1)
    assert one["started_at"].utcoffset() == timedelta(0)
    reps = rows(tmp_path / "a", "repetitions")
    assert [rep["number"] for rep in reps] == [n + 1 for n in range(COUNTED)]
    (said,) = rows(tmp_path / "a", "reports")
    assert (said["pain_nrs"], said["note"]) == (7, NOTE)
    (recording,) = rows(tmp_path / "a", "recordings")
    assert recording["recording_id"] == one["recording_id"]


async def test_the_signal_is_what_was_received(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In several groups, of which none may be lost."""
    monkeypatch.setattr(parquet, "SAMPLES_A_GROUP", 512)
    await house.a_set_that_hurts(house.anna, "")
    await exported(house, tmp_path / "a")
    async with house.services.database.reading() as reading:
        (kept,) = await recordings.of_patient(reading, house.anna.id)
        blocks = [chunk.block async for chunk in recordings.chunks_from(reading, kept.id, 0)]
    path = tmp_path / "a" / "parquet" / "signal" / f"{kept.id}.parquet"
    assert pq.ParquetFile(path).num_row_groups > 1
    table = pq.read_table(path)
    assert set(table["recording_id"].to_pylist()) == {str(kept.id)}
    assert np.array_equal(table["t_s"], np.concatenate([block.t_s for block in blocks]))
    read = np.column_stack([table[f"{axis}_ms2"].to_numpy() for axis in "xyz"])
    assert np.array_equal(
        read.astype(np.float64), np.concatenate([block.acc_ms2 for block in blocks])
    )


async def test_types_are_the_same_where_there_is_nothing(house: House, tmp_path: Path) -> None:
    """So that files of several patients can be read as one."""
    await exported(house, tmp_path / "empty")
    await house.a_set_that_hurts(house.anna, "")
    await exported(house, tmp_path / "full")
    for table in ALL:
        name = f"{parquet.name_of(table)}.parquet"
        empty, full = (
            pq.read_schema(tmp_path / each / "parquet" / name) for each in ("empty", "full")
        )
        assert empty.equals(full, check_metadata=True)
        for column in table.columns:
            assert pa.types.is_timestamp(full.field(column.name).type) is (
                column.kind is Kind.INSTANT
            )


async def test_every_column_has_its_meaning(house: House, tmp_path: Path) -> None:
    await house.a_set_that_hurts(house.anna, "")
    await exported(house, tmp_path / "a")
    told = {
        (row["file"], row["column"]): row["meaning"] for row in rows(tmp_path / "a", "dictionary")
    }
    for table in ALL:
        file = f"{parquet.name_of(table)}.parquet"
        schema = pq.read_schema(tmp_path / "a" / "parquet" / file)
        for column in table.columns:
            assert told[file, column.name] == column.meaning
            assert schema.field(column.name).metadata[b"meaning"].decode() == column.meaning
    (signal,) = (tmp_path / "a" / "parquet" / "signal").iterdir()
    assert set(pq.read_schema(signal).names) == {
        column for file, column in told if file == "signal/"
    }


async def test_without_pyarrow_the_command_says_what_to_install(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "find_spec", lambda _: None)
    ran = await exported(house, tmp_path / "a")
    assert ran.exit_code == 2
    assert "pip install 'steadyrep[archive]'" in ran.output
    assert not (tmp_path / "a").exists()


def test_an_instant_before_the_epoch_is_kept(tmp_path: Path) -> None:
    """Of a sensor whose clock was never set."""
    column = parquet.Column("at", "when", lambda moment: moment, Kind.INSTANT)
    early = datetime(1969, 12, 31, tzinfo=UTC)
    parquet.write_table(tmp_path, parquet.Table("t.csv", "", (column,)), [early, None])
    told = pq.read_table(tmp_path / "t.parquet").to_pylist()
    assert [row["at"] for row in told] == [early, None]
    assert [row["at_utc_offset_min"] for row in told] == [0, None]


def test_the_help_names_the_extra() -> None:
    """In brackets it would be taken for markup and vanish."""
    assert "the extra `archive`" in run("export", "--help").output
