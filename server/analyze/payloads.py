"""What the core found, as JSON: the contract of docs/json-contract.md.

Times are seconds of the recording, to the millisecond; nothing is NaN, what is not known is null.
"""

from typing import NotRequired, TypedDict

from detection import ALGORITHM_VERSION
from detection.events import GapEvent, Rep, Tempo, TremorWindow
from detection.reference import Comparison, RepComparison
from detection.summary import HoldSummary, SetSummary, TremorSummary
from detection.tremor.phases import SetShaking
from server.analyze.analysis import Analysis, heard_at_s

TIME_DIGITS = 3
AMPLITUDE_DIGITS = 4
FREQUENCY_DIGITS = 2
ANGLE_DIGITS = 1
CONTRAST_DIGITS = 1
SHARE_DIGITS = 3


class TempoPayload(TypedDict):
    """Seconds of a repetition's phases."""

    concentric_s: float
    hold_s: float
    eccentric_s: float


class MovementPayload(TypedDict):
    """One way out and back, whole or partial."""

    start_s: float
    turn_s: float
    end_s: float
    tempo: TempoPayload
    tilt_deg: float
    confidence: float


class RepPayload(MovementPayload):
    """One repetition; `emitted_s` is when a live listener had it."""

    emitted_s: float


class TremorPayload(TypedDict):
    """Shaking during a set; fractions of its windows, medians over those with tremor."""

    windows: int
    tremor_fraction: float | None
    none_fraction: float | None
    unknown_fraction: float | None
    below_floor_fraction: float | None
    amp_rms_ms2: float | None
    amp_low_ms2: float | None
    amp_high_ms2: float | None
    displacement_mm: float | None
    freq_hz: float | None
    freq_spread_hz: float | None
    bandwidth_hz: float | None
    band_rms_ms2: float | None
    contrast_db: float | None
    confidence: float | None
    noise_floor_ms2: float | None


class PhasePayload(TypedDict):
    """Shaking in one phase over all repetitions of a set."""

    phase: str
    status: str
    reason: str
    amp_rms_ms2: float | None
    freq_hz: float | None


class CoursePayload(TypedDict):
    """Shaking over the repetitions of a set, in the phases that shake."""

    amp_rms_ms2: list[float | None]
    slope_log10: float
    low_log10: float
    high_log10: float


class ByPhasePayload(TypedDict):
    """A set's shaking by phase."""

    phases: list[PhasePayload]
    course: CoursePayload | None


class RepComparisonPayload(TypedDict):
    """One repetition beside the reference."""

    likeness: float
    duration_ratio: float
    hold_s: float
    range_ratio: float | None


class ComparisonPayload(RepComparisonPayload):
    """A set beside the reference: medians, and of each repetition."""

    reps: list[RepComparisonPayload]


class SetPayload(TypedDict):
    """One set. reference: only where there is one to compare with."""

    start_s: float
    end_s: float
    count: int
    confidence: float
    reps: list[RepPayload]
    partial_reps: list[MovementPayload]
    tremor: TremorPayload
    tremor_by_phase: NotRequired[ByPhasePayload | None]
    reference: NotRequired[ComparisonPayload | None]


class HoldPayload(TypedDict):
    """One hold; `emitted_s` is when a live listener knew that it was over."""

    start_s: float
    end_s: float
    held_s: float
    emitted_s: float
    tilt_deg: float | None
    drift_deg: float | None
    sway_deg: float
    confidence: float
    tremor: TremorPayload


class WindowPayload(TypedDict):
    """One window of shaking."""

    start_s: float
    end_s: float
    status: str
    amp_rms_ms2: float | None
    freq_hz: float | None
    reason: str
    confidence: float | None
    amp_low_ms2: float | None
    amp_high_ms2: float | None
    displacement_mm: float | None
    bandwidth_hz: float | None
    band_rms_ms2: float | None
    contrast_db: float | None
    noise_floor_ms2: float | None


class GapPayload(TypedDict):
    """A stretch without samples."""

    start_s: float
    end_s: float


class AnalysisPayload(TypedDict):
    """One analysed file."""

    file: str
    algorithm: str
    rate_hz: float
    duration_s: float
    flags: list[str]
    gaps: list[GapPayload]
    sets: list[SetPayload]
    holds: list[HoldPayload]


class AnalysisWithWindowsPayload(AnalysisPayload):
    """One analysed file, with every window of shaking."""

    tremor_windows: list[WindowPayload]


class FailurePayload(TypedDict):
    """A file that could not be analysed."""

    file: str
    error: str


def analysis_payload(file: str, analysis: Analysis) -> AnalysisPayload:
    """One line of `steadyrep analyze --json`."""
    recording = analysis.recording
    return {
        "file": file,
        "algorithm": ALGORITHM_VERSION,
        "rate_hz": round(recording.rate_hz, FREQUENCY_DIGITS),
        "duration_s": _time(recording.duration_s),
        "flags": list(analysis.flags),
        "gaps": [gap_payload(gap) for gap in analysis.gaps],
        "sets": _set_payloads(analysis),
        "holds": [
            hold_payload(each, heard_at_s(recording, each.hold.at_s)) for each in analysis.holds
        ],
    }


def _set_payloads(analysis: Analysis) -> list[SetPayload]:
    sets = [
        set_payload(each, [heard_at_s(analysis.recording, rep.counted_at_s) for rep in each.reps])
        for each in analysis.sets
    ]
    for payload, shaking in zip(sets, analysis.by_phase, strict=True):
        payload["tremor_by_phase"] = None if shaking is None else by_phase_payload(shaking)
    for payload, compared in zip(sets, analysis.comparisons, strict=False):
        payload["reference"] = None if compared is None else comparison_payload(compared)
    return sets


def with_windows(payload: AnalysisPayload, analysis: Analysis) -> AnalysisWithWindowsPayload:
    """The same with `tremor_windows`, as `--windows` asks for."""
    return {**payload, "tremor_windows": [window_payload(each) for each in analysis.windows]}


def set_payload(summary: SetSummary, emitted_s: list[float]) -> SetPayload:
    """A set; emitted_s: for each repetition, when a live listener had it."""
    return {
        "start_s": _time(summary.start_s),
        "end_s": _time(summary.end_s),
        "count": len(summary.reps),
        "confidence": round(summary.confidence, SHARE_DIGITS),
        "reps": [rep_payload(rep, at_s) for rep, at_s in zip(summary.reps, emitted_s, strict=True)],
        "partial_reps": [movement_payload(rep) for rep in summary.partial_reps],
        "tremor": tremor_payload(summary.tremor),
    }


def by_phase_payload(shaking: SetShaking) -> ByPhasePayload:
    """A set's shaking by phase."""
    course = shaking.course
    return {
        "phases": [
            {
                "phase": str(each.phase),
                "status": str(each.status),
                "reason": each.reason,
                "amp_rms_ms2": _rounded(each.amp_rms_ms2, AMPLITUDE_DIGITS),
                "freq_hz": _rounded(each.freq_hz, FREQUENCY_DIGITS),
            }
            for each in shaking.phases
        ],
        "course": None
        if course is None
        else {
            "amp_rms_ms2": [_rounded(amp, AMPLITUDE_DIGITS) for amp in course.amp_rms_ms2],
            "slope_log10": round(course.slope_log10, AMPLITUDE_DIGITS),
            "low_log10": round(course.low_log10, AMPLITUDE_DIGITS),
            "high_log10": round(course.high_log10, AMPLITUDE_DIGITS),
        },
    }


def comparison_payload(compared: Comparison) -> ComparisonPayload:
    """A set beside the reference."""
    return {**_beside(compared), "reps": [_beside(rep) for rep in compared.reps]}


def _beside(one: Comparison | RepComparison) -> RepComparisonPayload:
    return {
        "likeness": round(max(one.likeness, 0.0), SHARE_DIGITS),
        "duration_ratio": round(one.duration_ratio, SHARE_DIGITS),
        "hold_s": _time(one.hold_s),
        "range_ratio": _rounded(one.range_ratio, SHARE_DIGITS),
    }


def hold_payload(summary: HoldSummary, emitted_s: float) -> HoldPayload:
    """A hold; emitted_s: when a live listener knew that it was over."""
    hold = summary.hold
    return {
        "start_s": _time(hold.start_s),
        "end_s": _time(hold.end_s),
        "held_s": _time(hold.held_s),
        "emitted_s": _time(emitted_s),
        "tilt_deg": _rounded(hold.tilt_deg, ANGLE_DIGITS),
        "drift_deg": _rounded(hold.drift_deg, ANGLE_DIGITS),
        "sway_deg": round(hold.sway_deg, ANGLE_DIGITS),
        "confidence": round(hold.confidence, SHARE_DIGITS),
        "tremor": tremor_payload(summary.tremor),
    }


def rep_payload(rep: Rep, emitted_s: float) -> RepPayload:
    """A repetition."""
    return {**movement_payload(rep), "emitted_s": _time(emitted_s)}


def movement_payload(rep: Rep) -> MovementPayload:
    """A way out and back; of a partial one nobody was told."""
    return {
        "start_s": _time(rep.start_s),
        "turn_s": _time(rep.turn_s),
        "end_s": _time(rep.end_s),
        "tempo": tempo_payload(rep.tempo),
        "tilt_deg": round(rep.tilt_deg, ANGLE_DIGITS),
        "confidence": round(rep.confidence, SHARE_DIGITS),
    }


def tempo_payload(tempo: Tempo) -> TempoPayload:
    """Seconds of the three phases."""
    return {
        "concentric_s": _time(tempo.concentric_s),
        "hold_s": _time(tempo.hold_s),
        "eccentric_s": _time(tempo.eccentric_s),
    }


def tremor_payload(summary: TremorSummary) -> TremorPayload:
    """Shaking during a set."""
    return {
        "windows": summary.windows,
        "tremor_fraction": _rounded(summary.tremor_fraction, SHARE_DIGITS),
        "none_fraction": _rounded(summary.none_fraction, SHARE_DIGITS),
        "unknown_fraction": _rounded(summary.unknown_fraction, SHARE_DIGITS),
        "below_floor_fraction": _rounded(summary.below_floor_fraction, SHARE_DIGITS),
        "amp_rms_ms2": _rounded(summary.amp_rms_ms2, AMPLITUDE_DIGITS),
        "amp_low_ms2": _rounded(summary.amp_low_ms2, AMPLITUDE_DIGITS),
        "amp_high_ms2": _rounded(summary.amp_high_ms2, AMPLITUDE_DIGITS),
        "displacement_mm": _rounded(summary.displacement_mm, AMPLITUDE_DIGITS),
        "freq_hz": _rounded(summary.freq_hz, FREQUENCY_DIGITS),
        "freq_spread_hz": _rounded(summary.freq_spread_hz, FREQUENCY_DIGITS),
        "bandwidth_hz": _rounded(summary.bandwidth_hz, FREQUENCY_DIGITS),
        "band_rms_ms2": _rounded(summary.band_rms_ms2, AMPLITUDE_DIGITS),
        "contrast_db": _rounded(summary.contrast_db, CONTRAST_DIGITS),
        "confidence": _rounded(summary.confidence, SHARE_DIGITS),
        "noise_floor_ms2": _rounded(summary.noise_floor_ms2, AMPLITUDE_DIGITS),
    }


def window_payload(window: TremorWindow) -> WindowPayload:
    """A window of shaking."""
    return {
        "start_s": _time(window.start_s),
        "end_s": _time(window.end_s),
        "status": str(window.status),
        "amp_rms_ms2": _rounded(window.amp_rms_ms2, AMPLITUDE_DIGITS),
        "freq_hz": _rounded(window.freq_hz, FREQUENCY_DIGITS),
        "reason": window.reason,
        "confidence": _rounded(window.confidence, SHARE_DIGITS),
        "amp_low_ms2": _rounded(window.amp_low_ms2, AMPLITUDE_DIGITS),
        "amp_high_ms2": _rounded(window.amp_high_ms2, AMPLITUDE_DIGITS),
        "displacement_mm": _rounded(window.displacement_mm, AMPLITUDE_DIGITS),
        "bandwidth_hz": _rounded(window.bandwidth_hz, FREQUENCY_DIGITS),
        "band_rms_ms2": _rounded(window.band_rms_ms2, AMPLITUDE_DIGITS),
        "contrast_db": _rounded(window.contrast_db, CONTRAST_DIGITS),
        "noise_floor_ms2": _rounded(window.noise_floor_ms2, AMPLITUDE_DIGITS),
    }


def gap_payload(gap: GapEvent) -> GapPayload:
    """A stretch without samples."""
    return {"start_s": _time(gap.start_s), "end_s": _time(gap.end_s)}


def _time(seconds: float) -> float:
    return round(seconds, TIME_DIGITS)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
