"""Which recording is on a patient's page, and what keeps one from harming another."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from sensors.spool import Spool
from sensors.uplink import FINAL_CLOSES, Uplink, UplinkParams, UplinkState, ingest_url
from server.invitations import pair
from server.live.admission import FRESH_S, LATE
from tests.server.house import REPS, STARTED_AT, Collector, House, a_set, blocks_of, hello, still

ON_BOTH_ENGINES = True

PATIENCE_S = 30.0


async def another_token(house: House) -> str:
    """Of a second sensor that Anna has."""
    async with house.services.database.writing() as database:
        return await pair(database, house.anna, "Verity", house.services.clock)


async def sets_of_anna(house: House) -> list[dict[str, Any]]:
    eva = await house.client(house.eva)
    listed = (await eva.get(f"/api/v1/patients/{house.anna.id}/sets")).json()
    found: list[dict[str, Any]] = listed["sets"]
    return found


async def silence(house: House, seconds: float) -> None:
    house.pass_by(seconds)
    await house.services.streams.check_quiet()


def ago(span: timedelta) -> str:
    return (STARTED_AT - span).isoformat()


async def test_our_collector_is_done_when_only_the_last_answer_was_lost(
    house: House, tmp_path: Path
) -> None:
    async with house.collector() as collector:
        await collector.chunks([still(0), still(1)])
        await collector.end()
    spool = Spool.create(tmp_path / "kept.spool", json.dumps(collector.first))
    uplink = Uplink(ingest_url(house.address), house.sensor_token, spool)
    for block in (still(0), still(1)):
        await uplink.put(block)
    await uplink.end()
    await uplink.run()
    assert (uplink.state, uplink.waiting) == (UplinkState.DONE, 0)


async def test_our_collector_goes_on_after_a_failed_write(house: House, tmp_path: Path) -> None:
    blocks = blocks_of(a_set())
    first = hello(uuid4())
    spool = Spool.create(tmp_path / "kept.spool", json.dumps(first))
    params = UplinkParams(retry_s=0.01, longest_pause_s=0.05)
    uplink = Uplink(ingest_url(house.address), house.sensor_token, spool, params)
    async with (
        await house.look_on(house.anna, house.anna) as page,
        asyncio.TaskGroup() as tasks,
        asyncio.timeout(PATIENCE_S),
    ):
        async with house.failing_writes("chunk"):
            sending = tasks.create_task(uplink.run())
            for block in blocks:
                await uplink.put(block)
            while json.loads(await page.recv())["sensor"]["link"] != "lost":
                pass
        await uplink.end()
        await sending
    (kept,) = await sets_of_anna(house)
    assert kept["auto_reps"] == REPS


async def test_silence_closes_the_set_and_not_the_connection(house: House) -> None:
    blocks = blocks_of(a_set())
    async with house.collector() as collector:
        await collector.chunks(blocks[:-3])
        await silence(house, house.settings.abandon_after_s + 1)
        await silence(house, 1)
        state = await house.live()
        assert (state["phase"], state["sensor"]["link"]) == ("idle", "quiet")
        await collector.chunks([still(300)], first=len(blocks) - 3)
        assert (await house.live())["sensor"]["link"] == "streaming"
    (kept,) = await sets_of_anna(house)
    assert kept["end_reason"] == "sensor_lost"


async def test_a_second_sensor_is_refused_in_words_while_the_first_sends(house: House) -> None:
    blocks = blocks_of(a_set())
    token = await another_token(house)
    async with house.collector() as first:
        await first.chunks(blocks[:10])
        before = await house.live()
        async with house.collector(token=token) as second:
            assert second.welcome["type"] == "refused"
            assert "another recording of this patient is coming in" in second.welcome["reason"]
        assert (await house.live())["count"] == before["count"]
        await first.chunks(blocks[10:], first=10)
        await first.end()
    (kept,) = await sets_of_anna(house)
    assert (kept["auto_reps"], kept["end_reason"]) == (REPS, "detected")


async def test_two_collectors_do_not_close_each_others_sets(house: House) -> None:
    """The first falls silent and is replaced; it may connect again and hears why it may not."""
    token = await another_token(house)
    async with house.collector() as first:
        await first.chunks(blocks_of(a_set())[:-3])
        await silence(house, FRESH_S + 1)
        async with house.collector(token=token) as second:
            await second.chunks([still(0)])
            with pytest.raises(ConnectionClosed) as closed:
                await first.chunk(20, still(100))
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code not in FINAL_CLOSES
            async with house.collector(first.recording_id) as back:
                assert back.welcome["type"] == "refused"
            await second.chunks([still(1)], first=1)
    async with house.collector(first.recording_id) as back:
        assert back.welcome["type"] == "welcome"
    (kept,) = await sets_of_anna(house)
    assert kept["end_reason"] == "sensor_lost"


async def test_a_recording_left_over_is_kept_and_not_shown(house: House) -> None:
    async with house.collector() as live:
        await live.chunks([still(0)])
        before = await house.live()
        async with house.collector(started_at=ago(timedelta(hours=2))) as left_over:
            await send_in_two_connections(house, left_over)
        assert {**await house.live(), "version": 0} == {**before, "version": 0}
        await live.chunks([still(1)], first=1)
    (kept,) = await sets_of_anna(house)
    assert (kept["auto_reps"], kept["end_reason"]) == (REPS, "detected")
    assert kept["started_at"].startswith("2026-11-02T05:30")


async def send_in_two_connections(house: House, first: Collector) -> None:
    blocks = blocks_of(a_set())
    await first.chunks(blocks[:10])
    async with house.collector(first.recording_id) as second:
        assert second.welcome["next_sequence"] == 10
        await second.chunks(blocks[10:], first=10)
        await second.end()


async def test_a_recording_that_has_caught_up_becomes_live(house: House) -> None:
    """A session whose network was away for long: first what waited, then what happens now."""
    span = 2 * LATE
    async with house.collector(started_at=ago(span)) as collector:
        await collector.chunks([still(0)])
        assert (await house.live())["sensor"]["link"] == "none"
        await collector.chunks([still(span.total_seconds() - 5)], first=1)
        with pytest.raises(ConnectionClosed) as closed:
            await collector.chunk(2, still(span.total_seconds() - 4))
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code not in FINAL_CLOSES
    async with house.collector(collector.recording_id) as again:
        assert again.welcome["next_sequence"] == 2
        await again.chunks([still(span.total_seconds() - 4)], first=2)
        assert (await house.live())["sensor"]["link"] == "streaming"


async def test_a_set_of_before_is_corrected_when_its_recording_comes_back(house: House) -> None:
    blocks = blocks_of(a_set())
    end_s = float(blocks[-1].t_s[-1]) + 0.01
    span = LATE + timedelta(minutes=1)
    anna = await house.client(house.anna)
    async with house.collector(started_at=ago(span)) as collector:
        await collector.chunks([*blocks, *(still(end_s + n) for n in range(15))])
        await collector.chunks([still(span.total_seconds() - 5)], first=len(blocks) + 15)
    async with house.collector(collector.recording_id):
        command = {"action": "adjust", "by": 1}
        await anna.post(f"/api/v1/patients/{house.anna.id}/set", json=command)
    (kept,) = await sets_of_anna(house)
    assert (kept["auto_reps"], kept["confirmed_reps"]) == (REPS, REPS + 1)


async def test_a_tap_that_cannot_be_kept_changes_nothing_and_stops_nothing(house: House) -> None:
    blocks = blocks_of(a_set())
    anna = await house.client(house.anna)
    path = f"/api/v1/patients/{house.anna.id}/set"
    async with house.collector() as collector:
        await anna.post(path, json={"action": "start", "exercise": "bridge"})
        await collector.chunks(blocks[:10])
        before = await house.live()
        async with house.failing_writes("command"):
            for command in ({"action": "adjust", "by": 1}, {"action": "stop"}):
                assert (await anna.post(path, json=command)).status_code == 500
        await collector.chunks(blocks[10:], first=10)
        assert (await house.live())["count"] >= before["count"]
        await anna.post(path, json={"action": "adjust", "by": 1})
        state = (await anna.post(path, json={"action": "stop"})).json()
    assert (state["auto_count"], state["adjustment"]) == (REPS, 1)


async def test_a_hand_count_that_cannot_be_kept_is_what_it_was(house: House) -> None:
    anna = await house.client(house.anna)
    path = f"/api/v1/patients/{house.anna.id}/set"
    for command in ({"action": "start"}, {"action": "adjust", "by": 1}):
        await anna.post(path, json=command)
    async with house.failing_writes("command"):
        await anna.post(path, json={"action": "adjust", "by": 1})
    answer = await anna.post(path, json={"action": "adjust", "by": 1})
    assert answer.json()["count"] == 2


async def test_status_of_a_recording_left_over_is_not_shown(house: House) -> None:
    async with house.collector(uuid4(), started_at=ago(timedelta(hours=2))) as left_over:
        await left_over.socket.send(json.dumps({"type": "status", "battery_pct": 3}))
        await left_over.chunks([still(0)])
        assert (await house.live())["sensor"]["battery_pct"] is None
