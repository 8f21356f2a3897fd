"""One-time links, sessions, and requests that other sites cause."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from server.app import create_app
from server.guards.headers import HEADERS
from server.settings import Settings
from server.store import logins
from server.tokens import digest
from tests.server.house import House, in_the_shared_house

TLS = {"tls_cert": Path("cert.pem"), "tls_key": Path("key.pem")}


async def test_a_link_lets_in_once(house: House) -> None:
    browser = await house.client(None)
    link = await house.link(house.anna)
    entered = await browser.post(link)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert (await browser.get("/api/v1/me")).json()["display_name"] == "Anna"
    again = await (await house.client(None)).post(link)
    assert again.status_code == 404
    assert "new one" in again.json()["detail"]


@in_the_shared_house
async def test_a_link_that_is_only_looked_at_is_not_spent(shared_house: House) -> None:
    browser = await shared_house.client(None)
    link = await shared_house.link(shared_house.anna)
    assert (await browser.get(link)).status_code == 200
    assert (await browser.post(link)).status_code == 303


async def test_a_link_dies_unused(house: House) -> None:
    browser = await house.client(None)
    link = await house.link(house.anna)
    house.time.pass_by(timedelta(hours=house.settings.login_link_hours, seconds=1))
    assert (await browser.post(link)).status_code == 404


async def test_a_session_dies_of_rest_but_not_of_use(house: House) -> None:
    browser = await house.client(house.anna)
    nearly = timedelta(days=house.settings.session_idle_days) - timedelta(hours=1)
    for _ in range(2):
        house.time.pass_by(nearly)
        assert (await browser.get("/api/v1/me")).status_code == 200
    house.time.pass_by(nearly + timedelta(hours=2))
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_a_session_in_daily_use_ends_one_day_too(house: House) -> None:
    browser = await house.client(house.anna)
    weeks = int(house.settings.session_max_days // 7)
    for _ in range(weeks):
        house.time.pass_by(timedelta(days=7))
        assert (await browser.get("/api/v1/me")).status_code == 200
    house.time.pass_by(timedelta(days=8))
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_leaving_closes_the_session_itself(house: House) -> None:
    browser = await house.client(house.ben)
    token = browser.cookies["steadyrep"]
    assert (await browser.post("/leave")).status_code == 303
    browser.cookies.set("steadyrep", token)
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_entering_again_closes_the_session_of_before(house: House) -> None:
    browser = await house.client(None)
    await browser.post(await house.link(house.anna))
    before = browser.cookies["steadyrep"]
    await browser.post(await house.link(house.anna))
    async with house.services.database.reading() as database:
        now, limits = house.time.moment, house.services.session_limits
        assert await logins.visit(database, digest(before), now, limits) is None


async def test_neither_links_nor_sessions_are_stored_readable(house: House) -> None:
    browser = await house.client(house.anna)
    link = await house.link(house.anna)
    secrets = [browser.cookies["steadyrep"], link.removeprefix("/enter/"), house.sensor_token]
    files = house.settings.data_dir.iterdir()
    content = b"".join(one.read_bytes() for one in files if one.is_file())
    assert not [one for one in secrets if one.encode() in content]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {},
    ],
)
@in_the_shared_house
async def test_what_another_site_causes_is_refused(
    shared_house: House, headers: dict[str, str]
) -> None:
    browser = await shared_house.client(shared_house.anna)
    del browser.headers["origin"]
    path = f"/api/v1/patients/{shared_house.anna.id}/set"
    refused = await browser.post(path, json={"action": "start"}, headers=headers)
    assert refused.status_code == 403
    assert "STEADYREP_PUBLIC_ORIGIN" in refused.json()["detail"]
    assert (await browser.get("/api/v1/me")).status_code == 200


@in_the_shared_house
async def test_a_browser_that_says_it_is_our_page_is_believed(shared_house: House) -> None:
    browser = await shared_house.client(shared_house.anna)
    del browser.headers["origin"]
    path = f"/api/v1/patients/{shared_house.anna.id}/set"
    headers = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert (await browser.post(path, json={"action": "start"}, headers=headers)).is_success


@in_the_shared_house
async def test_the_cookie_is_for_our_server_alone(shared_house: House) -> None:
    browser = await shared_house.client(None)
    cookie = (await browser.post(await shared_house.link(shared_house.anna))).headers["set-cookie"]
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert not any(part.startswith("domain") for part in parts)


async def test_over_tls_the_cookie_is_secure_and_bound_to_the_host(
    tmp_path: Path, house: House
) -> None:
    settings = Settings(data_dir=house.settings.data_dir, **TLS)
    link = await house.link(house.anna)
    app = create_app(settings, house.services.clock)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="https://reps.example") as browser,
    ):
        entered = await browser.post(link, headers={"origin": "https://reps.example"})
    assert entered.headers["set-cookie"].startswith("__Host-steadyrep=")
    assert "secure" in entered.headers["set-cookie"].lower()
    assert entered.headers["strict-transport-security"]


@pytest.mark.parametrize("path", ["/", "/api/v1/me", "/nowhere", "/static/nothing.css"])
@in_the_shared_house
async def test_every_answer_carries_the_security_headers(shared_house: House, path: str) -> None:
    browser = await shared_house.client(None)
    answer = await browser.get(path)
    assert HEADERS.items() <= {name: answer.headers.get(name) for name in HEADERS}.items()
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@in_the_shared_house
async def test_an_error_is_a_problem_document_that_says_what_to_do(shared_house: House) -> None:
    browser = await shared_house.client(shared_house.anna)
    wrong = {"action": "adjust", "by": 40}
    answer = await browser.post(f"/api/v1/patients/{shared_house.anna.id}/set", json=wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["errors"][0]["at"].endswith("by")
    assert "40" not in answer.text
