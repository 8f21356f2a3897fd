"""`steadyrep replay`: a recording sent to a server, as if the sensor were there."""

import asyncio
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import stop
from server.commands.exercise_option import ExerciseName, known_exercise
from server.commands.progress_bar import progress_bar
from server.commands.server_option import TokenFile, server_access

if TYPE_CHECKING:
    from sensors.recording import Recording
    from server.collect.delivery import ServerAccess
    from server.collect.sending import Sent

EXIT_ENDED_EARLY = 1
EXIT_INTERRUPTED = 130

Fast = Annotated[
    bool, typer.Option("--fast", help="As fast as the server takes it; else at its own pace.")
]


def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or CSV.gz to send.")],
    *,
    server: Annotated[str, typer.Option(metavar="URL", help="The server to send to.")],
    token_file: TokenFile = None,
    fast: Fast = False,
    now: Annotated[
        bool, typer.Option("--now", help="As if it happened now, whatever the sidecar says.")
    ] = False,
    exercise: ExerciseName = None,
) -> None:
    """Send a recording to a server, spooled and acknowledged like a sensor's signal.

    It keeps the time that its sidecar says (started_at); without one it happens now. Exit code 0:
    all has arrived. 1: some waits on this disk and goes with the next session. 2: nothing was sent.
    """
    from dataclasses import replace

    from sensors.errors import SensorError
    from sensors.exports import read_any

    access = server_access(server, token_file)
    known_exercise(exercise)
    try:
        recording = read_any(file)
    except SensorError as problem:
        stop(str(problem))
    if len(recording) == 0:
        stop(f"{file}: holds no samples")
    if exercise is not None:
        recording = replace(recording, info=replace(recording.info, exercise=exercise))
    started_at = None if now else recording.info.started_at
    deliver(recording, access, started_at, fast=fast)


def deliver(
    recording: "Recording",
    access: "ServerAccess",
    started_at: datetime | None,
    *,
    fast: bool,
) -> None:
    """Send a recording and say what became of it; ends the command if it did not all arrive.

    started_at: None for now; sent in one go, it then ends now.
    """
    from detection.pipeline import Tracker, params_for
    from sensors.errors import SensorError
    from server.collect.sending import Sending, send

    exercise = known_exercise(recording.info.exercise, "exercise in its .json")
    before = timedelta(seconds=recording.duration_s if fast else 0.0)
    begun = started_at or datetime.now().astimezone() - before
    speed = math.inf if fast else 1.0
    try:
        with progress_bar("Sending", recording.duration_s) as on_progress:
            wish = Sending(recording, access, begun, speed)
            sent = asyncio.run(send(wish, Tracker(params_for(exercise)), on_progress))
    except SensorError as problem:
        typer.echo(f"steadyrep: {problem}", err=True)
        raise typer.Exit(EXIT_ENDED_EARLY) from problem
    except KeyboardInterrupt:
        typer.echo("stopped: what was not sent waits on this disk", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    _tell(sent, recording.duration_s)


def _tell(sent: "Sent", duration_s: float) -> None:
    typer.echo(f"{sent.samples} samples in {duration_s:.1f} s have arrived")
    for number, count in enumerate(sent.counts, start=1):
        typer.echo(f"set {number}: {count} repetitions")
    if sent.waiting:
        why = f" ({sent.problem})" if sent.problem else ""
        typer.echo(f"{sent.waiting} older chunks wait on this disk{why}", err=True)
        raise typer.Exit(EXIT_ENDED_EARLY)
