"""When a set starts, what its count is while it runs, and when it is over.

A set begins with the third alike cycle of the best chain, is counted as the limb comes back and the
chain grows, and ends when the chain has not grown for two and a half repetitions, or when another
chain begins. Then the set is looked at as a whole: cut again against its own typical repetition,
split if each was two, and kept only if it is exercise.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from detection.counting.chains import Best, ChainFinder, ChainParams, Cycle, typical_hops
from detection.counting.cycles import CycleMaker
from detection.counting.doubling import DoublingParams, split_doubles
from detection.counting.gate import GateParams, is_exercise, is_slow, may_be_exercise
from detection.counting.lattice import (
    HOP_S,
    HOP_SAMPLES,
    TILE_SAMPLES,
    CycleParams,
    Lattice,
    Rows,
)
from detection.counting.likeness import LikenessMeter, LikenessParams
from detection.counting.partial import are_partial
from detection.counting.past import Past
from detection.counting.phase import (
    Course,
    begin_at_rest,
    course_of,
    posture_after,
    posture_before,
    reaches,
)
from detection.counting.reps import describe
from detection.counting.resampling import GRID_RATE_HZ, GridParams, delay_s
from detection.counting.running_set import (
    AROUND_PERIODS,
    LEAST_COMPLETE,
    RunningSet,
    Told,
    around,
    told_at,
)
from detection.counting.template import SAME_PHASE, Segment, TemplateParams, recut
from detection.events import Event, RepCorrection, RepEvent, SetDiscarded, SetEnded, SetStarted
from sensors.samples import FloatArray

TILES_AT_ONCE = 8
"""Tiles compared in one step: bounds the memory of a large block."""
ROOM_TILES = 12
"""Tiles for which there is room before what is kept has to move."""
EARLIER_HOPS = 2
"""A chain that begins this many hops before the last one's end, or later, is another set."""
DECIDED_S = 0.3
"""A repetition that begins this long before a decided one's end is still a new one."""


@dataclass(frozen=True, slots=True)
class SetParams:
    """When a set begins and ends.

    least_cycles: alike cycles before anything is shown; two look alike by chance.
    pause_reps, pause_s: a set is over after this many repetitions, or seconds if longer,
        without another; people rest at the end position for up to two repetitions.
    overlap_hops: how far a new chain may reach into what is already decided.
    lag_s: by which the grid lags behind the movement; taken off the times of final repetitions.
    """

    least_cycles: int = 3
    pause_reps: float = 2.5
    pause_s: float = 4.0
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
        self._rows = Rows(lattice, ROOM_TILES)
        self._cycles = CycleMaker(lattice)
        self._likeness = LikenessMeter(lattice, self._rows, params.likeness)
        self._chains = ChainFinder(lattice, self._rows, params.chains)
        around_s = AROUND_PERIODS * params.cycles.longest_s
        self._past = Past(int((params.chains.remembered_s + around_s) * GRID_RATE_HZ))
        self._waiting: FloatArray = np.zeros((0, 3))
        self._decided = 0
        self._set = RunningSet(first_set)

    @property
    def next_set(self) -> int:
        """Number that the next set gets."""
        return self._set.number

    def push(self, grid_ms2: FloatArray) -> list[Event]:
        """Take grid samples, (n, 3), and return what became known with them."""
        events: list[Event] = []
        known = len(self._waiting)
        waiting = np.concatenate((self._waiting, grid_ms2))
        tiles = len(waiting) // TILE_SAMPLES
        self._waiting = waiting[tiles * TILE_SAMPLES :]
        for first in range(0, tiles, TILES_AT_ONCE):
            batch = waiting[first * TILE_SAMPLES : (first + TILES_AT_ONCE) * TILE_SAMPLES]
            batch = batch[: tiles * TILE_SAMPLES - first * TILE_SAMPLES]
            for number, best in enumerate(self._best_chains(batch)):
                begin = number * TILE_SAMPLES
                events += self._hear(batch[begin + known : begin + TILE_SAMPLES])
                events += self._look(best)
                known = 0
        return events + self._hear(self._waiting[known:])

    def flush(self) -> list[Event]:
        """End the stream: the running set, if any, is over."""
        return self._close() if self._set.chain else []

    def _best_chains(self, tiles_ms2: FloatArray) -> Iterator[Best | None]:
        """For each tile in turn, the best chain at its end, if it is better than before."""
        cycles = self._cycles.push(tiles_ms2)
        tiles = len(cycles.shape)
        self._rows.make_room(tiles)
        own, first, second = self._rows.take(tiles)
        likeness = self._likeness.push(cycles, own, first, second)
        gains = self._chains.gains(likeness)
        for tile in range(tiles):
            yield self._chains.step(gains[tile], own[tile], first[tile], cycles.is_there[tile])

    def _hear(self, grid_ms2: FloatArray) -> list[Event]:
        """Take samples of a tile; count the repetitions that are done with them."""
        if len(grid_ms2) == 0:
            return []
        self._past.push(grid_ms2)
        events: list[Event] = []
        for done in self._set.hear(grid_ms2):
            events += self._said(self._sample_s(done))
        return events

    def _look(self, best: Best | None) -> list[Event]:
        """At the end of a tile: follow the chain if it has grown, end a set that has not."""
        running = self._set
        if best is None or (running.is_better and not best.is_better):
            is_over = running.chain and self._chains.hop > running.is_over_after
            return self._close() if is_over else []
        oldest = self._decided - self._params.overlap_hops
        chain = [cycle for cycle in best.chain if cycle.start >= oldest]
        if len(chain) < LEAST_COMPLETE:
            return []
        known = max(len(chain), len(running.chain))
        if len(chain) < self._params.least_cycles <= known:
            return []
        events: list[Event] = []
        if running.chain and chain[0].start >= running.chain[-1].end - EARLIER_HOPS:
            events += self._close()
        self._set.is_better |= best.is_better
        return events + self._follow(chain)

    def _follow(self, chain: list[Cycle]) -> list[Event]:
        """Take the longer chain; say what it means for the count."""
        running = self._set
        running.chain = chain
        running.is_over_after = self._last_hop(chain)
        running.learn(self._past)
        if not running.is_exercise and len(chain) >= self._params.least_cycles:
            running.is_exercise = self._may_be_exercise(chain)
        events: list[Event] = []
        if running.take_back():
            reason = "two movements were one repetition"
            events.append(RepCorrection(self._now_s, running.number, running.count, reason))
        return events + self._said(self._now_s)

    def _said(self, at_s: float) -> list[Event]:
        """Say the repetitions that are due, the set before them; nothing as long as it is none."""
        running = self._set
        if not running.is_announced and not self._is_recognised(running):
            return []
        events = self._announced(running, at_s)
        return events + [self._count(done, at_s) for done in running.due()]

    def _announced(self, running: RunningSet, at_s: float) -> list[Event]:
        """Say that the set has begun, unless that was said."""
        if running.is_announced:
            return []
        running.is_announced = True
        return [SetStarted(at_s, running.number, self._hop_s(running.chain[0].start))]

    def _is_recognised(self, running: RunningSet) -> bool:
        """Three alike cycles, or two and a third time out and back, too slow for steps."""
        if running.is_exercise or running.followed < self._params.least_cycles:
            return running.is_exercise
        segments = [Segment(cycle.start, cycle.end, 1.0) for cycle in running.chain]
        return is_slow(segments, 1 / HOP_S, self._params.gate)

    def _may_be_exercise(self, chain: list[Cycle]) -> bool:
        """Ask the gate, again whenever the chain has grown by a third."""
        if len(chain) < self._set.next_asked_at:
            return False
        self._set.next_asked_at = math.ceil(len(chain) * 4 / 3)
        seen, segments = around(self._past, chain)
        if not is_slow(segments, GRID_RATE_HZ, self._params.gate):
            segments = recut(seen, segments, self._params.template)
        return may_be_exercise(seen, segments, GRID_RATE_HZ, self._params.gate)

    def _count(self, done: int, at_s: float) -> RepEvent:
        """Count one more repetition, done with a sample."""
        running = self._set
        begin = max(
            running.chain[0].start * HOP_SAMPLES, running.told[-1].done if running.told else 0
        )
        begin = min(begin, done - 2)
        seen = self._past.between(begin, done + 1)
        segment = Segment(0.0, float(len(seen)), 1.0)
        (rep,) = describe(seen, [segment], self._sample_s(begin) - self._params.lag_s, [at_s])
        running.told.append(Told(done, at_s))
        return RepEvent(at_s, running.number, running.count, rep)

    def _last_hop(self, chain: list[Cycle]) -> float:
        """The set is over after this hop if its chain has not grown by then."""
        typical = typical_hops(chain)
        pause = max(self._params.pause_reps * typical, self._params.pause_s / HOP_S)
        # before its beginning is out of reach: the chain grows by a cycle at a time
        longest = self._chains.reach - 2 * typical
        return min(chain[-1].end + pause, chain[0].start + longest)

    def _close(self) -> list[Event]:
        running, self._set = self._set, RunningSet(self._set.number + 1)
        if not running.is_announced and len(running.chain) < self._params.least_cycles:
            self._set.number = running.number
            return []
        seen, chain = around(self._past, running.chain)
        first = self._past.count - len(seen)
        segments = self._as_a_whole(seen, chain)
        begin = self._decided * HOP_SAMPLES - first - DECIDED_S * GRID_RATE_HZ
        segments = [s for s in segments if s.start >= begin]
        is_set = running.is_better and is_exercise(seen, segments, GRID_RATE_HZ, self._params.gate)
        if not is_set:
            if running.is_better:
                self._decided = max(self._decided, running.chain[-1].end)
            self._set.number = running.number
            return _discarded(running, self._now_s)
        self._decided = max(self._decided, int((segments[-1].end + first) / HOP_SAMPLES))
        return self._ended(seen, segments, running)

    def _as_a_whole(self, seen: FloatArray, chain: list[Segment]) -> list[Segment]:
        template = self._params.template
        about = replace(template, shifts=SAME_PHASE)
        segments = recut(seen, recut(seen, chain, template), about)
        return split_doubles(seen, segments, template, self._params.doubling)

    def _ended(self, seen: FloatArray, segments: list[Segment], running: RunningSet) -> list[Event]:
        at_s = self._now_s
        first = self._past.count - len(seen)
        course = _final_course(seen, segments, running)
        if course is not None:
            segments = begin_at_rest(seen, segments, course)
        counted = told_at(running.told, [first + s.end for s in segments], at_s)
        first_s = self._sample_s(first) - self._params.lag_s
        described = describe(seen, segments, first_s, counted, course)
        events = self._announced(running, at_s)
        is_partial = np.zeros(len(described), dtype=bool)
        if course is not None:
            is_partial = are_partial(reaches(seen, segments, course))
        reps, partial = (tuple(compress(described, chosen)) for chosen in (~is_partial, is_partial))
        if len(reps) != running.count:
            reason = "the whole set was looked at"
            events.append(RepCorrection(at_s, running.number, len(reps), reason))
        confidence = float(np.clip(np.median([s.likeness for s in segments]), 0, 1))
        start_s, end_s = reps[0].start_s, reps[-1].end_s
        events.append(SetEnded(at_s, running.number, start_s, end_s, reps, confidence, partial))
        return events

    @property
    def _now_s(self) -> float:
        return self._sample_s(self._past.count - 1)

    def _sample_s(self, sample: float) -> float:
        return self._start_s + sample / GRID_RATE_HZ

    def _hop_s(self, hop: float) -> float:
        return self._start_s + hop * HOP_S


def _final_course(seen: FloatArray, segments: list[Segment], running: RunningSet) -> Course | None:
    """The typical repetition: from the rest that was followed, else from that around the set."""
    if running.course is not None:
        postures = [running.course.rest_ms2]
    else:
        postures = posture_before(seen, segments) + posture_after(seen, segments)
    return course_of(seen, segments, postures)


def _discarded(running: RunningSet, at_s: float) -> list[Event]:
    """What was announced is taken back; what was not needs no word."""
    if not running.is_announced:
        return []
    return [SetDiscarded(at_s, running.number, "not a repeated exercise")]
