"""The records of people: accounts, who lets whom in, ways in, and devices' tokens."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    String,
    Table,
    text,
)

from server.store.columns import identity, instant, metadata, reference

user = Table(
    "user",
    metadata,
    identity(),
    Column("role", String(16), nullable=False),
    Column("display_name", String(200), nullable=False),
    Column("timezone", String(64), nullable=False),
    instant("created_at"),
    CheckConstraint("role IN ('patient', 'therapist', 'admin')", name="role"),
)

care_link = Table(
    "care_link",
    metadata,
    identity(),
    reference("patient_id", "user"),
    reference("therapist_id", "user"),
    instant("granted_at"),
    Column("granted_by", String(16), nullable=False, server_default="clinic"),
    instant("revoked_at", nullable=True),
    Index(
        "uq_care_link_standing",
        "patient_id",
        "therapist_id",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
)

share_invitation = Table(
    "share_invitation",
    metadata,
    Column("token_sha256", LargeBinary(32), primary_key=True),
    reference("patient_id", "user"),
    instant("created_at"),
    instant("expires_at"),
)
"""By which a patient lets one therapist in; gone when it is used."""

login_link = Table(
    "login_link",
    metadata,
    Column("token_sha256", LargeBinary(32), primary_key=True),
    reference("user_id", "user"),
    instant("created_at"),
    instant("expires_at"),
    instant("used_at", nullable=True),
)

session = Table(
    "session",
    metadata,
    Column("token_sha256", LargeBinary(32), primary_key=True),
    reference("user_id", "user"),
    instant("created_at"),
    instant("last_seen_at"),
    instant("expires_at"),
)

device = Table(
    "device",
    metadata,
    identity(),
    reference("patient_id", "user"),
    Column("name", String(200), nullable=False),
    Column("placement", String(32), nullable=True),
    Column("side", String(16), nullable=True),
    Column("token_sha256", LargeBinary(32), nullable=False, unique=True),
    instant("created_at"),
    instant("revoked_at", nullable=True),
)

pairing_code = Table(
    "pairing_code",
    metadata,
    Column("token_sha256", LargeBinary(32), primary_key=True),
    reference("patient_id", "user"),
    Column("name", String(200), nullable=False),
    Column("placement", String(32), nullable=True),
    Column("side", String(16), nullable=True),
    instant("created_at"),
    instant("expires_at"),
)
"""For which a collector is given its token; gone when it is used."""
