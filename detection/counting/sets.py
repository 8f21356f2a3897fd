"""When a set starts, what its count is while it runs, and when it is over.

A set begins with the third alike cycle of the best chain, or with the first repetition of a known
exercise. It is counted as the limb comes back and the chain grows, and ends when neither has been
for two and a half repetitions, or when another chain begins. Then it is looked at as a whole: cut
again against its own typical repetition, split if each was two, and kept only if it is exercise.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detection.counting.chains import Best, ChainFinder, ChainParams, Cycle, typical_hops
from detection.counting.cycles import CycleMaker
from detection.counting.doubling import DoublingParams
from detection.counting.finished import Stretch, as_a_whole, finished, is_exercise_split
from detection.counting.gate import GateParams, is_exercise, is_slow, may_be_exercise
from detection.counting.good_rep import GoodRep
from detection.counting.lattice import (
    HOP_S,
    HOP_SAMPLES,
    TILE_SAMPLES,
    CycleParams,
    Lattice,
    Rows,
)
from detection.counting.likeness import LikenessMeter, LikenessParams
from detection.counting.opening import Opening, OpeningParams, first_repetition, is_straight
from detection.counting.past import Past
from detection.counting.reps import describe
from detection.counting.resampling import GRID_RATE_HZ, GridParams, delay_s
from detection.counting.running_set import (
    AROUND_PERIODS,
    LEAST_COMPLETE,
    RunningSet,
    Told,
    around,
)
from detection.counting.template import Segment, TemplateParams, recut
from detection.events import (
    CandidateDropped,
    Event,
    RepCorrection,
    RepEvent,
    SetCandidate,
    SetDiscarded,
    SetEnded,
    SetPaused,
    SetStarted,
)
from sensors.samples import FloatArray

TILES_AT_ONCE = 8
"""Tiles compared in one step: bounds the memory of a large block."""
ROOM_TILES = 12
"""Tiles for which there is room before what is kept has to move."""
EARLIER_HOPS = 2
"""A chain that begins this many hops before the last one's end, or later, is another set."""
PAUSED_AFTER = 1.5
"""Repetitions since the last was done: the next is overdue by half of one."""
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
    opening: what the first repetition is, where the exercise is known.
    good_rep: what a good repetition is like, where one set is kept as a reference.
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
    opening: OpeningParams | None = None
    good_rep: GoodRep | None = None


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
        self._opening: Opening | None = None

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
                events += self._look(best) + self._state_of_set()
                known = 0
        return events + self._hear(self._waiting[known:])

    def flush(self) -> list[Event]:
        """End the stream: the running set, if any, is over."""
        return [] if self._set.is_empty else self._close()

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
        done = self._follow_limb(grid_ms2) if self._set.is_followed else self._open(grid_ms2)
        events: list[Event] = []
        for each in done:
            events += self._said(self._sample_s(each))
        return events

    def _follow_limb(self, grid_ms2: FloatArray) -> list[int]:
        self._opening = None
        return self._set.hear(grid_ms2)

    def _open(self, grid_ms2: FloatArray) -> list[int]:
        """Where the exercise is known, begin a set with the first repetition that comes back."""
        known = self._params.opening
        if known is None:
            return []
        if self._opening is None:
            self._opening = Opening(known, self._past.count - len(grid_ms2))
        candidates = self._opening.push(grid_ms2)
        if self._set.is_announced:
            return []
        for left, back in candidates:
            seen = self._past.between(left, self._past.count)
            opened = first_repetition(seen, self._past.count - len(seen), back, known)
            if opened is not None:
                return self._set.open(opened, seen)
        return []

    def _look(self, best: Best | None) -> list[Event]:
        """At the end of a tile: follow the chain if it has grown, end a set that has not."""
        running = self._set
        if best is None or (running.is_better and not best.is_better):
            return self._close() if self._is_over(running) else []
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

    def _state_of_set(self) -> list[Event]:
        """At the end of a tile: what is believed of the running set, if that has changed."""
        running = self._set
        if running.is_announced and not running.is_paused and running.told:
            done = running.told[-1].done
            if self._past.count > done + PAUSED_AFTER * running.period:
                running.is_paused = True
                return [SetPaused(self._now_s, running.number, self._sample_s(done))]
        elif not running.is_announced and not running.is_candidate and self._is_promising(running):
            running.is_candidate = True
            start_s = self._sample_s(running.begin)
            return [SetCandidate(self._now_s, running.number, start_s)]
        return []

    def _is_promising(self, running: RunningSet) -> bool:
        """Two alike cycles, too slow for steps."""
        return len(running.chain) >= LEAST_COMPLETE and self._is_too_slow_for_steps(running)

    def _is_too_slow_for_steps(self, running: RunningSet) -> bool:
        segments = [Segment(cycle.start, cycle.end, 1.0) for cycle in running.chain]
        return is_slow(segments, 1 / HOP_S, self._params.gate)

    def _is_over(self, running: RunningSet) -> bool:
        """Whether nothing was added to the set for as long as a pause may last."""
        done, period = running.opened_until
        opened_until = done / HOP_SAMPLES + self._pause(period / HOP_SAMPLES)
        until = max(running.is_over_after, opened_until)
        return not running.is_empty and self._chains.hop > until

    def _pause(self, typical_hops: float) -> float:
        return max(self._params.pause_reps * typical_hops, self._params.pause_s / HOP_S)

    def _follow(self, chain: list[Cycle]) -> list[Event]:
        """Take the longer chain; say what it means for the count."""
        running = self._set
        running.chain = chain
        running.is_over_after = self._last_hop(chain)
        running.learn(self._past)
        if not running.is_exercise and len(chain) >= self._params.least_cycles:
            running.is_exercise = self._may_be_exercise(chain)
        return self._corrected(running) + self._said(self._now_s)

    def _corrected(self, running: RunningSet) -> list[Event]:
        """What the chain, as it is now, says of the running count."""
        events: list[Event] = []
        if running.take_up(self._past, self._now_s):
            reason = "the set began before what was taken for its first repetition"
            events.append(RepCorrection(self._now_s, running.number, running.count, reason))
        if running.take_up_missed(self._now_s):
            reason = "a repetition had been missed"
            events.append(RepCorrection(self._now_s, running.number, running.count, reason))
        if running.take_back():
            reason = "two movements were one repetition"
            events.append(RepCorrection(self._now_s, running.number, running.count, reason))
        return events

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
        return [SetStarted(at_s, running.number, self._sample_s(running.begin))]

    def _is_recognised(self, running: RunningSet) -> bool:
        """Three alike cycles, or two and a third time out and back, too slow for steps."""
        if running.is_exercise or running.opened is not None:
            return True
        is_third_back = running.followed >= self._params.least_cycles
        return is_third_back and self._is_too_slow_for_steps(running)

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
        begin = min(max(running.begin, running.told[-1].done if running.told else 0), done - 2)
        seen = self._past.between(begin, done + 1)
        segment = Segment(0.0, float(len(seen)), 1.0)
        (rep,) = describe(seen, [segment], self._sample_s(begin) - self._params.lag_s, [at_s])
        running.told.append(Told(done, at_s))
        running.is_paused = False
        return RepEvent(at_s, running.number, running.count, rep)

    def _last_hop(self, chain: list[Cycle]) -> float:
        """The set is over after this hop if its chain has not grown by then."""
        typical = typical_hops(chain)
        # before its beginning is out of reach: the chain grows by a cycle at a time
        longest = self._chains.reach - 2 * typical
        return min(chain[-1].end + self._pause(typical), chain[0].start + longest)

    def _close(self) -> list[Event]:
        running, self._set = self._set, RunningSet(self._set.number + 1)
        self._opening = None
        found = self._repetitions(running)
        if found is None:
            self._set.number = running.number
            return self._discarded(running)
        stretch, segments = found
        self._decided = max(self._decided, int((segments[-1].end + stretch.first) / HOP_SAMPLES))
        return self._ended(stretch, segments, running)

    def _repetitions(self, running: RunningSet) -> tuple[Stretch, list[Segment]] | None:
        """The set cut into its repetitions; None if it is no exercise."""
        if len(running.chain) < self._params.least_cycles:
            return self._followed(running)
        seen, chain = around(self._past, running.chain)
        stretch = self._stretch(seen)
        template, gate = self._params.template, self._params.gate
        doubling, good = self._params.doubling, self._params.good_rep
        segments = as_a_whole(seen, chain, template, doubling, good)
        begin = self._decided * HOP_SAMPLES - stretch.first - DECIDED_S * GRID_RATE_HZ
        segments = [s for s in segments if s.start >= begin]
        is_set = running.is_better and is_exercise(seen, segments, GRID_RATE_HZ, gate)
        if is_set and self._params.opening is not None:
            is_set = is_exercise_split(seen, segments, template, gate)
        if is_set:
            return stretch, segments
        if running.is_better:
            self._decided = max(self._decided, running.chain[-1].end)
        return None

    def _followed(self, running: RunningSet) -> tuple[Stretch, list[Segment]] | None:
        """What was followed where nothing is alike, if all of it is what the exercise may be."""
        known, course, excursions = self._params.opening, running.course, running.excursions
        if known is None or course is None or len(excursions) < self._params.least_cycles:
            return None
        stretch = self._stretch(self._past.between(running.begin, self._past.count))
        segments = [
            s._replace(start=s.start - stretch.first, end=s.end - stretch.first) for s in excursions
        ]
        rest = course.rest_ms2
        are_straight = all(is_straight(stretch.grid_ms2, s, rest, known) for s in segments)
        if are_straight and is_exercise(
            stretch.grid_ms2, segments, GRID_RATE_HZ, self._params.gate
        ):
            return stretch, segments
        return None

    def _stretch(self, seen: FloatArray) -> Stretch:
        first = self._past.count - len(seen)
        return Stretch(seen, first, self._sample_s(first) - self._params.lag_s)

    def _ended(self, stretch: Stretch, segments: list[Segment], running: RunningSet) -> list[Event]:
        at_s = self._now_s
        reps, partial_reps, confidence = finished(stretch, segments, running, at_s)
        events = self._announced(running, at_s)
        if len(reps) != running.count:
            reason = "the whole set was looked at"
            events.append(RepCorrection(at_s, running.number, len(reps), reason))
        start_s, end_s = reps[0].start_s, reps[-1].end_s
        ended = SetEnded(at_s, running.number, start_s, end_s, reps, confidence, partial_reps)
        return [*events, ended]

    def _discarded(self, running: RunningSet) -> list[Event]:
        """What was said of it is taken back; of what nothing was said needs no word."""
        if not running.is_announced:
            dropped = CandidateDropped(self._now_s, running.number)
            return [dropped] if running.is_candidate else []
        is_short = running.opened is not None and running.count < self._params.least_cycles
        reason = "fewer than three repetitions" if is_short else "not a repeated exercise"
        return [SetDiscarded(self._now_s, running.number, reason)]

    @property
    def _now_s(self) -> float:
        return self._sample_s(self._past.count - 1)

    def _sample_s(self, sample: float) -> float:
        return self._start_s + sample / GRID_RATE_HZ
