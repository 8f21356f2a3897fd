"""Where the set of a second sensor stood is remembered beside that of the first."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Number what is remembered of a patient; there was one of each so far."""
    position = sa.Column("position", sa.Integer(), nullable=False, server_default="0")
    with op.batch_alter_table("live_memory", recreate="auto") as batch:
        batch.add_column(position)
        batch.drop_constraint("pk_live_memory", type_="primary")
        batch.create_primary_key("pk_live_memory", ["patient_id", "position"])


def downgrade() -> None:
    """Remember what was on the page."""
    op.execute("DELETE FROM live_memory WHERE position != 0")
    with op.batch_alter_table("live_memory", recreate="auto") as batch:
        batch.drop_constraint("pk_live_memory", type_="primary")
        batch.create_primary_key("pk_live_memory", ["patient_id"])
        batch.drop_column("position")
