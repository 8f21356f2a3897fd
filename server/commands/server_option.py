"""Which server, and with which token: the same in every command that sends signal."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import stop

if TYPE_CHECKING:
    from server.collect.delivery import ServerAccess

TOKEN_VARIABLE = "STEADYREP_TOKEN"  # noqa: S105 -- the name of a variable

TokenFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help=f"Holds the device token; else ${TOKEN_VARIABLE}."),
]


def server_access(server: str, token_file: Path | None) -> "ServerAccess":
    """The way to a server; ends the command with a line if there is none."""
    from sensors.uplink import ingest_url
    from server.collect.delivery import ServerAccess

    try:
        ingest_url(server)
    except ValueError as problem:
        stop(f"--server: {problem}")
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return ServerAccess(server, _token(token_file), state / "steadyrep" / "spool")


def _token(token_file: Path | None) -> str:
    try:
        token = token_file.read_text() if token_file else os.environ.get(TOKEN_VARIABLE, "")
    except OSError as problem:
        stop(f"--token-file {token_file}: {problem.strerror}")
    if not token.strip().isprintable() or not token.strip():
        stop(f"--server needs a device token: --token-file FILE or ${TOKEN_VARIABLE}")
    return token.strip()
