"""The patient's day on the live page, in a real browser: plan, preparation, how it feels.

Needs Debian's `chromium`; skipped, with that reason, where it is missing.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from sensors.synthetic import SetScript, synthesize
from tests.server.clinic import EVA_LINK, Newcomer, wait_until, worn_sensor
from tests.server.test_browser import (
    CHROMIUM,
    House,
    assert_accessible,
    assert_fits,
    browser,
    count_on,
    house,
    open_house,
)

__all__ = ["browser", "house", "open_house"]

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="needs Debian's chromium (apt-get install chromium)"
)


def prescribe(house: House, patient: Newcomer, *prescriptions: dict[str, Any]) -> None:
    house.page(EVA_LINK)  # so that Eva has a cookie
    answer = httpx.put(
        f"{house.address}/api/v1/patients/{patient.person.id}/program",
        json={"prescriptions": prescriptions},
        headers={"If-Match": '"0"', "origin": house.address},
        cookies=house.cookies[EVA_LINK],
    )
    answer.raise_for_status()


def rows(house: House, query: str, patient: Newcomer) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(house.settings.database_path)) as file:
        return file.execute(query, (patient.person.id.hex,)).fetchall()


BRIDGE = {"exercise": "bridge", "sets": 1, "reps": 6}
CLAM = {"exercise": "clam", "side": "left", "sets": 2, "reps": 12}


def test_the_next_set_is_the_plans_and_what_is_done_is_ticked(house: House) -> None:
    nora = house.newcomer()
    prescribe(house, nora, BRIDGE, CLAM)
    page = house.page(nora.link)
    page.goto("/live")
    expect(page.get_by_role("combobox", name="Exercise")).to_have_value("bridge")
    expect(page.get_by_text("0 of 1 sets of 6")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Start").click()
    recording = synthesize(SetScript(reps=6)).recording
    with worn_sensor(house.address, nora.sensor_token, recording) as sensor:
        sensor.play()
        sensor.end()
    expect(count_on(page)).to_have_text("6")
    expect(page.get_by_text("✓ 1 of 1 sets of 6")).to_be_visible()
    expect(page.get_by_role("combobox", name="Exercise")).to_have_value("clam")
    page.get_by_role("button", name="Bridge").click()
    page.get_by_role("button", name="Clam, left").click()
    expect(page.get_by_role("combobox", name="Exercise")).to_have_value("clam")


def test_what_was_prepared_is_sent_with_the_first_start_of_the_day(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    page.get_by_text("Before you start").click()
    page.get_by_role("checkbox", name="Water").click()
    page.get_by_role("button", name="Skip: A small snack").click()
    page.get_by_role("button", name="Heat for 20 minutes").click()
    expect(page.get_by_role("timer")).to_have_text("20:00")
    page.reload()
    page.get_by_text("Before you start").click()
    expect(page.get_by_role("checkbox", name="Water")).to_be_checked()
    expect(page.get_by_role("timer")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    for _ in range(2):
        page.get_by_role("button", name="Start").or_(
            page.get_by_role("button", name="Next set")
        ).click()
        page.get_by_role("button", name="Stop", exact=True).click()
        page.get_by_role("button", name="Tired").click()
    query = "SELECT prepared, heat_min FROM workout WHERE patient_id = ?"
    wait_until(lambda: len(rows(house, query, nora)) > 0)
    ((prepared, heat_min),) = rows(house, query, nora)
    assert prepared == '{"water": true, "snack": false}'
    assert 0 <= heat_min < 1


def test_how_it_was_is_asked_when_a_set_is_over(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    expect(page.get_by_text("How was it?")).to_have_count(0)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Done").click()
    page.get_by_text("How was it?").click()
    page.get_by_label("How hard it was").select_option("6")
    assert_accessible(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Thank you. It is kept for your therapist.")).to_be_visible()
    query = "SELECT kind, effort_rpe, pain_nrs FROM report WHERE patient_id = ?"
    wait_until(lambda: rows(house, query, nora) == [("after", 6, None)])


def test_soreness_is_asked_on_the_day_after_and_once(house: House) -> None:
    nora = house.newcomer()
    recording = synthesize(SetScript(reps=6)).recording
    yesterday = datetime.now(UTC) - timedelta(days=1)
    with worn_sensor(house.address, nora.sensor_token, recording) as sensor:
        sensor.play()
        sensor.end()
    with closing(sqlite3.connect(house.settings.database_path)) as file, file:
        file.execute(
            "UPDATE exset SET started_at = ? WHERE patient_id = ?",
            (yesterday.strftime("%Y-%m-%d %H:%M:%S.%f"), nora.person.id.hex),
        )
    page = house.page(nora.link)
    page.goto("/live")
    expect(page.get_by_text("How do you feel after yesterday?")).to_be_visible()
    expect(page.get_by_text("Cold for some minutes may ease them")).to_be_visible()
    page.get_by_label("Sore muscles").select_option("4")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    query = "SELECT kind, soreness_nrs FROM report WHERE patient_id = ?"
    wait_until(lambda: rows(house, query, nora) == [("next_day", 4)])
    page.reload()
    expect(page.get_by_role("button", name="Next set")).to_be_visible()
    expect(page.get_by_text("How do you feel after yesterday?")).to_have_count(0)
