"""A trend over recordings as a picture: as on the therapist's page."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, PercentFormatter

from detection.trend import Baseline, SessionLevel, TremorSession
from server.analyze.plots import ACCENT, EDGE, INK, INK_2, PAPER, SURFACE, UNKNOWN
from server.analyze.trending import RecordedTrend

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHAPES = {SessionLevel.MEASURED: "o", SessionLevel.BELOW_FLOOR: "v", SessionLevel.UNKNOWN: "o"}
LANE = 0.04
"""Height of the lane for sessions that nothing can be said of, as a share of the picture."""
LEAST_RATIO = 4.0
"""The axis spans at least a factor of four: ordinary scatter must not look like mountains."""
PADDING = 1.3
HALVINGS = (0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0)


def draw_trend(picture: Path, found: RecordedTrend) -> None:
    """Write a picture; the name's ending says in which format. Raises OSError."""
    with mpl.rc_context({"font.size": 11, "text.color": INK, "svg.hashsalt": "steadyrep"}):
        kind = picture.suffix.lower().removeprefix(".")
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        _figure(found).savefig(picture, format=kind, dpi=110, facecolor=PAPER, metadata=metadata)


def _figure(found: RecordedTrend) -> Figure:
    figure = Figure(figsize=(11.0, 5.0), layout="constrained")
    axes = figure.add_subplot(facecolor=SURFACE)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(EDGE)
    axes.set_title(found.trend.sentence, loc="left", fontsize=12, color=INK, wrap=True)
    axes.set_yscale("log")
    for number, baseline in enumerate(found.trend.baselines):
        is_current = number == len(found.trend.baselines) - 1
        _draw_baseline(axes, baseline, is_current=is_current, is_first=number == 0)
    low, high = _span([one for b in found.trend.baselines for one in b.sessions])
    axes.set_ylim(low, high)
    axes.set_ylabel("shaking, m/s² RMS", color=INK_2)
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_yticks([tick for tick in _ticks() if low <= tick <= high])
    _percent_axis(axes, found)
    axes.tick_params(colors=INK_2)
    days = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(days)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(days))  # type: ignore[no-untyped-call]
    return figure


def _draw_baseline(axes: "Axes", one: Baseline, *, is_current: bool, is_first: bool) -> None:
    colour = ACCENT if is_current else UNKNOWN
    if is_current and one.band_ms2 is not None:
        axes.axhspan(*one.band_ms2, color=ACCENT, alpha=0.08, lw=0)
    if not is_first:
        axes.axvline(_date(one.sessions[0].day), color=INK_2, lw=0.8, ls=(0, (2, 3)))
    if is_current and one.started_because:
        axes.text(_date(one.sessions[0].day), 0.98, f" {one.started_because}", va="top",
                  color=INK_2, fontsize=9, transform=axes.get_xaxis_transform())  # fmt: skip
    if one.edges is not None:
        days = [_date(edge.day) for edge in one.edges]
        axes.fill_between(days, [e.low_ms2 for e in one.edges], [e.high_ms2 for e in one.edges],
                          color=colour, alpha=0.15, lw=0)  # fmt: skip
        axes.plot(days, [edge.amp_rms_ms2 for edge in one.edges], color=colour, lw=2)
    for session in one.sessions:
        _draw_session(axes, session, colour)


def _draw_session(axes: "Axes", one: TremorSession, colour: str) -> None:
    shape, day = SHAPES[one.level], _date(one.day)
    if one.amp_rms_ms2 is None:
        axes.plot([day], [LANE], shape, color=UNKNOWN, markerfacecolor=SURFACE,
                  transform=axes.get_xaxis_transform())  # fmt: skip
    else:
        axes.plot([day], [one.amp_rms_ms2], shape, color=colour)


def _percent_axis(axes: "Axes", found: RecordedTrend) -> None:
    """Per cent of where the present line starts, on the right."""
    edges = found.trend.baselines[-1].edges if found.trend.baselines else None
    if edges is None:
        return
    start_ms2 = edges[0].amp_rms_ms2
    right = axes.twinx()
    right.set_yscale("log")
    low, high = axes.get_ylim()
    right.set_ylim(low / start_ms2, high / start_ms2)
    right.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    right.yaxis.set_minor_formatter(NullFormatter())
    right.set_yticks([tick for tick in HALVINGS if low <= tick * start_ms2 <= high])
    right.spines[["top", "left"]].set_visible(False)
    right.tick_params(which="minor", right=False)
    right.tick_params(colors=INK_2)


def _span(sessions: list[TremorSession]) -> tuple[float, float]:
    known = [one.amp_rms_ms2 for one in sessions if one.amp_rms_ms2 is not None] or [0.1]
    low, high = min(known) / PADDING, max(known) * PADDING
    wider = max(1.0, LEAST_RATIO / (high / low)) ** 0.5
    return low / wider, high * wider


def _ticks() -> list[float]:
    return [step * 10**power for power in (-2, -1, 0, 1) for step in (1.0, 2.0, 5.0)]


def _date(day: float) -> float:
    """An ordinal day as matplotlib counts days."""
    return float(date2num(date.fromordinal(int(day))))  # type: ignore[no-untyped-call]
