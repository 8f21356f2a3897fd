"""The main job: a body moves, a sensor streams it, the page counts it, the therapist finds it.

Everything is real but the radio: a virtual Polar on a real Bluetooth stack (HCI, L2CAP, ATT), the
collector through bleak, the server on SQLite, and Chromium. The sets are the project's own fixture
and, where the recordings are at hand, a recorded bridging set. In the middle the link drops.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.async_api import Page, async_playwright, expect

from sensors.ble import BleParams
from sensors.ble_link import LinkParams
from sensors.recording import Recording, read_recording
from sensors.virtual.radio import Air, virtual_radio
from server.app import create_app
from server.collect.collecting import Collected, Collector, Pace, Wish
from server.collect.delivery import ServerAccess
from server.store.people import Person
from tests.sensors.polar_firmware import Temper
from tests.sensors.virtual_polar import worn
from tests.server.clinic import EVA_LINK, Newcomer, fresh_settings, furnish, serving, welcome

ROOT = Path(__file__).parents[1]
RECORDED = ROOT.parent / "shared" / "recordings" / "mex" / "bridging-thigh-s5.csv.gz"
OWN = ROOT / "fixtures" / "recordings" / "short-bridge-200hz.csv.gz"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SPEED = 8.0
"""Times real time: fast enough for a test, slow enough to watch the count go up."""
PATIENCE_MS = 30_000
SOME = re.compile("^[1-9]$")
HASTY = BleParams(scan_s=5.0, retry_s=0.01, silence_s=3.0, link=LinkParams(2.0, 2.0))

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="needs Debian's chromium (apt-get install chromium)"
)


class Truth(NamedTuple):
    """What is played, and what must be counted; counted by eye in the recorded set."""

    recording: Recording
    reps: range
    drop_at_s: float
    away_s: float


def _recorded() -> Truth:
    if not RECORDED.is_file():
        pytest.skip("the recordings are not at hand")
    return Truth(read_recording(RECORDED), range(9, 11), drop_at_s=40.0, away_s=2.0)


def _own() -> Truth:
    return Truth(read_recording(OWN), range(6, 7), drop_at_s=14.0, away_s=0.6)


@contextmanager
def _clinic(folder: Path) -> Iterator[tuple[str, Newcomer]]:
    settings = fresh_settings(folder)
    clinic = furnish(settings)
    with serving(create_app(settings)) as address:
        yield address, welcome(settings, clinic.eva)


async def _enter(page: Page, address: str, link: str) -> None:
    await page.goto(f"{address}/enter/{link}")
    await page.locator("button[type=submit]").click()
    await page.wait_for_url(lambda url: "/enter/" not in url)


async def _wear_and_collect(truth: Truth, address: str, token: str, spool: Path) -> Collected:
    air, temper = Air(), Temper(drop_at_s=truth.drop_at_s, away_s=truth.away_s)
    wish = Wish(
        seconds=float(truth.recording.t_s[-1]) - 2.0,
        access=ServerAccess(address, token, spool),
        placement="thigh",
        side="left",
    )
    async with (
        virtual_radio(air) as radio,
        worn(air, truth.recording, speed=SPEED, temper=temper),
        asyncio.timeout(60),
    ):
        return await Collector(wish, radio=radio, params=HASTY, pace=Pace(0.02, 10.0)).run(
            lambda _: None
        )


async def _sets(page: Page, patient: Person) -> list[dict[str, Any]]:
    answer = await page.request.get(f"/api/v1/patients/{patient.id}/sets")
    found: list[dict[str, Any]] = (await answer.json())["sets"]
    return found


@pytest.mark.parametrize("played", [_own, _recorded])
async def test_a_set_done_at_home_is_counted_live_and_found_by_the_therapist(
    tmp_path: Path, played: Callable[[], Truth]
) -> None:
    truth = played()
    with _clinic(tmp_path) as (address, nora):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            page = await (await browser.new_context(base_url=address)).new_page()
            await _enter(page, address, nora.link)
            await page.goto("/live")
            count = page.locator("output.count")

            async with asyncio.TaskGroup() as tasks:
                collecting = tasks.create_task(
                    _wear_and_collect(truth, address, nora.sensor_token, tmp_path / "spool")
                )
                await expect(count).to_have_text(SOME, timeout=PATIENCE_MS)
                assert not collecting.done()
            collected = collecting.result()

            assert (collected.problem, collected.waiting) == (None, 0)
            (counted,) = collected.counts
            assert counted in truth.reps
            await expect(count).to_have_text(str(counted), timeout=PATIENCE_MS)

            desk = await (await browser.new_context(base_url=address)).new_page()
            await _enter(desk, address, EVA_LINK)
            (stored,) = await _sets(desk, nora.person)
            assert stored["auto_reps"] == counted
            assert "gap" in stored["flags"]
            assert stored["sensor"]["kind"] == "polar-h10"
            await desk.goto(f"/sets/{stored['id']}")
            await expect(desk.get_by_role("table").first).to_be_visible()
            await browser.close()
