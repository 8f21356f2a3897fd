"""The command `steadyrep`: one command a module in `server.commands`."""

import sys
from io import TextIOWrapper

import typer

from server.commands import (
    analyze,
    audit,
    backup,
    collect,
    connect,
    demo,
    devices,
    doctor,
    erase,
    exercises,
    export,
    importing,
    people,
    reanalyze,
    reference,
    replay,
    serve,
    simulate,
    trend,
)

app = typer.Typer(
    name="steadyrep",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Counts repetitions from a wearable, measures shaking, and follows both over weeks.",
)
app.callback()(lambda: None)  # A command alone would take its own name for an argument.
app.command("analyze")(analyze.analyze)
app.command("backup")(backup.backup)
app.command("collect")(collect.collect)
app.command("connect")(connect.connect)
app.command("demo")(demo.demo)
app.command("devices")(devices.devices)
app.command("doctor")(doctor.doctor)
app.command("exercises")(exercises.exercises)
app.command("erase")(erase.erase)
app.command("export")(export.export)
app.command("import")(importing.bring_in)
app.command("reanalyze")(reanalyze.reanalyze)
app.command("reference")(reference.reference)
app.command("replay")(replay.replay)
app.command("restore")(backup.restore)
app.command("serve")(serve.serve)
app.command("simulate")(simulate.simulate)
app.command("trend")(trend.trend)
app.add_typer(audit.audits, name="audit")
app.add_typer(people.users, name="user")
app.command("link")(people.link)
app.command("pair")(people.pair)
app.command("revoke")(people.revoke)


def main() -> None:
    """Run the command line.

    Where a terminal cannot show a letter, such as the ² of m/s², it shows a question mark.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    from server.store.refusals import Unreachable

    try:
        app()
    except Unreachable as problem:
        sys.exit(f"steadyrep: the database does not answer: {problem}")
