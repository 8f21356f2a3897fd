"""`steadyrep erase`: take out all that is kept of one patient, with a receipt."""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import Data, configured_here, stop
from server.commands.the_patient import the_patient

if TYPE_CHECKING:
    from uuid import UUID

    from server.settings import Settings
    from server.store.audit import Verified
    from server.store.database import Database
    from server.store.erasure import Erased

OPERATOR = "operator"
"""Who does what is done at the command line."""
EXIT_REMAINS = 1


@dataclass(frozen=True, slots=True)
class Done:
    """What was erased; `problem` is why the file could not be written anew, None if it was."""

    patient_id: "UUID"
    erased: "Erased"
    chain: "Verified"
    problem: str | None


def erase(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The patient's name, or id.")],
    *,
    receipt: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to write what was done, a new file.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; there is no way back.")] = False,
    data: Data = None,
) -> None:
    """Take out all that is kept of one patient: account, sets, signal, reports, tokens.

    Stop the server first. There is no way back: `steadyrep export` before, if it is to be handed
    over. Backups are not touched. Exit code 0: done. 1: done, but the file could not be written
    anew, so that remains may stand in it. 2: nothing was changed.
    """
    settings = configured_here(data)
    if receipt.exists():
        stop(f"{receipt}: exists already: name another file")
    if not yes:
        _ask(name)
    done = asyncio.run(_erase(settings, name))
    _write(receipt, done)
    if done.problem is not None:
        path = settings.database_path
        again = f'sqlite3 "{path}" VACUUM' if settings.database_url is None else "VACUUM FULL"
        typer.echo(
            f"steadyrep: the database could not be written anew ({done.problem}): remains of what "
            f"was erased may stand in it. Mend that, then run: {again}",
            err=True,
        )
        raise typer.Exit(EXIT_REMAINS)


def _ask(name: str) -> None:
    if not sys.stdin.isatty():
        stop("nobody can be asked here: add --yes to erase without asking")
    said = typer.prompt(f"Type the name again to erase all of it, there is no way back [{name}]")
    if said != name:
        stop("that was another name: nothing was changed")


async def _erase(settings: "Settings", name: str) -> Done:
    from server.store import audit, erasure
    from server.store.database import Database
    from server.store.refusals import InUse

    try:
        async with Database.open(settings.database, is_alone=True) as database:
            async with database.writing() as changes:
                person = await the_patient(changes, name)
                erased = await erasure.erase(changes, person.id)
                deed = audit.Deed(
                    at=datetime.now(UTC),
                    actor_kind=OPERATOR,
                    actor_id=None,
                    action="erase",
                    patient_id=person.id,
                    route="steadyrep erase",
                    is_allowed=True,
                )
                await audit.append(changes, deed)
                chain = await audit.verify(changes)
            return Done(person.id, erased, chain, await _rewrite(database))
    except InUse as problem:
        stop(f"{settings.database_path}: {problem}: stop the server first")


async def _rewrite(database: "Database") -> str | None:
    """Why the file could not be written anew; None if it was."""
    from server.store.refusals import NotRewritten

    try:
        await database.rewrite()
    except NotRewritten as problem:
        return str(problem)
    return None


def _write(receipt: Path, done: Done) -> None:
    told = {
        "erased_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "patient_id": str(done.patient_id),
        "rows": dict(done.erased.rows),
        "file_written_anew": done.problem is None,
        "audit_entries": done.chain.links,
        "audit_sha256": done.chain.last_sha256.hex(),
    }
    try:
        with receipt.open("x", encoding="utf-8") as file:
            file.write(json.dumps(told, indent=1) + "\n")
    except OSError as problem:
        typer.echo(json.dumps(told))
        typer.echo(f"{receipt}: cannot be written ({problem.strerror}); above is what it says")
        return
    typer.echo(f"{done.erased.total} rows are no longer there; {receipt} says which")
