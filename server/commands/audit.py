"""`steadyrep audit`: who looked at whose records, and whether that record is whole."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from server.commands.configured import Data, configured_here, stop

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from server.settings import Settings
    from server.store.audit import Deed
    from server.store.people import Person

Read = TypeVar("Read")
EXIT_BROKEN = 1

audits = typer.Typer(help="Who looked at whose records.", no_args_is_help=True)


@audits.command("verify")
def verify(data: Data = None) -> None:
    """Hash the whole chain again and say whether a link was changed or taken out.

    Write the number and hash down elsewhere: links missing at the end show only against them. Exit
    code 0: whole. 1: broken.
    """
    from server.store import audit

    found = _reading(configured_here(data), audit.verify)
    typer.echo(f"{found.links} entries, the last {found.last_sha256.hex()}")
    if found.broken_at is not None:
        typer.echo(f"broken at entry {found.broken_at}: it was changed, or one before it taken out")
        raise typer.Exit(EXIT_BROKEN)


@audits.command("list")
def listing(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The patient's name, or id.")],
    *,
    limit: Annotated[int, typer.Option(min=1, help="So many, the newest.")] = 100,
    data: Data = None,
) -> None:
    """List who did what with a patient's records, newest first."""
    from server.store import audit, people

    async def read(
        database: "AsyncConnection",
    ) -> "list[tuple[Deed, Person | None]]":
        person = await people.the_one(database, name)
        deeds = await audit.of_patient(database, person.id, limit)
        known = {one.actor_id for one in deeds if one.actor_id is not None}
        names = {each: await people.find(database, each) for each in known}
        return [(one, names.get(one.actor_id) if one.actor_id else None) for one in deeds]

    try:
        found = _reading(configured_here(data), read)
    except people.NotOnePerson as problem:
        stop(str(problem))
    for deed, person in found:
        who = person.display_name if person is not None else deed.actor_kind
        refused = "" if deed.is_allowed else "  refused"
        typer.echo(f"{deed.at:%Y-%m-%d %H:%M:%S} UTC  {who}  {deed.action}  {deed.route}{refused}")


def _reading(settings: "Settings", read: "Callable[[AsyncConnection], Awaitable[Read]]") -> Read:
    from server.store.database import Database

    async def act() -> Read:
        async with Database.open(settings.database) as database, database.reading() as reading:
            return await read(reading)

    return asyncio.run(act())
