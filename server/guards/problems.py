"""Errors as RFC 9457 problem documents: what is wrong and what to do, nothing about anybody.

A page gets the same as HTML: `app.state.problem_page`, when the pages have set it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """The body of an error (RFC 9457). `detail` says what to do."""

    status: int
    title: str
    detail: str
    type: str = "about:blank"
    errors: list[dict[str, str]] = field(default_factory=list)


class Problem(Exception):
    """Anything that ends a request with an error."""

    def __init__(
        self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.document = ProblemDocument(status.value, status.phrase, detail)
        self.headers = headers
        super().__init__(detail)


NOT_FOUND = (
    "There is nothing here that you can see. Check the address, or sign in as somebody else."
)


def not_found() -> Problem:
    """Nothing there, or nothing that this actor may know of: the same answer for both."""
    return Problem(HTTPStatus.NOT_FOUND, NOT_FOUND)


FILE_METHODS = frozenset({"GET", "HEAD"})
"""Of what no router knows: the static files."""
ProblemPage = Callable[[Request, ProblemDocument], Awaitable[Response]]


def install(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Answer every error of the app, which has these routers, with a problem document."""
    app.state.routers = routers
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _invalid)


UNFORESEEN = (
    "This is a fault of the server. Try again in a minute; if it stays, tell the person who runs "
    "this Steadyrep: its log says what happened."
)


class UnforeseenErrors:
    """ASGI middleware for what nobody foresaw: a problem document, and the error goes to the log.

    Inside the security headers; FastAPI's own answer to such errors would come without them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer for it where it broke before it answered."""
        has_answered = scope["type"] != "http"

        async def send_noted(message: Message) -> None:
            nonlocal has_answered
            has_answered = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception:
            if not has_answered:
                status = HTTPStatus.INTERNAL_SERVER_ERROR
                document = ProblemDocument(status.value, status.phrase, UNFORESEEN)
                response = await answer(Request(scope), document)
                await response(scope, receive, send)
            raise


async def _problem(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 -- registered for nothing else
    return await answer(connection, error.document, error.headers)


async def _http_exception(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for nothing else
    status = HTTPStatus(error.status_code)
    detail = NOT_FOUND if status is HTTPStatus.NOT_FOUND else status.description
    document = ProblemDocument(status.value, status.phrase, detail)
    headers = dict(error.headers or {})
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods_here(connection) or FILE_METHODS))
    return await answer(connection, document, headers)


def _methods_here(connection: HTTPConnection) -> set[str]:
    """All that the path can be asked (RFC 9110, 15.5.6); the framework names one route's."""
    routers: Sequence[APIRouter] = connection.app.state.routers
    routes = [one for router in routers for one in router.routes if isinstance(one, APIRoute)]
    return {
        method
        for route in routes
        if route.matches(connection.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }


async def _invalid(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for nothing else
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    document = ProblemDocument(
        status.value,
        status.phrase,
        "Some of what was sent cannot be used; `errors` names each place. Correct and resend.",
        errors=[_place(one) for one in error.errors()],
    )
    return await answer(connection, document)


def _place(error: Mapping[str, Any]) -> dict[str, str]:
    """Where and why, without repeating the value: it may be about somebody's health."""
    return {"at": "/".join(str(part) for part in error["loc"]), "problem": error["msg"]}


async def answer(
    connection: HTTPConnection, document: ProblemDocument, headers: Mapping[str, str] | None = None
) -> Response:
    """The document as whoever asks can read it: a page for a browser, JSON for a program."""
    page: ProblemPage | None = getattr(connection.app.state, "problem_page", None)
    if page is not None and isinstance(connection, Request) and _wants_page(connection):
        return await page(connection, document)
    return JSONResponse(asdict(document), document.status, headers, PROBLEM_JSON)


def _wants_page(request: Request) -> bool:
    is_api = request.url.path.startswith("/api/")
    return not is_api and "text/html" in request.headers.get("accept", "")
