"""`steadyrep reanalyze`: the archive looked at again by the algorithm of today."""

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.configured import Data, configured_here
from server.commands.json_lines import print_line
from server.commands.progress_bar import progress_bar
from server.commands.the_patient import the_patient

if TYPE_CHECKING:
    from rich.table import Table

    from server.reanalysis.archive import Change, Outcome
    from server.settings import Settings

EXIT_INCOMPLETE = 1
MOST_SHOWN = 40
"""Changed sets in the table; --json tells all."""


def reanalyze(
    patient: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One patient's only; by name or id.")
    ] = None,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Also what today's version has looked at already.")
    ] = False,
    is_trial: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would change; keep nothing.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Recordings at a time; one a processor if not said.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each set.")] = False,
    data: Data = None,
) -> None:
    """Look at stored signal again with this version's algorithm, and say what changed.

    What it finds is kept beside what was found at the time: the count that the patient saw stays,
    pages show the new shaking and repetitions, and trends compare like with like again. May run
    beside the server, and be interrupted and begun again. Exit code 0: done. 1: some recordings
    could not be looked at.
    """
    settings = configured_here(data)
    with progress_bar("Looking again") as on_progress:
        outcomes = asyncio.run(
            _reanalyze(
                settings,
                patient,
                jobs or os.cpu_count() or 1,
                on_progress,
                every=every,
                is_kept=not is_trial,
            )
        )
    changes = [change for one in outcomes for change in one.changes]
    if as_json:
        for change in changes:
            print_line(_line(change))
    else:
        _print(outcomes, changes, is_kept=not is_trial)
    failed = [one for one in outcomes if one.problem is not None]
    for one in failed:
        typer.echo(f"steadyrep: recording {one.recording_id}: {one.problem}", err=True)
    if failed:
        raise typer.Exit(EXIT_INCOMPLETE)


async def _reanalyze(
    settings: "Settings",
    patient: str | None,
    jobs: int,
    on_progress: Callable[[float], None],
    *,
    every: bool,
    is_kept: bool,
) -> "list[Outcome]":
    from detection import ALGORITHM_VERSION
    from server.clock import Clock
    from server.reanalysis.archive import reanalyze
    from server.store import recounts
    from server.store.database import Database

    async with Database.open(settings.database) as database:
        async with database.reading() as reading:
            person = None if patient is None else await the_patient(reading, patient)
            version = None if every else ALGORITHM_VERSION
            due = await recounts.due(reading, version, person.id if person else None)
        outcomes: list[Outcome] = []
        looks = reanalyze(database, due, jobs, Clock().now, is_kept=is_kept)
        async for one in looks:
            outcomes.append(one)
            on_progress(len(outcomes) / len(due))
        return outcomes


def _print(outcomes: "Sequence[Outcome]", changes: "Sequence[Change]", *, is_kept: bool) -> None:
    from rich.console import Console

    counts = [change for change in changes if change.is_count_changed]
    shakings = [change for change in changes if change.is_shaking_changed]
    changed = [change for change in changes if change.is_count_changed or change.is_shaking_changed]
    if changed:
        Console().print(_table(changed[:MOST_SHOWN]))
    if len(changed) > MOST_SHOWN:
        typer.echo(f"and {len(changed) - MOST_SHOWN} more: --json tells all")
    unknown = sum(one.unknown_before for one in outcomes)
    kept = "" if is_kept else " Nothing was kept (--dry-run)."
    typer.echo(
        f"{len(changes)} sets of {len(outcomes)} recordings: {len(counts)} counted otherwise, of "
        f"{len(shakings)} something else is said of the shaking.{kept}"
    )
    if unknown:
        typer.echo(f"{unknown} more sets are seen where none was counted; they are not kept")


def _table(changed: "Sequence[Change]") -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    headings = ("Set", "Exercise", "Version", "Reps", "now", "Shaking", "now")
    table = Table(*headings, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for one in changed:
        table.add_row(
            f"{one.started_at:%Y-%m-%d %H:%M}",
            one.exercise or "",
            one.version_then,
            str(one.reps_then),
            str(one.reps_now),
            str(one.shaking_then or ""),
            str(one.shaking_now),
        )
    return table


def _line(change: "Change") -> dict[str, Any]:
    from dataclasses import asdict

    line = asdict(change)
    line["set_id"], line["started_at"] = str(change.set_id), change.started_at.isoformat()
    return line
