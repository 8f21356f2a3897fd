"""No request may be longer than it has reason to be; one that is gets a problem document."""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.guards.problems import ProblemDocument, answer


class BodyLimit:
    """ASGI middleware that refuses bodies above `most_bytes`, announced or not, with 413.

    Starlette's own answers in plain text and outside every other middleware, so without headers.
    """

    def __init__(self, app: ASGIApp, *, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as far as it is short enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _announced_bytes(scope) > self._most_bytes:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            detail = f"Send at most {self._most_bytes} bytes."
            document = ProblemDocument(status.value, status.phrase, detail)
            response = await answer(Request(scope), document)
            await response(scope, receive, send)
        else:
            await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        received_bytes = 0

        async def receive_counted() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > self._most_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        return receive_counted


def _announced_bytes(scope: Scope) -> int:
    """What the headers say; 0 where they say nothing that could be understood."""
    said = Headers(scope=scope).get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else 0
