"""`steadyrep erase`: all of one patient, nothing of another, and a receipt. And `/healthz`."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import Result

from server.store.database import Database
from server.store.refusals import NotRewritten
from server.store.schema import metadata
from tests.server.house import House, a_house
from tests.server.terminal import run

WORDS = "words that nobody else ever wrote"


@pytest.fixture
async def left(tmp_path: Path) -> House:
    """A house in which Anna and Ben did a set that hurt, after its server has ended."""
    async with a_house(tmp_path) as house:
        for person in (house.anna, house.ben):
            await house.a_set_that_hurts(person, f"{WORDS} {person.display_name}")
    return house


async def erased(house: House, name: object, receipt: Path, *options: str) -> Result:
    arguments = ("erase", name, "--receipt", receipt, *options)
    return await asyncio.to_thread(run, *arguments, "--data", house.settings.data_dir)


def tables_with(path: Path, person: UUID) -> set[str]:
    """Tables in which an id stands, wherever."""
    found = set()
    with closing(sqlite3.connect(path)) as database:
        for table in metadata.tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):
                if person.hex in row or str(person) in row:
                    found.add(table)
    return found


async def test_nothing_of_the_patient_is_left_but_that_somebody_looked(
    left: House, tmp_path: Path
) -> None:
    path, receipt = left.settings.database_path, tmp_path / "receipt.json"
    of_ben = tables_with(path, left.ben.id)
    assert {"exset", "recording", "report", "user"} <= tables_with(path, left.anna.id)
    ran = await erased(left, left.anna.id, receipt, "--yes")
    assert ran.exit_code == 0, ran.output
    assert tables_with(path, left.anna.id) == {"audit"}
    assert tables_with(path, left.ben.id) == of_ben
    told = json.loads(receipt.read_text())
    assert told["patient_id"] == str(left.anna.id)
    assert told["rows"]["user"] == told["rows"]["report"] == 1
    assert told["rows"]["rep"] >= 5
    assert told["rows"]["chunk"] > 1
    assert told["file_written_anew"] is True


async def test_what_was_written_is_not_in_the_file_any_more(left: House, tmp_path: Path) -> None:
    await erased(left, left.anna.id, tmp_path / "receipt.json", "--yes")
    path = left.settings.database_path
    kept = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    assert f"{WORDS} {left.ben.display_name}".encode() in kept
    assert f"{WORDS} {left.anna.display_name}".encode() not in kept


async def test_the_audit_says_that_it_was_done_and_is_whole(left: House, tmp_path: Path) -> None:
    await erased(left, left.anna.id, tmp_path / "receipt.json", "--yes")
    ran = await asyncio.to_thread(run, "audit", "verify", "--data", left.settings.data_dir)
    assert ran.exit_code == 0
    told = json.loads((tmp_path / "receipt.json").read_text())
    assert told["audit_sha256"] in ran.stdout


async def test_nothing_is_changed_where_nobody_can_be_asked(left: House, tmp_path: Path) -> None:
    ran = await erased(left, left.anna.id, tmp_path / "receipt.json")
    assert ran.exit_code == 2
    assert "add --yes to erase without asking" in ran.output
    assert "user" in tables_with(left.settings.database_path, left.anna.id)


async def test_who_is_no_patient_or_not_known_is_not_erased(left: House, tmp_path: Path) -> None:
    therapist = await erased(left, left.eva.id, tmp_path / "a.json", "--yes")
    assert "is no patient" in therapist.output
    unknown = await erased(left, "Nobody", tmp_path / "b.json", "--yes")
    assert "nobody here is called 'Nobody'" in unknown.output
    assert therapist.exit_code == unknown.exit_code == 2


async def test_a_receipt_overwrites_nothing(left: House, tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.json"
    receipt.write_text("dear")
    ran = await erased(left, left.anna.id, receipt, "--yes")
    assert ran.exit_code == 2
    assert "exists already" in ran.output
    assert receipt.read_text() == "dear"


async def test_beside_a_running_server_nothing_is_changed(house: House, tmp_path: Path) -> None:
    await house.a_set_that_hurts(house.anna, WORDS)
    before = tables_with(house.settings.database_path, house.anna.id)
    ran = await erased(house, house.anna.id, tmp_path / "receipt.json", "--yes")
    assert ran.exit_code == 2
    assert "another program has the database open: stop the server first" in ran.output
    assert tables_with(house.settings.database_path, house.anna.id) == before
    assert not (tmp_path / "receipt.json").exists()


async def test_a_file_that_cannot_be_written_anew_is_told_and_stands_in_the_receipt(
    left: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_room(_: Database) -> None:
        raise NotRewritten("database or disk is full")

    monkeypatch.setattr(Database, "rewrite", no_room)
    receipt = tmp_path / "receipt.json"
    ran = await erased(left, left.anna.id, receipt, "--yes")
    assert ran.exit_code == 1
    assert "could not be written anew (database or disk is full)" in ran.output
    assert json.loads(receipt.read_text())["file_written_anew"] is False
    assert tables_with(left.settings.database_path, left.anna.id) == {"audit"}


async def test_the_server_says_that_it_is_alive_to_anybody(house: House) -> None:
    browser = await house.client(None)
    answer = await browser.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
