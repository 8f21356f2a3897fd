"""What the API says of itself: FastAPI's description, with what its gates and errors add.

A gate reads the patient from the path and turns people away; FastAPI sees neither. Every error is a
problem document (RFC 9457), whatever its status.
"""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from server.access import Action
from server.guards.gate import PATIENT_PARAMETERS, Gate
from server.guards.problems import PROBLEM_JSON

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What is wrong and what to do (RFC 9457).",
    "properties": {
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "detail": {"type": "string", "description": "What to do."},
        "type": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"at": {"type": "string"}, "problem": {"type": "string"}},
                "required": ["at", "problem"],
            },
        },
    },
    "required": ["status", "title", "detail", "type", "errors"],
    "example": {
        "status": 404,
        "title": "Not Found",
        "detail": "There is nothing here that you can see. Check the address.",
        "type": "about:blank",
        "errors": [],
    },
}
OPEN = frozenset({Action.PROBE, Action.ENTER})
"""Actions that turn nobody away."""


def describe(app: FastAPI, routers: Sequence[APIRouter], cookie: str) -> dict[str, Any]:
    """The OpenAPI document of the app's routes; cookie: the name of a session's."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        description="Steadyrep's records, for its own pages and for programs. docs/server.md.",
        routes=app.routes,
    )
    schemas = document["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    document["components"]["securitySchemes"] = {"session": _session(cookie)}
    for route, operation in _operations(document, routers):
        _complete(route, operation)
    return document


def _session(cookie: str) -> dict[str, str]:
    came_in = "A person who came in by a one-time link."
    return {"type": "apiKey", "in": "cookie", "name": cookie, "description": came_in}


def _operations(
    document: dict[str, Any], routers: Sequence[APIRouter]
) -> Iterator[tuple[APIRoute, dict[str, Any]]]:
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                for method in route.methods or ():
                    yield route, document["paths"][route.path][method.lower()]


def _complete(route: APIRoute, operation: dict[str, Any]) -> None:
    action = _action(route)
    known = {each["name"] for each in operation.get("parameters", [])}
    theirs = [name for name in sorted(PATIENT_PARAMETERS) if f"{{{name}}}" in route.path]
    for name in theirs:
        if name not in known:
            operation.setdefault("parameters", []).append(_id_in_path(name))
    responses: dict[str, Any] = operation["responses"]
    responses["429"] = _problem("Asked too often; Retry-After says in how many seconds to ask.")
    responses["default"] = _problem("Anything else that goes wrong.")
    if action not in OPEN:
        operation["security"] = [{"session": []}]
        responses["401"] = _problem("Nobody is signed in.")
        responses["403"] = _problem("Somebody in another role, or another site's request.")
    if theirs:
        responses["404"] = _problem("Nothing there, or nothing that the asker may know of.")
    for status in list(responses):
        if status.startswith("4") and "content" not in responses[status]:
            responses[status] = _problem(HTTPStatus(int(status)).phrase + ".")
    if "422" in responses:
        responses["422"] = _problem("What was sent cannot be used; `errors` names each place.")


def _action(route: APIRoute) -> Action:
    (gate,) = [one.call for one in route.dependant.dependencies if isinstance(one.call, Gate)]
    return gate.action


def _id_in_path(name: str) -> dict[str, Any]:
    schema = {"type": "string", "format": "uuid"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _problem(description: str) -> dict[str, Any]:
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content}
