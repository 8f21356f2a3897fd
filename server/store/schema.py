"""All tables together, as the migrations make them."""

from server.store import people_tables, program_tables, tables
from server.store.columns import Instant, metadata

__all__ = ["Instant", "metadata", "people_tables", "program_tables", "tables"]
