"""People, and which therapist a patient lets in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.store.people_tables import care_link, user


class Role(StrEnum):
    """What a person is here."""

    PATIENT = "patient"
    THERAPIST = "therapist"
    ADMIN = "admin"


class GrantedBy(StrEnum):
    """Who let a therapist in."""

    CLINIC = "clinic"
    PATIENT = "patient"


class NotOnePerson(Exception):
    """Nobody or several are called so; says what to do."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; `timezone` is an IANA name."""

    id: UUID
    role: Role
    display_name: str
    timezone: str


PERSON_COLUMNS = (user.c.id, user.c.role, user.c.display_name, user.c.timezone)


def person_of(row: Row[*tuple[Any, ...]]) -> Person:
    """A row of PERSON_COLUMNS as a Person."""
    return Person(row.id, Role(row.role), row.display_name, row.timezone)


async def add(
    connection: AsyncConnection, role: Role, display_name: str, timezone: str, now: datetime
) -> Person:
    """Make an account."""
    person = Person(uuid4(), role, display_name, timezone)
    await connection.execute(
        insert(user).values(
            id=person.id,
            role=role,
            display_name=display_name,
            timezone=timezone,
            created_at=now,
        )
    )
    return person


async def find(connection: AsyncConnection, person_id: UUID) -> Person | None:
    """The person with this id."""
    query = select(*PERSON_COLUMNS).where(user.c.id == person_id)
    row = (await connection.execute(query)).one_or_none()
    return person_of(row) if row else None


async def known_as(connection: AsyncConnection, name_or_id: str) -> list[Person]:
    """Everybody with exactly this name, or the one with this id: how the command line means one."""
    try:
        is_meant = user.c.id == UUID(name_or_id)
    except ValueError:
        is_meant = user.c.display_name == name_or_id
    query = select(*PERSON_COLUMNS).where(is_meant)
    return [person_of(row) for row in await connection.execute(query)]


async def the_one(connection: AsyncConnection, name_or_id: str) -> Person:
    """The one person of this name or id. Raises NotOnePerson."""
    found = await known_as(connection, name_or_id)
    if not found:
        raise NotOnePerson(f"nobody here is called {name_or_id!r}")
    if len(found) > 1:
        ids = ", ".join(str(person.id) for person in found)
        raise NotOnePerson(f"several people are called {name_or_id!r}; say which by id: {ids}")
    return found[0]


async def count(connection: AsyncConnection) -> int:
    """How many accounts there are."""
    return (await connection.execute(select(func.count()).select_from(user))).scalar_one()


async def link(
    connection: AsyncConnection,
    patient_id: UUID,
    therapist_id: UUID,
    now: datetime,
    by: GrantedBy = GrantedBy.CLINIC,
) -> None:
    """Let a therapist see a patient; does nothing if it is so already."""
    if therapist_id in await therapists_of(connection, patient_id):
        return
    await connection.execute(
        insert(care_link).values(
            id=uuid4(),
            patient_id=patient_id,
            therapist_id=therapist_id,
            granted_at=now,
            granted_by=by,
        )
    )


async def revoke(
    connection: AsyncConnection, patient_id: UUID, therapist_id: UUID, now: datetime
) -> None:
    """End a therapist's view of a patient; that it was there stays on record."""
    standing = and_(
        care_link.c.patient_id == patient_id,
        care_link.c.therapist_id == therapist_id,
        care_link.c.revoked_at.is_(None),
    )
    await connection.execute(update(care_link).where(standing).values(revoked_at=now))


async def therapists_of(connection: AsyncConnection, patient_id: UUID) -> frozenset[UUID]:
    """The therapists whom this patient lets in now."""
    query = select(care_link.c.therapist_id).where(
        care_link.c.patient_id == patient_id, care_link.c.revoked_at.is_(None)
    )
    return frozenset((await connection.execute(query)).scalars())


async def patients_of(connection: AsyncConnection, therapist_id: UUID) -> list[Person]:
    """The patients who let this therapist in now, by name."""
    query = (
        select(*PERSON_COLUMNS)
        .join(care_link, care_link.c.patient_id == user.c.id)
        .where(care_link.c.therapist_id == therapist_id, care_link.c.revoked_at.is_(None))
        .order_by(user.c.display_name)
    )
    return [person_of(row) for row in await connection.execute(query)]
