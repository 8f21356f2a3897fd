"""An analysis as a picture: the movement with its repetitions, its shaking, its frequencies.

Colours and marks follow the pages: one accent for data, ink for text, shape beside colour, no red.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from scipy.signal import butter, sosfiltfilt

from detection.events import Rep, TremorStatus, TremorWindow
from detection.reference import Comparison
from detection.tremor.spectrogram import SHOWN_HZ, spectrogram
from detection.tremor.stretches import STEP_S
from sensors.samples import FloatArray, SampleBlock
from server.analyze.analysis import Analysis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER, SURFACE, INK, INK_2, INK_3 = "#f5f3ee", "#ffffff", "#1b2528", "#465155", "#5a6468"
ACCENT, WATCH, UNKNOWN, EDGE = "#0b5f70", "#7a4f00", "#566064", "#7d786f"
AXIS_STYLES = (("x", ACCENT, "-"), ("y", INK, "--"), ("z", WATCH, "-."))
PHASE_SHADES = (0.16, 0.34, 0.08)
"""Accent behind lift, hold and lower: the hold, where the limb is high, is the darkest."""
LOW_PASS_HZ = 3.0
"""What the counting looks at; faster movement would hide the repetitions."""
MOST_POINTS = 20_000
"""More points of a line than pixels on any screen only make the picture slow."""
INCHES_PER_SECOND = 0.12
WIDTH_INCHES = (11.0, 40.0)


LEAST_TOP_MS2 = 0.2
"""The scale of shaking reaches at least this far, so that next to nothing looks like it."""
SPAN_DB, STRONGEST_PERCENT, LEAST_TOP_DB = 27.0, 99.5, -12.0
"""The spectrogram's shades, from the strongest down, a knock or two left out; it begins no lower,
or noise would fill it."""
LANE = 0.13
"""How far beneath zero windows without a size lie, as a share of the scale."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How windows of one status are drawn: shape and words as well as colour."""

    status: TremorStatus
    words: str
    shape: str
    colour: str
    is_filled: bool
    has_size: bool


MARKS = (
    Mark(TremorStatus.TREMOR, "shaking", "o", ACCENT, is_filled=True, has_size=True),
    Mark(TremorStatus.BELOW_FLOOR, "below resolution", "v", INK_2, is_filled=False, has_size=True),
    Mark(TremorStatus.NONE, "none", "_", INK_3, is_filled=False, has_size=False),
    Mark(TremorStatus.UNKNOWN, "can't tell", "o", UNKNOWN, is_filled=False, has_size=False),
    Mark(TremorStatus.REFUSED, "refused", "x", UNKNOWN, is_filled=True, has_size=False),
)


def draw_analysis(picture: Path, title: str, analysis: Analysis) -> None:
    """Write a picture; the name's ending says in which format. Raises OSError."""
    with mpl.rc_context({"font.size": 11, "text.color": INK, "svg.hashsalt": "steadyrep"}):
        figure = _figure(title, analysis)
        # Without a date the same analysis gives the same file.
        kind = picture.suffix.lower().removeprefix(".")
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        figure.savefig(picture, format=kind, dpi=110, facecolor=PAPER, metadata=metadata)


def _figure(title: str, analysis: Analysis) -> Figure:
    wanted = INCHES_PER_SECOND * analysis.recording.duration_s
    width = float(np.clip(wanted, *WIDTH_INCHES))
    figure = Figure(figsize=(width, 8.4), layout="constrained")
    panels = figure.subplots(3, 1, sharex=True, height_ratios=(2.2, 1, 1.1))
    movement, shaking, spectrum = panels
    for axes in panels:
        _dress(axes)
    movement.set_title(_headline(title, analysis), loc="left", fontsize=13, color=INK)
    _draw_movement(movement, analysis)
    _draw_reps(movement, analysis)
    for each in analysis.holds:
        movement.axvspan(
            each.hold.start_s, each.hold.end_s, color=ACCENT, alpha=PHASE_SHADES[1], lw=0
        )
    _draw_shaking(shaking, analysis.windows)
    _draw_spectrum(spectrum, analysis)
    for axes in panels:
        _draw_gaps(axes, analysis)
    spectrum.set_xlabel("seconds")
    first_s = float(analysis.recording.t_s[0])
    spectrum.set_xlim(first_s, first_s + max(analysis.recording.duration_s, 1.0))
    return figure


def _dress(axes: "Axes") -> None:
    axes.set_facecolor(SURFACE)
    axes.tick_params(colors=INK_3, labelcolor=INK_2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(EDGE)
    axes.xaxis.label.set_color(INK_2)
    axes.yaxis.label.set_color(INK_2)


def _headline(title: str, analysis: Analysis) -> str:
    flags = f" · {', '.join(analysis.flags)}" if analysis.flags else ""
    return f"{title} · {_counted(analysis)}{flags}"


def _counted(analysis: Analysis) -> str:
    if analysis.holds:
        return "held " + " + ".join(f"{each.hold.held_s:.0f} s" for each in analysis.holds)
    counts = " + ".join(str(len(each.reps)) for each in analysis.sets) or "no"
    return f"{counts} reps"


def _draw_movement(axes: "Axes", analysis: Analysis) -> None:
    recording = analysis.recording
    t_s, smooth_ms2 = _smooth_with_holes(recording.t_s, recording.acc_ms2, analysis)
    step = max(1, len(t_s) // MOST_POINTS)
    for column, (name, colour, style) in enumerate(AXIS_STYLES):
        axes.plot(t_s[::step], smooth_ms2[::step, column], style, color=colour, lw=1.3, label=name)
    axes.set_ylabel("acceleration, m/s²")
    axes.margins(y=0.25 if analysis.comparisons else 0.12)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, labelcolor=INK_2)


def _smooth_with_holes(
    t_s: FloatArray, acc_ms2: FloatArray, analysis: Analysis
) -> tuple[FloatArray, FloatArray]:
    """The signal below LOW_PASS_HZ, each gap-free piece alone, with a NaN that breaks the line."""
    rate_hz = analysis.recording.rate_hz
    cuts = np.searchsorted(t_s, [gap.end_s for gap in analysis.gaps])
    pieces = [
        _smooth(piece, rate_hz) if rate_hz > 3 * LOW_PASS_HZ else piece
        for piece in np.split(acc_ms2, cuts)
    ]
    return np.insert(t_s, cuts, np.nan), np.insert(np.concatenate(pieces), cuts, np.nan, axis=0)


def _smooth(acc_ms2: FloatArray, rate_hz: float) -> FloatArray:
    sos = butter(2, LOW_PASS_HZ, fs=rate_hz, output="sos")
    # Short pieces are padded by less than they have; nothing can be smoothed in two samples.
    padding = min(len(acc_ms2) - 1, round(rate_hz))
    if padding < 1:
        return acc_ms2
    return np.asarray(sosfiltfilt(sos, acc_ms2, axis=0, padlen=padding))


def _draw_reps(axes: "Axes", analysis: Analysis) -> None:
    comparisons = analysis.comparisons or (None,) * len(analysis.sets)
    for each, compared in zip(analysis.sets, comparisons, strict=True):
        names = [(_label(number, compared), rep) for number, rep in enumerate(each.reps, start=1)]
        for name, rep in names + [("part", rep) for rep in each.partial_reps]:
            _shade_phases(axes, rep)
            axes.text(
                rep.turn_s,
                0.985,
                name,
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="top",
                color=ACCENT,
                weight="bold",
            )


def _label(number: int, compared: Comparison | None) -> str:
    """The count; beneath it, where there is a reference, how like that the repetition is."""
    if compared is None:
        return str(number)
    return f"{number}\n{max(compared.reps[number - 1].likeness, 0.0):.0%}"


def _shade_phases(axes: "Axes", rep: Rep) -> None:
    """Lift, hold and lower behind the signal, a line where each repetition starts and turns."""
    up_s = rep.start_s + rep.tempo.concentric_s
    down_s = rep.end_s - rep.tempo.eccentric_s
    edges = (rep.start_s, up_s, max(up_s, down_s), rep.end_s)
    for begin_s, end_s, shade in zip(edges, edges[1:], PHASE_SHADES, strict=False):
        axes.axvspan(begin_s, end_s, color=ACCENT, alpha=shade, lw=0)
    axes.axvline(rep.start_s, color=ACCENT, lw=0.8)
    axes.axvline(rep.turn_s, color=ACCENT, lw=0.8, ls=(0, (2, 3)))


def _draw_gaps(axes: "Axes", analysis: Analysis) -> None:
    for gap in analysis.gaps:
        axes.axvspan(
            gap.start_s, gap.end_s, facecolor=PAPER, edgecolor=UNKNOWN, hatch="///", lw=0, zorder=3
        )


def _draw_shaking(axes: "Axes", windows: tuple[TremorWindow, ...]) -> None:
    """Windows at their middle: at their size where there is one, else in the lane beneath."""
    sizes = [w.amp_rms_ms2 or 0.0 for w in windows if w.status is TremorStatus.TREMOR]
    top_ms2 = max([LEAST_TOP_MS2, *sizes])
    for mark in MARKS:
        having = [w for w in windows if w.status is mark.status]
        if having:
            _draw_marks(axes, mark, having, -LANE * top_ms2)
    axes.set_ylim(-2 * LANE * top_ms2, 1.25 * top_ms2)
    axes.axhline(0.0, color=EDGE, lw=0.6)
    axes.set_ylabel("shaking, m/s² RMS")
    if windows:
        axes.legend(loc="upper left", ncols=len(MARKS), frameon=False, labelcolor=INK_2)
    else:
        axes.text(0.5, 0.5, "too short to measure", transform=axes.transAxes, ha="center")


def _draw_spectrum(axes: "Axes", analysis: Analysis) -> None:
    """Power by frequency and moment, darker is more, with each repetition's start and turn."""
    recording = analysis.recording
    found = spectrogram(SampleBlock(recording.t_s, recording.acc_ms2, recording.rate_hz))
    axes.set_ylim(*SHOWN_HZ)
    axes.set_ylabel("Hz")
    if found is None:
        axes.text(0.5, 0.5, "too slow or too short", transform=axes.transAxes, ha="center")
        return
    top_db = max(float(np.percentile(found.level_db, STRONGEST_PERCENT)), LEAST_TOP_DB)
    colours = LinearSegmentedColormap.from_list("steadyrep", [SURFACE, ACCENT, INK])
    holes = np.flatnonzero(np.diff(found.t_s) > 2 * STEP_S) + 1
    for t_s, level_db in zip(
        np.split(found.t_s, holes), np.split(found.level_db, holes), strict=True
    ):
        edges_s = np.append(t_s - STEP_S / 2, t_s[-1] + STEP_S / 2)
        step_hz = float(found.freq_hz[1] - found.freq_hz[0])
        edges_hz = np.append(found.freq_hz - step_hz / 2, found.freq_hz[-1] + step_hz / 2)
        axes.pcolormesh(
            *(edges_s, edges_hz, level_db.T),
            cmap=colours,
            vmin=top_db - SPAN_DB,
            vmax=top_db,
            rasterized=True,
        )
    for each in analysis.sets:
        for rep in each.reps:
            axes.axvline(rep.start_s, color=ACCENT, lw=0.8)
            axes.axvline(rep.turn_s, color=ACCENT, lw=0.8, ls=(0, (2, 3)))


def _draw_marks(axes: "Axes", mark: Mark, windows: list[TremorWindow], lane_ms2: float) -> None:
    axes.plot(
        [(w.start_s + w.end_s) / 2 for w in windows],
        [(w.amp_rms_ms2 or 0.0) if mark.has_size else lane_ms2 for w in windows],
        mark.shape,
        ls="",
        color=mark.colour,
        markerfacecolor=mark.colour if mark.is_filled else SURFACE,
        markersize=6,
        label=mark.words,
    )
