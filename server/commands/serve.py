"""`steadyrep serve`: the server, until Ctrl-C."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import Data, configured, end_like_ctrl_c, stop

if TYPE_CHECKING:
    import socket

    from server.settings import Settings


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (STEADYREP_HOST; 127.0.0.1).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes a free one (STEADYREP_PORT; 8710).")
    ] = None,
    data: Data = None,
) -> None:
    """Run the server; the first start prints a one-time link for the first therapist."""
    from server.listening import AddressTaken, open_socket

    end_like_ctrl_c()
    settings = configured(data, host, port)
    try:
        listening = open_socket(settings)
    except AddressTaken as problem:
        stop(str(problem))
    try:
        asyncio.run(_serve(settings, listening))
    except KeyboardInterrupt:
        typer.echo("Stopped.")


async def _serve(settings: "Settings", listening: "socket.socket") -> None:
    from server.app import create_app
    from server.clock import Clock
    from server.invitations import invite_first
    from server.listening import serving
    from server.served_at import note_origin
    from server.store.database import Database

    async with Database.open(settings.database_path) as database, database.writing() as changes:
        link = await invite_first(changes, settings, Clock())
    address = note_origin(settings, listening.getsockname()[1])
    async with serving(create_app(settings), settings, listening) as running:
        typer.echo(f"Steadyrep listens on {address} (Ctrl-C stops it).")
        if link is not None:
            typer.echo(f"The first therapist comes in here, once: {address}{link}")
        await running
