"""`steadyrep collect`: listen to one or two Bluetooth sensors, live."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from server.commands.configured import stop
from server.commands.exercise_option import ExerciseName, known_exercise
from server.commands.server_option import TokenFile, server_access

if TYPE_CHECKING:
    from sensors.ble_discovery import Radio
    from server.collect.collecting import Wish
    from server.collect.together import Seen, Together

EXIT_ENDED_EARLY = 1
EXIT_NOTHING = 2
PRINT_EVERY_S = 5.0
"""Where there is no terminal to draw on, a line is printed so often."""
MOST_SENSORS = 2
"""Of one patient, a server follows no more."""

T = TypeVar("T")


class Place(StrEnum):
    """Where a sensor is worn."""

    THIGH = "thigh"
    SHANK = "shank"
    WAIST = "waist"
    WRIST = "wrist"
    ANKLE = "ankle"


class Side(StrEnum):
    """On which side."""

    LEFT = "left"
    RIGHT = "right"


def collect(
    *,
    device: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Part of its name, such as the serial; twice for two."),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=1.0, help="Stop after so much signal; else at Ctrl-C.")
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Write a recording: .csv or .csv.gz; one a sensor."),
    ] = None,
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="Send to this server as it comes in.")
    ] = None,
    token_file: TokenFile = None,
    placement: Annotated[
        list[Place] | None,
        typer.Option(help="Where the sensor is worn; once for both, or once each."),
    ] = None,
    side: Annotated[
        list[Side] | None,
        typer.Option(help="On which side; once each, in the order of --device."),
    ] = None,
    exercise: ExerciseName = None,
) -> None:
    """Listen to one or two Bluetooth sensors: count live, write recordings, send to a server.

    Known sensors: `steadyrep devices --supported`.

    Exit code 0: ended as wished. 1: one ended early, what came is kept. 2: nothing came.
    """
    from server.collect.collecting import Wish

    names: Sequence[str | None] = device or [None]
    if len(names) > MOST_SENSORS:
        stop(f"--device is given {len(names)} times: {MOST_SENSORS} sensors at most")
    places = _one_each("--placement", placement, names), _one_each("--side", side, names)
    worn = list(zip(*places, strict=True))
    _check_apart(names, worn)
    access = server_access(server, token_file) if server is not None else None
    known = known_exercise(exercise)
    wishes = [
        Wish(name, seconds, file, access, at and at.value, on and on.value, known)
        for name, file, (at, on) in zip(names, _files(out, names), worn, strict=True)
    ]
    tell(asyncio.run(follow(wishes)))


def _one_each(option: str, given: Sequence[T] | None, names: Sequence[object]) -> list[T | None]:
    """What is said of each sensor: nothing, once for all, or once each in the order of --device."""
    if not given:
        return [None] * len(names)
    if len(given) == 1:
        return [given[0]] * len(names)
    if len(given) != len(names):
        stop(f"{option} is given {len(given)} times for {len(names)} --device: once each")
    return [*given]


def _files(given: Sequence[Path] | None, names: Sequence[object]) -> list[Path | None]:
    files = [writable(each) for each in _one_each("--out", given, names)]
    if len(files) > 1 and files[0] is not None and files[0] == files[1]:
        stop("--out: each sensor needs a file of its own: --out once for each --device")
    return files


def _check_apart(names: Sequence[str | None], worn: Sequence[tuple[str | None, ...]]) -> None:
    """Two sensors have to be two, and a count has to say which leg it is of."""
    if len(names) == 1:
        return
    if names[0] == names[1]:
        stop("--device names the same sensor twice: give the serial number of each")
    first, second = worn
    if all(None in (one, other) or one == other for one, other in zip(first, second, strict=True)):
        stop("two sensors: say where each is worn, such as --side left --side right")


async def follow(wishes: "Sequence[Wish]", radio: "Radio | None" = None) -> "list[Seen]":
    """Collect and show it, until it is over; radio: None is this computer's."""
    from server.collect.together import Together

    together = Together(wishes, radio=radio)
    with _stopped_by_signals(together), _view() as show:
        return await together.run(show)


@contextmanager
def _stopped_by_signals(together: "Together") -> "Iterator[None]":
    """The first Ctrl-C or SIGTERM ends all sessions in good order, the second at once."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def on_signal(*_: object) -> None:
        restore()
        loop.call_soon_threadsafe(together.stop)

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        restore()


@contextmanager
def _view() -> "Iterator[Callable[[Sequence[Seen]], None]]":
    """A line a sensor, drawn again and again, or without a terminal one every few seconds."""
    from server.collect.collect_line import line_of

    if not sys.stdout.isatty():
        yield _print_sometimes()
        return
    from rich.live import Live
    from rich.text import Text

    def drawn(seen: "Sequence[Seen]") -> Text:
        return Text("\n".join(map(line_of, seen)), overflow="ellipsis", no_wrap=True)

    with Live(refresh_per_second=8) as live:
        yield lambda seen: live.update(drawn(seen))


def _print_sometimes() -> "Callable[[Sequence[Seen]], None]":
    from server.collect.collect_line import line_of

    said: dict[int, tuple[str, float]] = {}

    def show(seen: "Sequence[Seen]") -> None:
        for number, one in enumerate(seen):
            state, stream_s = said.get(number, ("", -PRINT_EVERY_S))
            now, now_s = one.snapshot.link.state, one.snapshot.stream_s
            if now != state or now_s - stream_s >= PRINT_EVERY_S:
                typer.echo(line_of(one))
                said[number] = (now, now_s)

    return show


def tell(seen: "Sequence[Seen]") -> None:
    """Say what it brought, and exit with its code."""
    from server.collect.collect_line import last_lines

    for text in (text for one in seen for text in last_lines(one)):
        typer.echo(text)
    done = [one.done for one in seen if one.done is not None]
    problems = [one.problem for one in done if one.problem is not None]
    for problem in problems:
        typer.echo(f"steadyrep: {problem}", err=True)
    if problems:
        raise typer.Exit(EXIT_ENDED_EARLY if any(one.samples for one in done) else EXIT_NOTHING)


def writable(out: Path | None) -> Path | None:
    """Return the file if a recording can be written there; else stop and say why."""
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
