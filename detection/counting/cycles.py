"""Every stretch of movement that could be a repetition, in one comparable shape.

At every place of the lattice, the stretch that ends now becomes its mean and its shape
(`shapes`), the shape's size divided out. Slow exercise is seen through gravity (the limb tilts and
comes back), fast exercise through its acceleration; both are in the same numbers.
"""

from typing import NamedTuple

import numpy as np

from detection.counting.lattice import (
    HOP_SAMPLES,
    OCTAVES,
    STEPS,
    TILE_HOPS,
    TILE_SAMPLES,
    Lattice,
)
from detection.counting.shapes import (
    COSINES,
    NOISE_MS2,
    BoolArray,
    Float32Array,
    shape_matrix,
    soft_limited,
)
from sensors.samples import FloatArray

TERMS = 1 + COSINES
LEAST_POWER = np.float32(NOISE_MS2**2 / 3)
"""Mean square from which something moved: below it noise shrinks a shape to less than half, and
nothing is like it by more than half."""


class Cycles(NamedTuple):
    """The cycles at the places of b tiles.

    shape: (b, p, 24) of unit size, shrunk towards 0 where the movement drowns in noise.
    rms_ms2: (b, p) size of the movement. mean_ms2: (3, b, p) its mean acceleration.
    is_there: (b, p) False where the stream is younger than the cycle, the duration is not
    considered, or nothing moved; there, shape is 0.
    """

    shape: Float32Array
    rms_ms2: Float32Array
    mean_ms2: Float32Array
    is_there: BoolArray


class CycleMaker:
    """Grid samples in, the cycles of completed tiles out.

    Sums since the stream's start make the mean over any stretch two look-ups. Each octave sees
    the signal in pieces of its own length, of which a cycle takes 16 to 28.
    """

    def __init__(self, lattice: Lattice) -> None:
        self._lattice = lattice
        pieces = HOP_SAMPLES * int(STEPS.max())
        length = 1 << lattice.point_octave
        back = np.arange(pieces, -1, -1) * length[:, None]
        self._edges = lattice.point_hop[:, None] * HOP_SAMPLES - back
        self._per_piece = (1 / length).astype(np.float32)[:, None]
        self._matrix = _all_durations(pieces)
        self._kept = pieces << (OCTAVES - 1)
        self._sums: FloatArray = np.zeros((3, 1))
        self._first = 0
        self._tile = 0

    def push(self, tiles_ms2: FloatArray) -> Cycles:
        """Return the cycles of the tiles that these samples, (16 b, 3), are."""
        limited = soft_limited(tiles_ms2)
        # one running sum, whatever the blocks: the last sum is the first summand
        summed = np.cumsum(np.concatenate((self._sums[:, -1:], limited.T), axis=1), axis=1)
        self._sums = np.concatenate((self._sums, summed[:, 1:]), axis=1)
        cycles = self._cycles(len(tiles_ms2) // TILE_SAMPLES)
        self._forget()
        return cycles

    def _cycles(self, tiles: int) -> Cycles:
        lattice = self._lattice
        tile = self._tile + np.arange(tiles)
        self._tile += tiles
        at = self._edges + (tile * TILE_SAMPLES - self._first)[:, None, None]
        sums = np.take(self._sums, np.maximum(at, 0), axis=1)
        pieces = np.diff(sums, axis=3).astype(np.float32) * self._per_piece
        # a product of one shape for each tile, so that its digits do not depend on the blocks
        by_axis = pieces.transpose(1, 0, 2, 3).reshape(tiles, -1, pieces.shape[3])
        terms = (by_axis @ self._matrix).reshape(tiles, 3, len(lattice), TERMS)
        shape = np.concatenate((terms[:, 0, :, 1:], terms[:, 1, :, 1:], terms[:, 2, :, 1:]), axis=2)
        begin = (tile * TILE_HOPS)[:, None] + lattice.hop - lattice.duration
        power = np.einsum("bpi,bpi->bp", shape, shape)
        is_there = (begin >= 0) & lattice.is_considered & (power > LEAST_POWER)
        shape *= (is_there / np.sqrt(power + LEAST_POWER * 3))[:, :, None]
        mean = np.ascontiguousarray(terms[..., 0].transpose(1, 0, 2))
        return Cycles(shape, np.sqrt(power), mean, is_there)

    def _forget(self) -> None:
        samples = self._sums.shape[1]
        if samples > 2 * self._kept:
            self._first += samples - self._kept
            self._sums = self._sums[:, -self._kept :].copy()


def _all_durations(pieces: int) -> Float32Array:
    """(pieces, 6 * 9) that turns the last pieces of an octave into its durations' terms."""
    matrix = np.zeros((pieces, len(STEPS), TERMS), np.float32)
    for index, steps in enumerate(STEPS):
        matrix[-HOP_SAMPLES * steps :, index] = shape_matrix(HOP_SAMPLES * int(steps))
    return matrix.reshape(pieces, -1)
