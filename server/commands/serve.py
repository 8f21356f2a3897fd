"""`steadyrep serve`: the server, until Ctrl-C."""

import asyncio
import sys
from contextlib import nullcontext
from pathlib import Path
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
    *,
    lan: Annotated[
        bool,
        typer.Option(
            "--lan", help="For this network's phones: HTTPS with certificates of its own."
        ),
    ] = False,
    data: Data = None,
) -> None:
    """Run the server; the first start prints a one-time link for the first therapist.

    With --lan it listens on this machine's address on the network, makes and renews its own
    certificates, and prints a QR code that opens the page on a phone: /trust there says what to do
    once on each phone.
    """
    from server.listening import AddressTaken, open_socket
    from server.logs import set_up

    end_like_ctrl_c()
    settings = _on_the_network(data, host, port) if lan else configured(data, host, port)
    set_up(settings.log_format)
    try:
        listening = open_socket(settings)
    except AddressTaken as problem:
        stop(str(problem))
    try:
        asyncio.run(_serve(settings, listening, is_lan=lan))
    except KeyboardInterrupt:
        typer.echo("Stopped.")


def _on_the_network(data: Path | None, host: str | None, port: int | None) -> "Settings":
    """The settings for a server that its own network reaches."""
    from server.clock import Clock
    from server.lan.addresses import NoNetwork, lan_address, names_of
    from server.lan.certificates import NotPrivate, ensure

    folder = configured(data).tls_dir
    try:
        address = host or lan_address()
        made = ensure(folder, names_of(address), Clock().now())
    except NoNetwork as problem:
        stop(f"--lan: this machine is on no network: {problem}; name its address with --host")
    except NotPrivate as problem:
        stop(f"--lan: {problem}")
    except OSError as problem:
        stop(f"{folder}: no certificate can be written: {problem.strerror}")
    return configured(data, address, port, tls_cert=made.server, tls_key=made.key)


async def _serve(settings: "Settings", listening: "socket.socket", *, is_lan: bool) -> None:
    from server.app import create_app
    from server.clock import Clock
    from server.invitations import invite_first
    from server.lan.renewal import renewed
    from server.listening import serving
    from server.served_at import note_origin
    from server.store.database import Database

    async with Database.open(settings.database) as database, database.writing() as changes:
        link = await invite_first(changes, settings, Clock())
    address = note_origin(settings, listening.getsockname()[1])
    async with (
        serving(create_app(settings), settings, listening) as running,
        renewed(settings, running.tls) if is_lan else nullcontext(),
    ):
        if is_lan:
            _show_the_way(f"{address}/trust")
        typer.echo(f"Steadyrep listens on {address} (Ctrl-C stops it).")
        if link is not None:
            typer.echo(f"The first therapist comes in here, once: {address}{link}")
        await running.task


def _show_the_way(address: str) -> None:
    """A QR code for a phone's camera, where somebody looks at a terminal."""
    import segno

    if sys.stdout.isatty():
        segno.make(address, error="m").terminal(compact=True)
    typer.echo(f"Once on each phone: {address}")
