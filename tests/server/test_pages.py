"""The pages as a browser without scripts sees them: who gets which, and what they say."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from server.app import create_app
from server.words import load_words
from tests.server.clinic import ANNA_LINK, EVA_LINK, Clinic, fresh_settings, furnish, serving

FORBIDDEN = re.compile(r"abnormal|\bnormal\b|screening|detects? disease|diagnos(is|ed|es)", re.I)
SERVER = Path(__file__).parents[2] / "server"
TEXT_DROP = 4.5
"""An axis label's base line lies so far under its tick."""


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Clinic]]:
    settings = fresh_settings(tmp_path_factory.mktemp("clinic"))
    clinic = furnish(settings)
    with serving(create_app(settings)) as address:
        headers = {"accept": "text/html", "origin": address}
        with httpx.Client(base_url=address, headers=headers) as client:
            yield client, clinic


@pytest.fixture
def clinic(furnished: tuple[httpx.Client, Clinic]) -> Clinic:
    return furnished[1]


@pytest.fixture
def nobody(furnished: tuple[httpx.Client, Clinic]) -> httpx.Client:
    furnished[0].cookies.clear()
    return furnished[0]


@pytest.fixture(scope="module")
def sessions(furnished: tuple[httpx.Client, Clinic]) -> dict[str, str]:
    """Links work once, so each is spent once for all tests."""
    client, _ = furnished
    found = {}
    for link in (EVA_LINK, ANNA_LINK):
        client.cookies.clear()
        client.post(f"/enter/{link}")
        found[link] = client.cookies["steadyrep"]
    client.cookies.clear()
    return found


@pytest.fixture
def eva(nobody: httpx.Client, sessions: dict[str, str]) -> httpx.Client:
    nobody.cookies.set("steadyrep", sessions[EVA_LINK])
    return nobody


@pytest.fixture
def anna(nobody: httpx.Client, sessions: dict[str, str]) -> httpx.Client:
    nobody.cookies.set("steadyrep", sessions[ANNA_LINK])
    return nobody


def heading(answer: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.text, re.S)
    assert found
    return found[1].strip()


def test_stranger_is_told_how_to_come_in(nobody: httpx.Client) -> None:
    answer = nobody.get("/")
    assert answer.status_code == 200
    assert heading(answer) == "Open your link"
    assert "one-time link" in answer.text


def test_pages_of_others_ask_a_stranger_to_sign_in(nobody: httpx.Client, clinic: Clinic) -> None:
    for path in ("/live", "/patients", f"/patients/{clinic.anna.id}"):
        answer = nobody.get(path)
        assert answer.status_code == 401, path
        assert heading(answer) == "Please sign in first"


def test_reading_a_link_does_not_spend_it(
    furnished: tuple[httpx.Client, Clinic], sessions: dict[str, str], nobody: httpx.Client
) -> None:
    answer = nobody.get(f"/enter/{EVA_LINK}")
    assert answer.status_code == 404, "spent by the fixture"
    assert "Ask the person who gave it to you" in answer.text
    assert nobody.get("/enter/never-made").status_code == 404


def test_each_is_sent_to_their_own_page(nobody: httpx.Client, sessions: dict[str, str]) -> None:
    for link, path in ((EVA_LINK, "/patients"), (ANNA_LINK, "/live")):
        nobody.cookies.set("steadyrep", sessions[link])
        answer = nobody.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, path)


def test_caseload_puts_who_said_it_hurts_first(eva: httpx.Client) -> None:
    page = eva.get("/patients").text
    order = [page.index(name) for name in ("Rosa Martín", "Jonas Weber", "Anna Berg")]
    assert order == sorted(order)
    assert "Said “It hurts”. Not seen yet." in page
    assert "No set so far." in page
    assert "Otto Klein" not in page, "nobody of Eva's"


def test_patient_page_says_the_sets_in_words(eva: httpx.Client, clinic: Clinic) -> None:
    page = eva.get(f"/patients/{clinic.anna.id}").text
    assert "Straight leg raise, left" in page
    assert "10 (sensor: 9)" in page
    assert "2.7 · 1.9 · 2.9 s" in page
    assert f"/sets/{clinic.annas_set}" in page


def test_patient_page_says_how_shaking_changed_and_how_sure(
    eva: httpx.Client, clinic: Clinic
) -> None:
    page = eva.get(f"/patients/{clinic.anna.id}").text
    assert re.search(r"Straight leg raise, left: shaking fell by \d\d % since", page)
    assert re.search(r"95 % interval −\d+ % to −\d+ %, 22 sessions", page)
    assert page.count('class="dot"') == 22 + 1, "a dot a session, and the legend"
    assert len(re.findall(r'<tr><th scope="row">\d+ \w+</th>', page)) == 22


def test_the_axis_and_the_change_mean_the_same_start(eva: httpx.Client, clinic: Clinic) -> None:
    """100 % is level with the line's beginning, as the words have it."""
    page = eva.get(f"/patients/{clinic.anna.id}").text
    (start_y,) = re.findall(r'class="fit" d="M[\d.]+ ([\d.]+)L', page)
    (whole_y,) = re.findall(r'class="strong" x="[\d.]+" y="([\d.]+)"[^>]*>100 %', page)
    assert float(whole_y) - TEXT_DROP == pytest.approx(float(start_y), abs=0.11)


def test_unknown_choice_of_trend_shows_the_commonest(eva: httpx.Client, clinic: Clinic) -> None:
    page = eva.get(f"/patients/{clinic.anna.id}?exercise=nonsense&side=left").text
    assert "Straight leg raise, left: shaking fell" in page


def test_shaking_over_weeks_is_told_by_phase(eva: httpx.Client, clinic: Clinic) -> None:
    whole = eva.get(f"/patients/{clinic.anna.id}").text
    for phase in ("hold", "eccentric"):
        assert f"side=left&amp;phase={phase}" in whole
    assert "phase=concentric" not in whole, "nothing is known of it"
    held = eva.get(
        f"/patients/{clinic.anna.id}?exercise=straight-leg-raise&side=left&phase=hold"
    ).text
    assert re.search(r"Straight leg raise, left, in the phase “Hold”: shaking fell by \d\d %", held)
    assert "one more occasion for chance to mislead" in held
    assert "one more occasion for chance to mislead" not in whole
    nonsense = eva.get(
        f"/patients/{clinic.anna.id}?exercise=straight-leg-raise&side=left&phase=nonsense"
    ).text
    assert "Straight leg raise, left: shaking fell" in nonsense


def test_a_trend_by_phase_is_of_that_phase_alone(eva: httpx.Client, clinic: Clinic) -> None:
    address = f"/api/v1/patients/{clinic.anna.id}/trend"
    whole = eva.get(address).json()
    assert (whole["phase"], whole["phases"]) == (None, ["hold", "eccentric"])
    held, lowered, lifted = (
        eva.get(address, params={"exercise": "straight-leg-raise", "side": "left", "phase": one})
        for one in ("hold", "eccentric", "concentric")
    )
    of_set, of_hold = (
        [one["amp_rms_ms2"] for one in each["sessions"]] for each in (whole, held.json())
    )
    assert of_hold == pytest.approx([2 * amp_ms2 for amp_ms2 in of_set])
    assert {one["level"] for one in lowered.json()["sessions"]} == {"below_floor"}
    assert {one["level"] for one in lifted.json()["sessions"]} == {"unknown"}
    assert eva.get(address, params={"phase": "nonsense"}).status_code == 422


def test_patient_without_sets_has_a_page(eva: httpx.Client, clinic: Clinic) -> None:
    page = eva.get(f"/patients/{clinic.jonas.id}")
    assert page.status_code == 200
    assert "No set recorded yet" in page.text


def test_alert_is_on_the_patients_page(eva: httpx.Client, clinic: Clinic) -> None:
    page = eva.get(f"/patients/{clinic.rosa.id}").text
    assert "Rosa Martín said “It hurts”" in page
    assert "Answer: 7 of 10." in page


def test_alert_is_gone_once_the_therapist_has_seen_it(tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    rosa = furnish(settings).rosa
    with serving(create_app(settings)) as address:
        headers = {"accept": "text/html", "origin": address}
        with httpx.Client(base_url=address, headers=headers) as eva:
            eva.post(f"/enter/{EVA_LINK}")
            (seen,) = re.findall(
                r'action="(/alerts/[^"]+/seen)"', eva.get(f"/patients/{rosa.id}").text
            )
            answer = eva.post(seen)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/patients/{rosa.id}")
            assert "It hurts" not in eva.get(f"/patients/{rosa.id}").text
            assert "Not seen yet" not in eva.get("/patients").text


def test_patient_finds_their_records_and_the_way_out(anna: httpx.Client, clinic: Clinic) -> None:
    live = anna.get("/live").text
    assert f'href="/patients/{clinic.anna.id}"' in live
    assert 'action="/leave"' in live
    records = anna.get(f"/patients/{clinic.anna.id}").text
    assert 'href="/live"' in records
    assert f'href="/patients/{clinic.anna.id}"' in anna.get(f"/sets/{clinic.annas_set}").text


def test_patient_cannot_say_that_their_alert_was_seen(
    nobody: httpx.Client, sessions: dict[str, str], clinic: Clinic
) -> None:
    nobody.cookies.set("steadyrep", sessions[ANNA_LINK])
    assert "/seen" not in nobody.get(f"/patients/{clinic.anna.id}").text


def test_set_page_draws_each_rep_and_says_the_same_in_a_table(
    eva: httpx.Client, clinic: Clinic
) -> None:
    page = eva.get(f"/sets/{clinic.annas_set}").text
    assert page.count('class="counted"') == 10 + 1, "ten reps and the legend"
    assert len(re.findall(r'<th scope="row">\d+</th>', page)) == 10
    assert "Shaking was measured during this exercise." in page
    assert "does not diagnose" in page


def test_what_is_not_yours_is_not_there(eva: httpx.Client, clinic: Clinic) -> None:
    for path in (
        f"/patients/{clinic.otto.id}",
        f"/sets/{clinic.ottos_set}",
        f"/patients/{uuid4()}",
        f"/sets/{uuid4()}",
        "/patients/nonsense",
        "/sets/nonsense",
        "/nowhere",
    ):
        answer = eva.get(path)
        assert answer.status_code == 404, path
        assert heading(answer) == "There is nothing here"
        assert 'href="/"' in answer.text, "it says where to go"


def test_patient_sees_their_own_set_and_no_caseload(anna: httpx.Client, clinic: Clinic) -> None:
    assert anna.get(f"/sets/{clinic.annas_set}").status_code == 200
    assert anna.get(f"/sets/{clinic.ottos_set}").status_code == 404
    answer = anna.get("/patients")
    assert answer.status_code == 403
    assert heading(answer) == "This is not for you"


def test_therapist_has_no_live_page(eva: httpx.Client) -> None:
    answer = eva.get("/live")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_live_page_carries_its_words_and_the_therapists_name(
    anna: httpx.Client, clinic: Clinic
) -> None:
    page = anna.get("/live").text
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', page, re.S)
    assert found
    data = json.loads(found[1])
    assert data["patient_id"] == str(clinic.anna.id)
    assert data["therapist"] == "Eva Lindt"
    assert data["words"]["hurts"] == "It hurts"
    assert {"name": "bridge", "title": "Bridge", "equipment": "mat"} in data["exercises"]


def test_nothing_is_inline_but_data(eva: httpx.Client, clinic: Clinic) -> None:
    anna = f"/patients/{clinic.anna.id}"
    for path in ("/patients", anna, f"{anna}/program", f"/sets/{clinic.annas_set}", "/trust"):
        page = eva.get(path).text
        assert "style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page)
        assert not re.search(r"\son\w+=", page)


def test_names_cannot_become_markup(eva: httpx.Client, clinic: Clinic) -> None:
    answer = eva.get("/enter/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "<script>alert" not in answer.text


def test_every_word_that_templates_and_scripts_say_is_in_the_catalogue() -> None:
    words = load_words()
    for template in (SERVER / "templates").glob("*.html"):
        for key in re.findall(r'\bt\("([\w.]+)"[,)]', template.read_text("utf-8")):
            assert words.branch(key), key
    for script in (SERVER / "static" / "js" / "live").glob("*.js"):
        for key in re.findall(r'\bsay\("([\w.]+)"', script.read_text("utf-8")):
            assert words.branch(f"live.{key}"), key


def test_no_sentence_claims_more_than_was_measured() -> None:
    said = (SERVER / "locales" / "en.json").read_text("utf-8")
    assert not FORBIDDEN.search(said)
    assert re.findall(r"\w+ \w+ diagnose", said) == ["does not diagnose"] * said.count("diagnose")
