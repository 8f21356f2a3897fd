"""What the API says of itself is what it does: its errors, its examples, and by schemathesis."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from server.app import create_app
from server.guards.rates import Rate
from server.settings import Settings
from tests.server.house import House
from tests.server.test_programs import BRIDGE, put

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
EXAMPLES = 5
"""For each operation; the coverage phase makes a thousand requests besides, and is run once."""


def described() -> dict[str, Any]:
    document: dict[str, Any] = create_app(Settings()).openapi()
    return document


DOCUMENT = described()
OPERATIONS = [
    pytest.param(operation, id=f"{method.upper()} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_tells_its_errors_as_problems(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        if status == "default" or status.startswith("4"):
            assert list(response["content"]) == ["application/problem+json"]
    assert "default" in operation["responses"]
    assert operation["description"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_body_has_an_example(operation: dict[str, Any]) -> None:
    if "requestBody" not in operation:
        return
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    options = schema.get("oneOf", [schema])
    named = [DOCUMENT["components"]["schemas"][one["$ref"].rpartition("/")[2]] for one in options]
    assert any("examples" in one for one in named)


def test_who_may_not_see_is_told_of_in_every_route_about_a_patient() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            if "_id}" in path:
                assert {"401", "403", "404"} <= set(operation["responses"])
                assert any(one["in"] == "path" for one in operation["parameters"])


@pytest.mark.parametrize(
    ("who", "phases"), [("anna", "examples,fuzzing"), ("eva", "examples,coverage,fuzzing")]
)
async def test_schemathesis_finds_no_server_error_and_nothing_undocumented(
    house: House, tmp_path: Path, who: str, phases: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.guards.gate.KNOWN", Rate(10**6, 10**6))  # no page asks so often
    await put(house, 0, BRIDGE)
    await house.a_set_that_hurts(house.anna, "left knee")
    cookie = await house.cookie(getattr(house, who))
    command = (
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{house.address}/api/v1/openapi.json",
        *("--url", house.address),
        *("-H", f"Cookie: steadyrep={cookie}", "-H", f"Origin: {house.address}"),
        *("--checks", ",".join(CHECKS), "--phases", phases),
        *("--max-examples", str(EXAMPLES), "--seed", "1", "--generation-database", "none"),
    )
    run = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
        env=os.environ | {"NO_COLOR": "1"},
    )
    told = (await run.communicate())[0].decode()
    assert run.returncode == 0, told[-4000:]
    assert "Tested: " in told


def test_the_description_is_json() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT
