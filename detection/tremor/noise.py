"""What the device itself adds: its noise, learnt from still moments, and the step of its numbers.

A sensor's own noise is white: as strong above the tremor band and beneath it as in it. What moves,
shaking included, is not; so a window whose three parts are alike holds nothing but noise, and the
least such window so far says how much. Where a device tells coarse steps, shaking smaller than
one step is rounded away or up to it.
"""

import math

import numpy as np

from detection.tremor.faults import COARSE_STEP_MS2
from detection.tremor.peak import BAND_HZ
from detection.tremor.spectrum import averaging
from sensors.samples import FloatArray

ALIKE = 0.45
"""Natural log: in white noise the tremor band differs from what is above it by 0.14 and from what
is beneath it by 0.22 (standard deviations). Repetitions and shaking lie 2 and more above in one
part."""
MOST_MS2 = 0.06
"""No still moment: twice what the noisiest accelerometers in use add in 3 Hz on three axes
(1 mg/√Hz). Handling things in a gym is as flat at times, and ten times as large."""
LOWEST_HZ = 2.0
"""Under it the band's filter lets nothing through."""
NOTHING = math.inf


class NoiseGauge:
    """Reads the device's noise off windows' spectra over `long_hz`.

    low_hz, high_hz: the tremor band; what lies beneath it, and above it up to the spectrum's end,
    is compared.
    """

    def __init__(self, long_hz: FloatArray, low_hz: float, high_hz: float) -> None:
        edges_hz = np.array([LOWEST_HZ, low_hz, high_hz, long_hz[-1]])
        self._parts = averaging(long_hz, edges_hz[:-1], edges_hz[1:])

    def noise_ms2(self, log_power: FloatArray) -> list[float]:
        """Of windows `(n, long)`, m/s² RMS over the width of a peak's band; inf where any moved."""
        levels: list[list[float]] = [(row @ self._parts).tolist() for row in log_power]
        return [_noise_ms2(*each) for each in levels]


def _noise_ms2(below: float, within: float, above: float) -> float:
    """Of the levels of three parts, natural log of (m/s²)²/Hz; inf where they are not noise's."""
    noise_ms2 = math.sqrt(2 * BAND_HZ * math.exp(within))
    is_flat = abs(within - above) < ALIKE and below - within < ALIKE
    return noise_ms2 if is_flat and noise_ms2 < MOST_MS2 else NOTHING


def resolution_ms2(step_ms2: float) -> float:
    """The least shaking, m/s² RMS, that numbers in steps of `step_ms2` can tell; 0 of fine ones."""
    return step_ms2 if COARSE_STEP_MS2 < step_ms2 < math.inf else 0.0


def smallest_step_ms2(acc_ms2: FloatArray) -> float:
    """The smallest change from sample to sample on any axis, `(n, 3)`; inf where none changes."""
    size = np.abs(np.diff(acc_ms2, axis=0))
    return float(np.min(size, where=size > 0, initial=np.inf))
