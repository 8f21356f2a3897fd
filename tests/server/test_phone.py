"""The patient's own phone as the sensor, in a real browser. What it feels is played into the page.

Needs Debian's `chromium`; skipped, with that reason, where it is missing.
"""

import sqlite3
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from sensors.chunks import Chunk, decode_chunk
from sensors.recording import Recording
from sensors.synthetic import SensorParams, SetScript, synthesize
from tests.server.clinic import Newcomer, wait_until
from tests.server.test_browser import CHROMIUM, House, browser, count_on, house, open_house

__all__ = ["browser", "house", "open_house"]

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="needs Debian's chromium (apt-get install chromium)"
)

REPS = 6
PLAY = """
    (samples) => {
        const begunMs = performance.now();
        for (const [t_s, x, y, z] of samples) {
            const felt = new DeviceMotionEvent("devicemotion", {
                accelerationIncludingGravity: { x, y, z }, interval: 16,
            });
            Object.defineProperty(felt, "timeStamp", { value: begunMs + 1000 * t_s });
            window.dispatchEvent(felt);
        }
    }
"""
"""Fast: a phone's clock that runs ahead, as no test should last as long as a set."""
AS_ON_IOS = """
    DeviceMotionEvent.requestPermission = async () => "{answer}";
    Object.defineProperty(navigator, "userAgent", {{ get: () => "Mozilla/5.0 (iPhone)" }});
"""


def a_set(reps: int = REPS) -> Recording:
    """As Chromium gives it: 60 a second, in steps of 0.1 m/s²."""
    made = synthesize(SetScript(reps=reps, lead_out_s=12.0), sensor=SensorParams(rate_hz=60.0))
    recording = made.recording
    return Recording(recording.t_s, recording.acc_ms2.round(1), 60.0, recording.info)


def play(page: Page, recording: Recording, sign: int = 1) -> None:
    rows = np.column_stack([recording.t_s - recording.t_s[0], sign * recording.acc_ms2])
    page.evaluate(PLAY, rows.tolist())


def begin(page: Page) -> None:
    page.goto("/live")
    page.get_by_text("Use this phone as the sensor").click()
    page.get_by_role("button", name="Measure with this phone").click()


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop measuring").click()


def sets_of(house: House, patient: Newcomer) -> list[dict[str, Any]]:
    address = f"{house.address}/api/v1/patients/{patient.person.id}/sets"
    found: list[dict[str, Any]] = httpx.get(address, cookies=house.cookies[patient.link]).json()[
        "sets"
    ]
    return found


def chunks_of(house: House, patient: Newcomer) -> list[Chunk]:
    """What is on the server's disk."""
    query = (
        "SELECT payload_zlib FROM chunk JOIN recording ON recording.id = recording_id "
        "WHERE patient_id = ? AND sealed_at IS NOT NULL ORDER BY sequence"
    )
    with closing(sqlite3.connect(house.settings.database_path)) as file:
        rows = file.execute(query, (patient.person.id.hex,)).fetchall()
    return [decode_chunk(zlib.decompress(row[0])) for row in rows]


def see(page: Page, is_so: Callable[[], bool]) -> None:
    """Poll while the page goes on, and the test's own hands in its sockets."""

    def looked() -> bool:
        page.evaluate("0")
        return is_so()

    wait_until(looked)


def samples_of(chunks: Sequence[Chunk]) -> np.ndarray:
    return np.concatenate([chunk.block.acc_ms2 for chunk in chunks]) if chunks else np.zeros((0, 3))


def test_a_phone_in_the_pocket_counts_a_set(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    begin(page)
    made = a_set()
    play(page, made)
    expect(page.get_by_text("This phone measures, 60 times a second")).to_be_visible()
    expect(count_on(page)).to_have_text(str(REPS))
    expect(page.get_by_text("Left thigh")).to_be_visible()
    stop(page)
    wait_until(lambda: len(samples_of(chunks_of(house, nora))) == len(made))
    stored = samples_of(chunks_of(house, nora))
    assert np.allclose(stored, made.acc_ms2, atol=1e-5)
    (one,) = sets_of(house, nora)
    assert (one["auto_reps"], one["sensor"]["kind"]) == (REPS, "phone-browser")
    expect(page.get_by_text("Use this phone as the sensor")).to_be_visible()


def test_what_the_server_does_not_have_outlives_the_page(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)

    def cut(socket: WebSocketRoute) -> None:
        socket.close(code=1006 + 7, reason="no network")

    page.route_web_socket("**/phone", cut)
    begin(page)
    made = a_set()
    play(page, made)
    see(page, lambda: page.evaluate(KEPT)[1] >= len(made) // 62)
    expect(page.get_by_text("Kept here until the network is back")).to_be_visible()
    assert chunks_of(house, nora) == []
    page.close()
    after = page.context.new_page()
    after.goto("/live")
    wait_until(lambda: len(chunks_of(house, nora)) > 0)
    chunks = chunks_of(house, nora)
    assert [chunk.sequence for chunk in chunks] == list(range(len(chunks)))
    assert len(samples_of(chunks)) >= len(made) - 62, "all but the second that was not full"
    assert sets_of(house, nora)[0]["auto_reps"] == REPS
    see(after, lambda: after.evaluate(KEPT) == [0, 0])


KEPT = """
    () => new Promise((resolve) => {
        const asked = indexedDB.open("steadyrep.phone");
        asked.onsuccess = () => {
            const names = ["recordings", "chunks"];
            const turn = asked.result.transaction(names);
            const counts = names.map((name) => turn.objectStore(name).count());
            turn.oncomplete = () => {
                asked.result.close();
                resolve(counts.map((count) => count.result));
            };
        };
    })
"""


def test_a_link_that_breaks_in_the_middle_loses_and_doubles_nothing(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    cuts = iter((3, 7))

    def breaking(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        most = next(cuts, None)
        passed = [0]

        def back(message: str | bytes) -> None:
            passed[0] += 1
            if most is not None and passed[0] > most:
                socket.close(code=1013, reason="cut")
            else:
                socket.send(message)

        server.on_message(back)

    page.route_web_socket("**/phone", breaking)
    begin(page)
    made = a_set()
    play(page, made)
    stop(page)
    see(page, lambda: len(samples_of(chunks_of(house, nora))) == len(made))
    assert np.allclose(samples_of(chunks_of(house, nora)), made.acc_ms2, atol=1e-5)
    assert next(cuts, None) is None


def test_an_iphones_signs_are_turned_round(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.add_init_script(AS_ON_IOS.format(answer="granted"))
    begin(page)
    made = a_set(3)
    play(page, made, sign=-1)
    stop(page)
    wait_until(lambda: len(samples_of(chunks_of(house, nora))) == len(made))
    assert np.allclose(samples_of(chunks_of(house, nora)), made.acc_ms2, atol=1e-5)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (AS_ON_IOS.format(answer="denied"), "You did not allow it"),
        (
            "Object.defineProperty(window, 'isSecureContext', { get: () => false });",
            "only over HTTPS",
        ),
        ("", "tells the page nothing of its movement"),
    ],
    ids=["refused", "no https", "no motion"],
)
def test_a_phone_that_cannot_measure_says_what_to_do(house: House, script: str, said: str) -> None:
    page = house.page(house.newcomer().link)
    if script:
        page.add_init_script(script)
    begin(page)
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
    expect(page.get_by_role("button", name="Measure with this phone")).to_be_visible()


def test_a_second_tab_says_that_the_first_measures(house: House) -> None:
    page = house.page(house.newcomer().link)
    begin(page)
    play(page, a_set(3))
    expect(page.get_by_text("This phone measures")).to_be_visible()
    other = page.context.new_page()
    begin(other)
    expect(other.get_by_text("Another tab of this browser measures already")).to_be_visible()


def test_the_browsers_own_motion_sensor_is_read(house: House) -> None:
    """Chromium's sensor, whose readings the test sets, through its real devicemotion events."""
    nora = house.newcomer()
    page = house.page(nora.link)
    chromium = page.context.new_cdp_session(page)
    for kind in ("accelerometer", "linear-acceleration", "gyroscope"):
        chromium.send(
            "Emulation.setSensorOverrideEnabled",
            {"enabled": True, "type": kind, "metadata": {"available": True}},
        )
        reading = {"xyz": {"x": 0.0, "y": 0.0, "z": 9.8 if kind == "accelerometer" else 0.0}}
        chromium.send("Emulation.setSensorOverrideReadings", {"type": kind, "reading": reading})
    begin(page)
    expect(page.get_by_text("This phone measures")).to_be_visible()
    stop(page)
    wait_until(lambda: len(chunks_of(house, nora)) > 0)
    assert np.allclose(samples_of(chunks_of(house, nora)), (0.0, 0.0, 9.8), atol=0.06)
