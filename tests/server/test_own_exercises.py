"""A therapist's own exercises: described, prescribed, counted from the first repetition, kept."""

import csv
from pathlib import Path
from typing import Any

import pytest

from detection.exercises import EXERCISES
from server.export.writing import Form, export
from tests.server.house import House, a_house, a_set, blocks_of

ON_BOTH_ENGINES = True

SLIDE: dict[str, Any] = {
    "title": "Towel {slide} <b>",
    "how": "The heel slides to the seat on a towel and back.",
    "placement": "thigh",
    "sides": "one_side",
    "fastest_s": 1.2,
    "slowest_s": 10,
    "concentric_s": 1,
    "hold_s": 1,
    "eccentric_s": 1,
    "equipment": ["mat", "towel"],
    "cautions": ["Stop before the knee hurts."],
    "counts_like": "heel-slide",
}


async def described(house: House, **changes: object) -> dict[str, Any]:
    eva = await house.client(house.eva)
    made = await eva.post("/api/v1/exercises", json={**SLIDE, **changes})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def prescribe(house: House, name: str, version: int = 0) -> int:
    eva = await house.client(house.eva)
    answer = await eva.put(
        f"/api/v1/patients/{house.anna.id}/program",
        json={"prescriptions": [{"exercise": name, "sets": 2, "reps": 5}]},
        headers={"If-Match": f'"{version}"'},
    )
    return answer.status_code


async def seen(house: House, path: str) -> str:
    anna = await house.client(house.anna)
    return (await anna.get(path)).raise_for_status().text


async def a_set_of(house: House, name: str) -> None:
    started_at = house.time.moment.isoformat()
    async with house.collector(exercise=name, started_at=started_at) as sender:
        await sender.chunks(blocks_of(a_set()))
        await sender.end()


async def test_an_own_exercise_is_named_wherever_the_patients_records_are(house: House) -> None:
    name = (await described(house))["name"]
    assert await prescribe(house, name) == 200
    await a_set_of(house, name)
    anna = await house.client(house.anna)
    at = f"/api/v1/patients/{house.anna.id}"
    (planned,) = (await anna.get(f"{at}/plan")).json()["plan"]
    (done,) = await house.sets_of_anna()
    for view in (planned["exercise"], done["exercise"]):
        assert view == {"name": name, "title": SLIDE["title"]}
    assert planned["sets_done"] == 1
    detail = (await anna.get(f"/api/v1/sets/{done['id']}")).json()
    trend = (await anna.get(f"{at}/trend", params={"exercise": name})).json()
    assert detail["exercise"] == trend["exercise"] == planned["exercise"]
    (known,) = (await anna.get(f"{at}/exercises")).json()["exercises"]
    assert known["how"] == SLIDE["how"]
    for path in (f"/patients/{house.anna.id}", f"/sets/{done['id']}"):
        page = await seen(house, path)
        assert "Towel {slide} &lt;b&gt;" in page
        assert name not in page.replace(f"exercise={name}", "")
    assert "Towel {slide}" in await seen(house, "/live")


async def counted_live(house: House, exercise: str) -> list[int]:
    """The count after each second of a set of five that the patient starts."""
    stream = house.services.streams.of(house.anna.id)
    async with house.collector(started_at=house.time.moment.isoformat()) as sender:
        first, *rest = blocks_of(a_set())
        await sender.chunks([first])
        anna = await house.client(house.anna)
        started = await anna.post(
            f"/api/v1/patients/{house.anna.id}/set", json={"action": "start", "exercise": exercise}
        )
        assert started.status_code == 200, started.text
        counts = []
        for sequence, block in enumerate(rest, start=1):
            await sender.chunks([block], first=sequence)
            counts.append(stream.state.auto_count)
        await sender.end()
    return counts


async def test_it_is_counted_live_as_the_table_would_count_it(house: House) -> None:
    bridge = EXERCISES["bridge"]
    seconds = {"fastest_s": bridge.fastest_s, "slowest_s": bridge.slowest_s}
    placed = {"placement": bridge.placement, "counts_like": "bridge"}
    name = (await described(house, **seconds, **placed))["name"]
    await prescribe(house, name)
    counts = await counted_live(house, name)
    state = house.services.streams.of(house.anna.id).state
    assert state.exercise is not None
    assert state.exercise.title == SLIDE["title"]
    assert counts == await counted_live(house, "bridge")
    assert counts[-1] == 5


async def test_what_is_quicker_than_its_own_seconds_is_not_counted_as_it(house: House) -> None:
    slow = {"fastest_s": 5, "slowest_s": 20, "concentric_s": 3, "hold_s": 2, "eccentric_s": 3}
    name = (await described(house, **slow))["name"]
    await prescribe(house, name)
    assert (await counted_live(house, name))[-1] < 5
    assert (await counted_live(house, "nobody-described-it"))[-1] == 5


async def test_what_is_prescribed_while_a_recording_comes_in_is_known_at_the_next_start(
    house: House,
) -> None:
    name = (await described(house))["name"]
    anna = await house.client(house.anna)
    async with house.collector(started_at=house.time.moment.isoformat()) as sender:
        await sender.chunks(blocks_of(a_set())[:1])
        await prescribe(house, name)
        answer = await anna.post(
            f"/api/v1/patients/{house.anna.id}/set", json={"action": "start", "exercise": name}
        )
    assert answer.json()["exercise"]["title"] == SLIDE["title"]


async def test_what_counted_says_the_seconds_that_were_looked_for(house: House) -> None:
    name = (await described(house))["name"]
    await prescribe(house, name)
    await a_set_of(house, name)
    params = await house.rows("SELECT parameters FROM algorithm")
    assert any('"shortest_s": 1.2' in str(one[0]).replace("'", '"') for one in params)


async def test_a_hold_of_ones_own_is_held(house: House) -> None:
    changes = {"kind": "hold", "hold_s": 20, "fastest_s": 5, "slowest_s": 60}
    made = await described(house, **changes)
    assert (made["kind"], made["hold_s"]) == ("hold", 20)
    assert await prescribe(house, made["name"]) == 200


async def test_a_change_is_a_version_and_what_was_prescribed_stays(house: House) -> None:
    first = await described(house)
    await prescribe(house, first["name"])
    eva = await house.client(house.eva)
    second = (
        await eva.put(f"/api/v1/exercises/{first['name']}", json={**SLIDE, "title": "Slide 2"})
    ).json()
    assert (second["version"], second["title"]) == (2, "Slide 2")
    assert second["name"] != first["name"]
    offered = (await eva.get("/api/v1/exercises")).json()["exercises"]
    assert [one["name"] for one in offered] == [second["name"]]
    at = f"/api/v1/patients/{house.anna.id}"
    assert (await eva.get(f"{at}/plan")).json()["plan"][0]["exercise"]["title"] == SLIDE["title"]
    assert await prescribe(house, second["name"], version=1) == 200
    known = (await eva.get(f"{at}/exercises")).json()["exercises"]
    assert sorted(one["version"] for one in known) == [1, 2]


async def test_what_is_put_away_is_not_offered_and_stays_prescribed(house: House) -> None:
    name = (await described(house))["name"]
    await prescribe(house, name)
    eva = await house.client(house.eva)
    for _ in range(2):
        assert (await eva.delete(f"/api/v1/exercises/{name}")).status_code == 204
    assert (await eva.get("/api/v1/exercises")).json()["exercises"] == []
    editor = (await eva.get(f"/patients/{house.anna.id}/program")).text
    assert f'<option value="{name}" selected>Towel {{slide}}' in editor


async def test_it_belongs_to_its_therapist_alone(house: House) -> None:
    name = (await described(house))["name"]
    omar, ben = await house.client(house.omar), await house.client(house.ben)
    assert (await omar.get("/api/v1/exercises")).json()["exercises"] == []
    assert (await omar.put(f"/api/v1/exercises/{name}", json=SLIDE)).status_code == 404
    await omar.delete(f"/api/v1/exercises/{name}")
    eva = await house.client(house.eva)
    assert len((await eva.get("/api/v1/exercises")).json()["exercises"]) == 1
    await prescribe(house, name)
    bens = (await ben.get(f"/api/v1/patients/{house.ben.id}/exercises")).json()
    assert bens == {"exercises": []}
    await ben.post(
        f"/api/v1/patients/{house.ben.id}/set", json={"action": "start", "exercise": name}
    )
    live = (await ben.get(f"/api/v1/patients/{house.ben.id}/live")).json()
    assert "slide" not in live["exercise"]["title"]


async def test_nobody_prescribes_what_is_not_theirs(house: House) -> None:
    assert await prescribe(house, "own-0123-1") == 422


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "title"),
        ({"fastest_s": 0.1}, "fastest_s"),
        ({"slowest_s": 40}, "slowest_s"),
        ({"slowest_s": 2.5}, "usual tempo"),
        ({"kind": "hold", "hold_s": 0}, "hold_s"),
        ({"concentric_s": 0}, "concentric_s"),
        ({"counts_like": "yodel"}, "counts_like"),
        ({"placement": "nose"}, "placement"),
        ({"name": "bridge"}, "name"),
    ],
)
async def test_what_cannot_be_counted_is_refused(
    house: House, wrong: dict[str, Any], said: str
) -> None:
    eva = await house.client(house.eva)
    refused = await eva.post("/api/v1/exercises", json={**SLIDE, **wrong})
    assert refused.status_code == 422
    assert said in refused.text
    assert (await eva.get("/api/v1/exercises")).json()["exercises"] == []


async def test_an_export_says_what_its_names_mean(house: House, tmp_path: Path) -> None:
    name = (await described(house))["name"]
    await prescribe(house, name)
    await a_set_of(house, name)
    folder, forms = tmp_path / "out", frozenset({Form.CSV, Form.FHIR, Form.FIT})
    async with house.services.database.reading() as database:
        await export(database, house.anna, folder, forms, house.time.moment, lambda _: None)
    with (folder / "own_exercises.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["exercise"], row["title"]) == (name, SLIDE["title"])
    assert SLIDE["title"] in (folder / "bundle.fhir.json").read_text()
    assert list((folder / "fit").iterdir())


async def test_it_is_known_again_after_a_restart(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        name = (await described(house))["name"]
        await prescribe(house, name)
        anna = await house.client(house.anna)
        await anna.post(
            f"/api/v1/patients/{house.anna.id}/set", json={"action": "start", "exercise": name}
        )
    async with a_house(tmp_path) as house:
        anna = await house.client(house.anna)
        live = (await anna.get(f"/api/v1/patients/{house.anna.id}/live")).json()
        assert live["exercise"]["title"] == SLIDE["title"]


FORM = {
    **SLIDE,
    "name": "",
    "kind": "repetitions",
    "first_phase": "concentric",
    "equipment": "mat\ntowel",
    "cautions": "Stop before the knee hurts.",
}
"""As a browser sends it, with every choice that the page offers."""


async def test_a_page_describes_changes_and_puts_away(house: House) -> None:
    eva = await house.client(house.eva)
    assert (await eva.post("/exercises", data=FORM)).status_code == 303
    (one,) = (await eva.get("/api/v1/exercises")).json()["exercises"]
    assert {name: one[name] for name in SLIDE if name != "name"} == SLIDE | {
        "cautions": ["Stop before the knee hurts."]
    }
    filled = (await eva.get("/exercises", params={"change": one["name"]})).text
    assert 'value="Towel {slide} &lt;b&gt;"' in filled
    changed = {**FORM, "name": one["name"], "title": "Slide 2"}
    assert (await eva.post("/exercises", data=changed)).status_code == 303
    (two,) = (await eva.get("/api/v1/exercises")).json()["exercises"]
    assert (two["title"], two["version"]) == ("Slide 2", 2)
    editor = (await eva.get(f"/patients/{house.anna.id}/program")).text
    assert f'<option value="{two["name"]}">Slide 2' in editor
    assert (await eva.post(f"/exercises/{two['name']}/put-away")).status_code == 303
    assert "Slide 2" not in (await eva.get("/exercises")).text


async def test_the_page_says_what_to_mend_and_keeps_what_was_typed(house: House) -> None:
    eva = await house.client(house.eva)
    answer = await eva.post("/exercises", data={**FORM, "slowest_s": "2"})
    assert answer.status_code == 422
    assert "The usual tempo takes 3 s" in answer.text
    assert "between “Fastest, s” and “Slowest, s”." in answer.text
    assert "Towel {slide} &lt;b&gt;" in answer.text
    assert (await eva.post("/exercises", content=b"\xff")).status_code == 422
