"""The score of each window together with its neighbours', and the peak that it points to.

A window is scored twice: *early*, with the context that ends with it and the windows before it;
and *late*, with context and windows on both sides. A new context is the late one of the window in
its middle and the early one of the window at its end: both are scored in one go, and then the
peaks are measured that this completes, the early one of the same window and the late one of the
window two before.
"""

import numpy as np

from detection.tremor.history import Recent
from detection.tremor.params import TremorParams
from detection.tremor.peak import Peak, Spectra
from detection.tremor.setup import TremorSetup
from detection.tremor.spectra import ShakingSpectra
from sensors.samples import FloatArray

SIDE = 2
"""Windows on each side that have a say."""
WIDTH = 2 * SIDE + 1
LATE, LATE_SPREAD, EARLY, EARLY_SPREAD = range(4)
"""Places in a row: the scores of a context, and the same with peaks spread in frequency."""
SCORES, SPREAD = slice(LATE, None, 2), slice(LATE_SPREAD, None, 2)


class TremorScores:
    """Scores windows from spectra that are there; beyond either end the outermost is repeated."""

    def __init__(self, setup: TremorSetup, params: TremorParams) -> None:
        self._setup = setup
        self._lag = params.context_before
        self._smoothing = _smoothing(params.neighbour_weight)
        self._grid = len(setup.contrasts.grid_hz)
        self._rows: Recent[FloatArray] = Recent()
        self._scored = 0
        self._measured = 0

    def extend(self, spectra: ShakingSpectra) -> None:
        """Score each new context, without neighbours yet."""
        contexts = range(self._scored, spectra.humps.count)
        if not contexts:
            return
        self._scored = contexts.stop
        last = spectra.windows.count - 1
        windows = range(contexts.start, contexts.stop + self._lag)
        lines = np.array([spectra.windows[min(n, last)].line for n in windows])
        humps = np.array(spectra.humps.between(contexts.start, contexts.stop))
        self._append(self._setup.contrasts.score(humps, lines, self._lag))

    def end(self) -> None:
        """Take it that no context follows."""
        if self._scored:
            self._rows.extend([self._rows[self._rows.count - 1]] * SIDE)

    def peaks(self, spectra: ShakingSpectra) -> tuple[list[Peak], list[Peak]]:
        """Measure what the new contexts complete: late and early peaks, in the windows' order.

        Late ones begin with the first window, early ones with the first that has its context.
        """
        contexts = range(self._measured, self._rows.count - WIDTH + 1)
        if not contexts:
            return [], []
        self._measured = contexts.stop
        late = [_spectra(spectra, n - SIDE, n - SIDE) for n in contexts]
        early = [_spectra(spectra, n, n + self._lag) for n in contexts]
        found = self._setup.peaks.measure(self._smoothed(contexts), late + early)
        unborn = max(0, SIDE - contexts.start)
        return found[unborn : len(contexts)], found[len(contexts) :]

    def forget(self) -> None:
        """Drop what no window to come needs."""
        self._rows.forget_before(self._measured)

    def _append(self, scores: FloatArray) -> None:
        rows = np.empty((len(scores), 4, self._grid))
        rows[:, SCORES] = scores
        spread = rows[:, SPREAD]
        spread[...] = scores
        np.maximum(spread[..., 1:], scores[..., :-1], out=spread[..., 1:])
        np.maximum(spread[..., :-1], scores[..., 1:], out=spread[..., :-1])
        if not self._rows.count:
            self._rows.extend([rows[0]] * (WIDTH - 1))
        self._rows.extend(rows)

    def _smoothed(self, contexts: range) -> FloatArray:
        """Late scores, then early ones; neighbours' peaks may be one step of frequency away."""
        near = np.concatenate(self._rows.between(contexts.start, contexts.stop + WIDTH - 1))
        smoothed = np.empty((2, len(contexts), self._grid))
        for n in range(len(contexts)):
            np.matmul(self._smoothing, near[4 * n : 4 * (n + WIDTH)], out=smoothed[:, n])
        return smoothed.reshape(-1, self._grid)


def _smoothing(neighbour_weight: float) -> FloatArray:
    """Matrix `(late and early, rows)` from the scores of five contexts to the smoothed ones."""
    weights = np.zeros((2, WIDTH, 4))
    weights[0, SIDE, LATE] = weights[1, -1, EARLY] = 1 - neighbour_weight
    weights[0, [0, 1, 3, 4], LATE_SPREAD] = neighbour_weight / 4
    weights[1, [2, 3], EARLY_SPREAD] = neighbour_weight / 2
    return weights.reshape(2, -1)


def _spectra(spectra: ShakingSpectra, context: int, window: int) -> Spectra:
    """Those of a context and a window; beyond either end, of the outermost."""
    about = spectra.windows[min(max(window, 0), spectra.windows.count - 1)]
    hump = spectra.humps[min(max(context, 0), spectra.humps.count - 1)]
    return Spectra(hump, about.line, about.power)
