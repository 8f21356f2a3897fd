"""Codes for which a collector is given its token: one at a time for a patient, used once."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store import devices
from server.store.devices import Device
from server.store.people_tables import pairing_code


async def keep(
    connection: AsyncConnection,
    meant: Device,
    token_sha256: bytes,
    now: datetime,
    lasts: timedelta,
) -> datetime:
    """Keep a code for a device that is to be, in place of any before; until when it may be used."""
    table = pairing_code
    await connection.execute(delete(table).where(table.c.patient_id == meant.patient_id))
    expires_at = now + lasts
    await connection.execute(
        insert(table).values(
            token_sha256=token_sha256,
            patient_id=meant.patient_id,
            name=meant.name,
            placement=meant.placement,
            side=meant.side,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return expires_at


async def use(
    connection: AsyncConnection, token_sha256: bytes, device_sha256: bytes, now: datetime
) -> Device | None:
    """Use a code up: the device that has its token now; None where it is unknown or has run out."""
    table = pairing_code
    query = select(table).where(table.c.token_sha256 == token_sha256, table.c.expires_at > now)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    await connection.execute(delete(table).where(table.c.token_sha256 == token_sha256))
    return await devices.add(
        connection, row.patient_id, row.name, device_sha256, now, row.placement, row.side
    )
