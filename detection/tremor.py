"""Shaking, window by window: is there an oscillation of 4 to 15 Hz, how large, at what pitch.

Windows of four seconds begin every second. A window is judged twice: provisionally, two seconds
after its end, from what was known by then; and finally, eight seconds after its end, when the
movement about it and about its neighbours is known. Method and limits: docs/tremor.md.
"""

import math

import numpy as np

from detection.events import TremorReading, TremorStatus, TremorWindow
from detection.history import History
from detection.tremor_judge import EARLY_S, LATE_S, Judgement, TremorJudge
from detection.tremor_params import TremorParams
from detection.tremor_verdict import Verdict
from sensors.samples import FloatArray, SampleBlock

__all__ = ["TremorMeter", "TremorParams"]

SECONDS_AT_ONCE = 32
"""Replay works on so many seconds together; more gain nothing and take memory."""

REFUSAL = "sampled below 50 Hz: shaking above half the rate would fold into the band"
CONFIDENT_FROM = 7.0
RATE_DISAGREES = "sample times disagree with the rate"


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
        self._times_s = History(())
        self._waiting: list[FloatArray] = []
        self._second = 0
        self._late_from = 0

    def push(self, block: SampleBlock) -> list[TremorReading]:
        """Take the next samples and return the readings that they complete.

        The work is done when a second is complete, so small blocks cost next to nothing.
        """
        self._times_s.append(block.t_s)
        self._waiting.append(block.acc_ms2)
        readings: list[TremorReading] = []
        complete = self._seconds_complete()
        while self._second < complete:
            readings += self._advance(min(complete, self._second + SECONDS_AT_ONCE))
        return readings

    def flush(self) -> list[TremorReading]:
        """End the stream: judge the remaining windows by the context that there is."""
        if self._judge is None or not self._times_s.count:
            return []
        judge = self._judge
        count = judge.end(self._take(self._times_s.count))
        at_s = float(self._times_s.row(self._times_s.count - 1))
        return [self._late_reading(judge, window, at_s) for window in range(self._late_from, count)]

    def _seconds_complete(self) -> int:
        second = int(self._times_s.count / self._rate_hz) + 1
        while self._samples_by(second) > self._times_s.count:
            second -= 1
        return second

    def _samples_by(self, second: int) -> int:
        return math.ceil(second * self._rate_hz - 1e-6)

    def _take(self, upto: int) -> FloatArray:
        """The waiting samples up to number `upto`."""
        waiting = np.concatenate(self._waiting)
        take = len(waiting) - (self._times_s.count - upto)
        self._waiting = [waiting[take:]]
        return waiting[:take]

    def _advance(self, second: int) -> list[TremorReading]:
        seconds = range(self._second + 1, second + 1)
        starts = np.array([self._samples_by(number - 1) for number in seconds])
        samples = self._take(self._samples_by(second))
        if self._judge is not None:
            self._judge.push(samples, starts - starts[0])
        readings = [reading for number in seconds for reading in self._at(number)]
        self._second = second
        self._forget()
        return readings

    def _at(self, second: int) -> list[TremorReading]:
        """What becomes known when `second` seconds are complete."""
        at_s = float(self._times_s.row(self._samples_by(second) - 1))
        if self._judge is None:
            first = second - self._params.window_s
            return [self._refused(first, at_s)] if first >= 0 else []
        readings = []
        if second >= LATE_S:
            readings.append(self._late_reading(self._judge, second - LATE_S, at_s))
        if judgement := self._judge.early(second - EARLY_S):
            window = self._window(self._judge, second - EARLY_S, judgement)
            readings.append(TremorReading(at_s, window, is_final=False))
        return readings

    def _late_reading(self, judge: TremorJudge, number: int, at_s: float) -> TremorReading:
        window = self._window(judge, number, judge.late(number))
        self._late_from = number + 1
        return TremorReading(at_s, window, is_final=True)

    def _window(self, judge: TremorJudge, number: int, judgement: Judgement) -> TremorWindow:
        first = judge.first_sample(number)
        start_s, end_s = self._time_of(first), self._time_of(first + judge.samples_per_window)
        pace = judge.samples_per_window / self._rate_hz / (end_s - start_s)
        said = judgement.verdict
        if abs(pace - 1) > self._params.max_rate_error:
            said = Verdict(TremorStatus.UNKNOWN, RATE_DISAGREES)
        peak = judgement.peak
        return TremorWindow(
            start_s=start_s,
            end_s=end_s,
            status=said.status,
            reason=said.reason,
            amp_rms_ms2=peak.amp_ms2,
            freq_hz=peak.freq_hz * pace,
            confidence=_confidence(peak.score),
            displacement_mm=peak.displacement_mm / pace**2,
            contrast_db=peak.contrast_db,
        )

    def _refused(self, first: int, at_s: float) -> TremorReading:
        start_s = self._time_of(self._samples_by(first))
        end_s = self._time_of(self._samples_by(first + self._params.window_s))
        window = TremorWindow(start_s, end_s, TremorStatus.REFUSED, REFUSAL, None, None, None)
        return TremorReading(at_s, window, is_final=True)

    def _time_of(self, sample: int) -> float:
        """When a sample was taken; past the last one, when it would have been."""
        last = self._times_s.count - 1
        beyond = max(0, sample - last)
        return float(self._times_s.row(sample - beyond)) + beyond / self._rate_hz

    def _forget(self) -> None:
        if self._judge is None:
            oldest = self._samples_by(max(0, self._second - self._params.window_s))
        else:
            self._judge.forget_before(self._late_from)
            oldest = self._judge.first_sample(self._late_from)
        self._times_s.forget_before(oldest)


def _confidence(score: float) -> float:
    """How sure it is that there is an oscillation: one half at a score of 7, 0.88 at 8."""
    return 1 / (1 + math.exp(min(20.0, max(-20.0, 2 * (CONFIDENT_FROM - score)))))
