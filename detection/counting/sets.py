"""When a set starts, what its count is while it runs, and when it is over.

A set begins with the third alike cycle of the best chain, is counted as the chain grows, and ends
when the chain has not grown for two and a half repetitions, or when another chain begins. Then the
set is looked at as a whole: cut again against its own typical repetition, split if each was two,
and kept only if it is exercise.
"""

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detection.counting.chains import ChainFinder, ChainParams, Cycle
from detection.counting.cycles import HOP_S, HOP_SAMPLES, CycleMaker, CycleParams, Lattice
from detection.counting.doubling import DoublingParams, split_doubles
from detection.counting.gate import GateParams, is_exercise, is_slow
from detection.counting.likeness import MAX_HOPS_AT_ONCE, LikenessMeter, LikenessParams
from detection.counting.phase import Expected, begin_at_rest, expected, has_returned
from detection.counting.reps import describe
from detection.counting.resampling import GRID_RATE_HZ, GridParams, delay_s
from detection.counting.template import Segment, TemplateParams, recut
from detection.events import Event, Rep, RepCorrection, RepEvent, SetDiscarded, SetEnded, SetStarted
from sensors.samples import FloatArray

AT_ONCE = MAX_HOPS_AT_ONCE * HOP_SAMPLES
"""Grid samples worked on in one step."""
EARLIER_HOPS = 2
"""A chain that begins this many hops before the last one's end, or later, is another set."""
RENEWED_HOPS = 4
"""What is expected of a running set is looked at again after a third of a second."""
DECIDED_S = 0.3
"""A repetition that begins this long before a decided one's end is still a new one."""


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
        lattice = Lattice(params.cycles)
        self._cycles = CycleMaker(lattice, params.cycles)
        self._likeness = LikenessMeter(lattice, params.likeness)
        self._chains = ChainFinder(lattice, self._likeness.before, params.chains)
        reach_s = params.template.margin * params.cycles.longest_s
        self._kept = int((params.chains.remembered_s + reach_s) * GRID_RATE_HZ)
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
        first = 0
        while first < len(grid_ms2):
            taken = self._first + len(self._samples)
            last = first + AT_ONCE - taken % AT_ONCE
            events += self._push(grid_ms2[first:last])
            first = last
        return events

    def flush(self) -> list[Event]:
        """End the stream: the running set, if any, is over."""
        return self._close(self._hop) if self._set.chain else []

    def _push(self, grid_ms2: FloatArray) -> list[Event]:
        self._samples = np.concatenate((self._samples, grid_ms2))
        cycles = self._cycles.push(grid_ms2)
        likeness = self._likeness.push(cycles)
        events: list[Event] = []
        for step in self._chains.push(cycles.places, likeness, self._cycles.hops):
            for row in range(len(step.is_better)):
                self._hop = step.first_hop + row
                if step.is_better[row]:
                    events += self._grow(int(step.duration[row]))
                elif self._set.chain and self._hop > self._set.is_over_after:
                    events += self._close(self._hop)
                events += self._count()
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
        if self._set.chain and chain[0].start >= self._set.chain[-1].end - EARLIER_HOPS:
            events += self._close(self._hop)
        return events + self._follow(chain)

    def _follow(self, chain: list[Cycle]) -> list[Event]:
        """Take the longer chain; announce it if it may be exercise, correct what was wrong."""
        running, at_s = self._set, self._time_s(self._hop)
        running.chain = chain
        running.is_over_after = self._last_hop(chain)
        events: list[Event] = []
        if not running.is_announced:
            if not self._may_be_exercise(chain):
                return []
            running.is_announced = True
            events.append(SetStarted(at_s, running.number, self._time_s(chain[0].start)))
        complete = self._complete(chain)
        if not running.is_due(len(complete), self._hop):
            return events
        segments = [_segment(cycle, self._first) for cycle in complete]
        running.expected = expected(self._seen(self._hop), segments, running.expected.rest_ms2)
        running.expected_from = self._first
        if len(running.expected.segments) <= running.count - 2:
            running.count = len(running.expected.segments)
            reason = "two movements were one repetition"
            events.append(RepCorrection(at_s, running.number, running.count, reason))
        return events

    def _may_be_exercise(self, chain: list[Cycle]) -> bool:
        """Ask the gate, again whenever the chain has grown by a third."""
        if len(chain) < self._set.next_asked_at:
            return False
        self._set.next_asked_at = math.ceil(len(chain) * 4 / 3)
        seen = self._seen(self._hop)
        segments = [_segment(cycle, self._first) for cycle in chain]
        if is_slow(segments, GRID_RATE_HZ, self._params.gate):
            return True
        segments = recut(seen, segments, self._params.template)
        return is_exercise(seen, segments, GRID_RATE_HZ, self._params.gate)

    def _count(self) -> list[Event]:
        """Count the repetitions that have come back to rest, or that another one followed."""
        running, at_s = self._set, self._time_s(self._hop)
        seen = self._seen(self._hop)
        events: list[Event] = []
        for segment in running.waiting(self._first):
            if running.is_next_the_last and not _is_done(seen, segment, running.expected):
                break
            running.count += 1
            running.counted_at_s[running.count] = at_s
            (rep,) = self._describe(seen, [_so_far(segment, len(seen))], [at_s])
            events.append(RepEvent(at_s, running.number, running.count, rep))
        return events

    def _complete(self, chain: list[Cycle]) -> list[Cycle]:
        typical = _typical_hops(chain[:-1])
        last = chain[-1].end - chain[-1].start
        return chain if last >= self._params.complete_at * typical else chain[:-1]

    def _last_hop(self, chain: list[Cycle]) -> float:
        """The set is over after this hop if its chain has not grown by then."""
        typical = _typical_hops(chain)
        pause = max(self._params.pause_reps * typical, self._params.pause_s / HOP_S)
        # before its beginning is out of reach: the chain grows by a cycle at a time
        longest = self._chains.reach - 2 * typical
        return min(chain[-1].end + pause, chain[0].start + longest)

    def _close(self, hop: int) -> list[Event]:
        seen = self._seen(hop)
        running, self._set = self._set, _RunningSet(self._set.number + 1)
        chain = [_segment(cycle, self._first) for cycle in running.chain]
        segments = self._as_a_whole(seen, chain)
        begin = self._decided * HOP_SAMPLES - self._first - DECIDED_S * GRID_RATE_HZ
        segments = [s for s in segments if s.start >= begin]
        if not is_exercise(seen, segments, GRID_RATE_HZ, self._params.gate):
            self._decided = max(self._decided, running.chain[-1].end)
            self._set.number = running.number
            return _discarded(running, self._time_s(hop))
        self._decided = max(self._decided, int((segments[-1].end + self._first) / HOP_SAMPLES))
        return self._ended(seen, segments, running, self._time_s(hop))

    def _as_a_whole(self, seen: FloatArray, chain: list[Segment]) -> list[Segment]:
        template = self._params.template
        segments = recut(seen, recut(seen, chain, template), template)
        return split_doubles(seen, segments, template, self._params.doubling)

    def _ended(
        self, seen: FloatArray, segments: list[Segment], running: "_RunningSet", at_s: float
    ) -> list[Event]:
        counted = [running.counted_at_s.get(n + 1, at_s) for n in range(len(segments))]
        reps = tuple(self._describe(seen, begin_at_rest(seen, segments), counted))
        events: list[Event] = []
        if not running.is_announced:
            begun_s = self._time_s(running.chain[0].start)
            events.append(SetStarted(at_s, running.number, begun_s))
        if len(reps) != running.count:
            reason = "the whole set was looked at"
            events.append(RepCorrection(at_s, running.number, len(reps), reason))
        confidence = float(np.clip(np.median([s.likeness for s in segments]), 0, 1))
        start_s, end_s = reps[0].start_s, reps[-1].end_s
        events.append(SetEnded(at_s, running.number, start_s, end_s, reps, confidence))
        return events

    def _seen(self, hop: int) -> FloatArray:
        """What a listener has heard by `hop`, whatever the block brought beyond it."""
        return self._samples[: hop * HOP_SAMPLES + 1 - self._first]

    def _describe(
        self, seen: FloatArray, segments: list[Segment], counted_at_s: list[float]
    ) -> list[Rep]:
        first_s = self._start_s + self._first / GRID_RATE_HZ - self._params.lag_s
        return describe(seen, segments, first_s, counted_at_s)

    def _forget(self) -> None:
        """Let go of old samples, at moments that the stream's beginning fixes, not its blocks."""
        if (self._first + len(self._samples)) % AT_ONCE == 0 and len(
            self._samples
        ) > 2 * self._kept:
            self._first += len(self._samples) - self._kept
            self._samples = self._samples[-self._kept :].copy()


class _RunningSet:
    """The set that is followed: its chain so far, its count, and when each count was said."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.chain: list[Cycle] = []
        self.is_over_after = math.inf
        self.is_announced = False
        self._complete = 0
        self._renewed = 0
        self.next_asked_at = 0
        self.expected = Expected([], None, 0.0)
        self.expected_from = 0
        self.count = 0
        self.counted_at_s: dict[int, float] = {}

    def is_due(self, complete: int, hop: int) -> bool:
        """Whether to look anew at what is expected: one more is complete, or time has passed."""
        if complete == self._complete and hop < self._renewed + RENEWED_HOPS:
            return False
        self._complete, self._renewed = complete, hop
        return True

    @property
    def is_next_the_last(self) -> bool:
        """Whether no later repetition confirms the one to be counted next."""
        return self.count == len(self.expected.segments) - 1

    def waiting(self, first: int) -> Iterator[Segment]:
        """Repetitions not counted yet, in samples since sample `first` of the grid."""
        moved = self.expected_from - first
        for segment in self.expected.segments[self.count :]:
            yield segment._replace(start=segment.start + moved, end=segment.end + moved)


def _typical_hops(chain: list[Cycle]) -> float:
    return statistics.median(cycle.end - cycle.start for cycle in chain)


def _discarded(running: _RunningSet, at_s: float) -> list[Event]:
    """What was announced is taken back; what was not needs no word."""
    if not running.is_announced:
        return []
    return [SetDiscarded(at_s, running.number, "not a repeated exercise")]


def _is_done(seen: FloatArray, segment: Segment, expected: Expected) -> bool:
    if expected.rest_ms2 is None:
        return segment.end <= len(seen)
    return has_returned(seen, segment, expected.rest_ms2, expected.reach_ms2)


def _so_far(segment: Segment, samples: int) -> Segment:
    return segment._replace(end=min(segment.end, float(samples)))


def _segment(cycle: Cycle, first_sample: int) -> Segment:
    start, end = cycle.start * HOP_SAMPLES, cycle.end * HOP_SAMPLES
    return Segment(float(start - first_sample), float(end - first_sample), 1.0)
