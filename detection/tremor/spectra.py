"""From samples to spectra as they arrive: band, limiter, short spectra, context, windows.

Nothing here decides; each stage keeps its rows in a `History` for the stages after it, and
`extend` says how far each may go. How far is a function of the seconds received, never of blocks.
"""

from typing import NamedTuple

import numpy as np

from detection.tremor.filters import BandFilter
from detection.tremor.history import History, Recent, mirrored
from detection.tremor.limiter import AXES, ENERGY, Limiter
from detection.tremor.params import TremorParams
from detection.tremor.rhythm import Rhythm
from detection.tremor.setup import TremorSetup
from detection.tremor.spectrum import LEAST_POWER
from sensors.samples import FloatArray


class Window(NamedTuple):
    """What is known of a window by itself.

    power: `(frequencies,)`, (m/s²)²/Hz. line: its levels `(3, grid)`, see contrast.py.
    noise_ms2: the device's, where nothing else was there; else inf. removed: share of its energy
    that the limiter took.
    """

    power: FloatArray
    line: FloatArray
    rhythm: Rhythm
    noise_ms2: float
    removed: float


class ShakingSpectra:
    """The spectra of one gap-free stretch.

    windows: what is known of each. humps: levels `(3, grid)` of the contexts about each.
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
        self._shorts = History(len(setup.short.freq_hz))
        self.windows: Recent[Window] = Recent()
        self.humps: Recent[FloatArray] = Recent()

    def push(self, acc_ms2: FloatArray) -> None:
        """Take the next samples `(n, 3)`."""
        self._limiter.push(self._band.push(acc_ms2))

    def extend(self, shorts: int, windows: int, contexts: int) -> None:
        """Work out all that is new up to so many of each."""
        if shorts > self._shorts.count:
            self._extend_shorts(shorts)
        if windows > self.windows.count:
            self._extend_windows(range(self.windows.count, windows))
        if contexts > self.humps.count:
            self._extend_contexts(range(self.humps.count, contexts))

    def end(self) -> None:
        """Take it that no sample follows, and work out all that is left."""
        self._limiter.flush()
        hop_s = 1 / self._params.shorts_per_s
        shorts = self._fitting(self._shorts.count, hop_s, self._setup.short.samples)
        windows = self._fitting(self.windows.count, 1.0, self._setup.long.samples)
        self.extend(shorts, windows, contexts=windows)

    def forget_before(self, window: int) -> None:
        """Drop what no window from this one on needs."""
        self.windows.forget_before(window)
        self.humps.forget_before(window)
        earliest = self.humps.count - self._params.context_before
        self._shorts.forget_before(earliest * self._params.shorts_per_s)
        self._limiter.forget_before(self._setup.start(self.windows.count))

    def _fitting(self, first: int, hop_s: float, samples: int) -> int:
        """How many stretches of so many samples there are, one beginning every `hop_s`."""
        while self._setup.start(first * hop_s) + samples <= self._limiter.count:
            first += 1
        return first

    def _extend_shorts(self, count: int) -> None:
        """In whole seconds, always the same shape; at the stream's end the last is repeated."""
        first, each = self._shorts.count, self._params.shorts_per_s
        upto = first + -(-(count - first) // each) * each
        starts = [self._setup.start(min(n, count - 1) / each) for n in range(first, upto)]
        rows = self._limiter.stretches(starts, self._setup.short.samples)[:, AXES]
        stretches = rows.reshape(-1, each, *rows.shape[1:]).swapaxes(2, 3)
        spectra = self._setup.short.log_power(stretches)[: count - first]
        self._shorts.grow(len(spectra))[:] = spectra.T

    def _extend_windows(self, numbers: range) -> None:
        starts = map(self._setup.start, numbers)
        rows = self._limiter.stretches(starts, self._setup.long.samples)
        power = self._setup.long.power(rows[:, AXES].swapaxes(1, 2))
        log_power = np.log(power + LEAST_POWER)
        lines = self._setup.contrasts.line_levels(log_power)
        rhythms = map(self._setup.rhythm.find, log_power)
        noises = self._setup.noise.noise_ms2(log_power)
        self.windows.extend(map(Window, power, lines, rhythms, noises, self._removed(rows)))

    def _removed(self, rows: FloatArray) -> list[float]:
        """Beside energy that could not make the smallest tremor, what was taken counts little."""
        before = rows[:, ENERGY].sum(axis=1)
        after = np.vecdot(rows[:, AXES], rows[:, AXES]).sum(axis=1)
        smallest = rows.shape[-1] * self._params.min_amp_ms2**2
        share: list[float] = ((before - after) / (before + smallest)).tolist()
        return share

    def _extend_contexts(self, windows: range) -> None:
        medians = np.array([_median(self._around(n)) for n in windows])
        self.humps.extend(self._setup.contrasts.hump_levels(medians))

    def _around(self, window: int) -> FloatArray:
        """The short spectra about a window; beyond either end the stream is taken as mirrored."""
        each = self._params.shorts_per_s
        first = (window - self._params.context_before) * each
        upto = (window + self._params.context_after) * each
        if first >= 0 and upto <= self._shorts.count:
            return self._shorts.stretch(first, upto - first).copy()
        return self._shorts.at(mirrored(np.arange(first, upto), self._shorts.count))


def _median(spectra: FloatArray) -> FloatArray:
    """Of columns; the values in each row are put in another order."""
    middle = spectra.shape[1] // 2
    spectra.partition(middle, axis=1)
    return spectra[:, middle]
