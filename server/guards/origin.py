"""Whether a request that changes something comes from one of our own pages.

A cookie is sent with requests that other sites cause, so the browser's own word decides:
Sec-Fetch-Site where it is sent, else Origin, which must be the host that was asked. WebSockets
count as changing something. Reading (GET, HEAD) is free: other sites cannot see the answer.
"""

from starlette.datastructures import URL
from starlette.requests import HTTPConnection

from server.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_foreign(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether another site made the browser send this."""
    is_websocket = connection.scope["type"] == "websocket"
    if not is_websocket and connection.scope["method"] in SAFE_METHODS:
        return False
    fetch_site = connection.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site not in ("same-origin", "none")
    return connection.headers.get("origin") != own_origin(connection, settings)


def own_origin(connection: HTTPConnection, settings: Settings) -> str:
    """The origin that our own pages have in the browser that asks."""
    if settings.public_origin is not None:
        return settings.public_origin
    scheme = "https" if settings.is_secure else "http"
    return f"{scheme}://{URL(scope=connection.scope).netloc}"
