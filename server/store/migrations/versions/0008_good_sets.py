"""Good sets that later ones are compared with."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room."""
    op.create_table(
        "good_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("exercise", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=True),
        sa.Column("placement", sa.String(length=32), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["user.id"], name=op.f("fk_good_set_patient_id_user")
        ),
        sa.ForeignKeyConstraint(["set_id"], ["exset.id"], name=op.f("fk_good_set_set_id_exset")),
        sa.ForeignKeyConstraint(["kept_by"], ["user.id"], name=op.f("fk_good_set_kept_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_set")),
    )
    op.create_index("ix_good_set_patient_id_exercise", "good_set", ["patient_id", "exercise"])


def downgrade() -> None:
    """Forget which sets were good."""
    op.drop_table("good_set")
