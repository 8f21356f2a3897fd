"""The records of programs: versions, prescriptions, what was not wanted, workouts, good sets."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from server.store.columns import identity, instant, metadata, reference, seconds

program_version = Table(
    "program_version",
    metadata,
    identity(),
    reference("patient_id", "user"),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("since", Date, nullable=False),
    reference("made_by", "user"),
    instant("made_at"),
    UniqueConstraint("patient_id", "number", name="uq_program_version_patient_id_number"),
)
"""Never changed once made; `since`: its first day, on the patient's calendar."""

prescription = Table(
    "prescription",
    metadata,
    reference("version_id", "program_version"),
    Column("position", Integer, nullable=False),
    Column("exercise", String(64), nullable=False),
    Column("side", String(16), nullable=True),
    Column("sets", Integer, nullable=False),
    Column("reps", Integer, nullable=False),
    Column("first_reps", Integer, nullable=False),
    seconds("concentric_s", nullable=True),
    seconds("hold_s", nullable=True),
    seconds("eccentric_s", nullable=True),
    seconds("rest_s"),
    Column("load_kg", Float, nullable=True),
    Column("weekdays", JSON, nullable=False),
    Column("step_reps", Integer, nullable=True),
    Column("after_sessions", Integer, nullable=True),
    Column("most_reps", Integer, nullable=True),
    Column("most_sets", Integer, nullable=True),
    Column("why", String(300), nullable=False),
    Column("dose_since", Date, nullable=False),
    PrimaryKeyConstraint("version_id", "position"),
)
"""As server.programs.prescription names it; dose_since: since when the dose is the same."""

own_exercise = Table(
    "own_exercise",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("family", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    reference("therapist_id", "user"),
    Column("title", String(120), nullable=False),
    Column("repetition", String(1000), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sides", String(32), nullable=False),
    Column("first_phase", String(16), nullable=False),
    Column("placement", String(32), nullable=False),
    seconds("fastest_s"),
    seconds("slowest_s"),
    seconds("concentric_s"),
    seconds("hold_s"),
    seconds("eccentric_s"),
    Column("equipment", JSON, nullable=False),
    Column("cautions", JSON, nullable=False),
    Column("counts_like", String(64), nullable=True),
    instant("made_at"),
    instant("put_away_at", nullable=True),
    UniqueConstraint("family", "version", name="uq_own_exercise_family_version"),
    Index("ix_own_exercise_therapist_id", "therapist_id"),
)
"""Never changed once made but for put_away_at; as server.programs.own_exercise names it."""

decline = Table(
    "decline",
    metadata,
    reference("version_id", "program_version"),
    Column("position", Integer, nullable=False),
    Column("on_day", Date, nullable=False),
    reference("declined_by", "user"),
    instant("declined_at"),
    PrimaryKeyConstraint("version_id", "position"),
)
"""What was proposed for a prescription was not wanted; only later sessions are a reason anew."""

workout = Table(
    "workout",
    metadata,
    identity(),
    reference("patient_id", "user"),
    reference("version_id", "program_version", nullable=True),
    instant("started_at"),
    Column("utc_offset_min", Integer, nullable=False),
    Column("prepared", JSON, nullable=False),
    Column("heat_min", Float, nullable=True),
    Index("ix_workout_patient_id_started_at", "patient_id", "started_at"),
)
"""prepared: what was ticked (true) or skipped (false); what was not answered is not in it."""

calendar_feed = Table(
    "calendar_feed",
    metadata,
    Column("patient_id", Uuid, ForeignKey("user.id"), primary_key=True),
    Column("token_sha256", LargeBinary(32), nullable=False, unique=True),
    instant("made_at"),
)

good_set = Table(
    "good_set",
    metadata,
    identity(),
    reference("patient_id", "user"),
    reference("set_id", "exset"),
    Column("exercise", String(64), nullable=False),
    Column("side", String(16), nullable=True),
    Column("placement", String(32), nullable=True),
    Column("reference", Text, nullable=False),
    reference("kept_by", "user"),
    instant("kept_at"),
    instant("dropped_at", nullable=True),
    Index("ix_good_set_patient_id_exercise", "patient_id", "exercise"),
)
"""reference: the JSON that `steadyrep reference` writes. One of an exercise, side and placement
stands, that without dropped_at; those before it tell what earlier sets were counted with."""
