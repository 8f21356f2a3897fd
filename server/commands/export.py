"""`steadyrep export`: all that is kept of one patient, as files."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import Data, configured_here, stop
from server.commands.progress_bar import progress_bar
from server.commands.the_patient import the_patient

if TYPE_CHECKING:
    from server.export.writing import Exported
    from server.settings import Settings


def export(
    patient: Annotated[str, typer.Argument(metavar="NAME", help="The patient's name, or id.")],
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="A folder to make and fill.")],
    csv: Annotated[
        bool, typer.Option("--csv", help="Tables and signal as CSV; so where no form is named.")
    ] = False,
    fhir: Annotated[
        bool, typer.Option("--fhir", help="A FHIR R4B Bundle, for a record system: JSON.")
    ] = False,
    fit: Annotated[
        bool, typer.Option("--fit", help="FIT activities, for a training log: one file a visit.")
    ] = False,
    parquet: Annotated[
        bool,
        typer.Option("--parquet", help="Tables and signal as Parquet; needs the extra `archive`."),
    ] = False,
    data: Data = None,
) -> None:
    """Write all that is kept of one patient: tables with a dictionary, and the signal.

    CSV files, UTF-8: sets, repetitions, shaking by window and by phase, reports, the program,
    workouts, good sets, who was let in, and dictionary.csv, which says what each column means; the
    signal in signal/. Other forms are written where they are named, one or several: with --fhir,
    bundle.fhir.json holds each set's exercise, duration, repetitions and shaking, and the pain that
    was reported; with --fit, fit/ holds a strength training for each visit to the mat; with
    --parquet, parquet/ holds the tables with the type of each column, and the signal as it was
    received. It is health data: only the owner of the folder can read it. Exit code 0: written. 2:
    it could not be done.
    """
    settings = configured_here(data)
    named = {"csv": csv, "fhir": fhir, "fit": fit, "parquet": parquet}
    forms = [name for name, is_named in named.items() if is_named] or ["csv"]
    with progress_bar("Writing") as on_progress:
        done = asyncio.run(_export(settings, patient, out, forms, on_progress))
    typer.echo(
        f"{out}: {done.sets} sets, {done.repetitions} repetitions, {done.windows} windows of "
        f"shaking, {done.reports} reports, {done.recordings} recordings"
    )


async def _export(
    settings: "Settings",
    patient: str,
    out: Path,
    forms: list[str],
    on_progress: Callable[[float], None],
) -> "Exported":
    from server.export.parquet import NoArrow
    from server.export.writing import Form, export
    from server.store.database import Database

    async with Database.open(settings.database) as database, database.reading() as reading:
        try:
            person = await the_patient(reading, patient)
            wanted = frozenset(Form(name) for name in forms)
            return await export(reading, person, out, wanted, datetime.now(UTC), on_progress)
        except NoArrow as problem:
            stop(str(problem))
        except FileExistsError:
            stop(f"{out}: exists already: name a new folder")
        except OSError as problem:
            stop(f"{out}: cannot be written: {problem.strerror}")
