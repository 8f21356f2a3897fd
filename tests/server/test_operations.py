"""What whoever runs the server sees of it: counts, log, unit and container; nobody's health."""

import configparser
import json
import logging
import re
import sys
from pathlib import Path

import pytest

from server.logs import JsonLines
from tests.server.house import House, a_set, blocks_of

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"


async def counts(house: House) -> dict[str, float]:
    browser = await house.client(None)
    told = (await browser.get("/metrics")).text
    rows = (line.rpartition(" ") for line in told.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


async def test_chunks_requests_and_sockets_are_counted(house: House) -> None:
    blocks = blocks_of(a_set())
    async with house.collector() as sender, await house.look_on(house.eva, house.anna):
        await sender.chunks(blocks)
        await sender.socket.send("nonsense")
        await sender.socket.recv()
        during = await counts(house)
        await sender.end()
    assert during["steadyrep_chunks_total"] == len(blocks)
    assert during["steadyrep_refused_messages_total"] == 1
    assert during["steadyrep_chunk_seconds_count"] == len(blocks)
    assert (during["steadyrep_senders"], during["steadyrep_viewers"]) == (1, 1)


async def test_a_route_is_counted_as_it_is_written_and_names_nobody(house: House) -> None:
    browser = await house.client(house.eva)
    await browser.get(f"/api/v1/patients/{house.anna.id}/sets")
    await browser.get("/somebody/secret")
    told = await counts(house)
    route = 'route="/api/v1/patients/{patient_id}/sets",status="200"'
    assert told[f"steadyrep_requests_total{{{route}}}"] == 1
    text = "\n".join(told)
    assert 'route="none",status="404"' in text
    assert str(house.anna.id) not in text
    assert "secret" not in text


async def test_counts_are_told_on_this_machine_only(house: House) -> None:
    from httpx import ASGITransport, AsyncClient

    elsewhere = ASGITransport(house.app, client=("192.0.2.7", 4711))
    async with AsyncClient(transport=elsewhere, base_url=house.address) as stranger:
        answer = await stranger.get("/metrics")
    assert answer.status_code == 409
    assert "steadyrep_chunks" not in answer.text
    by_proxy = await (await house.client(None)).get(
        "/metrics", headers={"x-forwarded-for": "192.0.2.7"}
    )
    assert by_proxy.status_code == 409


def record_of(message: str, *, is_broken: bool = False) -> logging.LogRecord:
    told = None
    if is_broken:
        try:
            raise ValueError("Anna hurts")
        except ValueError:
            told = sys.exc_info()
    return logging.LogRecord("server.x", logging.ERROR, "x.py", 1, message, (), told)


def test_a_line_of_the_log_is_json_with_when_and_what() -> None:
    line = json.loads(JsonLines().format(record_of("recording 7 cannot be followed")))
    assert (line["level"], line["source"]) == ("error", "server.x")
    assert line["said"] == "recording 7 cannot be followed"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", line["at"])


def test_an_error_is_told_by_type_and_place_without_its_text() -> None:
    text = JsonLines().format(record_of("broken", is_broken=True))
    line = json.loads(text)
    assert line["error"] == "ValueError"
    assert line["place"].startswith("tests.server.test_operations:")
    assert "Anna" not in text


def test_the_unit_keeps_to_itself() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(DEPLOY / "steadyrep.service")
    service = unit["Service"]
    assert service["ExecStart"].endswith("steadyrep serve")
    for name in ("DynamicUser", "NoNewPrivileges", "PrivateTmp"):
        assert service[name] == "yes"
    assert service["StateDirectoryMode"] == "0700"


@pytest.mark.parametrize("line", ["USER steadyrep", "STOPSIGNAL SIGTERM", "VOLUME /data"])
def test_the_container_is_nobody_and_stops_cleanly(line: str) -> None:
    assert line in (DEPLOY / "Containerfile").read_text().splitlines()
