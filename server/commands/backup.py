"""`steadyrep backup` and `restore`: a copy of everything, proved; and back again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import Data, configured_file, stop
from server.commands.progress_bar import progress_bar

if TYPE_CHECKING:
    from server.store.backup import Proved


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to write; a new file.")],
    data: Data = None,
) -> None:
    """Copy the whole database to one file, while the server runs, and prove the copy.

    It holds health data: keep it where only its owner can read it. Exit code 0: written and proved.
    2: it could not be done.
    """
    from server.store.backup import NoBackup, back_up

    try:
        with progress_bar("Copying") as on_progress:
            proved = back_up(configured_file(data).database_path, file, on_progress)
    except NoBackup as problem:
        stop(str(problem))
    typer.echo(f"{file}: {_words(proved)}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `backup` wrote.")],
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="Only prove the copy; touch nothing.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Move a database that is there aside.")
    ] = False,
    data: Data = None,
) -> None:
    """Put a backup in the database's place. Stop the server first.

    Every chunk of signal is read and compared with what was received, before anything is touched.
    Exit code 0: done. 2: it could not be done.
    """
    from server.store import backup as store

    try:
        if verify:
            typer.echo(f"{file}: whole: {_words(store.prove(file))}")
            return
        path = configured_file(data).database_path
        proved = store.restore(file, path, replace=replace)
    except store.NoBackup as problem:
        stop(str(problem))
    typer.echo(f"{path}: {_words(proved)}")


def _words(proved: "Proved") -> str:
    return (
        f"{proved.people} people, {proved.sets} sets, {proved.recordings} recordings with "
        f"{proved.seconds / 3600:.1f} h of signal in {proved.chunks} chunks, schema {proved.schema}"
    )
