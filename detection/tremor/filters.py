"""Filters that follow a stream: causal, seeded from its first sample, state carried along.

Phase does not matter to a power spectrum, so what an offline method does forwards and backwards is
done here once, forwards, at twice the order; spectra are then divided by `power_response`.
"""

import numpy as np
from scipy import signal

from sensors.samples import FloatArray


class CausalFilter:
    """A cascade of second-order sections over the columns of a stream.

    The state starts as if the first sample had been there for ever, so gravity makes no step.
    """

    def __init__(self, sections: FloatArray) -> None:
        self._sections = sections
        self._state: FloatArray | None = None

    def push(self, values: FloatArray) -> FloatArray:
        """Filter the next rows `(n, columns)`; any partition gives the same bits."""
        if not len(values):
            return values
        if self._state is None:
            self._state = signal.sosfilt_zi(self._sections)[:, None, :] * values[0][None, :, None]
        filtered, self._state = signal.sosfilt(self._sections, values.T, axis=-1, zi=self._state)
        return np.asarray(filtered, np.float64).T


class BandFilter:
    """Keeps what moves between two frequencies and drops the samples that it then has no use for.

    sections: high-pass and low-pass at the rate of the input.
    keep_every: one row in so many is passed on, beginning with the first.
    """

    def __init__(self, sections: FloatArray, keep_every: int) -> None:
        self._filter = CausalFilter(sections)
        self._keep_every = keep_every
        self._seen = 0

    def push(self, values: FloatArray) -> FloatArray:
        """Filter and thin the next rows `(n, columns)`."""
        first = -self._seen % self._keep_every
        self._seen += len(values)
        return self._filter.push(values)[first :: self._keep_every]


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
