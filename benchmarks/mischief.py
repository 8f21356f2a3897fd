"""A way between collector and server that doubles, swaps and holds messages, and may be cut."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake

LIKELY = 0.03
"""Of each message that one of them happens to it."""
LONGEST_HOLD_S = 0.3


class Way:
    """Passes WebSocket messages on; `is_bad` while it does mischief. address: where it listens."""

    def __init__(self, target: Callable[[], str | None], rng: np.random.Generator) -> None:
        self.is_bad = True
        self.address = ""
        self.done: dict[str, int] = {"doubled": 0, "swapped": 0, "held": 0, "cut": 0}
        self._target = target
        self._rng = rng
        self._open: set[ServerConnection] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Way"]:
        """Listen on a free port until the block ends."""
        async with serve(self._pass_on, "127.0.0.1", 0, compression=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            self.address = f"http://127.0.0.1:{port}"
            yield self

    def cut(self) -> None:
        """Break every connection without a word."""
        for connection in self._open:
            connection.transport.abort()
            self.done["cut"] += 1

    async def _pass_on(self, near: ServerConnection) -> None:
        target = self._target()
        if target is None or near.request is None:
            near.transport.abort()
            return
        self._open.add(near)
        url = target.replace("http", "ws") + near.request.path
        headers = {"Authorization": near.request.headers.get("Authorization", "")}
        with suppress(ConnectionClosed, InvalidHandshake, OSError, TimeoutError):
            async with connect(url, additional_headers=headers, compression=None) as far:
                await self._both_ways(near, far)
        self._open.discard(near)
        near.transport.abort()

    async def _both_ways(self, near: ServerConnection, far: ClientConnection) -> None:
        async def back() -> None:
            async for message in far:
                await near.send(message)

        going = [asyncio.create_task(self._there(near, far)), asyncio.create_task(back())]
        await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
        for task in going:
            task.cancel()
        with suppress(ConnectionClosed):
            await near.close(_code(far.close_code), far.close_reason or "")

    async def _there(self, near: ServerConnection, far: ClientConnection) -> None:
        kept: str | bytes | None = None
        async for message in near:
            what = self._rng.random() if self.is_bad else 1.0
            if kept is None and what < LIKELY and isinstance(message, bytes):
                kept = message
                self.done["swapped"] += 1
                continue
            await far.send(message)
            if kept is not None:
                await far.send(kept)
                kept = None
            if LIKELY < what < 2 * LIKELY:
                await far.send(message)
                self.done["doubled"] += 1
            elif 2 * LIKELY < what < 3 * LIKELY:
                self.done["held"] += 1
                await asyncio.sleep(float(self._rng.uniform(0, LONGEST_HOLD_S)))


def _code(code: int | None) -> int:
    """A closing code that may be sent: 1005 and 1006 say that none came."""
    return 1011 if code in (None, 1005, 1006) else int(code or 1011)
