"""One-time links and the sessions they open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.people import PERSON_COLUMNS, Person, person_of
from server.store.people_tables import login_link, session, user

SEEN_EVERY = timedelta(minutes=10)
"""A session's last use is written at most this often: reading a page should not write."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session may rest, and how long it may last."""

    idle: timedelta
    absolute: timedelta


async def add_link(
    connection: AsyncConnection,
    token_sha256: bytes,
    user_id: UUID,
    now: datetime,
    lasts: timedelta,
) -> None:
    """Remember a one-time link for somebody."""
    await connection.execute(
        insert(login_link).values(
            token_sha256=token_sha256, user_id=user_id, created_at=now, expires_at=now + lasts
        )
    )


async def link_is_open(connection: AsyncConnection, token_sha256: bytes, now: datetime) -> bool:
    """Whether this link would still let its person in."""
    query = select(login_link.c.user_id).where(*_open_link(token_sha256, now))
    return (await connection.execute(query)).scalar_one_or_none() is not None


async def use_link(connection: AsyncConnection, token_sha256: bytes, now: datetime) -> UUID | None:
    """Spend a link: whose it was, or None if it is unknown, used or expired."""
    spent = (
        update(login_link)
        .where(*_open_link(token_sha256, now))
        .values(used_at=now)
        .returning(login_link.c.user_id)
    )
    whose: UUID | None = (await connection.execute(spent)).scalar_one_or_none()
    return whose


def _open_link(token_sha256: bytes, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        login_link.c.token_sha256 == token_sha256,
        login_link.c.used_at.is_(None),
        login_link.c.expires_at > now,
    )


async def add_session(
    connection: AsyncConnection,
    token_sha256: bytes,
    user_id: UUID,
    now: datetime,
    limits: SessionLimits,
) -> None:
    """Open a session; sessions that have run out are swept away with it."""
    await connection.execute(delete(session).where(session.c.expires_at <= now))
    await connection.execute(
        insert(session).values(
            token_sha256=token_sha256,
            user_id=user_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + limits.absolute,
        )
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """Who a session belongs to, and when it was last seen in use."""

    person: Person
    last_seen_at: datetime


async def visit(
    connection: AsyncConnection, token_sha256: bytes, now: datetime, limits: SessionLimits
) -> Visit | None:
    """The visit behind a session token, or None if there is none or it has run out."""
    query = (
        select(*PERSON_COLUMNS, session.c.last_seen_at)
        .join(session, session.c.user_id == user.c.id)
        .where(
            session.c.token_sha256 == token_sha256,
            session.c.expires_at > now,
            session.c.last_seen_at > now - limits.idle,
        )
    )
    row = (await connection.execute(query)).one_or_none()
    return Visit(person_of(row), row.last_seen_at) if row else None


async def touch(connection: AsyncConnection, token_sha256: bytes, now: datetime) -> None:
    """Note that a session was used."""
    await connection.execute(
        update(session).where(session.c.token_sha256 == token_sha256).values(last_seen_at=now)
    )


async def end_session(connection: AsyncConnection, token_sha256: bytes) -> None:
    """Close a session."""
    await connection.execute(delete(session).where(session.c.token_sha256 == token_sha256))


@dataclass(frozen=True, slots=True)
class ShutOut:
    """How many ways in were closed."""

    sessions: int
    links: int


async def shut_out(connection: AsyncConnection, user_id: UUID) -> ShutOut:
    """Close all of somebody's sessions and forget their unused links."""
    sessions = delete(session).where(session.c.user_id == user_id)
    links = delete(login_link).where(
        login_link.c.user_id == user_id, login_link.c.used_at.is_(None)
    )
    return ShutOut(
        (await connection.execute(sessions)).rowcount, (await connection.execute(links)).rowcount
    )
