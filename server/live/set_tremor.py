"""The verdict on a whole set's shaking, from its windows."""

from collections.abc import Sequence
from dataclasses import asdict

from detection.events import TremorStatus, TremorWindow
from detection.summary import set_status, summarise_tremor
from server.store.shaking import SetTremor


def set_tremor(windows: Sequence[TremorWindow]) -> SetTremor:
    """Sum up a set's windows: one verdict, the shares of each, medians where there was tremor."""
    summary = summarise_tremor(list(windows))
    status = set_status(windows)
    return SetTremor(status=status, reason=_reason(status, windows), **asdict(summary))


def _reason(status: TremorStatus, windows: Sequence[TremorWindow]) -> str:
    if not windows:
        return "the set is too short"
    reasons = [window.reason for window in windows if window.status is status and window.reason]
    return max(reasons, key=reasons.count) if reasons else ""
