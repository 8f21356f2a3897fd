"""Follows one stretch of samples and judges its windows, early and late.

How long after its start a window can be judged follows from what the judgement looks at: the
window (4 s), the limiter's two seconds, the context to 6 s after the start, two scored neighbours
and the neighbours of the neighbours. `EARLY_S` and `LATE_S` are those delays in whole seconds.
"""

from typing import NamedTuple

from detection.tremor.faults import SignalFaults
from detection.tremor.history import IndexArray
from detection.tremor.params import TremorParams
from detection.tremor.peak import Peak
from detection.tremor.scores import TremorScores
from detection.tremor.setup import tremor_setup
from detection.tremor.spectra import Reach, ShakingSpectra
from detection.tremor.verdict import Finding, Verdict, verdict
from sensors.samples import FloatArray

SHORTS_S = 3
"""Short spectra that start in a second are there so long after its end: overlap, limiter."""
EARLY_S = 6
CONTEXT_S = 8
MEASURED_S = 10
LATE_S = 12


class Judgement(NamedTuple):
    """A window's peak and what is said of it."""

    peak: Peak
    verdict: Verdict


class TremorJudge:
    """Judges the windows of a stretch; window i starts at second i.

    samples_per_window, first_sample: where windows lie among the raw samples.
    """

    def __init__(self, rate_hz: float, params: TremorParams) -> None:
        self._params = params
        self._setup = tremor_setup(rate_hz, params)
        self._spectra = ShakingSpectra(self._setup, params)
        self._scores = TremorScores(self._setup, params)
        self._faults = SignalFaults(params.clip_from_ms2, params.max_clipped)
        self._noted = 0
        self._spoiling: dict[int, tuple[float, str]] = {}
        self._late: dict[int, Finding] = {}
        self._early: dict[int, Finding] = {}
        self.samples_per_window = self._setup.long.samples * self._setup.keep_every

    def first_sample(self, window: int) -> int:
        """Number of the raw sample that a window starts with."""
        return round(window * self._setup.work_rate_hz) * self._setup.keep_every

    def push(self, acc_ms2: FloatArray, bounds: IndexArray) -> None:
        """Take the samples of whole seconds, those between each two of the `bounds`."""
        self._faults.push(acc_ms2, bounds)
        self._spectra.push(acc_ms2)
        second = self._faults.count
        self._spectra.extend(
            Reach(
                shorts=max(0, second - SHORTS_S) * self._params.shorts_per_s,
                windows=max(0, second - EARLY_S + 1),
                contexts=max(0, second - CONTEXT_S + 1),
            )
        )
        self._measure(max(0, second - MEASURED_S + 1), self._spectra.power.count)

    def end(self, acc_ms2: FloatArray) -> int:
        """Take the samples of the last, unfinished second; return the number of windows in all."""
        self._spectra.push(acc_ms2)
        reach = self._spectra.end()
        self._spectra.extend(reach)
        self._measure(reach.windows, 0)
        return reach.windows

    def has_early(self, window: int) -> bool:
        """Whether a window can be judged early; the first two cannot, they have no context."""
        return window in self._early

    def early(self, window: int) -> Judgement:
        """Judge a window by what was known two seconds after its end."""
        return self._judged(self._early, window, window)

    def late(self, window: int) -> Judgement:
        """Judge a window by all that bears on it."""
        return self._judged(self._late, window, window + 2)

    def _judged(self, measured: dict[int, Finding], window: int, last: int) -> Judgement:
        near = [i for i in range(window - 2, last + 1) if i in measured]
        said = verdict([measured[i] for i in near], near.index(window), self._params)
        return Judgement(measured[window].peak, said)

    def forget_before(self, window: int) -> None:
        """Drop what no late judgement from this window on needs."""
        self._spectra.forget_before(window)
        self._scores.forget_before(window)
        self._faults.forget_before(window)
        for kept in (self._late, self._early, self._spoiling):
            for number in [number for number in kept if number < window - 2]:
                del kept[number]

    def _measure(self, late_upto: int, early_upto: int) -> None:
        self._note_spoiling()
        self._scores.extend(self._spectra)
        late, early = self._scores.peaks(self._spectra, late_upto, early_upto)
        self._late |= {i: Finding(peak, *self._spoiling[i]) for i, peak in late.items()}
        self._early |= {i: Finding(peak, *self._spoiling[i]) for i, peak in early.items()}

    def _note_spoiling(self) -> None:
        first, count = self._noted, self._spectra.power.count
        if count > first:
            reasons = self._faults.reasons(first, count - first, self._params.window_s)
            removed = self._spectra.removed.since(first).tolist()
            self._spoiling |= dict(enumerate(zip(removed, reasons, strict=True), first))
            self._noted = count
