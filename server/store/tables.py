"""The records: what is kept of people, sensors, signal and sets.

Instants are UTC with the patient's offset (minutes east) beside; `_s` columns are seconds on the
recording's own timeline. A result names the algorithm that made it; `auto_reps` is written once.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """A moment, stored as UTC; refuses a datetime that does not say which moment it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Back, with UTC said (SQLite forgets the zone)."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[Any]:
    return Column("id", Uuid, primary_key=True)


def _reference(name: str, target: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Uuid, ForeignKey(f"{target}.id"), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Instant, nullable=nullable)


def _seconds(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Float, nullable=nullable)


user = Table(
    "user",
    metadata,
    _id(),
    Column("role", String(16), nullable=False),
    Column("display_name", String(200), nullable=False),
    Column("timezone", String(64), nullable=False),
    _instant("created_at"),
    CheckConstraint("role IN ('patient', 'therapist', 'admin')", name="role"),
)

care_link = Table(
    "care_link",
    metadata,
    _id(),
    _reference("patient_id", "user"),
    _reference("therapist_id", "user"),
    _instant("granted_at"),
    _instant("revoked_at", nullable=True),
    Index(
        "uq_care_link_standing",
        "patient_id",
        "therapist_id",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
)

login_link = Table(
    "login_link",
    metadata,
    Column("token_sha256", LargeBinary(32), primary_key=True),
    _reference("user_id", "user"),
    _instant("created_at"),
    _instant("expires_at"),
    _instant("used_at", nullable=True),
)

session = Table(
    "session",
    metadata,
    Column("token_sha256", LargeBinary(32), primary_key=True),
    _reference("user_id", "user"),
    _instant("created_at"),
    _instant("last_seen_at"),
    _instant("expires_at"),
)

device = Table(
    "device",
    metadata,
    _id(),
    _reference("patient_id", "user"),
    Column("name", String(200), nullable=False),
    Column("placement", String(32), nullable=True),
    Column("side", String(16), nullable=True),
    Column("token_sha256", LargeBinary(32), nullable=False, unique=True),
    _instant("created_at"),
    _instant("revoked_at", nullable=True),
)

algorithm = Table(
    "algorithm",
    metadata,
    _id(),
    Column("version", String(64), nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("digest_sha256", LargeBinary(32), nullable=False, unique=True),
)

recording = Table(
    "recording",
    metadata,
    _id(),
    _reference("patient_id", "user"),
    _reference("device_id", "device"),
    Column("sensor_name", String(200), nullable=False),
    Column("sensor_kind", String(64), nullable=False),
    Column("sensor_serial", String(200), nullable=True),
    Column("rate_hz", Float, nullable=False),
    Column("placement", String(32), nullable=True),
    Column("side", String(16), nullable=True),
    Column("exercise", String(64), nullable=True),
    _instant("started_at"),
    Column("utc_offset_min", Integer, nullable=False),
    Column("refused_messages", Integer, nullable=False, server_default="0"),
    _instant("sealed_at", nullable=True),
    Index("ix_recording_patient_id_started_at", "patient_id", "started_at"),
)

chunk = Table(
    "chunk",
    metadata,
    Column("recording_id", Uuid, ForeignKey("recording.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("payload_zlib", LargeBinary, nullable=False),
    _seconds("start_s"),
    _seconds("end_s"),
    _instant("received_at"),
    PrimaryKeyConstraint("recording_id", "sequence"),
)

command = Table(
    "command",
    metadata,
    Column("patient_id", Uuid, ForeignKey("user.id"), nullable=False),
    Column("number", Integer, nullable=False),
    _reference("recording_id", "recording", nullable=True),
    Column("before_sequence", Integer, nullable=True),
    Column("content", JSON, nullable=False),
    Column("idempotency_key", Uuid, nullable=True),
    _instant("given_at"),
    PrimaryKeyConstraint("patient_id", "number"),
    Index("ix_command_recording_id", "recording_id"),
)
"""What the patient pressed, and before which chunk of which recording, if one came in."""

live_memory = Table(
    "live_memory",
    metadata,
    Column("patient_id", Uuid, ForeignKey("user.id"), primary_key=True),
    _reference("recording_id", "recording", nullable=True),
    _reference("last_set_id", "exset", nullable=True),
    Column("content", JSON, nullable=False),
    _instant("remembered_at"),
)
"""Where the patient's set stood at the last commit."""

exset = Table(
    "exset",
    metadata,
    _id(),
    _reference("patient_id", "user"),
    _reference("recording_id", "recording", nullable=True),
    _instant("started_at"),
    Column("utc_offset_min", Integer, nullable=False),
    _seconds("start_s", nullable=True),
    _seconds("end_s", nullable=True),
    Column("exercise", String(64), nullable=True),
    Column("placement", String(32), nullable=True),
    Column("side", String(16), nullable=True),
    Column("target_reps", Integer, nullable=True),
    Column("auto_reps", Integer, nullable=True),
    Column("confirmed_reps", Integer, nullable=True),
    _reference("confirmed_by", "user", nullable=True),
    Column("end_reason", String(32), nullable=False),
    Column("confidence", Float, nullable=True),
    Column("flags", JSON, nullable=False),
    _reference("algorithm_id", "algorithm"),
    Column("shown_algorithm_id", Uuid, nullable=True),
    Index("ix_exset_patient_id_started_at", "patient_id", "started_at"),
)
"""auto_reps is null where no sensor counted: missing is not zero. shown_algorithm_id: whose results
stand on the pages; null where it is the first's. It refers to `algorithm`, without a foreign key,
which SQLite cannot add."""

rep = Table(
    "rep",
    metadata,
    Column("set_id", Uuid, ForeignKey("exset.id"), nullable=False),
    Column("number", Integer, nullable=False),
    _reference("algorithm_id", "algorithm"),
    _seconds("start_s"),
    _seconds("turn_s"),
    _seconds("end_s"),
    _seconds("concentric_s"),
    _seconds("hold_s"),
    _seconds("eccentric_s"),
    Column("tilt_deg", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    _seconds("counted_at_s"),
    PrimaryKeyConstraint("set_id", "algorithm_id", "number"),
)

recount = Table(
    "recount",
    metadata,
    Column("set_id", Uuid, ForeignKey("exset.id"), nullable=False),
    _reference("algorithm_id", "algorithm"),
    Column("auto_reps", Integer, nullable=False),
    _seconds("start_s"),
    _seconds("end_s"),
    Column("confidence", Float, nullable=True),
    _instant("made_at"),
    PrimaryKeyConstraint("set_id", "algorithm_id"),
)
"""What a later algorithm counts in the signal of a set, beside what was counted at the time."""

FIGURES_OF_WINDOW = (
    "amp_rms_ms2",
    "amp_low_ms2",
    "amp_high_ms2",
    "displacement_mm",
    "freq_hz",
    "bandwidth_hz",
    "band_rms_ms2",
    "contrast_db",
    "confidence",
    "noise_floor_ms2",
)
"""Of shaking, as detection.events names and explains them."""

tremor_window = Table(
    "tremor_window",
    metadata,
    Column("set_id", Uuid, ForeignKey("exset.id"), nullable=False),
    Column("number", Integer, nullable=False),
    _reference("algorithm_id", "algorithm"),
    _seconds("start_s"),
    _seconds("end_s"),
    Column("status", String(16), nullable=False),
    Column("reason", String(200), nullable=False),
    *(Column(name, Float, nullable=True) for name in FIGURES_OF_WINDOW),
    PrimaryKeyConstraint("set_id", "algorithm_id", "number"),
)

FIGURES_OF_SET = (
    *FIGURES_OF_WINDOW,
    "freq_spread_hz",
    "tremor_fraction",
    "none_fraction",
    "unknown_fraction",
    "below_floor_fraction",
)
"""As detection.summary names and explains them."""

set_tremor = Table(
    "set_tremor",
    metadata,
    Column("set_id", Uuid, ForeignKey("exset.id"), nullable=False),
    _reference("algorithm_id", "algorithm"),
    Column("status", String(16), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("windows", Integer, nullable=True),
    *(Column(name, Float, nullable=True) for name in FIGURES_OF_SET),
    _instant("settled_at", nullable=True),
    Column("effective_rate_hz", Float, nullable=True),
    Column("jitter_ms", Float, nullable=True),
    Column("gap_s", Float, nullable=True),
    Column("course_amp_rms_ms2", JSON, nullable=True),
    Column("course_slope_log10", Float, nullable=True),
    Column("course_low_log10", Float, nullable=True),
    Column("course_high_log10", Float, nullable=True),
    PrimaryKeyConstraint("set_id", "algorithm_id"),
)
"""From settled_at on: known when the signal around the set is there, seconds after its end."""

phase_tremor = Table(
    "phase_tremor",
    metadata,
    Column("set_id", Uuid, ForeignKey("exset.id"), nullable=False),
    _reference("algorithm_id", "algorithm"),
    Column("phase", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("amp_rms_ms2", Float, nullable=True),
    Column("freq_hz", Float, nullable=True),
    Column("score", Float, nullable=True),
    PrimaryKeyConstraint("set_id", "algorithm_id", "phase"),
)

report = Table(
    "report",
    metadata,
    _id(),
    _reference("patient_id", "user"),
    _reference("set_id", "exset", nullable=True),
    Column("kind", String(16), nullable=False, server_default="hurts"),
    Column("pain_nrs", Integer, nullable=True),
    Column("soreness_nrs", Integer, nullable=True),
    Column("fatigue_nrs", Integer, nullable=True),
    Column("effort_rpe", Integer, nullable=True),
    Column("note", Text, nullable=False),
    _instant("reported_at"),
    Column("utc_offset_min", Integer, nullable=False),
    CheckConstraint("pain_nrs BETWEEN 0 AND 10", name="pain_nrs"),
    Index("ix_report_patient_id_reported_at", "patient_id", "reported_at"),
)

program_version = Table(
    "program_version",
    metadata,
    _id(),
    _reference("patient_id", "user"),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("since", Date, nullable=False),
    _reference("made_by", "user"),
    _instant("made_at"),
    UniqueConstraint("patient_id", "number", name="uq_program_version_patient_id_number"),
)
"""Never changed once made; `since`: its first day, on the patient's calendar."""

prescription = Table(
    "prescription",
    metadata,
    _reference("version_id", "program_version"),
    Column("position", Integer, nullable=False),
    Column("exercise", String(64), nullable=False),
    Column("side", String(16), nullable=True),
    Column("sets", Integer, nullable=False),
    Column("reps", Integer, nullable=False),
    Column("first_reps", Integer, nullable=False),
    _seconds("concentric_s", nullable=True),
    _seconds("hold_s", nullable=True),
    _seconds("eccentric_s", nullable=True),
    _seconds("rest_s"),
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

decline = Table(
    "decline",
    metadata,
    _reference("version_id", "program_version"),
    Column("position", Integer, nullable=False),
    Column("on_day", Date, nullable=False),
    _reference("declined_by", "user"),
    _instant("declined_at"),
    PrimaryKeyConstraint("version_id", "position"),
)
"""What was proposed for a prescription was not wanted; only later sessions are a reason anew."""

workout = Table(
    "workout",
    metadata,
    _id(),
    _reference("patient_id", "user"),
    _reference("version_id", "program_version", nullable=True),
    _instant("started_at"),
    Column("utc_offset_min", Integer, nullable=False),
    Column("prepared", JSON, nullable=False),
    Column("heat_min", Float, nullable=True),
    Index("ix_workout_patient_id_started_at", "patient_id", "started_at"),
)
"""prepared: what was ticked (true) or skipped (false); what was not answered is not in it."""

alert = Table(
    "alert",
    metadata,
    _id(),
    _reference("patient_id", "user"),
    _reference("report_id", "report"),
    Column("kind", String(32), nullable=False),
    _instant("raised_at"),
    _instant("resolved_at", nullable=True),
    _reference("resolved_by", "user", nullable=True),
    Index("ix_alert_patient_id_raised_at", "patient_id", "raised_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    _instant("at"),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", Uuid, nullable=True),
    Column("action", String(32), nullable=False),
    Column("patient_id", Uuid, nullable=True),
    Column("route", String(200), nullable=False),
    Column("is_allowed", Boolean, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Index("ix_audit_patient_id_at", "patient_id", "at"),
)
"""No foreign keys: what was done stays told when a person is no longer here."""
