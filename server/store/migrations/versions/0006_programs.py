"""Programs in versions, workouts with what was prepared, and how it felt beside pain."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FELT = ("soreness_nrs", "fatigue_nrs", "effort_rpe")


def upgrade() -> None:
    """Make room; what was reported until now was said when it hurt."""
    op.add_column(
        "report", sa.Column("kind", sa.String(length=16), nullable=False, server_default="hurts")
    )
    for name in FELT:
        op.add_column("report", sa.Column(name, sa.Integer(), nullable=True))
    _program_version()
    _prescription()
    _decline()
    _workout()


def downgrade() -> None:
    """Leave programs, workouts and all that was said besides pain."""
    for table in ("workout", "decline", "prescription", "program_version"):
        op.drop_table(table)
    op.execute("DELETE FROM report WHERE kind != 'hurts'")
    for name in (*FELT, "kind"):
        op.drop_column("report", name)


def _program_version() -> None:
    op.create_table(
        "program_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["user.id"], name=op.f("fk_program_version_patient_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_program_version_made_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_version")),
        sa.UniqueConstraint(
            "patient_id", "number", name=op.f("uq_program_version_patient_id_number")
        ),
    )


def _prescription() -> None:
    op.create_table(
        "prescription",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("exercise", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=True),
        sa.Column("sets", sa.Integer(), nullable=False),
        sa.Column("reps", sa.Integer(), nullable=False),
        sa.Column("first_reps", sa.Integer(), nullable=False),
        sa.Column("concentric_s", sa.Float(), nullable=True),
        sa.Column("hold_s", sa.Float(), nullable=True),
        sa.Column("eccentric_s", sa.Float(), nullable=True),
        sa.Column("rest_s", sa.Float(), nullable=False),
        sa.Column("load_kg", sa.Float(), nullable=True),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("step_reps", sa.Integer(), nullable=True),
        sa.Column("after_sessions", sa.Integer(), nullable=True),
        sa.Column("most_reps", sa.Integer(), nullable=True),
        sa.Column("most_sets", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("dose_since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["program_version.id"],
            name=op.f("fk_prescription_version_id_program_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_prescription")),
    )


def _decline() -> None:
    op.create_table(
        "decline",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("declined_by", sa.Uuid(), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["program_version.id"],
            name=op.f("fk_decline_version_id_program_version"),
        ),
        sa.ForeignKeyConstraint(
            ["declined_by"], ["user.id"], name=op.f("fk_decline_declined_by_user")
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_decline")),
    )


def _workout() -> None:
    op.create_table(
        "workout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("utc_offset_min", sa.Integer(), nullable=False),
        sa.Column("prepared", sa.JSON(), nullable=False),
        sa.Column("heat_min", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["user.id"], name=op.f("fk_workout_patient_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["program_version.id"],
            name=op.f("fk_workout_version_id_program_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workout")),
    )
    op.create_index(
        "ix_workout_patient_id_started_at", "workout", ["patient_id", "started_at"], unique=False
    )
