"""Who looked at whose records, or tried to: a chain that shows when a link was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Begin the chain."""
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("is_allowed", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_patient_id_at", "audit", ["patient_id", "at"])


def downgrade() -> None:
    """Forget the chain."""
    op.drop_index("ix_audit_patient_id_at", "audit")
    op.drop_table("audit")
