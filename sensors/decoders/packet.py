"""What every decoder returns: the samples of one notification and the device's word for when."""

import struct
from dataclasses import dataclass

import numpy as np

from sensors.samples import FloatArray

FLOAT64, AXES = np.dtype(np.float64), struct.Struct("=3d")


@dataclass(slots=True, eq=False)  # frozen would cost a fifth of what a sample costs
class Packet:
    """Samples that one notification carried, not yet placed on the stream's timeline.

    tick: the device's clock at the sample that the wire format dates (see its decoder).
    acc_ms2: (n, 3) m/s², gravity included, n >= 1.
    """

    tick: int
    acc_ms2: FloatArray

    def __len__(self) -> int:
        return len(self.acc_ms2)


def one_sample(counts: tuple[float, float, float], scale_ms2: float) -> Packet:
    """A packet of one sample without a time of its own: three axes, and what one count means.

    Plain numbers, for arithmetic with arrays of three costs more than the arithmetic.
    """
    x, y, z = counts
    return Packet(0, one_row(x * scale_ms2, y * scale_ms2, z * scale_ms2))


def one_row(x_ms2: float, y_ms2: float, z_ms2: float) -> FloatArray:
    """One sample as (1, 3), not writeable; the array lies on packed bytes, for that is faster."""
    return np.ndarray((1, 3), FLOAT64, AXES.pack(x_ms2, y_ms2, z_ms2))


def some_samples(counts: tuple[float, ...], scale_ms2: float) -> Packet:
    """A packet of a few samples without a time of their own: x, y, z of each one after the other.

    Plain numbers, as above; from about 20 samples on an array is faster.
    """
    return Packet(0, np.array([count * scale_ms2 for count in counts]).reshape(-1, 3))
