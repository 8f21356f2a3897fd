"""A running server on a socket of its own, from the first breath to the last."""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from server.settings import Settings

MAX_MESSAGE_BYTES = 1_048_576
"""A larger WebSocket message ends its connection; one above a chunk's size is only refused."""
GOODBYE_S = 3
"""Open sockets get this long when the server stops; collectors send again what is missing."""
DENIED = "ASGI callable returned without completing handshake."
"""uvicorn 0.54 says so after every WebSocket that was properly answered with 401, 403 or 404."""


class AddressTaken(Exception):
    """Nothing can listen there."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"cannot listen on {host} port {port}: {reason}; choose another port with --port, "
            "or 0 for a free one"
        )


def open_socket(settings: Settings) -> socket.socket:
    """A listening socket. Raises AddressTaken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise AddressTaken(settings.host, settings.port, reason) from problem


def make_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """uvicorn with our limits; no access log, since addresses name patients and hold tokens."""
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,  # 0.3 MB of zlib a socket, for half a kilobyte a message
        timeout_graceful_shutdown=GOODBYE_S,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    return uvicorn.Server(config)


def _is_news(record: logging.LogRecord) -> bool:
    return record.getMessage() != DENIED


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs: its task ends when it was told to stop (Ctrl-C). tls: None over HTTP."""

    task: asyncio.Task[None]
    tls: ssl.SSLContext | None


@asynccontextmanager
async def serving(
    app: FastAPI, settings: Settings, listening: socket.socket
) -> AsyncIterator[Running]:
    """The server runs in the block."""
    server = make_server(app, settings)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not (server.started or task.done()):  # noqa: ASYNC110 -- a flag, no event
            await asyncio.sleep(STARTED_CHECK_S)
        yield Running(task, server.config.ssl)
    finally:
        server.should_exit = True
        await task


STARTED_CHECK_S = 0.02
"""uvicorn offers a flag, no event; this is how often it is looked at while it starts."""
