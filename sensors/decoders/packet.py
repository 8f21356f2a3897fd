"""What every decoder returns: the samples of one notification and the device's word for when."""

from dataclasses import dataclass

import numpy as np

from sensors.samples import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
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
    return Packet(0, np.array(((x * scale_ms2, y * scale_ms2, z * scale_ms2),)))


def some_samples(counts: tuple[float, ...], scale_ms2: float) -> Packet:
    """A packet of a few samples without a time of their own: x, y, z of each one after the other.

    Plain numbers, as above; from about 20 samples on an array is faster.
    """
    return Packet(0, np.array([count * scale_ms2 for count in counts]).reshape(-1, 3))
