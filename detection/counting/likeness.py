"""How alike two neighbouring stretches of movement are.

A repetition is a cycle that looks like the one before it. For every cycle and every duration that
the cycle before may have had (up to 1.6 times shorter or longer), the likeness is the dot product
of the two shapes, less what differs in size, duration and posture. Where limbs alternate, left is
not like right but like the left before it: the likeness to the second cycle back helps out.
"""

from dataclasses import dataclass

import numpy as np

from detection.counting.cycles import (
    NOISE_MS2,
    POINTS,
    Cycles,
    Float32Array,
    IntArray,
    Lattice,
    Rows,
)
from sensors.samples import FloatArray

NEIGHBOURS = 5
"""Durations on each side that the cycle before may have: 1.1 ** 5 = 1.6 times."""
MAX_HOPS_AT_ONCE = 64
"""Hops compared in one step: bounds the memory of a large block."""


@dataclass(frozen=True, slots=True)
class LikenessParams:
    """What a difference costs, in units of likeness (1 = the same).

    size_cost: per squared log ratio of sizes: half the size costs 0.12.
    duration_cost: per squared log ratio of durations: 1.5 times costs 0.10.
    posture_cost, posture_limit: per squared distance of the means in units of both sizes.
    alternating_share, alternating_cost: weight of the second cycle back, and what it costs to
        need it.
    These four costs are flat: half or double the value changes few counts.
    """

    size_cost: float = 0.25
    duration_cost: float = 0.6
    posture_cost: float = 0.15
    posture_limit: float = 4.0
    alternating_share: float = 0.5
    alternating_cost: float = 0.05
    noise_ms2: float = NOISE_MS2


class LikenessMeter:
    """Cycles in; out, for each, its likeness to the cycle before it, by that one's duration.

    Of every duration, only as many past cycles are kept as a later one can look back to.
    """

    def __init__(self, lattice: Lattice, params: LikenessParams) -> None:
        self._params = params
        self._duration = lattice.duration
        neighbours = np.arange(len(lattice))[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS + 1)
        exists = (neighbours >= 0) & (neighbours < len(lattice))
        self.before: IntArray = np.clip(neighbours, 0, len(lattice) - 1)
        log_ratio = np.log(lattice.duration[:, None] / lattice.duration[self.before])
        self._duration_cost = np.where(exists, params.duration_cost * log_ratio**2, np.inf)
        self._span = lattice.duration[:, None] + lattice.duration[self.before]
        oldest = np.zeros(len(lattice), np.int64)
        np.maximum.at(oldest, self.before, self._span)
        self._rows = Rows(lattice, oldest + MAX_HOPS_AT_ONCE + lattice.step)
        self._shape: Float32Array = np.zeros((self._rows.count, 3 * POINTS), np.float32)
        self._known: FloatArray = np.zeros((self._rows.count, 5))

    def push(self, cycles: Cycles) -> FloatArray:
        """Return the likeness of n more cycles, shape (n, 11).

        They come from at most MAX_HOPS_AT_ONCE hops. A cycle that begins before the stream has
        shape 0 and so is like nothing; a duration off the list has likeness -inf.
        """
        hop, duration = cycles.places
        log_size = np.log(cycles.rms_ms2 + self._params.noise_ms2)
        row = self._rows.of(hop, duration)
        self._shape[row] = cycles.shape
        self._known[row] = np.column_stack((cycles.mean_ms2, cycles.rms_ms2, log_size))
        before = self.before[duration]
        first = self._rows.of(hop[:, None] - self._duration[duration][:, None], before)
        second = self._rows.of(hop[:, None] - self._span[duration], before)
        cost = self._cost(self._known[row], self._known[first]) + self._duration_cost[duration]
        return np.asarray(self._alike(cycles.shape, first, second) - cost)

    def _alike(self, shape: Float32Array, first: IntArray, second: IntArray) -> FloatArray:
        to_first = np.einsum("ni,nji->nj", shape, self._shape[first])
        to_second = np.einsum("ni,nji->nj", shape, self._shape[second])
        share = self._params.alternating_share
        both = share * to_first + (1 - share) * to_second - self._params.alternating_cost
        return np.asarray(np.maximum(to_first, both), dtype=np.float64)

    def _cost(self, one: FloatArray, other: FloatArray) -> FloatArray:
        """What differs in size and posture, (n, 11); columns are mean, rms and log size."""
        moved = one[:, None, :3] - other[:, :, :3]
        sizes = one[:, None, 3] * other[:, :, 3] + self._params.noise_ms2**2
        units = np.minimum(
            np.einsum("nji,nji->nj", moved, moved) / sizes, self._params.posture_limit
        )
        size = one[:, None, 4] - other[:, :, 4]
        return np.asarray(self._params.posture_cost * units + self._params.size_cost * size * size)
