"""What a patient presses, over HTTP, and what is kept of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from server.store import reports
from tests.server.house import (
    REPS,
    HandClock,
    House,
    a_house,
    a_set,
    blocks_of,
    in_the_shared_house,
    still,
)

ON_BOTH_ENGINES = True


async def press(house: House, browser: httpx.AsyncClient, **command: object) -> dict[str, Any]:
    answer = await browser.post(f"/api/v1/patients/{house.anna.id}/set", json=command)
    assert answer.status_code == 200, answer.text
    state: dict[str, Any] = answer.json()
    return state


async def sets_of_anna(house: House) -> list[dict[str, Any]]:
    eva = await house.client(house.eva)
    listed = (await eva.get(f"/api/v1/patients/{house.anna.id}/sets")).json()
    found: list[dict[str, Any]] = listed["sets"]
    return found


async def test_a_started_set_is_kept_with_its_target_when_stopped(house: House) -> None:
    anna = await house.client(house.anna)
    blocks = blocks_of(a_set())
    async with house.collector() as collector:
        await collector.chunks(blocks[:1])
        ready = await press(house, anna, action="start", exercise="bridge", target_reps=10)
        assert (ready["phase"], ready["exercise"]["title"]) == ("ready", "Bridge")
        await collector.chunks(blocks[1:], first=1)
        stopped = await press(house, anna, action="stop", reason="tired")
    assert (stopped["phase"], stopped["count"]) == ("stopped", REPS)
    (kept,) = await sets_of_anna(house)
    assert (kept["auto_reps"], kept["target_reps"], kept["end_reason"]) == (REPS, 10, "tired")


async def test_a_correction_never_touches_the_automatic_count(house: House) -> None:
    anna = await house.client(house.anna)
    async with house.collector() as collector:
        await collector.chunks(blocks_of(a_set()))
        await press(house, anna, action="adjust", by=-1)
        await press(house, anna, action="stop")
        await press(house, anna, action="adjust", by=-1)
    (kept,) = await sets_of_anna(house)
    assert (kept["auto_reps"], kept["confirmed_reps"], kept["reps"]) == (REPS, REPS - 2, REPS - 2)


async def test_a_set_can_be_tapped_without_any_sensor(house: House) -> None:
    anna = await house.client(house.anna)
    await press(house, anna, action="start", exercise="squat")
    for _ in range(3):
        await press(house, anna, action="adjust", by=1)
    await press(house, anna, action="stop")
    (kept,) = await sets_of_anna(house)
    assert (kept["auto_reps"], kept["reps"], kept["sensor"]) == (None, 3, None)
    assert kept["tremor"] is None


async def test_what_is_tapped_after_a_recording_was_counted_by_no_sensor(house: House) -> None:
    anna = await house.client(house.anna)
    async with house.collector() as collector:
        await collector.chunks([still(0), still(1)])
        await collector.end()
    for command in ({"action": "start"}, {"action": "adjust", "by": 1}, {"action": "stop"}):
        await press(house, anna, **command)
    (kept,) = await sets_of_anna(house)
    assert (kept["auto_reps"], kept["reps"], kept["duration_s"]) == (None, 1, None)
    assert kept["sensor"] is None


async def test_a_tapped_set_belongs_to_the_patients_own_day(tmp_path: Path) -> None:
    half_past_midnight = HandClock(datetime(2026, 7, 2, 22, 30, tzinfo=UTC))
    async with a_house(tmp_path, half_past_midnight) as house:
        anna = await house.client(house.anna)
        await press(house, anna, action="start")
        await press(house, anna, action="adjust", by=1)
        await press(house, anna, action="stop")
        (kept,) = await sets_of_anna(house)
    assert kept["started_at"] == "2026-07-03T00:30:00+02:00"


async def test_the_same_key_again_changes_nothing(house: House) -> None:
    anna = await house.client(house.anna)
    anna.headers["Idempotency-Key"] = str(uuid4())
    await press(house, anna, action="start")
    anna.headers["Idempotency-Key"] = str(uuid4())
    once = await press(house, anna, action="adjust", by=1)
    assert await press(house, anna, action="adjust", by=1) == once


async def test_without_a_set_adjusting_is_a_conflict_that_says_what_to_do(house: House) -> None:
    anna = await house.client(house.anna)
    path = f"/api/v1/patients/{house.anna.id}/set"
    answer = await anna.post(path, json={"action": "adjust", "by": 1})
    assert answer.status_code == 409
    assert "Start one first" in answer.json()["detail"]


async def test_it_hurts_stops_the_set_keeps_the_report_and_raises_an_alert(house: House) -> None:
    anna = await house.client(house.anna)
    report = {"id": str(uuid4()), "pain_nrs": 7, "note": "in the knee"}
    async with house.collector() as collector:
        await collector.chunks(blocks_of(a_set()))
        path = f"/api/v1/patients/{house.anna.id}/reports"
        first = await anna.post(path, json=report)
        again = await anna.post(path, json={**report, "pain_nrs": 1})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["pain_nrs"] == 7
    assert (first.json()["state"]["phase"], first.json()["state"]["alert"]) == (
        "stopped",
        {"kind": "pain"},
    )
    (kept,) = await sets_of_anna(house)
    assert (kept["end_reason"], kept["id"]) == ("pain", first.json()["set_id"])
    eva = await house.client(house.eva)
    (row,) = (await eva.get("/api/v1/patients")).json()["patients"]
    assert (row["open_alerts"], row["latest_pain_nrs"]) == (1, 7)


async def test_it_hurts_without_a_set_or_a_number_is_kept_too(house: House) -> None:
    anna = await house.client(house.anna)
    path = f"/api/v1/patients/{house.anna.id}/reports"
    answer = await anna.post(path, json={"id": str(uuid4())})
    assert answer.status_code == 201
    assert answer.json()["set_id"] is None
    async with house.services.database.reading() as database:
        assert len(await reports.open_alerts(database, house.anna.id)) == 1


@in_the_shared_house
async def test_somebody_elses_report_id_is_refused(shared_house: House) -> None:
    anna, ben = (
        await shared_house.client(shared_house.anna),
        await shared_house.client(shared_house.ben),
    )
    report = {"id": str(uuid4()), "pain_nrs": 3}
    await anna.post(f"/api/v1/patients/{shared_house.anna.id}/reports", json=report)
    answer = await ben.post(f"/api/v1/patients/{shared_house.ben.id}/reports", json=report)
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"action": "start", "exercise": "'; DROP TABLE exset; --"},
        {"action": "start", "target_reps": 0},
        {"action": "start", "target_reps": 10**9},
        {"action": "stop", "reason": "detected"},
        {"action": "adjust", "by": "1; --"},
        {"action": "adjust", "by": True},
        {"action": "adjust", "by": 1.0},
        {"action": "start", "target_reps": "5"},
        {"action": "start", "target_reps": True},
        {"action": "dance"},
        {"action": "start", "extra": 1},
        {},
        [],
        "start",
    ],
)
@in_the_shared_house
async def test_a_wrong_command_is_refused_and_changes_nothing(
    shared_house: House, body: object
) -> None:
    anna = await shared_house.client(shared_house.anna)
    before = await shared_house.live()
    answer = await anna.post(f"/api/v1/patients/{shared_house.anna.id}/set", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert await shared_house.live() == before


@pytest.mark.parametrize("pain_nrs", [True, "7", 7.0, 11, -1])
@in_the_shared_house
async def test_pain_that_is_no_number_from_0_to_10_is_refused(
    shared_house: House, pain_nrs: object
) -> None:
    anna = await shared_house.client(shared_house.anna)
    path = f"/api/v1/patients/{shared_house.anna.id}/reports"
    answer = await anna.post(path, json={"id": str(uuid4()), "pain_nrs": pain_nrs})
    assert answer.status_code == 422


@in_the_shared_house
async def test_a_huge_body_is_refused(shared_house: House) -> None:
    anna = await shared_house.client(shared_house.anna)
    path = f"/api/v1/patients/{shared_house.anna.id}/reports"
    answer = await anna.post(path, json={"id": str(uuid4()), "note": "x" * 200_000})
    assert answer.status_code == 413
