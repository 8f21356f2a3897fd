"""Shaking over weeks in words and as a picture; what is claimed comes from detection.trend."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from detection.trend import (
    SESSIONS_NEEDED,
    WEEKS_NEEDED,
    Baseline,
    Conditions,
    SessionLevel,
    TremorSession,
    TrendVerdict,
)
from server.charts.trend_chart import (
    Answer,
    FitPoint,
    Mark,
    SessionPoint,
    TrendChart,
    TrendPicture,
    draw_trend,
)
from server.store.reports import Report
from server.store.trends import TremorTrend
from server.views import phrases
from server.words import Words

VERDICT_KEYS = {
    TrendVerdict.IMPROVED: "improved",
    TrendVerdict.WORSE: "worse",
    TrendVerdict.NO_CLEAR_CHANGE: "no_clear_change",
    TrendVerdict.TOO_FEW: "too_few",
}
MARKS = {
    SessionLevel.MEASURED: Mark.MEASURED,
    SessionLevel.BELOW_FLOOR: Mark.BELOW_FLOOR,
    SessionLevel.UNKNOWN: Mark.UNKNOWN,
}
FINE_PERCENT = 10.0
"""Under this a percentage gets a decimal: 6.25 % as "6.3 %"."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session in the table that says the same as the picture."""

    day: str
    shaking: str
    pain: str
    effort: str


@dataclass(frozen=True, slots=True)
class PercentTick:
    """A labelled height on the left axis."""

    at: float
    label: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class TrendView:
    """The trend of one exercise and side; `chart` is None where nothing could be measured."""

    verdict: str
    explained: str
    caution: str | None
    change: str | None
    because: str | None
    spoken: str
    chart: TrendChart | None
    percent_ticks: tuple[PercentTick, ...]
    rows: tuple[SessionRow, ...]


def trend_view(found: TremorTrend, reports: Sequence[Report], words: Words) -> TrendView | None:
    """The trend in words and as a picture; None where there is no session at all."""
    baselines = found.trend.baselines
    if not baselines:
        return None
    current = baselines[-1]
    exercise = phrases.exercise_on_side(found.exercise, found.side, words)
    if found.phase is not None:
        phase = words(f"set.phase.{found.phase}")
        exercise = words("trend.in_phase", exercise=exercise, phase=phase)
    verdict = _verdict(current, exercise, words)
    sessions = [one.session for one in found.sessions]
    answers = _answers(reports, found)
    chart = _chart(baselines, answers)
    return TrendView(
        verdict=verdict,
        explained=_explained(current, words),
        caution=None if found.phase is None else words("trend.phase_caution"),
        change=_signed(_percent(current.line.change_log10), words) if current.line else None,
        because=_because(baselines, words),
        spoken=words("trend.spoken", sessions=_sessions(len(sessions), words), verdict=verdict),
        chart=chart,
        percent_ticks=_percent_ticks(chart, current, words) if chart else (),
        rows=tuple(_row(one, answers, words) for one in reversed(sessions)),
    )


Answers = Mapping[str, Sequence[Answer]]


def _answers(reports: Sequence[Report], found: TremorTrend) -> Answers:
    """What was said of pain and effort since the first session, by the patient's calendar."""
    first_day = found.sessions[0].day
    since = [one for one in reports if one.local_day >= first_day]
    return {
        "pain": _said([(one.local_day, one.pain_nrs) for one in since]),
        "effort": _said([(one.local_day, one.effort_rpe) for one in since]),
    }


def _said(answers: Sequence[tuple[date, int | None]]) -> list[Answer]:
    return [Answer(day.toordinal(), score) for day, score in answers if score is not None]


def _verdict(current: Baseline, exercise: str, words: Words) -> str:
    key = f"trend.verdict.{VERDICT_KEYS[current.verdict]}"
    line = current.line
    if line is None:
        return words(key, exercise=exercise)
    percent = words.number(abs(_percent(line.change_log10)))
    since = words.day(date.fromordinal(int(line.first_day)), "long")
    return words(key, exercise=exercise, percent=percent, day=since)


def _explained(current: Baseline, words: Words) -> str:
    counted = _sessions(sum(one.amp_rms_ms2 is not None for one in current.sessions), words)
    line = current.line
    if line is None:
        weeks = words.number(WEEKS_NEEDED)
        return words("trend.explained.too_few", sessions=counted, n=SESSIONS_NEEDED, weeks=weeks)
    return words(
        "trend.explained.interval",
        low=_signed(_percent(line.change_low_log10), words),
        high=_signed(_percent(line.change_high_log10), words),
        sessions=counted,
        fall=_signed(_percent(-line.detectable_log10), words),
        rise=_signed(_percent(line.detectable_log10), words),
    )


def _percent(change_log10: float) -> float:
    return 100 * (10**change_log10 - 1)


def _signed(percent: float, words: Words) -> str:
    key = "trend.fell" if percent < 0 else "trend.rose"
    return words(key, n=words.number(abs(percent)))


def _sessions(n: int, words: Words) -> str:
    return words("trend.explained.sessions", n=n)


def _because(baselines: Sequence[Baseline], words: Words) -> str | None:
    """What changed before the present baseline; the first of what changed says enough."""
    if len(baselines) < 2:
        return None
    before, after = baselines[-2].conditions, baselines[-1].conditions
    changed = [
        f.name for f in fields(Conditions) if getattr(before, f.name) != getattr(after, f.name)
    ]
    return words(f"trend.because.{changed[0]}")


def _chart(baselines: Sequence[Baseline], answers: Answers) -> TrendChart | None:
    current = baselines[-1]
    if current.band_ms2 is None:
        return None
    points = [
        SessionPoint(one.day, MARKS[one.level], one.amp_rms_ms2, baseline is current)
        for baseline in baselines
        for one in baseline.sessions
    ]
    picture = TrendPicture(
        points,
        _fit(current),
        answers,
        _start_ms2(current),
        current.band_ms2,
        _floor_ms2(current),
        current.sessions[0].day if len(baselines) > 1 else None,
    )
    return draw_trend(picture)


def _start_ms2(current: Baseline) -> float:
    """What 100 % means: where the line starts, as in the verdict and the change at its end.

    Without a line, the level of the first sessions: the middle of the band on the log axis.
    """
    if current.edges:
        return current.edges[0].amp_rms_ms2
    low, high = current.band_ms2 or (1.0, 1.0)
    return math.sqrt(low * high)


def _fit(current: Baseline) -> list[FitPoint]:
    return [
        FitPoint(edge.day, edge.amp_rms_ms2, edge.low_ms2, edge.high_ms2)
        for edge in current.edges or ()
    ]


def _floor_ms2(current: Baseline) -> float | None:
    floors = [
        one.amp_rms_ms2
        for one in current.sessions
        if one.level is SessionLevel.BELOW_FLOOR and one.amp_rms_ms2 is not None
    ]
    return max(floors, default=None)


def _percent_ticks(chart: TrendChart, current: Baseline, words: Words) -> tuple[PercentTick, ...]:
    start_ms2 = _start_ms2(current)
    ticks: list[PercentTick] = []
    for tick in chart.percent_ticks:
        percent = 100 * tick.value / start_ms2
        number = words.number(percent, 0 if percent >= FINE_PERCENT else 1)
        is_whole = math.isclose(percent, 100.0)
        ticks.append(PercentTick(tick.at, words("trend.percent", n=number), is_whole))
    return tuple(ticks)


def _row(one: TremorSession, answers: Answers, words: Words) -> SessionRow:
    day = words.day(date.fromordinal(int(one.day)), "long")
    pain, effort = (_worst(answers[name], one.day) for name in ("pain", "effort"))
    return SessionRow(day, _shaking(one, words), pain, effort)


def _worst(answers: Sequence[Answer], day: float) -> str:
    """The highest that was said on a day; nothing where nothing was."""
    scores = [one.score for one in answers if one.day == int(day)]
    return str(max(scores)) if scores else ""


def _shaking(one: TremorSession, words: Words) -> str:
    if one.amp_rms_ms2 is None:
        return words("trend.table.unknown")
    key = "below" if one.level is SessionLevel.BELOW_FLOOR else "amp"
    return words(f"trend.table.{key}", amp=words.number(one.amp_rms_ms2, 2))
