"""Who looked at whose records: written down before anything is shown, in a chain."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import Result

from server.store import audit
from server.store.audit import Deed
from server.store.people import Person
from tests.server.house import House, a_set, blocks_of
from tests.server.terminal import run


async def told(house: House, *arguments: object) -> Result:
    folder = house.settings.data_dir
    return await asyncio.to_thread(run, "audit", *arguments, "--data", folder)


async def deeds(house: House, patient: Person) -> list[Deed]:
    async with house.services.database.reading() as database:
        return await audit.of_patient(database, patient.id, 100)


async def look(house: House, person: Person | None, patient: Person) -> int:
    browser = await house.client(person)
    return (await browser.get(f"/api/v1/patients/{patient.id}/sets")).status_code


async def test_reading_is_written_down_with_who_and_what_was_asked(house: House) -> None:
    assert await look(house, house.eva, house.anna) == 200
    (deed,) = await deeds(house, house.anna)
    assert (deed.actor_kind, deed.actor_id) == ("person", house.eva.id)
    assert (deed.action, deed.is_allowed) == ("see_records", True)
    assert deed.route == "/api/v1/patients/{patient_id}/sets"


async def test_who_is_refused_is_written_down_too(house: House) -> None:
    assert await look(house, house.omar, house.anna) == 404
    assert await look(house, None, house.anna) == 401
    nobody, omar = await deeds(house, house.anna)
    assert (nobody.actor_kind, nobody.actor_id, nobody.is_allowed) == ("nobody", None, False)
    assert (omar.actor_id, omar.is_allowed) == (house.omar.id, False)


async def test_a_sensor_that_sends_is_written_down_once_a_connection(house: House) -> None:
    async with house.collector() as sender:
        await sender.chunks(blocks_of(a_set()))
        await sender.end()
    (deed,) = await deeds(house, house.anna)
    assert (deed.actor_kind, deed.action, deed.is_allowed) == ("device", "send_signal", True)


async def test_a_patient_who_does_not_exist_is_a_deed_about_nobody(house: House) -> None:
    browser = await house.client(house.eva)
    assert (await browser.get(f"/api/v1/patients/{uuid4()}/sets")).status_code == 404
    async with house.services.database.reading() as database:
        assert (await audit.verify(database)).links == 1
    assert await deeds(house, house.anna) == []


async def test_nobody_guessing_ids_writes_nothing(house: House) -> None:
    browser = await house.client(None)
    assert (await browser.get(f"/api/v1/patients/{uuid4()}/sets")).status_code == 401
    async with house.services.database.reading() as database:
        assert (await audit.verify(database)).links == 0


async def test_what_was_asked_holds_nothing_of_the_content(house: House) -> None:
    browser = await house.client(house.anna)
    await browser.post(
        f"/api/v1/patients/{house.anna.id}/reports",
        json={"id": str(uuid4()), "pain_nrs": 9, "note": "my very own words"},
    )
    (deed,) = await deeds(house, house.anna)
    assert "my very own words" not in repr(deed)


async def test_the_chain_is_whole_and_told_with_its_last_link(house: House) -> None:
    for _ in range(3):
        await look(house, house.eva, house.anna)
    ran = await told(house, "verify")
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.startswith("3 entries, the last ")


async def test_two_at_once_are_two_links_of_one_chain(house: House) -> None:
    await look(house, house.eva, house.anna)
    await asyncio.gather(*(look(house, house.eva, house.anna) for _ in range(8)))
    async with house.services.database.reading() as database:
        found = await audit.verify(database)
    assert (found.links, found.broken_at) == (9, None)


def tamper(house: House, statement: str) -> None:
    with closing(sqlite3.connect(house.settings.database_path)) as database:
        database.execute(statement)
        database.commit()


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit SET actor_id = NULL WHERE number = 2", 2),
        ("UPDATE audit SET at = '2020-01-01 00:00:00' WHERE number = 1", 1),
        ("UPDATE audit SET is_allowed = 0 WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number = 2", 2),
    ],
)
async def test_a_link_that_was_changed_or_taken_out_is_found(
    house: House, tampering: str, broken_at: int
) -> None:
    for _ in range(4):
        await look(house, house.eva, house.anna)
    await asyncio.to_thread(tamper, house, tampering)
    ran = await told(house, "verify")
    assert ran.exit_code == 1
    assert f"broken at entry {broken_at}" in ran.stdout


async def test_the_list_names_people_and_says_what_was_refused(house: House) -> None:
    await look(house, house.eva, house.anna)
    await look(house, house.omar, house.anna)
    ran = await told(house, "list", house.anna.id)
    first, second = ran.stdout.splitlines()
    assert house.omar.display_name in first
    assert first.endswith("refused")
    assert house.eva.display_name in second
    assert not second.endswith("refused")


def test_without_a_database_there_is_nothing_to_verify(tmp_path: Path) -> None:
    ran = run("audit", "verify", "--data", tmp_path)
    assert ran.exit_code == 2
    assert "there is no database" in ran.output
