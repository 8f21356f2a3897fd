"""The settings of a command: from the environment, with what the command line says on top."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from pydantic import ValidationError

    from server.settings import Settings

EXIT_UNUSABLE = 2

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder of the database (STEADYREP_DATA_DIR)."),
]


def configured(
    data: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
) -> "Settings":
    """The settings; ends the command with a line for each one that cannot be."""
    from pydantic import ValidationError

    from server.settings import Settings

    options = {
        "data_dir": data,
        "host": host,
        "port": port,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
    }
    said = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings.model_validate(Settings().model_dump() | said)
    except ValidationError as problem:
        stop("\n".join(_lines(problem)))


def configured_here(data: Path | None) -> "Settings":
    """The settings of a database that is there already; ends the command where none is."""
    settings = configured(data)
    if settings.database_url is None and not settings.database_path.is_file():
        stop(f"{settings.database_path}: there is no database: check the folder (--data)")
    return settings


def configured_file(data: Path | None) -> "Settings":
    """The settings of a database that is a file; ends the command where it is PostgreSQL."""
    settings = configured(data)
    if settings.database_url is not None:
        stop(
            "the records are in PostgreSQL (STEADYREP_DATABASE_URL): its own tools copy them and "
            "put them back, pg_dump and pg_restore"
        )
    return settings


def end_like_ctrl_c() -> None:
    """Let SIGTERM (systemd, containers) end the command as Ctrl-C does: cleanly."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


def stop(message: str) -> NoReturn:
    """End the command with a message."""
    typer.echo(f"steadyrep: {message}", err=True)
    raise typer.Exit(EXIT_UNUSABLE)


def _lines(problem: "ValidationError") -> list[str]:
    from server.settings import ENV_PREFIX

    lines = []
    for error in problem.errors(include_url=False):
        name = "".join(f"{ENV_PREFIX}{str(part).upper()}: " for part in error["loc"])
        lines.append(name + error["msg"].removeprefix("Value error, "))
    return lines
