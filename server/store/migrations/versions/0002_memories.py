"""Commands belong to a patient, with or without a recording; where a set stood is remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBERED = """
    INSERT INTO command (patient_id, number, recording_id, before_sequence, content,
                         idempotency_key, given_at)
    SELECT recording.patient_id,
           row_number() OVER (
               PARTITION BY recording.patient_id
               ORDER BY old_command.given_at, old_command.recording_id, old_command.number
           ) - 1,
           old_command.recording_id, old_command.before_sequence, old_command.content,
           old_command.idempotency_key, old_command.given_at
    FROM old_command JOIN recording ON recording.id = old_command.recording_id
"""


def upgrade() -> None:
    """Apply."""
    op.rename_table("command", "old_command")
    if op.get_bind().dialect.name == "postgresql":  # where a key's name is the whole schema's
        op.execute("ALTER TABLE old_command RENAME CONSTRAINT pk_command TO pk_old_command")
    _command()
    op.execute(NUMBERED)
    op.drop_table("old_command")
    _live_memory()


def _command() -> None:
    op.create_table(
        "command",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Uuid(), nullable=True),
        sa.Column("before_sequence", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("idempotency_key", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["user.id"], name=op.f("fk_command_patient_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_command_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("patient_id", "number", name=op.f("pk_command")),
    )
    op.create_index("ix_command_recording_id", "command", ["recording_id"], unique=False)


def _live_memory() -> None:
    op.create_table(
        "live_memory",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.Uuid(), nullable=True),
        sa.Column("last_set_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("remembered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["user.id"], name=op.f("fk_live_memory_patient_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_live_memory_recording_id_recording")
        ),
        sa.ForeignKeyConstraint(
            ["last_set_id"], ["exset.id"], name=op.f("fk_live_memory_last_set_id_exset")
        ),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_live_memory")),
    )
