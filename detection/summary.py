"""A set in the numbers that are kept: its repetitions, its tempo or its hold, its shaking."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detection.events import (
    Event,
    HoldEnded,
    Rep,
    SetEnded,
    Tempo,
    TremorReading,
    TremorStatus,
    TremorWindow,
)

MIN_TREMOR_WINDOWS = 2
"""One window alone is not believed; the detector asks for two in a row as well."""
WINDOWS_SHARING = 4
"""Windows of four seconds that begin in the time of one."""
MEDIAN_ERROR = 1.2533
"""Standard error of a median over that of a mean, of normal values: the root of pi/2."""
TWO_SIDED_95 = 1.96
MOSTLY = 0.5
"""More than half of the windows undecided: nothing can be said of the set."""


@dataclass(frozen=True, slots=True)
class TremorSummary:
    """Shaking during a set: final windows whose middle lies in it.

    tremor_fraction + none_fraction + unknown_fraction = 1 (windows below the floor are none,
    refused ones unknown); all None without windows.
    From amp_rms_ms2 on: medians over the windows with tremor, None without any. amp_low_ms2,
    amp_high_ms2: 95 % interval of amp_rms_ms2. freq_spread_hz: standard deviation of freq_hz among
    these windows; None of a single one. noise_floor_ms2: the device's noise as learnt by the end.
    """

    windows: int
    tremor_fraction: float | None
    none_fraction: float | None
    unknown_fraction: float | None
    below_floor_fraction: float | None
    amp_rms_ms2: float | None
    freq_hz: float | None
    amp_low_ms2: float | None = None
    amp_high_ms2: float | None = None
    displacement_mm: float | None = None
    freq_spread_hz: float | None = None
    bandwidth_hz: float | None = None
    band_rms_ms2: float | None = None
    contrast_db: float | None = None
    confidence: float | None = None
    noise_floor_ms2: float | None = None


@dataclass(frozen=True, slots=True)
class SetSummary:
    """One finished set. tempo: medians of the phases; None without repetitions."""

    set_number: int
    start_s: float
    end_s: float
    reps: tuple[Rep, ...]
    confidence: float
    tempo: Tempo | None
    tilt_deg: float | None
    tremor: TremorSummary
    partial_reps: tuple[Rep, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldSummary:
    """One finished hold and the shaking in it."""

    hold: HoldEnded
    tremor: TremorSummary


def summarise(events: Iterable[Event]) -> list[SetSummary]:
    """Return the finished sets among events, with the shaking that was measured in each."""
    kept = list(events)
    windows = [e.window for e in kept if isinstance(e, TremorReading) and e.is_final]
    return [summarise_set(e, windows) for e in kept if isinstance(e, SetEnded)]


def summarise_holds(events: Iterable[Event]) -> list[HoldSummary]:
    """Return the finished holds among events, with the shaking that was measured in each."""
    kept = list(events)
    windows = [e.window for e in kept if isinstance(e, TremorReading) and e.is_final]
    return [
        HoldSummary(e, summarise_tremor(windows_of(e.start_s, e.end_s, windows)))
        for e in kept
        if isinstance(e, HoldEnded)
    ]


def summarise_set(ended: SetEnded, windows: Iterable[TremorWindow]) -> SetSummary:
    """Put a set and the windows of shaking around it together."""
    during = windows_of(ended.start_s, ended.end_s, windows)
    tilt = [rep.tilt_deg for rep in ended.reps]
    return SetSummary(
        set_number=ended.set_number,
        start_s=ended.start_s,
        end_s=ended.end_s,
        reps=ended.reps,
        confidence=ended.confidence,
        tempo=median_tempo(ended.reps),
        tilt_deg=float(np.median(tilt)) if tilt else None,
        tremor=summarise_tremor(during),
        partial_reps=ended.partial_reps,
    )


def windows_of(start_s: float, end_s: float, windows: Iterable[TremorWindow]) -> list[TremorWindow]:
    """Windows of a set: those whose middle lies in `[start_s, end_s)`."""
    return [w for w in windows if start_s <= (w.start_s + w.end_s) / 2 < end_s]


def set_status(windows: Sequence[TremorWindow]) -> TremorStatus:
    """One verdict on a set's shaking, from its windows."""
    kinds = [window.status for window in windows]
    if kinds and all(kind is TremorStatus.REFUSED for kind in kinds):
        return TremorStatus.REFUSED
    if kinds.count(TremorStatus.TREMOR) >= MIN_TREMOR_WINDOWS:
        return TremorStatus.TREMOR
    unknown = kinds.count(TremorStatus.UNKNOWN) + kinds.count(TremorStatus.REFUSED)
    if not kinds or unknown > MOSTLY * len(kinds):
        return TremorStatus.UNKNOWN
    return TremorStatus.BELOW_FLOOR if TremorStatus.BELOW_FLOOR in kinds else TremorStatus.NONE


def summarise_tremor(windows: list[TremorWindow]) -> TremorSummary:
    """Return fractions and medians over windows."""
    n = len(windows)
    if n == 0:
        return TremorSummary(0, None, None, None, None, None, None)
    having = Counter(window.status for window in windows)
    shaking = [w for w in windows if w.status is TremorStatus.TREMOR]
    none = having[TremorStatus.NONE] + having[TremorStatus.BELOW_FLOOR]
    unknown = having[TremorStatus.UNKNOWN] + having[TremorStatus.REFUSED]
    low_ms2, high_ms2 = _interval_ms2(shaking)
    return TremorSummary(
        windows=n,
        tremor_fraction=having[TremorStatus.TREMOR] / n,
        none_fraction=none / n,
        unknown_fraction=unknown / n,
        below_floor_fraction=having[TremorStatus.BELOW_FLOOR] / n,
        amp_rms_ms2=_median([w.amp_rms_ms2 for w in shaking]),
        freq_hz=_median([w.freq_hz for w in shaking]),
        amp_low_ms2=low_ms2,
        amp_high_ms2=high_ms2,
        displacement_mm=_median([w.displacement_mm for w in shaking]),
        freq_spread_hz=_spread([w.freq_hz for w in shaking]),
        bandwidth_hz=_median([w.bandwidth_hz for w in shaking]),
        band_rms_ms2=_median([w.band_rms_ms2 for w in shaking]),
        contrast_db=_median([w.contrast_db for w in shaking]),
        confidence=_median([w.confidence for w in shaking]),
        noise_floor_ms2=windows[-1].noise_floor_ms2,
    )


def _interval_ms2(shaking: list[TremorWindow]) -> tuple[float | None, float | None]:
    """The 95 % interval of the median amplitude of windows with tremor.

    What makes one window uncertain, the movement under it, is the same all along a set: many
    windows do not shrink it. What differs between windows they do; a quarter of them are
    independent, as each shares three of its four seconds with the next. In logarithms, because
    shaking halves and doubles; without a median window's own interval there is none.
    """
    sizes = [
        (w.amp_low_ms2, w.amp_rms_ms2, w.amp_high_ms2)
        for w in shaking
        if w.amp_low_ms2 is not None and w.amp_rms_ms2 and w.amp_high_ms2
    ]
    if not sizes:
        return None, None
    low, amp, high = np.array(sizes).T
    independent = max(1.0, len(amp) / WINDOWS_SHARING)
    between = TWO_SIDED_95 * MEDIAN_ERROR * float(np.log(amp).std()) / math.sqrt(independent)
    typical = float(np.median(amp))
    up = math.hypot(between, math.log(float(np.median(high / amp))))
    least = float(np.median(low / amp))
    down = math.hypot(between, -math.log(least)) if least > 0 else math.inf
    return typical * math.exp(-down), typical * math.exp(up)


def median_tempo(reps: Sequence[Rep]) -> Tempo | None:
    """Medians of the phases; None without repetitions."""
    if not reps:
        return None
    return Tempo(
        concentric_s=float(np.median([rep.tempo.concentric_s for rep in reps])),
        hold_s=float(np.median([rep.tempo.hold_s for rep in reps])),
        eccentric_s=float(np.median([rep.tempo.eccentric_s for rep in reps])),
    )


def _spread(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.std(known, ddof=1)) if len(known) > 1 else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None
