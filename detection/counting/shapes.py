"""A stretch of movement as a few numbers, so that stretches of different length compare.

The stretch is averaged into 20 points of its duration; of each axis the mean and the first eight
cosines (discrete cosine transform, type II) are kept. The mean is posture; the cosines are the
shape, whose squares add up to the movement's power. Eight cosines hold four swings within one
repetition; shaking and impacts lie beyond them.
"""

import numpy as np
import numpy.typing as npt

from sensors.samples import FloatArray

Float32Array = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

POINTS = 20
"""Points a stretch: enough for two bumps with flat holds between; 16 to 32 count alike."""
COSINES = 8
"""Numbers an axis: 6 to 10 count alike."""
NOISE_MS2 = 0.049
"""5 mg, the noise of a good body-worn sensor with its strap: at 12 mg small tilts vanish, at 2 mg
noise is taken for movement."""
SOFT_LIMIT_MS2 = 19.6
"""Larger accelerations are compressed, so that one impact is not the whole shape."""


def soft_limited(acc_ms2: FloatArray) -> FloatArray:
    """Compress the length of each vector smoothly to below SOFT_LIMIT_MS2; (n, 3) to (n, 3)."""
    length = np.sqrt(np.einsum("ij,ij->i", acc_ms2, acc_ms2)) + 1e-9
    scale = SOFT_LIMIT_MS2 * np.tanh(length / SOFT_LIMIT_MS2) / length
    return np.asarray(acc_ms2 * scale[:, None])


def shape_matrix(samples: int) -> FloatArray:
    """(samples, 1 + COSINES) that turns a stretch of so many samples into mean and cosines.

    The cosines of a stretch are scaled so that their squares add up to its mean square.
    """
    phase = np.pi * (np.arange(POINTS) + 0.5) / POINTS
    cosines = np.sqrt(2) * np.cos(phase[:, None] * np.arange(1, COSINES + 1))
    basis = np.column_stack((np.ones(POINTS), cosines)) / POINTS
    return np.asarray(_averaging(samples).T @ basis)


def _averaging(samples: int) -> FloatArray:
    """(POINTS, samples) that averages a stretch into points, cutting samples where needed."""
    edges = np.arange(POINTS + 1) * samples / POINTS
    low, high = edges[:-1, None], edges[1:, None]
    sample = np.arange(samples)
    shared = np.minimum(high, sample + 1) - np.maximum(low, sample)
    return np.asarray(np.maximum(shared, 0.0) * POINTS / samples)
