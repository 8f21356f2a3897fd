"""Whom a patient lets in: what stands, what stood, and invitations that are open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store import people
from server.store.people import GrantedBy
from server.store.people_tables import care_link, share_invitation, user


@dataclass(frozen=True, slots=True)
class Sharing:
    """A therapist who sees or saw a patient; revoked_at: None while it stands."""

    id: UUID
    therapist_id: UUID
    therapist_name: str
    granted_at: datetime
    granted_by: GrantedBy
    revoked_at: datetime | None


async def of_patient(connection: AsyncConnection, patient_id: UUID) -> list[Sharing]:
    """All there ever were, those that stand first, then the newest."""
    query = (
        select(
            care_link.c.id,
            care_link.c.therapist_id,
            user.c.display_name,
            care_link.c.granted_at,
            care_link.c.granted_by,
            care_link.c.revoked_at,
        )
        .join(user, user.c.id == care_link.c.therapist_id)
        .where(care_link.c.patient_id == patient_id)
        .order_by(
            care_link.c.revoked_at.is_not(None), care_link.c.granted_at.desc(), care_link.c.id
        )
    )
    return [
        Sharing(link_id, therapist_id, name, granted_at, GrantedBy(by), revoked_at)
        for link_id, therapist_id, name, granted_at, by, revoked_at in await connection.execute(
            query
        )
    ]


async def withdraw(
    connection: AsyncConnection, patient_id: UUID, link_id: UUID, now: datetime
) -> None:
    """End one of a patient's links; of another's or one that has ended it changes nothing."""
    await connection.execute(
        update(care_link)
        .where(
            care_link.c.id == link_id,
            care_link.c.patient_id == patient_id,
            care_link.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


async def invite(
    connection: AsyncConnection,
    patient_id: UUID,
    token_sha256: bytes,
    now: datetime,
    lasts: timedelta,
) -> datetime:
    """Keep an invitation, in place of any before it; until when it may be used."""
    table = share_invitation
    await connection.execute(delete(table).where(table.c.patient_id == patient_id))
    expires_at = now + lasts
    await connection.execute(
        insert(table).values(
            token_sha256=token_sha256,
            patient_id=patient_id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return expires_at


async def invited_by(
    connection: AsyncConnection, token_sha256: bytes, now: datetime
) -> UUID | None:
    """The patient whose invitation this is; None where it is unknown, used or has run out."""
    query = select(share_invitation.c.patient_id).where(
        share_invitation.c.token_sha256 == token_sha256, share_invitation.c.expires_at > now
    )
    patient_id: UUID | None = (await connection.execute(query)).scalar_one_or_none()
    return patient_id


async def accept(
    connection: AsyncConnection, token_sha256: bytes, therapist_id: UUID, now: datetime
) -> UUID | None:
    """Use an invitation up; the patient who now lets this therapist in, or None as above."""
    patient_id = await invited_by(connection, token_sha256, now)
    if patient_id is None:
        return None
    table = share_invitation
    await connection.execute(delete(table).where(table.c.token_sha256 == token_sha256))
    await people.link(connection, patient_id, therapist_id, now, GrantedBy.PATIENT)
    return patient_id
