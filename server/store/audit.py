"""Who looked at whose records, or tried to, and when; never what they saw.

Each link is hashed together with the one before it: a link that is changed, or taken out of the
middle, breaks the chain from there on. Links missing at its end cannot be seen in the chain alone;
whoever wants to see that writes down what `verify` says and compares it later.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.tables import audit

FIRST = bytes(32)
"""What the first link is hashed with."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did or tried. actor_kind: person, device or nobody.

    patient_id: whose records; None where there is no such patient. route: as it is written in the
    program, so without names and ids.
    """

    at: datetime
    actor_kind: str
    actor_id: UUID | None
    action: str
    patient_id: UUID | None
    route: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """How many links there are, the hash of the last, and the first that is broken, if any."""

    links: int
    last_sha256: bytes
    broken_at: int | None


async def append(connection: AsyncConnection, deed: Deed) -> None:
    """Add a link; in a writing transaction, of which there is one at a time."""
    last = await _last(connection)
    number, before = (1, FIRST) if last is None else (last.number + 1, last.sha256)
    await connection.execute(
        insert(audit).values(
            number=number,
            at=deed.at,
            actor_kind=deed.actor_kind,
            actor_id=deed.actor_id,
            action=deed.action,
            patient_id=deed.patient_id,
            route=deed.route,
            is_allowed=deed.is_allowed,
            sha256=_hash(before, number, deed),
        )
    )


async def of_patient(connection: AsyncConnection, patient_id: UUID, limit: int) -> list[Deed]:
    """What was done with a patient's records, newest first."""
    query = (
        select(audit)
        .where(audit.c.patient_id == patient_id)
        .order_by(audit.c.number.desc())
        .limit(limit)
    )
    return [_deed(row) for row in await connection.execute(query)]


async def verify(connection: AsyncConnection) -> Verified:
    """Hash the whole chain again."""
    links, before, broken_at = 0, FIRST, None
    async for row in await connection.stream(select(audit).order_by(audit.c.number)):
        links += 1
        is_whole = row.number == links and row.sha256 == _hash(before, row.number, _deed(row))
        if not is_whole and broken_at is None:
            broken_at = links
        before = row.sha256
    return Verified(links, before, broken_at)


async def _last(connection: AsyncConnection) -> Row[int, bytes] | None:
    query = select(audit.c.number, audit.c.sha256).order_by(audit.c.number.desc()).limit(1)
    return (await connection.execute(query)).one_or_none()


def _deed(row: Row[*tuple[object, ...]]) -> Deed:
    return Deed(
        row.at,
        row.actor_kind,
        row.actor_id,
        row.action,
        row.patient_id,
        row.route,
        row.is_allowed,
    )


def _hash(before: bytes, number: int, deed: Deed) -> bytes:
    told = [
        number,
        deed.at.isoformat(),
        deed.actor_kind,
        None if deed.actor_id is None else str(deed.actor_id),
        deed.action,
        None if deed.patient_id is None else str(deed.patient_id),
        deed.route,
        deed.is_allowed,
    ]
    return hashlib.sha256(before + json.dumps(told, separators=(",", ":")).encode()).digest()
