"""`steadyrep erase`: take out all that is kept of one patient, with a receipt."""

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import Data, configured, stop

if TYPE_CHECKING:
    from server.settings import Settings
    from server.store.audit import Verified
    from server.store.erasure import Erased
    from server.store.people import Person

OPERATOR = "operator"
"""Who does what is done at the command line."""


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
    over. Backups are not touched. Exit code 0: done. 2: nothing was changed.
    """
    settings = configured(data)
    if not settings.database_path.is_file():
        stop(f"{settings.database_path}: there is no database: check the folder (--data)")
    if receipt.exists():
        stop(f"{receipt}: exists already: name another file")
    if not yes:
        _ask(name)
    person, erased, chain = asyncio.run(_erase(settings, name))
    _finish(settings, receipt, person, erased, chain)


def _ask(name: str) -> None:
    if not sys.stdin.isatty():
        stop("nobody can be asked here: add --yes to erase without asking")
    said = typer.prompt(f"Type the name again to erase all of it, there is no way back [{name}]")
    if said != name:
        stop("that was another name: nothing was changed")


async def _erase(settings: "Settings", name: str) -> "tuple[Person, Erased, Verified]":
    from datetime import UTC, datetime

    from server.invitations import CannotInvite, the_person
    from server.store import audit, erasure
    from server.store.audit import Deed
    from server.store.database import Database
    from server.store.people import Role

    async with Database.open(settings.database_path) as database, database.writing() as changes:
        try:
            person = await the_person(changes, name)
        except CannotInvite as problem:
            stop(str(problem))
        if person.role is not Role.PATIENT:
            stop(f"{name} is no patient: only patients' records are erased")
        done = await erasure.erase(changes, person.id)
        deed = Deed(
            datetime.now(UTC),
            OPERATOR,
            None,
            "erase",
            person.id,
            "steadyrep erase",
            is_allowed=True,
        )
        await audit.append(changes, deed)
        return person, done, await audit.verify(changes)


def _finish(
    settings: "Settings", receipt: Path, person: "Person", erased: "Erased", chain: "Verified"
) -> None:
    from datetime import UTC, datetime

    from server.store.erasure import wipe

    wipe(settings.database_path)
    told = {
        "erased_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "patient_id": str(person.id),
        "rows": dict(erased.rows),
        "audit_entries": chain.links,
        "audit_sha256": chain.last_sha256.hex(),
    }
    try:
        with receipt.open("x", encoding="utf-8") as file:
            file.write(json.dumps(told, indent=1) + "\n")
    except OSError as problem:
        typer.echo(json.dumps(told))
        typer.echo(f"{receipt}: cannot be written ({problem.strerror}); above is what it says")
        return
    typer.echo(f"{erased.total} rows are no longer there; {receipt} says which")
