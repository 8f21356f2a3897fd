"""`steadyrep devices`: which sensors are around, and which are supported."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import stop
from server.commands.json_lines import print_line

if TYPE_CHECKING:
    from sensors.ble_discovery import Radio, Seen

EXIT_NONE = 1


def devices(
    *,
    seconds: Annotated[float, typer.Option(min=0.5, max=120.0, help="How long to listen.")] = 6.0,
    supported: Annotated[
        bool, typer.Option("--supported", help="Only list what is supported; needs no Bluetooth.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the Bluetooth sensors around, those first that can be used.

    Exit code 0: a sensor that is supported is there. 1: none is. 2: this computer cannot listen.
    """
    if supported:
        _list_supported(as_json=as_json)
        return
    seen = _look(seconds)
    if as_json:
        for one in seen:
            known = {"name": one.name, "kind": one.kind, "rssi_dbm": one.rssi_dbm}
            print_line({**known, "is_supported": one.kind is not None})
    else:
        _print(seen)
    if not any(one.kind for one in seen):
        raise typer.Exit(EXIT_NONE)


def _look(seconds: float, radio: "Radio | None" = None) -> "list[Seen]":
    from sensors.ble_discovery import Radio, look_around
    from sensors.errors import BluetoothUnavailable

    try:
        return asyncio.run(look_around(seconds, radio or Radio()))
    except BluetoothUnavailable as problem:
        stop(str(problem))


def _list_supported(*, as_json: bool) -> None:
    from sensors.profiles import PROFILES

    for profile in PROFILES:
        for begins, kind in profile.kinds:
            if as_json:
                print_line({"kind": kind, "name_begins": begins, "family": profile.family})
            else:
                typer.echo(f"{kind}: advertises as “{begins} …”")


def _print(seen: "list[Seen]") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    if not seen:
        typer.echo("Nothing advertises nearby. Put the sensor on: many sleep until they are worn.")
        return
    table = Table("Name", "Sensor", "Signal", box=SIMPLE_HEAD, pad_edge=False)
    for one in seen:
        table.add_row(one.name, one.kind or "not supported", f"{one.rssi_dbm} dBm")
    Console(highlight=False).print(table)
