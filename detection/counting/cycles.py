"""Every stretch of movement that could be a repetition, in one comparable shape.

Time goes in hops of 0.08 s. For each of some forty durations, the stretch that ends now is
averaged into 20 points of 3 axes, its mean taken away and its size divided out, so that two
stretches of different length compare by one dot product. Long stretches are looked at less often
than short ones, each at an eighth to a sixteenth of its length. Slow exercise is seen through
gravity (the limb tilts and comes back), fast exercise through its acceleration; both are in the
same 60 numbers.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from detection.counting.resampling import GRID_RATE_HZ
from sensors.samples import FloatArray

HOP_SAMPLES = 2
HOP_S = HOP_SAMPLES / GRID_RATE_HZ
POINTS = 20
"""Points a cycle: enough for two bumps with flat holds between; 16 to 32 count alike."""

Float32Array = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


NOISE_MS2 = 0.049
"""5 mg, the noise of a good body-worn sensor with its strap: at 12 mg small tilts vanish, at 2 mg
noise is taken for movement."""
STEPS = 8
"""Steps of the shortest duration of an octave."""
OCTAVES = 6
"""Enough for the longest duration: 8 hops doubled five times are 20 s, and on to 38 s."""


@dataclass(frozen=True, slots=True)
class CycleParams:
    """The repetitions that are looked for.

    shortest_s, longest_s: durations considered; recordings of physiotherapy and gym sets hold
        repetitions of 0.9 to 22 s.
    noise_ms2: a movement of this RMS counts half.
    soft_limit_ms2: larger accelerations are compressed, so that one impact is not the whole shape.
    """

    shortest_s: float = 0.64
    longest_s: float = 24.0
    noise_ms2: float = NOISE_MS2
    soft_limit_ms2: float = 19.6


class Places(NamedTuple):
    """Moments and durations that are looked at: n pairs of hop and index of duration."""

    hop: IntArray
    duration: IntArray


class Lattice:
    """The durations considered, and at which hops each is looked at.

    Eight durations an octave, 8 to 15 steps long; a step is one hop for the shortest octave and
    doubles with each. So every duration is looked at as finely, in relation to its length.
    """

    def __init__(self, params: CycleParams) -> None:
        shortest, longest = params.shortest_s / HOP_S, params.longest_s / HOP_S
        pairs = [
            (steps << octave, 1 << octave)
            for octave in range(OCTAVES)
            for steps in range(STEPS, 2 * STEPS)
            if shortest <= steps << octave <= longest
        ]
        self.duration: IntArray = np.array([duration for duration, _ in pairs])
        self.step: IntArray = np.array([step for _, step in pairs])

    def __len__(self) -> int:
        return len(self.duration)

    def places(self, hops: IntArray) -> Places:
        """Return which durations are looked at at these hops."""
        at, duration = np.nonzero(hops[:, None] % self.step == 0)
        return Places(hops[at], duration)


class Rows:
    """Where what is known of a place is kept: a ring of rows for each duration."""

    def __init__(self, lattice: Lattice, kept_hops: IntArray) -> None:
        self._step = lattice.step
        self._depth = kept_hops // lattice.step + 1
        self._first = np.concatenate(([0], np.cumsum(self._depth)[:-1]))
        self.count = int(self._depth.sum())

    def of(self, hop: IntArray, duration: IntArray) -> IntArray:
        """Rows of the last place at or before each hop."""
        turn = hop // self._step[duration] % self._depth[duration]
        return np.asarray(self._first[duration] + turn)

    def row(self, hop: int, duration: int) -> int:
        """Row of one place."""
        turn = hop // int(self._step[duration]) % int(self._depth[duration])
        return int(self._first[duration]) + turn


class Cycles(NamedTuple):
    """Cycles at n places.

    shape: (n, 60) unit-size shapes, shrunk towards 0 where the movement drowns in noise.
    rms_ms2: (n,) size of the movement. mean_ms2: (n, 3) its mean acceleration.
    Where the stream is younger than the duration everything is 0.
    """

    places: Places
    shape: Float32Array
    rms_ms2: FloatArray
    mean_ms2: FloatArray


def soft_limited(acc_ms2: FloatArray, limit_ms2: float) -> FloatArray:
    """Compress the length of each vector smoothly to below `limit_ms2`; (n, 3) to (n, 3)."""
    length = np.sqrt((acc_ms2 * acc_ms2).sum(axis=1, keepdims=True)) + 1e-9
    return np.asarray(acc_ms2 * (limit_ms2 * np.tanh(length / limit_ms2) / length))


class CycleMaker:
    """Grid samples in, the cycles that end at each completed hop out.

    Sums since the stream's start make the mean over any stretch two look-ups.
    """

    def __init__(self, lattice: Lattice, params: CycleParams) -> None:
        self._lattice = lattice
        self._params = params
        self.hops = 0
        self._lengths = lattice.duration * HOP_SAMPLES
        self._kept = int(self._lengths[-1]) + 2
        self._sums: FloatArray = np.zeros((1, 3))
        self._first = 0
        edges = np.arange(POINTS + 1)[None] * self._lengths[:, None] / POINTS
        self._edge = edges.astype(np.int64)
        self._share = (edges - self._edge)[:, :, None]

    def push(self, grid_ms2: FloatArray) -> Cycles:
        """Return the cycles of the hops that these samples complete."""
        limited = soft_limited(grid_ms2, self._params.soft_limit_ms2)
        # one running sum, whatever the blocks: the last sum is the first summand
        summed = np.cumsum(np.concatenate((self._sums[-1:], limited)), axis=0)
        self._sums = np.concatenate((self._sums, summed[1:]))
        samples = self._first + len(self._sums) - 1
        hops = np.arange(self.hops + 1, (samples - 1) // HOP_SAMPLES + 1)
        cycles = self._cycles(self._lattice.places(hops))
        self.hops += len(hops)
        self._forget()
        return cycles

    def _cycles(self, places: Places) -> Cycles:
        lengths = self._lengths[places.duration]
        starts = places.hop * HOP_SAMPLES - lengths
        is_young = starts < 0
        at = (np.maximum(starts, 0) - self._first)[:, None] + self._edge[places.duration]
        at = np.minimum(np.maximum(at, 0), len(self._sums) - 2)
        low = self._sums[at]
        sums = low + self._share[places.duration] * (self._sums[at + 1] - low)
        points = (sums[:, 1:] - sums[:, :-1]) * (POINTS / lengths)[:, None, None]
        mean = (sums[:, -1] - sums[:, 0]) / lengths[:, None]
        points -= mean[:, None]
        flat = points.reshape(len(lengths), 3 * POINTS)
        power = np.einsum("ni,ni->n", flat, flat)
        noise = POINTS * self._params.noise_ms2**2
        shape = (flat / np.sqrt(power + noise)[:, None]).astype(np.float32)
        shape[is_young] = 0.0
        power[is_young] = 0.0
        return Cycles(places, shape, np.sqrt(power / POINTS), mean)

    def _forget(self) -> None:
        if len(self._sums) > 2 * self._kept:
            self._first += len(self._sums) - self._kept
            self._sums = self._sums[-self._kept :].copy()
