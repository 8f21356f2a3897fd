"""From samples to spectra as they arrive: band, limiter, short spectra, context, windows.

Nothing here decides; each stage keeps its rows in a `History` for the stages after it, and
`extend` says how far each may go. How far is a function of the seconds received, never of blocks.
"""

from typing import NamedTuple

import numpy as np

from detection.tremor.filters import BandFilter
from detection.tremor.history import History, IndexArray, mirrored
from detection.tremor.limiter import Limiter
from detection.tremor.params import TremorParams
from detection.tremor.setup import TremorSetup
from detection.tremor.spectrum import LEAST_POWER
from sensors.samples import FloatArray


class Reach(NamedTuple):
    """How many of each may be there: short spectra, windows' spectra, contexts about windows."""

    shorts: int
    windows: int
    contexts: int


class ShakingSpectra:
    """The spectra of one gap-free stretch.

    power: `(windows, frequencies)` of each window. lines, humps: its levels, see contrast.py.
    removed: share of its energy that the limiter took.
    """

    def __init__(self, setup: TremorSetup, params: TremorParams) -> None:
        self._setup = setup
        self._params = params
        self._band = BandFilter(setup.sections, setup.keep_every)
        self._limiter = Limiter(
            setup.limiter_block,
            params.limiter_half_width,
            params.limiter_quantile,
            params.limiter_times_usual,
        )
        self._moving = History((3,))
        self._limited = History((3,))
        self._shorts = History((len(setup.short.freq_hz),))
        self._short_number = np.arange(setup.short.samples)
        self._long_number = np.arange(setup.long.samples)
        levels = (3, len(setup.contrasts.grid_hz))
        self.power = History((len(setup.long.freq_hz),))
        self.lines = History(levels)
        self.humps = History(levels)
        self.removed = History(())

    def push(self, acc_ms2: FloatArray) -> None:
        """Take the next samples `(n, 3)`."""
        moving = self._band.push(acc_ms2)
        self._moving.append(moving)
        self._limited.append(self._limiter.push(moving))

    def end(self) -> Reach:
        """Take it that no sample follows, and say how much there can be of each."""
        self._limited.append(self._limiter.flush())
        shorts = self._fitting(1 / self._params.shorts_per_s, self._setup.short.samples)
        windows = self._fitting(1.0, self._setup.long.samples)
        return Reach(shorts, windows, windows)

    def extend(self, reach: Reach) -> None:
        """Work out all that is new up to `reach`."""
        self._extend_shorts(reach.shorts)
        self._extend_windows(reach.windows)
        self._extend_contexts(reach.contexts)

    def forget_before(self, window: int) -> None:
        """Drop what no window from this one on needs."""
        self.power.forget_before(window)
        self.lines.forget_before(window)
        self.humps.forget_before(window)
        self.removed.forget_before(window)
        earliest = (self.humps.count - self._params.context_before) * self._params.shorts_per_s
        self._shorts.forget_before(min(earliest, self._shorts.count))
        start = int(self._setup.starts(np.array(self.power.count)))
        self._moving.forget_before(min(start, self._limited.count))
        self._limited.forget_before(start)

    def _fitting(self, hop_s: float, samples: int) -> int:
        most = int(self._limited.count / (hop_s * self._setup.work_rate_hz)) + 1
        ends = self._setup.starts(hop_s * np.arange(most, dtype=np.float64)) + samples
        return int((ends <= self._limited.count).sum())

    def _extend_shorts(self, count: int) -> None:
        """In whole seconds, always the same shape; at the stream's end the last is repeated."""
        new = count - self._shorts.count
        if new <= 0:
            return
        each = self._params.shorts_per_s
        number = self._shorts.count + np.arange(-(-new // each) * each)
        start = self._setup.starts(np.minimum(number, count - 1) / each)
        stretches = self._limited.rows(start.reshape(-1, each)[..., None] + self._short_number)
        self._shorts.append(self._setup.short.log_power(stretches)[:new])

    def _extend_windows(self, count: int) -> None:
        number = np.arange(self.power.count, count)
        if not len(number):
            return
        place = self._setup.starts(number)[:, None] + self._long_number
        limited = self._limited.rows(place)
        power = self._setup.long.power(limited)
        self.power.append(power)
        self.lines.append(self._setup.contrasts.line_levels(np.log(power + LEAST_POWER)))
        self.removed.append(self._removed(self._moving.rows(place), limited))

    def _removed(self, moving: FloatArray, limited: FloatArray) -> FloatArray:
        """Beside energy that could not make the smallest tremor, what was taken counts little."""
        before, after = _energy(moving), _energy(limited)
        share = (before - after) / (before + moving.shape[1] * self._params.min_amp_ms2**2)
        return np.asarray(share, np.float64)

    def _extend_contexts(self, count: int) -> None:
        number = np.arange(self.humps.count, count)
        if not len(number):
            return
        near = mirrored(self._around(number), self._shorts.count)
        ordered = np.sort(self._shorts.rows(near), axis=1)
        self.humps.append(self._setup.contrasts.hump_levels(ordered[:, near.shape[1] // 2]))

    def _around(self, window: IndexArray) -> IndexArray:
        each = self._params.shorts_per_s
        offset = np.arange(-self._params.context_before * each, self._params.context_after * each)
        return window[:, None] * each + offset


def _energy(stretches: FloatArray) -> FloatArray:
    flat = stretches.reshape(len(stretches), -1)
    return np.asarray((flat * flat).sum(axis=1), np.float64)
