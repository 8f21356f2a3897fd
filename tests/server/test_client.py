"""The Python client and the API's own description say the same, and it works on a real server."""

import asyncio
import copy
import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_type_hints
from urllib.parse import unquote
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import BaseModel, TypeAdapter

from detection.tremor.phases import RepPhase
from server.app import create_app
from server.client import Client, NotUnderstood, Refused
from server.documents.program_schemas import NewProgram, PrescriptionView
from server.live.live_state import LiveState
from server.live.set_commands import StartSet
from server.routes.patient import NewReport
from server.settings import Settings
from tests.server.house import House

DOCUMENT: dict[str, Any] = create_app(Settings()).openapi()
WORDS = {"title", "description", "default", "examples", "discriminator", "$defs"}
SAMPLES: dict[str, Any] = {
    "before": datetime(2026, 11, 2, tzinfo=UTC),
    "limit": 7,
    "exercise": "bridge",
    "side": "left",
    "phase": RepPhase.HOLD,
    "name": "own a/b?",
    "token": "code/1?",
    "if_match": '"4"',
}
NO_OPERATIONS = {"close", "enter", "session"}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Name, method, path and description of each."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            rest = re.sub(r"\W", "_", path) + f"_{method}"
            yield operation["operationId"].removesuffix(rest), method.upper(), path, operation


def plain(schema: Any, defined: dict[str, Any]) -> Any:
    """A schema without its words, its references replaced by what they name."""
    if isinstance(schema, list):
        return [plain(each, defined) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return plain(defined[schema["$ref"].rpartition("/")[2]], defined)
    fields = {name: plain(each, defined) for name, each in schema.get("properties", {}).items()}
    rest = {k: plain(v, defined) for k, v in schema.items() if k not in WORDS | {"properties"}}
    return rest | {"properties": fields} if fields else rest


def of_type(hint: Any, mode: Any) -> Any:
    schema = TypeAdapter(hint).json_schema(mode=mode)
    return plain(schema, schema.get("$defs", {}))


def content(described: dict[str, Any], document: dict[str, Any]) -> Any:
    """The schema of a body or an answer; None where there is none."""
    kinds = described.get("content", {})
    if "application/json" not in kinds:
        return None
    return plain(kinds["application/json"]["schema"], document["components"]["schemas"])


def sample(name: str, hint: Any) -> Any:
    """Something to send; a body's example is the one that is documented."""
    if name == "new":
        body = hint if isinstance(hint, type) and issubclass(hint, BaseModel) else StartSet
        return body.model_validate_json(json.dumps(body.model_json_schema()["examples"][0]))
    return SAMPLES[name] if name in SAMPLES else uuid4()


def sent_by(name: str, arguments: dict[str, Any]) -> httpx.Request:
    """What a method really sends."""
    asked: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(503, content=b"busy")

    way = httpx.MockTransport(keep)
    with Client("http://here", transport=way) as client, pytest.raises(NotUnderstood):
        getattr(client, name)(**arguments)
    return asked[0]


def differences(document: dict[str, Any]) -> list[str]:
    """Where the client and a description part ways."""
    found = {name for name, *_ in operations(document)}
    methods = {name for name in vars(Client) if not name.startswith("_")} - NO_OPERATIONS
    return [f"{name}: only one has it" for name in sorted(found ^ methods)] + [
        f"{name}: {problem}"
        for name, method, path, operation in operations(document)
        if name in methods
        for problem in differences_of(name, method, path, operation, document)
    ]


def differences_of(
    name: str, method: str, path: str, operation: dict[str, Any], document: dict[str, Any]
) -> Iterator[str]:
    hints = get_type_hints(getattr(Client, name), include_extras=True)
    answer = hints.pop("return")
    parameters = {
        each["name"].lower().replace("-", "_"): each for each in operation.get("parameters", [])
    }
    if set(hints) - {"new"} != set(parameters):
        yield f"parameters {sorted(hints)}, described {sorted(parameters)}"
        return
    yield from differences_of_parameters(name, hints, parameters, document)
    yield from differences_on_the_way(name, method, path, hints, parameters)
    body = of_type(hints["new"], "validation") if "new" in hints else None
    if body != content(operation.get("requestBody", {}), document):
        yield "another body"
    told = None if answer is type(None) else of_type(answer, "serialization")
    for status, response in operation["responses"].items():
        if status.startswith("2") and told != content(response, document):
            yield f"another answer for {status}"


def differences_of_parameters(
    name: str, hints: dict[str, Any], parameters: dict[str, Any], document: dict[str, Any]
) -> Iterator[str]:
    signature = inspect.signature(getattr(Client, name)).parameters
    for one, each in parameters.items():
        described = plain(each["schema"], document["components"]["schemas"])
        typed = of_type(hints[one], "validation")
        if kinds(described) != kinds(typed):
            yield f"{one} is {typed}, described {described}"
        if each["required"] != (signature[one].default is inspect.Parameter.empty):
            yield f"{one}: must it be given?"


def differences_on_the_way(
    name: str, method: str, path: str, hints: dict[str, Any], parameters: dict[str, Any]
) -> Iterator[str]:
    arguments = {one: sample(one, hint) for one, hint in hints.items()}
    asked = sent_by(name, arguments)
    where = {one: str(arguments[one]) for one, each in parameters.items() if each["in"] == "path"}
    if (asked.method, unquote(asked.url.path)) != (method, path.format(**where)):
        yield f"asks {asked.method} {asked.url.path}"
    given = {"query": asked.url.params, "header": asked.headers, "path": where}
    for each in parameters.values():
        if each["name"] not in given[each["in"]]:
            yield f"{each['name']} is not sent in the {each['in']}"


def kinds(schema: dict[str, Any]) -> Any:
    """A parameter's types; its bounds are the server's to keep."""
    if "anyOf" in schema:
        return [kinds(each) for each in schema["anyOf"]]
    return schema.get("type"), schema.get("format"), schema.get("enum")


def test_the_client_is_what_the_api_describes() -> None:
    assert differences(DOCUMENT) == []


ME, SETS = "/api/v1/me", "/api/v1/patients/{patient_id}/sets"
CHANGES: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("who_am_i: only", lambda d: d["paths"].pop(ME)),
    (
        "show_it: only",
        lambda d: d["paths"].update({"/it": {"get": {"operationId": "show_it_it_get"}}}),
    ),
    ("list_sets: parameters", lambda d: d["paths"][SETS]["get"]["parameters"].pop()),
    (
        "list_sets: limit is",
        lambda d: d["paths"][SETS]["get"]["parameters"][1]["schema"].update(type="string"),
    ),
    (
        "report_pain: another body",
        lambda d: d["components"]["schemas"]["NewReport"]["properties"].pop("note"),
    ),
    (
        "list_sets: another answer",
        lambda d: d["components"]["schemas"]["SensorRef"]["properties"].update(rate={}),
    ),
]


@pytest.mark.parametrize(("found", "change"), CHANGES, ids=[found for found, _ in CHANGES])
def test_whatever_parts_from_the_description_is_found(
    found: str, change: Callable[[dict[str, Any]], Any]
) -> None:
    changed = copy.deepcopy(DOCUMENT)
    change(changed)
    assert any(each.startswith(found) for each in differences(changed))


async def test_a_therapist_reads_and_prescribes_from_python(house: House) -> None:
    link = house.address + await house.link(house.eva)
    told = await asyncio.to_thread(_prescribe, link, house.anna.id)
    assert told == ["Anna", "version 1", "412 Precondition Failed"]


def _prescribe(link: str, anna: UUID) -> list[str]:
    new = NewProgram(prescriptions=(PrescriptionView(exercise="bridge", sets=2, reps=8),))
    with Client.enter(link) as entered:
        assert entered.health().status == "ok"
        session = entered.session
    with Client(link.partition("/enter/")[0], session) as client:
        (patient,) = client.list_patients().patients
        made = client.change_program(patient.id, new, if_match='"0"')
        assert made == client.show_program(anna)
        with pytest.raises(Refused) as late:
            client.change_program(patient.id, new, if_match='"0"')
    problem = late.value.problem
    return [patient.display_name, f"version {made.number}", f"{problem.status} {problem.title}"]


async def test_a_patient_does_a_set_from_python(house: House) -> None:
    cookie = await house.cookie(house.anna)
    done = await asyncio.to_thread(_do_a_set, house.address, cookie, house.anna.id, house.ben.id)
    assert done.started == done.live
    assert done.note == "left knee"
    assert done.still_sharing == []
    assert done.asked_for_another == 404


@dataclass(frozen=True, slots=True)
class _Done:
    """What the API answered to a patient who did a set, from its start to the end of sharing."""

    started: LiveState
    live: LiveState
    note: str
    still_sharing: list[UUID]
    asked_for_another: int


def _do_a_set(address: str, session: str, anna: UUID, ben: UUID) -> _Done:
    with Client(address, session) as client:
        started = client.command_set(anna, StartSet(exercise="bridge"), idempotency_key=uuid4())
        live = client.live_now(anna)
        said = NewReport(id=uuid4(), pain_nrs=6, note="left knee")
        kept = client.report_pain(anna, said)
        (shared, *_) = client.list_sharing(anna).sharing
        client.withdraw(anna, shared.id)
        sharing = [one.id for one in client.list_sharing(anna).sharing if not one.revoked_at]
        with pytest.raises(Refused) as refused:
            client.list_sets(ben)
    return _Done(started, live, kept.note, sharing, refused.value.problem.status)


@pytest.mark.parametrize(
    ("address", "name"), [("https://here", "__Host-steadyrep"), ("http://here", "steadyrep")]
)
def test_the_sessions_cookie_is_named_as_the_server_names_it(address: str, name: str) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(204)

    with Client(address, "secret", transport=httpx.MockTransport(answer)) as client:
        client.drop_good_set(uuid4())
        assert client.session == "secret"
    assert [each.headers["cookie"] for each in asked] == [f"{name}=secret"]


async def test_a_link_that_is_used_up_is_refused(house: House) -> None:
    with pytest.raises(Refused, match="404 Not Found: This link was used already"):
        await asyncio.to_thread(Client.enter, f"{house.address}/enter/used")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}"])
def test_what_is_no_answer_of_this_api_is_said_to_be_none(body: bytes) -> None:
    way = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    told = pytest.raises(NotUnderstood, match="http://elsewhere/api/v1/me answers 200")
    with Client("http://elsewhere", transport=way) as client, told:
        client.who_am_i()


def test_how_long_to_wait_is_told() -> None:
    problem = {"status": 429, "title": "Too Many Requests", "detail": "That was often."}
    way = httpx.MockTransport(
        lambda _: httpx.Response(429, json=problem, headers={"Retry-After": "7"})
    )
    with Client("http://here", transport=way) as client, pytest.raises(Refused) as refused:
        client.who_am_i()
    assert refused.value.retry_after_s == 7
