"""The best explanation of the movement so far as chains of alike cycles with rest between.

Of all ways to cut the past into chains (a set: cycles end to end, each like the one before) and
rest, the one with the highest value is kept by dynamic programming:

    V(t, d) = max( I(t - d) - entry_cost,
                   max over d' of V(t - d, d') + (likeness(t, d, d') - worth_it) * d ** growth )
    I(t)    = max( I(t - 1), max over d of V(t, d) )

V is the best value with a cycle of duration d ending at t, I the best value by t at all; d' was
looked at last at or before t - d. No threshold decides on a single cycle; a poor one inside a good
chain is carried by its neighbours. A tile is as long as the shortest cycle, so its values never
depend on each other and are computed in one step.
"""

import statistics
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detection.counting.lattice import HOP_S, STEPS, TILE_HOPS, TILE_S, Lattice, Rows
from detection.counting.shapes import BoolArray, Float32Array, IntArray

FIRST = -1
"""In place of the duration before: this cycle is its chain's first."""


@dataclass(frozen=True, slots=True)
class ChainParams:
    """When a chain is worth more than rest.

    worth_it: likeness above which another cycle adds value. Sharp: at 0.4 rest turns into
        repetitions twice as often, at 0.6 lunges are lost.
    entry_cost: what a chain must earn before it counts at all.
    growth: longer cycles earn more, else one long repetition loses against its own wobbles.
    promising: a chain that lacks no more than this to be worth more than rest may be followed, but
        is no set yet. More brings the first three sooner, and more that is taken back.
    remembered_s: how far back a chain can be followed; the longest set.
    """

    worth_it: float = 0.5
    entry_cost: float = 1.2
    growth: float = 0.3
    promising: float = 0.3
    remembered_s: float = 420.0


class Cycle(NamedTuple):
    """One cycle of a chain, in hops of the stream: `[start, end)`."""

    start: int
    end: int


def typical_hops(chain: list[Cycle]) -> float:
    """Median duration of a chain's cycles."""
    return float(statistics.median(cycle.end - cycle.start for cycle in chain))


class Best(NamedTuple):
    """The best chain that ends now: whether it explains the past better than any did before."""

    chain: list[Cycle]
    is_better: bool


class ChainFinder:
    """Likeness in, the best chains out, a tile at a time."""

    def __init__(self, lattice: Lattice, rows: Rows, params: ChainParams) -> None:
        self._lattice = lattice
        self._params = params
        gain = (lattice.duration * HOP_S) ** params.growth
        self._gain = gain.astype(np.float32)[:, None]
        self._worth_it = np.float32(params.worth_it)
        self._value = rows.kept(np.full(rows.count, -np.inf))
        self._best = np.full(lattice.longest + 1, -params.entry_cost)
        self._entry = np.maximum(lattice.longest + lattice.hop - lattice.duration, 0)
        self._place = np.arange(len(lattice))
        points = np.searchsorted(lattice.point_hop, np.arange(1, TILE_HOPS + 2))
        self._hop_begins = points * len(STEPS)
        self._tiles_kept = int(params.remembered_s / TILE_S)
        self._back = np.full((self._tiles_kept, len(lattice)), FIRST, np.int8)
        self._tile = 0

    @property
    def hop(self) -> int:
        """Hops of the stream looked at so far."""
        return self._tile * TILE_HOPS

    @property
    def reach(self) -> int:
        """Hops back to which a chain can be followed."""
        return self._tiles_kept * TILE_HOPS

    def gains(self, likeness: Float32Array) -> Float32Array:
        """Return what each cycle adds to the chain before it, from its likeness, (b, p, j)."""
        return np.asarray((likeness - self._worth_it) * self._gain)

    def step(
        self, gain: Float32Array, own: IntArray, first: IntArray, is_there: BoolArray
    ) -> Best | None:
        """Take one tile; return the chain that is the best explanation, if it is or promises one.

        gain: (p, j); own: (p,) rows; first: (p, j) rows of the cycles before; is_there: (p,).
        """
        went_on = np.take(self._value, first)
        went_on += gain
        choice = went_on.argmax(axis=1)
        value = went_on[self._place, choice]
        began = np.take(self._best, self._entry)
        is_first = began >= value
        np.maximum(value, began, out=value)
        value[~is_there] = -np.inf
        self._value[own] = value
        choice[is_first] = FIRST
        self._back[self._tile % self._tiles_kept] = choice
        self._tile += 1
        return self._improved(value)

    def _improved(self, value: np.ndarray) -> Best | None:
        """Put the tile's values beside the best so far; the best chain if one of them is better."""
        by_hop = np.maximum.reduceat(value, self._hop_begins[:-1])
        by_hop -= self._params.entry_cost
        ever = np.maximum.accumulate(np.concatenate((self._best[-1:], by_hop)))
        self._best = np.concatenate((self._best[TILE_HOPS:], ever[1:]))
        better = by_hop > ever[:-1]
        is_better = bool(better.any())
        hop = int(np.flatnonzero(better)[-1]) if is_better else int(by_hop.argmax())
        if by_hop[hop] < ever[0] - self._params.promising:
            return None
        begin, end = self._hop_begins[hop : hop + 2]
        place = int(begin + value[begin:end].argmax())
        return Best(self._chain(self._tile - 1, place), is_better)

    def _chain(self, tile: int, place: int) -> list[Cycle]:
        """Follow the best chain that ends with this place back to its first cycle."""
        lattice, oldest = self._lattice, max(0, self._tile - self._tiles_kept)
        cycles: list[Cycle] = []
        while tile >= oldest:
            end = tile * TILE_HOPS + int(lattice.hop[place])
            start = end - int(lattice.duration[place])
            cycles.append(Cycle(start, end))
            before = int(self._back[tile % self._tiles_kept, place])
            if before == FIRST or start <= 0:
                break
            octave = int(lattice.before_octave[place, before])
            step = int(lattice.before_step[place, before])
            tile, place = lattice.place_at(start, octave, step)
        return cycles[::-1]
