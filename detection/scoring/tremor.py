"""Detected against known: how good the measurement of shaking is."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from detection.events import TremorStatus, TremorWindow

DECIDED = (TremorStatus.TREMOR, TremorStatus.NONE, TremorStatus.BELOW_FLOOR)
"""Statuses that say whether it shakes; the others say that it cannot be told."""


@dataclass(frozen=True, slots=True)
class WindowTally:
    """Windows that say tremor, that say anything, and all."""

    tremor: int = 0
    decided: int = 0
    windows: int = 0

    def __add__(self, other: "WindowTally") -> "WindowTally":
        return WindowTally(
            self.tremor + other.tremor, self.decided + other.decided, self.windows + other.windows
        )

    @property
    def flagged(self) -> float | None:
        """Share of the decided windows that say tremor; None where nothing was decided."""
        return self.tremor / self.decided if self.decided else None

    @property
    def flagged_of_all(self) -> float | None:
        """Share of all windows that say tremor; None without windows."""
        return self.tremor / self.windows if self.windows else None

    @property
    def decided_share(self) -> float | None:
        """Share of all windows that say anything; None without windows."""
        return self.decided / self.windows if self.windows else None


@dataclass(frozen=True, slots=True)
class Measured:
    """Errors of windows that say tremor: frequency in Hz, amplitude as a share of the truth.

    holding: of those that tell an interval, whether it holds the true amplitude.
    """

    freq_errors_hz: tuple[float, ...] = ()
    amp_errors: tuple[float, ...] = ()
    holding: tuple[bool, ...] = ()

    def __add__(self, other: "Measured") -> "Measured":
        return Measured(
            self.freq_errors_hz + other.freq_errors_hz,
            self.amp_errors + other.amp_errors,
            self.holding + other.holding,
        )


@dataclass(frozen=True, slots=True)
class MeasuredFigures:
    """freq_error_hz: median size of the error; amp_*: median and quartiles of the signed error.

    held: share of the intervals that hold the true amplitude; None where none was told.
    """

    freq_error_hz: float
    amp_error: float
    amp_error_low: float
    amp_error_high: float
    held: float | None


def tally(windows: Iterable[TremorWindow]) -> WindowTally:
    """Count windows by what they say."""
    statuses = [window.status for window in windows]
    return WindowTally(
        tremor=sum(status is TremorStatus.TREMOR for status in statuses),
        decided=sum(status in DECIDED for status in statuses),
        windows=len(statuses),
    )


def inside(windows: Iterable[TremorWindow], begin_s: float, end_s: float) -> list[TremorWindow]:
    """Return the windows that lie wholly in a stretch."""
    return [each for each in windows if each.start_s >= begin_s and each.end_s <= end_s]


def centred_in(windows: Iterable[TremorWindow], begin_s: float, end_s: float) -> list[TremorWindow]:
    """Return the windows whose middle lies in `[begin_s, end_s)`."""
    return [each for each in windows if begin_s <= (each.start_s + each.end_s) / 2 < end_s]


def measured(windows: Iterable[TremorWindow], amp_rms_ms2: float, freq_hz: float) -> Measured:
    """Compare the windows that say tremor with a tremor of known size and pitch."""
    hits = [each for each in windows if each.status is TremorStatus.TREMOR]
    return Measured(
        tuple(abs(each.freq_hz - freq_hz) for each in hits if each.freq_hz is not None),
        tuple(each.amp_rms_ms2 / amp_rms_ms2 - 1 for each in hits if each.amp_rms_ms2 is not None),
        tuple(
            each.amp_low_ms2 <= amp_rms_ms2 <= each.amp_high_ms2
            for each in hits
            if each.amp_low_ms2 is not None and each.amp_high_ms2 is not None
        ),
    )


def measured_figures(errors: Measured) -> MeasuredFigures | None:
    """Return the figures; None where no window said tremor."""
    if not errors.amp_errors:
        return None
    low, middle, high = np.percentile(errors.amp_errors, (25, 50, 75))
    held = float(np.mean(errors.holding)) if errors.holding else None
    return MeasuredFigures(
        float(np.median(errors.freq_errors_hz)), float(middle), float(low), float(high), held
    )
