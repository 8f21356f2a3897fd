"""`steadyrep trend`: recordings of many days in, whether the shaking changed out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.commands.analyze import PICTURES, readable
from server.commands.configured import stop
from server.commands.exercise_option import ExerciseName, known_exercise
from server.commands.json_lines import print_line

if TYPE_CHECKING:
    from server.analyze.trending import Measured, RecordedTrend


def trend(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV or CSV.gz files.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    phase: Annotated[
        Literal["concentric", "hold", "eccentric", "rest"] | None,
        typer.Option(help="Only the shaking in this phase of the repetitions."),
    ] = None,
    exercise: ExerciseName = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="PICTURE", help="Draw it as .png or .svg.")
    ] = None,
) -> None:
    """Tell whether the shaking changed over recordings of many days.

    The day of each comes from started_at in its sidecar, or from its name (2026-11-02-bridge.csv).
    Recordings of a day are one session. Exit code 0: told. 2: a file could not be used.
    """
    from server.analyze.trending import recorded_trend

    if plot is not None and plot.suffix.lower() not in PICTURES:
        stop(f"--plot {plot}: the name must end in {' or '.join(PICTURES)}")
    known_exercise(exercise)
    found = recorded_trend(_measured(files, exercise, phase))
    if plot is not None:
        _draw(plot, found)
    _tell(found, as_json=as_json)


def _measured(files: list[Path], exercise: str | None, phase: str | None) -> "list[Measured]":
    from rich.console import Console
    from rich.progress import track

    from detection.pipeline import Tracker, params_for
    from detection.tremor.phases import RepPhase
    from sensors.errors import SensorError
    from sensors.exports import read_any
    from server.analyze.analysis import analyse
    from server.analyze.trending import measured

    wanted = None if phase is None else RepPhase(phase)
    console = Console(stderr=True)
    quiet = not console.is_terminal
    found = []
    for path in track(files, "Measuring", console=console, transient=True, disable=quiet):
        try:
            recording = read_any(path)
            known = known_exercise(exercise or recording.info.exercise, "exercise in its .json")
            analysis = analyse(recording, Tracker(params_for(known)))
            found.append(measured(path, analysis, exercise, wanted))
        except SensorError as problem:
            stop(readable(str(problem)))
    return found


def _tell(found: "RecordedTrend", *, as_json: bool) -> None:
    from rich.console import Console

    from server.analyze.trend_words import ABOUT_SHAKING, sessions_table, trend_payload

    if as_json:
        print_line(trend_payload(found))
        return
    console = Console(highlight=False)
    console.print(sessions_table(found))
    console.print(found.trend.sentence)
    console.print(ABOUT_SHAKING, style="dim")


def _draw(picture: Path, found: "RecordedTrend") -> None:
    from server.analyze.trend_plot import draw_trend

    try:
        draw_trend(picture, found)
    except OSError as problem:
        stop(f"{picture}: cannot be written: {problem.strerror}")
