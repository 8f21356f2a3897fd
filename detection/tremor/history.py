"""The recent rows of a stream, addressed by how many came before them.

Stages of a streaming analysis run at different delays over the same signal. Addressing rows by
their number since the start lets each stage ask for what it needs, whatever blocks brought them.
"""

import numpy as np
import numpy.typing as npt

from sensors.samples import FloatArray

IndexArray = npt.NDArray[np.intp]

LEAST_ROOM = 64


class History:
    """Rows of one shape, the oldest of which may have been forgotten.

    They lie in a buffer with room at its end, so that adding and forgetting a few costs little.
    """

    def __init__(self, row_shape: tuple[int, ...]) -> None:
        self._buffer: FloatArray = np.empty((LEAST_ROOM, *row_shape))
        self._before = 0
        self._oldest = 0
        self._end = 0

    @property
    def count(self) -> int:
        """Rows appended since the start, forgotten ones included."""
        return self._before + self._end

    def append(self, rows: FloatArray) -> None:
        """Add rows `(n, *row_shape)` at the end."""
        if self._end + len(rows) > len(self._buffer):
            self._make_room(len(rows))
        self._buffer[self._end : self._end + len(rows)] = rows
        self._end += len(rows)

    def rows(self, numbers: IndexArray) -> FloatArray:
        """Copy out rows by number; shape `(*numbers.shape, *row_shape)`."""
        return self._buffer.take(numbers - self._before, axis=0)

    def since(self, number: int) -> FloatArray:
        """All rows from `number` on, as a view that holds until the next `append`."""
        return self._buffer[number - self._before : self._end]

    def row(self, number: int) -> FloatArray:
        """One row, as a view that holds until the next `append`."""
        return np.asarray(self._buffer[number - self._before])

    def forget_before(self, number: int) -> None:
        """Let the rows before `number` go."""
        self._oldest = min(max(self._oldest, number - self._before), self._end)

    def _make_room(self, rows: int) -> None:
        kept = self._buffer[self._oldest : self._end]
        room = np.empty((max(LEAST_ROOM, 2 * (len(kept) + rows)), *kept.shape[1:]))
        room[: len(kept)] = kept
        self._buffer = room
        self._before += self._oldest
        self._end -= self._oldest
        self._oldest = 0


def mirrored(numbers: IndexArray, count: int) -> IndexArray:
    """Row numbers beyond either end of `count` rows, folded back at that end."""
    folded = np.abs(numbers)
    return np.asarray(np.maximum(np.minimum(folded, 2 * (count - 1) - folded), 0), np.intp)
