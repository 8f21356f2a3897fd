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

FORGET_EVERY_S = 16
"""What is no longer needed is kept for so long at most: letting go of it costs, too."""

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
        self._times_s = History(())
        self._waiting: list[FloatArray] = []
        self._second = 0
        self._late_from = 0
        self._forget_at = FORGET_EVERY_S

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
        count = self._judge.end(self._take(self._times_s.count))
        last = self._times_s.count - 1
        due = [Due(last, window, is_final=True) for window in range(self._late_from, count)]
        return self._readings(self._judge, due)

    def _seconds_complete(self) -> int:
        second = int(self._times_s.count / self._rate_hz) + 1
        while self._samples_by(second) > self._times_s.count:
            second -= 1
        return second

    def _samples_by(self, second: int) -> int:
        return math.ceil(second * self._rate_hz - 1e-6)

    def _take(self, upto: int) -> FloatArray:
        """The waiting samples up to number `upto`."""
        waiting = self._waiting[0] if len(self._waiting) == 1 else np.concatenate(self._waiting)
        take = len(waiting) - (self._times_s.count - upto)
        self._waiting = [waiting[take:]]
        return waiting[:take]

    def _advance(self, second: int) -> list[TremorReading]:
        seconds = range(self._second + 1, second + 1)
        bounds = np.array([self._samples_by(number) for number in (seconds[0] - 1, *seconds)])
        samples = self._take(self._samples_by(second))
        self._second = second
        if self._judge is None:
            readings = [self._refused(end) for end in seconds if end >= self._params.window_s]
        else:
            self._judge.push(samples, bounds - bounds[0])
            readings = self._readings(self._judge, self._due(self._judge, seconds))
        if self._second >= self._forget_at:
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
        starts = [judge.first_sample(one.window) for one in due]
        samples = [starts, [start + judge.samples_per_window for start in starts]]
        starts_s, ends_s, at_s = self._dates([*samples, [one.at_sample for one in due]])
        self._late_from = max([self._late_from, *(one.window + 1 for one in due if one.is_final)])
        return [
            TremorReading(known_s, self._window(judge, one, start_s, end_s), one.is_final)
            for one, known_s, start_s, end_s in zip(due, at_s, starts_s, ends_s, strict=True)
        ]

    def _window(self, judge: TremorJudge, due: Due, start_s: float, end_s: float) -> TremorWindow:
        peak, said = judge.late(due.window) if due.is_final else judge.early(due.window)
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
            displacement_mm=peak.displacement_mm / pace**2,
            contrast_db=peak.contrast_db,
        )

    def _refused(self, second: int) -> TremorReading:
        last = self._samples_by(second)
        first = self._samples_by(second - self._params.window_s)
        [[start_s, end_s, at_s]] = self._dates([[first, last, last - 1]])
        window = TremorWindow(start_s, end_s, TremorStatus.REFUSED, REFUSAL, None, None, None)
        return TremorReading(at_s, window, is_final=True)

    def _dates(self, numbers: list[list[int]]) -> list[list[float]]:
        """When samples were taken; past the last one, when they would have been."""
        samples = np.array(numbers, np.intp)
        there = np.minimum(samples, self._times_s.count - 1)
        dates_s: list[list[float]] = (
            self._times_s.rows(there) + (samples - there) / self._rate_hz
        ).tolist()
        return dates_s

    def _forget(self) -> None:
        self._forget_at = self._second + FORGET_EVERY_S
        if self._judge is None:
            oldest = self._samples_by(max(0, self._second - self._params.window_s))
        else:
            self._judge.forget_before(self._late_from)
            oldest = self._judge.first_sample(self._late_from)
        self._times_s.forget_before(oldest)


def _confidence(score: float) -> float:
    """How sure it is that there is an oscillation: one half at a score of 7, 0.88 at 8."""
    return 1 / (1 + math.exp(min(20.0, max(-20.0, 2 * (CONFIDENT_FROM - score)))))
