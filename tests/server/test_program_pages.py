"""The therapist's editor and the program's panel, as forms without JavaScript."""

from urllib.parse import urlencode

import httpx
import pytest

from server.documents.program_form import NotAForm, read_form, wanted
from tests.server.house import House
from tests.server.test_programs import BRIDGE, decide, put, the_program, train

ROW = {
    "exercise": "bridge",
    "side": "left",
    "sets": "2",
    "reps": "8",
    "concentric_s": "2",
    "hold_s": "",
    "eccentric_s": "3",
    "rest_s": "60",
    "load_kg": "",
    "step_reps": "2",
    "after_sessions": "4",
    "most_reps": "15",
    "most_sets": "3",
}


def form(version: int, *rows: dict[str, str], days: str = "024", grows: bool = True) -> bytes:
    fields = [("version", str(version)), ("kind", "building")]
    for n, row in enumerate(rows):
        fields += [(f"{name}-{n}", value) for name, value in row.items()]
        fields += [(f"weekdays-{n}", day) for day in days]
        fields += [(f"grows-{n}", "on")] if grows else []
    return urlencode(fields).encode()


async def saved(house: House, body: bytes) -> httpx.Response:
    browser = await house.client(house.eva)
    return await browser.post(
        f"/patients/{house.anna.id}/program",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )


async def the_page(house: House, path: str = "") -> str:
    browser = await house.client(house.eva)
    return (await browser.get(f"/patients/{house.anna.id}{path}")).text


async def test_what_is_filled_in_becomes_the_program(house: House) -> None:
    assert "Nothing is prescribed yet." in await the_page(house)
    answer = await saved(house, form(0, ROW, {**ROW, "exercise": ""}))
    assert answer.status_code == 303
    page = await the_page(house)
    assert "Bridge, left: 2 sets of 8. Lift 2 s. Lower 3 s. Mo, We, Fr." in page
    (one,) = (await the_program(house))["prescriptions"]
    assert (one["hold_s"], one["load_kg"], one["growth"]["most_reps"]) == (None, None, 15)
    editor = await the_page(house, "/program")
    assert 'name="reps-0" value="8"' in editor
    assert "You are writing version 2." in editor


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reps": "many"}, "bridge: reps"),
        ({"sets": "0"}, "bridge: sets"),
        ({"reps": "40"}, "most_reps"),
    ],
)
async def test_what_cannot_be_is_shown_again_with_the_reason(
    house: House, wrong: dict[str, str], said: str
) -> None:
    answer = await saved(house, form(0, {**ROW, **wrong}))
    assert answer.status_code == 422
    assert said in answer.text
    (name, value), *_ = wrong.items()
    assert f'name="{name}-0" value="{value}"' in answer.text
    assert (await the_program(house))["number"] == 0


async def test_no_days_is_no_prescription(house: House) -> None:
    answer = await saved(house, form(0, ROW, days=""))
    assert answer.status_code == 422
    assert "weekdays" in answer.text


async def test_a_version_made_meanwhile_is_not_overwritten_however_often(house: House) -> None:
    await put(house, 0, BRIDGE)
    for _ in range(2):
        answer = await saved(house, form(0, ROW))
        assert answer.status_code == 422
        assert "Version 1 was made meanwhile" in answer.text
        assert 'name="version" value="0"' in answer.text
    assert (await the_program(house))["number"] == 1


@pytest.mark.parametrize(
    "body", [b"", b"version=x", b"\xff\xfe", b"version=99999999999999", b"a=1&" * 5000]
)
async def test_what_is_no_form_is_refused_in_words(house: House, body: bytes) -> None:
    answer = await saved(house, body)
    assert answer.status_code in (413, 422)
    assert (await the_program(house))["number"] == 0


def test_text_of_any_kind_is_only_text() -> None:
    evil = read_form(form(0, {**ROW, "exercise": "<script>alert(1)</script>"}))
    with pytest.raises(NotAForm, match="exercise"):
        wanted(evil)


async def test_script_in_a_field_is_shown_as_text(house: House) -> None:
    answer = await saved(house, form(0, {**ROW, "exercise": "<script>alert(1)</script>"}))
    assert answer.status_code == 422
    assert "<script>alert(1)" not in answer.text


async def test_a_proposal_has_two_buttons_and_the_therapist_decides(house: House) -> None:
    await put(house, 0, BRIDGE)
    await train(house, days=2)
    page = await the_page(house)
    assert "Proposed: Bridge, from 1 × 5 to 1 × 7." in page
    assert "All of it done the last 2 times, without trouble." in page
    browser = await house.client(house.eva)
    pressed = await browser.post(
        f"/patients/{house.anna.id}/program/decision",
        content=b"version=1&position=0&is_accepted=yes",
    )
    assert pressed.status_code == 303
    after = await the_page(house)
    assert "Bridge: 1 set of 7." in after
    assert "Why 7: the last 2 times you did all of it" in after
    assert "Proposed" not in after


@pytest.mark.parametrize(
    "body", [b"version=1", b"\xff", b"version=7&position=0&is_accepted=yes", b""]
)
async def test_a_button_that_means_nothing_any_more_changes_nothing(
    house: House, body: bytes
) -> None:
    await put(house, 0, BRIDGE)
    await train(house, days=2)
    browser = await house.client(house.eva)
    path = f"/patients/{house.anna.id}/program/decision"
    assert (await browser.post(path, content=body)).status_code == 303
    assert (await the_program(house))["number"] == 1
    assert "Proposed: Bridge" in await the_page(house)


async def test_the_patient_reads_the_program_and_cannot_change_it(house: House) -> None:
    await put(house, 0, BRIDGE)
    await train(house, days=2)
    browser = await house.client(house.anna)
    page = (await browser.get(f"/patients/{house.anna.id}")).text
    assert "Bridge: 1 set of 5." in page
    assert "Proposed" not in page
    assert "Change the program" not in page


async def test_the_calendar_tells_each_day_without_a_verdict(house: House) -> None:
    await put(house, 0, BRIDGE)
    await train(house, days=2)
    page = await the_page(house)
    assert page.count('class="day day--done"') == 2
    assert "2 Nov: done" in page
    await decide(house, 1, is_accepted=False)
