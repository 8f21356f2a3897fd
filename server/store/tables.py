"""The records: what is kept of sensors, signal and sets; of people elsewhere (people_tables).

Instants are UTC with the patient's offset (minutes east) beside; `_s` columns are seconds on the
recording's own timeline. A result names the algorithm that made it; `auto_reps` is written once.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
)

from server.store.columns import identity, instant, metadata, reference, seconds

algorithm = Table(
    "algorithm",
    metadata,
    identity(),
    Column("version", String(64), nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("digest_sha256", LargeBinary(32), nullable=False, unique=True),
)

recording = Table(
    "recording",
    metadata,
    identity(),
    reference("patient_id", "user"),
    reference("device_id", "device"),
    Column("sensor_name", String(200), nullable=False),
    Column("sensor_kind", String(64), nullable=False),
    Column("sensor_serial", String(200), nullable=True),
    Column("rate_hz", Float, nullable=False),
    Column("placement", String(32), nullable=True),
    Column("side", String(16), nullable=True),
    Column("exercise", String(64), nullable=True),
    instant("started_at"),
    Column("utc_offset_min", Integer, nullable=False),
    Column("refused_messages", Integer, nullable=False, server_default="0"),
    instant("sealed_at", nullable=True),
    Index("ix_recording_patient_id_started_at", "patient_id", "started_at"),
)

chunk = Table(
    "chunk",
    metadata,
    Column("recording_id", Uuid, ForeignKey("recording.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("payload_zlib", LargeBinary, nullable=False),
    seconds("start_s"),
    seconds("end_s"),
    instant("received_at"),
    PrimaryKeyConstraint("recording_id", "sequence"),
)

command = Table(
    "command",
    metadata,
    Column("patient_id", Uuid, ForeignKey("user.id"), nullable=False),
    Column("number", Integer, nullable=False),
    reference("recording_id", "recording", nullable=True),
    Column("before_sequence", Integer, nullable=True),
    Column("content", JSON, nullable=False),
    Column("idempotency_key", Uuid, nullable=True),
    instant("given_at"),
    PrimaryKeyConstraint("patient_id", "number"),
    Index("ix_command_recording_id", "recording_id"),
)
"""What the patient pressed, and before which chunk of which recording, if one came in."""

live_memory = Table(
    "live_memory",
    metadata,
    Column("patient_id", Uuid, ForeignKey("user.id"), nullable=False),
    Column("position", Integer, nullable=False, server_default="0"),
    reference("recording_id", "recording", nullable=True),
    reference("last_set_id", "exset", nullable=True),
    Column("content", JSON, nullable=False),
    instant("remembered_at"),
    PrimaryKeyConstraint("patient_id", "position"),
)
"""Where the patient's set stood at the last commit: position 0 on the page, 1 beside it."""

exset = Table(
    "exset",
    metadata,
    identity(),
    reference("patient_id", "user"),
    reference("recording_id", "recording", nullable=True),
    instant("started_at"),
    Column("utc_offset_min", Integer, nullable=False),
    seconds("start_s", nullable=True),
    seconds("end_s", nullable=True),
    Column("exercise", String(64), nullable=True),
    Column("placement", String(32), nullable=True),
    Column("side", String(16), nullable=True),
    Column("target_reps", Integer, nullable=True),
    Column("auto_reps", Integer, nullable=True),
    Column("confirmed_reps", Integer, nullable=True),
    reference("confirmed_by", "user", nullable=True),
    Column("end_reason", String(32), nullable=False),
    Column("confidence", Float, nullable=True),
    Column("flags", JSON, nullable=False),
    reference("algorithm_id", "algorithm"),
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
    reference("algorithm_id", "algorithm"),
    seconds("start_s"),
    seconds("turn_s"),
    seconds("end_s"),
    seconds("concentric_s"),
    seconds("hold_s"),
    seconds("eccentric_s"),
    Column("tilt_deg", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    seconds("counted_at_s"),
    PrimaryKeyConstraint("set_id", "algorithm_id", "number"),
)

recount = Table(
    "recount",
    metadata,
    Column("set_id", Uuid, ForeignKey("exset.id"), nullable=False),
    reference("algorithm_id", "algorithm"),
    Column("auto_reps", Integer, nullable=False),
    seconds("start_s"),
    seconds("end_s"),
    Column("confidence", Float, nullable=True),
    instant("made_at"),
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
    reference("algorithm_id", "algorithm"),
    seconds("start_s"),
    seconds("end_s"),
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
    reference("algorithm_id", "algorithm"),
    Column("status", String(16), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("windows", Integer, nullable=True),
    *(Column(name, Float, nullable=True) for name in FIGURES_OF_SET),
    instant("settled_at", nullable=True),
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
    reference("algorithm_id", "algorithm"),
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
    identity(),
    reference("patient_id", "user"),
    reference("set_id", "exset", nullable=True),
    Column("kind", String(16), nullable=False, server_default="hurts"),
    Column("pain_nrs", Integer, nullable=True),
    Column("soreness_nrs", Integer, nullable=True),
    Column("fatigue_nrs", Integer, nullable=True),
    Column("effort_rpe", Integer, nullable=True),
    Column("note", Text, nullable=False),
    instant("reported_at"),
    Column("utc_offset_min", Integer, nullable=False),
    CheckConstraint("pain_nrs BETWEEN 0 AND 10", name="pain_nrs"),
    Index("ix_report_patient_id_reported_at", "patient_id", "reported_at"),
)

alert = Table(
    "alert",
    metadata,
    identity(),
    reference("patient_id", "user"),
    reference("report_id", "report"),
    Column("kind", String(32), nullable=False),
    instant("raised_at"),
    instant("resolved_at", nullable=True),
    reference("resolved_by", "user", nullable=True),
    Index("ix_alert_patient_id_raised_at", "patient_id", "raised_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    instant("at"),
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
