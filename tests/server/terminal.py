"""The command line as somebody at a terminal has it, without starting Python anew each time."""

from typer.testing import CliRunner, Result

from server.cli import app


def run(*arguments: object, **env: str) -> Result:
    """Run `steadyrep` with these arguments, on a terminal wide enough that no table is folded."""
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200", **env})
