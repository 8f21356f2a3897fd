"""Exercises that therapists describe themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room."""
    op.create_table(
        "own_exercise",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("family", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("therapist_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("repetition", sa.String(length=1000), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sides", sa.String(length=32), nullable=False),
        sa.Column("first_phase", sa.String(length=16), nullable=False),
        sa.Column("placement", sa.String(length=32), nullable=False),
        sa.Column("fastest_s", sa.Float(), nullable=False),
        sa.Column("slowest_s", sa.Float(), nullable=False),
        sa.Column("concentric_s", sa.Float(), nullable=False),
        sa.Column("hold_s", sa.Float(), nullable=False),
        sa.Column("eccentric_s", sa.Float(), nullable=False),
        sa.Column("equipment", sa.JSON(), nullable=False),
        sa.Column("cautions", sa.JSON(), nullable=False),
        sa.Column("counts_like", sa.String(length=64), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_away_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["therapist_id"], ["user.id"], name=op.f("fk_own_exercise_therapist_id_user")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_own_exercise")),
        sa.UniqueConstraint("family", "version", name="uq_own_exercise_family_version"),
    )
    op.create_index("ix_own_exercise_therapist_id", "own_exercise", ["therapist_id"])


def downgrade() -> None:
    """Forget them; prescriptions and sets keep their names."""
    op.drop_index("ix_own_exercise_therapist_id", "own_exercise")
    op.drop_table("own_exercise")
