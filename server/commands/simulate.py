"""`steadyrep simulate`: a synthetic limb exercises; into a file, straight to a server, or with a
virtual Bluetooth sensor on it that is collected as a real one is."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.collect import follow, tell, writable
from server.commands.configured import stop
from server.commands.exercise_option import known_exercise
from server.commands.replay import Fast, deliver
from server.commands.server_option import TokenFile, server_access

if TYPE_CHECKING:
    from detection.exercises import Exercise
    from sensors.recording import Recording
    from server.collect.collecting import Wish
    from server.collect.together import Seen

MOST_SETS, MOST_REPS = 20, 100
USUAL_TILT_DEG = 40.0
"""Where the exercise does not say how far it tilts the sensor."""
JITTER = 0.08
"""How much people vary from one repetition to the next, relative standard deviation."""


def simulate(
    *,
    exercise: Annotated[
        str, typer.Option("--exercise", metavar="NAME", help="What is done, at its usual tempo.")
    ] = "bridge",
    reps: Annotated[int, typer.Option(min=1, max=MOST_REPS, help="Repetitions of a set.")] = 10,
    sets: Annotated[int, typer.Option(min=1, max=MOST_SETS, help="How many sets.")] = 2,
    rest: Annotated[
        float, typer.Option(min=0.0, max=600.0, help="Seconds of rest between sets.")
    ] = 30.0,
    shaking: Annotated[
        float, typer.Option(min=0.0, max=5.0, help="Shaking of the limb, m/s² RMS.")
    ] = 0.3,
    rate: Annotated[float, typer.Option(min=12.5, max=1000.0, help="Samples a second.")] = 100.0,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other repetitions.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a recording: .csv or .csv.gz.")
    ] = None,
    server: Annotated[
        str | None, typer.Option(metavar="URL", help="Send to this server, live.")
    ] = None,
    token_file: TokenFile = None,
    fast: Fast = False,
    sensor: Annotated[
        bool,
        typer.Option("--sensor", help="It wears a virtual Bluetooth sensor, which is collected."),
    ] = False,
) -> None:
    """Let a synthetic limb exercise, and write it down or send it to a server.

    To try the program, or a server, without a sensor. With --sensor as `collect` does: over a
    virtual radio, at the pace of life, counted live; --out and --server as there.

    Exit code 0: done. 1: it did not all arrive. 2: the command line is wrong.
    """
    if sensor and fast:
        stop("--fast: a sensor takes its time; without --sensor it can be fast")
    if not sensor and (out is None) == (server is None):
        stop("say where to: --out FILE or --server URL")
    from server.collect.collecting import Wish

    known = known_exercise(exercise)
    recording = exercised(known, reps, sets, rest, shaking, rate, seed)
    if sensor:
        access = server_access(server, token_file) if server is not None else None
        wish = Wish(
            seconds=recording.duration_s,
            out=writable(out),
            access=access,
            placement=known.placement,
            exercise=known,
        )
        tell(asyncio.run(collected(recording, wish)))
    elif out is not None:
        _write(out, recording)
    elif server is not None:
        deliver(recording, server_access(server, token_file), None, fast=fast)


async def collected(recording: "Recording", wish: "Wish", speed: float = 1.0) -> "list[Seen]":
    """Collect a virtual sensor that lives through the recording, speed times as fast as life."""
    try:
        from sensors.virtual.board import worn_board
        from sensors.virtual.radio import Air, virtual_radio
    except ModuleNotFoundError:
        stop("--sensor needs bumble: pip install 'steadyrep[virtual]'")
    air = Air()
    async with virtual_radio(air) as radio, worn_board(air, recording, speed=speed):
        return await follow([wish], radio)


def exercised(
    exercise: "Exercise",
    reps: int,
    sets: int,
    rest_s: float,
    amp_rms_ms2: float,
    rate_hz: float,
    seed: int,
) -> "Recording":
    """Return what a sensor on the limb measures; a held exercise stops the command."""
    from dataclasses import replace

    from detection.exercises import Kind
    from sensors.synthetic import (
        ORDINARY,
        LimbParams,
        SensorParams,
        SetScript,
        TremorScript,
        join,
        random_rotation_deg,
        synthesize,
    )

    if exercise.kind is Kind.HOLD:
        stop(f"--exercise {exercise.name}: is held, not repeated; simulate one that is repeated")
    tilt_deg = exercise.expected_tilt_deg
    script = SetScript(
        reps=reps,
        concentric_s=exercise.tempo.concentric_s,
        hold_s=exercise.tempo.hold_s,
        eccentric_s=exercise.tempo.eccentric_s,
        range_deg=USUAL_TILT_DEG if tilt_deg is None else sum(tilt_deg) / 2,
        jitter=JITTER,
        lead_in_s=5.0,
        lead_out_s=max(1.0, rest_s - 5.0),
    )
    sensor = SensorParams(
        rate_hz=rate_hz, rotation_deg=random_rotation_deg(seed), placement=exercise.placement
    )
    tremor = TremorScript(amp_rms_ms2=amp_rms_ms2) if amp_rms_ms2 else None
    done = [
        synthesize(script, LimbParams(rest_up=(0.7, 0.7, 0.1)), sensor, tremor, seed + n, ORDINARY)
        for n in range(sets)
    ]
    made = join(*done).recording
    info = replace(made.info, exercise=exercise.name, device="simulated limb")
    return replace(made, info=info)


def _write(out: Path, recording: "Recording") -> None:
    from sensors.errors import SensorError
    from sensors.growing_recording import check_names_free
    from sensors.recording import write_recording

    if not out.name.endswith((".csv", ".csv.gz")):
        stop(f"--out {out}: the name must end in .csv or .csv.gz")
    try:
        check_names_free(out)
        write_recording(out, recording)
    except SensorError as problem:
        stop(f"--out: {problem}")
    except OSError as problem:
        stop(f"--out {out}: cannot be written: {problem.strerror}")
    typer.echo(f"{out}: {len(recording)} samples, {recording.duration_s:.1f} s")
