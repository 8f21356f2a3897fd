"""Programs: versions that never change, proposals that wait, and what the patient says."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.server.house import House, a_set, blocks_of

ON_BOTH_ENGINES = True

GROWTH = {"step_reps": 2, "after_sessions": 2, "most_reps": 15, "most_sets": 3}
BRIDGE: dict[str, Any] = {"exercise": "bridge", "sets": 1, "reps": 5, "growth": GROWTH}


async def as_eva(house: House) -> httpx.AsyncClient:
    return await house.client(house.eva)


async def put(
    house: House, version: int, *prescriptions: dict[str, Any], **program: object
) -> httpx.Response:
    browser = await as_eva(house)
    return await browser.put(
        f"/api/v1/patients/{house.anna.id}/program",
        json={"prescriptions": prescriptions, **program},
        headers={"If-Match": f'"{version}"'},
    )


async def the_program(house: House) -> dict[str, Any]:
    browser = await as_eva(house)
    found: dict[str, Any] = (await browser.get(f"/api/v1/patients/{house.anna.id}/program")).json()
    return found


async def the_plan(house: House) -> list[dict[str, Any]]:
    browser = await house.client(house.anna)
    answer = await browser.get(f"/api/v1/patients/{house.anna.id}/plan")
    found: list[dict[str, Any]] = answer.raise_for_status().json()["plan"]
    return found


async def decide(house: House, version: int, *, is_accepted: bool) -> httpx.Response:
    browser = await as_eva(house)
    return await browser.post(
        f"/api/v1/patients/{house.anna.id}/program/decision",
        json={"position": 0, "is_accepted": is_accepted},
        headers={"If-Match": f'"{version}"'},
    )


async def say(house: House, **felt: object) -> httpx.Response:
    browser = await house.client(house.anna)
    return await browser.post(
        f"/api/v1/patients/{house.anna.id}/check-ins", json={"id": str(uuid4()), **felt}
    )


async def train(house: House, days: int = 1) -> None:
    """A set of five bridges a day, then the night."""
    for _ in range(days):
        started_at = house.time.moment.isoformat()
        async with house.collector(exercise="bridge", started_at=started_at) as sender:
            await sender.chunks(blocks_of(a_set()))
            await sender.end()
        house.pass_by(timedelta(days=1).total_seconds())


async def test_a_change_is_a_new_version_and_the_old_one_stays(house: House) -> None:
    assert (await the_program(house))["number"] == 0
    first = await put(house, 0, BRIDGE)
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    second = await put(house, 1, {**BRIDGE, "reps": 8}, kind="maintenance")
    assert second.json()["number"] == 2
    assert second.json()["kind"] == "maintenance"
    assert second.json()["prescriptions"][0]["reps"] == 8


async def test_two_therapists_do_not_overwrite_each_other(house: House) -> None:
    await put(house, 0, BRIDGE)
    late = await put(house, 0, {**BRIDGE, "reps": 12})
    assert late.status_code == 412
    assert "Version 1 was made meanwhile" in late.json()["detail"]
    browser = await as_eva(house)
    unsaid = await browser.put(
        f"/api/v1/patients/{house.anna.id}/program", json={"prescriptions": []}
    )
    assert unsaid.status_code == 428
    assert (await the_program(house))["prescriptions"][0]["reps"] == 5


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sets": 0}, "sets"),
        ({"reps": 1000}, "reps"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [7]}, "weekdays"),
        ({"hold_s": -1}, "hold_s"),
        ({"exercise": "'; DROP TABLE program_version; --"}, "exercise"),
        ({"reps": 20}, "most_reps"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_dose_that_cannot_be_is_refused_and_nothing_is_kept(
    house: House, wrong: dict[str, Any], said: str
) -> None:
    refused = await put(house, 0, {**BRIDGE, **wrong})
    assert refused.status_code == 422
    assert said in refused.text
    assert (await the_program(house))["number"] == 0


async def test_the_plan_of_a_day_counts_the_sets_that_were_done(house: House) -> None:
    monday = house.time.moment.weekday()
    await put(
        house,
        0,
        {**BRIDGE, "sets": 2},
        {"exercise": "clam", "sets": 1, "reps": 8, "weekdays": [(monday + 1) % 7]},
    )
    (bridge,) = await the_plan(house)
    assert (bridge["exercise"]["name"], bridge["sets_done"]) == ("bridge", 0)
    await train(house)
    tomorrow = await the_plan(house)
    assert [(one["exercise"]["name"], one["sets_done"]) for one in tomorrow] == [
        ("bridge", 0),
        ("clam", 0),
    ]
    house.pass_by(-timedelta(days=1).total_seconds())
    assert (await the_plan(house))[0]["sets_done"] == 1


async def test_full_sessions_propose_and_nothing_changes_until_it_is_accepted(
    house: House,
) -> None:
    await put(house, 0, BRIDGE)
    await train(house, days=2)
    program = await the_program(house)
    (proposal,) = program["proposals"]
    assert (proposal["step"], proposal["reason"], proposal["reps"]) == (
        "more",
        "full_sessions",
        7,
    )
    assert program["prescriptions"][0]["reps"] == 5
    taken = (await decide(house, 1, is_accepted=True)).json()
    assert (taken["number"], taken["prescriptions"][0]["reps"]) == (2, 7)
    assert taken["proposals"] == []
    assert "the last 2 times you did all of it" in (await the_plan(house))[0]["why"]


async def test_what_is_declined_is_proposed_again_only_for_new_reasons(house: House) -> None:
    await put(house, 0, BRIDGE)
    await train(house, days=2)
    declined = (await decide(house, 1, is_accepted=False)).json()
    assert (declined["number"], declined["proposals"]) == (1, [])
    assert (await decide(house, 1, is_accepted=True)).status_code == 409
    house.pass_by(timedelta(days=1).total_seconds())
    await train(house, days=2)
    assert (await the_program(house))["proposals"][0]["step"] == "more"


async def test_soreness_on_the_next_day_holds_or_lowers(house: House) -> None:
    await put(house, 0, BRIDGE)
    await train(house, days=2)
    await say(house, kind="next_day", soreness_nrs=7)
    (proposal,) = (await the_program(house))["proposals"]
    assert (proposal["step"], proposal["reason"], proposal["reps"]) == ("less", "soreness", 4)


async def test_an_old_version_cannot_be_decided_on(house: House) -> None:
    await put(house, 0, BRIDGE)
    await train(house, days=2)
    await put(house, 1, BRIDGE, {"exercise": "clam", "sets": 1, "reps": 8})
    assert (await decide(house, 1, is_accepted=True)).status_code == 412


async def test_a_version_that_changes_something_else_does_not_start_the_count_anew(
    house: House,
) -> None:
    await put(house, 0, BRIDGE)
    await train(house, days=2)
    changed = await put(house, 1, {**BRIDGE, "rest_s": 90})
    assert changed.json()["proposals"][0]["step"] == "more"


async def test_a_lapse_proposes_a_gentle_restart(house: House) -> None:
    await put(house, 0, {**BRIDGE, "growth": None})
    await train(house, days=1)
    house.pass_by(timedelta(days=20).total_seconds())
    (proposal,) = (await the_program(house))["proposals"]
    assert (proposal["step"], proposal["reps"]) == ("restart", 3)


@pytest.mark.parametrize(
    ("felt", "is_alert"),
    [({"pain_nrs": 5}, True), ({"pain_nrs": 4, "soreness_nrs": 9, "effort_rpe": 10}, False)],
)
async def test_much_pain_afterwards_is_an_alert_and_soreness_is_not(
    house: House, felt: dict[str, int], is_alert: bool
) -> None:
    said = await say(house, **felt, note="evening")
    assert (said.status_code, said.json()["is_alert"]) == (201, is_alert)
    page = await (await as_eva(house)).get(f"/patients/{house.anna.id}")
    assert ("It hurt" in page.text or "alert" in page.text.lower()) or not is_alert


async def test_the_same_check_in_again_is_kept_once(house: House) -> None:
    body = {"id": str(uuid4()), "kind": "after", "effort_rpe": 6}
    browser = await house.client(house.anna)
    path = f"/api/v1/patients/{house.anna.id}/check-ins"
    answers = [await browser.post(path, json=body) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    bens = await house.client(house.ben)
    stolen = await bens.post(path.replace(str(house.anna.id), str(house.ben.id)), json=body)
    assert stolen.status_code == 409
    assert "effort" not in stolen.text


async def test_pain_in_a_set_has_a_way_of_its_own(house: House) -> None:
    refused = await say(house, kind="hurts", pain_nrs=7)
    assert refused.status_code == 422
    assert "/reports" in refused.json()["detail"]


async def test_what_was_prepared_is_kept(house: House) -> None:
    await put(house, 0, BRIDGE)
    browser = await house.client(house.anna)
    body = {"id": str(uuid4()), "prepared": {"water": True, "snack": False}, "heat_min": 20}
    path = f"/api/v1/patients/{house.anna.id}/workouts"
    answers = [await browser.post(path, json=body) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json()["prepared"] == {"water": True, "snack": False}
    wrong = await browser.post(path, json={"id": str(uuid4()), "prepared": {"beer": True}})
    assert wrong.status_code == 422
