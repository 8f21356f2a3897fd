"""What a callback received and a task has yet to take: bounded, in order, closed with a reason."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

from sensors.errors import StreamLost

T = TypeVar("T")


class Inbox(Generic[T]):
    """A bounded queue between synchronous callbacks and the one task that reads it.

    When it is full the newest item is dropped and counted in `dropped`: so slow a reader has lost
    the present anyway, and what it still holds stays in order.
    """

    def __init__(self, sensor: str, capacity: int) -> None:
        self._sensor = sensor
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._changed = asyncio.Event()
        self._closed_for: str | None = None
        self.dropped = 0

    def put_nowait(self, item: T) -> None:
        """Add an item, or count it as dropped."""
        if len(self._items) >= self._capacity:
            self.dropped += 1
            return
        self._items.append(item)
        self._changed.set()

    def close(self, reason: str) -> None:
        """Let the reader take what is left and then fail; the first reason stays."""
        self._closed_for = self._closed_for or reason
        self._changed.set()

    async def take(self, timeout_s: float) -> T:
        """Return the oldest item.

        Raises StreamLost once it is closed and empty, or if nothing comes for `timeout_s`.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while not self._items and self._closed_for is None:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as silence:
            raise StreamLost(self._sensor, f"nothing heard for {timeout_s:g} s") from silence
        if not self._items:
            raise StreamLost(self._sensor, self._closed_for or "closed")
        return self._items.popleft()
