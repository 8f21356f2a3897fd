"""`steadyrep import`: recordings and what phone apps export, as our own or into the records."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.commands.configured import Data, configured_here, stop
from server.commands.exercise_option import ExerciseName, known_exercise
from server.commands.progress_bar import progress_bar
from server.commands.the_patient import the_patient

if TYPE_CHECKING:
    from sensors.recording import Recording
    from server.bringing_in import BroughtIn

EXIT_SOME_BAD = 1


def bring_in(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Recordings, or exports (CSV or ZIP).")
    ],
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write them there as our own recordings.")
    ] = None,
    patient: Annotated[
        str | None, typer.Option(metavar="NAME", help="Into this patient's records; name or id.")
    ] = None,
    exercise: ExerciseName = None,
    placement: Annotated[
        Literal["thigh", "shank", "waist", "wrist", "ankle"] | None,
        typer.Option(help="Where it was worn."),
    ] = None,
    side: Annotated[Literal["left", "right"] | None, typer.Option(help="On which side.")] = None,
    started_at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="When it began, where the file does not say: 2026-11-02T08:30:00+01:00.",
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Read recordings, and what phyphox and Sensor Logger export.

    With --out each becomes a recording of our own (CSV.gz and a sidecar). With --patient it goes
    into the records: counted and measured as if it had come in when it was recorded; the same file
    again changes nothing. What the options say goes before what a file says. Exit code 0: all done.
    1: some could not be used. 2: nothing could be done.
    """
    if (out is None) == (patient is None):
        stop("say where to: --out DIR for files, or --patient NAME for the records")
    known_exercise(exercise)
    begun = _moment(started_at)
    put = _into_folder(out) if out is not None else _into_records(patient or "", data)
    failed = 0
    for path in files:
        try:
            recording = _read(path, exercise, placement, side, begun)
            typer.echo(f"{path}: {put(path, recording)}")
        except _NotDone as problem:
            failed += 1
            typer.echo(f"steadyrep: {problem}", err=True)
    if failed:
        raise typer.Exit(2 if failed == len(files) else EXIT_SOME_BAD)


class _NotDone(Exception):
    """A file that was left out; the message says why."""


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        stop(f"--started-at {text}: is no time: write it as 2026-11-02T08:30:00+01:00")
    if moment.tzinfo is None:
        stop(f"--started-at {text}: add the offset from UTC, such as +01:00")
    return moment


def _read(
    path: Path,
    exercise: str | None,
    placement: str | None,
    side: str | None,
    begun: datetime | None,
) -> "Recording":
    from dataclasses import replace

    from sensors.errors import SensorError
    from sensors.exports import read_any

    try:
        found = read_any(path)
    except SensorError as problem:
        raise _NotDone(str(problem)) from problem
    info = replace(
        found.info,
        exercise=exercise or found.info.exercise,
        placement=placement or found.info.placement,
        side=side or found.info.side,
        started_at=begun or found.info.started_at,
    )
    known_exercise(info.exercise, f"exercise of {path}")
    return replace(found, info=info)


def _into_folder(out: Path) -> "Callable[[Path, Recording], str]":
    from sensors.errors import SensorError
    from sensors.recording import write_recording

    def put(path: Path, recording: "Recording") -> str:
        target = out / f"{path.name.removesuffix('.gz').rpartition('.')[0] or path.name}.csv.gz"
        if target.exists():
            raise _NotDone(f"{target}: exists already: move it, or choose another folder")
        try:
            out.mkdir(parents=True, exist_ok=True)
            write_recording(target, recording)
        except SensorError as problem:
            raise _NotDone(str(problem)) from problem
        except OSError as problem:
            raise _NotDone(f"{target}: cannot be written: {problem.strerror}") from problem
        return f"{target}, {recording.duration_s:.0f} s at {recording.rate_hz:.0f} Hz"

    return put


def _into_records(patient: str, data: Path | None) -> "Callable[[Path, Recording], str]":
    settings = configured_here(data)

    async def brought(
        recording: "Recording", begun: datetime, on_progress: "Callable[[float], None]"
    ) -> "BroughtIn":
        from server.bringing_in import bring_in
        from server.clock import Clock
        from server.store.database import Database

        async with Database.open(settings.database) as database:
            async with database.reading() as reading:
                person = await the_patient(reading, patient)
            now = Clock().now()
            return await bring_in(database, person, recording, begun, now, on_progress)

    def put(path: Path, recording: "Recording") -> str:
        begun = recording.info.started_at
        if begun is None:
            raise _NotDone(f"{path}: does not say when it began: say it with --started-at")
        if begun > datetime.now(UTC):
            raise _NotDone(f"{path}: began in the future, on {begun:%Y-%m-%d}: see --started-at")
        with progress_bar("Counting") as on_progress:
            done = asyncio.run(brought(recording, begun, on_progress))
        if not done.is_new:
            return "is in the records already"
        counts = ", ".join(f"{count} repetitions" for count in done.counts) or "no set"
        return f"{len(done.counts)} sets: {counts}" if done.counts else counts

    return put
