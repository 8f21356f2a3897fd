"""The verdict on a whole set's shaking, from its windows."""

from collections.abc import Sequence

from detection.events import TremorStatus, TremorWindow
from detection.summary import TremorSummary, summarise_tremor
from server.store.sets import SetTremor

MIN_TREMOR_WINDOWS = 2
"""One window alone is not believed; the detector asks for two in a row as well."""
MOSTLY = 0.5
"""More than half of the windows undecided: nothing can be said of the set."""


def set_tremor(windows: Sequence[TremorWindow]) -> SetTremor:
    """Sum up a set's windows: one verdict, the shares of each, medians where there was tremor."""
    summary = summarise_tremor(list(windows))
    status = _status(windows, summary)
    return SetTremor(
        status=status,
        reason=_reason(status, windows),
        amp_rms_ms2=summary.amp_rms_ms2,
        freq_hz=summary.freq_hz,
        tremor_fraction=summary.tremor_fraction,
        none_fraction=summary.none_fraction,
        unknown_fraction=summary.unknown_fraction,
    )


def _status(windows: Sequence[TremorWindow], summary: TremorSummary) -> TremorStatus:
    kinds = [window.status for window in windows]
    if kinds and all(kind is TremorStatus.REFUSED for kind in kinds):
        return TremorStatus.REFUSED
    if kinds.count(TremorStatus.TREMOR) >= MIN_TREMOR_WINDOWS:
        return TremorStatus.TREMOR
    if summary.unknown_fraction is None or summary.unknown_fraction > MOSTLY:
        return TremorStatus.UNKNOWN
    return TremorStatus.BELOW_FLOOR if TremorStatus.BELOW_FLOOR in kinds else TremorStatus.NONE


def _reason(status: TremorStatus, windows: Sequence[TremorWindow]) -> str:
    if not windows:
        return "the set is too short"
    reasons = [window.reason for window in windows if window.status is status and window.reason]
    return max(reasons, key=reasons.count) if reasons else ""
