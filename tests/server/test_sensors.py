"""A patient connects a sensor's computer by a code, sees what may send, and ends it."""

import asyncio
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import Result

from tests.server.house import House, still
from tests.server.terminal import run

ON_BOTH_ENGINES = True
WORN = {"name": "H10", "placement": "thigh", "side": "left"}


async def code(house: House) -> str:
    """The path at which a collector gets its token."""
    anna = await house.client(house.anna)
    made = await anna.post(f"/api/v1/patients/{house.anna.id}/devices/pairing", json=WORN)
    assert made.status_code == 200, made.text
    return "/api/v1/pairings/" + str(made.json()["address"]).rpartition("/")[2]


async def connected(house: House, path: str, file: Path) -> Result:
    address = house.address + path
    return await asyncio.to_thread(run, "connect", address, "--token-file", file)


async def test_a_code_gives_a_token_that_sends_and_does_nothing_else(house: House) -> None:
    stranger = await house.client(None)
    path = await code(house)
    told = (await stranger.post(path)).json()
    assert told["device"] == "H10"
    async with house.collector(token=told["token"]) as sender:
        await sender.chunks([still(0)])
    headers = {"Authorization": f"Bearer {told['token']}"}
    seen = await stranger.get(f"/api/v1/patients/{house.anna.id}/sets", headers=headers)
    assert seen.status_code in (403, 404)
    assert (await stranger.post(path)).status_code == 410, "it works once"


async def test_a_code_runs_out_and_a_newer_one_takes_its_place(house: House) -> None:
    stranger = await house.client(None)
    first, second = await code(house), await code(house)
    assert (await stranger.post(first)).status_code == 410
    house.pass_by(15 * 60)
    assert (await stranger.post(second)).status_code == 410


async def test_the_patient_sees_what_may_send_and_ends_it(house: House) -> None:
    anna, stranger = await house.client(house.anna), await house.client(None)
    await stranger.post(await code(house))
    listed = (await anna.get(f"/api/v1/patients/{house.anna.id}/devices")).json()["devices"]
    (one,) = (each for each in listed if each["placement"] == "thigh")
    assert (one["name"], one["side"]) == ("H10", "left")
    page = f"/patients/{house.anna.id}/sensors"
    assert "Left thigh" in (await anna.get(page)).text
    ended = await anna.post(f"{page}/{one['id']}/revoke")
    assert ended.status_code == 303
    assert "Left thigh" not in (await anna.get(page)).text
    for unknown in (one["id"], uuid4()):
        gone = await anna.delete(f"/api/v1/patients/{house.anna.id}/devices/{unknown}")
        assert gone.status_code == 204


async def test_nobody_ends_the_sensor_of_another(house: House) -> None:
    anna, ben = await house.client(house.anna), await house.client(house.ben)
    listed = (await anna.get(f"/api/v1/patients/{house.anna.id}/devices")).json()["devices"]
    assert listed
    for one in listed:
        hers = f"/api/v1/patients/{house.anna.id}/devices/{one['id']}"
        assert (await ben.delete(hers)).status_code == 404
        await ben.delete(f"/api/v1/patients/{house.ben.id}/devices/{one['id']}")
    after = (await anna.get(f"/api/v1/patients/{house.anna.id}/devices")).json()["devices"]
    assert after == listed
    async with house.collector() as sender:
        await sender.chunks([still(0)])  # is acknowledged


async def test_connect_keeps_the_token_for_its_owner_alone(house: House, tmp_path: Path) -> None:
    file = tmp_path / "token"
    path = await code(house)
    ran = await connected(house, path, file)
    assert ran.exit_code == 0, ran.output
    assert f"steadyrep collect --server {house.address} --token-file {file}" in ran.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    async with house.collector(token=file.read_text().strip()) as sender:
        await sender.chunks([still(0)])
    again = await connected(house, path, file)
    assert (again.exit_code, "exists already" in again.output) == (2, True)
    used = await connected(house, path, tmp_path / "other")
    assert used.exit_code == 2
    assert "was used already or has run out" in used.output
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1:9/api/v1/pairings/x", "does not answer"),
        ("http://127.0.0.1:9/", "is no address of the page"),
        ("file:///api/v1/pairings/x", "is no address of the page"),
    ],
)
def test_an_address_that_cannot_be_says_why(tmp_path: Path, address: str, why: str) -> None:
    ran = run("connect", address, "--token-file", tmp_path / "token")
    assert ran.exit_code == 2
    assert why in ran.output


async def test_the_page_shows_a_code_once(house: House) -> None:
    anna = await house.client(house.anna)
    page = f"/patients/{house.anna.id}/sensors"
    shown = (await anna.post(f"{page}/pairing")).text
    assert "steadyrep connect http" in shown
    assert "steadyrep connect http" not in (await anna.get(page)).text
