"""A patient lets a therapist in by an invitation, and takes that back."""

from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select

from server.store.tables import audit
from tests.server.house import House

ON_BOTH_ENGINES = True


async def invitation(house: House) -> str:
    anna = await house.client(house.anna)
    made = await anna.post(f"/api/v1/patients/{house.anna.id}/sharing/invitation")
    assert made.status_code == 200, made.text
    return urlsplit(made.json()["address"]).path


async def sees_anna(house: House, browser: httpx.AsyncClient) -> bool:
    answer = await browser.get(f"/api/v1/patients/{house.anna.id}/sets")
    assert answer.status_code in (200, 404)
    return answer.status_code == 200


async def deeds_about_anna(house: House) -> set[tuple[str, str]]:
    query = select(audit.c.action, audit.c.actor_id).where(audit.c.patient_id == house.anna.id)
    async with house.services.database.reading() as database:
        return {(action, str(actor)) for action, actor in await database.execute(query)}


async def test_an_invitation_lets_one_therapist_in_once(house: House) -> None:
    omar, mara = await house.client(house.omar), await house.client(house.mara)
    path = await invitation(house)
    shown = await omar.get(path)
    assert "Anna lets you in" in shown.text
    assert not await sees_anna(house, omar), "looking at it does not use it"
    joined = await omar.post(path)
    assert (joined.status_code, joined.headers["location"]) == (303, f"/patients/{house.anna.id}")
    assert await sees_anna(house, omar)
    assert ("share", str(house.omar.id)) in await deeds_about_anna(house)
    for answer in (await mara.get(path), await mara.post(path), await omar.post(path)):
        assert answer.status_code == 410
    assert not await sees_anna(house, mara)


async def test_a_newer_invitation_takes_the_place_of_the_one_before(house: House) -> None:
    omar = await house.client(house.omar)
    first, second = await invitation(house), await invitation(house)
    assert (await omar.post(first)).status_code == 410
    assert (await omar.post(second)).status_code == 303


async def test_an_invitation_runs_out(house: House) -> None:
    omar, path = await house.client(house.omar), await invitation(house)
    house.pass_by(30 * 60)
    assert (await omar.get(path)).status_code == 410
    assert (await omar.post(path)).status_code == 410


@pytest.mark.parametrize("who", ["ben", "ada"])
async def test_only_a_therapist_can_take_it_up(house: House, who: str) -> None:
    other, path = await house.client(getattr(house, who)), await invitation(house)
    assert (await other.post(path)).status_code == 403
    assert (await (await house.client(house.omar)).post(path)).status_code == 303


async def test_the_patient_sees_who_sees_and_takes_it_back(house: House) -> None:
    anna, omar = await house.client(house.anna), await house.client(house.omar)
    await omar.post(await invitation(house))
    page = f"/patients/{house.anna.id}/sharing"
    shown = (await anna.get(page)).text
    assert "set up by the clinic" in shown
    assert "by your invitation" in shown
    listed = (await anna.get(f"/api/v1{page}")).json()["sharing"]
    standing = {one["therapist"]: one for one in listed if one["revoked_at"] is None}
    assert {name: one["granted_by"] for name, one in standing.items()} == {
        "Eva": "clinic",
        "Omar": "patient",
    }
    assert "Mara" in {one["therapist"] for one in listed if one["revoked_at"]}
    pressed = await anna.post(f"{page}/{standing['Omar']['id']}/withdraw")
    assert pressed.status_code == 303
    assert not await sees_anna(house, omar)
    for _ in range(2):
        gone = await anna.delete(f"/api/v1{page}/{standing['Eva']['id']}")
        assert gone.status_code == 204
    assert not await sees_anna(house, await house.client(house.eva))
    assert "Nobody but you sees your records." in (await anna.get(page)).text


async def test_nobody_ends_the_link_of_another_patient(house: House) -> None:
    anna, ben = await house.client(house.anna), await house.client(house.ben)
    listed = (await anna.get(f"/api/v1/patients/{house.anna.id}/sharing")).json()["sharing"]
    (eva,) = (one for one in listed if one["therapist"] == "Eva")
    gone = await ben.delete(f"/api/v1/patients/{house.ben.id}/sharing/{eva['id']}")
    assert gone.status_code == 204
    assert await sees_anna(house, await house.client(house.eva))


async def test_the_page_shows_an_invitation_once(house: House) -> None:
    anna = await house.client(house.anna)
    page = f"/patients/{house.anna.id}/sharing"
    shown = (await anna.post(f"{page}/invitation")).text
    assert "/join/" in shown
    assert "<svg" in shown.partition('id="invitation"')[2]
    assert "/join/" not in (await anna.get(page)).text
