"""The best explanation of the movement so far as chains of alike cycles with rest between.

Of all ways to cut the past into chains (a set: cycles end to end, each like the one before) and
rest, the one with the highest value is kept by dynamic programming, one step a hop:

    V(t, d) = max( I(t - d) - entry_cost,
                   max over d' of V(t - d, d') + (likeness(t, d, d') - worth_it) * d ** growth )
    I(t)    = max( I(t - 1), max over d of V(t, d) )

V is the best value with a cycle of duration d ending at t, I the best value by t at all. No
threshold decides on a single cycle; a poor one inside a good chain is carried by its neighbours.
The shortest duration is 8 hops, so the values of 8 hops never depend on each other and are
computed in one step.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from detection.counting.cycles import HOP_S, IntArray
from sensors.samples import FloatArray

FIRST = -1
"""In place of the duration before: this cycle is its chain's first."""


@dataclass(frozen=True, slots=True)
class ChainParams:
    """When a chain is worth more than rest.

    worth_it: likeness above which another cycle adds value. Sharp: at 0.4 rest turns into
        repetitions twice as often, at 0.6 lunges are lost.
    entry_cost: what a chain must earn before it counts at all.
    growth: longer cycles earn more, else one long repetition loses against its own wobbles.
    remembered_s: how far back a chain can be followed; the longest set.
    """

    worth_it: float = 0.5
    entry_cost: float = 1.2
    growth: float = 0.3
    remembered_s: float = 420.0


class Cycle(NamedTuple):
    """One cycle of a chain, in hops: `[start, end)` and the index of its duration."""

    start: int
    end: int
    duration: int


class Step(NamedTuple):
    """What n more hops brought: the last hop's chain improved on everything before, or not.

    first_hop: the hop of the first row. is_better: (n,). duration: (n,) index of the best
    chain's last duration where is_better.
    """

    first_hop: int
    is_better: npt.NDArray[np.bool_]
    duration: IntArray


class ChainFinder:
    """Likeness in, the best chains out."""

    def __init__(self, durations: IntArray, before: IntArray, params: ChainParams) -> None:
        self._durations = durations
        self._before = before
        self._params = params
        self._gain = ((durations * HOP_S) ** params.growth)[None, :, None]
        self.hops_at_once = int(durations[0])
        self._depth = int(durations[-1]) + self.hops_at_once + 1
        self._value = np.full((self._depth, len(durations)), -np.inf)
        self._best = np.zeros(self._depth)
        self._traced = int(params.remembered_s / HOP_S)
        self._back = np.full((self._traced, len(durations)), FIRST, np.int8)
        self._hop = 0

    def push(self, likeness: FloatArray) -> Step:
        """Take the likeness of at most `hops_at_once` hops, shape (n, k, 11)."""
        hops = self._hop + 1 + np.arange(len(likeness))
        gain = (likeness - self._params.worth_it) * self._gain
        earlier = hops[:, None] - self._durations[None]
        value, back = self._extend(earlier, gain)
        best = value.max(axis=1)
        ever = np.maximum.accumulate(np.concatenate(([self._best[self._hop % self._depth]], best)))
        self._value[hops % self._depth] = value
        self._best[hops % self._depth] = ever[1:]
        self._back[hops % self._traced] = back
        step = Step(self._hop + 1, best > ever[:-1], value.argmax(axis=1))
        self._hop += len(hops)
        return step

    def _extend(
        self, earlier: IntArray, gain: FloatArray
    ) -> tuple[FloatArray, npt.NDArray[np.int8]]:
        rows = earlier % self._depth
        went_on = self._value[rows[:, :, None], self._before[None]] + gain
        choice = went_on.argmax(axis=2)
        value = np.take_along_axis(went_on, choice[:, :, None], axis=2)[:, :, 0]
        back = self._before[np.arange(len(self._durations))[None], choice]
        began = self._best[rows] - self._params.entry_cost
        began[earlier < 0] = -np.inf
        value[earlier < 0] = -np.inf
        is_first = began >= value
        back[is_first] = FIRST
        return np.where(is_first, began, value), back.astype(np.int8)

    def chain(self, hop: int, duration: int) -> list[Cycle]:
        """Follow the best chain that ends at `hop` with a cycle of that duration index, back."""
        cycles: list[Cycle] = []
        oldest = self._hop - self._traced
        while hop > oldest:
            start = hop - int(self._durations[duration])
            cycles.append(Cycle(start, hop, duration))
            duration_before = int(self._back[hop % self._traced, duration])
            if duration_before == FIRST:
                break
            hop, duration = start, duration_before
        return cycles[::-1]
