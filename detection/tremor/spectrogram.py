"""What moves at which frequency, moment by moment: the picture beside the figures."""

from dataclasses import dataclass

import numpy as np

from detection.tremor.contrast import DB_PER_NEPER
from detection.tremor.params import TremorParams
from detection.tremor.stretches import STRETCH_S, stretches
from sensors.samples import FloatArray, SampleBlock

SHOWN_HZ = (3.0, 20.0)
"""The tremor band and what is next to it; beneath, the repetition outshines everything."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrogram:
    """Moments `(k,)`, stream seconds; frequencies `(m,)`; power `(k, m)`.

    level_db: over 1 (m/s²)²/Hz, summed over the axes; a second about each moment, knocks held to
    the size of what moves around them. No moment lies within half a second of a hole.
    """

    t_s: FloatArray
    freq_hz: FloatArray
    level_db: FloatArray


def spectrogram(block: SampleBlock, params: TremorParams | None = None) -> Spectrogram | None:
    """Return the spectrogram of a block; None below 49 Hz, or where it is shorter than a second."""
    params = params or TremorParams()
    if block.rate_hz < params.min_rate_hz or len(block) < STRETCH_S * block.rate_hz:
        return None
    of = stretches(block, params)
    if not len(of.middle_s):
        return None
    low_hz, high_hz = SHOWN_HZ
    shown = (of.freq_hz >= low_hz) & (of.freq_hz <= high_hz)
    level_db = DB_PER_NEPER * of.log_power[:, shown]
    return Spectrogram(of.middle_s, of.freq_hz[shown], np.asarray(level_db, np.float64))
