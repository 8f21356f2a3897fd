"""When a set starts, what its count is while it runs, and when it is over.

A set begins with the third alike cycle of the best chain, is counted as the chain grows, and ends
when the chain has not grown for two and a half repetitions, or when another chain begins. Then the
set is looked at as a whole: cut again against its own typical repetition, split if each was two,
and kept only if it is exercise.
"""

from dataclasses import dataclass

import numpy as np

from detection.chains import ChainFinder, ChainParams, Cycle
from detection.cycles import HOP_S, HOP_SAMPLES, CycleMaker, CycleParams
from detection.doubling import DoublingParams, split_doubles
from detection.events import Event, RepCorrection, RepEvent, SetDiscarded, SetEnded, SetStarted
from detection.gate import GateParams, is_exercise
from detection.likeness import MAX_HOPS_AT_ONCE, LikenessMeter, LikenessParams
from detection.reps import describe
from detection.resampling import GRID_RATE_HZ, GridParams, delay_s
from detection.template import Segment, TemplateParams, recut
from sensors.samples import FloatArray


@dataclass(frozen=True, slots=True)
class SetParams:
    """When a set begins and ends.

    least_cycles: alike cycles before anything is shown; two look alike by chance.
    pause_reps, pause_s: a set is over after this many repetitions, or seconds if longer,
        without another; people rest at the end position for up to two repetitions.
    complete_at: the newest cycle counts once it has this share of the others' duration.
    overlap_hops: how far a new chain may reach into what is already decided.
    lag_s: by which the grid lags behind the movement; taken off the times of final repetitions.
    """

    least_cycles: int = 3
    pause_reps: float = 2.5
    pause_s: float = 4.0
    complete_at: float = 0.92
    overlap_hops: int = 4
    lag_s: float = delay_s(GridParams())
    cycles: CycleParams = CycleParams()
    likeness: LikenessParams = LikenessParams()
    chains: ChainParams = ChainParams()
    template: TemplateParams = TemplateParams()
    doubling: DoublingParams = DoublingParams()
    gate: GateParams = GateParams()


class SetFinder:
    """Grid samples in, the events of sets out; nothing is known beforehand."""

    def __init__(self, start_s: float, first_set: int = 1, params: SetParams = SetParams()) -> None:
        self._params = params
        self._start_s = start_s
        self._cycles = CycleMaker(params.cycles)
        self._likeness = LikenessMeter(self._cycles.durations, params.likeness)
        self._chains = ChainFinder(self._cycles.durations, self._likeness.before, params.chains)
        self._samples: FloatArray = np.zeros((0, 3))
        self._first = 0
        self._hop = 0
        self._decided = 0
        self._set = _RunningSet(first_set)

    @property
    def next_set(self) -> int:
        """Number that the next set gets."""
        return self._set.number

    def push(self, grid_ms2: FloatArray) -> list[Event]:
        """Take grid samples, (n, 3), and return what became known with them."""
        events: list[Event] = []
        at_once = MAX_HOPS_AT_ONCE * HOP_SAMPLES
        for first in range(0, len(grid_ms2), at_once):
            events += self._push(grid_ms2[first : first + at_once])
        return events

    def flush(self) -> list[Event]:
        """End the stream: the running set, if any, is over."""
        return self._close(self._hop) if self._set.chain else []

    def _push(self, grid_ms2: FloatArray) -> list[Event]:
        self._samples = np.concatenate((self._samples, grid_ms2))
        likeness = self._likeness.push(self._cycles.push(grid_ms2))
        events: list[Event] = []
        for first in range(0, len(likeness), self._chains.hops_at_once):
            step = self._chains.push(likeness[first : first + self._chains.hops_at_once])
            for row in range(len(step.is_better)):
                self._hop = step.first_hop + row
                if step.is_better[row]:
                    events += self._grow(int(step.duration[row]))
                elif self._set.chain and self._is_over():
                    events += self._close(self._hop)
        self._forget()
        return events

    def _time_s(self, hop: float) -> float:
        return self._start_s + hop * HOP_S

    def _grow(self, duration: int) -> list[Event]:
        oldest = self._decided - self._params.overlap_hops
        chain = [c for c in self._chains.chain(self._hop, duration) if c.start >= oldest]
        if len(chain) < self._params.least_cycles:
            return []
        events: list[Event] = []
        if self._set.chain and chain[0].start >= self._set.chain[-1].end - 2:
            events += self._close(self._hop)
        now_s = self._time_s(self._hop)
        return events + self._set.grow(chain, self._complete(chain), now_s, self._start_s)

    def _complete(self, chain: list[Cycle]) -> list[Cycle]:
        typical = float(np.median([c.end - c.start for c in chain[:-1]]))
        last = chain[-1].end - chain[-1].start
        return chain if last >= self._params.complete_at * typical else chain[:-1]

    def _is_over(self) -> bool:
        chain = self._set.chain
        typical = float(np.median([c.end - c.start for c in chain]))
        pause = max(self._params.pause_reps * typical, self._params.pause_s / HOP_S)
        longest = self._params.chains.remembered_s / HOP_S - typical
        return self._hop - chain[-1].end > pause or self._hop - chain[0].start > longest

    def _close(self, hop: int) -> list[Event]:
        seen = self._samples[: hop * HOP_SAMPLES + 1 - self._first]
        running, self._set = self._set, _RunningSet(self._set.number + 1)
        chain = [_segment(cycle, self._first) for cycle in running.chain]
        segments = self._as_a_whole(seen, chain)
        begin = self._decided * HOP_SAMPLES - self._first - 0.3 * GRID_RATE_HZ
        segments = [s for s in segments if s.start >= begin]
        if not is_exercise(seen, segments, GRID_RATE_HZ, self._params.gate):
            self._decided = max(self._decided, running.chain[-1].end)
            self._set.number = running.number
            return [SetDiscarded(self._time_s(hop), running.number, "not a repeated exercise")]
        self._decided = max(self._decided, int((segments[-1].end + self._first) / HOP_SAMPLES))
        return self._ended(seen, segments, running, self._time_s(hop))

    def _as_a_whole(self, seen: FloatArray, chain: list[Segment]) -> list[Segment]:
        template = self._params.template
        segments = recut(seen, recut(seen, chain, template), template)
        return split_doubles(seen, segments, template, self._params.doubling)

    def _ended(
        self, seen: FloatArray, segments: list[Segment], running: "_RunningSet", at_s: float
    ) -> list[Event]:
        first_s = self._start_s + self._first / GRID_RATE_HZ - self._params.lag_s
        counted = [running.counted_at_s(number, at_s) for number in range(1, len(segments) + 1)]
        reps = tuple(describe(seen, segments, first_s, counted))
        events: list[Event] = []
        if len(reps) != running.count:
            reason = "the whole set was looked at"
            events.append(RepCorrection(at_s, running.number, len(reps), reason))
        confidence = float(np.clip(np.median([s.likeness for s in segments]), 0, 1))
        start_s, end_s = reps[0].start_s, reps[-1].end_s
        events.append(SetEnded(at_s, running.number, start_s, end_s, reps, confidence))
        return events

    def _forget(self) -> None:
        reach_s = self._params.template.margin * self._params.cycles.longest_s
        keep = int((self._params.chains.remembered_s + reach_s) * GRID_RATE_HZ)
        if len(self._samples) > 1.25 * keep:
            self._first += len(self._samples) - keep
            self._samples = self._samples[-keep:].copy()


class _RunningSet:
    """The set that is being followed: its chain so far and what was said of it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.chain: list[Cycle] = []
        self.count = 0
        self._said: dict[int, float] = {}

    def grow(
        self, chain: list[Cycle], complete: list[Cycle], at_s: float, start_s: float
    ) -> list[Event]:
        """Follow the chain; count what it has more, correct what was counted twice."""
        events: list[Event] = []
        if not self.chain:
            events.append(SetStarted(at_s, self.number, start_s + chain[0].start * HOP_S))
        self.chain = chain
        if len(complete) <= self.count - 2:
            self.count = len(complete)
            reason = "two movements were one repetition"
            events.append(RepCorrection(at_s, self.number, self.count, reason))
        for cycle in complete[self.count :]:
            self.count += 1
            begin_s, end_s = start_s + cycle.start * HOP_S, start_s + cycle.end * HOP_S
            self._said[self.count] = at_s
            events.append(RepEvent(at_s, self.number, self.count, begin_s, end_s))
        return events

    def counted_at_s(self, count: int, otherwise_s: float) -> float:
        """When the running count last went up to `count`."""
        return self._said.get(count, otherwise_s)


def _segment(cycle: Cycle, first_sample: int) -> Segment:
    start, end = cycle.start * HOP_SAMPLES, cycle.end * HOP_SAMPLES
    return Segment(float(start - first_sample), float(end - first_sample), 1.0)
