"""Filters that follow a stream: causal, seeded from its first sample, state carried along.

Phase does not matter to a power spectrum, so what an offline method does forwards and backwards is
done here once, forwards, at twice the order; spectra are then divided by `power_response`.
"""

from functools import lru_cache

import numpy as np
from scipy import signal

from sensors.samples import FloatArray

STRIDE = 50
"""Rows that a band filter works out together: a second of them at 50, 100 and 200 Hz."""


class CausalFilter:
    """A cascade of second-order sections over the columns of a stream; it keeps one row in so many.

    The state starts as if the first sample had been there for ever, so gravity makes no step.

    What the sections do to a stride of rows is one matrix: it takes the state and the rows in, and
    gives the rows passed on and the next state. A row is the same product whether or not the rows
    after it are there yet, as they count for nothing, so any partition gives the same bits.
    """

    def __init__(self, sections: FloatArray, keep_every: int = 1) -> None:
        self._sections = sections
        self._keep_every = keep_every
        self._length = STRIDE * keep_every
        self._order = 2 * len(sections)
        self._matrix = _stride_matrix(tuple(map(tuple, sections.tolist())), keep_every)
        self._inputs: FloatArray | None = None
        self._filled = 0

    def push(self, values: FloatArray) -> FloatArray:
        """Filter the next rows `(n, columns)`; returns the rows kept of what passes."""
        if not len(values):
            return values
        if self._inputs is None:
            self._inputs = self._resting(values[0])
        passed = []
        while len(values):
            taken = values[: self._length - self._filled]
            passed.append(self._stride(self._inputs, taken))
            values = values[len(taken) :]
        return passed[0] if len(passed) == 1 else np.concatenate(passed)

    def _stride(self, inputs: FloatArray, values: FloatArray) -> FloatArray:
        """Add rows to the stride that is begun; returns what they let pass."""
        first = self._filled
        upto = first + len(values)
        inputs[:, self._order + first : self._order + upto] = values.T
        outputs = inputs @ self._matrix
        if upto == self._length:
            inputs[:, : self._order] = outputs[:, STRIDE:]
        self._filled = upto % self._length
        return outputs[:, -(-first // self._keep_every) : -(-upto // self._keep_every)].T

    def _resting(self, level: FloatArray) -> FloatArray:
        """A stride's inputs before its rows are known, after a value that never changed."""
        state = level[:, None] * signal.sosfilt_zi(self._sections).reshape(1, -1)
        return np.concatenate([state, np.zeros((len(level), self._length))], axis=1)


BandFilter = CausalFilter
"""By the name of what it does here: it passes a band, and of the rows as many as the band needs."""


def band_sections(
    low_hz: float, high_hz: float, rate_hz: float, ripple_db: float, stop_db: float
) -> FloatArray:
    """Second-order sections that pass `low_hz` to `high_hz`.

    The low side is a 4th-order Butterworth (two 2nd-order ones, as forwards and backwards); the
    high side an elliptic filter steep enough to take every other sample of twice 49 Hz.
    """
    once = signal.butter(2, low_hz, "highpass", fs=rate_hz, output="sos")
    high = signal.ellip(7, ripple_db, stop_db, high_hz, fs=rate_hz, output="sos")
    return np.concatenate([once, once, high])


def power_response(sections: FloatArray, freq_hz: FloatArray, rate_hz: float) -> FloatArray:
    """How much of the power at each frequency the sections let through."""
    _, response = signal.freqz_sos(sections, freq_hz, fs=rate_hz)
    return np.asarray(np.abs(response) ** 2, np.float64)


@lru_cache(maxsize=16)
def _stride_matrix(sections: tuple[tuple[float, ...], ...], keep_every: int) -> FloatArray:
    """From the state and a stride of rows to the rows kept of what passes, and the next state.

    With x' = A x + B u and y = C x + D u, a row is seen as C A^n B in the row n + 1 after it.
    """
    order, length = 2 * len(sections), STRIDE * keep_every
    step = _one_row(np.array(sections))
    to_state, to_row = step[:order, :order], step[order, :order]
    entering, leaving, state = [step[:order, order]], [to_row], to_state
    for _ in range(length - 1):
        entering.append(to_state @ entering[-1])
        leaving.append(leaving[-1] @ to_state)
        state = to_state @ state
    seen = np.append(step[order, order], np.array(entering) @ to_row)
    after = np.arange(0, length, keep_every)[:, None] - np.arange(length)
    rows_to_rows = np.where(after >= 0, seen[np.maximum(after, 0)], 0.0)
    rows_to_state = np.array(entering[::-1]).T
    matrix = np.block([[np.array(leaving[::keep_every]), rows_to_rows], [state, rows_to_state]])
    return np.ascontiguousarray(matrix.T)


def _one_row(sections: FloatArray) -> FloatArray:
    """From the state and a row to the next state and what passes of the row."""
    order = 2 * len(sections)
    inputs = np.eye(order + 1)
    state = inputs[:order].reshape(len(sections), 2, -1)
    passed, state = signal.sosfilt(sections, inputs[order:], axis=0, zi=state)
    return np.concatenate([state.reshape(order, -1), passed])
