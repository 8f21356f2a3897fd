"""Every stretch of movement that could be a repetition, in one comparable shape.

At each hop of 0.08 s and for each of 38 durations, the stretch that ends there is averaged into 20
points of 3 axes, its mean taken away and its size divided out, so that two stretches of different
length compare by one dot product. Slow exercise is seen through gravity (the limb tilts and comes
back), fast exercise through its acceleration; both are in the same 60 numbers.
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


@dataclass(frozen=True, slots=True)
class CycleParams:
    """The repetitions that are looked for.

    shortest_s, longest_s: durations considered; recordings of physiotherapy and gym sets hold
        repetitions of 0.9 to 22 s.
    ratio: between neighbouring durations; people vary by more from one repetition to the next.
    noise_ms2: a movement of this RMS counts half; 5 mg is the noise of a good body-worn sensor
        with strap (tilts vanish at 12 mg, noise passes at 2 mg).
    soft_limit_ms2: larger accelerations are compressed, so that one impact is not the whole shape.
    """

    shortest_s: float = 0.64
    longest_s: float = 24.0
    ratio: float = 1.1
    noise_ms2: float = 0.049
    soft_limit_ms2: float = 19.6


class Cycles(NamedTuple):
    """Cycles ending at each of n hops, for each of k durations.

    shape: (n, k, 60) unit-size shapes, shrunk towards 0 where the movement drowns in noise.
    rms_ms2: (n, k) size of the movement. mean_ms2: (n, k, 3) its mean acceleration.
    Where the stream is younger than the duration everything is 0.
    """

    shape: Float32Array
    rms_ms2: FloatArray
    mean_ms2: FloatArray


def durations_in_hops(params: CycleParams) -> IntArray:
    """Durations in hops, about `ratio` apart, each a different whole number."""
    durations: list[int] = []
    wanted = params.shortest_s / HOP_S
    while wanted < params.longest_s / HOP_S:
        whole = round(wanted)
        if not durations or whole > durations[-1]:
            durations.append(whole)
        wanted = max(wanted * params.ratio, wanted + 1)
    return np.array(durations)


def soft_limited(acc_ms2: FloatArray, limit_ms2: float) -> FloatArray:
    """Compress the length of each vector smoothly to below `limit_ms2`; (n, 3) to (n, 3)."""
    length = np.sqrt((acc_ms2 * acc_ms2).sum(axis=1, keepdims=True)) + 1e-9
    return np.asarray(acc_ms2 * (limit_ms2 * np.tanh(length / limit_ms2) / length))


class CycleMaker:
    """Grid samples in, the cycles that end at each completed hop out.

    Sums since the stream's start make the mean over any stretch two look-ups.
    """

    def __init__(self, params: CycleParams) -> None:
        self.durations = durations_in_hops(params)
        self._params = params
        self._kept = int(self.durations[-1]) * HOP_SAMPLES + 2
        self._sums: FloatArray = np.zeros((1, 3))
        self._first = 0
        self._hops = 0
        lengths = self.durations * HOP_SAMPLES
        edges = np.arange(POINTS + 1)[None] * lengths[:, None] / POINTS
        self._edge = edges.astype(np.int64)
        self._share = (edges - self._edge)[None, :, :, None]
        self._lengths = lengths

    def push(self, grid_ms2: FloatArray) -> Cycles:
        """Return the cycles of the hops that these samples complete."""
        limited = soft_limited(grid_ms2, self._params.soft_limit_ms2)
        # one running sum, whatever the blocks: the last sum is the first summand
        summed = np.cumsum(np.concatenate((self._sums[-1:], limited)), axis=0)
        self._sums = np.concatenate((self._sums, summed[1:]))
        samples = self._first + len(self._sums) - 1
        hops = np.arange(self._hops + 1, (samples - 1) // HOP_SAMPLES + 1)
        cycles = self._cycles(hops)
        self._hops += len(hops)
        self._forget()
        return cycles

    def _cycles(self, hops: IntArray) -> Cycles:
        ends = hops * HOP_SAMPLES
        starts = ends[:, None] - self._lengths[None]
        is_whole = starts >= 0
        at = np.maximum(starts, 0)[:, :, None] + self._edge[None] - self._first
        at = np.clip(at, 0, len(self._sums) - 2)
        low = self._sums[at]
        sums = low + self._share * (self._sums[at + 1] - low)
        points = np.diff(sums, axis=2) * (POINTS / self._lengths)[None, :, None, None]
        mean = points.mean(axis=2)
        points -= mean[:, :, None]
        power = (points * points).sum(axis=(2, 3))
        noise = POINTS * self._params.noise_ms2**2
        shape = points / np.sqrt(power + noise)[:, :, None, None]
        shape[~is_whole] = 0.0
        rms = np.where(is_whole, np.sqrt(power / POINTS), 0.0)
        flat = shape.astype(np.float32).reshape(len(hops), len(self.durations), 3 * POINTS)
        return Cycles(flat, rms, mean)

    def _forget(self) -> None:
        if len(self._sums) > 2 * self._kept:
            self._first += len(self._sums) - self._kept
            self._sums = self._sums[-self._kept :].copy()
