"""Shaking over weeks: a dot a session on a logarithmic axis, the trend and what chance explains.

A session with too little shaking to count is a triangle at the least that counts; one that nothing
can be said of is a hollow dot in a lane of its own, because missing is not zero. Sessions of an
earlier baseline (another load, another sensor) are drawn apart and no line joins the two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.charts.scales import (
    Frame,
    Linear,
    Logarithmic,
    Tick,
    line_path,
    octave_ticks,
)

WIDTH = 1200.0
LEFT = 84.0
RIGHT = 1096.0
TOP = 62.0
BOTTOM = 330.0
UNKNOWN_Y = 360.0
LANES_TOP = 388.0
LANE_HEIGHT = 30.0
LANE_PITCH = 46.0
ROOM_FOR_DAYS = 34.0

MOST_ANSWER = 10
"""Of pain (NRS) and of effort (Borg CR10)."""

LEAST_RATIO = 4.0
"""The axis spans at least a factor of four: ordinary scatter must not look like mountains."""

PADDING = 1.15
"""Room above the highest and below the lowest mark, as a ratio."""

LEAST_SPAN_DAYS = 7.0
"""The date axis covers at least a week."""

ROOM_AT_EDGE = 0.02
"""Room before the first session and after the last, as a share of the time between them."""

ROOM_FOR_CHANGE = 0.11
"""The same after the last session where the change in per cent stands."""

DAY_TICK_STEPS = (1, 2, 7, 14, 28, 56, 112)
"""Steps of the date axis, days: days, then whole weeks."""

MOST_DAY_TICKS = 9


class Mark(StrEnum):
    """What is known of a session."""

    MEASURED = "measured"
    BELOW_FLOOR = "below_floor"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SessionPoint:
    """One session. amp_rms_ms2: m/s² RMS; the least that counts where below it, None if unknown."""

    day: float
    mark: Mark
    amp_rms_ms2: float | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class FitPoint:
    """The trend on one day with its 95 % interval, m/s² RMS."""

    day: float
    amp_rms_ms2: float
    low_ms2: float
    high_ms2: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said on a scale from 0 to 10."""

    day: float
    score: int


@dataclass(frozen=True, slots=True)
class TrendPicture:
    """What is to be drawn; days are ordinals (date.toordinal), amplitudes m/s² RMS.

    answers: by name, in the order of the lanes beneath.
    baseline_ms2: what 100 % means. mdc_ms2: the band (low, high) in which a change is not told from
    chance. floor_ms2: the least that counts. baseline_day: where the present baseline begins,
    None if it is the only one.
    """

    points: Sequence[SessionPoint]
    fit: Sequence[FitPoint]
    answers: Mapping[str, Sequence[Answer]]
    baseline_ms2: float
    mdc_ms2: tuple[float, float] | None
    floor_ms2: float | None
    baseline_day: float | None


@dataclass(frozen=True, slots=True)
class Dot:
    """A session on paper."""

    x: float
    y: float
    mark: Mark
    is_current: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the axis between two heights, from `x` to the right edge."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Bar:
    """An answer on paper; 0 is a stub, because answered is not the same as not asked."""

    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Lane:
    """The answers to one question, from 0 at the bottom to 10 at the top."""

    name: str
    top: float
    bottom: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class DayTick:
    """A labelled day."""

    at: float
    day: date


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Everything that the picture of a trend is drawn from; paths are empty where nothing is."""

    frame: Frame
    dots: tuple[Dot, ...]
    unknown: tuple[Dot, ...]
    unknown_y: float
    fit_path: str
    interval_path: str
    edges: tuple[str, ...]
    end_x: float | None
    end_y: float | None
    band: Band | None
    floor_y: float | None
    rule_x: float | None
    lanes: tuple[Lane, ...]
    percent_ticks: tuple[Tick, ...]
    amp_ticks: tuple[Tick, ...]
    day_ticks: tuple[DayTick, ...]


@dataclass(frozen=True, slots=True)
class _Paper:
    """Where days and amplitudes lie; `first_day` is that of the first session."""

    first_day: int
    time: Linear
    amp: Logarithmic

    def x(self, day: float) -> float:
        return self.time(day - self.first_day)

    def y(self, amp_rms_ms2: float) -> float:
        """Cut at the edges: an interval may be wider than the picture."""
        return self.amp(min(max(amp_rms_ms2, self.amp.low), self.amp.high))


def draw_trend(picture: TrendPicture) -> TrendChart:
    """The picture of a trend; `picture.points` must not be empty."""
    paper = _paper(picture)
    dots = [_dot(point, paper) for point in picture.points]
    end = picture.fit[-1] if picture.fit else None
    return TrendChart(
        frame=Frame(WIDTH, _height(len(picture.answers)), LEFT, RIGHT, TOP, BOTTOM),
        dots=tuple(dot for dot in dots if dot.mark is not Mark.UNKNOWN),
        unknown=tuple(dot for dot in dots if dot.mark is Mark.UNKNOWN),
        unknown_y=UNKNOWN_Y,
        fit_path=line_path([(paper.x(p.day), paper.y(p.amp_rms_ms2)) for p in picture.fit]),
        interval_path=_interval(picture.fit, paper),
        edges=_edges(picture.fit, paper),
        end_x=paper.x(end.day) if end else None,
        end_y=paper.y(end.amp_rms_ms2) if end else None,
        band=_band(picture, paper),
        floor_y=_floor(picture.floor_ms2, paper),
        rule_x=paper.x(picture.baseline_day) if picture.baseline_day else None,
        lanes=tuple(
            _lane(number, name, answers, paper)
            for number, (name, answers) in enumerate(picture.answers.items())
        ),
        percent_ticks=octave_ticks(paper.amp, picture.baseline_ms2),
        amp_ticks=octave_ticks(paper.amp, 0.1),
        day_ticks=_day_ticks(paper),
    )


def _paper(picture: TrendPicture) -> _Paper:
    days = [point.day for point in picture.points]
    first_day = int(min(days))
    span = max(max(days) - first_day, LEAST_SPAN_DAYS)
    end = 1 + (ROOM_FOR_CHANGE if picture.fit else ROOM_AT_EDGE)
    time = Linear(-ROOM_AT_EDGE * span, end * span, LEFT, RIGHT)
    return _Paper(first_day, time, _amp_scale(picture))


def _amp_scale(picture: TrendPicture) -> Logarithmic:
    marks = list(_amplitudes(picture))
    low, high = min(marks) / PADDING, max(marks) * PADDING
    missing = max(1.0, LEAST_RATIO / (high / low)) ** 0.5
    return Logarithmic(low / missing, high * missing, BOTTOM, TOP)


def _amplitudes(picture: TrendPicture) -> Iterable[float]:
    """What must be inside the picture; the interval need not."""
    yield picture.baseline_ms2
    yield from (p.amp_rms_ms2 for p in picture.points if p.amp_rms_ms2 is not None)
    yield from (p.amp_rms_ms2 for p in picture.fit)
    yield from picture.mdc_ms2 or ()


def _dot(point: SessionPoint, paper: _Paper) -> Dot:
    x = paper.x(point.day)
    if point.amp_rms_ms2 is None:
        return Dot(x, UNKNOWN_Y, Mark.UNKNOWN, point.is_current)
    return Dot(x, paper.y(point.amp_rms_ms2), point.mark, point.is_current)


def _interval(fit: Sequence[FitPoint], paper: _Paper) -> str:
    if not fit:
        return ""
    there = [(paper.x(p.day), paper.y(p.high_ms2)) for p in fit]
    back = [(paper.x(p.day), paper.y(p.low_ms2)) for p in reversed(fit)]
    return line_path(there + back) + "Z"


def _edges(fit: Sequence[FitPoint], paper: _Paper) -> tuple[str, str]:
    return (
        line_path([(paper.x(p.day), paper.y(p.low_ms2)) for p in fit]),
        line_path([(paper.x(p.day), paper.y(p.high_ms2)) for p in fit]),
    )


def _band(picture: TrendPicture, paper: _Paper) -> Band | None:
    if picture.mdc_ms2 is None:
        return None
    low, high = picture.mdc_ms2
    x = paper.x(picture.baseline_day) if picture.baseline_day else LEFT
    return Band(x, paper.y(high), paper.y(low))


def _floor(floor_ms2: float | None, paper: _Paper) -> float | None:
    if floor_ms2 is None or not paper.amp.low <= floor_ms2 <= paper.amp.high:
        return None
    return paper.y(floor_ms2)


def _height(lanes: int) -> float:
    return LANES_TOP + LANE_PITCH * lanes - (LANE_PITCH - LANE_HEIGHT) + ROOM_FOR_DAYS


def _lane(number: int, name: str, answers: Sequence[Answer], paper: _Paper) -> Lane:
    top = LANES_TOP + LANE_PITCH * number
    bottom = top + LANE_HEIGHT
    heights = [max(1.5, LANE_HEIGHT * one.score / MOST_ANSWER) for one in answers]
    bars = [
        Bar(paper.x(one.day), bottom - height, height)
        for one, height in zip(answers, heights, strict=True)
    ]
    return Lane(name, top, bottom, tuple(bars))


def _day_ticks(paper: _Paper) -> tuple[DayTick, ...]:
    span = paper.time.high
    step = next((s for s in DAY_TICK_STEPS if span / s <= MOST_DAY_TICKS), DAY_TICK_STEPS[-1])
    days = range(0, int(span) + 1, step)
    return tuple(DayTick(paper.time(day), date.fromordinal(paper.first_day + day)) for day in days)
