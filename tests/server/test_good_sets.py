"""A therapist keeps one good set; others are put beside it, and counted with it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from sensors.recording import Recording
from sensors.synthetic import LimbParams, SensorParams, SetScript, synthesize
from server.live.live_set import Sensor, SetFinished
from server.live.set_follower import GoodReps, SetFollower
from server.store import good_sets
from server.store.tables import algorithm
from tests.server.house import STARTED_AT, House, a_house, blocks_of
from tests.server.test_reference import HURRIED

ON_BOTH_ENGINES = True

GOOD = SetScript(reps=5, concentric_s=1.5, hold_s=2.0, eccentric_s=2.0, jitter=0.03)


def a_bridge(script: SetScript = GOOD, seed: int = 1) -> Recording:
    return synthesize(script, LimbParams(), SensorParams(), None, seed).recording


async def done(house: House, recording: Recording, **said: object) -> dict[str, Any]:
    """A recording comes in; its set, as the interface tells it."""
    said = {"exercise": "bridge", "started_at": house.time.moment.isoformat(), **said}
    async with house.collector(**said) as sender:  # type: ignore[arg-type]
        await sender.chunks(blocks_of(recording))
        await sender.end()
    house.pass_by(3600)
    found: dict[str, Any] = (await house.sets_of_anna())[0]
    return found


async def detail(browser: httpx.AsyncClient, one: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await browser.get(f"/api/v1/sets/{one['id']}")).json()
    return found


async def kept(browser: httpx.AsyncClient, one: dict[str, Any]) -> httpx.Response:
    return await browser.put(f"/api/v1/sets/{one['id']}/good")


async def test_later_sets_stand_beside_the_good_one(house: House) -> None:
    good = await done(house, a_bridge())
    eva = await house.client(house.eva)
    answer = await kept(eva, good)
    assert answer.status_code == 200
    assert answer.json() == {"set_id": good["id"], "kept_at": "2026-11-02T08:30:00Z"}
    later = await detail(eva, await done(house, a_bridge(HURRIED)))
    beside = later["compared"]
    assert beside["good_set"]["set_id"] == good["id"]
    assert len(beside["reps"]) == later["reps"] == HURRIED.reps
    assert 0.3 < beside["medians"]["duration_ratio"] < 0.5
    assert beside["medians"]["hold_s"] < -1.2
    assert 0.4 < beside["medians"]["range_ratio"] < 0.7
    itself = (await detail(eva, good))["compared"]
    assert (itself["medians"], itself["reps"]) == (None, None)


async def test_the_page_says_how_a_set_differs(house: House) -> None:
    good = await done(house, a_bridge())
    eva, anna = await house.client(house.eva), await house.client(house.anna)
    assert "Keep as the good set" in (await eva.get(f"/sets/{good['id']}")).text
    pressed = await eva.post(f"/sets/{good['id']}/good")
    assert pressed.status_code == 303
    assert "Not the good set any more" in (await eva.get(f"/sets/{good['id']}")).text
    later = await done(house, a_bridge(HURRIED))
    page = (await anna.get(f"/sets/{later['id']}")).text
    for said in ("Compared with the good set", "% shorter", "s shorter", "% less far", "Alike, %"):
        assert said in page
    assert "Keep this one in its place" not in page
    assert "Keep this one in its place" in (await eva.get(f"/sets/{later['id']}")).text
    dropped = await eva.post(f"/sets/{good['id']}/good/drop")
    assert dropped.status_code == 303
    assert "Compared with the good set" not in (await anna.get(f"/sets/{later['id']}")).text


async def test_one_of_an_exercise_and_side_is_the_good_one(house: House) -> None:
    first, second = await done(house, a_bridge()), await done(house, a_bridge(seed=2))
    right = await done(house, a_bridge(seed=3), side="right")
    shank = await done(house, a_bridge(seed=4), placement="shank")
    eva = await house.client(house.eva)
    answers = [(await kept(eva, one)).json()["set_id"] for one in (first, right, second, second)]
    assert answers == [first["id"], right["id"], second["id"], second["id"]]
    seen = [(await detail(eva, one))["compared"]["good_set"]["set_id"] for one in (first, right)]
    assert seen == [second["id"], right["id"]]
    for _ in range(2):
        assert (await eva.delete(f"/api/v1/sets/{second['id']}/good")).status_code == 204
    assert (await detail(eva, first))["compared"] is None
    assert (await detail(eva, shank))["compared"] is None
    assert (await detail(eva, right))["compared"] is not None


async def test_a_set_that_cannot_be_a_good_one_says_why(house: House) -> None:
    eva, anna = await house.client(house.eva), await house.client(house.anna)
    unknown = await done(house, a_bridge(), exercise=None)
    answer = await kept(eva, unknown)
    assert answer.status_code == 422
    assert "it is not known which exercise this set was" in answer.json()["detail"]
    for said in (
        {"action": "start", "exercise": "bridge"},
        {"action": "adjust", "by": 1},
        {"action": "stop", "reason": "done"},
    ):
        pressed = await anna.post(f"/api/v1/patients/{house.anna.id}/set", json=said)
        assert pressed.status_code == 200, pressed.text
    tapped = (await house.sets_of_anna())[0]
    answer = await kept(eva, tapped)
    assert answer.status_code == 422
    assert "no sensor saw this set" in answer.json()["detail"]
    assert "Keep as the good set" not in (await eva.get(f"/sets/{tapped['id']}")).text


async def test_a_recording_is_counted_with_what_was_good_when_it_began(house: House) -> None:
    first = await done(house, a_bridge())
    await kept(await house.client(house.eva), first)
    await done(house, a_bridge(seed=2), started_at=STARTED_AT.isoformat())
    assert await known_good_reps(house) == 0
    await done(house, a_bridge(seed=3))
    assert await known_good_reps(house) == 1


async def known_good_reps(house: House) -> int:
    """How many of the algorithms that counted knew a good repetition."""
    async with house.services.database.reading() as connection:
        found = (await connection.execute(select(algorithm.c.parameters))).scalars().all()
    good = [each["sets"]["good_rep"] for each in found]
    assert all(each is None or set(each) == {"sha256"} for each in good), "nobody's movement"
    return sum(each is not None for each in good)


async def test_what_is_good_survives_a_restart(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        first = await done(house, a_bridge())
        await kept(await house.client(house.eva), first)
    async with a_house(tmp_path, house.time) as again, again.services.database.reading() as known:
        moment = again.time.moment
        now = await good_sets.good_reps_at(known, again.anna.id, "left", "thigh", moment)
        then = await good_sets.good_reps_at(
            known, again.anna.id, "left", "thigh", moment - timedelta(hours=2)
        )
        elsewhere = await good_sets.good_reps_at(known, again.anna.id, "left", "shank", moment)
    assert (list(now), list(then), list(elsewhere)) == (["bridge"], [], [])


TWO_BUMPS = SetScript(reps=6, concentric_s=1.5, hold_s=3.0, eccentric_s=2.0, dip=0.9, jitter=0.03)


def counted(good_reps: GoodReps) -> list[int | None]:
    follower = SetFollower()
    follower.begin_stream(Sensor(), "bridge", good_reps)
    effects = [
        effect for block in blocks_of(a_bridge(TWO_BUMPS)) for effect in follower.push(block)
    ]
    effects += follower.end_stream()
    return [each.auto_reps for each in effects if isinstance(each, SetFinished)]


def test_a_live_set_is_counted_with_the_good_one() -> None:
    from tests.detection.test_reference import reference_of_bumps

    assert counted({}) != [TWO_BUMPS.reps]
    assert counted({"bridge": reference_of_bumps().good_rep}) == [TWO_BUMPS.reps]
