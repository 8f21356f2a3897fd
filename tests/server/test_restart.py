"""The server stops and starts again: every count is what it was, whatever was pressed before."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from sensors.samples import SampleBlock
from server.settings import Settings
from tests.server.house import REPS, Collector, House, a_house, a_set, blocks_of, still

ON_BOTH_ENGINES = True

START = {"action": "start", "exercise": "bridge", "target_reps": 8}
STOP, MORE, LESS = {"action": "stop"}, {"action": "adjust", "by": 1}, {"action": "adjust", "by": -1}
SHOWN = ("phase", "exercise", "target_reps", "set_number", "auto_count", "adjustment", "count")
CUT_S = 3.0
"""A replay limit far shorter than the set: most of it is not followed again."""


async def press(house: House, browser: httpx.AsyncClient, *commands: object) -> None:
    for command in commands:
        answer = await browser.post(f"/api/v1/patients/{house.anna.id}/set", json=command)
        assert answer.status_code == 200, answer.text


async def recovered(house: House) -> dict[str, Any]:
    """What Anna sees when she looks first."""
    anna = await house.client(house.anna)
    state = (await anna.get(f"/api/v1/patients/{house.anna.id}/live")).json()
    return {name: state[name] for name in SHOWN}


async def shown(house: House) -> dict[str, Any]:
    state = await house.live()
    return {name: state[name] for name in SHOWN}


async def sets_of_anna(house: House) -> list[dict[str, Any]]:
    eva = await house.client(house.eva)
    listed = (await eva.get(f"/api/v1/patients/{house.anna.id}/sets")).json()
    found: list[dict[str, Any]] = listed["sets"]
    return found


def with_rest(blocks: list[SampleBlock], seconds: int = 15) -> list[SampleBlock]:
    end_s = float(blocks[-1].t_s[-1]) + 0.01
    return [*blocks, *(still(end_s + n) for n in range(seconds))]


BEFORE_AND_AFTER = [
    pytest.param([], [STOP], id="stop"),
    pytest.param([START], [STOP], id="start, stop"),
    pytest.param([START], [STOP, MORE], id="start, stop, +1"),
    pytest.param([START], [MORE, MORE, STOP, LESS], id="start, +2, stop, -1"),
    pytest.param([START], [MORE], id="start, +1"),
    pytest.param([], [MORE], id="+1"),
    pytest.param([START], [STOP, START], id="start, stop, start"),
    pytest.param([START], [STOP, START, MORE], id="start, stop, start, +1"),
    pytest.param([START, MORE, LESS], [], id="start, +1, -1"),
]


@pytest.mark.parametrize("limit_s", [900.0, CUT_S])
@pytest.mark.parametrize(("before", "after"), BEFORE_AND_AFTER)
async def test_the_count_is_the_same_after_a_restart(
    tmp_path: Path, before: list[object], after: list[object], limit_s: float
) -> None:
    blocks = blocks_of(a_set())
    async with a_house(tmp_path, replay_limit_s=limit_s) as house:
        anna = await house.client(house.anna)
        async with house.collector() as collector:
            await collector.chunks(blocks[:1])
            await press(house, anna, *before)
            await collector.chunks(blocks[1:], first=1)
            await press(house, anna, *after)
            expected = await shown(house)
    async with a_house(tmp_path, replay_limit_s=limit_s) as again:
        assert await recovered(again) == expected
        async with again.collector(collector.recording_id, token=house.sensor_token) as back:
            assert back.welcome["next_sequence"] == len(blocks)
            assert await shown(again) == expected
            await back.chunks([still(60.0)], first=len(blocks))


@pytest.mark.parametrize("limit_s", [900.0, CUT_S])
async def test_a_set_goes_on_counting_after_a_restart(tmp_path: Path, limit_s: float) -> None:
    blocks = with_rest(blocks_of(a_set()))
    half = 10
    async with a_house(tmp_path, replay_limit_s=limit_s) as house, house.collector() as collector:
        await collector.chunks(blocks[:half])
        assert (await house.live())["phase"] == "counting"
    async with a_house(tmp_path, replay_limit_s=limit_s) as again:
        async with again.collector(collector.recording_id, token=house.sensor_token) as back:
            await back.chunks(blocks[half:], first=half)
            await press(again, await again.client(again.anna), MORE)
            await back.end()
        (kept,) = await sets_of_anna(again)
    assert (kept["auto_reps"], kept["confirmed_reps"]) == (REPS, REPS + 1)


async def test_a_correction_after_the_restart_reaches_the_set_before_it(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, house.collector() as collector:
        await collector.chunks(blocks_of(a_set()))
        await press(house, await house.client(house.anna), STOP, MORE)
    async with a_house(tmp_path) as again:
        await press(again, await again.client(again.anna), MORE)
        (kept,) = await sets_of_anna(again)
    assert (kept["auto_reps"], kept["confirmed_reps"]) == (REPS, REPS + 2)


async def test_what_was_tapped_without_a_sensor_survives_and_becomes_a_set(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        await press(house, await house.client(house.anna), START, *([MORE] * 8))
        expected = await shown(house)
    async with a_house(tmp_path) as again:
        assert await recovered(again) == expected
        await press(again, await again.client(again.anna), STOP)
        (kept,) = await sets_of_anna(again)
    assert (kept["auto_reps"], kept["reps"], kept["duration_s"]) == (None, 8, None)
    assert kept["exercise"]["name"] == "bridge"


async def test_a_tap_without_a_sensor_counts_once_even_over_a_restart(tmp_path: Path) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    async with a_house(tmp_path) as house:
        anna = await house.client(house.anna)
        await press(house, anna, START)
        path = f"/api/v1/patients/{house.anna.id}/set"
        await anna.post(path, json=MORE, headers=key)
    async with a_house(tmp_path) as again:
        anna = await again.client(again.anna)
        assert (await anna.post(path, json=MORE, headers=key)).json()["count"] == 1


async def test_taps_go_on_when_a_recording_that_was_left_comes_back(house: House) -> None:
    """The sensor was away for so long that the patient began to count by hand."""
    anna = await house.client(house.anna)
    async with house.collector() as collector:
        await collector.chunks([still(0)])
    stream = house.services.streams.of(house.anna.id)
    house.pass_by(house.settings.abandon_after_s + 1)
    await stream.check_quiet()
    await press(house, anna, START, MORE, MORE)
    async with house.collector(collector.recording_id) as back:
        await back.chunks([still(130)], first=1)
        assert (await house.live())["count"] == 2
        await press(house, anna, STOP)
    (kept,) = await sets_of_anna(house)
    assert kept["confirmed_reps"] == 2


async def test_one_broken_recording_stops_neither_itself_nor_anybody_else(tmp_path: Path) -> None:
    blocks = blocks_of(a_set())
    async with (
        a_house(tmp_path) as house,
        house.collector() as annas,
        house.collector(token=house.bens_token) as bens,
    ):
        await annas.chunks(blocks[:-4])
        await bens.chunks(blocks[:-4])
        before = await shown(house)
    with closing(sqlite3.connect(Settings(data_dir=tmp_path).database_path)) as file:
        file.execute(
            "UPDATE chunk SET payload_zlib = x'00' WHERE sequence = 3 AND recording_id = ?",
            (annas.recording_id.hex,),
        )
        file.commit()
    async with a_house(tmp_path) as again:
        assert await recovered(again) == before
        await again.services.streams.recover()
        assert again.services.streams.of(again.ben.id).state.count == before["count"]
        await comes_back(again, annas, house.sensor_token, blocks)
        await comes_back(again, bens, house.bens_token, blocks)


async def comes_back(
    house: House, collector: Collector, token: str, blocks: list[SampleBlock]
) -> None:
    async with house.collector(collector.recording_id, token=token) as back:
        assert back.welcome["next_sequence"] == len(blocks) - 4
        await back.chunks(blocks[-4:], first=len(blocks) - 4)
        await back.end()


async def test_a_memory_that_cannot_be_read_stops_nobody(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        await press(house, await house.client(house.anna), START, MORE)
    with closing(sqlite3.connect(Settings(data_dir=tmp_path).database_path)) as file:
        file.execute("UPDATE live_memory SET content = '{}'")
        file.commit()
    async with a_house(tmp_path) as again:
        await again.services.streams.recover()
        await again.services.streams.check_quiet()
        async with again.collector() as annas, again.collector(token=again.bens_token) as bens:
            await annas.chunks([still(0)])
            await bens.chunks([still(0)])
