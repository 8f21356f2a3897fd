"""The live state as pages see it: a LiveSet in numbers, levels and cues.

A pace cue is "steady" or "slower", never "faster" (slow and steady prevents injury).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from pydantic import BaseModel

from detection.events import Rep, TremorReading, TremorStatus
from server.catalogue import TABLE_ALONE, Catalogue
from server.live.live_set import Link, LiveSet, SetPhase, Span
from server.live.outlook import Outlook


@dataclass(frozen=True, slots=True)
class PaceParams:
    """When a pace is called too fast.

    fastest_rep_s: 2.0, one second each way: the fast end of the slow-to-moderate velocities that
        the ACSM position stand (2009, Med Sci Sports Exerc 41:687) gives for people who begin.
    over_reps: 3, the last ones only, so that the cue ends soon after the patient slows down.
    """

    fastest_rep_s: float = 2.0
    over_reps: int = 3


@dataclass(frozen=True, slots=True)
class ShakingParams:
    """Levels of shaking by band amplitude; each step is about threefold.

    A threefold change is the smallest that single sessions can tell from noise (-66 %, see
    docs on the trend), so two levels differ by more than chance.

    clear_ms2: 0.3 m/s² RMS: 0.12 mm RMS at 8 Hz, six times the least that is seen on a hand
        (0.05 m/s² RMS, study of 97 people, 1982).
    strong_ms2: 0.9 m/s² RMS, three times that.
    fresh_s: a reading older than 15 s (a window and its context) says nothing about now.
    """

    clear_ms2: float = 0.3
    strong_ms2: float = 0.9
    fresh_s: float = 15.0


class SensorView(BaseModel):
    """The sensor and its link."""

    link: Link
    battery_pct: int | None
    device: str | None
    placement: str | None
    side: str | None


class ExerciseView(BaseModel):
    """An exercise by its name in the program and in words."""

    name: str
    title: str


class LastRep(BaseModel):
    """The repetition counted last; what is told of it while the set runs may still be refined."""

    start_s: float
    end_s: float
    concentric_s: float | None = None
    hold_s: float | None = None
    eccentric_s: float | None = None


class Pace(BaseModel):
    """Repetitions a minute, and the cue."""

    reps_per_min: float | None = None
    cue: Literal["steady", "slower"] | None = None


class Shaking(BaseModel):
    """The shaking now. `level`: 0 none, 1 some, 2 clear, 3 strong; null: can't tell."""

    status: TremorStatus | None = None
    amp_rms_ms2: float | None = None
    freq_hz: float | None = None
    level: int | None = None
    is_provisional: bool = True


class Alert(BaseModel):
    """Something that the patient should read."""

    kind: Literal["pain"]


class BesideView(BaseModel):
    """The other sensor that is worn at the same time. Its count is its own, and in no sum."""

    sensor: SensorView
    phase: SetPhase
    count: int
    is_provisional: bool


class LiveState(BaseModel):
    """Everything that a live page shows. `beside`: null while there is one sensor, or none."""

    type: Literal["state"] = "state"
    version: int
    sensor: SensorView
    phase: SetPhase
    outlook: Outlook
    exercise: ExerciseView | None
    target_reps: int | None
    set_number: int
    auto_count: int
    adjustment: int
    count: int
    is_provisional: bool
    last_rep: LastRep | None
    pace: Pace
    shaking: Shaking
    flags: tuple[str, ...]
    stream_s: float | None
    alert: Alert | None
    beside: BesideView | None


def live_state(
    live: LiveSet,
    version: int,
    beside: LiveSet | None = None,
    catalogue: Catalogue = TABLE_ALONE,
) -> LiveState:
    """What pages are told of a LiveSet, and of the one beside it; `version` grows with changes."""
    return LiveState(
        version=version,
        sensor=_sensor_view(live),
        phase=live.phase,
        outlook=live.outlook,
        exercise=exercise_view(live.exercise, catalogue),
        target_reps=live.target_reps,
        set_number=live.set_number,
        auto_count=live.auto_count,
        adjustment=live.adjustment,
        count=live.count,
        is_provisional=live.is_provisional,
        last_rep=last_rep(live.last_rep, live.counted),
        pace=pace(live.counted),
        shaking=shaking(live.reading, live.stream_s),
        flags=live.flags,
        stream_s=live.stream_s,
        alert=Alert(kind="pain") if live.has_pain_alert else None,
        beside=None if beside is None else _beside_view(beside),
    )


def _beside_view(live: LiveSet) -> BesideView:
    return BesideView(
        sensor=_sensor_view(live),
        phase=live.phase,
        count=live.count,
        is_provisional=live.is_provisional,
    )


def _sensor_view(live: LiveSet) -> SensorView:
    sensor = live.sensor
    return SensorView(
        link=sensor.link,
        battery_pct=sensor.battery_pct,
        device=sensor.device,
        placement=sensor.placement,
        side=sensor.side,
    )


def exercise_view(name: str | None, catalogue: Catalogue) -> ExerciseView | None:
    """An exercise with its title."""
    return None if name is None else ExerciseView(name=name, title=catalogue.title_of(name))


def last_rep(measured: Rep | None, counted: Sequence[Span]) -> LastRep | None:
    """The last repetition: as measured over the whole set, or as counted while it runs."""
    if measured is not None:
        return LastRep(
            start_s=measured.start_s,
            end_s=measured.end_s,
            concentric_s=measured.tempo.concentric_s,
            hold_s=measured.tempo.hold_s,
            eccentric_s=measured.tempo.eccentric_s,
        )
    if counted:
        return LastRep(start_s=counted[-1].start_s, end_s=counted[-1].end_s)
    return None


def pace(counted: Sequence[Span], params: PaceParams = PaceParams()) -> Pace:
    """The pace of the last repetitions."""
    recent = counted[-params.over_reps :]
    if not recent:
        return Pace()
    rep_s = median(span.end_s - span.start_s for span in recent)
    cycles_s = [late.end_s - early.end_s for early, late in itertools.pairwise(recent)]
    cycle_s = median(cycles_s) if cycles_s else rep_s
    return Pace(
        reps_per_min=round(60 / cycle_s, 1) if cycle_s > 0 else None,
        cue="slower" if rep_s < params.fastest_rep_s else "steady",
    )


def shaking(
    reading: TremorReading | None,
    stream_s: float | None,
    params: ShakingParams = ShakingParams(),
) -> Shaking:
    """The newest reading, unless it is too old to say anything about now."""
    if reading is None or stream_s is None or stream_s - reading.window.end_s > params.fresh_s:
        return Shaking()
    window = reading.window
    return Shaking(
        status=window.status,
        amp_rms_ms2=window.amp_rms_ms2,
        freq_hz=window.freq_hz,
        level=_level(window.status, window.amp_rms_ms2, params),
        is_provisional=not reading.is_final,
    )


def _level(status: TremorStatus, amp_rms_ms2: float | None, params: ShakingParams) -> int | None:
    if status in (TremorStatus.NONE, TremorStatus.BELOW_FLOOR):
        return 0
    if status is not TremorStatus.TREMOR or amp_rms_ms2 is None:
        return None
    return 1 + (amp_rms_ms2 >= params.clear_ms2) + (amp_rms_ms2 >= params.strong_ms2)
