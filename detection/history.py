"""The recent rows of a stream, addressed by how many came before them.

Stages of a streaming analysis run at different delays over the same signal. Addressing rows by
their number since the start lets each stage ask for what it needs, whatever blocks brought them.
"""

import numpy as np
import numpy.typing as npt

IndexArray = npt.NDArray[np.intp]
RealArray = npt.NDArray[np.floating]


class History:
    """Rows of one shape, the oldest of which may have been forgotten."""

    def __init__(self, row_shape: tuple[int, ...], dtype: npt.DTypeLike = np.float64) -> None:
        self._first = 0
        self._rows: npt.NDArray[np.floating] = np.empty((0, *row_shape), dtype)

    @property
    def count(self) -> int:
        """Rows appended since the start, forgotten ones included."""
        return self._first + len(self._rows)

    def append(self, rows: RealArray) -> None:
        """Add rows `(n, *row_shape)` at the end."""
        if len(rows):
            self._rows = np.concatenate([self._rows, rows.astype(self._rows.dtype, copy=False)])

    def rows(self, numbers: IndexArray) -> RealArray:
        """Copy out rows by number; shape `(*numbers.shape, *row_shape)`."""
        return np.take(self._rows, numbers - self._first, axis=0)

    def since(self, number: int) -> RealArray:
        """All rows from `number` on, as a view."""
        return self._rows[number - self._first :]

    def row(self, number: int) -> RealArray:
        """One row, as a view."""
        return self._rows[number - self._first]

    def forget_before(self, number: int) -> None:
        """Drop the rows before `number`, if they are still there."""
        drop = min(number - self._first, len(self._rows))
        if drop > 0:
            self._rows = self._rows[drop:].copy()
            self._first += drop


def mirrored(numbers: IndexArray, count: int) -> IndexArray:
    """Row numbers beyond either end of `count` rows, folded back at that end."""
    folded = np.abs(numbers)
    last = count - 1
    return np.clip(np.where(folded > last, 2 * last - folded, folded), 0, last)
