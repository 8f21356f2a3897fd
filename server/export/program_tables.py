"""The tables of an export about programs, workouts, good sets, phases, and who was let in."""

from dataclasses import dataclass

from detection.tremor.phases import PhaseShaking
from server.analyze.reference_file import reference_json
from server.export.tables import Column, Kind, Table, local
from server.programs.own_exercise import OwnExercise
from server.programs.prescription import Prescription
from server.store.good_sets import GoodSet
from server.store.programs import ProgramVersion
from server.store.sets import StoredSet
from server.store.sharing import Sharing
from server.store.workouts import Workout

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, slots=True)
class Prescribed:
    """A prescription and the version of the program that it is in."""

    of: ProgramVersion
    one: Prescription


@dataclass(frozen=True, slots=True)
class SetPhase:
    """The shaking in one phase of a set's repetitions, and the set."""

    of: StoredSet
    phase: PhaseShaking


PROGRAM: Table[Prescribed] = Table(
    "program.csv",
    "One row a prescription, of every version of the program.",
    (
        Column(
            "version", "which version; none was ever changed", lambda row: row.of.number, Kind.COUNT
        ),
        Column("since", "its first day", lambda row: row.of.since.isoformat()),
        Column("kind", "building or maintenance", lambda row: str(row.of.kind)),
        Column("exercise", "what was prescribed", lambda row: row.one.exercise),
        Column("side", "on which side", lambda row: row.one.side),
        Column("sets", "how many sets a day", lambda row: row.one.dose.sets, Kind.COUNT),
        Column("reps", "how many repetitions a set", lambda row: row.one.dose.reps, Kind.COUNT),
        Column(
            "away_s", "seconds away from rest", lambda row: row.one.pace.concentric_s, Kind.NUMBER
        ),
        Column("hold_s", "seconds held", lambda row: row.one.pace.hold_s, Kind.NUMBER),
        Column("back_s", "seconds back to rest", lambda row: row.one.pace.eccentric_s, Kind.NUMBER),
        Column("rest_s", "seconds between sets", lambda row: row.one.rest_s, Kind.NUMBER),
        Column("load_kg", "with what load", lambda row: row.one.load_kg, Kind.NUMBER),
        Column(
            "weekdays",
            "on which days",
            lambda row: " ".join(WEEKDAYS[day] for day in sorted(row.one.weekdays)),
        ),
        Column("why", "why the dose is what it is, where it changed", lambda row: row.one.why),
    ),
)
OWN_EXERCISES: Table[OwnExercise] = Table(
    "own_exercises.csv",
    "One row an exercise that a therapist described and the program names.",
    (
        Column("exercise", "its name in the other files", lambda row: row.name),
        Column("title", "what it is called", lambda row: row.known.title),
        Column("version", "which version of it", lambda row: row.version, Kind.COUNT),
        Column("how", "how it is done", lambda row: row.known.repetition),
        Column("counts", "repetitions or hold", lambda row: str(row.known.kind)),
        Column("sides", "how the sides share a set", lambda row: str(row.known.sides)),
        Column("placement", "where the sensor usually sits", lambda row: str(row.known.placement)),
        Column("cautions", "what to take care of", lambda row: " ".join(row.known.cautions)),
        Column("counts_like", "which known exercise it is like", lambda row: row.counts_like),
    ),
)
WORKOUTS: Table[Workout] = Table(
    "workouts.csv",
    "One row a visit to the mat.",
    (
        Column(
            "started_at",
            "when",
            lambda row: local(row.started_at, row.utc_offset_min),
            Kind.INSTANT,
        ),
        Column(
            "prepared",
            "what was ticked before",
            lambda row: " ".join(name for name, is_ticked in row.prepared.items() if is_ticked),
        ),
        Column(
            "skipped",
            "what was skipped",
            lambda row: " ".join(name for name, is_ticked in row.prepared.items() if not is_ticked),
        ),
        Column("heat_min", "minutes of warmth", lambda row: row.heat_min, Kind.NUMBER),
    ),
)
PHASES: Table[SetPhase] = Table(
    "shaking_by_phase.csv",
    "One row a phase of a set's repetitions, all of them together.",
    (
        Column("set_id", "the set that it is of", lambda row: str(row.of.id)),
        Column("phase", "concentric, hold, eccentric or rest", lambda row: str(row.phase.phase)),
        Column(
            "status",
            "tremor, none, below_floor or unknown; not a diagnosis",
            lambda row: str(row.phase.status),
        ),
        Column("reason", "why, where the status needs a reason", lambda row: row.phase.reason),
        Column(
            "amplitude_ms2", "amplitude, m/s² RMS", lambda row: row.phase.amp_rms_ms2, Kind.NUMBER
        ),
        Column("frequency_hz", "frequency, Hz", lambda row: row.phase.freq_hz, Kind.NUMBER),
    ),
)
GOOD_SETS: Table[GoodSet] = Table(
    "good_sets.csv",
    "One row a set that a therapist kept for others to be compared with.",
    (
        Column("set_id", "which set", lambda row: str(row.set_id)),
        Column("exercise", "of which exercise", lambda row: row.exercise),
        Column("side", "on which side", lambda row: row.side),
        Column("placement", "with the sensor where", lambda row: row.placement),
        Column("kept_at", "from when on, UTC", lambda row: row.kept_at, Kind.INSTANT),
        Column(
            "dropped_at",
            "until when, UTC; empty where it still is",
            lambda row: row.dropped_at,
            Kind.INSTANT,
        ),
        Column(
            "reference",
            "its typical repetition, as `steadyrep reference` writes it",
            lambda row: " ".join(reference_json(row.reference).split()),
        ),
    ),
)
SHARING: Table[Sharing] = Table(
    "sharing.csv",
    "One row a therapist who was let in.",
    (
        Column("therapist", "who", lambda row: row.therapist_name),
        Column("granted_at", "from when on, UTC", lambda row: row.granted_at, Kind.INSTANT),
        Column("granted_by", "clinic or patient", lambda row: str(row.granted_by)),
        Column(
            "revoked_at",
            "until when, UTC; empty where it still is so",
            lambda row: row.revoked_at,
            Kind.INSTANT,
        ),
    ),
)
