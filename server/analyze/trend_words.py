"""A trend over recordings as a table for people and as JSON."""

from datetime import date
from typing import TypedDict

from rich.box import SIMPLE_HEAD
from rich.table import Table

from detection.trend import Baseline, SessionLevel, TremorSession
from server.analyze.printed import ABOUT_SHAKING
from server.analyze.trending import RecordedTrend

__all__ = ["ABOUT_SHAKING", "TrendPayload", "sessions_table", "trend_payload"]


class SessionPayload(TypedDict):
    """One day. below_floor: the amplitude is an upper bound; unknown: null."""

    day: str
    level: str
    amp_rms_ms2: float | None
    files: list[str]


class EdgePayload(TypedDict):
    """The line at one end of a baseline, with its 95 % interval; m/s² RMS."""

    day: float
    amp_rms_ms2: float
    low_ms2: float
    high_ms2: float


class BaselinePayload(TypedDict):
    """Sessions that may be compared; no line joins two baselines."""

    started_because: str
    sessions: list[SessionPayload]
    edges: list[EdgePayload] | None
    change_pct: float | None
    low_pct: float | None
    high_pct: float | None
    detectable_pct: float | None
    kendall_p: float | None
    verdict: str
    sentence: str


class TrendPayload(TypedDict):
    """`steadyrep trend --json`."""

    verdict: str
    sentence: str
    baselines: list[BaselinePayload]


def trend_payload(found: RecordedTrend) -> TrendPayload:
    """A trend as JSON."""
    files = {one.session: one.files for one in found.sessions}
    return {
        "verdict": str(found.trend.verdict),
        "sentence": found.trend.sentence,
        "baselines": [_baseline(each, files) for each in found.trend.baselines],
    }


def _baseline(each: Baseline, files: dict[TremorSession, tuple[str, ...]]) -> BaselinePayload:
    line = each.line
    return {
        "started_because": each.started_because,
        "sessions": [_session(one, files[one]) for one in each.sessions],
        "edges": None
        if each.edges is None
        else [
            {
                "day": edge.day,
                "amp_rms_ms2": round(edge.amp_rms_ms2, 4),
                "low_ms2": round(edge.low_ms2, 4),
                "high_ms2": round(edge.high_ms2, 4),
            }
            for edge in each.edges
        ],
        "change_pct": _percent(line.change_log10 if line else None),
        "low_pct": _percent(line.change_low_log10 if line else None),
        "high_pct": _percent(line.change_high_log10 if line else None),
        "detectable_pct": _percent(-line.detectable_log10 if line else None),
        "kendall_p": round(line.kendall_p, 4) if line else None,
        "verdict": str(each.verdict),
        "sentence": each.sentence,
    }


def _session(one: TremorSession, files: tuple[str, ...]) -> SessionPayload:
    return {
        "day": _day(one),
        "level": str(one.level),
        "amp_rms_ms2": None if one.amp_rms_ms2 is None else round(one.amp_rms_ms2, 4),
        "files": list(files),
    }


def sessions_table(found: RecordedTrend) -> Table:
    """A row a session, and where a new baseline begins why."""
    table = Table("Day", "Shaking, m/s² RMS", "Files", box=SIMPLE_HEAD, pad_edge=False)
    files = {one.session: one.files for one in found.sessions}
    for baseline in found.trend.baselines:
        if baseline.started_because:
            table.add_row("", f"new baseline: {baseline.started_because}", "", style="dim")
        for one in baseline.sessions:
            table.add_row(_day(one), _amount(one), ", ".join(files[one]))
    return table


def _amount(one: TremorSession) -> str:
    if one.amp_rms_ms2 is None:
        return "can't tell"
    at_most = "at most " if one.level is SessionLevel.BELOW_FLOOR else ""
    return f"{at_most}{one.amp_rms_ms2:.2f}"


def _day(one: TremorSession) -> str:
    return date.fromordinal(int(one.day)).isoformat()


def _percent(change_log10: float | None) -> float | None:
    return None if change_log10 is None else round(100 * (10**change_log10 - 1), 1)
