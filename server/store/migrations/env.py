"""How Alembic runs here: on the connection that the store hands over."""

from typing import Literal

from alembic import context

from server.store.schema import Instant, metadata


def plain_instant(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write an Instant as the column type it is, so that old migrations outlive our code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=plain_instant,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
