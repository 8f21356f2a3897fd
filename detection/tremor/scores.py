"""The score of each window together with its neighbours', and the peak that it points to.

A window is scored twice: *early*, with the context that ends with it and the windows before it;
and *late*, with context and windows on both sides. Both are measured in one go.
"""

import numpy as np

from detection.tremor.history import History, IndexArray
from detection.tremor.params import TremorParams
from detection.tremor.peak import Peak
from detection.tremor.setup import TremorSetup
from detection.tremor.spectra import ShakingSpectra
from sensors.samples import FloatArray

EITHER_SIDE = np.array([-2, -1, 1, 2])
BEFORE = np.array([-2, -1])


class TremorScores:
    """Scores windows from spectra that are there.

    late_from, early_from: the next window that each will score.
    """

    def __init__(self, setup: TremorSetup, params: TremorParams) -> None:
        self._setup = setup
        self._lag = params.context_before
        self._weight = params.neighbour_weight
        self._late = _ScoreRows(len(setup.contrasts.grid_hz))
        self._early = _ScoreRows(len(setup.contrasts.grid_hz))
        self.late_from = 0
        self.early_from = self._lag

    def extend(self, spectra: ShakingSpectra) -> None:
        """Score what has its spectra and its context, without neighbours yet."""
        contexts = spectra.humps.count
        late = np.arange(self._late.count, contexts)
        upto = min(contexts, spectra.power.count - self._lag)
        early = np.arange(self._early.count, upto)
        humps = spectra.humps.rows(np.concatenate([late, early]))
        lines = spectra.lines.rows(np.concatenate([late, early + self._lag]))
        scores = self._setup.contrasts.score(humps, lines)
        self._late.append(scores[: len(late)])
        self._early.append(scores[len(late) :])

    def peaks(
        self, spectra: ShakingSpectra, late_upto: int, early_upto: int
    ) -> tuple[dict[int, Peak], dict[int, Peak]]:
        """Measure the windows up to these numbers; late ones and early ones, by their number."""
        late = np.arange(self.late_from, late_upto)
        early = np.arange(self.early_from, early_upto)
        window = np.concatenate([late, early])
        if not len(window):
            return {}, {}
        found = self._setup.peaks.measure(
            np.concatenate(
                [
                    self._late.smoothed(late, EITHER_SIDE, self._weight),
                    self._early.smoothed(early - self._lag, BEFORE, self._weight),
                ]
            ),
            spectra.humps.rows(np.concatenate([late, early - self._lag])),
            spectra.lines.rows(window),
            spectra.power.rows(window),
        )
        self.late_from, self.early_from = (
            max(self.late_from, late_upto),
            max(self.early_from, early_upto),
        )
        return (
            dict(zip(late.tolist(), found[: len(late)], strict=True)),
            dict(zip(early.tolist(), found[len(late) :], strict=True)),
        )

    def forget_before(self, window: int) -> None:
        """Drop what no window from this one on needs."""
        self._late.forget_before(window - 2)
        self._early.forget_before(window - 2)


class _ScoreRows:
    """Scores by window, and the same with their peaks spread by one step of frequency."""

    def __init__(self, grid: int) -> None:
        self._scores = History((grid,))
        self._spread = History((grid,))

    @property
    def count(self) -> int:
        return self._scores.count

    def append(self, scores: FloatArray) -> None:
        spread = scores.copy()
        np.maximum(spread[:, 1:], scores[:, :-1], out=spread[:, 1:])
        np.maximum(spread[:, :-1], scores[:, 1:], out=spread[:, :-1])
        self._scores.append(scores)
        self._spread.append(spread)

    def smoothed(self, number: IndexArray, beside: IndexArray, weight: float) -> FloatArray:
        """Weigh in the rows beside; a pitch may drift by 0.2 Hz from one to the next."""
        near = np.minimum(np.maximum(number[:, None] + beside, 0), self.count - 1)
        neighbours = self._spread.rows(near).sum(axis=1) * (weight / len(beside))
        return np.asarray((1 - weight) * self._scores.rows(number) + neighbours, np.float64)

    def forget_before(self, number: int) -> None:
        self._scores.forget_before(number)
        self._spread.forget_before(number)
