"""Follows one stretch of samples and judges its windows, early and late.

How long after its start a window can be judged follows from what the judgement looks at: the
window (4 s), the limiter's two seconds, the context to 6 s after the start, two scored neighbours
and the neighbours of the neighbours. `EARLY_S` and `LATE_S` are those delays in whole seconds.
"""

from itertools import count
from typing import NamedTuple

from detection.tremor.faults import SignalFaults
from detection.tremor.history import Recent
from detection.tremor.noise import NOTHING, resolution_ms2
from detection.tremor.params import TremorParams
from detection.tremor.peak import Peak
from detection.tremor.scores import TremorScores
from detection.tremor.setup import tremor_setup
from detection.tremor.spectra import ShakingSpectra
from detection.tremor.verdict import Finding, Verdict, verdict
from sensors.samples import FloatArray

SHORTS_S = 3
"""Short spectra that start in a second are there so long after its end: overlap, limiter."""
EARLY_S = 6
CONTEXT_S = 8
LATE_S = 12


class Judgement(NamedTuple):
    """A window's peak, what is said of it, and the device's noise as known by then, m/s² RMS."""

    peak: Peak
    verdict: Verdict
    floor_ms2: float


class Samples(NamedTuple):
    """What a window's samples say of the device: what is wrong with them, its noise and step."""

    fault: str
    floor_ms2: float
    resolution_ms2: float


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
        self._samples_of: Recent[Samples] = Recent()
        self._least_noise_ms2 = NOTHING
        self._late: Recent[Finding] = Recent()
        self._early: Recent[Finding] = Recent(first=params.context_before)
        self.samples_per_window = self._setup.long.samples * self._setup.keep_every
        self.keep_every = self._setup.keep_every

    def first_sample(self, window: int) -> int:
        """Number of the raw sample that a window starts with."""
        return self._setup.start(window) * self._setup.keep_every

    def push(self, acc_ms2: FloatArray, bounds: list[int]) -> None:
        """Take the samples of whole seconds, those between each two of the `bounds`."""
        self._faults.push(acc_ms2, bounds)
        self._spectra.push(acc_ms2)
        second = self._faults.count
        self._spectra.extend(
            shorts=(second - SHORTS_S) * self._params.shorts_per_s,
            windows=second - EARLY_S + 1,
            contexts=second - CONTEXT_S + 1,
        )
        self._scores.extend(self._spectra)
        self._measure()

    def end(self, acc_ms2: FloatArray) -> int:
        """Take the samples of the last, unfinished second; return the number of windows in all."""
        self._spectra.push(acc_ms2)
        self._spectra.end()
        self._scores.extend(self._spectra)
        self._scores.end()
        self._measure()
        return self._spectra.windows.count

    def has_early(self, window: int) -> bool:
        """Whether a window can be judged early; the first two cannot, they have no context."""
        return self._params.context_before <= window < self._early.count

    def early(self, window: int) -> Judgement:
        """Judge a window by what was known two seconds after its end."""
        return self._judged(self._early, window, window)

    def late(self, window: int) -> Judgement:
        """Judge a window by all that bears on it."""
        return self._judged(self._late, window, window + 2)

    def _judged(self, found: Recent[Finding], window: int, last: int) -> Judgement:
        before, rest = found.between(window - 2, window), found.between(window, last + 1)
        said = verdict(before + rest, len(before), self._params)
        return Judgement(rest[0].peak, said, rest[0].floor_ms2)

    def forget_before(self, window: int) -> None:
        """Drop what no late judgement from this window on needs."""
        self._spectra.forget_before(self._late.count)
        self._scores.forget()
        self._faults.forget_before(window)
        self._samples_of.forget_before(window)
        self._late.forget_before(window - 2)
        self._early.forget_before(window - 2)

    def _measure(self) -> None:
        new = range(self._samples_of.count, self._spectra.windows.count)
        self._samples_of.extend(map(self._samples, new))
        late, early = self._scores.peaks(self._spectra)
        self._late.extend(map(self._finding, late, count(self._late.count)))
        there = max(0, self._spectra.windows.count - self._early.count)
        self._early.extend(map(self._finding, early[:there], count(self._early.count)))

    def _finding(self, peak: Peak, window: int) -> Finding:
        about = self._spectra.windows[window]
        fault, floor_ms2, finest_ms2 = self._samples_of[window]
        return Finding(peak, about.rhythm, floor_ms2, finest_ms2, about.removed, fault)

    def _samples(self, window: int) -> Samples:
        """To be asked once of each window, in order: the noise is the least so far."""
        fault = self._faults.reason(window, self._params.window_s)
        if not fault:
            noise_ms2 = self._spectra.windows[window].noise_ms2
            self._least_noise_ms2 = min(self._least_noise_ms2, noise_ms2)
        learnt_ms2 = 0.0 if self._least_noise_ms2 == NOTHING else self._least_noise_ms2
        step_ms2 = self._faults.step_ms2(window, self._params.window_s)
        floor_ms2 = max(learnt_ms2, self._params.floor_ms2)
        return Samples(fault, floor_ms2, resolution_ms2(step_ms2))
