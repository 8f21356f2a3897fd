"""A device's kind was never known when it was paired; a recording names its sensor's."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the column, which is empty everywhere."""
    op.drop_column("device", "kind")


def downgrade() -> None:
    """Bring it back, empty."""
    op.add_column("device", sa.Column("kind", sa.String(length=64), nullable=True))
