"""What the tables are made of: names of constraints, instants, and the columns that recur."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    MetaData,
    TypeDecorator,
    Uuid,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """A moment, stored as UTC; refuses a datetime that does not say which moment it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Back, with UTC said (SQLite forgets the zone)."""
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def identity() -> Column[Any]:
    """The row's own id."""
    return Column("id", Uuid, primary_key=True)


def reference(name: str, target: str, *, nullable: bool = False) -> Column[Any]:
    """The id of a row of another table."""
    return Column(name, Uuid, ForeignKey(f"{target}.id"), nullable=nullable)


def instant(name: str, *, nullable: bool = False) -> Column[Any]:
    """A moment."""
    return Column(name, Instant, nullable=nullable)


def seconds(name: str, *, nullable: bool = False) -> Column[Any]:
    """Seconds, of a stream's time or lasting."""
    return Column(name, Float, nullable=nullable)
