"""What is said of a window: the peak's score and size, its neighbours, and what spoils it."""

from collections.abc import Sequence
from typing import NamedTuple

from detection.events import TremorStatus
from detection.tremor.contrast import DB_PER_NEPER
from detection.tremor.params import TremorParams
from detection.tremor.peak import Peak
from detection.tremor.rhythm import Rhythm

BELOW_COUNTED = "below the smallest size that counts"
BELOW_DEVICE = "below the device's resolution"


class Finding(NamedTuple):
    """What is known of one window before it is judged.

    floor_ms2: the device's noise as known by then. resolution_ms2: the least its steps can tell.
    removed: share of the energy that the limiter took. fault: what is wrong with its samples,
    empty if nothing is.
    """

    peak: Peak
    rhythm: Rhythm
    floor_ms2: float
    resolution_ms2: float
    removed: float
    fault: str


class Verdict(NamedTuple):
    """The status of a window and why; the reason is empty where none is needed."""

    status: TremorStatus
    reason: str


def verdict(findings: Sequence[Finding], place: int, params: TremorParams) -> Verdict:
    """Judge the window at `place` by it and up to two windows on each side."""
    finding = findings[place]
    if finding.fault:
        return Verdict(TremorStatus.UNKNOWN, finding.fault)
    if _shakes(findings, place, params):
        return _lasting(findings, place, params)
    if finding.peak.score > params.score_unsure and not _is_large(finding, params):
        return _small(finding, params)
    if _is_unsure(findings, place, params):
        return Verdict(TremorStatus.UNKNOWN, "weak")
    return _absent(finding, params)


def _small(finding: Finding, params: TremorParams) -> Verdict:
    if finding.removed > params.max_removed:
        return Verdict(TremorStatus.UNKNOWN, "impacts")
    if finding.peak.amp_ms2 < params.least_amp_ms2:
        return Verdict(TremorStatus.NONE, "")
    return Verdict(TremorStatus.BELOW_FLOOR, _too_small(finding, params))


def _absent(finding: Finding, params: TremorParams) -> Verdict:
    if finding.removed > params.max_removed:
        return Verdict(TremorStatus.UNKNOWN, "impacts")
    return Verdict(TremorStatus.NONE, "")


def _lasting(findings: Sequence[Finding], place: int, params: TremorParams) -> Verdict:
    """An oscillation is tremor if it lasts, and if movement does not explain it."""
    peak = findings[place].peak
    if not any(_shakes(findings, other, params) for other in _beside(findings, place)):
        return Verdict(TremorStatus.UNKNOWN, "single")
    if findings[place].removed > params.max_removed_of_tremor:
        return Verdict(TremorStatus.UNKNOWN, "impacts")
    if _is_buried(findings[place], params):
        return Verdict(TremorStatus.UNKNOWN, "buried in movement")
    if peak.is_at_edge:
        return Verdict(TremorStatus.UNKNOWN, "band edge")
    if _is_rhythmic_movement(findings[place], params):
        return Verdict(TremorStatus.UNKNOWN, "rhythmic movement")
    return Verdict(TremorStatus.TREMOR, "")


def _is_large(finding: Finding, params: TremorParams) -> bool:
    return finding.peak.amp_ms2 >= max(params.min_amp_ms2, _device_least_ms2(finding, params))


def _device_least_ms2(finding: Finding, params: TremorParams) -> float:
    return max(finding.resolution_ms2, params.times_floor * finding.floor_ms2)


def _too_small(finding: Finding, params: TremorParams) -> str:
    is_of_device = _device_least_ms2(finding, params) > params.min_amp_ms2
    return BELOW_DEVICE if is_of_device else BELOW_COUNTED


def _shakes(findings: Sequence[Finding], place: int, params: TremorParams) -> bool:
    """Oscillates surely, or weakly beside one that surely does at the same pitch."""
    peak = findings[place].peak
    if not _is_large(findings[place], params) or peak.score <= params.score_beside:
        return False
    if peak.score > params.score_peak:
        return True
    return any(
        findings[other].peak.score > params.score_peak
        and abs(findings[other].peak.freq_hz - peak.freq_hz) < params.same_peak_hz
        for other in _beside(findings, place)
    )


def _beside(findings: Sequence[Finding], place: int) -> list[int]:
    return [other for other in (place - 1, place + 1) if 0 <= other < len(findings)]


def _is_unsure(findings: Sequence[Finding], place: int, params: TremorParams) -> bool:
    peak = findings[place].peak
    if peak.score > params.score_unsure or peak.score <= params.score_beside:
        return peak.score > params.score_unsure
    near_one = any(finding.peak.score > params.score_peak for finding in findings)
    return near_one and _is_large(findings[place], params)


def _is_buried(finding: Finding, params: TremorParams) -> bool:
    is_line = finding.peak.line_contrast_db >= params.line_contrast_db
    return _rhythm_over_peak_db(finding) > params.max_over_movement_db and not is_line


def _is_rhythmic_movement(finding: Finding, params: TremorParams) -> bool:
    if _rhythm_over_peak_db(finding) < 0:
        return False
    if finding.rhythm.contrast_db >= params.rhythm_contrast_db:
        return True
    is_rhythmic = finding.rhythm.contrast_db >= params.harmonic_contrast_db
    return is_rhythmic and _is_harmonic(finding, params)


def _rhythm_over_peak_db(finding: Finding) -> float:
    return DB_PER_NEPER * (finding.rhythm.level - finding.peak.level)


def _is_harmonic(finding: Finding, params: TremorParams) -> bool:
    freq_hz, rhythm_hz = finding.peak.freq_hz, finding.rhythm.freq_hz
    multiple = round(freq_hz / rhythm_hz)
    off = abs(freq_hz - multiple * rhythm_hz)
    return 2 <= multiple <= 5 and off <= params.harmonic_tolerance * multiple
