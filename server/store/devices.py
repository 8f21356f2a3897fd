"""Sensors' tokens: each may bring in signal for one patient and do nothing else."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.people_tables import device

PHONE = "Phone in the browser"


@dataclass(frozen=True, slots=True)
class Device:
    """A paired collector or sensor, and where it is usually worn."""

    id: UUID
    patient_id: UUID
    name: str
    placement: str | None = None
    side: str | None = None


async def add(
    connection: AsyncConnection,
    patient_id: UUID,
    name: str,
    token_sha256: bytes,
    now: datetime,
    placement: str | None = None,
    side: str | None = None,
) -> Device:
    """Pair a device with a patient."""
    paired = Device(uuid4(), patient_id, name, placement, side)
    await connection.execute(
        insert(device).values(
            id=paired.id,
            patient_id=patient_id,
            name=name,
            placement=placement,
            side=side,
            token_sha256=token_sha256,
            created_at=now,
        )
    )
    return paired


async def phone_of(connection: AsyncConnection, patient_id: UUID, now: datetime) -> Device:
    """The patient's phones, as one device that comes with the patient's own session."""
    return await without_token(connection, patient_id, PHONE, now)


async def without_token(
    connection: AsyncConnection, patient_id: UUID, name: str, now: datetime
) -> Device:
    """The patient's device of that name, made the first time.

    Nobody has a token of it: the hash kept is of bytes that were thrown away.
    """
    query = select(device.c.id).where(
        device.c.patient_id == patient_id, device.c.name == name, device.c.revoked_at.is_(None)
    )
    known: UUID | None = (await connection.execute(query)).scalars().first()
    if known is not None:
        return Device(known, patient_id, name)
    return await add(connection, patient_id, name, secrets.token_bytes(32), now)


async def with_token(connection: AsyncConnection, token_sha256: bytes) -> Device | None:
    """The device that carries this token, unless it was revoked."""
    query = select(device).where(
        device.c.token_sha256 == token_sha256, device.c.revoked_at.is_(None)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return Device(row.id, row.patient_id, row.name, row.placement, row.side)


async def of_patient(connection: AsyncConnection, patient_id: UUID) -> list[Device]:
    """A patient's devices whose tokens are good."""
    query = (
        select(device)
        .where(device.c.patient_id == patient_id, device.c.revoked_at.is_(None))
        .order_by(device.c.name, device.c.created_at)
    )
    rows = await connection.execute(query)
    return [Device(row.id, row.patient_id, row.name, row.placement, row.side) for row in rows]


async def revoke(connection: AsyncConnection, device_id: UUID, now: datetime) -> None:
    """Take a device's token back."""
    await connection.execute(update(device).where(device.c.id == device_id).values(revoked_at=now))
