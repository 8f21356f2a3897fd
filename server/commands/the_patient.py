"""The patient whom a command names."""

from typing import TYPE_CHECKING

from server.commands.configured import stop

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from server.store.people import Person


async def the_patient(connection: "AsyncConnection", name_or_id: str) -> "Person":
    """The one patient of this name or id; ends the command where there is none."""
    from server.store.people import NotOnePerson, Role, the_one

    try:
        person = await the_one(connection, name_or_id)
    except NotOnePerson as problem:
        stop(str(problem))
    if person.role is not Role.PATIENT:
        stop(f"{name_or_id} is no patient: only patients have records")
    return person
