"""The command `steadyrep`: one command a module in `server.commands`."""

import typer

from server.commands import analyze

app = typer.Typer(
    name="steadyrep",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Counts repetitions from a wearable, measures shaking, and follows both over weeks.",
)
app.callback()(lambda: None)  # A command alone would take its own name for an argument.
app.command("analyze")(analyze.analyze)


def main() -> None:
    """Run the command line."""
    app()
