"""`steadyrep doctor`: is everything there that the program needs?"""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import Data, configured, stop
from server.commands.json_lines import print_line

if TYPE_CHECKING:
    from pathlib import Path

    from server.doctor.checks import Finding

EXIT_BAD = 1
LISTEN_S = 0.5
MARKS = {"good": "✓", "doubtful": "!", "bad": "✗", "skipped": "-"}


def doctor(
    *,
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="Also ask whether this server answers.")
    ] = None,
    no_bluetooth: Annotated[
        bool, typer.Option("--no-bluetooth", help="This computer is no collector: do not listen.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    data: Data = None,
) -> None:
    """Check Bluetooth, disk, privacy, database, clock, certificate, server; say how to mend them.

    Exit code 0: nothing is wrong. 1: something has to be mended. 2: the settings are wrong.
    """
    if server is not None and not server.startswith(("http://", "https://")):
        stop(f"--server {server}: begins with http:// or https://")
    findings = _findings(server, data, listen=not no_bluetooth)
    for one in findings:
        if as_json:
            print_line(
                {"check": one.check, "health": one.health, "seen": one.seen, "remedy": one.remedy}
            )
        else:
            typer.echo(_line(one))
    if any(one.health == "bad" for one in findings):
        raise typer.Exit(EXIT_BAD)


def _findings(server: str | None, data: "Path | None", *, listen: bool) -> "list[Finding]":
    from server.doctor import checks

    settings = configured(data)
    now = datetime.now(UTC)
    answers, server_now = checks.server(server)
    found = [
        checks.disk(settings.data_dir.expanduser()),
        checks.privacy(settings),
        checks.database(settings),
        checks.clock(now, server_now),
        checks.certificate(settings, now),
        answers,
    ]
    return [checks.bluetooth(_listen), *found] if listen else found


def _listen() -> None:
    from sensors.ble_discovery import Radio, look_around

    asyncio.run(look_around(LISTEN_S, Radio()))


def _line(one: "Finding") -> str:
    mend = f"\n    {one.remedy}" if one.remedy else ""
    return f"{MARKS[one.health]} {one.check}: {one.seen}{mend}"
