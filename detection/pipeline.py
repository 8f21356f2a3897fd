"""The one loop, offline and live: sample blocks in, events out.

A block is cut at its holes. What lies between is a stretch: counter, tremor meter and quality
monitor each look at it in their own way, and what they say is put in the order of its time.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np

from detection.counting.fitting import FitParams
from detection.counting.given_set import LONGEST_SET_S, GivenSet
from detection.counting.good_rep import GoodRep
from detection.counting.holds import GivenHold, HoldParams, HoldTimer
from detection.counting.opening import OpeningParams
from detection.counting.resampling import GapRule, Grid, GridParams, Hole
from detection.counting.sets import SetFinder, SetParams
from detection.events import Event, GapEvent, QualityFlag, SetEnded
from detection.exercises import Exercise, Kind, Sides
from detection.quality import QualityMonitor
from detection.set_quality import SetJudge
from detection.tremor.meter import TremorMeter
from detection.tremor.params import TremorParams
from sensors.errors import InvalidSamples
from sensors.samples import STANDARD_GRAVITY_MS2, FloatArray, SampleBlock


class Counter(Protocol):
    """What turns the grid into sets: knowing nothing, that all of it is one set, or a hold."""

    @property
    def next_set(self) -> int:
        """Number that the next set gets."""

    def push(self, grid_ms2: FloatArray) -> Sequence[Event]:
        """Take grid samples, (n, 3), and return what became known with them."""

    def flush(self) -> Sequence[Event]:
        """End the stream."""


LEAST_TILT_DEG, MOST_TILT_DEG = 10.0, 180.0
"""Of a first repetition where the exercise's table does not say: less could be settling down."""
OWN_ACCELERATION = 1.25
"""Times what the tilt alone would say that a sensor feels at most: a limb of 0.3 m that goes to a
right angle and 1.2 s later is there feels 2 m/s² of its own."""

CounterMaker = Callable[[float, int], Counter]
"""(stream time of the first grid sample, number of the first set) to a counter."""


@dataclass(frozen=True, slots=True)
class TrackerParams:
    """What may be set otherwise than by default; stored beside every result.

    All other numbers of the core go with its version, detection.ALGORITHM_VERSION.
    hold: how the exercise is held; None where repetitions are counted.
    expected_tilt_deg: from the least to the most that a repetition should tilt the sensor; None
        where it is not known.
    """

    sets: SetParams = SetParams()
    hold: HoldParams | None = None
    expected_tilt_deg: tuple[float, float] | None = None
    tremor: TremorParams = TremorParams()
    grid: GridParams = GridParams()
    gaps: GapRule = GapRule()


def params_for(exercise: Exercise | None, good_rep: GoodRep | None = None) -> TrackerParams:
    """Parameters for a known exercise, and for a person of whom a good repetition is known.

    Only the exercise's range of seconds is considered, and the first repetition is told by how far
    it tilts the limb. Of one that is held the seconds are told instead of repetitions.
    """
    params = _params_for(exercise)
    return replace(params, sets=replace(params.sets, good_rep=good_rep))


def _params_for(exercise: Exercise | None) -> TrackerParams:
    if exercise is None:
        return TrackerParams()
    params = TrackerParams(expected_tilt_deg=exercise.expected_tilt_deg)
    if exercise.kind is Kind.HOLD:
        return replace(params, hold=_hold_params(exercise))
    cycles = replace(
        params.sets.cycles, shortest_s=exercise.fastest_s, longest_s=exercise.slowest_s
    )
    doubling = replace(params.sets.doubling, shortest_s=exercise.fastest_s)
    opening = _opening_params(exercise)
    return replace(
        params, sets=replace(params.sets, cycles=cycles, doubling=doubling, opening=opening)
    )


def _opening_params(exercise: Exercise) -> OpeningParams | None:
    """What tells the first repetition; None where the sides take turns to make one."""
    if exercise.sides is Sides.ALTERNATING_PAIR:
        return None
    least_deg, most_deg = exercise.expected_tilt_deg or (LEAST_TILT_DEG, MOST_TILT_DEG)
    return OpeningParams(
        exercise.fastest_s,
        exercise.slowest_s,
        _moved_ms2(least_deg),
        OWN_ACCELERATION * _moved_ms2(most_deg),
    )


def _moved_ms2(tilt_deg: float) -> float:
    """How far a tilt moves the direction of gravity."""
    return 2 * STANDARD_GRAVITY_MS2 * math.sin(math.radians(tilt_deg) / 2)


def one_set_tracker(exercise: Exercise | None = None, good_rep: GoodRep | None = None) -> "Tracker":
    """A tracker that takes the whole stream as one set, holes in it included."""
    grid = GridParams(bridged_s=LONGEST_SET_S)
    params = replace(params_for(exercise), grid=grid)
    if params.hold is not None:
        return Tracker(params, partial(GivenHold, params=params.hold))
    fit = FitParams()
    if exercise is not None:
        fit = replace(fit, shortest_s=exercise.fastest_s, longest_s=exercise.slowest_s)
    return Tracker(params, partial(GivenSet, params=fit, good_rep=good_rep))


def _hold_params(exercise: Exercise) -> HoldParams:
    params = HoldParams(exercise.fastest_s, exercise.slowest_s)
    if exercise.expected_tilt_deg is None:
        return params
    least_deg, most_deg = exercise.expected_tilt_deg
    return replace(params, least_deg=least_deg, most_deg=most_deg)


class Tracker:
    """Follows one stream of samples and says what it sees.

    `push` accepts blocks of any size; any partition of a recording gives identical events.
    """

    def __init__(
        self, params: TrackerParams = TrackerParams(), make_counter: CounterMaker | None = None
    ) -> None:
        self._params = params
        self._make_counter = make_counter or self._counter
        self._next_set = 1
        self._stream: _Stream | None = None

    def push(self, block: SampleBlock) -> list[Event]:
        """Take the next samples and return what became known with them.

        Raises InvalidSamples if time goes backwards or the rate differs from the stream's.
        """
        if len(block) == 0:
            return []
        stream = self._stream or self._begin(block)
        stream.check(block)
        cuts = np.flatnonzero(np.diff(block.t_s) > self._params.gaps.limit_s(block.rate_hz)) + 1
        events: list[Event] = []
        for first, last in zip([0, *cuts], [*cuts, len(block)], strict=True):
            piece = SampleBlock(block.t_s[first:last], block.acc_ms2[first:last], block.rate_hz)
            stream, news = self._follow(stream, piece)
            events += news
        self._stream = stream
        return events

    def flush(self) -> list[Event]:
        """End the stream: close the open set and finish the last tremor windows.

        Samples pushed afterwards begin a new stream, whose sets are numbered on.
        """
        if self._stream is None:
            return []
        ended, self._stream = self._stream, None
        events = ended.flush()
        self._next_set = ended.next_set
        return events

    def _counter(self, start_s: float, first_set: int) -> Counter:
        if self._params.hold is not None:
            return HoldTimer(start_s, first_set, self._params.hold)
        return SetFinder(start_s, first_set, self._params.sets)

    def _begin(self, block: SampleBlock) -> "_Stream":
        return _Stream(block, self._params, self._make_counter, self._next_set)

    def _follow(self, stream: "_Stream", piece: SampleBlock) -> tuple["_Stream", list[Event]]:
        """Take samples that have no hole among them, but perhaps one before."""
        hole = stream.hole_before(piece)
        if hole is None:
            return stream, stream.push(piece)
        events: list[Event] = [GapEvent(hole.end_s, hole.start_s, hole.end_s)]
        if hole.end_s - hole.start_s <= self._params.grid.bridged_s:
            return stream, events + stream.cross(hole, piece)
        events += stream.break_off(hole)
        self._next_set = stream.next_set
        begun = self._begin(piece)
        begun.quality = stream.quality
        return begun, events + begun.push(piece)


class _Stream:
    """What follows a stream from its beginning to its end or to a hole too long to bridge."""

    def __init__(
        self, block: SampleBlock, params: TrackerParams, make: CounterMaker, first_set: int
    ) -> None:
        self._params = params
        self._rate_hz = block.rate_hz
        self._last_s = -np.inf
        self._grid = Grid(block.rate_hz, params.grid)
        self._counter = make(float(block.t_s[0]), first_set)
        self._tremor = TremorMeter(block.rate_hz, params.tremor)
        self._judge = SetJudge(float(block.t_s[0]), params.expected_tilt_deg)
        self.quality = QualityMonitor(block.rate_hz)

    @property
    def next_set(self) -> int:
        return self._counter.next_set

    def check(self, block: SampleBlock) -> None:
        if block.rate_hz != self._rate_hz:
            raise InvalidSamples(
                f"a stream has one rate: {self._rate_hz:g} Hz so far, now {block.rate_hz:g} Hz"
            )
        if block.t_s[0] <= self._last_s:
            raise InvalidSamples(
                f"time went back from {self._last_s:.6f} s to {block.t_s[0]:.6f} s"
            )

    def hole_before(self, piece: SampleBlock) -> Hole | None:
        start_s, end_s = self._last_s, float(piece.t_s[0])
        if end_s - start_s > self._params.gaps.limit_s(self._rate_hz) and np.isfinite(start_s):
            return Hole(start_s, end_s)
        return None

    def push(self, piece: SampleBlock) -> list[Event]:
        return self._follow(piece, self._grid.push(piece))

    def cross(self, hole: Hole, piece: SampleBlock) -> list[Event]:
        """Go on after a hole: shaking is measured anew, the count goes on."""
        ended = self._at([*self._tremor.flush(), *self._quality_of(hole)], hole.end_s)
        self._tremor = TremorMeter(self._rate_hz, self._params.tremor)
        crossed = self._follow(piece, self._grid.bridge(piece))
        # the straight line over the hole is walked when its far side is known
        return ended + [replace(e, at_s=max(e.at_s, hole.end_s)) for e in crossed]

    def break_off(self, hole: Hole) -> list[Event]:
        """End everything at a hole too long to bridge; the quality seen goes on."""
        ended = [*self._end_counting(), *self._tremor.flush(), *self._quality_of(hole)]
        return self._at(ended, hole.end_s)

    def flush(self) -> list[Event]:
        ended = [*self._end_counting(), *self._tremor.flush(), *self.quality.flush()]
        return self._at(ended, float(self._last_s))

    def _end_counting(self) -> list[Event]:
        return self._judged(self._counter.flush())

    def _judged(self, events: Sequence[Event]) -> list[Event]:
        """Events of the counter, before each finished set what is doubtful about it."""
        judged: list[Event] = []
        for event in events:
            if isinstance(event, SetEnded):
                judged += self.quality.once(self._judge.judge(event))
            judged.append(event)
        return judged

    def _quality_of(self, hole: Hole) -> list[QualityFlag]:
        return self.quality.hole(hole.end_s, hole.end_s - hole.start_s)

    @staticmethod
    def _at(events: Sequence[Event], at_s: float) -> list[Event]:
        """What an end brings is known at that end, not when its last sample was."""
        return [replace(event, at_s=at_s) for event in events]

    def _follow(self, piece: SampleBlock, grid_ms2: FloatArray) -> list[Event]:
        self._last_s = float(piece.t_s[-1])
        self._judge.push(grid_ms2)
        events: list[Event] = [
            *self._judged(self._counter.push(grid_ms2)),
            *self._tremor.push(piece),
            *self.quality.push(piece),
        ]
        return sorted(events, key=lambda event: event.at_s)
