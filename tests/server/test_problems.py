"""Errors that no route foresees are problem documents too, with the headers of every answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from server.app import MAX_BODY_BYTES, create_app
from server.guards.problems import PROBLEM_JSON
from tests.server.clinic import fresh_settings
from tests.server.house import House

BREAKS = "/api/v1/breaks"
SETS = "/api/v1/patients/00000000-0000-0000-0000-000000000000/set"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Without a socket: a server that refuses a body halfway through resets its connection."""
    app = create_app(fresh_settings(tmp_path))

    @app.get(BREAKS)
    @app.get("/breaks")
    async def breaks() -> None:
        raise RuntimeError("about somebody's health")

    way = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=way, base_url="http://here") as client:
        yield client


def assert_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM_JSON
    assert answer.json()["status"] == status
    assert answer.json()["detail"]
    assert_guarded(answer)


def assert_guarded(answer: httpx.Response) -> None:
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_broken_route_answers_with_a_problem_and_tells_nothing(
    server: httpx.AsyncClient,
) -> None:
    answer = await server.get(BREAKS)
    assert_problem(answer, 500)
    assert "health" not in answer.text


async def test_a_broken_page_is_a_page(server: httpx.AsyncClient) -> None:
    answer = await server.get("/breaks", headers={"accept": "text/html"})
    assert answer.status_code == 500
    assert "<h1>That did not work</h1>" in answer.text
    assert_guarded(answer)


async def test_a_body_announced_too_long_is_refused(server: httpx.AsyncClient) -> None:
    assert_problem(await server.post(SETS, content=b"x" * (MAX_BODY_BYTES + 1)), 413)


async def test_a_body_that_turns_out_too_long_is_refused(server: httpx.AsyncClient) -> None:
    async def long() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 1024 + 1):
            yield b"x" * 1024

    assert_problem(await server.post(SETS, content=long()), 413)


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_moment_outside_of_the_calendar_is_said_to_be_one(house: House, edge: str) -> None:
    eva = await house.client(house.eva)
    answer = await eva.get(f"/api/v1/patients/{house.anna.id}/sets", params={"before": edge})
    assert_problem(answer, 422)


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/exercises", "GET, POST"), ("/exercises/own-x", "DELETE, PUT"), ("/me", "GET")],
)
async def test_a_wrong_method_is_told_all_that_the_path_takes(
    server: httpx.AsyncClient, path: str, methods: str
) -> None:
    answer = await server.patch(f"/api/v1{path}")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == methods


async def test_a_file_is_only_read(server: httpx.AsyncClient) -> None:
    answer = await server.post("/static/css/base.css")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
