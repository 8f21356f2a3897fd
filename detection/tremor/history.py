"""What a stream brought lately, addressed by how much came before it.

Stages of a streaming analysis run at different delays over the same signal. Addressing samples and
windows by their number since the start lets each stage ask for what it needs, whatever blocks
brought them.
"""

from collections.abc import Iterable
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from sensors.samples import FloatArray

IndexArray = npt.NDArray[np.intp]
Item = TypeVar("Item")

LEAST_ROOM = 32
"""Smaller buffers are not worth the moving."""
SPACIOUS = 3
"""A buffer so many times as long as what it holds is let go: one large block is no reason to hold
much memory ever after."""


class Recent(Generic[Item]):
    """Things, the oldest of which may have been forgotten.

    first: number of the first thing to come. count: number of the next.
    """

    def __init__(self, first: int = 0) -> None:
        self._items: list[Item] = []
        self._before = first
        self.count = first

    def extend(self, items: Iterable[Item]) -> None:
        """Add things at the end."""
        self._items.extend(items)
        self.count = self._before + len(self._items)

    def __getitem__(self, number: int) -> Item:
        """The thing that so many came before."""
        return self._items[number - self._before]

    def between(self, first: int, upto: int) -> list[Item]:
        """Those there are from `first` on and before `upto`."""
        return self._items[max(0, first - self._before) : upto - self._before]

    def forget_before(self, number: int) -> None:
        """Let the things before `number` go."""
        if number > self._before:
            del self._items[: number - self._before]
            self._before = self.count - len(self._items)


class History:
    """Values or columns of values, the oldest of which may have been forgotten.

    They lie side by side in a buffer with room at its end, so that adding and forgetting a few
    costs little. rows: of a column; single values have none. count: how many were added since the
    start, forgotten ones included.
    """

    def __init__(self, rows: int | None = None) -> None:
        self._buffer: FloatArray = np.empty((0,) if rows is None else (rows, 0))
        self._before = 0
        self._oldest = 0
        self._room_upto = 0
        self.count = 0

    def grow(self, columns: int) -> FloatArray:
        """Add columns at the end; returns them, a view to be filled at once."""
        first = self.count
        if first + columns > self._room_upto:
            self._move(first + columns - self._oldest)
        self.count += columns
        return self._buffer[..., first - self._before : self.count - self._before]

    def since(self, number: int) -> FloatArray:
        """All from `number` on, as a view that holds until something is added or forgotten."""
        return self._buffer[..., number - self._before : self.count - self._before]

    def stretch(self, number: int, columns: int) -> FloatArray:
        """So many from `number` on, as a view that holds until something is added or forgotten."""
        number -= self._before
        return self._buffer[..., number : number + columns]

    def value(self, number: int) -> float:
        """A single value by number; where there are no rows."""
        return float(self._buffer.item(number - self._before))

    def at(self, numbers: IndexArray) -> FloatArray:
        """Copy out by number; shape `(*rows, *numbers.shape)`."""
        return self._buffer.take(numbers - self._before, axis=-1)

    def forget_before(self, number: int) -> None:
        """Let those before `number` go."""
        if number > self._oldest:
            self._oldest = min(number, self.count)
            kept = self.count - self._oldest
            if self._room_upto - self._before > SPACIOUS * max(kept, LEAST_ROOM):
                self._move(kept)

    def _move(self, columns: int) -> None:
        """Take what is kept to a buffer with a quarter more room than these columns need."""
        kept, room = self.since(self._oldest), max(LEAST_ROOM, columns + columns // 4)
        self._buffer = np.empty((*kept.shape[:-1], room))
        self._buffer[..., : kept.shape[-1]] = kept
        self._before = self._oldest
        self._room_upto = self._oldest + room


def mirrored(numbers: IndexArray, count: int) -> IndexArray:
    """Numbers beyond either end of `count` things, folded back at that end."""
    folded = np.abs(numbers)
    return np.asarray(np.maximum(np.minimum(folded, 2 * (count - 1) - folded), 0), np.intp)
