"""The pages in a real browser: what a patient on the mat and a therapist really get.

Needs Debian's `chromium`; skipped, with that reason, where it is missing.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from sensors.synthetic import SetScript, TremorScript, synthesize
from server.app import create_app
from server.rendering import words_for
from server.settings import Settings
from server.words import Entry, Words, load_words
from tests.server.clinic import (
    ANNA_LINK,
    EVA_LINK,
    Clinic,
    Newcomer,
    fresh_settings,
    furnish,
    serving,
    wait_until,
    welcome,
    worn_sensor,
)

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, SMALL_PHONE, SMALLEST_PHONE = (390, 844), (360, 640), (320, 568)
DESK = (1280, 900)
TOUCH_MAT_PX = 64
GROWTH = 1.4
"""Other languages need up to 40 % more room than English."""

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="needs Debian's chromium (apt-get install chromium)"
)


def stretched(group: Mapping[str, Entry]) -> dict[str, Entry]:
    """Every text as long as in a language that needs more room."""
    longer: dict[str, Entry] = {}
    for name, entry in group.items():
        if isinstance(entry, Mapping):
            longer[name] = entry if name in ("meta", "month", "date") else stretched(entry)
        elif isinstance(entry, str):
            letters = round(len(entry) * (GROWTH - 1))
            longer[name] = entry + "".join("ung beinahe"[n % 11] for n in range(letters))
    return longer


@dataclass
class House:
    """A running clinic and a browser; each person's session is opened once."""

    address: str
    settings: Settings
    clinic: Clinic
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def page(
        self,
        link: str,
        size: tuple[int, int] = PHONE,
        scheme: Literal["light", "dark"] = "light",
        motion: Literal["no-preference", "reduce"] = "no-preference",
    ) -> Page:
        """A page of somebody who is signed in; what the console complains of is kept."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            base_url=self.address,
            reduced_motion=motion,
        )
        context.set_default_timeout(10_000)
        self._sign_in(context, link)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._note)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _sign_in(self, context: BrowserContext, link: str) -> None:
        if link not in self.cookies:
            answer = httpx.post(f"{self.address}/enter/{link}", headers={"origin": self.address})
            self.cookies[link] = dict(answer.cookies)
        for name, value in self.cookies[link].items():
            context.add_cookies([{"name": name, "value": value, "url": self.address}])

    def newcomer(self) -> Newcomer:
        """A patient who has done nothing yet."""
        return welcome(self.settings, self.clinic.eva)

    def state(self, patient: Newcomer) -> dict[str, Any]:
        """A patient's live state, as the server has it."""
        address = f"{self.address}/api/v1/patients/{patient.person.id}/live"
        found: dict[str, Any] = httpx.get(address, cookies=self.cookies[patient.link]).json()
        return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def open_house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    settings = fresh_settings(tmp_path_factory.mktemp("clinic"))
    clinic = furnish(settings)
    with serving(create_app(settings)) as address:
        yield House(address, settings, clinic, browser)


@pytest.fixture
def house(open_house: House) -> Iterator[House]:
    yield open_house
    for context in open_house.browser.contexts:
        context.close()
    complaints, open_house.complaints = open_house.complaints, []
    assert complaints == [], "the console is quiet: no error, no blocked script or style"


@pytest.fixture
def long_worded_house(browser: Browser, tmp_path: Path) -> Iterator[House]:
    settings = fresh_settings(tmp_path)
    clinic = furnish(settings)
    app = create_app(settings)
    app.dependency_overrides[words_for] = lambda: Words("de", stretched(load_words().texts))
    with serving(app) as address:
        yield House(address, settings, clinic, browser)
        for context in browser.contexts:
            context.close()


def assert_accessible(page: Page) -> None:
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()


def assert_fits(page: Page) -> None:
    """Nothing sticks out to the side."""
    too_wide = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not too_wide


def assert_easy_to_hit(page: Page) -> None:
    for control in page.locator("button:visible, select:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= TOUCH_MAT_PX, control.inner_text()
        assert box["width"] >= TOUCH_MAT_PX, control.inner_text()


def count_on(page: Page) -> Locator:
    return page.locator("output.count")


def test_page_counts_while_a_sensor_streams(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    expect(count_on(page)).to_have_text("0")
    chip = page.locator(".mat__head").get_by_role("status")
    expect(chip).to_have_text("No sensor")
    recording = synthesize(SetScript(reps=12), tremor=TremorScript()).recording
    with worn_sensor(house.address, nora.sensor_token, recording) as sensor:
        sensor.say_battery(82)
        sensor.play()
        expect(chip).to_contain_text("battery 82 %")
        sensor.end()
    expect(count_on(page)).to_have_text("12")
    expect(page.get_by_text("12 reps saved.")).to_be_visible()
    page.get_by_role("button", name="One more").click()
    expect(count_on(page)).to_have_text("13")
    expect(page.get_by_text("Sensor counted 12")).to_be_visible()
    page.reload()
    expect(count_on(page)).to_have_text("13")
    assert house.state(nora)["count"] == 13


def test_page_shows_two_sensors_each_with_its_own_count(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link, SMALLEST_PHONE)
    page.goto("/live")
    more, fewer = (synthesize(SetScript(reps=reps)).recording for reps in (9, 7))
    with (
        worn_sensor(house.address, nora.sensor_token, more) as left,
        worn_sensor(house.address, nora.sensor_token, fewer, "right") as right,
    ):
        left.say_battery(82)
        right.say_battery(12)
        left.play()
        right.play()
        lines = page.get_by_role("status").get_by_role("listitem")
        expect(lines).to_have_text(
            ["Left thigh Sensor linked, battery 82 %", "Right thigh Battery low: 12 %"]
        )
        expect(count_on(page)).to_have_text("9")
        expect(page.locator(".beside")).to_have_text("Right thigh 7")
        page.get_by_role("button", name="One less").click()
        expect(count_on(page)).to_have_text("8")
        expect(page.get_by_text("This corrects: Left thigh")).to_be_attached()
        check_patient_page(page)
        expect(page.locator(".big--hurts")).to_be_in_viewport(ratio=1)
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_text("8 reps saved.")).to_be_visible()
        expect(page.locator(".beside")).to_have_text("Right thigh 7")
        right.end()
        expect(page.locator(".beside")).to_have_count(0)
        expect(page.locator(".mat__head").get_by_role("status")).to_contain_text("battery 82 %")


def test_beep_and_flash_come_when_the_count_goes_up(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.add_init_script(
        """window.beeps = 0;
        const made = AudioContext.prototype.createOscillator;
        AudioContext.prototype.createOscillator = function () {
          window.beeps += 1;
          return made.call(this);
        };"""
    )
    page.goto("/live")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="One more").click()
    expect(count_on(page)).to_have_text("1")
    expect(page.locator(".flash")).to_have_count(1)
    wait_until(lambda: page.evaluate("window.beeps") == 1)
    page.get_by_role("button", name="One less").click()
    expect(count_on(page)).to_have_text("0")
    assert page.evaluate("window.beeps") == 1


def test_stopping_asks_why_and_keeps_what_was_done(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    page.get_by_label("Exercise").select_option("bridge")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="Bridge")).to_be_visible()
    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("dialog")).to_contain_text("Your 1 rep is kept.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    wait_until(lambda: house.state(nora)["phase"] == "counting")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Tired").click()
    expect(page.get_by_text("1 rep saved.")).to_be_visible()
    wait_until(lambda: house.state(nora)["phase"] != "counting")


def test_it_hurts_stops_at_once_asks_and_tells_the_therapist(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="It hurts").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("Speak to a physician or your physical therapist.")
    expect(sheet).to_contain_text("Eva Lindt will see your answer.")
    wait_until(lambda: house.state(nora)["phase"] == "stopped")
    page.reload()
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="6", exact=True).click()
    sheet.get_by_role("button", name="Save and stop for today").click()
    expect(page.get_by_text("Saved. Rest now.")).to_be_visible()
    eva = house.page(EVA_LINK, DESK)
    eva.goto(f"/patients/{nora.person.id}")
    expect(eva.get_by_text("Answer: 6 of 10.")).to_be_visible()
    eva.get_by_role("button", name="Seen").click()
    expect(eva.get_by_text("Answer: 6 of 10.")).to_have_count(0)


def test_taps_without_network_are_kept_and_sent_once(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    wait_until(lambda: house.state(nora)["phase"] != "idle")
    page.context.set_offline(True)
    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="One more").click()
    expect(count_on(page)).to_have_text("2")
    expect(page.get_by_text("Not sent yet: 2")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Not sent yet")).to_have_count(0)
    expect(count_on(page)).to_have_text("2")
    assert house.state(nora)["count"] == 2
    house.complaints.clear()  # the browser says that it was offline


def test_start_and_stop_without_network_show_and_are_saved_later(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    page.get_by_role("button", name="Start").wait_for()
    page.context.set_offline(True)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="One more").click()
    expect(page.get_by_text("kept on this phone")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Tired").click()
    expect(page.get_by_role("button", name="Next set")).to_be_visible()
    expect(page.get_by_text("1 rep, kept on this phone.")).to_be_visible()
    expect(page.get_by_text("saved")).to_have_count(0)
    assert house.state(nora)["phase"] == "idle"
    page.context.set_offline(False)
    expect(page.get_by_text("1 rep saved.")).to_be_visible()
    assert (house.state(nora)["phase"], house.state(nora)["count"]) == ("stopped", 1)
    house.complaints.clear()  # the browser says that it was offline


def test_pain_said_without_network_is_kept_until_it_can_be_sent(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    page.get_by_role("button", name="Start").wait_for()
    page.context.set_offline(True)
    page.get_by_role("button", name="It hurts").click()
    page.get_by_role("button", name="4", exact=True).click()
    page.get_by_role("button", name="Save and stop for today").click()
    expect(page.get_by_text("Kept on this phone. Rest now.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Saved. Rest now.")).to_be_visible()
    house.complaints.clear()  # the browser says that it was offline


def test_taps_of_somebody_signed_out_wait_for_a_new_link(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    wait_until(lambda: house.state(nora)["phase"] != "idle")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="One more").click()
    expect(page.get_by_text("Sign in again: open a new link.")).to_be_visible()
    expect(page.get_by_text("No connection")).to_have_count(0)
    expect(page.get_by_text("Not sent yet: 1")).to_be_visible()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Not sent yet")).to_have_count(0)
    expect(page.get_by_text("Sign in again")).to_have_count(0)
    assert house.state(nora)["count"] == 1
    house.complaints.clear()  # the browser says that it was turned away


def test_page_left_open_says_that_its_session_has_ended(house: House) -> None:
    page = house.page(house.newcomer().link)
    page.goto("/live")
    page.get_by_role("button", name="Start").wait_for()
    page.context.clear_cookies()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Sign in again: open a new link.")).to_be_visible()
    house.complaints.clear()  # the browser says that it was turned away


def test_taps_of_more_than_an_hour_ago_are_dropped_with_a_word(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    page.get_by_role("button", name="Start").wait_for()
    page.clock.install()
    page.context.set_offline(True)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Stop").wait_for()
    page.clock.set_system_time(time.time() + 3 * 3600)
    page.context.set_offline(False)
    expect(page.get_by_text("Taps of more than an hour ago were not sent")).to_be_visible()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert house.state(nora)["phase"] == "idle"
    house.complaints.clear()  # the browser says that it was offline


def test_a_report_is_sent_however_late(house: House) -> None:
    nora = house.newcomer()
    page = house.page(nora.link)
    page.goto("/live")
    page.get_by_role("button", name="Start").wait_for()
    page.clock.install()
    page.context.set_offline(True)
    page.get_by_role("button", name="It hurts").click()
    page.get_by_role("button", name="7", exact=True).click()
    page.get_by_role("button", name="Save and stop for today").click()
    page.clock.set_system_time(time.time() + 3 * 3600)
    page.context.set_offline(False)
    expect(page.get_by_text("Saved. Rest now.")).to_be_visible()
    eva = house.page(EVA_LINK, DESK)
    eva.goto(f"/patients/{nora.person.id}")
    expect(eva.get_by_text("Answer: 7 of 10.")).to_be_visible()
    house.complaints.clear()  # the browser says that it was offline


def test_an_answer_that_does_not_come_is_no_connection(house: House) -> None:
    page = house.page(house.newcomer().link)
    page.goto("/live")
    page.get_by_role("button", name="Start").wait_for()
    page.route("**/set", lambda route: route.abort())
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("No connection. Your taps are kept on this phone.")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.unroute("**/set")
    expect(page.get_by_text("No connection")).to_have_count(0)
    house.complaints.clear()  # the browser says that its request failed


@pytest.mark.parametrize("has_locks", [True, False], ids=["locks", "insecure context"])
def test_two_tabs_keep_each_others_taps(house: House, has_locks: bool) -> None:
    nora = house.newcomer()
    first = house.page(nora.link)
    if not has_locks:
        first.context.add_init_script("delete Navigator.prototype.locks")
    first.goto("/live")
    first.get_by_role("button", name="Start").click()
    first.get_by_role("button", name="Stop").wait_for()
    second = first.context.new_page()
    second.goto("/live")
    second.get_by_role("button", name="Stop").wait_for()
    first.context.set_offline(True)
    for page in (first, second, first):
        page.get_by_role("button", name="One more").click()
    for page in (first, second):
        expect(count_on(page)).to_have_text("3")
    first.context.set_offline(False)
    for page in (first, second):
        expect(page.get_by_text("Not sent yet")).to_have_count(0)
        expect(count_on(page)).to_have_text("3")
    assert house.state(nora)["count"] == 3
    house.complaints.clear()  # the browser says that it was offline


def test_page_says_so_when_the_connection_is_lost_and_comes_back(house: House) -> None:
    page = house.page(house.newcomer().link)
    page.add_init_script(
        """window.sockets = [];
        window.WebSocket = class extends WebSocket {
          constructor(address) {
            super(address);
            window.sockets.push(this);
          }
        };"""
    )
    page.goto("/live")
    expect(count_on(page)).to_have_text("0")
    page.context.set_offline(True)
    page.evaluate("window.sockets[0].close()")
    expect(page.get_by_text("No connection. Your taps are kept")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("No connection")).to_have_count(0)
    assert page.evaluate("window.sockets.length") > 1
    house.complaints.clear()  # the browser says that it was offline


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (SMALL_PHONE, "dark"), (SMALLEST_PHONE, "light")]
)
def test_live_page_is_accessible_and_fits_in_every_state(
    house: House, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    page = house.page(house.newcomer().link, size, scheme, "reduce")
    page.goto("/live")
    page.get_by_role("button", name="Start").wait_for()
    check_patient_page(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="One more").click()
    check_patient_page(page)
    page.get_by_role("button", name="Stop").click()
    check_patient_page(page)
    page.get_by_role("dialog").get_by_role("button", name="Pain").click()
    page.get_by_role("button", name="Skip").click()
    check_patient_page(page)
    page.get_by_role("button", name="Save and stop for today").click()
    page.get_by_role("button", name="Next set").wait_for()
    check_patient_page(page)


def check_patient_page(page: Page) -> None:
    """Rules of accessibility do not depend on the size, so the smallest screen need not repeat."""
    assert_fits(page)
    assert_easy_to_hit(page)
    if page.viewport_size != {"width": SMALLEST_PHONE[0], "height": SMALLEST_PHONE[1]}:
        assert_accessible(page)


@pytest.mark.parametrize("size", [PHONE, SMALL_PHONE, SMALLEST_PHONE])
def test_choices_are_not_hidden_by_the_footer_and_no_word_is_broken(
    house: House, size: tuple[int, int]
) -> None:
    page = house.page(house.newcomer().link, size)
    page.goto("/live")
    page.get_by_role("button", name="Start").wait_for()
    assert_clear_of_footer(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Stop").click()
    for reason in page.locator(".sheet__grid .big").all():
        assert_words_are_whole(reason)
    page.get_by_role("button", name="Pain").click()
    page.get_by_role("button", name="Save and stop for today").click()
    again = page.get_by_role("button", name="Next set")
    expect(again).not_to_have_class("big big--main")
    assert_clear_of_footer(page)


def assert_clear_of_footer(page: Page) -> None:
    """Once the page stands: what it is told after loading still moves it."""
    page.wait_for_function(
        """() => {
            const foot = document.querySelector(".mat__foot").getBoundingClientRect()
            return [...document.querySelectorAll("main > .choose select")].every(
                (each) => each.getBoundingClientRect().bottom <= foot.top)
        }""",
        timeout=5000,
    )
    assert page.locator(".mat__foot").count() == 1


def assert_words_are_whole(button: Locator) -> None:
    """Each word stands on one line."""
    broken = button.evaluate(
        """(button) => {
          const text = [...button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE);
          return [...text.data.matchAll(/\\S+/g)].filter((word) => {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            return range.getClientRects().length > 1;
          }).map((word) => word[0]);
        }"""
    )
    assert broken == []


def test_hurts_is_in_sight_on_every_screen_in_long_words(long_worded_house: House) -> None:
    for size in (PHONE, SMALL_PHONE, SMALLEST_PHONE):
        page = long_worded_house.page(ANNA_LINK, size)
        page.goto("/live")
        expect(page.locator(".big--hurts")).to_be_in_viewport(ratio=1)
        assert_fits(page)
        page.locator(".big--main").click()
        expect(page.locator(".fix")).to_be_visible()
        expect(page.locator(".big--hurts")).to_be_in_viewport(ratio=1)
        expect(count_on(page)).to_be_in_viewport(ratio=1)
        assert_fits(page)
        page.locator(".big--hurts").click()
        page.locator(".sheet__save").scroll_into_view_if_needed()
        page.locator(".sheet__save").click()
        expect(page.get_by_text("Saved. Rest now.")).to_be_visible()  # the next page begins afresh
        page.context.close()


def test_therapists_pages_are_accessible_and_fit(house: House) -> None:
    paths = (
        "/patients",
        "/exercises",
        f"/patients/{house.clinic.anna.id}",
        f"/sets/{house.clinic.annas_set}",
    )
    for size, scheme in ((DESK, "dark"), (SMALLEST_PHONE, "light")):
        page = house.page(EVA_LINK, size, scheme)
        for path in paths:
            page.goto(path)
            assert_fits(page)
            assert_accessible(page)
        page.context.close()


def test_link_lets_in_by_one_button(house: House) -> None:
    context = house.browser.new_context(base_url=house.address)
    page = context.new_page()
    page.goto(f"/enter/{house.newcomer().link}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/live")
    expect(count_on(page)).to_have_text("0")


@pytest.mark.parametrize(
    ("where", "button"), [("sharing", "Make an invitation"), ("sensors", "Make a code")]
)
def test_what_a_patient_lets_in_is_accessible_and_fits(
    house: House, where: str, button: str
) -> None:
    for size, scheme in ((DESK, "dark"), (SMALLEST_PHONE, "light")):
        page = house.page(ANNA_LINK, size, scheme)
        page.goto(f"/patients/{house.clinic.anna.id}/{where}")
        assert_fits(page)
        assert_accessible(page)
        page.get_by_role("button", name=button).click()
        expect(page.locator(".qr svg")).to_be_visible()
        page.wait_for_load_state()  # with its style
        assert_fits(page)
        assert_accessible(page)
        page.context.close()


def test_way_in_and_errors_are_accessible(house: House) -> None:
    context = house.browser.new_context(base_url=house.address)
    page = context.new_page()
    for path in ("/", "/enter/used-up", f"/enter/{ANNA_LINK}", "/nowhere", "/patients"):
        page.goto(path)
        assert_accessible(page)


def test_therapist_goes_from_caseload_to_set_by_keyboard(house: House) -> None:
    page = house.page(EVA_LINK, DESK)
    page.goto("/patients")
    follow(page, "Anna Berg")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anna Berg")
    follow(page, "Today", "Yesterday")  # an hour ago, and the day may just have begun
    expect(page.get_by_role("heading", level=1)).to_have_text("Straight leg raise, left")


def test_therapist_prints_a_page(house: House) -> None:
    page = house.page(EVA_LINK, DESK)
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    page.goto(f"/patients/{house.clinic.anna.id}")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("button")).to_have_count(0)


def test_patient_reads_their_records_and_signs_out(house: House) -> None:
    page = house.page(house.newcomer().link)
    page.goto("/live")
    page.get_by_role("link", name="Your records").click()
    page.get_by_role("link", name="Your set").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Open your link")).to_be_visible()


def follow(page: Page, *names: str) -> None:
    """Tab until a link that begins so has the focus, and press Enter."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").startswith(names):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"{names} cannot be reached by keyboard")


def test_set_page_shows_the_streamed_signal(house: House) -> None:
    nora = house.newcomer()
    recording = synthesize(SetScript(reps=8), tremor=TremorScript()).recording
    with worn_sensor(house.address, nora.sensor_token, recording) as sensor:
        sensor.play()
        sensor.end()
    page = house.page(EVA_LINK, DESK)
    page.goto(f"/patients/{nora.person.id}")
    page.get_by_role("link", name="Today").first.click()
    expect(page.locator(".chart:has(.signal) .counted")).to_have_count(8)
    signal = page.locator(".chart .signal").get_attribute("d")
    assert signal is not None
    assert signal.count("L") > 100
