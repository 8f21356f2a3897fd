"""How alike two neighbouring stretches of movement are.

A repetition is a cycle that looks like the one before it. For every cycle and every duration that
the cycle before may have had (up to 1.6 times shorter or longer), the likeness is the dot product
of the two shapes, less what differs in size, duration and posture. Where limbs alternate, left is
not like right but like the left before it: the likeness to the second cycle back helps out.
"""

from dataclasses import dataclass

import numpy as np

from detection.counting.cycles import Cycles
from detection.counting.lattice import Lattice, Rows
from detection.counting.shapes import (
    COSINES,
    NOISE_MS2,
    Float32Array,
    IntArray,
)

QUANTA = np.float32(127)
"""Kept shapes are whole numbers of these: 0.002 of likeness for a quarter of the memory."""


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


class LikenessMeter:
    """Cycles in; out, for each, its likeness to the cycle before it, by that one's duration."""

    def __init__(self, lattice: Lattice, rows: Rows, params: LikenessParams) -> None:
        self._params = params
        cost = params.duration_cost * lattice.log_ratio**2
        self._duration_cost = np.where(lattice.may_follow, cost, np.inf).astype(np.float32)
        self._shape = rows.kept(np.zeros((rows.count, 3 * COSINES), np.int8))
        self._mean_ms2 = [rows.kept(np.zeros(rows.count, np.float32)) for _ in range(3)]
        self._rms_ms2 = rows.kept(np.zeros(rows.count, np.float32))
        self._log_size = rows.kept(np.zeros(rows.count, np.float32))

    def push(
        self, cycles: Cycles, own: IntArray, first: IntArray, second: IntArray
    ) -> Float32Array:
        """Return the likeness, (b, p, j), of the cycles of b tiles.

        own: (b, p) their rows; first, second: (b, p, j) those of the first and second before. A
        cycle that is not there, or whose duration may not come before, has likeness -inf.
        """
        log_size = np.log(cycles.rms_ms2 + np.float32(NOISE_MS2))
        self._shape[own] = np.rint(cycles.shape * QUANTA)
        self._rms_ms2[own], self._log_size[own] = cycles.rms_ms2, log_size
        for kept, mean_ms2 in zip(self._mean_ms2, cycles.mean_ms2, strict=True):
            kept[own] = mean_ms2
        there = np.flatnonzero(cycles.is_there)
        first, second = (each.reshape(-1, each.shape[2])[there] for each in (first, second))
        alike = self._alike(cycles.shape.reshape(-1, 3 * COSINES)[there], first, second)
        alike -= self._duration_cost[there % own.shape[1]]
        mean_ms2 = cycles.mean_ms2.reshape(3, -1)[:, there]
        alike -= self._posture_cost(mean_ms2, cycles.rms_ms2.ravel()[there], first)
        size = log_size.ravel()[there, None] - np.take(self._log_size, first)
        alike -= np.float32(self._params.size_cost) * size * size
        likeness = np.full((own.size, first.shape[1]), -np.inf, np.float32)
        likeness[there] = alike
        return likeness.reshape(*own.shape, -1)

    def _alike(self, shape: Float32Array, first: IntArray, second: IntArray) -> Float32Array:
        column = (shape / QUANTA)[..., None]
        to_first, to_second = (
            (np.take(self._shape, rows, axis=0).astype(np.float32) @ column)[..., 0]
            for rows in (first, second)
        )
        share = np.float32(self._params.alternating_share)
        both = share * to_first + (1 - share) * to_second
        both -= np.float32(self._params.alternating_cost)
        return np.asarray(np.maximum(to_first, both))

    def _posture_cost(
        self, mean_ms2: Float32Array, rms_ms2: Float32Array, first: IntArray
    ) -> Float32Array:
        squares = np.zeros(first.shape, np.float32)
        for kept, axis_ms2 in zip(self._mean_ms2, mean_ms2, strict=True):
            moved = axis_ms2[:, None] - np.take(kept, first)
            squares += moved * moved
        squares /= rms_ms2[:, None] * np.take(self._rms_ms2, first) + np.float32(NOISE_MS2**2)
        limit = np.float32(self._params.posture_limit)
        return np.asarray(np.float32(self._params.posture_cost) * np.minimum(squares, limit))
