"""Letting people and sensors in: accounts, one-time links, device tokens; each secret told once."""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import Clock
from server.settings import Settings
from server.store import devices, logins, people
from server.store.people import Person, Role
from server.tokens import digest, new_token


class CannotInvite(Exception):
    """What was asked for cannot be; says why."""


FIRST_NAME = "Therapist"
"""The account that a new server begins with."""


async def invite(
    database: AsyncConnection, person: Person, settings: Settings, clock: Clock
) -> str:
    """A fresh one-time link for somebody, as a path on this server."""
    token = new_token()
    lasts = timedelta(hours=settings.login_link_hours)
    await logins.add_link(database, digest(token), person.id, clock.now(), lasts)
    return f"/enter/{token}"


async def invite_first(database: AsyncConnection, settings: Settings, clock: Clock) -> str | None:
    """On a server without any account: make the first therapist; None once somebody is there."""
    if await people.count(database):
        return None
    first = await people.add(database, Role.THERAPIST, FIRST_NAME, local_timezone(), clock.now())
    return await invite(database, first, settings, clock)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to be let in: `therapist` may see them; no `timezone` means this machine's."""

    name: str
    role: Role
    timezone: str | None = None
    therapist: str | None = None


async def invite_newcomer(
    database: AsyncConnection, newcomer: Newcomer, settings: Settings, clock: Clock
) -> str:
    """Make an account and its one-time link. Raises CannotInvite, NotOnePerson."""
    zone = newcomer.timezone or local_timezone()
    if not is_timezone(zone):
        raise CannotInvite(f"{zone!r} is no time zone; they look like Europe/Berlin")
    if newcomer.therapist is not None and newcomer.role is not Role.PATIENT:
        raise CannotInvite("--therapist says who may see a patient, and this is none")
    person = await people.add(database, newcomer.role, newcomer.name, zone, clock.now())
    if newcomer.therapist is not None:
        therapist = await people.the_one(database, newcomer.therapist)
        await people.link(database, person.id, therapist.id, clock.now())
    return await invite(database, person, settings, clock)


async def pair(
    database: AsyncConnection,
    patient: Person,
    name: str,
    clock: Clock,
    placement: str | None = None,
    side: str | None = None,
) -> str:
    """A token with which a device may bring in signal for this patient, and nothing else.

    Raises CannotInvite if this is no patient.
    """
    if patient.role is not Role.PATIENT:
        raise CannotInvite(f"{patient.display_name} is no patient, so no sensor is theirs")
    token = new_token()
    await devices.add(database, patient.id, name, digest(token), clock.now(), placement, side)
    return token


def local_timezone() -> str:
    """This machine's time zone by its IANA name, or UTC where it does not say."""
    link = str(Path("/etc/localtime").resolve())
    named = os.environ.get("TZ", "").lstrip(":") or link.partition("zoneinfo/")[2]
    return named if is_timezone(named) else "UTC"


def is_timezone(name: str) -> bool:
    """Whether this is an IANA time zone's name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
