"""Live pages: the whole state at once and at every change, whoever else looks on."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from sensors.uplink import FINAL_CLOSES
from server.live.broadcast import Channel
from server.live.live_set import LiveSet
from server.live.live_state import live_state
from tests.server.house import REPS, House, a_set, blocks_of, still

ON_BOTH_ENGINES = True

PATIENCE_S = 10.0
FLOOD = 8000
"""States of half a kilobyte: more than the 4 MB that Linux lets a sending socket hold."""


async def state_where(socket: ClientConnection, **wanted: object) -> dict[str, Any]:
    """The first state in which these hold."""
    async with asyncio.timeout(PATIENCE_S):
        async for message in socket:
            state: dict[str, Any] = json.loads(message)
            if all(state[name] == value for name, value in wanted.items()):
                return state
    raise AssertionError("the socket closed")


async def test_a_viewer_sees_the_state_at_once_and_each_count(house: House) -> None:
    async with await house.look_on(house.eva, house.anna) as eva, house.collector() as collector:
        first = json.loads(await eva.recv())
        assert (first["type"], first["phase"], first["sensor"]["link"]) == ("state", "idle", "none")
        await collector.chunks(blocks_of(a_set()))
        state = await state_where(eva, count=REPS)
        assert state["sensor"]["device"] == "Polar H10 1234"
        await collector.end()
        over = await state_where(eva, phase="between")
        assert (over["count"], over["is_provisional"]) == (REPS, False)
        assert over["last_rep"]["concentric_s"] > 0


async def test_versions_only_grow(house: House) -> None:
    async with await house.look_on(house.anna, house.anna) as page, house.collector() as sender:
        versions = [json.loads(await page.recv())["version"]]
        for number in range(5):
            await sender.chunks([still(number)], first=number)
            versions.append(json.loads(await page.recv())["version"])
    assert versions == sorted(set(versions))


async def test_a_stuck_viewer_slows_nobody_down(house: House) -> None:
    """One page does not read for so long that every buffer on the way to it is full."""
    stream = house.services.streams.of(house.anna.id)
    async with (
        await house.look_on_narrowly(house.anna, house.anna) as stuck,
        await house.look_on(house.eva, house.anna) as eva,
        asyncio.timeout(3 * PATIENCE_S),
    ):
        for version in range(1, FLOOD + 1):
            stream.channel.publish(live_state(LiveSet(), version))
            assert (await state_where(eva, version=version))["count"] == 0
        late = [json.loads(await stuck.recv())["version"]]
        while late[-1] < FLOOD:
            late.append(json.loads(await stuck.recv())["version"])
    assert len(late) < FLOOD


async def test_a_viewer_who_looks_away_finds_the_latest_state() -> None:
    channel = Channel()
    with channel.viewing(live_state(LiveSet(), 0)) as viewer:
        for version in range(1, 100):
            channel.publish(live_state(LiveSet(), version))
        assert (await viewer.next()).version == 99
    channel.publish(live_state(LiveSet(), 100))


async def test_battery_and_a_lost_radio_link_are_shown(house: House) -> None:
    async with await house.look_on(house.anna, house.anna) as page, house.collector() as collector:
        status = {"type": "status", "battery_pct": 82, "rssi_dbm": -60, "link": "lost"}
        await collector.socket.send(json.dumps(status))
        async with asyncio.timeout(PATIENCE_S):
            while True:
                sensor = json.loads(await page.recv())["sensor"]
                if sensor["link"] == "lost":
                    break
    assert sensor["battery_pct"] == 82


async def test_silence_is_shown_and_ends_when_samples_come(house: House) -> None:
    streams = house.services.streams
    async with house.collector() as collector:
        await collector.chunks([still(0)])
        house.time.pass_by(timedelta(seconds=house.settings.quiet_after_s + 1))
        await streams.check_quiet()
        assert (await house.live())["sensor"]["link"] == "quiet"
        await collector.chunks([still(5)], first=1)
        assert (await house.live())["sensor"]["link"] == "streaming"


async def test_a_lost_connection_is_shown_and_the_count_waits(house: House) -> None:
    blocks = blocks_of(a_set())
    async with await house.look_on(house.anna, house.anna) as page:
        async with house.collector() as collector:
            await collector.chunks(blocks[:-4])
            count = (await house.live())["count"]
        async with asyncio.timeout(PATIENCE_S):
            while (state := json.loads(await page.recv()))["sensor"]["link"] != "lost":
                pass
        assert (state["count"], state["phase"]) == (count, "counting")


async def test_a_set_whose_sensor_stays_away_is_kept_as_such(house: House) -> None:
    async with house.collector() as collector:
        await collector.chunks(blocks_of(a_set())[:-3])
    house.time.pass_by(timedelta(seconds=house.settings.abandon_after_s + 1))
    await house.services.streams.check_quiet()
    state = await house.live()
    assert (state["phase"], state["sensor"]["link"]) == ("idle", "none")
    eva = await house.client(house.eva)
    (kept,) = (await eva.get(f"/api/v1/patients/{house.anna.id}/sets")).json()["sets"]
    assert kept["end_reason"] == "sensor_lost"
    assert kept["auto_reps"] >= REPS - 1


async def test_a_disk_that_fails_loses_nothing_that_was_acknowledged(house: House) -> None:
    """The write fails; the collector connects again, and the count is what it would have been."""
    blocks = blocks_of(a_set())
    async with (
        house.failing_writes("chunk", "NEW.sequence = 10"),
        house.collector() as collector,
    ):
        await collector.chunks(blocks[:10])
        with pytest.raises(ConnectionClosed) as closed:
            await collector.chunk(10, blocks[10])
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code not in FINAL_CLOSES
    async with house.collector(collector.recording_id) as again:
        assert again.welcome["next_sequence"] == 10
        await again.chunks(blocks[10:], first=10)
        await again.end()
    assert (await house.live())["count"] == REPS


async def test_two_patients_sets_are_apart(house: House) -> None:
    async with house.collector() as annas, house.collector(uuid4(), token=house.bens_token) as bens:
        await annas.chunks(blocks_of(a_set()))
        await bens.chunks([still(0)])
        assert (await house.live())["count"] == REPS
        bens_state = house.services.streams.of(house.ben.id).state
        assert bens_state.count == 0
