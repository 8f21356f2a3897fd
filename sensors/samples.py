"""The one type that everything shares: samples that arrived together.

A block is validated once, where it is made; whoever receives one trusts it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sensors.errors import InvalidSamples

FloatArray = npt.NDArray[np.float64]

STANDARD_GRAVITY_MS2 = 9.80665
"""Standard acceleration of free fall (CGPM 1901); decoders turn g into m/s² with it, once."""

MAX_ACC_MS2 = 4000.0
"""Above the range of any body-worn accelerometer (±400 g): such a value is not a measurement."""


@dataclass(frozen=True, slots=True, eq=False)
class SampleBlock:
    """Acceleration samples that arrived together.

    t_s: (n,) seconds on the device's timeline, strictly increasing, finite.
    acc_ms2: (n, 3) m/s², gravity included.
    rate_hz: the nominal sampling rate of the stream that the block belongs to.
    The arrays are copied to float64 where needed and are not writeable.
    Raises InvalidSamples if any of this does not hold.
    """

    t_s: FloatArray
    acc_ms2: FloatArray
    rate_hz: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "t_s", _read_only(self.t_s))
        object.__setattr__(self, "acc_ms2", _read_only(self.acc_ms2))
        object.__setattr__(self, "rate_hz", float(self.rate_hz))
        _check_shapes(self.t_s, self.acc_ms2)
        _check_values(self.t_s, self.acc_ms2, self.rate_hz)

    def __len__(self) -> int:
        return len(self.t_s)


def _read_only(values: npt.ArrayLike) -> FloatArray:
    # Converting a signalling NaN warns; the check that follows refuses it with words.
    with np.errstate(invalid="ignore"):
        array = np.ascontiguousarray(values, dtype=np.float64)
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def _check_shapes(t_s: FloatArray, acc_ms2: FloatArray) -> None:
    if t_s.ndim != 1:
        raise InvalidSamples(f"t_s must have shape (n,), got {t_s.shape}")
    if acc_ms2.shape != (len(t_s), 3):
        raise InvalidSamples(f"acc_ms2 must have shape ({len(t_s)}, 3), got {acc_ms2.shape}")


def _check_values(t_s: FloatArray, acc_ms2: FloatArray, rate_hz: float) -> None:
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise InvalidSamples(f"rate_hz must be a positive number, got {rate_hz}")
    if not np.isfinite(t_s).all():
        raise InvalidSamples("t_s must be finite, got NaN or infinity")
    if not np.isfinite(acc_ms2).all():
        raise InvalidSamples("acc_ms2 must be finite, got NaN or infinity")
    if len(t_s) and np.abs(acc_ms2).max() > MAX_ACC_MS2:
        raise InvalidSamples(
            f"acc_ms2 holds {np.abs(acc_ms2).max():g}, which no body-worn sensor can measure"
        )
    if (np.diff(t_s) <= 0).any():
        where = int(np.argmax(np.diff(t_s) <= 0))
        raise InvalidSamples(
            f"t_s must increase, got {t_s[where + 1]:.6f} s after {t_s[where]:.6f} s"
        )
