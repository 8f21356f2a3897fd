"""Two sensors of one patient at once: each counted and kept on its own, and never added up."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from server.invitations import pair
from server.live.admission import FRESH_S, LATE
from server.live.live_pair import SAME_PLACE, SAME_SENSOR, TWO_ALREADY
from tests.server.house import (
    REPS,
    STARTED_AT,
    Collector,
    House,
    a_house,
    a_set,
    blocks_of,
    still,
)
from tests.server.test_programs import put, the_plan

ON_BOTH_ENGINES = True

START = {"action": "start", "exercise": "bridge", "target_reps": 8}
STOP, MORE = {"action": "stop"}, {"action": "adjust", "by": 1}


def device(serial: str) -> dict[str, object]:
    return {"name": f"Polar H10 {serial}", "kind": "polar-h10", "serial": serial}


def left(house: House, **changes: object) -> Collector:
    return house.collector(**{"device": device("1234"), "side": "left", **changes})


def right(house: House, **changes: object) -> Collector:
    """One collector listens to both sensors, so they come with the same token."""
    return house.collector(**{"device": device("5678"), "side": "right", **changes})


async def press(house: House, *commands: object) -> dict[str, Any]:
    anna: httpx.AsyncClient = await house.client(house.anna)
    state: dict[str, Any] = {}
    for command in commands:
        answer = await anna.post(f"/api/v1/patients/{house.anna.id}/set", json=command)
        assert answer.status_code == 200, answer.text
        state = answer.json()
    return state


def shown(state: dict[str, Any]) -> list[tuple[str | None, int]]:
    """The sides on the page with their counts, the large one first."""
    both = [state, *([state["beside"]] if state["beside"] else [])]
    return [(one["sensor"]["side"], one["count"]) for one in both]


async def sides(house: House) -> dict[str, dict[str, Any]]:
    """The sets that are kept, by side."""
    return {one["side"]: one for one in await house.sets_of_anna()}


async def test_one_sensor_has_none_beside_it(house: House) -> None:
    async with left(house) as sender:
        await sender.chunks([still(0)])
        assert (await house.live())["beside"] is None


async def test_two_sensors_count_and_are_kept_each_on_its_own(house: House) -> None:
    blocks, fewer = blocks_of(a_set()), blocks_of(a_set(REPS - 1))
    async with left(house) as one, right(house) as other:
        for n, block in enumerate(blocks):
            await one.chunks([block], first=n)
            if n < len(fewer):
                await other.chunks([fewer[n]], first=n)
        assert shown(await house.live()) == [("left", REPS), ("right", REPS - 1)]
        await other.end()
        await one.end()
    kept = await sides(house)
    assert {side: found["auto_reps"] for side, found in kept.items()} == {
        "left": REPS,
        "right": REPS - 1,
    }
    state = await house.live()
    assert (state["count"], state["phase"], state["beside"]) == (REPS, "between", None)


async def test_the_one_that_counts_is_in_front_and_stays_there(house: House) -> None:
    """One leg after the other: the large number is that of the leg that moves or moved last."""
    blocks = blocks_of(a_set())
    async with left(house) as one, right(house) as other:
        await one.chunks([still(0)])
        await other.chunks(blocks)
        assert shown(await house.live()) == [("right", REPS), ("left", 0)]
        await other.chunks([still(60.0 + n) for n in range(15)], first=len(blocks))
        assert (await house.live())["phase"] == "between"
        await one.chunks([still(1)], first=1)
        assert shown(await house.live()) == [("right", REPS), ("left", 0)]


async def test_a_start_and_a_stop_are_for_both(house: House) -> None:
    blocks = blocks_of(a_set())
    async with left(house) as one, right(house) as other:
        await one.chunks(blocks[:1])
        await other.chunks(blocks[:1])
        state = await press(house, START)
        assert (state["phase"], state["beside"]["phase"]) == ("ready", "ready")
        await one.chunks(blocks[1:], first=1)
        await other.chunks(blocks[1:], first=1)
        state = await press(house, {"action": "stop", "reason": "tired"})
        assert (state["phase"], state["beside"]["phase"]) == ("stopped", "stopped")
    for kept in (await sides(house)).values():
        assert (kept["auto_reps"], kept["end_reason"]) == (REPS, "tired")
        assert (kept["exercise"]["name"], kept["target_reps"]) == ("bridge", 8)


async def test_a_leg_that_rests_while_the_other_exercises_has_no_set(house: House) -> None:
    async with left(house) as one, right(house) as other:
        await press(house, START)
        await one.chunks([still(n) for n in range(16)])
        await other.chunks(blocks_of(a_set()))
        assert shown(await house.live()) == [("right", REPS), ("left", 0)]
        await press(house, STOP)
    assert list(await sides(house)) == ["right"]


async def test_a_correction_is_for_the_one_in_front(house: House) -> None:
    blocks = blocks_of(a_set())
    async with left(house) as one, right(house) as other:
        await one.chunks(blocks)
        await other.chunks(blocks)
        await press(house, MORE)
        assert shown(await press(house, STOP)) == [("left", REPS + 1), ("right", REPS)]
    kept = await sides(house)
    assert (kept["left"]["auto_reps"], kept["left"]["confirmed_reps"]) == (REPS, REPS + 1)
    assert (kept["right"]["auto_reps"], kept["right"]["confirmed_reps"]) == (REPS, None)


async def test_a_sensor_that_joins_a_started_set_takes_part_in_it(house: House) -> None:
    blocks = blocks_of(a_set())
    async with left(house) as one:
        await one.chunks(blocks[:1])
        await press(house, START)
        async with right(house) as other:
            await other.chunks(blocks)
            assert shown(await house.live()) == [("right", REPS), ("left", 0)]
            await press(house, STOP)
    (kept,) = await house.sets_of_anna()
    assert (kept["side"], kept["exercise"]["name"]) == ("right", "bridge")


async def test_a_sensor_that_comes_anew_takes_part_in_what_was_started(house: House) -> None:
    """The left sensor's set is over and kept, then it ends; the right one still waits to begin."""
    blocks = blocks_of(a_set())
    async with right(house) as other:
        await other.chunks([still(0)])
        async with left(house) as one:
            await one.chunks([still(0)])
            await press(house, START)
            await one.chunks([*blocks[1:], *(still(60.0 + n) for n in range(15))], first=1)
            await one.end()
        state = await house.live()
        assert (state["phase"], state["count"]) == ("between", REPS)
        assert state["beside"]["phase"] == "ready"
        async with left(house) as again:
            await again.chunks([still(0)])
            state = await house.live()
            assert (state["phase"], state["exercise"]["name"]) == ("ready", "bridge")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"device": device("1234")}, SAME_SENSOR),
        ({"side": "left"}, SAME_PLACE),
        ({"side": None}, SAME_PLACE),
        ({"side": None, "placement": None}, SAME_PLACE),
    ],
)
async def test_the_same_sensor_or_place_is_refused_in_words(
    house: House, changes: dict[str, object], reason: str
) -> None:
    async with left(house) as one:
        await one.chunks([still(0)])
        async with right(house, **changes) as other:
            assert (other.welcome["type"], other.welcome["reason"]) == ("refused", reason)
        await one.chunks([still(1)], first=1)
        assert (await house.live())["beside"] is None


async def test_a_third_is_refused_until_one_of_the_two_falls_silent(house: House) -> None:
    async with left(house) as one, right(house) as other:
        await one.chunks([still(0)])
        await other.chunks([still(0)])
        async with house.collector(device=device("9"), placement="waist", side=None) as third:
            assert third.welcome["reason"] == TWO_ALREADY
        house.pass_by(FRESH_S + 1)
        await one.chunks([still(1)], first=1)
        async with house.collector(device=device("9"), placement="waist", side=None) as third:
            await third.chunks([still(0)])
            with pytest.raises(ConnectionClosed):
                await other.chunk(1, still(1))
            await one.chunks([still(2)], first=2)


async def test_a_new_recording_of_a_lost_sensor_takes_the_place_of_its_own(house: House) -> None:
    async with left(house) as one:
        await one.chunks([still(0)])
        async with right(house) as other:
            await other.chunks([still(0)])
        async with right(house) as again:
            await again.chunks([still(0)])
            await one.chunks([still(1)], first=1)
            assert shown(await house.live()) == [("left", 0), ("right", 0)]


async def test_a_side_that_stays_away_is_closed_and_the_other_goes_on(house: House) -> None:
    blocks = blocks_of(a_set())
    async with right(house) as other:
        async with left(house) as one:
            await one.chunks(blocks[:-3])
        house.pass_by(house.settings.abandon_after_s + 1)
        await other.chunks(blocks)
        await house.services.streams.check_quiet()
        state = await house.live()
        assert (shown(state), state["sensor"]["link"]) == ([("right", REPS)], "streaming")
        await other.end()
    kept = await sides(house)
    assert kept["left"]["end_reason"] == "sensor_lost"
    assert (kept["right"]["end_reason"], kept["right"]["auto_reps"]) == ("detected", REPS)


async def test_one_beside_that_stays_away_is_closed_and_not_shown_any_more(house: House) -> None:
    blocks = blocks_of(a_set())
    async with left(house) as one:
        await one.chunks(blocks[:-1])
        async with right(house) as other:
            await other.chunks(blocks[:-3])
        assert (await house.live())["beside"]["sensor"]["link"] == "lost"
        house.pass_by(house.settings.abandon_after_s + 1)
        await one.chunks(blocks[-1:], first=len(blocks) - 1)
        await house.services.streams.check_quiet()
        assert shown(await house.live()) == [("left", REPS)]
        async with right(house, recording_id=other.recording_id) as back:
            await back.chunks([still(300)], first=len(blocks) - 3)
            assert shown(await house.live())[0] == ("left", REPS)
            assert (await house.live())["beside"]["sensor"]["side"] == "right"
    assert (await sides(house))["right"]["end_reason"] == "sensor_lost"


async def test_both_become_live_when_they_have_caught_up(house: House) -> None:
    """The network was away for long; first what waited on the collector's disk, then now."""
    began = (STARTED_AT - 2 * LATE).isoformat()
    late_s = (2 * LATE).total_seconds()
    async with left(house, started_at=began) as one, right(house, started_at=began) as other:
        for sender in (one, other):
            await sender.chunks([still(0), still(late_s - 5)])
            with pytest.raises(ConnectionClosed):
                await sender.chunk(2, still(late_s - 4))
    async with (
        left(house, recording_id=one.recording_id) as one,
        right(house, recording_id=other.recording_id) as other,
    ):
        await one.chunks([still(late_s - 4)], first=2)
        await other.chunks([still(late_s - 4)], first=2)
        assert shown(await house.live()) == [("left", 0), ("right", 0)]


async def test_pain_stops_both(house: House) -> None:
    blocks = blocks_of(a_set())
    anna = await house.client(house.anna)
    async with left(house) as one, right(house) as other:
        await one.chunks(blocks)
        await other.chunks(blocks)
        report = {"id": "7a1d4c1e-52f8-4a0e-b1c5-6f1f3a9d8c02", "pain_nrs": 6}
        answer = await anna.post(f"/api/v1/patients/{house.anna.id}/reports", json=report)
    kept = await sides(house)
    assert {one["end_reason"] for one in kept.values()} == {"pain"}
    assert answer.json()["set_id"] == kept["left"]["id"]


async def test_each_sides_link_and_battery_are_its_own(house: House) -> None:
    async with left(house) as one, right(house) as other:
        await one.socket.send('{"type": "status", "battery_pct": 80}')
        await other.socket.send('{"type": "status", "battery_pct": 20, "link": "lost"}')
        await one.chunks([still(0)])
        assert (await other.chunk(7, still(0)))["type"] == "refused"  # so the status was heard
        state = await house.live()
        assert (state["sensor"]["battery_pct"], state["sensor"]["link"]) == (80, "streaming")
        beside = state["beside"]["sensor"]
        assert (beside["battery_pct"], beside["link"]) == (20, "lost")


@pytest.mark.parametrize("limit_s", [900.0, 3.0])
async def test_both_counts_are_the_same_after_a_restart(tmp_path: Path, limit_s: float) -> None:
    blocks = blocks_of(a_set())
    half = 2 * len(blocks) // 3
    async with a_house(tmp_path, replay_limit_s=limit_s) as house:
        async with left(house) as one, right(house) as other:
            await press(house, START)
            await other.chunks(blocks[:half])
            await one.chunks(blocks[:5])
            before = shown(await house.live())
        assert before[0][0] == "right"
    async with a_house(tmp_path, replay_limit_s=limit_s) as again:
        token = {"token": house.sensor_token}
        async with (
            left(again, recording_id=one.recording_id, **token) as one,
            right(again, recording_id=other.recording_id, **token) as other,
        ):
            assert (one.welcome["next_sequence"], other.welcome["next_sequence"]) == (5, half)
            assert shown(await again.live()) == before
            await one.chunks(blocks[5:], first=5)
            await other.chunks(blocks[half:], first=half)
            await press(again, STOP)
        kept = await sides(again)
    assert {side: found["auto_reps"] for side, found in kept.items()} == {
        "left": REPS,
        "right": REPS,
    }


async def test_a_write_that_fails_harms_neither(house: House) -> None:
    blocks = blocks_of(a_set())
    async with left(house) as one, right(house) as other:
        await other.chunks(blocks[:9])
        async with house.failing_writes("chunk", "NEW.sequence = 10"):
            await one.chunks(blocks[:10])
            with pytest.raises(ConnectionClosed):
                await one.chunk(10, blocks[10])
            await other.chunks(blocks[9:10], first=9)
        async with left(house, recording_id=one.recording_id) as back:
            await back.chunks(blocks[10:], first=10)
            await other.chunks(blocks[10:], first=10)
    assert sorted(shown(await house.live())) == [("left", REPS), ("right", REPS)]


async def test_two_collectors_with_a_token_each_are_as_good_as_one(house: House) -> None:
    async with house.services.database.writing() as database:
        token = await pair(database, house.anna, "Verity", house.services.clock)
    async with left(house) as one, right(house, token=token) as other:
        await one.chunks([still(0)])
        await other.chunks([still(0)])
        assert len(shown(await house.live())) == 2
        house.time.pass_by(timedelta(seconds=house.settings.quiet_after_s + 1))
        await one.chunks([still(5)], first=1)
        await house.services.streams.check_quiet()
        state = await house.live()
        assert state["sensor"]["link"] == "streaming"
        assert state["beside"]["sensor"]["link"] == "quiet"


async def test_what_both_legs_did_is_one_set_of_the_plan(house: House) -> None:
    blocks = blocks_of(a_set())
    await put(house, 0, {"exercise": "bridge", "sets": 2, "reps": REPS})
    async with left(house, exercise="bridge") as one, right(house, exercise="bridge") as other:
        await one.chunks(blocks)
        await other.chunks(blocks)
        await press(house, STOP)
    assert len(await house.sets_of_anna()) == 2
    (planned,) = await the_plan(house)
    assert planned["sets_done"] == 1
    eva = await house.client(house.eva)
    (anna,) = (await eva.get("/api/v1/patients")).json()["patients"]
    assert anna["recent_sets"] == 1
