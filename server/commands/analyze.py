"""`steadyrep analyze`: recordings in, repetitions and shaking out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.commands.configured import EXIT_UNUSABLE, stop
from server.commands.exercise_option import ExerciseName, known_exercise
from server.commands.json_lines import print_line
from server.commands.progress_bar import progress_bar

if TYPE_CHECKING:
    from detection.exercises import Exercise
    from detection.reference import Reference
    from sensors.recording import Recording
    from sensors.sample_table import ColumnNames
    from server.analyze.analysis import Analysis

EXIT_SOME_BAD = 1
PICTURES = (".png", ".svg")
LONG_RECORDING_S = 1800.0
MANY_FILES = 5
"""More files than these, or a longer recording, take seconds: then a progress bar is worth it."""

Progress = Callable[[float], None]


def analyze(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV or CSV.gz files.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line and a file, in order.")
    ] = False,
    one_set: Annotated[
        bool, typer.Option("--one-set", help="Each whole file is exactly one set.")
    ] = False,
    windows: Annotated[
        bool, typer.Option("--windows", help="With --json: every window of shaking.")
    ] = False,
    exercise: ExerciseName = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            metavar="GOOD_SET", help="Compare with a good set (`steadyrep reference` keeps one)."
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="PICTURE", help="Draw one file as .png or .svg.")
    ] = None,
    units: Annotated[
        Literal["ms2", "g", "mg"], typer.Option(help="Unit of the axes in the files.")
    ] = "ms2",
    columns: Annotated[
        str | None,
        typer.Option(metavar="T,X,Y,Z", help="Header names of time (s) and the three axes."),
    ] = None,
) -> None:
    """Count repetitions and measure shaking in recordings.

    Exit code 0: all done. 1: some of several files could not be used. 2: nothing could be done.
    """
    from sensors.errors import SensorError

    if windows and not as_json:
        stop("--windows belongs to --json: add --json, or leave out --windows")
    _check_picture(plot, files)
    names, good = _column_names(columns), _reference(reference)
    known = known_exercise(exercise or (good.exercise if good is not None else None))
    failed = 0
    for number, path in enumerate(files, start=1):
        try:
            recording = _read(path, names, units)
            title = f"{number}/{len(files)} {readable(path.name)}"
            with _bar(title, recording, len(files)) as progress:
                analysis = _analyse(path, recording, known, good, progress, one_set=one_set)
        except SensorError as problem:
            failed += 1
            _tell_failure(path, problem, of_files=len(files), as_json=as_json)
            continue
        if plot is not None:
            _draw(plot, path, analysis)
        _tell(path, analysis, as_json=as_json, windows=windows)
    if failed:
        raise typer.Exit(EXIT_UNUSABLE if failed == len(files) else EXIT_SOME_BAD)


def _read(path: Path, names: "ColumnNames | None", units: str) -> "Recording":
    from sensors.exports import read_any
    from sensors.recording import Unit, read_recording

    if names is None and units == Unit.MS2:
        return read_any(path)
    return read_recording(path, names, Unit(units))


def _analyse(
    path: Path,
    recording: "Recording",
    exercise: "Exercise | None",
    reference: "Reference | None",
    progress: Progress,
    *,
    one_set: bool,
) -> "Analysis":
    from detection.pipeline import Tracker, params_for
    from sensors.errors import InvalidRecording
    from server.analyze.analysis import NotOneSet, analyse, analyse_one_set, beside

    good = None if reference is None else reference.good_rep
    try:
        if one_set:
            found = analyse_one_set(recording, exercise, progress, good)
        else:
            found = analyse(recording, Tracker(params_for(exercise, good)), progress)
    except NotOneSet as problem:
        raise InvalidRecording(path, f"{problem}: analyze it without --one-set") from problem
    return found if reference is None else beside(found, reference)


def _reference(path: Path | None) -> "Reference | None":
    from server.analyze.reference_file import UnusableReference, read_reference

    if path is None:
        return None
    try:
        return read_reference(path)
    except UnusableReference as problem:
        stop(f"--reference {problem}")


def _tell(path: Path, analysis: "Analysis", *, as_json: bool, windows: bool) -> None:
    if not as_json:
        _print_tables(path, analysis)
        return
    from server.analyze.payloads import analysis_payload, with_windows

    payload = analysis_payload(readable(str(path)), analysis)
    print_line(with_windows(payload, analysis) if windows else payload)


def _print_tables(path: Path, analysis: "Analysis") -> None:
    from rich.console import Console

    from server.analyze.printed import tables

    console = Console(highlight=False)
    for part in tables(readable(str(path)), analysis):
        console.print(part)


def _tell_failure(path: Path, problem: Exception, *, of_files: int, as_json: bool) -> None:
    if as_json and of_files > 1:
        print_line({"file": readable(str(path)), "error": readable(str(problem))})
    else:
        typer.echo(readable(f"steadyrep: {problem}"), err=True)


def readable(text: str) -> str:
    """A file's name need not be UTF-8; a byte that is not is shown as `\\xe9`."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _draw(picture: Path, path: Path, analysis: "Analysis") -> None:
    from server.analyze.plots import draw_analysis

    try:
        draw_analysis(picture, readable(path.name), analysis)
    except OSError as problem:
        stop(f"{picture}: cannot be written: {problem.strerror}")


def _check_picture(picture: Path | None, files: list[Path]) -> None:
    if picture is None:
        return
    if len(files) > 1:
        stop("--plot draws one file: name one, or call it once a file")
    if picture.suffix.lower() not in PICTURES:
        stop(f"--plot {picture}: the name must end in {' or '.join(PICTURES)}")


def _column_names(columns: str | None) -> "ColumnNames | None":
    from sensors.sample_table import ColumnNames

    if columns is None:
        return None
    names = [name.strip() for name in columns.split(",")]
    if len(names) != 4 or len(set(names)) != 4:
        stop(f"--columns {columns}: give four different names, such as time,x,y,z")
    return ColumnNames(*names)


@contextmanager
def _bar(title: str, recording: "Recording", of_files: int) -> Iterator[Progress]:
    """A progress bar on the terminal while work is long; gone before the result is printed."""
    is_long = of_files > MANY_FILES or recording.duration_s > LONG_RECORDING_S
    if not is_long:
        yield lambda _: None
        return
    with progress_bar(title, recording.duration_s) as on_progress:
        yield on_progress
