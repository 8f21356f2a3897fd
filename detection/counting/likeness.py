"""How alike two neighbouring stretches of movement are.

A repetition is a cycle that looks like the one before it. For every cycle and every duration that
the cycle before may have had (up to 1.6 times shorter or longer), the likeness is the dot product
of the two shapes, less what differs in size, duration and posture. Where limbs alternate, left is
not like right but like the left before it: the likeness to the second cycle back helps out.
"""

from dataclasses import dataclass

import numpy as np

from detection.counting.cycles import POINTS, Cycles, Float32Array, IntArray
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
    noise_ms2: float = 0.049


class LikenessMeter:
    """Cycles in; out, for each, its likeness to the cycle before it, by that one's duration.

    Of every duration, only as many past cycles are kept as a later one can look back to.
    """

    def __init__(self, durations: IntArray, params: LikenessParams) -> None:
        self._params = params
        self._durations = durations
        neighbours = np.arange(len(durations))[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS + 1)
        exists = (neighbours >= 0) & (neighbours < len(durations))
        self.before: IntArray = np.clip(neighbours, 0, len(durations) - 1)
        log_ratio = np.log(durations[:, None] / durations[self.before])
        self._duration_cost = np.where(exists, params.duration_cost * log_ratio**2, np.inf)
        self._span = durations[:, None] + durations[self.before]
        self._hops = 0
        self._make_room()

    def _make_room(self) -> None:
        oldest = np.zeros(len(self._durations), np.int64)
        np.maximum.at(oldest, self.before, self._span)
        depth = oldest + MAX_HOPS_AT_ONCE
        self._depth = depth
        self._row0 = np.concatenate(([0], np.cumsum(depth)[:-1]))
        rows = int(depth.sum())
        self._shape: Float32Array = np.zeros((rows, 3 * POINTS), np.float32)
        self._log_size: FloatArray = np.zeros(rows)
        self._rms_ms2: FloatArray = np.zeros(rows)
        self._mean_ms2: FloatArray = np.zeros((rows, 3))

    def push(self, cycles: Cycles) -> FloatArray:
        """Return the likeness of the cycles of n more hops, shape (n, k, 11).

        n is at most MAX_HOPS_AT_ONCE. A cycle that begins before the stream has shape 0 and so
        is like nothing; a duration off the list has likeness -inf.
        """
        hops = self._hops + 1 + np.arange(len(cycles.rms_ms2))
        self._hops += len(hops)
        log_size = np.log(cycles.rms_ms2 + self._params.noise_ms2)
        self._remember(hops, cycles, log_size)
        first = self._rows(hops[:, None, None] - self._durations[None, :, None])
        second = self._rows(hops[:, None, None] - self._span[None])
        cost = self._params.size_cost * (log_size[:, :, None] - self._log_size[first]) ** 2
        cost += self._posture_cost(cycles, first)
        return np.asarray(self._alike(cycles.shape, first, second) - cost - self._duration_cost)

    def _remember(self, hops: IntArray, cycles: Cycles, log_size: FloatArray) -> None:
        rows = self._row0[None] + hops[:, None] % self._depth[None]
        self._shape[rows] = cycles.shape
        self._log_size[rows] = log_size
        self._rms_ms2[rows] = cycles.rms_ms2
        self._mean_ms2[rows] = cycles.mean_ms2

    def _rows(self, hops: IntArray) -> IntArray:
        return np.asarray(self._row0[self.before] + hops % self._depth[self.before])

    def _alike(self, shape: Float32Array, first: IntArray, second: IntArray) -> FloatArray:
        to_first = np.einsum("hki,hkji->hkj", shape, self._shape[first])
        to_second = np.einsum("hki,hkji->hkj", shape, self._shape[second])
        share = self._params.alternating_share
        both = share * to_first + (1 - share) * to_second - self._params.alternating_cost
        return np.asarray(np.maximum(to_first, both), dtype=np.float64)

    def _posture_cost(self, cycles: Cycles, rows: IntArray) -> FloatArray:
        moved = cycles.mean_ms2[:, :, None] - self._mean_ms2[rows]
        sizes = cycles.rms_ms2[:, :, None] * self._rms_ms2[rows] + self._params.noise_ms2**2
        units = np.minimum((moved * moved).sum(axis=-1) / sizes, self._params.posture_limit)
        return np.asarray(self._params.posture_cost * units)
