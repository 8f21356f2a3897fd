"""Shaking over weeks: did it change by more than chance explains?

Sessions are compared only with their like: exercise, side, phase, placement, device, load and
algorithm. When one of these changes a new baseline begins, and no line joins the two. A session
whose shaking was below what the sensor can tell counts as *at most that*; a session that could not
be measured is shown and not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from detection.events import TremorStatus
from detection.tremor.params import TremorParams
from detection.trend_line import SEM_LOG10, TrendLine, fit_line, own_sem_log10
from sensors.samples import FloatArray

SESSIONS_NEEDED = 9
WEEKS_NEEDED = 3.0
"""With fewer, a person whose shaking halves is told apart from chance in less than one case in ten
(simulated; docs/tremor.md)."""
FIRST_SESSIONS = 3
"""The baseline's level, for the band of what one session may differ by, is the median of these."""
SINGLE_SESSION = 1.96 * np.sqrt(2)


class SessionLevel(StrEnum):
    """What a session says of its shaking."""

    MEASURED = "measured"
    BELOW_FLOOR = "below_floor"
    UNKNOWN = "unknown"


class TrendVerdict(StrEnum):
    """What a therapist is told; never more than the measurement says."""

    IMPROVED = "improved"
    WORSE = "worse"
    NO_CLEAR_CHANGE = "no clear change yet"
    TOO_FEW = "too few sessions"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must be the same for two sessions to be compared."""

    exercise: str
    side: str | None
    phase: str | None
    placement: str
    device: str
    load_kg: float | None
    algorithm_version: str


@dataclass(frozen=True, slots=True)
class TremorSession:
    """One session's shaking: the median of its sets.

    day: number of the day, such as `date.toordinal()`; parts of days are allowed.
    amp_rms_ms2: measured: the amplitude; below_floor: what the sensor can just tell; unknown: None.
    Raises ValueError if amplitude and level do not go together.
    """

    day: float
    level: SessionLevel
    amp_rms_ms2: float | None
    conditions: Conditions

    def __post_init__(self) -> None:
        if self.level is SessionLevel.UNKNOWN:
            if self.amp_rms_ms2 is not None:
                raise ValueError("a session that could not be measured has no amplitude")
        elif self.amp_rms_ms2 is None or not 0 < self.amp_rms_ms2 < np.inf:
            raise ValueError(f"amp_rms_ms2 must be positive, got {self.amp_rms_ms2}")


@dataclass(frozen=True, slots=True)
class TrendEdge:
    """The line at one end of a baseline, with its 95 % interval; m/s² RMS."""

    day: float
    amp_rms_ms2: float
    low_ms2: float
    high_ms2: float


@dataclass(frozen=True, slots=True)
class Baseline:
    """Sessions that may be compared, and what they say.

    started_because: what changed before it; empty for the first.
    edges: the line's two ends, None while there are too few sessions.
    band_ms2: within this one session differs from the first ones by chance; None without sessions.
    single_session_pct: the change that two single sessions must exceed, such as -66.
    has_own_scatter: whether that comes from this person's own repeats.
    """

    conditions: Conditions
    started_because: str
    sessions: tuple[TremorSession, ...]
    line: TrendLine | None
    edges: tuple[TrendEdge, TrendEdge] | None
    band_ms2: tuple[float, float] | None
    single_session_pct: float
    has_own_scatter: bool
    verdict: TrendVerdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Trend:
    """All baselines, oldest first; the verdict is that of the last."""

    baselines: tuple[Baseline, ...]
    verdict: TrendVerdict
    sentence: str


def session_of(
    day: float, sets: Sequence[tuple[TremorStatus, float | None]], conditions: Conditions
) -> TremorSession:
    """A session of its sets: for each the verdict on its shaking, and the amplitude if it shakes.

    It is worth the median of those that could be measured; one without shaking is worth at most the
    least that counts. Most of them below that, and the session is.
    """
    levels = [_level(status, amp_ms2) for status, amp_ms2 in sets]
    known = [amp for level, amp in levels if level is not SessionLevel.UNKNOWN and amp]
    if not known:
        return TremorSession(day, SessionLevel.UNKNOWN, None, conditions)
    below = sum(level is SessionLevel.BELOW_FLOOR for level, _ in levels)
    level = SessionLevel.BELOW_FLOOR if 2 * below > len(known) else SessionLevel.MEASURED
    return TremorSession(day, level, float(np.median(known)), conditions)


def _level(status: TremorStatus, amp_rms_ms2: float | None) -> tuple[SessionLevel, float | None]:
    if status in (TremorStatus.UNKNOWN, TremorStatus.REFUSED):
        return SessionLevel.UNKNOWN, None
    if status is TremorStatus.TREMOR:
        return SessionLevel.MEASURED, amp_rms_ms2
    return SessionLevel.BELOW_FLOOR, TremorParams().min_amp_ms2


def trend(sessions: Sequence[TremorSession]) -> Trend:
    """Judge the change of shaking over sessions, given in any order."""
    runs: list[list[TremorSession]] = []
    for session in sorted(sessions, key=lambda one: one.day):
        if runs and runs[-1][-1].conditions == session.conditions:
            runs[-1].append(session)
        else:
            runs.append([session])
    baselines = tuple(
        _baseline(run, runs[number - 1][-1].conditions if number else None)
        for number, run in enumerate(runs)
    )
    if not baselines:
        return Trend((), TrendVerdict.TOO_FEW, _too_few(0, 0.0))
    return Trend(baselines, baselines[-1].verdict, baselines[-1].sentence)


def _baseline(sessions: list[TremorSession], before: Conditions | None) -> Baseline:
    day, level_log10 = _counted(sessions)
    own = own_sem_log10(day, level_log10)
    sem_log10 = SEM_LOG10 if own is None else own
    weeks = float(day[-1] - day[0]) / 7 if len(day) else 0.0
    is_enough = len(day) >= SESSIONS_NEEDED and weeks >= WEEKS_NEEDED
    line = fit_line(day, level_log10, sem_log10) if is_enough else None
    verdict = _verdict(line)
    return Baseline(
        conditions=sessions[0].conditions,
        started_because=_difference(before, sessions[0].conditions) if before else "",
        sessions=tuple(sessions),
        line=line,
        edges=_edges(line) if line else None,
        band_ms2=_band(level_log10, sem_log10),
        single_session_pct=_percent(-SINGLE_SESSION * sem_log10),
        has_own_scatter=own is not None,
        verdict=verdict,
        sentence=_sentence(line, verdict) if line else _too_few(len(day), weeks),
    )


def _counted(sessions: list[TremorSession]) -> tuple[FloatArray, FloatArray]:
    """Days and log10 amplitudes of what was measured or below the floor.

    Everything is raised to the highest floor, so that no order is claimed between a value and an
    "at most" above it: the change is then never exaggerated, in neither direction.
    """
    known = [(s.day, s.amp_rms_ms2) for s in sessions if s.amp_rms_ms2 is not None]
    floors = [s.amp_rms_ms2 or 0.0 for s in sessions if s.level is SessionLevel.BELOW_FLOOR]
    day = np.array([day for day, _ in known])
    amp_ms2 = np.maximum(np.array([amp for _, amp in known]), max(floors, default=0.0))
    return day, np.log10(amp_ms2)


def _verdict(line: TrendLine | None) -> TrendVerdict:
    if line is None:
        return TrendVerdict.TOO_FEW
    if line.change_high_log10 < 0 and line.change_log10 <= -line.detectable_log10:
        return TrendVerdict.IMPROVED
    if line.change_low_log10 > 0 and line.change_log10 >= line.detectable_log10:
        return TrendVerdict.WORSE
    return TrendVerdict.NO_CLEAR_CHANGE


def _edges(line: TrendLine) -> tuple[TrendEdge, TrendEdge]:
    return _edge(line, line.first_day), _edge(line, line.last_day)


def _edge(line: TrendLine, day: float) -> TrendEdge:
    changes = (line.change_low_log10, line.change_high_log10)
    ends = sorted(10 ** line.at(day, change) for change in changes)
    return TrendEdge(day, 10 ** line.at(day, line.change_log10), ends[0], ends[1])


def _band(level_log10: FloatArray, sem_log10: float) -> tuple[float, float] | None:
    if not len(level_log10):
        return None
    first = float(np.median(level_log10[:FIRST_SESSIONS]))
    reach = float(SINGLE_SESSION) * sem_log10
    return 10 ** (first - reach), 10 ** (first + reach)


def _difference(before: Conditions, after: Conditions) -> str:
    changed = [
        f"{field.name.removesuffix('_kg').replace('_', ' ')} changed from "
        f"{_named(getattr(before, field.name))} to {_named(getattr(after, field.name))}"
        for field in fields(Conditions)
        if getattr(before, field.name) != getattr(after, field.name)
    ]
    return "; ".join(changed)


def _named(value: str | float | None) -> str:
    if value is None:
        return "not given"
    return f"{value:g} kg" if isinstance(value, float | int) else value


def _percent(change_log10: float) -> float:
    return float(100 * (10**change_log10 - 1))


def _sentence(line: TrendLine, verdict: TrendVerdict) -> str:
    weeks = (line.last_day - line.first_day) / 7
    change = _percent(line.change_log10)
    low, high = _percent(line.change_low_log10), _percent(line.change_high_log10)
    over = f"over {weeks:.0f} weeks"
    if verdict is TrendVerdict.IMPROVED:
        interval = f"between {-high:.0f} and {-low:.0f} %"
        return f"Shaking fell by {-change:.0f} % {over} ({interval}), more than chance explains."
    if verdict is TrendVerdict.WORSE:
        interval = f"between {low:.0f} and {high:.0f} %"
        return f"Shaking rose by {change:.0f} % {over} ({interval}), more than chance explains."
    return (
        f"No clear change yet: {change:+.0f} % {over} (between {low:+.0f} and {high:+.0f} %); "
        f"a fall of less than {-_percent(-line.detectable_log10):.0f} % may be chance."
    )


def _too_few(sessions: int, weeks: float) -> str:
    return (
        f"Too few sessions to tell: {sessions} that could be measured, over {weeks:.1f} weeks; "
        f"{SESSIONS_NEEDED} over {WEEKS_NEEDED:.0f} weeks are needed."
    )
