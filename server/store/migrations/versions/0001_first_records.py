"""First records."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _algorithm()
    _user()
    _care_link()
    _device()
    _login_link()
    _session()
    _recording()
    _chunk()
    _command()
    _exset()
    _rep()
    _report()
    _set_tremor()
    _tremor_window()
    _alert()


def _algorithm() -> None:
    op.create_table(
        "algorithm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("digest_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_algorithm")),
        sa.UniqueConstraint("digest_sha256", name=op.f("uq_algorithm_digest_sha256")),
    )


def _user() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('patient', 'therapist', 'admin')", name=op.f("ck_user_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
    )


def _care_link() -> None:
    op.create_table(
        "care_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("therapist_id", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["user.id"], name=op.f("fk_care_link_patient_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["therapist_id"], ["user.id"], name=op.f("fk_care_link_therapist_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_link")),
    )
    op.create_index(
        "uq_care_link_standing",
        "care_link",
        ["patient_id", "therapist_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def _device() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=True),
        sa.Column("placement", sa.String(length=32), nullable=True),
        sa.Column("side", sa.String(length=16), nullable=True),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["user.id"], name=op.f("fk_device_patient_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_device_token_sha256")),
    )


def _login_link() -> None:
    op.create_table(
        "login_link",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_link_user_id_user")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_login_link")),
    )


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_session_user_id_user")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_session")),
    )


def _recording() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("sensor_name", sa.String(length=200), nullable=False),
        sa.Column("sensor_kind", sa.String(length=64), nullable=False),
        sa.Column("sensor_serial", sa.String(length=200), nullable=True),
        sa.Column("rate_hz", sa.Float(), nullable=False),
        sa.Column("placement", sa.String(length=32), nullable=True),
        sa.Column("side", sa.String(length=16), nullable=True),
        sa.Column("exercise", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("utc_offset_min", sa.Integer(), nullable=False),
        sa.Column("refused_messages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_recording_device_id_device")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["user.id"], name=op.f("fk_recording_patient_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
    )
    op.create_index(
        "ix_recording_patient_id_started_at",
        "recording",
        ["patient_id", "started_at"],
        unique=False,
    )


def _chunk() -> None:
    op.create_table(
        "chunk",
        sa.Column("recording_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("payload_zlib", sa.LargeBinary(), nullable=False),
        sa.Column("start_s", sa.Float(), nullable=False),
        sa.Column("end_s", sa.Float(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_chunk_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("recording_id", "sequence", name=op.f("pk_chunk")),
    )


def _command() -> None:
    op.create_table(
        "command",
        sa.Column("recording_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("before_sequence", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("idempotency_key", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_command_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("recording_id", "number", name=op.f("pk_command")),
    )


def _exset() -> None:
    op.create_table(
        "exset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("utc_offset_min", sa.Integer(), nullable=False),
        sa.Column("start_s", sa.Float(), nullable=True),
        sa.Column("end_s", sa.Float(), nullable=True),
        sa.Column("exercise", sa.String(length=64), nullable=True),
        sa.Column("placement", sa.String(length=32), nullable=True),
        sa.Column("side", sa.String(length=16), nullable=True),
        sa.Column("target_reps", sa.Integer(), nullable=True),
        sa.Column("auto_reps", sa.Integer(), nullable=True),
        sa.Column("confirmed_reps", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("algorithm_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["algorithm_id"], ["algorithm.id"], name=op.f("fk_exset_algorithm_id_algorithm")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["user.id"], name=op.f("fk_exset_confirmed_by_user")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["user.id"], name=op.f("fk_exset_patient_id_user")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_exset_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exset")),
    )
    op.create_index(
        "ix_exset_patient_id_started_at", "exset", ["patient_id", "started_at"], unique=False
    )


def _rep() -> None:
    op.create_table(
        "rep",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("algorithm_id", sa.Uuid(), nullable=False),
        sa.Column("start_s", sa.Float(), nullable=False),
        sa.Column("turn_s", sa.Float(), nullable=False),
        sa.Column("end_s", sa.Float(), nullable=False),
        sa.Column("concentric_s", sa.Float(), nullable=False),
        sa.Column("hold_s", sa.Float(), nullable=False),
        sa.Column("eccentric_s", sa.Float(), nullable=False),
        sa.Column("tilt_deg", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("counted_at_s", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["algorithm_id"], ["algorithm.id"], name=op.f("fk_rep_algorithm_id_algorithm")
        ),
        sa.ForeignKeyConstraint(["set_id"], ["exset.id"], name=op.f("fk_rep_set_id_exset")),
        sa.PrimaryKeyConstraint("set_id", "number", name=op.f("pk_rep")),
    )


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=True),
        sa.Column("pain_nrs", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("utc_offset_min", sa.Integer(), nullable=False),
        sa.CheckConstraint("pain_nrs BETWEEN 0 AND 10", name=op.f("ck_report_pain_nrs")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["user.id"], name=op.f("fk_report_patient_id_user")
        ),
        sa.ForeignKeyConstraint(["set_id"], ["exset.id"], name=op.f("fk_report_set_id_exset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index(
        "ix_report_patient_id_reported_at", "report", ["patient_id", "reported_at"], unique=False
    )


def _set_tremor() -> None:
    op.create_table(
        "set_tremor",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("algorithm_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("amp_rms_ms2", sa.Float(), nullable=True),
        sa.Column("freq_hz", sa.Float(), nullable=True),
        sa.Column("tremor_fraction", sa.Float(), nullable=True),
        sa.Column("none_fraction", sa.Float(), nullable=True),
        sa.Column("unknown_fraction", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["algorithm_id"], ["algorithm.id"], name=op.f("fk_set_tremor_algorithm_id_algorithm")
        ),
        sa.ForeignKeyConstraint(["set_id"], ["exset.id"], name=op.f("fk_set_tremor_set_id_exset")),
        sa.PrimaryKeyConstraint("set_id", name=op.f("pk_set_tremor")),
    )


def _tremor_window() -> None:
    op.create_table(
        "tremor_window",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("algorithm_id", sa.Uuid(), nullable=False),
        sa.Column("start_s", sa.Float(), nullable=False),
        sa.Column("end_s", sa.Float(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("amp_rms_ms2", sa.Float(), nullable=True),
        sa.Column("freq_hz", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["algorithm_id"], ["algorithm.id"], name=op.f("fk_tremor_window_algorithm_id_algorithm")
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["exset.id"], name=op.f("fk_tremor_window_set_id_exset")
        ),
        sa.PrimaryKeyConstraint("set_id", "number", name=op.f("pk_tremor_window")),
    )


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["user.id"], name=op.f("fk_alert_patient_id_user")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_alert_report_id_report")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["user.id"], name=op.f("fk_alert_resolved_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(
        "ix_alert_patient_id_raised_at", "alert", ["patient_id", "raised_at"], unique=False
    )
