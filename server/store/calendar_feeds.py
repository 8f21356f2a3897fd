"""Secret addresses at which a patient's calendar reads the plan's days."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.program_tables import calendar_feed


async def open_feed(
    connection: AsyncConnection, patient_id: UUID, token_sha256: bytes, now: datetime
) -> None:
    """Give a patient's feed a new address; the one before leads nowhere any more."""
    await connection.execute(delete(calendar_feed).where(calendar_feed.c.patient_id == patient_id))
    await connection.execute(
        insert(calendar_feed).values(patient_id=patient_id, token_sha256=token_sha256, made_at=now)
    )


async def whose(connection: AsyncConnection, token_sha256: bytes) -> UUID | None:
    """The patient whose feed is at an address."""
    query = select(calendar_feed.c.patient_id).where(calendar_feed.c.token_sha256 == token_sha256)
    patient_id: UUID | None = (await connection.execute(query)).scalar_one_or_none()
    return patient_id
