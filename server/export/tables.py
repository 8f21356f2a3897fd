"""The tables of an export: every column with its meaning, so that the dictionary cannot lie.

Instants are on the patient's clock with its offset from UTC; what is not known is left empty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Generic, TypeVar

from detection.events import Rep, TremorWindow
from server.store.reports import Report
from server.store.sets import StoredSet

Row = TypeVar("Row")
Value = str | float | int | datetime | None


class Kind(StrEnum):
    """What a column holds, for forms that have to say it."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its name, what it means, and where it comes from."""

    name: str
    meaning: str
    of: Callable[[Row], Value]
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """A file of rows."""

    file: str
    meaning: str
    columns: tuple[Column[Row], ...]


@dataclass(frozen=True, slots=True)
class SetRep:
    """A repetition and the set it is of."""

    of: StoredSet
    number: int
    rep: Rep


@dataclass(frozen=True, slots=True)
class SetWindow:
    """A window of shaking and the set it is of."""

    of: StoredSet
    window: TremorWindow


def local(moment: datetime, utc_offset_min: int) -> datetime:
    """A moment on the patient's clock."""
    return moment.astimezone(timezone(timedelta(minutes=utc_offset_min)))


def _moment(one: SetRep | SetWindow, stream_s: float) -> datetime:
    """When it was, on the patient's clock; the set's own beginning is where its stream time is."""
    since_s = stream_s - (one.of.start_s or 0.0)
    return one.of.local_start + timedelta(seconds=since_s)


SETS: Table[StoredSet] = Table(
    "sets.csv",
    "One row a set.",
    (
        Column("set_id", "names the set in every file", lambda one: str(one.id)),
        Column("started_at", "when it began", lambda one: one.local_start, Kind.INSTANT),
        Column(
            "recording_id",
            "the recording that it was seen in; empty where no sensor took part",
            lambda one: None if one.recording_id is None else str(one.recording_id),
        ),
        Column(
            "duration_s",
            "seconds from its first repetition to its last; empty where no sensor took part",
            lambda one: (
                None if one.start_s is None or one.end_s is None else one.end_s - one.start_s
            ),
            Kind.NUMBER,
        ),
        Column("exercise", "name of the exercise, if it was said", lambda one: one.exercise),
        Column("placement", "where the sensor was worn", lambda one: one.placement),
        Column("side", "on which side", lambda one: one.side),
        Column("target_reps", "how many were asked for", lambda one: one.target_reps, Kind.COUNT),
        Column(
            "auto_reps",
            "repetitions that the program counted",
            lambda one: one.auto_reps,
            Kind.COUNT,
        ),
        Column(
            "confirmed_reps",
            "what a person said it were, where that differs",
            lambda one: one.confirmed_reps,
            Kind.COUNT,
        ),
        Column(
            "end_reason",
            "why it ended: done, pain, tired, sensor_lost, other, or detected by the program",
            lambda one: one.end_reason,
        ),
        Column(
            "recounted_reps",
            "what the algorithm version counts, where it is a later one than counted at the time",
            lambda one: one.recounted_reps,
            Kind.COUNT,
        ),
        Column(
            "confidence",
            "0 to 1, how alike its repetitions are",
            lambda one: one.confidence,
            Kind.NUMBER,
        ),
        Column("flags", "what makes it less certain", lambda one: " ".join(one.flags)),
        Column("sensor", "name of the sensor", lambda one: one.sensor_name),
        Column("sensor_kind", "what kind of sensor it is", lambda one: one.sensor_kind),
        Column(
            "algorithm_version",
            "version of the program's algorithm; figures of different ones are not compared",
            lambda one: one.algorithm_version,
        ),
        Column(
            "shaking_status",
            "tremor, none, below_floor, unknown or refused; not a diagnosis",
            lambda one: None if one.tremor is None else str(one.tremor.status),
        ),
        Column(
            "shaking_ms2",
            "median amplitude of the windows that shake, m/s² RMS",
            lambda one: None if one.tremor is None else one.tremor.amp_rms_ms2,
            Kind.NUMBER,
        ),
        Column(
            "shaking_low_ms2",
            "lower end of its 95 % interval, m/s² RMS",
            lambda one: None if one.tremor is None else one.tremor.amp_low_ms2,
            Kind.NUMBER,
        ),
        Column(
            "shaking_high_ms2",
            "upper end of its 95 % interval, m/s² RMS",
            lambda one: None if one.tremor is None else one.tremor.amp_high_ms2,
            Kind.NUMBER,
        ),
        Column(
            "shaking_displacement_mm",
            "the same oscillation as a path, mm RMS",
            lambda one: None if one.tremor is None else one.tremor.displacement_mm,
            Kind.NUMBER,
        ),
        Column(
            "shaking_hz",
            "their median frequency, Hz",
            lambda one: None if one.tremor is None else one.tremor.freq_hz,
            Kind.NUMBER,
        ),
        Column(
            "shaking_hz_spread",
            "standard deviation of the frequency among these windows, Hz",
            lambda one: None if one.tremor is None else one.tremor.freq_spread_hz,
            Kind.NUMBER,
        ),
        Column(
            "shaking_bandwidth_hz",
            "half-power width of the oscillation, Hz",
            lambda one: None if one.tremor is None else one.tremor.bandwidth_hz,
            Kind.NUMBER,
        ),
        Column(
            "band_ms2",
            "all that moves from 4 to 15 Hz, m/s² RMS",
            lambda one: None if one.tremor is None else one.tremor.band_rms_ms2,
            Kind.NUMBER,
        ),
        Column(
            "shaking_contrast_db",
            "power of the oscillation over that of the movement under it, dB",
            lambda one: None if one.tremor is None else one.tremor.contrast_db,
            Kind.NUMBER,
        ),
        Column(
            "noise_floor_ms2",
            "noise of the sensor as learnt from still moments, m/s² RMS",
            lambda one: None if one.tremor is None else one.tremor.noise_floor_ms2,
            Kind.NUMBER,
        ),
        Column(
            "shaking_fraction",
            "share of the set's windows that shake",
            lambda one: None if one.tremor is None else one.tremor.tremor_fraction,
            Kind.NUMBER,
        ),
        Column(
            "unknown_fraction",
            "share of its windows of which nothing can be said",
            lambda one: None if one.tremor is None else one.tremor.unknown_fraction,
            Kind.NUMBER,
        ),
    ),
)
REPS: Table[SetRep] = Table(
    "repetitions.csv",
    "One row a repetition.",
    (
        Column("set_id", "the set that it is of", lambda one: str(one.of.id)),
        Column("number", "its place in the set, from 1", lambda one: one.number, Kind.COUNT),
        Column(
            "started_at",
            "when the limb left rest",
            lambda one: _moment(one, one.rep.start_s),
            Kind.INSTANT,
        ),
        Column(
            "duration_s",
            "seconds until it was back at rest",
            lambda one: one.rep.end_s - one.rep.start_s,
            Kind.NUMBER,
        ),
        Column(
            "away_s", "seconds away from rest", lambda one: one.rep.tempo.concentric_s, Kind.NUMBER
        ),
        Column(
            "hold_s", "seconds at the end position", lambda one: one.rep.tempo.hold_s, Kind.NUMBER
        ),
        Column(
            "back_s", "seconds back to rest", lambda one: one.rep.tempo.eccentric_s, Kind.NUMBER
        ),
        Column(
            "tilt_deg",
            "change of tilt, a proxy for range",
            lambda one: one.rep.tilt_deg,
            Kind.NUMBER,
        ),
        Column(
            "confidence",
            "0 to 1, likeness to the set's others",
            lambda one: one.rep.confidence,
            Kind.NUMBER,
        ),
    ),
)
WINDOWS: Table[SetWindow] = Table(
    "shaking.csv",
    "One row a window of four seconds in a set.",
    (
        Column("set_id", "the set that it is of", lambda one: str(one.of.id)),
        Column(
            "started_at",
            "when the window begins",
            lambda one: _moment(one, one.window.start_s),
            Kind.INSTANT,
        ),
        Column(
            "status",
            "tremor, none, below_floor, unknown or refused; not a diagnosis",
            lambda one: str(one.window.status),
        ),
        Column("reason", "why, where the status needs a reason", lambda one: one.window.reason),
        Column(
            "amplitude_ms2",
            "band amplitude, m/s² RMS",
            lambda one: one.window.amp_rms_ms2,
            Kind.NUMBER,
        ),
        Column(
            "amplitude_low_ms2",
            "lower end of its 95 % interval",
            lambda one: one.window.amp_low_ms2,
            Kind.NUMBER,
        ),
        Column(
            "amplitude_high_ms2",
            "upper end of its 95 % interval",
            lambda one: one.window.amp_high_ms2,
            Kind.NUMBER,
        ),
        Column("frequency_hz", "peak frequency, Hz", lambda one: one.window.freq_hz, Kind.NUMBER),
        Column(
            "displacement_mm",
            "the same oscillation as a path, mm RMS",
            lambda one: one.window.displacement_mm,
            Kind.NUMBER,
        ),
        Column(
            "bandwidth_hz",
            "half-power width of the oscillation, Hz",
            lambda one: one.window.bandwidth_hz,
            Kind.NUMBER,
        ),
        Column(
            "band_ms2",
            "all that moves from 4 to 15 Hz, m/s² RMS",
            lambda one: one.window.band_rms_ms2,
            Kind.NUMBER,
        ),
        Column(
            "contrast_db",
            "power of the oscillation over that of the movement under it, dB",
            lambda one: one.window.contrast_db,
            Kind.NUMBER,
        ),
        Column(
            "noise_floor_ms2",
            "noise of the sensor as learnt by then, m/s² RMS",
            lambda one: one.window.noise_floor_ms2,
            Kind.NUMBER,
        ),
        Column(
            "confidence",
            "0 to 1 that a rhythmic oscillation is there",
            lambda one: one.window.confidence,
            Kind.NUMBER,
        ),
    ),
)
REPORTS: Table[Report] = Table(
    "reports.csv",
    "One row for each time that the patient said how it feels.",
    (
        Column(
            "reported_at",
            "when",
            lambda one: local(one.reported_at, one.utc_offset_min),
            Kind.INSTANT,
        ),
        Column(
            "set_id",
            "during which set, if any",
            lambda one: None if one.set_id is None else str(one.set_id),
        ),
        Column(
            "kind",
            "hurts (in a set), after (the exercises) or next_day",
            lambda one: str(one.kind),
        ),
        Column(
            "pain_nrs",
            "pain from 0 to 10; empty where not answered",
            lambda one: one.pain_nrs,
            Kind.COUNT,
        ),
        Column(
            "soreness_nrs",
            "soreness of muscles from 0 to 10",
            lambda one: one.soreness_nrs,
            Kind.COUNT,
        ),
        Column("fatigue_nrs", "tiredness from 0 to 10", lambda one: one.fatigue_nrs, Kind.COUNT),
        Column(
            "effort_rpe",
            "how hard it was, 0 to 10 (Borg CR10)",
            lambda one: one.effort_rpe,
            Kind.COUNT,
        ),
        Column("note", "what the patient wrote", lambda one: one.note),
    ),
)
