"""Shutting out: a person's ways in, or one device's token. What they did stays on record."""

from sqlalchemy.ext.asyncio import AsyncConnection

from server.clock import Clock
from server.store import devices, logins
from server.store.logins import ShutOut
from server.store.people import Person


class NothingToRevoke(Exception):
    """There is no such device; says which there are."""


async def shut_out(database: AsyncConnection, person: Person) -> ShutOut:
    """End a person's sessions and take back their unused links; a new link lets them in again."""
    return await logins.shut_out(database, person.id)


async def revoke_device(database: AsyncConnection, patient: Person, name: str, clock: Clock) -> int:
    """Take back the tokens of a patient's devices so named; how many. Raises NothingToRevoke."""
    standing = await devices.of_patient(database, patient.id)
    meant = [one for one in standing if one.name == name]
    if not meant:
        names = ", ".join(sorted({repr(one.name) for one in standing})) or "none"
        raise NothingToRevoke(
            f"{patient.display_name} has no device called {name!r}; there are: {names}"
        )
    for one in meant:
        await devices.revoke(database, one.id, clock.now())
    return len(meant)
