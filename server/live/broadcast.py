"""Live states to whoever looks on: the latest one wins, and nobody waits for a slow viewer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from server.live.live_state import LiveState


class Viewer:
    """One page looking on; holds at most the one state that it has not seen yet."""

    def __init__(self) -> None:
        self._unseen: asyncio.Queue[LiveState] = asyncio.Queue(maxsize=1)

    def show(self, state: LiveState) -> None:
        """Offer a state, in place of one that was not fetched in time."""
        if self._unseen.full():
            self._unseen.get_nowait()
        self._unseen.put_nowait(state)

    async def next(self) -> LiveState:
        """The next state, when there is one."""
        return await self._unseen.get()


class Channel:
    """Everybody who looks on at one patient's set."""

    def __init__(self) -> None:
        self._viewers: set[Viewer] = set()

    def publish(self, state: LiveState) -> None:
        """Show a state to every viewer; never waits."""
        for viewer in self._viewers:
            viewer.show(state)

    @contextmanager
    def viewing(self, now: LiveState) -> Iterator[Viewer]:
        """Look on, beginning with the state as it is."""
        viewer = Viewer()
        viewer.show(now)
        self._viewers.add(viewer)
        try:
            yield viewer
        finally:
            self._viewers.discard(viewer)
