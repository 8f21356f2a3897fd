"""Recordings of many days as sessions, and what they say together of the shaking."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from detection import ALGORITHM_VERSION
from detection.events import TremorStatus, TremorWindow
from detection.summary import SetSummary, set_status, windows_of
from detection.tremor.phases import RepPhase
from detection.trend import Conditions, TremorSession, Trend, session_of, trend
from sensors.errors import InvalidRecording
from sensors.recording import Recording
from server.analyze.analysis import Analysis

NOT_SAID = "not said"
"""Recordings of which something was not said are compared with each other."""
DAY_FIRST = re.compile(r"\d{4}-\d{2}-\d{2}")

SetLevel = tuple[TremorStatus, float | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """One recording: its day, what must be the same to be compared, and its sets' shaking."""

    file: str
    day: date
    conditions: Conditions
    levels: tuple[SetLevel, ...]


@dataclass(frozen=True, slots=True)
class DaySession:
    """One day's session and the files it comes from."""

    day: date
    session: TremorSession
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordedTrend:
    """Sessions, oldest first, and what they say together."""

    sessions: tuple[DaySession, ...]
    trend: Trend


def measured(
    path: Path, analysis: Analysis, exercise: str | None, phase: RepPhase | None
) -> Measured:
    """What a recording says of one session. Raises InvalidRecording where its day is not known.

    phase: of which phase of the repetition; None for the windows of the whole set.
    """
    info = analysis.recording.info
    conditions = Conditions(
        exercise=exercise or info.exercise or NOT_SAID,
        side=info.side,
        phase=None if phase is None else str(phase),
        placement=info.placement or NOT_SAID,
        device=info.device or NOT_SAID,
        load_kg=info.load_kg,
        algorithm_version=ALGORITHM_VERSION,
    )
    levels = tuple(_levels(analysis, phase))
    return Measured(path.name, _day(path, analysis.recording), conditions, levels)


def recorded_trend(found: Sequence[Measured]) -> RecordedTrend:
    """Judge the change over recordings given in any order; those of a day are one session."""
    ordered = sorted(found, key=lambda one: (one.day, repr(one.conditions), one.file))
    days = groupby(ordered, key=lambda one: (one.day, one.conditions))
    sessions = tuple(
        _session(day, conditions, list(members)) for (day, conditions), members in days
    )
    return RecordedTrend(sessions, trend([one.session for one in sessions]))


def _session(day: date, conditions: Conditions, members: Sequence[Measured]) -> DaySession:
    levels = [level for one in members for level in one.levels]
    session = session_of(day.toordinal(), levels, conditions)
    return DaySession(day, session, tuple(one.file for one in members))


def _levels(analysis: Analysis, phase: RepPhase | None) -> Iterable[SetLevel]:
    for number, each in enumerate(analysis.sets):
        if phase is None:
            yield _whole(each, analysis.windows)
            continue
        shaking = analysis.by_phase[number]
        one = None if shaking is None else shaking.phases[list(RepPhase).index(phase)]
        yield (TremorStatus.UNKNOWN, None) if one is None else (one.status, one.amp_rms_ms2)


def _whole(each: SetSummary, windows: Iterable[TremorWindow]) -> SetLevel:
    status = set_status(windows_of(each.start_s, each.end_s, windows))
    return status, each.tremor.amp_rms_ms2


def _day(path: Path, recording: Recording) -> date:
    if recording.info.started_at is not None:
        return recording.info.started_at.date()
    named = DAY_FIRST.match(path.name)
    problem = (
        "its day is not known: give started_at in its .json, or begin its name with the day, "
        "such as 2026-11-02-bridge.csv.gz"
    )
    try:
        return date.fromisoformat(named.group()) if named else _unknown(path, problem)
    except ValueError as wrong:
        raise InvalidRecording(path, problem) from wrong


def _unknown(path: Path, problem: str) -> date:
    raise InvalidRecording(path, problem)
