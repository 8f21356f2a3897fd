"""`steadyrep connect`: a collector's token, for a code that a patient made."""

import json
import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from server.commands.configured import stop

ANSWER_S = 15.0
MOST_BYTES = 100_000
"""An answer has some hundred."""


def connect(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="From the page “Your sensors”.")
    ],
    *,
    token_file: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to keep the token; only you can read it.")
    ] = Path("steadyrep-token"),
) -> None:
    """Get this computer its token from a server, with the code that a patient made there.

    Then `steadyrep collect --server URL --token-file FILE` sends. The code works once. Exit code 0:
    connected. 2: it could not be done, and nothing was written.
    """
    if token_file.exists():
        stop(f"{token_file}: exists already: name another with --token-file, or move it")
    server, token, device = _asked(address)
    try:
        with open(token_file, "x", opener=_private) as file:
            file.write(token + "\n")
    except OSError as problem:
        stop(f"{token_file}: cannot be written: {problem.strerror}; make a new code")
    typer.echo(f"Connected as {device}. It sends with")
    typer.echo(f"steadyrep collect --server {server} --token-file {token_file}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _asked(address: str) -> tuple[str, str, str]:
    """Server, token and the device's name; ends the command where there are none."""
    import urllib.error
    import urllib.request

    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or "/api/v1/pairings/" not in parts.path:
        stop(f"{address}: is no address of the page “Your sensors”")
    request = urllib.request.Request(address, method="POST")  # noqa: S310 -- http or https
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310
            said = _read(answer.read(MOST_BYTES), parts.netloc)
    except urllib.error.HTTPError as refused:
        with refused:
            said = _read(refused.read(MOST_BYTES), parts.netloc)
        stop(str(said.get("detail", f"it answers {refused.code}")))
    except OSError as problem:
        stop(f"{parts.netloc} does not answer: {problem}: is the server running?")
    if not {"token", "device"} <= set(said):
        stop(f"{parts.netloc} is no Steadyrep: check the address")
    return f"{parts.scheme}://{parts.netloc}", str(said["token"]), str(said["device"])


def _read(content: bytes, who: str) -> dict[str, object]:
    try:
        said = json.loads(content)
    except ValueError:
        stop(f"{who} is no Steadyrep: check the address")
    return said if isinstance(said, dict) else {}
