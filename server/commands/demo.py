"""`steadyrep demo`: everything at once, with a simulated leg and six weeks of history."""

import asyncio
import tempfile
import webbrowser
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import configured, end_like_ctrl_c, stop

if TYPE_CHECKING:
    import socket

    from server.clock import Clock
    from server.demo.cast import Cast
    from server.settings import Settings

HOST = "127.0.0.1"
OTHER_HOST = "localhost"
"""The same machine under another name: its cookies are apart, so that one browser can be signed in
as the patient here and as the therapist there."""


def demo(
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = 0,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Keep the data here; else they are deleted."),
    ] = None,
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the patient's page.")
    ] = True,
) -> None:
    """Show the whole thing: a server, a simulated leg, six weeks of history."""
    from server.listening import AddressTaken, open_socket

    end_like_ctrl_c()
    try:
        with _folder(data) as folder:
            # in the folder, whatever database the environment names: invented people stay apart
            settings = configured(folder, HOST, port).model_copy(update={"database_url": None})
            with open_socket(settings) as listening:
                asyncio.run(_demo(settings, listening, opens_browser=browser))
    except AddressTaken as problem:
        stop(str(problem))
    except KeyboardInterrupt:
        pass
    typer.echo("The demo has ended.")


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="steadyrep-demo-") as temporary:
        yield Path(temporary)


async def _demo(settings: "Settings", listening: "socket.socket", *, opens_browser: bool) -> None:
    from server.app import create_app
    from server.clock import Clock
    from server.demo.leg import stream_leg
    from server.listening import serving
    from server.served_at import note_origin

    clock = Clock()
    people = await _people(settings, clock)
    port = listening.getsockname()[1]
    async with serving(create_app(settings), settings, listening) as running:
        _say(people, port)
        if opens_browser:
            await asyncio.to_thread(webbrowser.open, _patient_url(people, port))
        spools = settings.data_dir / "spool"
        origin = note_origin(settings, port)
        leg = stream_leg(origin, people.sensor_token, spools, clock.now())
        moving = asyncio.create_task(keep_moving(leg))
        try:
            await asyncio.wait((running.task,))
        finally:
            moving.cancel()
            await asyncio.wait((moving,))


async def keep_moving(leg: Coroutine[None, None, None]) -> None:
    """Let the leg move; if it fails, say why: the history is still worth showing."""
    try:
        await leg
    except Exception as problem:
        typer.echo(f"steadyrep: the simulated leg has stopped: {_reasons(problem)}", err=True)
        typer.echo("The server goes on without it; Ctrl-C ends it.", err=True)


def _reasons(problem: BaseException) -> str:
    if isinstance(problem, BaseExceptionGroup):
        return "; ".join(_reasons(one) for one in problem.exceptions)
    return str(problem) or type(problem).__name__


async def _people(settings: "Settings", clock: "Clock") -> "Cast":
    """Ctrl-C is heeded between two sets of the history, never inside a transaction."""
    interrupted = asyncio.Event()
    work = asyncio.create_task(_cast(settings, clock, interrupted))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        interrupted.set()
        await asyncio.wait((work,))
        work.exception()
        raise


async def _cast(settings: "Settings", clock: "Clock", interrupted: asyncio.Event) -> "Cast":
    from server.demo.cast import cast
    from server.store.database import Database

    async with Database.open(settings.database) as database:
        with _progress(interrupted) as progress:
            return await cast(database, settings, clock, progress)


class _Interrupted(Exception):
    """Ctrl-C came while the history was being made."""


@contextmanager
def _progress(interrupted: asyncio.Event) -> Iterator[Callable[[float], None]]:
    from rich.progress import Progress

    with Progress(transient=True) as bar:
        task = bar.add_task("Six weeks of exercise", total=1.0)

        def advance(share: float) -> None:
            if interrupted.is_set():
                raise _Interrupted
            bar.update(task, completed=share)

        yield advance


def _patient_url(people: "Cast", port: int) -> str:
    return f"http://{HOST}:{port}{people.patient_path}"


def _say(people: "Cast", port: int) -> None:
    typer.echo("Steadyrep's demo is running. Each link lets in once; Ctrl-C ends it.")
    typer.echo(f"  the patient, live:      {_patient_url(people, port)}")
    typer.echo(f"  the therapist's desk:   http://{OTHER_HOST}:{port}{people.therapist_path}")
