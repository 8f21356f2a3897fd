"""`steadyrep user add`, `link`, `pair` and `revoke`: who and what may come in, and may not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.commands.configured import Data, configured, stop

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from server.settings import Settings

users = typer.Typer(help="Accounts.", no_args_is_help=True)
users.callback()(lambda: None)  # A command alone would take its own name for an argument.
Name = Annotated[str, typer.Argument(metavar="NAME", help="The person's name, or their id.")]


@users.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name that is shown.")],
    role: Annotated[
        Literal["patient", "therapist", "admin"], typer.Option(help="What the person is here.")
    ] = "patient",
    therapist: Annotated[
        str | None, typer.Option(metavar="NAME", help="The therapist who may see this patient.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Such as Europe/Berlin; else this machine's.")
    ] = None,
    data: Data = None,
) -> None:
    """Add a person and print their one-time link."""
    from server import invitations
    from server.clock import Clock
    from server.store.people import Role

    settings = configured(data)
    newcomer = invitations.Newcomer(name, Role(role), timezone, therapist)
    path = _in_store(
        settings,
        lambda database: invitations.invite_newcomer(database, newcomer, settings, Clock()),
    )
    _print_link(settings, name, path)


def link(name: Name, data: Data = None) -> None:
    """Print a fresh one-time link for somebody."""
    from server import invitations
    from server.clock import Clock
    from server.store import people

    settings = configured(data)

    async def invite(database: "AsyncConnection") -> str:
        person = await people.the_one(database, name)
        return await invitations.invite(database, person, settings, Clock())

    _print_link(settings, name, _in_store(settings, invite))


def pair(
    patient: Name,
    device: Annotated[str, typer.Option(help="What the device is called.")] = "sensor",
    placement: Annotated[
        Literal["thigh", "shank", "waist", "wrist", "ankle"] | None,
        typer.Option(help="Where it is worn."),
    ] = None,
    side: Annotated[Literal["left", "right"] | None, typer.Option(help="On which side.")] = None,
    data: Data = None,
) -> None:
    """Print a token with which a device may send signal for one patient, and do nothing else."""
    from server import invitations
    from server.clock import Clock
    from server.store import people

    settings = configured(data)

    async def pair_up(database: "AsyncConnection") -> str:
        person = await people.the_one(database, patient)
        return await invitations.pair(database, person, device, Clock(), placement, side)

    token = _in_store(settings, pair_up)
    typer.echo(f"Token of {device} for {patient}; it is not shown again:")
    typer.echo(token)


def revoke(
    name: Name,
    device: Annotated[
        str | None,
        typer.Option(metavar="DEVICE", help="Only this device of theirs, by its name."),
    ] = None,
    data: Data = None,
) -> None:
    """Shut somebody out: end their sessions and unused links; or take back a device's token."""
    from server import revocations
    from server.clock import Clock
    from server.store import people

    async def shut_out(database: "AsyncConnection") -> str:
        person = await people.the_one(database, name)
        if device is not None:
            tokens = await revocations.revoke_device(database, person, device, Clock())
            return f"{device} of {name} sends nothing more: {tokens} token(s) taken back."
        closed = await revocations.shut_out(database, person)
        return (
            f"{name} is shut out: {closed.sessions} session(s) ended, {closed.links} unused "
            f"link(s) taken back. `steadyrep link` lets them in again."
        )

    typer.echo(_in_store(configured(data), shut_out))


def _in_store(settings: "Settings", act: "Callable[[AsyncConnection], Awaitable[str]]") -> str:
    """Do something in one transaction; what cannot be done ends the command with the reason."""
    from server.invitations import CannotInvite
    from server.revocations import NothingToRevoke
    from server.store.database import Database
    from server.store.people import NotOnePerson

    async def act_and_close() -> str:
        async with Database.open(settings.database) as database, database.writing() as changes:
            return await act(changes)

    try:
        return asyncio.run(act_and_close())
    except (CannotInvite, NothingToRevoke, NotOnePerson) as problem:
        stop(str(problem))


def _print_link(settings: "Settings", name: str, path: str) -> None:
    from server.served_at import known_origin

    typer.echo(f"{name} comes in here, once, within {settings.login_link_hours:g} hours:")
    typer.echo(f"{known_origin(settings)}{path}")
