"""How a care link came about, and invitations by which a patient lets a therapist in."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Links that are there were made by the clinic: nothing else could make them."""
    op.add_column(
        "care_link",
        sa.Column("granted_by", sa.String(length=16), nullable=False, server_default="clinic"),
    )
    op.create_table(
        "share_invitation",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["user.id"], name=op.f("fk_share_invitation_patient_id_user")
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_share_invitation")),
    )


def downgrade() -> None:
    """Forget how links came about."""
    op.drop_table("share_invitation")
    op.drop_column("care_link", "granted_by")
