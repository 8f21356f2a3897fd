"""A real WebSocket server that speaks the ingest protocol and nothing else, with faults."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Request, Response, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from sensors.chunks import decode_chunk
from sensors.uplink import ingest_url


@dataclass
class SmallServer:
    """Speaks the ingest protocol and keeps what it got.

    cut_after: cut the connection whenever so many chunks more have been kept.
    acks_twice: say each acknowledgement twice; is_deaf: acknowledge nothing.
    refuses: sequence -> reason; grumbles: call something malformed after each chunk.
    unavailable: answer so many handshakes with 503.
    """

    cut_after: int | None = None
    acks_twice: bool = False
    is_deaf: bool = False
    refuses: dict[int, str] = field(default_factory=dict)
    grumbles: bool = False
    unavailable: int = 0
    token: str = "secret"
    url: str = ""
    address: str = ""
    recordings: dict[str, list[bytes]] = field(default_factory=dict)
    hellos: list[dict[str, Any]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    is_ended: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "")
        if self.unavailable:
            self.unavailable -= 1
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "")
        return None

    @property
    def stored(self) -> list[bytes]:
        """The chunks of the recording that was spoken of last."""
        return self.recordings.setdefault(self.hellos[-1]["recording_id"], [])

    async def talk(self, socket: ServerConnection) -> None:
        self.hellos.append(json.loads(await socket.recv()))
        stored = self.stored  # others may say hello meanwhile
        await _say(socket, type="welcome", next_sequence=len(stored))
        with suppress(ConnectionClosed):
            async for message in socket:
                if isinstance(message, str):
                    await self._read(socket, json.loads(message))
                else:
                    await self._keep(socket, stored, message)
                self.changed.set()
                if self.cut_after and len(stored) >= len(self.hellos) * self.cut_after:
                    socket.transport.abort()
                    return

    async def _read(self, socket: ServerConnection, message: dict[str, Any]) -> None:
        if message["type"] == "status":
            self.reports.append(message)
        elif message["type"] == "end" and not self.is_deaf:
            self.is_ended = True
            await _say(socket, type="ended")

    async def _keep(self, socket: ServerConnection, stored: list[bytes], payload: bytes) -> None:
        sequence = decode_chunk(payload).sequence
        if sequence in self.refuses:
            await _say(socket, type="refused", reason=self.refuses[sequence], sequence=sequence)
            return
        assert sequence == len(stored)
        stored.append(payload)
        if not self.is_deaf:
            for _ in range(1 + self.acks_twice):
                await _say(socket, type="ack", sequence=sequence)
        if self.grumbles:
            await _say(socket, type="refused", reason="a bad message", sequence=None)

    async def until(self, stored: int = 0, reports: int = 0) -> None:
        while not self.hellos or len(self.stored) < stored or len(self.reports) < reports:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 5)


async def _say(socket: ServerConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


@asynccontextmanager
async def serving(server: SmallServer, port: int = 0) -> AsyncIterator[SmallServer]:
    async with serve(server.talk, "127.0.0.1", port, process_request=server.admit) as listening:
        taken = listening.sockets[0].getsockname()[1]
        server.address = f"http://127.0.0.1:{taken}"
        server.url = ingest_url(server.address)
        yield server
