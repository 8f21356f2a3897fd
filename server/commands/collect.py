"""`steadyrep collect`: listen to a Bluetooth sensor, live."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from server.commands.configured import stop
from server.commands.exercise_option import ExerciseName, known_exercise
from server.commands.server_option import TokenFile, server_access

if TYPE_CHECKING:
    from server.collect.collecting import Collected, Collector, Snapshot, Wish

EXIT_ENDED_EARLY = 1
EXIT_NOTHING = 2
PRINT_EVERY_S = 5.0
"""Where there is no terminal to draw on, a line is printed so often."""


def collect(
    *,
    device: Annotated[
        str | None, typer.Option(metavar="NAME", help="Part of the sensor's name or its serial.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=1.0, help="Stop after so much signal; else at Ctrl-C.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a recording: .csv or .csv.gz.")
    ] = None,
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="Send to this server as it comes in.")
    ] = None,
    token_file: TokenFile = None,
    placement: Annotated[
        Literal["thigh", "shank", "waist", "wrist", "ankle"] | None,
        typer.Option(help="Where the sensor is worn."),
    ] = None,
    side: Annotated[Literal["left", "right"] | None, typer.Option(help="On which side.")] = None,
    exercise: ExerciseName = None,
) -> None:
    """Listen to a Bluetooth sensor: count live, write a recording, send to a server.

    Known sensors: `steadyrep devices --supported`. Exit code 0: ended as wished. 1: ended before
    its time, what came is kept. 2: nothing came.
    """
    from server.collect.collecting import Wish

    wish = Wish(
        device=device,
        seconds=seconds,
        out=_writable(out),
        access=server_access(server, token_file) if server is not None else None,
        placement=placement,
        side=side,
        exercise=known_exercise(exercise),
    )
    _tell(asyncio.run(_run(wish)))


async def _run(wish: "Wish") -> "Collected":
    from server.collect.collecting import Collector

    collector = Collector(wish)
    with _stopped_by_signals(collector), _view() as show:
        return await collector.run(show)


@contextmanager
def _stopped_by_signals(collector: "Collector") -> "Iterator[None]":
    """The first Ctrl-C or SIGTERM ends the session in good order, the second at once."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def on_signal(*_: object) -> None:
        restore()
        loop.call_soon_threadsafe(collector.stop)

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        restore()


@contextmanager
def _view() -> "Iterator[Callable[[Snapshot], None]]":
    """One line that is drawn again and again, or without a terminal one every few seconds."""
    from server.collect.collect_line import line

    if not sys.stdout.isatty():
        yield _print_sometimes()
        return
    from rich.live import Live
    from rich.text import Text

    with Live(refresh_per_second=8) as live:
        yield lambda seen: live.update(Text(line(seen), overflow="ellipsis", no_wrap=True))


def _print_sometimes() -> "Callable[[Snapshot], None]":
    from server.collect.collect_line import line

    said = ("", -PRINT_EVERY_S)

    def show(seen: "Snapshot") -> None:
        nonlocal said
        state, stream_s = said
        if seen.link.state != state or seen.stream_s - stream_s >= PRINT_EVERY_S:
            typer.echo(line(seen))
            said = (seen.link.state, seen.stream_s)

    return show


def _tell(done: "Collected") -> None:
    from server.collect.collect_line import closing_lines

    for text in closing_lines(done):
        typer.echo(text)
    if done.problem is not None:
        typer.echo(f"steadyrep: {done.problem}", err=True)
        raise typer.Exit(EXIT_ENDED_EARLY if done.samples else EXIT_NOTHING)


def _writable(out: Path | None) -> Path | None:
    if out is None:
        return None
    if not out.name.endswith((".csv", ".csv.gz")):
        stop(f"--out {out}: the name must end in .csv or .csv.gz")
    if not os.access(out.parent, os.W_OK):
        stop(f"--out {out}: {out.parent} is no folder that can be written to")
    from sensors.errors import InvalidRecording
    from sensors.growing_recording import check_names_free

    try:
        check_names_free(out)
    except InvalidRecording as problem:
        stop(f"--out: {problem}")
    return out
