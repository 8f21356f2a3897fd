"""`steadyrep reference`: keep one good set, for later ones to be compared with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.configured import stop
from server.commands.exercise_option import ExerciseName, known_exercise

if TYPE_CHECKING:
    from detection.reference import Reference
    from server.analyze.analysis import Analysis


def reference(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or CSV.gz with the good set.")],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to keep it, a .json file.")],
    set_number: Annotated[
        int | None,
        typer.Option("--set", metavar="N", min=1, help="Which set, where there are several."),
    ] = None,
    exercise: ExerciseName = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
) -> None:
    """Keep one good set as a reference.

    Record it in the clinic, with a little rest before and after. `steadyrep analyze --reference`
    compares every repetition of later sets with it, wherever the strap sits. Exit code 2: there is
    no such set.
    """
    from detection.pipeline import Tracker, params_for
    from detection.reference import NoReference
    from sensors.errors import SensorError
    from sensors.exports import read_any
    from server.analyze.analysis import analyse
    from server.analyze.reference_file import reference_json

    known = known_exercise(exercise)
    if out.exists() and not force:
        stop(f"{out}: exists already: name another file, or add --force")
    try:
        analysis = analyse(read_any(file), Tracker(params_for(known)))
        kept = _reference(file, analysis, set_number, exercise)
        out.write_text(reference_json(kept), encoding="utf-8")
    except SensorError as problem:
        stop(str(problem))
    except NoReference as problem:
        stop(f"{file}: {problem}")
    except OSError as problem:
        stop(f"{out}: cannot be written: {problem.strerror}")
    seconds = f"{kept.good_rep.seconds:.1f} s"
    typer.echo(f"{out}: {kept.reps} repetitions of {seconds}, range {kept.tilt_deg:.0f}°")


def _reference(
    file: Path, analysis: "Analysis", number: int | None, exercise: str | None
) -> "Reference":
    from detection.reference import reference_of
    from server.analyze.analysis import whole
    from server.analyze.printed import clock

    sets = analysis.sets
    if not sets:
        stop(f"{file}: no set found; record it with a few seconds of rest before and after")
    if number is None and len(sets) > 1:
        listed = ", ".join(
            f"{n} ({len(each.reps)} reps from {clock(each.start_s)})"
            for n, each in enumerate(sets, start=1)
        )
        stop(f"{file}: several sets: choose with --set: {listed}")
    number = number or 1
    if number > len(sets):
        stop(f"--set {number}: there are {len(sets)} sets in {file}")
    chosen = sets[number - 1]
    return reference_of(whole(analysis.recording), chosen.reps, exercise)
