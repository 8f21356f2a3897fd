"""Shaking, window by window: is there an oscillation of 4 to 15 Hz, how large, at what pitch.

Windows of four seconds begin every second. A window is judged twice: provisionally, two seconds
after its end, from what was known by then; and finally, eight seconds after its end, when the
movement about it and about its neighbours is known. Method and limits: docs/tremor.md.
"""

import math
from typing import NamedTuple

import numpy as np

from detection.events import TremorReading, TremorStatus, TremorWindow
from detection.tremor.history import History
from detection.tremor.judge import EARLY_S, LATE_S, TremorJudge
from detection.tremor.params import TremorParams
from detection.tremor.verdict import Verdict
from sensors.samples import FloatArray, SampleBlock

__all__ = ["TremorMeter", "TremorParams"]

SECONDS_AT_ONCE = 32
"""Replay works on so many seconds together; more gain nothing and take memory."""

REFUSAL = "sampled below 50 Hz: shaking above half the rate would fold into the band"
CONFIDENT_FROM = 7.0
RATE_DISAGREES = "sample times disagree with the rate"


class Due(NamedTuple):
    """A reading of `window` that the raw sample `at_sample` completes."""

    at_sample: int
    window: int
    is_final: bool


class TremorMeter:
    """Measures the shaking in one gap-free stretch of one stream.

    rate_hz: the nominal rate; samples are taken as evenly spaced, windows are dated by their times.
    Under `params.min_rate_hz` every window is refused, with the reason.
    """

    def __init__(self, rate_hz: float, params: TremorParams | None = None) -> None:
        self._params = params or TremorParams()
        self._rate_hz = rate_hz
        is_refused = rate_hz < self._params.min_rate_hz
        self._judge = None if is_refused else TremorJudge(rate_hz, self._params)
        self._dated_every = 1 if self._judge is None else self._judge.keep_every
        self._times_s = History()
        self._count = 0
        self._latest_s: FloatArray = np.empty(0)
        self._waiting: list[FloatArray] = []
        self._second = 0
        self._late_from = 0

    def push(self, block: SampleBlock) -> list[TremorReading]:
        """Take the next samples and return the readings that they complete.

        The work is done when a second is complete, so small blocks cost next to nothing.
        """
        if not len(block):
            return []
        self._note_times(block.t_s)
        self._waiting.append(block.acc_ms2)
        readings: list[TremorReading] = []
        complete = self._seconds_complete()
        while self._second < complete:
            readings += self._advance(min(complete, self._second + SECONDS_AT_ONCE))
        self._let_go(block)
        return readings

    def flush(self) -> list[TremorReading]:
        """End the stream: judge the remaining windows by the context that there is."""
        if self._judge is None or not self._count:
            return []
        count = self._judge.end(self._take(self._count))
        last = self._count - 1
        due = [Due(last, window, is_final=True) for window in range(self._late_from, count)]
        return self._readings(self._judge, due)

    def _seconds_complete(self) -> int:
        second = int(self._count / self._rate_hz) + 1
        while self._samples_by(second) > self._count:
            second -= 1
        return second

    def _samples_by(self, second: int) -> int:
        return math.ceil(second * self._rate_hz - 1e-6)

    def _take(self, upto: int) -> FloatArray:
        """The waiting samples up to number `upto`."""
        waiting = self._waiting[0] if len(self._waiting) == 1 else np.concatenate(self._waiting)
        take = len(waiting) - (self._count - upto)
        self._waiting = [waiting[take:]]
        return waiting[:take]

    def _advance(self, second: int) -> list[TremorReading]:
        seconds = range(self._second + 1, second + 1)
        first = self._samples_by(self._second)
        bounds = [self._samples_by(number) - first for number in (self._second, *seconds)]
        samples = self._take(first + bounds[-1])
        self._second = second
        if self._judge is None:
            readings = [self._refused(end) for end in seconds if end >= self._params.window_s]
        else:
            self._judge.push(samples, bounds)
            readings = self._readings(self._judge, self._due(self._judge, seconds))
        self._forget()
        return readings

    def _due(self, judge: TremorJudge, seconds: range) -> list[Due]:
        """What becomes known when each of these seconds is complete."""
        due = []
        for second in seconds:
            sample = self._samples_by(second) - 1
            if second >= LATE_S:
                due.append(Due(sample, second - LATE_S, is_final=True))
            if judge.has_early(second - EARLY_S):
                due.append(Due(sample, second - EARLY_S, is_final=False))
        return due

    def _readings(self, judge: TremorJudge, due: list[Due]) -> list[TremorReading]:
        readings = []
        for one in due:
            start = judge.first_sample(one.window)
            start_s, end_s = self._date(start), self._date(start + judge.samples_per_window)
            window = self._window(judge, one, start_s, end_s)
            readings.append(TremorReading(self._date(one.at_sample), window, one.is_final))
            if one.is_final:
                self._late_from = one.window + 1
        return readings

    def _window(self, judge: TremorJudge, due: Due, start_s: float, end_s: float) -> TremorWindow:
        judged = judge.late(due.window) if due.is_final else judge.early(due.window)
        peak, said = judged.peak, judged.verdict
        pace = judge.samples_per_window / self._rate_hz / (end_s - start_s)
        if abs(pace - 1) > self._params.max_rate_error:
            said = Verdict(TremorStatus.UNKNOWN, RATE_DISAGREES)
        return TremorWindow(
            start_s=start_s,
            end_s=end_s,
            status=said.status,
            reason=said.reason,
            amp_rms_ms2=peak.amp_ms2,
            freq_hz=peak.freq_hz * pace,
            confidence=_confidence(peak.score),
            amp_low_ms2=peak.amp_low_ms2,
            amp_high_ms2=peak.amp_high_ms2,
            displacement_mm=peak.displacement_mm / pace**2,
            bandwidth_hz=peak.bandwidth_hz * pace,
            band_rms_ms2=peak.band_ms2,
            contrast_db=peak.contrast_db,
            noise_floor_ms2=judged.floor_ms2,
        )

    def _refused(self, second: int) -> TremorReading:
        last = self._samples_by(second)
        first = self._samples_by(second - self._params.window_s)
        start_s, end_s, at_s = self._date(first), self._date(last), self._date(last - 1)
        window = TremorWindow(start_s, end_s, TremorStatus.REFUSED, REFUSAL, None, None, None)
        return TremorReading(at_s, window, is_final=True)

    def _note_times(self, t_s: FloatArray) -> None:
        """Keep the times of the samples that a window can begin or end with, and the latest."""
        dated = t_s[-self._count % self._dated_every :: self._dated_every]
        self._times_s.grow(len(dated))[:] = dated
        self._count += len(t_s)
        self._latest_s = t_s

    def _date(self, sample: int) -> float:
        """When a sample was taken; past the last one, when it would have been."""
        beyond = sample - self._count
        if beyond >= 0:
            return float(self._latest_s[-1]) + (beyond + 1) / self._rate_hz
        if beyond >= -len(self._latest_s):
            return float(self._latest_s[beyond])
        return self._times_s.value(sample // self._dated_every)

    def _let_go(self, block: SampleBlock) -> None:
        """Hold on to no more of a long block than is still needed."""
        if len(block) > self._rate_hz:
            self._latest_s = self._latest_s[-1:].copy()
            self._waiting = [waiting.copy() for waiting in self._waiting]

    def _forget(self) -> None:
        if self._judge is None:
            oldest = self._samples_by(max(0, self._second - self._params.window_s))
        else:
            self._judge.forget_before(self._late_from)
            oldest = self._judge.first_sample(self._late_from)
        self._times_s.forget_before(oldest // self._dated_every)


def _confidence(score: float) -> float:
    """How sure it is that there is an oscillation: one half at a score of 7, 0.88 at 8."""
    return 1 / (1 + math.exp(min(20.0, max(-20.0, 2 * (CONFIDENT_FROM - score)))))
