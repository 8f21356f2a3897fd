"""The best explanation of the movement so far as chains of alike cycles with rest between.

Of all ways to cut the past into chains (a set: cycles end to end, each like the one before) and
rest, the one with the highest value is kept by dynamic programming, one step a hop:

    V(t, d) = max( I(t - d) - entry_cost,
                   max over d' of V(t - d, d') + (likeness(t, d, d') - worth_it) * d ** growth )
    I(t)    = max( I(t - 1), max over d of V(t, d) )

A duration is looked at only at every so many-th hop; V(t - d, d') is the last one at or before.

V is the best value with a cycle of duration d ending at t, I the best value by t at all. No
threshold decides on a single cycle; a poor one inside a good chain is carried by its neighbours.
The shortest duration is 8 hops, so the values of 8 hops never depend on each other and are
computed in one step.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from detection.counting.cycles import HOP_S, IntArray, Lattice, Places, Rows
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
    """Likeness in, the best chains out.

    reach: hops back to which a chain can be followed.
    """

    def __init__(self, lattice: Lattice, before: IntArray, params: ChainParams) -> None:
        self._lattice = lattice
        self._duration = lattice.duration
        self._before = before
        self._params = params
        self._gain = (lattice.duration * HOP_S) ** params.growth
        self._hops_at_once = int(lattice.duration[0])
        longest = int(lattice.duration[-1])
        self._rows = Rows(lattice, np.full(len(lattice), 2 * longest))
        self._value = np.full(self._rows.count, -np.inf)
        self._best = np.zeros(longest + self._hops_at_once + 1)
        self.reach = int(params.remembered_s / HOP_S)
        self._back_rows = Rows(lattice, np.full(len(lattice), self.reach + longest))
        self._back = np.full(self._back_rows.count, FIRST, np.int8)
        self._hop = 0

    def push(self, places: Places, likeness: FloatArray, last_hop: int) -> Iterator[Step]:
        """Take the likeness, (n, 11), at all places up to `last_hop`; a few hops make a step."""
        while self._hop < last_hop:
            end = min(self._hop + self._hops_at_once, last_hop)
            n = int(np.searchsorted(places.hop, end, side="right"))
            yield self._step(Places(places.hop[:n], places.duration[:n]), likeness[:n], end)
            places, likeness = Places(places.hop[n:], places.duration[n:]), likeness[n:]

    def _step(self, places: Places, likeness: FloatArray, end: int) -> Step:
        value, back = self._extend(places, likeness)
        self._value[self._rows.of(*places)] = value
        self._back[self._back_rows.of(*places)] = back
        hops = np.arange(self._hop + 1, end + 1)
        by_hop = np.full((len(hops), len(self._duration)), -np.inf)
        by_hop[places.hop - hops[0], places.duration] = value
        best = by_hop.max(axis=1)
        before = self._best[self._hop % len(self._best)]
        ever = np.maximum.accumulate(np.concatenate(([before], best)))
        self._best[hops % len(self._best)] = ever[1:]
        self._hop = end
        return Step(int(hops[0]), best > ever[:-1], by_hop.argmax(axis=1))

    def _extend(
        self, places: Places, likeness: FloatArray
    ) -> tuple[FloatArray, npt.NDArray[np.int8]]:
        hop, duration = places
        start = hop - self._duration[duration]
        before = self._before[duration]
        gain = (likeness - self._params.worth_it) * self._gain[duration][:, None]
        went_on = self._value[self._rows.of(start[:, None], before)] + gain
        choice = went_on.argmax(axis=1)
        rows = np.arange(len(choice))
        value = went_on[rows, choice]
        began = self._best[start % len(self._best)] - self._params.entry_cost
        began[start < 0] = -np.inf
        value[start < 0] = -np.inf
        is_first = began >= value
        back = np.where(is_first, FIRST, before[rows, choice])
        return np.where(is_first, began, value), back.astype(np.int8)

    def chain(self, hop: int, duration: int) -> list[Cycle]:
        """Follow the best chain that ends at `hop` with a cycle of that duration index, back."""
        cycles: list[Cycle] = []
        oldest = self._hop - self.reach
        while hop > oldest:
            start = hop - int(self._duration[duration])
            cycles.append(Cycle(start, hop, duration))
            duration_before = int(self._back[self._back_rows.row(hop, duration)])
            if duration_before == FIRST:
                break
            hop = start - start % int(self._lattice.step[duration_before])
            duration = duration_before
        return cycles[::-1]
