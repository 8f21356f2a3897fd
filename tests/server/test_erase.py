"""`steadyrep erase`: all of one patient, nothing of another, and a receipt. And `/healthz`."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

from typer.testing import CliRunner, Result

from server.cli import app
from server.store.tables import metadata
from tests.server.house import House, a_set, blocks_of

WORDS = "words that nobody else ever wrote"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


async def lived_in(house: House) -> None:
    for token, person in ((house.sensor_token, house.anna), (house.bens_token, house.ben)):
        async with house.collector(token=token) as sender:
            await sender.chunks(blocks_of(a_set(amp_rms_ms2=0.5)))
            await sender.end()
        browser = await house.client(person)
        await browser.post(
            f"/api/v1/patients/{person.id}/reports",
            json={"id": str(uuid4()), "pain_nrs": 9, "note": f"{WORDS} {person.display_name}"},
        )


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
    house: House, tmp_path: Path
) -> None:
    await lived_in(house)
    path, receipt = house.settings.database_path, tmp_path / "receipt.json"
    of_ben = tables_with(path, house.ben.id)
    assert {"exset", "recording", "report", "user"} <= tables_with(path, house.anna.id)
    ran = await erased(house, house.anna.id, receipt, "--yes")
    assert ran.exit_code == 0, ran.output
    assert tables_with(path, house.anna.id) == {"audit"}
    assert tables_with(path, house.ben.id) == of_ben
    told = json.loads(receipt.read_text())
    assert told["patient_id"] == str(house.anna.id)
    assert told["rows"]["user"] == told["rows"]["report"] == 1
    assert told["rows"]["rep"] >= 5
    assert told["rows"]["chunk"] > 1


async def test_what_was_written_is_not_in_the_file_any_more(house: House, tmp_path: Path) -> None:
    await lived_in(house)
    await erased(house, house.anna.id, tmp_path / "receipt.json", "--yes")
    path = house.settings.database_path
    kept = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    assert f"{WORDS} {house.ben.display_name}".encode() in kept
    assert f"{WORDS} {house.anna.display_name}".encode() not in kept


async def test_the_audit_says_that_it_was_done_and_is_whole(house: House, tmp_path: Path) -> None:
    await lived_in(house)
    await erased(house, house.anna.id, tmp_path / "receipt.json", "--yes")
    ran = await asyncio.to_thread(run, "audit", "verify", "--data", house.settings.data_dir)
    assert ran.exit_code == 0
    told = json.loads((tmp_path / "receipt.json").read_text())
    assert told["audit_sha256"] in ran.stdout


async def test_nothing_is_changed_where_nobody_can_be_asked(house: House, tmp_path: Path) -> None:
    await lived_in(house)
    ran = await erased(house, house.anna.id, tmp_path / "receipt.json")
    assert ran.exit_code == 2
    assert "add --yes to erase without asking" in ran.output
    assert "user" in tables_with(house.settings.database_path, house.anna.id)


async def test_who_is_no_patient_or_not_known_is_not_erased(house: House, tmp_path: Path) -> None:
    therapist = await erased(house, house.eva.id, tmp_path / "a.json", "--yes")
    assert "is no patient" in therapist.output
    unknown = await erased(house, "Nobody", tmp_path / "b.json", "--yes")
    assert "nobody here is called 'Nobody'" in unknown.output
    assert therapist.exit_code == unknown.exit_code == 2


async def test_a_receipt_overwrites_nothing(house: House, tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.json"
    receipt.write_text("dear")
    ran = await erased(house, house.anna.id, receipt, "--yes")
    assert ran.exit_code == 2
    assert "exists already" in ran.output
    assert receipt.read_text() == "dear"


async def test_the_server_says_that_it_is_alive_to_anybody(house: House) -> None:
    browser = await house.client(None)
    answer = await browser.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
