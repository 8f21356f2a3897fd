"""`steadyrep backup` and `restore`: everything, while the server runs, and nothing half."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import Result

from tests.server.house import REPS, House, a_set, blocks_of
from tests.server.terminal import run


async def lived_in(house: House) -> None:
    async with house.collector() as sender:
        await sender.chunks(blocks_of(a_set()))
        await sender.end()


async def backed_up(house: House, target: Path) -> Result:
    return await asyncio.to_thread(run, "backup", target, "--data", house.settings.data_dir)


async def test_a_backup_is_made_while_signal_comes_in_and_is_whole(
    house: House, tmp_path: Path
) -> None:
    target = tmp_path / "copy.sqlite3"
    async with house.collector() as sender:
        blocks = blocks_of(a_set())
        await sender.chunks(blocks[:5])
        ran, _ = await asyncio.gather(backed_up(house, target), sender.chunks(blocks[5:], first=5))
        await sender.end()
    assert ran.exit_code == 0, ran.output
    assert "1 recordings with" in ran.stdout
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.sqlite3"]
    verified = run("restore", "--verify", target)
    assert verified.exit_code == 0
    assert "whole: " in verified.stdout


async def test_what_is_restored_is_what_was_there(house: House, tmp_path: Path) -> None:
    await lived_in(house)
    copy, other = tmp_path / "copy.sqlite3", tmp_path / "elsewhere"
    await backed_up(house, copy)
    ran = run("restore", copy, "--data", other)
    assert ran.exit_code == 0, ran.output
    with closing(sqlite3.connect(other / "steadyrep.sqlite3")) as database:
        (reps,) = database.execute("SELECT auto_reps FROM exset").fetchone()
    assert reps == REPS
    assert stat.S_IMODE((other / "steadyrep.sqlite3").stat().st_mode) == 0o600


async def test_a_database_that_is_there_is_moved_aside_only_if_asked(
    house: House, tmp_path: Path
) -> None:
    await lived_in(house)
    copy, other = tmp_path / "copy.sqlite3", tmp_path / "elsewhere"
    await backed_up(house, copy)
    assert run("restore", copy, "--data", other).exit_code == 0
    refused = run("restore", copy, "--data", other)
    assert refused.exit_code == 2
    assert "a database is there: add --replace" in refused.output
    assert run("restore", copy, "--data", other, "--replace").exit_code == 0
    assert (other / "steadyrep.sqlite3.before-restore").is_file()


async def test_beside_a_running_server_nothing_is_replaced(house: House, tmp_path: Path) -> None:
    await lived_in(house)
    copy = tmp_path / "copy.sqlite3"
    await backed_up(house, copy)
    folder = house.settings.data_dir
    refused = await asyncio.to_thread(run, "restore", copy, "--data", folder, "--replace")
    assert refused.exit_code == 2
    assert "another program has the database open: stop the server first" in refused.output
    assert not list(folder.glob("*.before-restore"))


async def test_a_broken_database_can_be_replaced(house: House, tmp_path: Path) -> None:
    copy, other = tmp_path / "copy.sqlite3", tmp_path / "elsewhere"
    await backed_up(house, copy)
    other.mkdir()
    (other / "steadyrep.sqlite3").write_bytes(b"no database at all" * 1000)
    assert run("restore", copy, "--data", other, "--replace").exit_code == 0


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE chunk SET payload_zlib = x'00' WHERE sequence = 2", "chunk 2 is not as it was"),
        ("UPDATE chunk SET sha256 = zeroblob(32) WHERE sequence = 1", "chunk 1 is not as it was"),
        ("DELETE FROM chunk WHERE sequence = 3", "chunk 4 is not as it was received"),
        ("DROP TABLE alembic_version", "is no database of Steadyrep"),
    ],
)
async def test_a_damaged_copy_is_refused_and_nothing_is_touched(
    house: House, tmp_path: Path, damage: str, problem: str
) -> None:
    await lived_in(house)
    copy, other = tmp_path / "copy.sqlite3", tmp_path / "elsewhere"
    await backed_up(house, copy)
    with closing(sqlite3.connect(copy)) as database:
        database.execute(damage)
        database.commit()
    ran = run("restore", copy, "--data", other)
    assert ran.exit_code == 2
    assert problem in ran.output
    assert not other.exists()


async def test_bytes_that_were_lost_are_found(house: House, tmp_path: Path) -> None:
    await lived_in(house)
    copy = tmp_path / "copy.sqlite3"
    await backed_up(house, copy)
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 2])
    ran = run("restore", "--verify", copy)
    assert ran.exit_code == 2
    assert "is not whole" in ran.output


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("nothing to see")
    assert "is not whole" in run("restore", other, "--verify").output
    assert "no such file" in run("restore", tmp_path / "none", "--verify").output
    missing = run("backup", tmp_path / "copy", "--data", tmp_path / "nowhere")
    assert missing.exit_code == 2
    assert "there is no database" in missing.output


async def test_a_backup_overwrites_nothing(house: House, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    target.write_text("dear to somebody")
    ran = await backed_up(house, target)
    assert ran.exit_code == 2
    assert "exists already: name another file" in ran.output
    assert target.read_text() == "dear to somebody"


async def test_a_folder_that_cannot_be_written_to_is_told(house: House, tmp_path: Path) -> None:
    ran = await backed_up(house, tmp_path / "none" / "copy.sqlite3")
    assert ran.exit_code == 2
    assert "cannot be written" in ran.output
