"""One set, down to the signal: how far the limb tilted, each repetition, and its shaking."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from detection.events import Rep, TremorStatus, TremorWindow
from sensors.samples import FloatArray
from server.charts.scales import Frame, Linear, Tick, line_path, linear_ticks, seconds_ticks
from server.tilt import TiltSignal

IntArray = npt.NDArray[np.intp]

WIDTH = 1200.0
LEFT = 84.0
RIGHT = 1180.0
SIGNAL_TOP = 56.0
SIGNAL_BOTTOM = 206.0
SECONDS_TOP = 222.0
SECONDS_HEIGHT = 26.0
SHAKING_TOP = 268.0
SHAKING_BOTTOM = 318.0
HEIGHT = 352.0

MARGIN_S = 1.5
"""Shown before and after the set, so that its edges do not stick to the frame."""

GAP_S = 0.35
"""The signal comes ten times a second; where three points are missing the line is broken."""

LEAST_TILT_DEG = 20.0
"""The tilt axis reaches at least so far: noise must not fill the picture."""

LEAST_AMP_MS2 = 0.2
"""The shaking axis reaches at least so far, m/s² RMS; visible shaking starts near 0.05."""

LABEL_ROOM = 18.0
"""Width that "2.3" needs at the size of the seconds row."""

NUMBER_ROOM = 20.0
"""Width that a repetition's number needs."""

PHASES = ("concentric", "hold", "eccentric")


@dataclass(frozen=True, slots=True)
class PhaseBox:
    """One phase of one repetition on paper; `has_room` for its seconds as a label."""

    phase: str
    x: float
    width: float
    seconds: float
    has_room: bool


@dataclass(frozen=True, slots=True)
class RepMark:
    """One repetition on paper; `turn_y` is None where the signal is not known."""

    number: int
    middle_x: float
    turn_x: float
    turn_y: float | None
    end_x: float
    phases: tuple[PhaseBox, ...]
    has_room: bool


@dataclass(frozen=True, slots=True)
class ShakingBar:
    """One window of shaking on paper; `y` and `height` of its bar, or of the whole lane."""

    status: TremorStatus
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class SetChart:
    """Everything that the picture of a set is drawn from."""

    frame: Frame
    signal_path: str
    reps: tuple[RepMark, ...]
    bars: tuple[ShakingBar, ...]
    seconds_y: float
    seconds_height: float
    lane: Linear
    time_ticks: tuple[Tick, ...]
    tilt_ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class RepShaking:
    """What can be said of the shaking in one repetition; amplitude in m/s² RMS if tremor."""

    status: TremorStatus
    amp_rms_ms2: float | None


def draw_set(
    start_s: float,
    end_s: float,
    reps: Sequence[Rep],
    windows: Sequence[TremorWindow],
    signal: TiltSignal | None,
) -> SetChart:
    """The picture of one set; times are the stream's, labels count from the set's start."""
    time = time_scale(start_s, end_s)
    tilt = _tilt_scale(reps, signal)
    lane = _shaking_scale(windows)
    return SetChart(
        Frame(WIDTH, HEIGHT, LEFT, RIGHT, SIGNAL_TOP, SIGNAL_BOTTOM),
        _signal_path(signal, start_s, time, tilt),
        tuple(
            _rep_mark(number, rep, start_s, signal, time, tilt)
            for number, rep in enumerate(reps, start=1)
        ),
        tuple(_bar(window, start_s, time, lane) for window in windows),
        SECONDS_TOP,
        SECONDS_HEIGHT,
        lane,
        seconds_ticks(Linear(0.0, time.high, time(0.0), RIGHT), 12),
        linear_ticks(tilt, 4),
    )


def time_scale(start_s: float, end_s: float) -> Linear:
    """Seconds since the set's start onto paper."""
    return Linear(-MARGIN_S, max(end_s - start_s, 1.0) + MARGIN_S, LEFT, RIGHT)


def rep_shaking(rep: Rep, windows: Sequence[TremorWindow]) -> RepShaking:
    """What the windows whose middle lies in the repetition say; unknown where there are none."""
    inside = [w for w in windows if rep.start_s <= (w.start_s + w.end_s) / 2 < rep.end_s]
    amplitudes = [
        w.amp_rms_ms2
        for w in inside
        if w.status is TremorStatus.TREMOR and w.amp_rms_ms2 is not None
    ]
    if amplitudes:
        return RepShaking(TremorStatus.TREMOR, median(amplitudes))
    statuses = {window.status for window in inside}
    for status in (TremorStatus.REFUSED, TremorStatus.UNKNOWN, TremorStatus.BELOW_FLOOR):
        if status in statuses:
            return RepShaking(status, None)
    return RepShaking(TremorStatus.NONE if inside else TremorStatus.UNKNOWN, None)


def _tilt_scale(reps: Sequence[Rep], signal: TiltSignal | None) -> Linear:
    highest = max([LEAST_TILT_DEG, *(rep.tilt_deg for rep in reps)])
    if signal is not None and len(signal.tilt_deg):
        highest = max(highest, float(signal.tilt_deg.max()))
    return Linear(0.0, highest * 1.06, SIGNAL_BOTTOM, SIGNAL_TOP)


def _shaking_scale(windows: Sequence[TremorWindow]) -> Linear:
    amplitudes = [w.amp_rms_ms2 for w in windows if w.amp_rms_ms2 is not None]
    # The highest label is one decimal, so that it can be read at a glance.
    top = math.ceil(max([LEAST_AMP_MS2, *amplitudes]) * 10 - 1e-9) / 10
    return Linear(0.0, top, SHAKING_BOTTOM, SHAKING_TOP)


def _signal_path(signal: TiltSignal | None, start_s: float, time: Linear, tilt: Linear) -> str:
    """The signal as a line that is broken where nothing was received."""
    if signal is None:
        return ""
    t_s = signal.t_s - start_s
    pieces = np.split(np.arange(len(t_s)), np.flatnonzero(np.diff(t_s) > GAP_S) + 1)
    return "".join(
        line_path([(time(float(t_s[n])), tilt(float(signal.tilt_deg[n]))) for n in kept])
        for kept in (_worth_drawing(piece, t_s, signal.tilt_deg, time) for piece in pieces)
    )


def _worth_drawing(
    piece: IntArray, t_s: FloatArray, tilt_deg: FloatArray, time: Linear
) -> list[int]:
    """The lowest and highest point of each unit of width, in their order."""
    columns = np.floor((t_s[piece] - time.low) / (time.high - time.low) * (RIGHT - LEFT))
    kept: list[int] = []
    for part in np.split(piece, np.flatnonzero(np.diff(columns)) + 1):
        if len(part):
            values = tilt_deg[part]
            kept += sorted({int(part[values.argmin()]), int(part[values.argmax()])})
    return kept


def _rep_mark(
    number: int,
    rep: Rep,
    start_s: float,
    signal: TiltSignal | None,
    time: Linear,
    tilt: Linear,
) -> RepMark:
    left, right = time(rep.start_s - start_s), time(rep.end_s - start_s)
    return RepMark(
        number,
        (left + right) / 2,
        time(rep.turn_s - start_s),
        _height_at(signal, rep.turn_s, tilt),
        right,
        _phase_boxes(rep, start_s, time),
        right - left >= NUMBER_ROOM,
    )


def _phase_boxes(rep: Rep, start_s: float, time: Linear) -> tuple[PhaseBox, ...]:
    boxes: list[PhaseBox] = []
    at_s = rep.start_s - start_s
    for phase in PHASES:
        seconds: float = getattr(rep.tempo, f"{phase}_s")
        x = time(at_s)
        width = time(at_s + seconds) - x
        boxes.append(PhaseBox(phase, x, width, seconds, width >= LABEL_ROOM))
        at_s += seconds
    return tuple(boxes)


def _height_at(signal: TiltSignal | None, t_s: float, tilt: Linear) -> float | None:
    if signal is None or not len(signal.t_s):
        return None
    return tilt(float(np.interp(t_s, signal.t_s, signal.tilt_deg)))


def _bar(window: TremorWindow, start_s: float, time: Linear, lane: Linear) -> ShakingBar:
    """A bar at the window's middle second: windows overlap, and each stands for its middle."""
    middle_s = (window.start_s + window.end_s) / 2 - start_s
    x = time(middle_s - 0.5) + 0.5
    width = max(time(middle_s + 0.5) - x - 0.5, 0.5)
    if window.status is TremorStatus.TREMOR and window.amp_rms_ms2 is not None:
        y = lane(min(window.amp_rms_ms2, lane.high))
        return ShakingBar(window.status, x, width, y, SHAKING_BOTTOM - y)
    return ShakingBar(window.status, x, width, SHAKING_TOP, SHAKING_BOTTOM - SHAKING_TOP)
